/**
 * What makes a run invalid, looked for in the results themselves, because EPANET's warnings hide one another and its
 * "disconnected" comes only beside another warning.
 *
 * Under demand-driven analysis a node draws its demand whatever the pressure. Where a part with demand is cut off from all
 * reservoirs and tanks, or a node that draws has negative pressure, the heads are numbers without meaning. Under
 * pressure-driven analysis the demand gives way and both are ordinary states.
 */
import type { EpanetFault, EpanetModel, EpanetState } from './model.ts';

/** What reading the results noticed, and work arrays; nothing in it outlives a step but `cut`, which a restore looks up anew. */
export interface Inspection {
  readonly floor_m: Float64Array; // head at which the pressure of a junction counts as negative (nNode)
  readonly reached: Uint8Array; // (nNode)
  readonly queue: Int32Array; // (nNode)
  /** Nodes that draw at negative pressure. */
  negative: number;
  /** Closed links, and the sum of the squares of their numbers. */
  closed: number;
  closedSum: number;
  /** Whether demand was cut off when the connections were last looked at. */
  cut: boolean;
}

/** Pressure head below which a pressure counts as negative [m]. */
const NEGATIVE_m = -1e-6;
const NAMED = 10;

export function makeInspection(m: EpanetModel): Inspection {
  return {
    floor_m: m.nodeElevation_m.map((z, n) => (m.nodeKind[n] === 0 ? z + NEGATIVE_m : Number.NEGATIVE_INFINITY)),
    reached: new Uint8Array(m.nNode),
    queue: new Int32Array(m.nNode),
    negative: 0,
    closed: 0,
    closedSum: 0,
    cut: false,
  };
}

/**
 * Walks the network where a link opened or closed since the last walk, or a pressure is negative (a part that is cut off
 * already shows so when its demand sets in). Returns whether demand is cut off.
 */
export function inspect(m: EpanetModel, s: EpanetState, i: Inspection): boolean {
  if (i.closed !== s.closedLinks[0] || i.closedSum !== s.closedLinks[1] || i.negative > 0) {
    s.closedLinks[0] = i.closed;
    s.closedLinks[1] = i.closedSum;
    walk(m, s, i);
    i.cut = false;
    for (let n = 0; n < m.nNode && !i.cut; n++) i.cut = i.reached[n] === 0 && s.nodeDemand_m3_s[n] > 0;
  }
  return i.cut;
}

/** Marks all nodes that open links join to a reservoir or tank. */
function walk(m: EpanetModel, s: EpanetState, i: Inspection): void {
  i.reached.fill(0);
  let end = 0;
  for (const n of m.sourceNode) {
    i.reached[n] = 1;
    i.queue[end++] = n;
  }
  for (let at = 0; at < end; at++) {
    const n = i.queue[at];
    for (let k = m.linkAtStart[n]; k < m.linkAtStart[n + 1]; k++) {
      const l = m.linkAt[k];
      const other = m.linkFrom[l] === n ? m.linkTo[l] : m.linkFrom[l];
      if (s.linkOpen[l] === 0 || i.reached[other] === 1) continue;
      i.reached[other] = 1;
      i.queue[end++] = other;
    }
  }
}

/** The part that no open link joins to a source, whether or not it draws; undefined where all is joined. */
export function isolatedPart(m: EpanetModel, s: EpanetState, i: Inspection): EpanetFault | undefined {
  walk(m, s, i);
  return i.reached.includes(0) ? isolatedDemand(m, s, i) : undefined;
}

export function isolatedDemand(m: EpanetModel, s: EpanetState, i: Inspection): EpanetFault {
  const all = m.nodeIds.filter((_, n) => i.reached[n] === 0);
  const gates = m.linkIds.filter((_, l) => s.linkOpen[l] === 0 && i.reached[m.linkFrom[l]] !== i.reached[m.linkTo[l]]);
  const drawn = all.reduce((sum, id) => sum + s.nodeDemand_m3_s[m.nodeIndex.get(id) ?? 0], 0);
  const by = gates.length === 0 ? 'no link leads there' : `closed: ${list(gates)}`;
  return {
    kind: 'disconnected',
    time_s: s.clock[0],
    nodes: all.slice(0, NAMED),
    sentence:
      `at ${clockText(s.clock[0])} ${nodesText(all)} cut off from every reservoir and tank (${by})` +
      (drawn > 0 ? ` while ${drawn.toPrecision(3)} m³/s are drawn there` : ''),
  };
}

export function negativePressure(m: EpanetModel, s: EpanetState): EpanetFault {
  const pressure = (n: number) => s.nodeHead_m[n] - m.nodeElevation_m[n];
  const all = Array.from({ length: m.nNode }, (_, n) => n).filter(
    (n) => m.nodeKind[n] === 0 && s.nodeDemand_m3_s[n] > 0 && pressure(n) < NEGATIVE_m,
  );
  const worst = all.reduce((a, b) => (pressure(b) < pressure(a) ? b : a), all[0]);
  return {
    kind: 'negative-pressure',
    time_s: s.clock[0],
    nodes: all.slice(0, NAMED).map((n) => m.nodeIds[n]),
    sentence:
      `at ${clockText(s.clock[0])} the pressure at node ${m.nodeIds[worst]} is ${pressure(worst).toPrecision(4)} m ` +
      `while ${s.nodeDemand_m3_s[worst].toPrecision(3)} m³/s are drawn there` +
      (all.length > 1 ? `; ${all.length} nodes in all: ${list(all.map((n) => m.nodeIds[n]))}` : ''),
  };
}

export function notConverged(
  m: EpanetModel,
  s: EpanetState,
  link: number,
  convergence: { readonly iterations: number; readonly relativeError: number },
): EpanetFault {
  const ends = [m.linkFrom[link], m.linkTo[link]].map((n) => m.nodeIds[n]);
  return {
    kind: 'not-converged',
    time_s: s.clock[0],
    nodes: ends,
    sentence:
      `at ${clockText(s.clock[0])} the hydraulics did not converge in ${convergence.iterations} trials (relative flow ` +
      `change ${convergence.relativeError.toPrecision(2)}); the flow that moves most is that of link ${m.linkIds[link]}, ` +
      `from ${ends[0]} to ${ends[1]}`,
  };
}

/** Hours, minutes and seconds since the start. */
export function clockText(time_s: number): string {
  const part = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${Math.floor(time_s / 3600)}:${part((time_s / 60) % 60)}:${part(time_s % 60)}`;
}

function nodesText(ids: readonly string[]): string {
  return ids.length === 1 ? `node ${ids[0]} is` : `${ids.length} nodes (${list(ids)}) are`;
}

function list(ids: readonly string[]): string {
  return ids.length <= NAMED ? ids.join(', ') : `${ids.slice(0, NAMED).join(', ')}, …`;
}
