/**
 * Emergency response in a run: the actor beside the pipeline, what it leaves behind as files, and the figures of the card,
 * for which the same run is simulated once more with nobody doing anything.
 */
import {
  type Actor,
  createActor,
  planCap,
  planGeoJson,
  planHtml,
  planMarkdown,
  type Recipe,
  type ResponseDocument,
} from '../../detector/index.ts';
import {
  type ActionEvent,
  type AlarmEvent,
  type Control,
  type ControlWrite,
  controlCommand,
  type Frame,
  type FrameLayout,
  type Problem,
  type ResponseFigures,
  type ResponsePlan,
  type TruthEvent,
  UNUSABLE,
} from '../../models/contract/index.ts';
import { fromUnit } from '../../models/kernel/index.ts';
import type { PlantContext, ScenarioEngine } from '../engine/index.ts';
import { jsonLines } from './finish.ts';

/** What of a document does not fit this plant and this recipe, each with its place. */
export function unfitResponse(document: ResponseDocument, plant: PlantContext, recipe: Recipe): Problem[] {
  const { spec, located } = document;
  const problems: Problem[] = [];
  const found = plant.layout.plant;
  if (spec.plant !== found)
    problems.push(located.problemAt(['plant'], `"${spec.plant}"`, `"${found}", the plant of this scenario`));
  const alarms = recipe.spec.methods.flatMap((m) => ('alarm' in m ? [m.alarm] : []));
  spec.confirm.of.forEach((alarm, i) => {
    if (!alarms.includes(alarm))
      problems.push(
        located.problemAt(
          ['confirm', 'of', i],
          `"${alarm}"`,
          `an alarm of recipe ${recipe.name}: ${alarms.join(', ')}`,
        ),
      );
  });
  if (!recipe.spec.alarms)
    problems.push(
      located.problemAt(
        ['confirm'],
        `recipe ${recipe.name}, which tells each alarm by itself`,
        'a recipe with an "alarms" part, which joins them to incidents',
        'crude-all has one',
      ),
    );
  const tags = new Set(plant.tagIds);
  for (const [element, p] of Object.entries(spec.actions.permissives)) {
    if (!tags.has(p.tag))
      problems.push(located.problemAt(['actions', 'permissives', element, 'tag'], `"${p.tag}"`, `a tag of ${found}`));
  }
  const known = new Set(plant.asBuilt.links.map((l) => l.id));
  const named = [
    ...Object.keys(spec.isolation.strokes).map((id) => ({ id, path: ['isolation', 'strokes', id] })),
    ...spec.isolation.unavailable.map((id, i) => ({ id, path: ['isolation', 'unavailable', i] })),
    ...Object.keys(spec.actions.permissives).map((id) => ({ id, path: ['actions', 'permissives', id] })),
  ];
  for (const { id, path } of named) {
    if (!known.has(id))
      problems.push(located.problemAt(path, `"${id}"`, `a link of ${found}: ${[...known].slice(0, 20).join(', ')}`));
  }
  return problems;
}

