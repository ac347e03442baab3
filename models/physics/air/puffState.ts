/** Everything that changes in a puff model, in one buffer. Puffs lie in the order of their birth, without gaps. */
import { bindArena } from '../../kernel/index.ts';

/** Releases that may be asked for within one step. */
export const MOST_RELEASES = 512;

export interface PuffState {
  readonly buffer: ArrayBuffer;
  // puffs (capacity): step writes them
  readonly x_m: Float64Array;
  readonly y_m: Float64Array;
  /** Height of release, kept: puffs spread about it. */
  readonly height_m: Float64Array;
  readonly mass_kg: Float64Array;
  /** The same along and across the wind. */
  readonly sigmaH_m: Float64Array;
  readonly sigmaZ_m: Float64Array;
  /** The inversion that closes it above. */
  readonly lid_m: Float64Array;
  /** Half the way between it and its neighbours, along the wind of its birth; 0 once its spread has closed the gaps. */
  readonly stretchX_m: Float64Array;
  readonly stretchY_m: Float64Array;
  /** U(z̄)/U(reference) at its last step. */
  readonly windRatio: Float64Array;
  readonly species: Int32Array;
  /** Which call of emit within a step it comes from: only puffs of one release merge. */
  readonly release: Int32Array;
  // releases of the coming step (MOST_RELEASES × 7: x, y, z, mass, σh, σz, species): emit writes, step takes
  readonly asked: Float64Array;
  // balance (species): emitted, gone
  readonly emitted_kg: Float64Array;
  readonly gone_kg: Float64Array;
  /** Puffs, releases asked for. */
  readonly counts: Int32Array;
}

export function createPuffState(capacity: number, species: number): PuffState {
  const { buffer, views } = bindArena((a) => ({
    x_m: a.f64(capacity),
    y_m: a.f64(capacity),
    height_m: a.f64(capacity),
    mass_kg: a.f64(capacity),
    sigmaH_m: a.f64(capacity),
    sigmaZ_m: a.f64(capacity),
    lid_m: a.f64(capacity),
    stretchX_m: a.f64(capacity),
    stretchY_m: a.f64(capacity),
    windRatio: a.f64(capacity),
    species: a.i32(capacity),
    release: a.i32(capacity),
    asked: a.f64(MOST_RELEASES * 7),
    emitted_kg: a.f64(species),
    gone_kg: a.f64(species),
    counts: a.i32(2),
  }));
  return { buffer, ...views };
}

/** Copies what a puff keeps through a step (height, mass, lid, species, release) onto another place. */
export function keepPuff(s: PuffState, from: number, to: number): void {
  s.height_m[to] = s.height_m[from];
  s.mass_kg[to] = s.mass_kg[from];
  s.lid_m[to] = s.lid_m[from];
  s.species[to] = s.species[from];
  s.release[to] = s.release[from];
}

/** Copies one puff onto another place. */
export function movePuff(s: PuffState, from: number, to: number): void {
  keepPuff(s, from, to);
  s.x_m[to] = s.x_m[from];
  s.y_m[to] = s.y_m[from];
  s.sigmaH_m[to] = s.sigmaH_m[from];
  s.sigmaZ_m[to] = s.sigmaZ_m[from];
  s.stretchX_m[to] = s.stretchX_m[from];
  s.stretchY_m[to] = s.stretchY_m[from];
  s.windRatio[to] = s.windRatio[from];
}
