/** Whether every node has a way to a tank: without one its pressure hangs on nothing. */
import type { LiquidSpec } from './spec.ts';

/** Index in `spec.nodes` of those that no pipe, pump or valve joins to a tank. */
export function nodesWithoutTank(spec: LiquidSpec): number[] {
  const reached = new Set(spec.tanks.map((t) => t.id));
  const links = [...spec.pipes, ...spec.pumps, ...spec.valves, ...spec['check-valves']];
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const { from, to } of links) {
      if (reached.has(from)) reached.add(to);
      else if (reached.has(to)) reached.add(from);
    }
  }
  return spec.nodes.flatMap((n, i) => (reached.has(n.id) ? [] : [i]));
}
