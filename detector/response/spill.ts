/**
 * What runs out: until the line is shut in, and after that by its own weight.
 *
 *   until   q t                                            the estimate, from the onset to the last valve shut
 *   pack    V (p − p_rest)/(ρ a²)                          what pressed liquid gives back (a² holds the walls' part too)
 *   drain   Σ ΔV of every piece of pipe that lies above the leak and above all crests between it and the leak
 *   rate    q √(h/h0)                                      an orifice, h the height of the liquid's surface over the leak
 *
 * The crest rule takes air or vapour at every crest, so that nothing is drawn over one; `atMost` takes full siphons: all
 * that is higher than the leak. That a vacuum may hold a column up is left out: it would make the figure smaller.
 * Source: the drain-down volume of 49 CFR 195.452 (worst-case discharge after isolation); Wylie & Streeter (1993) ch. 3.
 */
import type { AsBuilt } from '../../models/contract/index.ts';
import type { Isolation } from './isolation.ts';
import type { LeakPlace } from './place.ts';

const G = 9.80665;
/** Longest piece of pipe that is taken to lie at one height [m]. */
const PIECE_m = 20;
const MOST_PIECES = 400;

export interface SpillInputs {
  readonly asBuilt: AsBuilt;
  readonly isolation: Isolation;
  readonly place: LeakPlace;
  readonly profile?: readonly { readonly kp: number; readonly elevation: number }[];
  readonly rate_m3_s: number;
  readonly soFar_s: number;
  readonly isolatedAfter_s: number;
  /** Gauge pressure in the line at the leak before the shut-down; the pack is left out where nobody knows it. */
  readonly pressure_Pa?: number;
}

export interface Spill {
  readonly soFar_m3: number;
  readonly untilIsolation_m3: number;
  readonly afterIsolation_m3: number;
  readonly atMost_m3: number;
  readonly emptied_s: number;
  readonly perHourOfDelay_m3: number;
}

interface Piece {
  readonly elevation_m: number;
  readonly volume_m3: number;
  readonly next: number[];
}

export function expectedSpill(inputs: SpillInputs): Spill {
  const { rate_m3_s, soFar_s, isolatedAfter_s, pressure_Pa } = inputs;
  const { pieces, leak } = piecesOf(inputs);
  const here_m = pieces[leak]?.elevation_m ?? 0;
  const drains = drainable(pieces, leak);
  const higher = pieces.filter((p) => p.elevation_m > here_m);
  const top_m = drains.reduce((z, p) => Math.max(z, p.elevation_m), here_m);
  const pack_m3 = packOf(inputs, top_m - here_m);
  const drain_m3 = drains.reduce((v, p) => v + p.volume_m3, 0);
  const after_m3 = pack_m3 + drain_m3;
  return {
    soFar_m3: rate_m3_s * soFar_s,
    untilIsolation_m3: rate_m3_s * (soFar_s + isolatedAfter_s),
    afterIsolation_m3: after_m3,
    atMost_m3: pack_m3 + higher.reduce((v, p) => v + p.volume_m3, 0),
    emptied_s: emptyingTime_s(drains, here_m, rate_m3_s, pack_m3, top_m, pressure_Pa, inputs.asBuilt),
    perHourOfDelay_m3: 3600 * rate_m3_s,
  };
}

function packOf({ asBuilt, isolation, pressure_Pa }: SpillInputs, above_m: number): number {
  const density = asBuilt.fluid?.density_kg_m3;
  if (pressure_Pa === undefined || density === undefined) return 0;
  const rest_Pa = density * G * above_m;
  const inside = new Set(isolation.isolatedPipes);
  let volume = 0;
  for (const p of asBuilt.pipes) {
    if (!inside.has(p.id)) continue;
    const a = p.waveSpeed_m_s ?? Math.sqrt(asBuilt.fluid!.bulkModulus_Pa / density);
    const v = 0.25 * Math.PI * p.insideDiameter_m ** 2 * p.length_m;
    volume += (v * Math.max(0, pressure_Pa - rest_Pa)) / (density * a * a);
  }
  return volume;
}

