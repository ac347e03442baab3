/**
 * Control as it is written and the plant that it acts on made one: every name is looked up, every value read in the unit of
 * its tag or actuator, every mistake told with its place. The same function checks a file and compiles a plant.
 */
import type { Control } from '../../models/contract/index.ts';
import { nearest } from '../../models/kernel/index.ts';
import type { CommonSpec, InstrumentSpec } from '../plant/index.ts';
import { bindLoops, bindSelects, holdTargets, orderLoops } from './bindLoops.ts';
import { bindTrips } from './bindTrips.ts';
import { type ControlModel, READS, type SourceModel } from './model.ts';
import { inUnit, readValue, type Say, shown } from './read.ts';

export interface Binding {
  readonly spec: CommonSpec;
  readonly controls: readonly Control[];
  readonly say: Say;
  /** A tag that must exist, or undefined where that has been said. */
  tag(path: PropertyKey[], name: string): InstrumentSpec | undefined;
  /** Slot of a tag in the image. */
  source(tag: InstrumentSpec): number;
  /** A value in SI, or NaN where a mistake has been said. */
  value(path: PropertyKey[], text: string | number, unit: string, property?: string): number;
  /** A value in the tag's own unit inside its range, or NaN. */
  level(path: PropertyKey[], text: string | number, tag: InstrumentSpec): number;
}

/** Anything under the keys of control? */
export function hasControl(spec: CommonSpec): boolean {
  return [spec.loops, spec.selects, spec.interlocks, spec.shutdown].some((l) => l !== undefined && l.length > 0);
}

/** `controls` are the plant's own. */
export function bindControl(spec: CommonSpec, controls: readonly Control[], say: Say): ControlModel {
  const index = new Map(spec.instruments.map((t, i) => [t.tag, i]));
  const columns: number[] = [];
  spec.instruments.reduce((first, t) => {
    const width = t.rate === undefined ? 1 : Math.round(t.rate * spec.time.scan);
    columns.push(first + width - 1);
    return first + width;
  }, 0);
  const slots = new Map<number, number>();
  const sources: SourceModel[] = [];
  const b: Binding = {
    spec,
    controls,
    say,
    tag(path, name) {
      const found = spec.instruments[index.get(name) ?? -1];
      if (!found) {
        const names = [...index.keys()];
        const near = nearest(name, names);
        say(path, `"${name}"`, 'a tag', near ? `did you mean "${near}"?` : `known: ${names.slice(0, 12).join(', ')}`);
      }
      return found;
    },
    source(tag) {
      const i = index.get(tag.tag)!;
      let slot = slots.get(i);
      if (slot === undefined) {
        slot = sources.push({ tag: i, column: columns[i]! }) - 1;
        slots.set(i, slot);
      }
      return slot;
    },
    value(path, text, unit, property) {
      const read = readValue(text, unit, property);
      if (read.ok) return read.value;
      say(path, read.found, read.expected, read.hint);
      return Number.NaN;
    },
    level(path, text, tag) {
      const read = readValue(text, tag.unit);
      if (!read.ok) {
        say(path, read.found, read.expected, read.hint);
        return Number.NaN;
      }
      const level = published(read.value, tag.unit);
      const [low, high] = tag.range;
      if (level >= low && level <= high) return level;
      say(path, `"${text}"`, `a value in the range of ${tag.tag}, ${shown(low, tag.unit)} to ${shown(high, tag.unit)}`);
      return Number.NaN;
    },
  };
  checkNames(b);
  const selects = bindSelects(b);
  const { loops, targets, selectModels } = bindLoops(b, selects);
  const order = orderLoops(b, loops);
  const trips = bindTrips(b, loops);
  const own = [
    ...loopControls(
      b,
      loops.map((l) => l.outputUnit),
    ),
    ...tripControls(b),
  ];
  const { tagReads, tagIndex } = bindTags(
    b,
    trips.groups.map((g) => g.id),
    loops.map((l) => l.outputUnit),
  );
  return {
    sources,
    loops,
    order,
    selects: selectModels,
    targets: holdTargets(targets, trips.effects),
    ...trips,
    scan_s: spec.time.scan,
    tagReads,
    tagIndex,
    controls: own,
  };
}

/** Rounded to what people write: 12 bar is 12, not 12.000000000000002. */
function published(value_si: number, unit: string): number {
  return Number(inUnit(value_si, unit).toPrecision(12));
}

