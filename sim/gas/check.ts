/**
 * What the schema of a gas plant cannot see: references between its parts, elevations, lengths, walls, days.
 */
import type { Problem } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import { UNITS } from '../../models/kernel/index.ts';
import { type Checker, checkCommon, createChecker } from '../plant/index.ts';
import type { GasPlantSpec } from './spec.ts';

const LINKS = ['compressors', 'valves', 'regulators'] as const;

export function checkGas(doc: Located<GasPlantSpec>): Problem[] {
  const spec = doc.value;
  const checker = createChecker(doc);
  const { problems, problemAt, declare, need } = checker;
  for (const key of ['supplies', 'nodes', 'pipes', ...LINKS, 'withdrawals'] as const) declare(spec[key], key);
  const inner = spec.nodes.map((n) => n.id);
  const nodes = [...spec.supplies.map((n) => n.id), ...inner];
  for (const key of ['pipes', ...LINKS] as const)
    spec[key].forEach((link, i) => {
      need([key, i, 'from'], link.from, nodes, 'node or supply');
      need([key, i, 'to'], link.to, nodes, 'node or supply');
      if (link.from === link.to) problems.push(problemAt([key, i, 'to'], `"${link.to}"`, 'another node than "from"'));
    });
  for (const key of ['supplies', 'nodes'] as const)
    spec[key].forEach((n, i) => {
      if (n.elevation === undefined && !(spec.profile && n.kp !== undefined))
        problems.push(problemAt([key, i], `"${n.id}" without an elevation`, 'an elevation, or a kp and a profile'));
    });
  spec.profile?.forEach((p, i) => {
    const before = spec.profile?.[i - 1];
    if (before && !(p.kp > before.kp))
      problems.push(problemAt(['profile', i, 'kp'], `${p.kp} m after ${before.kp} m`, 'distances that grow'));
  });
  checkPipes(spec, checker);
  checkFed(spec, nodes, checker);
  spec.regulators.forEach((r, i) => {
    if (inner.includes(r.to) || !nodes.includes(r.to)) return;
    problems.push(problemAt(['regulators', i, 'to'], `the supply "${r.to}"`, 'a node, whose pressure can be held'));
  });
  const drawn = new Map<string, string>();
  spec.withdrawals.forEach((w, i) => {
    need(['withdrawals', i, 'node'], w.node, inner, 'node that is no supply');
    const other = drawn.get(w.node);
    if (other)
      problems.push(problemAt(['withdrawals', i, 'node'], `"${w.node}"`, 'a node of its own', `${other} draws there`));
    drawn.set(w.node, w.id);
    w.day?.forEach((p, k) => {
      const before = w.day?.[k - 1];
      if (before && !(p.at > before.at))
        problems.push(
          problemAt(['withdrawals', i, 'day', k, 'at'], `${p.at} s after ${before.at} s`, 'hours that grow'),
        );
    });
  });
  const others = [spec.supplies, spec.nodes, spec.pipes, ...LINKS.map((key) => spec[key]), spec.withdrawals].flatMap(
    (list) => list.map((x: { readonly id: string }) => x.id),
  );
  spec.compressors.forEach((c, i) => {
    if (others.includes(c.controller))
      problems.push(problemAt(['compressors', i, 'controller'], `"${c.controller}"`, 'a name of its own'));
    others.push(c.controller);
  });
  const compressors = spec.compressors.map((c) => c.id);
  const valves = spec.valves.map((v) => v.id);
  const withdrawals = spec.withdrawals.map((w) => w.id);
  checkCommon(spec, checker, {
    pressure: nodes,
    temperature: nodes,
    flow: [
      ...spec.pipes.flatMap((p) => [p.id, `${p.id}/end`]),
      ...compressors,
      ...valves,
      ...spec.regulators.map((r) => r.id),
      ...withdrawals,
    ],
    speed: compressors,
    running: compressors,
    opening: [...valves, ...withdrawals],
    other: compressors,
  });
  spec.instruments.forEach((t, i) => {
    if (t.measures === 'other' && UNITS[t.unit]?.dimension !== 'power')
      problems.push(
        problemAt(
          ['instruments', i, 'unit'],
          `"${t.unit}"`,
          'a unit of power',
          'what else a compressor shows is its power',
        ),
      );
  });
  return problems;
}

function checkPipes(spec: GasPlantSpec, { problems, problemAt }: Checker): void {
  const kpOf = new Map([...spec.supplies, ...spec.nodes].map((n) => [n.id, n.kp]));
  spec.pipes.forEach((p, i) => {
    const a = kpOf.get(p.from);
    const b = kpOf.get(p.to);
    if (p.length === undefined && (a === undefined || b === undefined || a === b))
      problems.push(problemAt(['pipes', i], `pipe "${p.id}" without a length`, 'a length, or ends with different kp'));
    const merged = { ...spec['pipe-defaults'], ...p };
    for (const key of ['outside-diameter', 'wall', 'roughness'] as const)
      if (merged[key] === undefined)
        problems.push(problemAt(['pipes', i], `pipe "${p.id}" without ${key}`, `${key} here or under pipe-defaults`));
    const { wall, 'outside-diameter': outside, roughness } = merged;
    if (outside === undefined || wall === undefined) return;
    if (outside <= 2 * wall)
      problems.push(
        problemAt(['pipes', i], `a wall of ${wall} m`, `less than half of the outside diameter ${outside} m`),
      );
    else if (roughness !== undefined && roughness >= outside - 2 * wall)
      problems.push(problemAt(['pipes', i], `a roughness of ${roughness} m`, `less than the inside diameter`));
  });
}

/** Every node must hang on a supply, or nothing would say its pressure. */
function checkFed(spec: GasPlantSpec, nodes: readonly string[], { problems, problemAt }: Checker): void {
  const ends: readonly { readonly from: string; readonly to: string }[] = [
    ...spec.pipes,
    ...spec.compressors,
    ...spec.valves,
    ...spec.regulators,
  ];
  if (ends.some((e) => !nodes.includes(e.from) || !nodes.includes(e.to))) return;
  const fed = new Set(spec.supplies.map((s) => s.id));
  for (let before = -1; before !== fed.size; ) {
    before = fed.size;
    for (const e of ends) {
      if (fed.has(e.from)) fed.add(e.to);
      else if (fed.has(e.to)) fed.add(e.from);
    }
  }
  spec.nodes.forEach((n, i) => {
    if (!fed.has(n.id))
      problems.push(problemAt(['nodes', i], `"${n.id}", which no pipe joins to a supply`, 'a node that gas can reach'));
  });
}
