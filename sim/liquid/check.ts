/**
 * What the schema of a liquid plant cannot see: references between its parts, elevations, lengths, walls.
 */
import type { Problem } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import { checkCommon, createChecker } from '../plant/index.ts';
import { nodesWithoutTank } from './connected.ts';
import { checkHeatSpec } from './heatCheck.ts';
import type { LiquidSpec } from './spec.ts';
import { checkSurge } from './surge.ts';

export function checkLiquid(doc: Located<LiquidSpec>): Problem[] {
  const spec = doc.value;
  const checker = createChecker(doc);
  const { problems, problemAt, declare, need } = checker;
  declare(spec.nodes, 'nodes');
  declare(spec.tanks, 'tanks');
  const nodes = [...spec.nodes, ...spec.tanks].map((n) => n.id);
  declare(spec.pipes, 'pipes');
  declare(spec.pumps, 'pumps');
  declare(spec.valves, 'valves');
  declare(spec['check-valves'], 'check-valves');
  declare(spec.controllers, 'controllers');
  checkSurge(spec, checker);
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
  for (const i of nodesWithoutTank(spec))
    problems.push(
      problemAt(
        ['nodes', i, 'id'],
        `"${spec.nodes[i]!.id}" with no way to a tank`,
        'pipes, pumps or valves that lead to one',
      ),
    );
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
  spec.controllers.forEach((c, i) => {
    need(
      ['controllers', i, 'valve'],
      c.valve,
      spec.valves.map((v) => v.id),
      'valve',
    );
    need(['controllers', i, 'node'], c.node, nodes, 'node');
  });
  const pumps = spec.pumps.map((p) => p.id);
  declare(spec['level-switches'], 'level-switches');
  const switched = new Map<string, string>();
  spec['level-switches'].forEach((s, i) => {
    const path = ['level-switches', i];
    need(
      [...path, 'tank'],
      s.tank,
      spec.tanks.map((t) => t.id),
      'tank',
    );
    s.pumps.forEach((p, k) => {
      need([...path, 'pumps', k], p, pumps, 'pump');
      if (switched.has(p))
        problems.push(
          problemAt([...path, 'pumps', k], `"${p}"`, 'a pump once', `${switched.get(p)} switches it already`),
        );
      switched.set(p, s.id);
    });
    if (s.start.length !== s.pumps.length)
      problems.push(problemAt([...path, 'start'], `${s.start.length} levels`, `one per pump, ${s.pumps.length}`));
    const brim = spec.tanks.find((t) => t.id === s.tank)?.['max-level'] ?? Number.POSITIVE_INFINITY;
    s.start.forEach((level, k) => {
      const below = k === 0 ? s.stop : s.start[k - 1]!;
      if (level > brim)
        problems.push(
          problemAt([...path, 'start', k], `${level} m`, `no more than ${brim} m, at which ${s.tank} is full`),
        );
      if (!(level > below))
        problems.push(
          problemAt([...path, 'start', k], `${level} m`, `more than ${below} m, so that pumps start one after another`),
        );
    });
  });
  checkHeatSpec(spec, checker);
  const valves = spec.valves.map((v) => v.id);
  const places = {
    pressure: nodes,
    temperature: nodes,
    density: nodes,
    flow: [...spec.pipes.flatMap((p) => [p.id, `${p.id}/end`]), ...pumps, ...valves],
    level: spec.tanks.map((t) => t.id),
    speed: pumps,
    running: pumps,
    opening: valves,
  };
  checkCommon(spec, checker, places, spec.fluid.heat !== undefined);
  return problems;
}