export class ResponseDesk {
  readonly actions: ActionEvent[] = [];
  readonly #actor: Actor;
  readonly #document: ResponseDocument;
  readonly #pressures: {
    readonly column: number;
    readonly width: number;
    readonly tag: number;
    readonly unit: string;
  }[];
  readonly #sent = new Map<string, ResponsePlan[]>();
  #peakBefore_Pa = Number.NEGATIVE_INFINITY;
  #peakAfter_Pa = Number.NEGATIVE_INFINITY;
  #firstWriteUs: number | undefined;
  /** Told of every plan that is new or has changed. */
  onPlan: ((plan: ResponsePlan) => void) | undefined;

  constructor(
    document: ResponseDocument,
    plant: {
      readonly layout: FrameLayout;
      readonly asBuilt: PlantContext['asBuilt'];
      readonly controls: readonly Control[];
    },
  ) {
    this.#document = document;
    this.#actor = createActor({ response: document, ...plant });
    const { layout } = plant;
    this.#pressures = layout.tags.flatMap((t, tag) =>
      t.quantity === 'pressure' ? [{ column: layout.column[tag]!, width: t.width, tag, unit: t.unit }] : [],
    );
  }

  get actor(): Actor {
    return this.#actor;
  }

  /** After the pipeline has stepped this frame; what is to be written before the plant moves on. */
  step(frame: Frame, events: readonly AlarmEvent[]): readonly ControlWrite[] {
    this.#watch(frame);
    const writes = this.#actor.step(frame, events);
    if (writes.length > 0) this.#firstWriteUs ??= frame.timeUs;
    this.#drain();
    return writes;
  }

  answered(writes: readonly ControlWrite[], refusals: readonly string[]): void {
    this.#actor.answered(writes, refusals);
    this.#drain();
  }

  /** Newest plan of every incident. */
  plans(): readonly ResponsePlan[] {
    return this.#actor.plans();
  }

  #drain(): void {
    for (const a of this.#actor.drainActions()) this.actions.push(a);
    for (const plan of this.#actor.drainPlans()) {
      this.#sent.set(plan.incident, [...(this.#sent.get(plan.incident) ?? []), plan]);
      this.onPlan?.(plan);
    }
  }

  #watch(frame: Frame): void {
    const after = this.#firstWriteUs !== undefined;
    for (let i = 0; i < this.#pressures.length; i += 1) {
      const p = this.#pressures[i]!;
      if ((frame.quality[p.tag]! & UNUSABLE) !== 0) continue;
      for (let c = p.column; c < p.column + p.width; c += 1) {
        const v = fromUnit(frame.value[c]!, p.unit);
        if (after) this.#peakAfter_Pa = Math.max(this.#peakAfter_Pa, v);
        else this.#peakBefore_Pa = Math.max(this.#peakBefore_Pa, v);
      }
    }
  }

  /** What is left in the run's folder, by name. The calendar of a simulated plant begins at 1970 unless it says otherwise. */
  files(): { readonly name: string; readonly text: string }[] {
    const files = [{ name: 'actions.jsonl', text: jsonLines(this.actions) }];
    for (const [incident, plans] of this.#sent) {
      const plan = plans.at(-1)!;
      const sent = (p: ResponsePlan) => p.time ?? timeOfRun(p.timeUs);
      const before = plans.at(-2);
      const name = (ending: string) => `plan-${incident}.${ending}`;
      files.push(
        { name: name('json'), text: `${JSON.stringify(plan, undefined, 2)}\n` },
        { name: name('md'), text: planMarkdown(plan) },
        { name: name('html'), text: planHtml(plan) },
        { name: name('geojson'), text: `${JSON.stringify(planGeoJson(plan))}\n` },
        {
          name: name('cap.xml'),
          text: planCap(plan, {
            sender: `leaktwin@${plan.plant}`,
            sent: sent(plan),
            status: 'Test',
            ...(before ? { before: sent(before) } : {}),
          }),
        },
      );
    }
    return files;
  }

  figures(truth: readonly TruthEvent[], without: readonly TruthEvent[], endUs: number): ResponseFigures {
    const written = this.actions.filter((a) => a.what === 'wrote');
    const spilled_m3 = volumeOf(truth);
    const withoutResponse_m3 = volumeOf(without);
    const finite = (v: number) => (Number.isFinite(v) ? v : null);
    return {
      document: this.#document.name,
      incidents: this.actions
        .filter((a) => a.what === 'confirmed')
        .map((c) => {
          const own = written.filter((w) => w.incident === c.incident);
          const by = this.plans().find((p) => p.incident === c.incident)?.confirmed.by ?? [];
          return {
            incident: c.incident,
            confirmedUs: c.timeUs,
            by,
            firstWriteUs: own[0]?.timeUs ?? null,
            lastWriteUs: own.at(-1)?.timeUs ?? null,
          };
        }),
      written: written.length,
      refused: this.actions.filter((a) => a.what === 'refused').length,
      spilled_m3,
      withoutResponse_m3,
      saved_m3: withoutResponse_m3 - spilled_m3,
      rateBefore_kg_s: this.#firstWriteUs === undefined ? null : rateAt(truth, this.#firstWriteUs),
      rateAtEnd_kg_s: rateAt(truth, endUs),
      peakAfter_Pa: finite(this.#peakAfter_Pa),
      peakBefore_Pa: finite(this.#peakBefore_Pa),
    };
  }
}

/** Gives writes to a plant in the same process, as its Modbus server would. */
export function writeInProcess(engine: ScenarioEngine, writes: readonly ControlWrite[]): string[] {
  return writes.map((w) => {
    const control = engine.controls.find((c) => c.element === w.element && c.property === w.property);
    if (!control) return `the plant has no control ${w.element}.${w.property}`;
    const command = controlCommand(control, w.value);
    return command ? engine.command([command]).join('; ') : '';
  });
}

/** All that has been lost of all leaks [m3]: the last word on each opening, added up. */
function volumeOf(truth: readonly TruthEvent[]): number {
  const last = new Map<string, number>();
  let over = 0;
  for (const e of truth) {
    if (e.kind === 'leak.rate') last.set(e.ref, e.volume_m3);
    if (e.kind === 'leak.closed') {
      over += e.volume_m3;
      last.delete(e.ref);
    }
  }
  return [...last.values()].reduce((v, x) => v + x, over);
}

function rateAt(truth: readonly TruthEvent[], timeUs: number): number {
  const rate = new Map<string, number>();
  for (const e of truth) {
    if (e.timeUs > timeUs) break;
    if (e.kind === 'leak.rate') rate.set(e.ref, e.massRate_kg_s);
    if (e.kind === 'leak.closed') rate.delete(e.ref);
  }
  return [...rate.values()].reduce((a, b) => a + b, 0);
}

function timeOfRun(timeUs: number): string {
  const s = Math.floor(timeUs / 1e6);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = Math.floor(s / 86_400) + 1;
  return `1970-01-${two(Math.min(31, day))}T${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}Z`;
}