function checkNames({ spec, controls, say }: Binding): void {
  const taken = new Map<string, string>(controls.map((c) => [c.element, 'a part of the plant']));
  for (const key of ['loops', 'selects', 'interlocks', 'shutdown'] as const)
    (spec[key] ?? []).forEach((item, i) => {
      const before = taken.get(item.id);
      if (before) say([key, i, 'id'], `"${item.id}"`, 'a new name', `${before} already bears it`);
      taken.set(item.id, `${key}[${i}]`);
      const station = 'station' in item ? item.station : undefined;
      if (station !== undefined && !spec.stations.some((s) => s.id === station))
        say([key, i, 'station'], `"${station}"`, 'the name of a station');
    });
}

function stationOf(spec: CommonSpec, written: string | undefined, tag: string | undefined): string {
  return written ?? spec.instruments.find((t) => t.tag === tag)?.station ?? spec.stations[0]!.id;
}

function loopControls({ spec }: Binding, outputUnits: readonly string[]): Control[] {
  return (spec.loops ?? []).flatMap((l, i): Control[] => {
    const at = { station: stationOf(spec, l.station, l.measures), element: l.id };
    const unit = spec.instruments.find((t) => t.tag === l.measures)?.unit ?? '';
    return [
      { ...at, property: 'setPoint', unit, description: `set point of ${l.id}, which holds ${l.measures}` },
      { ...at, property: 'output', unit: outputUnits[i]!, description: `output of ${l.id}, written in manual` },
      { ...at, property: 'mode', unit: '', description: `mode of ${l.id}: 0 manual, 1 auto, 2 cascade` },
    ];
  });
}

function tripControls({ spec }: Binding): Control[] {
  const firstTag = (c: { tag?: string | undefined; tags?: readonly string[] | undefined } | undefined) =>
    c?.tag ?? c?.tags?.[0];
  return [
    ...(spec.interlocks ?? []).flatMap((l): Control[] => {
      const at = { station: stationOf(spec, l.station, firstTag(l.when)), element: l.id };
      return [
        { ...at, property: 'bypass', unit: '', description: `${l.id}: 1 bypasses it for a limited time` },
        { ...at, property: 'reset', unit: '', description: `${l.id}: 1 resets; reads 1 while tripped` },
      ];
    }),
    ...(spec.shutdown ?? []).flatMap((s): Control[] => {
      const at = { station: stationOf(spec, s.station, firstTag(s.causes[0]?.when)), element: s.id };
      return [
        { ...at, property: 'push', unit: '', description: `push-button of ${s.id}: 1 pressed, 0 pulled out` },
        { ...at, property: 'reset', unit: '', description: `${s.id}: 1 resets; reads 1 while tripped` },
      ];
    }),
  ];
}

/** What tags of control read; mistakes in places are told by the common check. */
function bindTags({ spec, say }: Binding, groups: readonly string[], outputUnits: readonly string[]) {
  const tagReads = new Uint8Array(spec.instruments.length);
  const tagIndex = new Int32Array(spec.instruments.length);
  const loops = (spec.loops ?? []).map((l) => l.id);
  const causes = [
    ...(spec.interlocks ?? []).map((l) => l.id),
    ...(spec.shutdown ?? []).flatMap((s) => [...s.causes.map((c) => c.id), 'push'].map((c) => `${s.id}/${c}`)),
  ];
  const sameUnit = (i: number, expected: string | undefined, of: string) => {
    const { unit } = spec.instruments[i]!;
    if (expected !== undefined && expected !== unit)
      say(['instruments', i, 'unit'], `"${unit}"`, `the unit of ${of}, "${expected}"`);
  };
  const read = (t: InstrumentSpec, i: number): readonly [reads: number, index: number] => {
    const loop = loops.indexOf(t.at);
    switch (t.measures) {
      case 'mode':
        return [READS.mode, loop];
      case 'output':
        sameUnit(i, outputUnits[loop], `what ${t.at} moves`);
        return [READS.output, loop];
      case 'set-point': {
        const measured = spec.instruments.find((m) => m.tag === spec.loops?.[loop]?.measures);
        sameUnit(i, measured?.unit, `${measured?.tag}`);
        return [READS.setPoint, loop];
      }
      case 'tripped':
        return groups.includes(t.at) ? [READS.group, groups.indexOf(t.at)] : [READS.cause, causes.indexOf(t.at)];
      case 'bypassed':
        return [READS.bypassed, groups.indexOf(t.at)];
      case 'pre-alarm':
        return [READS.preAlarm, groups.indexOf(t.at)];
      default:
        return [READS.plant, 0];
    }
  };
  spec.instruments.forEach((t, i) => {
    const [reads, index] = read(t, i);
    tagReads[i] = reads;
    tagIndex[i] = index;
  });
  return { tagReads, tagIndex };
}
