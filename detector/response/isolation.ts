/**
 * The smallest set of closable elements that cuts a place off from everything that feeds it: a minimum cut between the
 * sources and the leak (Ford & Fulkerson 1956, max-flow min-cut), every closable element with capacity 1 and everything
 * else with no limit. Flow is sent by breadth-first augmenting paths (Edmonds & Karp 1972); k valves need k + 1 searches.
 *
 * Of several smallest sets the one nearest to the leak is taken. The leak's sides of all minimum cuts are closed under
 * intersection (Picard & Queyranne 1980), so that this one is unique: it encloses the least volume, and no order of
 * elements in a file can change it.
 */
import type { NetworkEdge, PlantNetwork } from './network.ts';

export interface Isolation {
  /** False where a source reaches the place without passing anything that can be shut. */
  readonly possible: boolean;
  /** Elements to shut, sorted by name. */
  readonly close: readonly string[];
  /** Nodes that are still joined to the leak, the leak among them. */
  readonly isolated: readonly string[];
  readonly isolatedVolume_m3: number;
  /** Pipes that are emptied by the leak or stand still. */
  readonly isolatedPipes: readonly string[];
  /** Places that were fed and are not any more; those that stay joined to the leak among them. */
  readonly losesSupply: readonly string[];
  /** Sources that cannot be cut off, where it is not possible. */
  readonly openSources: readonly string[];
}

interface Arc {
  readonly to: number;
  readonly edge: number;
  /** What more may pass; of an arc of no limit, infinity. */
  left: number;
  readonly back: number;
}

/** @param leak a node of the network; see `withLeak` */
export function isolate(network: PlantNetwork, leak: string): Isolation {
  const index = new Map(network.nodes.map((n, i) => [n, i]));
  const at = index.get(leak);
  if (at === undefined) throw new RangeError(`no place "${leak}" in this network`);
  const source = network.nodes.length;
  const arcs: Arc[][] = Array.from({ length: source + 1 }, () => []);
  const join = (from: number, to: number, forward: number, backward: number, edge: number) => {
    arcs[from]!.push({ to, edge, left: forward, back: arcs[to]!.length });
    arcs[to]!.push({ to: from, edge, left: backward, back: arcs[from]!.length - 1 });
  };
  network.edges.forEach((e, i) => {
    const capacity = e.closable ? 1 : Number.POSITIVE_INFINITY;
    join(index.get(e.from)!, index.get(e.to)!, capacity, e.oneWay ? 0 : capacity, i);
  });
  for (const s of network.sources) join(source, index.get(s)!, Number.POSITIVE_INFINITY, 0, -1);
  for (;;) {
    const path = augmentingPath(arcs, source, at);
    if (!path) break;
    let least = Number.POSITIVE_INFINITY;
    for (const arc of path) least = Math.min(least, arc.left);
    if (least === Number.POSITIVE_INFINITY) return impossible(network, leak);
    for (const arc of path) {
      arc.left -= least;
      arcs[arc.to]![arc.back]!.left += least;
    }
  }
  // Everything that could still send to the leak is on its side.
  const side = canReach(arcs, at);
  const close = network.edges
    .filter((e) => {
      const from = side.has(index.get(e.from)!);
      const to = side.has(index.get(e.to)!);
      return e.closable && (e.oneWay ? to && !from : from !== to);
    })
    .map((e) => e.id)
    .sort();
  return describe(network, leak, close);
}

/** What is cut off when these are shut; also for a set that somebody else has chosen. */
export function describe(network: PlantNetwork, leak: string, close: readonly string[]): Isolation {
  const shut = new Set(close);
  const open = network.edges.filter((e) => !shut.has(e.id));
  const fed = spread(open, network.sources);
  const joined = reaching(open, leak);
  const isolated = network.nodes.filter((n) => joined.has(n));
  const before = spread(network.edges, network.sources);
  const pipes = open.filter((e) => e.kind === 'pipe' && joined.has(e.from) && joined.has(e.to));
  const openSources = network.sources.filter((s) => joined.has(s)).sort();
  return {
    possible: openSources.length === 0,
    close: [...shut].sort(),
    isolated: [...isolated].sort(),
    isolatedVolume_m3: pipes.reduce((v, e) => v + e.volume_m3, 0),
    isolatedPipes: [...new Set(pipes.map((e) => e.id))].sort(),
    losesSupply: network.nodes.filter((n) => n !== leak && before.has(n) && !fed.has(n)).sort(),
    openSources,
  };
}

/**
 * The first closable elements on every way from the leak: the smallest piece that can be shut in, at the price of more
 * valves. What lies behind a minimum cut but is not fed (the packed line downstream of a gas leak) cannot come back then.
 */
export function enclose(network: PlantNetwork, leak: string): Isolation {
  const joined = reaching(
    network.edges.filter((e) => !e.closable),
    leak,
  );
  const close = network.edges.filter(
    (e) => e.closable && joined.has(e.from) !== joined.has(e.to) && !(e.oneWay && joined.has(e.from)),
  );
  return describe(
    network,
    leak,
    close.map((e) => e.id),
  );
}

function impossible(network: PlantNetwork, leak: string): Isolation {
  return describe(network, leak, []);
}

function augmentingPath(arcs: readonly Arc[][], from: number, to: number): Arc[] | undefined {
  const by = new Map<number, Arc>();
  const queue = [from];
  for (let q = 0; q < queue.length; q += 1) {
    for (const arc of arcs[queue[q]!]!) {
      if (arc.left <= 0 || arc.to === from || by.has(arc.to)) continue;
      by.set(arc.to, arc);
      if (arc.to !== to) {
        queue.push(arc.to);
        continue;
      }
      const path: Arc[] = [];
      for (let n = to; n !== from; ) {
        const a = by.get(n)!;
        path.push(a);
        n = arcs[a.to]![a.back]!.to;
      }
      return path;
    }
  }
  return undefined;
}

/** Nodes from which the residual network leads to `to`. */
function canReach(arcs: readonly Arc[][], to: number): Set<number> {
  const found = new Set([to]);
  const queue = [to];
  for (let q = 0; q < queue.length; q += 1) {
    for (const arc of arcs[queue[q]!]!) {
      // The partner of an arc that leaves here is the one that comes in.
      if (arcs[arc.to]![arc.back]!.left <= 0 || found.has(arc.to)) continue;
      found.add(arc.to);
      queue.push(arc.to);
    }
  }
  return found;
}

/** Places that are fed from `from`, by the direction in which elements pass. */
function spread(edges: readonly NetworkEdge[], from: readonly string[]): Set<string> {
  return grow(edges, from, (e, node) => (e.from === node ? e.to : e.oneWay ? undefined : e.from));
}

/** Places from which liquid can come to `to`. */
function reaching(edges: readonly NetworkEdge[], to: string): Set<string> {
  return grow(edges, [to], (e, node) => (e.to === node ? e.from : e.oneWay ? undefined : e.to));
}

function grow(
  edges: readonly NetworkEdge[],
  from: readonly string[],
  step: (e: NetworkEdge, node: string) => string | undefined,
): Set<string> {
  const at = new Map<string, NetworkEdge[]>();
  for (const e of edges) for (const end of [e.from, e.to]) at.set(end, [...(at.get(end) ?? []), e]);
  const found = new Set(from);
  const queue = [...from];
  for (let q = 0; q < queue.length; q += 1) {
    for (const e of at.get(queue[q]!) ?? []) {
      const next = step(e, queue[q]!);
      if (next === undefined || found.has(next)) continue;
      found.add(next);
      queue.push(next);
    }
  }
  return found;
}
