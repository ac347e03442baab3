/**
 * The parcels of a particle model: a ring of flat arrays in one buffer, so that a snapshot is a copy. A parcel's place in
 * the ring is its serial number modulo the capacity; a dead one has mass 0; a full ring overwrites its oldest.
 */
import { type Arena, bindArena } from '../../../kernel/index.ts';

/** Where the header keeps what is not per parcel. */
export const HEAD = {
  next: 0,
  oldest: 1,
  step: 2,
  pending: 3,
  swing: 4,
  lid: 5,
  ground: 6,
  slowSwing: 7,
  size: 8,
} as const;
/** Emissions that may wait for one step. */
export const MAX_PENDING = 512;
/** Columns of a waiting emission: species, x, y, z [m], mass [kg], σ horizontal, σ vertical [m]. */
export const PENDING = 7;

export interface Parcels {
  readonly buffer: ArrayBuffer;
  readonly capacity: number;
  /** See HEAD. */
  readonly head: Float64Array;
  /** MAX_PENDING × PENDING. */
  readonly pending: Float64Array;
  /** kg since the start, per species. */
  readonly emitted: Float64Array;
  readonly gone: Float64Array;
  /** m. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Fast velocity over its local spread, standard normal. */
  readonly ru: Float64Array;
  readonly rv: Float64Array;
  readonly rw: Float64Array;
  /** The two slower velocities across the wind over their spread, standard normal. */
  readonly sc: Float64Array;
  readonly sd: Float64Array;
  /** s since release. */
  readonly age: Float64Array;
  /** What a cloud released with it would have spread by, horizontal and vertical variance [m²]. */
  readonly spreadH: Float64Array;
  readonly spreadV: Float64Array;
  /** kg; 0 where the place is free. */
  readonly mass: Float64Array;
  readonly species: Uint8Array;
}

export function createParcels(capacity: number, species: number): Parcels {
  const bound = bindArena((a: Arena) => ({
    head: a.f64(HEAD.size),
    pending: a.f64(MAX_PENDING * PENDING),
    emitted: a.f64(species),
    gone: a.f64(species),
    x: a.f64(capacity),
    y: a.f64(capacity),
    z: a.f64(capacity),
    ru: a.f64(capacity),
    rv: a.f64(capacity),
    rw: a.f64(capacity),
    sc: a.f64(capacity),
    sd: a.f64(capacity),
    age: a.f64(capacity),
    spreadH: a.f64(capacity),
    spreadV: a.f64(capacity),
    mass: a.f64(capacity),
    species: a.u8(capacity),
  }));
  return { buffer: bound.buffer, capacity, ...bound.views };
}
