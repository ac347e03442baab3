/**
 * A plant file to a checked spec: what the schema cannot see, such as references between parts, is checked here, with its
 * place in the file.
 */
import type { Problem, Result } from '../../models/contract/index.ts';
import { type Located, readDocument, readTextFile } from '../../models/document/index.ts';
import { nearest, UNITS } from '../../models/kernel/index.ts';
import { type PlantSpec, plantSchema } from './spec.ts';

export type LocatedPlant = Located<PlantSpec>;

/** Reads a plant file; every mistake with its place, references between parts included. */
export function readPlant(path: string): Result<LocatedPlant> {
  const text = readTextFile(path);
  return text.ok ? parsePlant(text.value.file, text.value.text) : text;
}

export function parsePlant(file: string, text: string): Result<LocatedPlant> {
  const read = readDocument(file, text, plantSchema);
  if (!read.ok) return read;
  const problems = checkReferences(read.value);
  return problems.length > 0 ? { ok: false, problems } : read;
}

function checkReferences(doc: LocatedPlant): Problem[] {
  const { value: spec, problemAt } = doc;
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  const declare = (list: readonly { id: string }[], key: string) => {
    list.forEach((item, i) => {
      const before = seen.get(item.id);
      if (before) problems.push(problemAt([key, i, 'id'], `"${item.id}"`, `a new name`, `${before} already bears it`));
      seen.set(item.id, `${key}[${i}]`);
    });
  };
  declare(spec.nodes, 'nodes');
  declare(spec.tanks, 'tanks');
  const nodes = [...spec.nodes, ...spec.tanks].map((n) => n.id);
  declare(spec.pipes, 'pipes');
  declare(spec.pumps, 'pumps');
  declare(spec.valves, 'valves');
  declare(spec['check-valves'], 'check-valves');
  declare(spec.controllers, 'controllers');
  const need = (path: PropertyKey[], name: string, known: readonly string[], what: string) => {
    if (known.includes(name)) return;
    const near = nearest(name, known);
    problems.push(
      problemAt(
        path,
        `"${name}"`,
        `the name of a ${what}`,
        near ? `did you mean "${near}"?` : `known: ${known.slice(0, 12).join(', ')}`,
      ),
    );
  };
  for (const key of ['pipes', 'pumps', 'valves', 'check-valves'] as const) {
    spec[key].forEach((link, i) => {
      need([key, i, 'from'], link.from, nodes, 'node or tank');
      need([key, i, 'to'], link.to, nodes, 'node or tank');
      if (link.from === link.to) problems.push(problemAt([key, i, 'to'], `"${link.to}"`, 'another node than "from"'));
    });
  }
  for (const key of ['nodes', 'tanks'] as const) {
    spec[key].forEach((n, i) => {
      if (n.elevation === undefined && !(spec.profile && n.kp !== undefined)) {
        problems.push(problemAt([key, i], `"${n.id}" without an elevation`, 'an elevation, or a kp and a profile'));
      }
    });
  }
  spec.profile?.forEach((p, i) => {
    const before = spec.profile?.[i - 1];
    if (before && !(p.kp > before.kp))
      problems.push(problemAt(['profile', i, 'kp'], `${p.kp} m after ${before.kp} m`, 'distances that grow'));
  });
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp]));
  spec.pipes.forEach((p, i) => {
    const a = kpOf.get(p.from);
    const b = kpOf.get(p.to);
    if (p.length === undefined && (a === undefined || b === undefined || a === b)) {
      problems.push(problemAt(['pipes', i], `pipe "${p.id}" without a length`, 'a length, or ends with different kp'));
    }
    const merged = { ...spec['pipe-defaults'], ...p };
    for (const key of [
      'outside-diameter',
      'wall',
      'roughness',
      'youngs-modulus',
      'poisson-ratio',
      'restraint',
    ] as const) {
      if (merged[key] === undefined)
        problems.push(problemAt(['pipes', i], `pipe "${p.id}" without ${key}`, `${key} here or under pipe-defaults`));
    }
    if (
      merged['outside-diameter'] !== undefined &&
      merged.wall !== undefined &&
      merged['outside-diameter'] <= 2 * merged.wall
    ) {
      problems.push(
        problemAt(
          ['pipes', i],
          `a wall of ${merged.wall} m`,
          `less than half of the outside diameter ${merged['outside-diameter']} m`,
        ),
      );
    }
  });
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
  spec.controllers.forEach((c, i) => {
    need(
      ['controllers', i, 'valve'],
      c.valve,
      spec.valves.map((v) => v.id),
      'valve',
    );
    need(['controllers', i, 'node'], c.node, nodes, 'node');
  });
  const tags = new Map<string, number>();
  spec.instruments.forEach((t, i) => {
    const before = tags.get(t.tag);
    if (before !== undefined)
      problems.push(
        problemAt(['instruments', i, 'tag'], `"${t.tag}"`, 'a new tag', `instruments[${before}] already bears it`),
      );
    tags.set(t.tag, i);
    need(['instruments', i, 'station'], t.station, stations, 'station');
    const known: Record<string, readonly string[]> = {
      pressure: nodes,
      temperature: nodes,
      flow: [
        ...spec.pipes.flatMap((p) => [p.id, `${p.id}/end`]),
        ...spec.pumps.map((p) => p.id),
        ...spec.valves.map((v) => v.id),
      ],
      level: spec.tanks.map((x) => x.id),
      speed: spec.pumps.map((p) => p.id),
      running: spec.pumps.map((p) => p.id),
      opening: spec.valves.map((v) => v.id),
    };
    if (t.measures === 'other')
      problems.push(problemAt(['instruments', i, 'measures'], '"other"', 'a quantity that this plant has'));
    else need(['instruments', i, 'at'], t.at, known[t.measures] ?? [], `place with a ${t.measures}`);
    const dimension = {
      pressure: 'pressure',
      temperature: 'temperature',
      flow: 'flow',
      level: 'length',
      speed: 'fraction',
      opening: 'fraction',
      running: '',
      other: '',
    }[t.measures];
    if (dimension && UNITS[t.unit]?.dimension !== dimension)
      problems.push(problemAt(['instruments', i, 'unit'], `"${t.unit}"`, `a unit of ${dimension}`));
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
  return problems;
}