/** Isolated pipes in pieces, each with its neighbours. */
function piecesOf(inputs: SpillInputs): { pieces: Piece[]; leak: number } {
  const { asBuilt, isolation, place, profile } = inputs;
  const inside = new Set(isolation.isolatedPipes);
  const height = new Map(asBuilt.nodes.map((n) => [n.id, n.elevation_m]));
  const pieces: Piece[] = [];
  const atNode = new Map<string, number[]>();
  let leak = -1;
  const join = (a: number, b: number) => {
    pieces[a]!.next.push(b);
    pieces[b]!.next.push(a);
  };
  for (const p of asBuilt.pipes) {
    if (!inside.has(p.id)) continue;
    const count = Math.min(MOST_PIECES, Math.max(1, Math.ceil(p.length_m / PIECE_m)));
    const volume_m3 = (0.25 * Math.PI * p.insideDiameter_m ** 2 * p.length_m) / count;
    const first = pieces.length;
    for (let i = 0; i < count; i += 1) {
      const s = (i + 0.5) / count;
      const z0 = height.get(p.from) ?? height.get(p.to) ?? 0;
      const z1 = height.get(p.to) ?? z0;
      const elevation_m =
        profile && p.start_m !== undefined ? heightAt(profile, p.start_m + s * p.length_m) : z0 + s * (z1 - z0);
      pieces.push({ elevation_m, volume_m3, next: [] });
      if (i > 0) join(first + i - 1, first + i);
    }
    if (place.on?.pipe === p.id) leak = first + Math.min(count - 1, Math.floor(place.on.fraction * count));
    atNode.set(p.from, [...(atNode.get(p.from) ?? []), first]);
    atNode.set(p.to, [...(atNode.get(p.to) ?? []), first + count - 1]);
  }
  for (const e of asBuilt.links) {
    if (isolation.close.includes(e.id)) continue;
    const both = [...(atNode.get(e.from) ?? []), ...(atNode.get(e.to) ?? [])];
    atNode.set(e.from, both);
    atNode.set(e.to, both);
  }
  for (const ends of atNode.values()) for (let i = 1; i < ends.length; i += 1) join(ends[0]!, ends[i]!);
  return { pieces, leak: Math.max(0, leak) };
}

function heightAt(profile: readonly { readonly kp: number; readonly elevation: number }[], x: number): number {
  const i = profile.findIndex((p) => p.kp >= x);
  if (i <= 0) return profile[i < 0 ? profile.length - 1 : 0]!.elevation;
  const a = profile[i - 1]!;
  const b = profile[i]!;
  return a.elevation + ((x - a.kp) / (b.kp - a.kp)) * (b.elevation - a.elevation);
}

/** Pieces that lie above everything on the lowest way from them to the leak. */
function drainable(pieces: readonly Piece[], leak: number): Piece[] {
  if (pieces.length === 0) return [];
  const crest_m = new Float64Array(pieces.length).fill(Number.POSITIVE_INFINITY);
  crest_m[leak] = pieces[leak]!.elevation_m;
  const open = new Set([leak]);
  const done: Piece[] = [];
  while (open.size > 0) {
    let at = -1;
    for (const i of open) if (at < 0 || crest_m[i]! < crest_m[at]!) at = i;
    open.delete(at);
    const piece = pieces[at]!;
    if (at !== leak && piece.elevation_m > crest_m[at]!) done.push(piece);
    const over = Math.max(crest_m[at]!, piece.elevation_m);
    for (const n of piece.next) {
      if (over >= crest_m[n]!) continue;
      crest_m[n] = over;
      open.add(n);
    }
  }
  return done;
}

/** Until only a hundredth of the height is left, from the top down [s]; at a steady rate where the pressure is not known. */
function emptyingTime_s(
  drains: readonly Piece[],
  here_m: number,
  rate_m3_s: number,
  pack_m3: number,
  top_m: number,
  pressure_Pa: number | undefined,
  asBuilt: AsBuilt,
): number {
  if (rate_m3_s <= 0) return 0;
  const drain_m3 = drains.reduce((v, p) => v + p.volume_m3, 0);
  const density = asBuilt.fluid?.density_kg_m3;
  if (pressure_Pa === undefined || pressure_Pa <= 0 || density === undefined) return (pack_m3 + drain_m3) / rate_m3_s;
  const h0 = pressure_Pa / (density * G);
  const rest_m = Math.min(h0, Math.max(0, top_m - here_m));
  // √h falls evenly while a pack is let out: the mean of √h over it is that of its two ends.
  let time_s = pack_m3 / (rate_m3_s * 0.5 * (1 + Math.sqrt(rest_m / h0)));
  for (const p of [...drains].sort((a, b) => b.elevation_m - a.elevation_m)) {
    const h = Math.max(0.01 * h0, p.elevation_m - here_m);
    time_s += p.volume_m3 / (rate_m3_s * Math.sqrt(h / h0));
  }
  return time_s;
}
