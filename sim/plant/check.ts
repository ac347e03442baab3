/**
 * What a schema cannot see and every kind of plant shares: references, ids, unit numbers, ranges; each mistake with its
 * place in the file.
 */
import type { Problem, Quantity } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import { nearest, UNITS } from '../../models/kernel/index.ts';
import { controlPlaces } from './controlSpec.ts';
import type { CommonSpec } from './spec.ts';

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
      const hint = near ? `did you mean "${near}"?` : `known: ${known.slice(0, 12).join(', ')}`;
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
  const stations = spec.stations.map((s) => s.id);
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
  const tags = new Map<string, number>();
  spec.instruments.forEach((t, i) => {
    const before = tags.get(t.tag);
    if (before !== undefined)
      problems.push(
        problemAt(['instruments', i, 'tag'], `"${t.tag}"`, 'a new tag', `instruments[${before}] already bears it`),
      );
    tags.set(t.tag, i);
    need(['instruments', i, 'station'], t.station, stations, 'station');
    const known = ofControl[t.measures] ?? places[t.measures];
    if (!known)
      problems.push(problemAt(['instruments', i, 'measures'], `"${t.measures}"`, 'a quantity that this plant has'));
    else need(['instruments', i, 'at'], t.at, known, `place with a ${t.measures}`);
    const dimension: string = {
      pressure: 'pressure',
      temperature: 'temperature',
      flow: 'flow',
      level: 'length',
      speed: 'fraction',
      opening: 'fraction',
      running: '',
      density: 'density',
      other: '',
      // By what the loop measures or moves: looked at with the loop.
      'set-point': '',
      output: '',
      mode: '',
      tripped: '',
      bypassed: '',
      'pre-alarm': '',
    }[t.measures];
    if (dimension && UNITS[t.unit]?.dimension !== dimension)
      problems.push(problemAt(['instruments', i, 'unit'], `"${t.unit}"`, `a unit of ${dimension}`));
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
    if (!(t.range[1] > t.range[0]))
      problems.push(problemAt(['instruments', i, 'range'], `[${t.range.join(', ')}]`, 'a range that rises'));
    if (t.rate !== undefined) {
      const width = t.rate * spec.time.scan;
      if (Math.abs(width - Math.round(width)) > 1e-9 || width < 1 || width > 1000) {
        problems.push(
          problemAt(['instruments', i, 'rate'], `${t.rate} per s`, 'a whole number of samples per scan, at most 1000'),
        );
      }
    }
  });
  const ticks = spec.time.scan / spec.time.step;
  if (Math.abs(ticks - Math.round(ticks)) > 1e-9)
    problems.push(
      problemAt(['time', 'step'], `${spec.time.step} s`, `a step that divides the scan of ${spec.time.scan} s`),
    );
}
