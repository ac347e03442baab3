/**
 * What a schema cannot see and every kind of plant shares: references, ids, unit numbers, ranges; each mistake with its
 * place in the file.
 */
import type { Problem, Quantity } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import { nearest, UNITS } from '../../models/kernel/index.ts';
import { controlPlaces } from './controlSpec.ts';
import type { CommonSpec, InstrumentSpec } from './spec.ts';

export type Checker = ReturnType<typeof createChecker>;

/** Collects problems of one document. */
export function createChecker(doc: Located<unknown>) {
  const { problemAt } = doc;
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  return {
    problems,
    problemAt,
    /** Ids that must be new in the whole plant. */
    declare(list: readonly { readonly id: string }[], key: string): void {
      list.forEach((item, i) => {
        const before = seen.get(item.id);
        if (before)
          problems.push(problemAt([key, i, 'id'], `"${item.id}"`, `a new name`, `${before} already bears it`));
        seen.set(item.id, `${key}[${i}]`);
      });
    },
    /** A name that must exist. */
    need(path: PropertyKey[], name: string, known: readonly string[], what: string): void {
      if (known.includes(name)) return;
      const near = nearest(name, known);
      const hint = near
        ? `did you mean "${near}"?`
        : known.length > 0
          ? `known: ${known.slice(0, 12).join(', ')}`
          : 'there is none';
      problems.push(problemAt(path, `"${name}"`, `the name of a ${what}`, hint));
    },
  };
}

/** Stations, tags and clock. `places` says where each quantity may be measured. */
export function checkCommon(
  spec: CommonSpec,
  checker: Checker,
  places: Partial<Record<Quantity, readonly string[]>>,
  standardVolumes = false,
): void {
  const { problems, problemAt, need } = checker;
  const units = new Map<number, string>();
  spec.stations.forEach((s, i) => {
    const other = units.get(s.unit);
    if (other)
      problems.push(
        problemAt(['stations', i, 'unit'], `unit ${s.unit}`, 'a Modbus unit id of its own', `${other} has it`),
      );
    units.set(s.unit, s.id);
    if (s['poll-latency'] >= spec.time.scan)
      problems.push(problemAt(['stations', i, 'poll-latency'], `${s['poll-latency']} s`, 'less than the scan'));
  });
  const ofControl = controlPlaces(spec);
  const tags = new Map<string, string>();
  spec.instruments.forEach((t, i) => {
    checkTag(spec, checker, t, ['instruments', i], tags);
    const known = ofControl[t.measures] ?? places[t.measures];
    if (!known)
      problems.push(problemAt(['instruments', i, 'measures'], `"${t.measures}"`, 'a quantity that this plant has'));
    else need(['instruments', i, 'at'], t.at, known, `place with a ${t.measures}`);
    for (const key of ['temperature', 'pressure'] as const) {
      const path = ['instruments', i, key];
      const name = t[key];
      if (t.basis !== 'standard') {
        if (name !== undefined) problems.push(problemAt(path, `"${name}"`, 'it only with basis: standard'));
      } else if (name !== undefined)
        need(
          path,
          name,
          spec.instruments.filter((x) => x.measures === key).map((x) => x.tag),
          `tag of ${key}`,
        );
    }
    if (t.basis === 'standard') {
      const path = ['instruments', i, 'basis'];
      if (t.measures !== 'flow') problems.push(problemAt(path, `a ${t.measures}`, 'standard volume of a flow'));
      else if (!standardVolumes)
        problems.push(problemAt(path, 'a plant without temperatures', 'standard volume where there is "heat"'));
      else if (t.temperature === undefined)
        problems.push(problemAt(path, `"${t.tag}" without a thermometer`, 'the tag of one under "temperature"'));
    }
  });
  const ticks = spec.time.scan / spec.time.step;
  if (Math.abs(ticks - Math.round(ticks)) > 1e-9)
    problems.push(
      problemAt(['time', 'step'], `${spec.time.step} s`, `a step that divides the scan of ${spec.time.scan} s`),
    );
}

const DIMENSION: Partial<Record<Quantity, string>> = {
  pressure: 'pressure',
  temperature: 'temperature',
  flow: 'flow',
  level: 'length',
  speed: 'fraction',
  opening: 'fraction',
  density: 'density',
  'wind-speed': 'speed',
  'wind-direction': 'angle',
  humidity: 'humidity',
  'air-pressure': 'pressure',
  sound: 'sound-level',
};

/** What is asked of a tag wherever it stands in the file. `seen` holds the tags before it, with their places. */
export function checkTag(
  spec: CommonSpec,
  { problems, problemAt, need }: Checker,
  t: InstrumentSpec,
  path: readonly PropertyKey[],
  seen: Map<string, string>,
): void {
  const before = seen.get(t.tag);
  if (before !== undefined)
    problems.push(problemAt([...path, 'tag'], `"${t.tag}"`, 'a new tag', `${before} already bears it`));
  seen.set(
    t.tag,
    path
      .map((p) => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`))
      .join('')
      .slice(1),
  );
  need(
    [...path, 'station'],
    t.station,
    spec.stations.map((s) => s.id),
    'station',
  );
  const dimension = DIMENSION[t.measures];
  if (dimension && UNITS[t.unit]?.dimension !== dimension)
    problems.push(problemAt([...path, 'unit'], `"${t.unit}"`, `a unit of ${dimension}`));
  if (!(t.range[1] > t.range[0]))
    problems.push(problemAt([...path, 'range'], `[${t.range.join(', ')}]`, 'a range that rises'));
  if (t.rate === undefined) return;
  const width = t.rate * spec.time.scan;
  if (Math.abs(width - Math.round(width)) > 1e-9 || width < 1 || width > 1000)
    problems.push(problemAt([...path, 'rate'], `${t.rate} per s`, 'a whole number of samples per scan, at most 1000'));
}
