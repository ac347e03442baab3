/** Interlocks and shutdown systems: conditions with their votes, effects, and the table between them. */
import type { Command, Control } from '../../models/contract/index.ts';
import { nearest } from '../../models/kernel/index.ts';
import { type ConditionSpec, type EffectSpec, type InstrumentSpec, PUSH } from '../plant/index.ts';
import type { Binding } from './bind.ts';
import type { CauseModel, EffectModel, GroupModel, LoopModel } from './model.ts';
import { si, splitTarget } from './read.ts';

const HIGHEST_SPEED = 1.3;

export function bindTrips(b: Binding, loops: readonly LoopModel[]) {
  const groups: GroupModel[] = [];
  const causes: CauseModel[] = [];
  const effects: EffectModel[] = [];
  let channels = 0;
  const addCause = (cause: Omit<CauseModel, 'firstChannel'>): number => {
    causes.push({ ...cause, firstChannel: channels });
    channels += cause.sources.length;
    return causes.length - 1;
  };
  (b.spec.interlocks ?? []).forEach((l, i) => {
    const path = ['interlocks', i];
    const group = groups.length;
    if (l.trip.length === 0 && l.permissive.length === 0 && l['pre-alarm'] === undefined)
      b.say(path, `an interlock "${l.id}" without effect`, 'what it trips, or what it permits, or a pre-alarm');
    const condition = bindCondition(b, [...path, 'when'], l.when);
    const pre = l['pre-alarm'];
    const preAlarm =
      pre === undefined || !condition.tag ? Number.NaN : b.level([...path, 'pre-alarm'], pre, condition.tag);
    if ((preAlarm - condition.limit) * condition.sense >= 0)
      b.say([...path, 'pre-alarm'], `"${pre}"`, 'a level that is reached before the interlock trips');
    l.permissive.forEach((id, k) => {
      const pumps = b.controls.filter((c) => c.property === 'run').map((c) => c.element);
      if (!pumps.includes(id))
        b.say([...path, 'permissive', k], `"${id}"`, 'what can be started', `known: ${pumps.slice(0, 12).join(', ')}`);
    });
    const { tag: _, ...model } = condition;
    const cause = addCause({ ...model, id: l.id, group, preAlarm, latched: l.latched });
    const own = l.trip.map((e, k) => {
      effects.push(bindEffect(b, [...path, 'trip', k], e, { id: e.set, group, causes: [cause] }, loops));
      return effects.length - 1;
    });
    groups.push({
      id: l.id,
      kind: 'interlock',
      causes: [cause],
      effects: own,
      permissive: l.permissive,
      bypassUs: l['bypass-at-most'],
    });
  });
  (b.spec.shutdown ?? []).forEach((s, i) => {
    const path = ['shutdown', i];
    const group = groups.length;
    const rows = new Map<string, number>();
    s.causes.forEach((c, k) => {
      if (rows.has(c.id) || c.id === PUSH)
        b.say([...path, 'causes', k, 'id'], `"${c.id}"`, 'a new name among the causes');
      const { tag: _, ...model } = bindCondition(b, [...path, 'causes', k, 'when'], c.when);
      rows.set(c.id, addCause({ ...model, id: c.id, group, preAlarm: Number.NaN, latched: c.latched }));
    });
    rows.set(
      PUSH,
      addCause({
        id: PUSH,
        group,
        sources: [],
        votes: 1,
        sense: 1,
        limit: 0,
        clears: 0,
        preAlarm: Number.NaN,
        forUs: 0,
        latched: true,
        onBad: 'hold',
      }),
    );
    const ids = s.effects.map((e) => e.id);
    const marks = ids.map((): number[] => []);
    for (const [row, list] of Object.entries(s.table)) {
      const cause = rows.get(row);
      if (cause === undefined) {
        const near = nearest(row, [...rows.keys()]);
        const hint = near ? `did you mean "${near}"?` : `known: ${[...rows.keys()].join(', ')}`;
        b.say([...path, 'table', row], `"${row}"`, `a cause of ${s.id}`, hint);
      }
      list.forEach((id, k) => {
        const at = ids.indexOf(id);
        if (at < 0) b.say([...path, 'table', row, k], `"${id}"`, `an effect of ${s.id}`, `known: ${ids.join(', ')}`);
        else if (cause !== undefined) marks[at]!.push(cause);
      });
    }
    for (const [row, cause] of rows)
      if (row !== PUSH && !marks.some((m) => m.includes(cause)))
        b.say(
          [...path, 'table'],
          `a table without effects of ${row}`,
          'a row for each cause',
          `add "${row}: [${ids[0]}]"`,
        );
    const own = s.effects.map((e, k) => {
      if (ids.indexOf(e.id) !== k) b.say([...path, 'effects', k, 'id'], `"${e.id}"`, 'a new name among the effects');
      if (marks[k]!.length === 0)
        b.say([...path, 'effects', k], `an effect "${e.id}" of no cause`, 'its name in the table');
      effects.push(bindEffect(b, [...path, 'effects', k], e, { id: e.id, group, causes: marks[k]! }, loops));
      return effects.length - 1;
    });
    groups.push({ id: s.id, kind: 'shutdown', causes: [...rows.values()], effects: own, permissive: [], bypassUs: 0 });
  });
  return { groups, causes, effects, channels };
}

