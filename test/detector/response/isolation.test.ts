/**
 * The isolation set against brute force: every subset of closable elements of 200 random networks, smallest first, decided
 * by walking the network; among the smallest the one that leaves least joined to the leak.
 */
import { describe, expect, it } from 'vitest';
import { enclose, isolate } from '../../../detector/response/isolation.ts';
import type { NetworkEdge, PlantNetwork } from '../../../detector/response/network.ts';
import { networkOf, withLeak } from '../../../detector/response/network.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { readPlantContext } from '../../../scenarios/engine/index.ts';
import { compileModel } from '../../../sim/index.ts';

function drawNetwork(seed: number): PlantNetwork {
  const stream = seeded(seed).stream('network');
  let drawn = 0;
  const below = (n: number) => {
    drawn += 1;
    return Math.min(n - 1, Math.floor(stream.uniform(drawn) * n));
  };
  const n = 4 + below(8);
  const nodes = Array.from({ length: n }, (_, i) => `N${i}`);
  const edges: NetworkEdge[] = [];
  const add = (from: number, to: number) => {
    const closable = below(100) < 55 && edges.filter((e) => e.closable).length < 11;
    const kind = closable ? (below(4) === 0 ? 'pump' : 'valve') : below(8) === 0 ? 'check-valve' : 'pipe';
    edges.push({
      id: `E${edges.length}`,
      from: nodes[from]!,
      to: nodes[to]!,
      closable,
      oneWay: kind === 'pump' || kind === 'check-valve',
      volume_m3: kind === 'pipe' ? 1 + below(50) : 0,
      length_m: 1,
      kind,
    });
  };
  for (let i = 1; i < n; i += 1) add(below(i), i);
  for (let i = below(6); i > 0; i -= 1) {
    const a = below(n);
    const b = below(n);
    if (a !== b) add(a, b);
  }
  const sources = [...new Set([nodes[1 + below(n - 1)]!, nodes[1 + below(n - 1)]!])];
  return { nodes, edges, sources, elevation_m: new Map() };
}

/** Nodes from which something may come to the leak when these are shut, found by passing over all edges until nothing changes. */
function upstream(net: PlantNetwork, leak: string, shut: ReadonlySet<string>): Set<string> {
  const found = new Set([leak]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const e of net.edges) {
      if (shut.has(e.id)) continue;
      if (found.has(e.to) && !found.has(e.from)) grew = Boolean(found.add(e.from));
      if (!e.oneWay && found.has(e.from) && !found.has(e.to)) grew = Boolean(found.add(e.to));
    }
  }
  return found;
}

function bruteForce(net: PlantNetwork, leak: string): string[] | undefined {
  const closable = net.edges.filter((e) => e.closable).map((e) => e.id);
  let best: { set: string[]; nodes: number } | undefined;
  for (let mask = 0; mask < 1 << closable.length; mask += 1) {
    const set = closable.filter((_, i) => mask & (1 << i));
    if (best && set.length > best.set.length) continue;
    const joined = upstream(net, leak, new Set(set));
    if (net.sources.some((s) => joined.has(s))) continue;
    if (!best || set.length < best.set.length || joined.size < best.nodes) best = { set, nodes: joined.size };
  }
  return best?.set.sort();
}

describe('isolation set', () => {
  it('equals brute force on 200 random networks', () => {
    let possible = 0;
    const sizes: number[] = [];
    for (let seed = 1; possible < 200; seed += 1) {
      const net = drawNetwork(seed);
      const leak = net.nodes[0]!;
      const mine = isolate(net, leak);
      const theirs = bruteForce(net, leak);
      expect(mine.possible, `seed ${seed}`).toBe(theirs !== undefined);
      if (!theirs) continue;
      expect(mine.close, `seed ${seed}`).toEqual(theirs);
      possible += 1;
      sizes[theirs.length] = (sizes[theirs.length] ?? 0) + 1;
    }
    console.log(`isolation sets by size, 0 and up: ${Array.from(sizes, (s) => s ?? 0).join(', ')}`);
    expect(sizes.length).toBeGreaterThan(3);
  });

  it('is the same whatever the order of the elements', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const net = drawNetwork(seed);
      const turned = { ...net, edges: [...net.edges].reverse(), nodes: [...net.nodes].reverse() };
      expect(isolate(turned, 'N0').close).toEqual(isolate(net, 'N0').close);
    }
  });

  it('shuts both ends of the crude line, and one of them where its check valve is trusted', () => {
    const asBuilt = compileModel(unwrap(readPlantContext('crude-line')).spec, { seed: 1 }).asBuilt;
    const at = (hold: boolean) => {
      const { network, leak } = withLeak(networkOf(asBuilt, { checkValvesHold: hold }), { pipe: 'P-2', fraction: 0.4 });
      return isolate(network, leak);
    };
    expect(networkOf(asBuilt).sources).toEqual(['TK-101', 'TK-501']);
    expect(at(false).close).toEqual(['PCV-501', 'XV-101']);
    expect(at(true).close).toEqual(['XV-101']);
    expect(at(false).isolatedVolume_m3).toBeGreaterThan(9000);
  });

  it('finds the block valves on both sides of a gas leak, and says who loses supply', () => {
    const asBuilt = compileModel(unwrap(readPlantContext('gas-line')).spec, { seed: 1 }).asBuilt;
    const { network, leak } = withLeak(networkOf(asBuilt, { sources: ['S-101'] }), { pipe: 'P-2', fraction: 0.5 });
    const found = isolate(network, leak);
    expect(found.close).toEqual(['BV-201']);
    expect(found.losesSupply).toContain('N-502');
    expect(enclose(network, leak).close).toEqual(['BV-201', 'BV-301']);
    const both = isolate({ ...network, sources: ['S-101', 'N-502'] }, leak);
    expect(both.close).toEqual(['BV-201', 'BV-301']);
    expect(both.losesSupply).toEqual(['N-202', 'N-301']);
  });
});
