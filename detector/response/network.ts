/**
 * A plant as what can be shut and what cannot: places joined by pipes and links, sources that feed it, consumers that it
 * feeds. Made from as-built data alone. A pump or compressor at rest holds against what comes back (it stands with its own
 * non-return valve), and gives nothing forward; a check valve by itself passes forward and is not relied on against what
 * comes back unless the owner says that it holds.
 */
import type { AsBuilt } from '../../models/contract/index.ts';

export interface NetworkEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** May be shut, or stopped. */
  readonly closable: boolean;
  /** Passes from `from` to `to` only. */
  readonly oneWay: boolean;
  readonly volume_m3: number;
  readonly length_m: number;
  readonly kind: 'pipe' | AsBuilt['links'][number]['kind'];
}

export interface PlantNetwork {
  readonly nodes: readonly string[];
  readonly edges: readonly NetworkEdge[];
  /** Places from which the network is filled; what comes back out of a tank counts. */
  readonly sources: readonly string[];
  /** Places of known height [m]. */
  readonly elevation_m: ReadonlyMap<string, number>;
}

export interface NetworkOptions {
  /** Places that feed, where the as-built data do not show it; absent: ends that have one link or pipe only. */
  readonly sources?: readonly string[];
  /** Elements that cannot be shut: out of service, or without a drive. */
  readonly unavailable?: readonly string[];
  readonly checkValvesHold?: boolean;
}

/** Reads the network out of as-built data. */
export function networkOf(asBuilt: AsBuilt, options: NetworkOptions = {}): PlantNetwork {
  const unavailable = new Set(options.unavailable);
  const edges: NetworkEdge[] = asBuilt.pipes.map((p) => ({
    id: p.id,
    from: p.from,
    to: p.to,
    closable: false,
    oneWay: false,
    volume_m3: 0.25 * Math.PI * p.insideDiameter_m ** 2 * p.length_m,
    length_m: p.length_m,
    kind: 'pipe',
  }));
  for (const l of asBuilt.links) {
    const pumped = l.kind === 'pump' || l.kind === 'compressor';
    edges.push({
      id: l.id,
      from: l.from,
      to: l.to,
      closable: l.kind !== 'check-valve' && !unavailable.has(l.id),
      oneWay: pumped || (l.kind === 'check-valve' && options.checkValvesHold === true),
      volume_m3: 0,
      length_m: 0,
      kind: l.kind,
    });
  }
  const nodes = [...new Set([...asBuilt.nodes.map((n) => n.id), ...edges.flatMap((e) => [e.from, e.to])])];
  return {
    nodes,
    edges,
    sources: options.sources ?? endsOf(asBuilt, edges),
    elevation_m: new Map(asBuilt.nodes.map((n) => [n.id, n.elevation_m])),
  };
}

/**
 * Ends of the network: what a link feeds from and nothing else reaches (a tank, a reservoir, a wet well), and what is not
 * among the as-built nodes at all (a tank of a town's network). A node at which consumption ends is no source.
 */
function endsOf(asBuilt: AsBuilt, edges: readonly NetworkEdge[]): string[] {
  const known = new Set(asBuilt.nodes.map((n) => n.id));
  const touching = new Map<string, NetworkEdge[]>();
  for (const e of edges) {
    for (const end of [e.from, e.to]) touching.set(end, [...(touching.get(end) ?? []), e]);
  }
  return [...touching]
    .filter(
      ([node, at]) => !known.has(node) || at.every((e) => e.kind !== 'pipe' && (e.from === node || at.length === 1)),
    )
    .map(([node]) => node)
    .sort();
}

/** The network with a leak's place as a node of its own: a pipe is cut in two there; a node or link end is itself. */
export function withLeak(
  network: PlantNetwork,
  at: { readonly pipe: string; readonly fraction: number } | { readonly node: string },
): { readonly network: PlantNetwork; readonly leak: string } {
  if ('node' in at) {
    if (!network.nodes.includes(at.node)) throw new RangeError(`no place "${at.node}" in this network`);
    return { network, leak: at.node };
  }
  const index = network.edges.findIndex((e) => e.id === at.pipe);
  if (index < 0) throw new RangeError(`no pipe "${at.pipe}" in this network`);
  const e = network.edges[index]!;
  const leak = `leak on ${e.id}`;
  const share = Math.min(1, Math.max(0, at.fraction));
  const part = (from: string, to: string, s: number): NetworkEdge => ({
    ...e,
    from,
    to,
    volume_m3: e.volume_m3 * s,
    length_m: e.length_m * s,
  });
  const edges = [...network.edges];
  edges.splice(index, 1, part(e.from, leak, share), part(leak, e.to, 1 - share));
  const low = network.elevation_m.get(e.from);
  const high = network.elevation_m.get(e.to);
  const elevation_m = new Map(network.elevation_m);
  if (low !== undefined && high !== undefined) elevation_m.set(leak, low + share * (high - low));
  return { network: { ...network, nodes: [...network.nodes, leak], edges, elevation_m }, leak };
}