function bindCondition(b: Binding, path: PropertyKey[], c: ConditionSpec) {
  if ((c.tag === undefined) === (c.tags === undefined))
    b.say(path, c.tag === undefined ? 'a condition without a tag' : 'both "tag" and "tags"', 'either "tag" or "tags"');
  if ((c.above === undefined) === (c.below === undefined))
    b.say(path, c.above === undefined ? 'a condition without a limit' : 'two limits', 'either "above" or "below"');
  const names = c.tags ?? (c.tag === undefined ? [] : [c.tag]);
  const tags = names.map((n, k) => b.tag([...path, ...(c.tags ? ['tags', k] : ['tag'])], n));
  let votes = 1;
  if (c.vote !== undefined) {
    const [m, n] = c.vote.split('oo').map(Number) as [number, number];
    if (n !== names.length)
      b.say(
        [...path, 'vote'],
        `"${c.vote}" over ${names.length} ${names.length === 1 ? 'tag' : 'tags'}`,
        `${n} tags`,
        `list ${n} under "tags"`,
      );
    if (m > n) b.say([...path, 'vote'], `"${c.vote}"`, 'no more votes than tags');
    votes = m;
  } else if (names.length > 1)
    b.say([...path, 'tags'], `${names.length} tags without a vote`, 'a vote', `write "vote: 1oo${names.length}"`);
  const first: InstrumentSpec | undefined = tags[0];
  tags.forEach((t, k) => {
    if (t && first && t.unit !== first.unit)
      b.say(
        [...path, 'tags', k],
        `"${t.tag}" in ${t.unit || 'no unit'}`,
        `tags of one unit, as ${first.tag} has ${first.unit || 'none'}`,
      );
  });
  const sense: 1 | -1 = c.above !== undefined ? 1 : -1;
  const text = c.above ?? c.below;
  const limit =
    first && text !== undefined ? b.level([...path, sense === 1 ? 'above' : 'below'], text, first) : Number.NaN;
  const clears = first && c.clears !== undefined ? b.level([...path, 'clears'], c.clears, first) : limit;
  if ((clears - limit) * sense > 0)
    b.say([...path, 'clears'], `"${c.clears}"`, `a level on the healthy side of ${text}`);
  return {
    tag: first,
    sources: tags.flatMap((t) => (t ? [b.source(t)] : [])),
    votes,
    sense,
    limit,
    clears,
    forUs: c.for as number,
    onBad: c['on-bad'],
  };
}

function bindEffect(
  b: Binding,
  path: PropertyKey[],
  spec: EffectSpec,
  at: { readonly id: string; readonly group: number; readonly causes: readonly number[] },
  loops: readonly LoopModel[],
): EffectModel {
  const { element, property } = splitTarget(spec.set);
  const loop = loops.findIndex((l) => l.id === element);
  const control = b.controls.find((c) => c.element === element && c.property === property);
  let unit = control?.unit ?? '';
  if (loop >= 0 && property === 'setPoint') unit = loops[loop]!.unit;
  if (loop >= 0 && property === 'output') unit = loops[loop]!.outputUnit;
  const ofLoop = loop >= 0 && ['setPoint', 'output', 'mode'].includes(property);
  if (!control && !ofLoop) {
    const names = [
      ...b.controls.map((c) => `${c.element}.${c.property}`),
      ...loops.flatMap((l) => ['setPoint', 'output', 'mode'].map((p) => `${l.id}.${p}`)),
    ];
    const near = nearest(spec.set, names);
    b.say(
      [...path, 'set'],
      `"${spec.set}"`,
      'what can be commanded, such as PU-1.trip or XV-1.opening',
      near ? `did you mean "${near}"?` : `known: ${names.slice(0, 12).join(', ')}`,
    );
  }
  const value = control || ofLoop ? b.value([...path, 'to'], spec.to, unit, property) : Number.NaN;
  const most = property === 'opening' ? 1 : property === 'speed' ? HIGHEST_SPEED : undefined;
  if (most !== undefined && (value < 0 || value > most))
    b.say([...path, 'to'], `"${spec.to}"`, `a value from 0 % to ${most * 100} %`);
  const l = loops[loop];
  if (l && property === 'setPoint' && (value < si(l.low, l.unit) || value > si(l.low + l.span, l.unit)))
    b.say([...path, 'to'], `"${spec.to}"`, `a set point in the range of what ${l.id} measures`);
  return {
    ...at,
    element,
    property: property as Control['property'],
    value,
    afterUs: spec.after,
    command: commandOf(element, property as Control['property'], value),
    loop: ofLoop ? loop : -1,
  };
}

function commandOf(element: string, property: Control['property'], value: number): Command {
  if (property === 'trip') return { kind: 'pump', element, action: 'trip' };
  if (property === 'run') return { kind: 'pump', element, action: value > 0 ? 'start' : 'stop' };
  return { kind: 'set', element, property, value };
}
