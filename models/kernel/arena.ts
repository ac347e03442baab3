/**
 * One buffer for everything that changes. A room that has state asks an arena for its arrays; all of them are views of one
 * ArrayBuffer, so a snapshot is a copy of that buffer and a fingerprint is its hash. Nothing that changes may live
 * elsewhere: a number in a closure would not survive a restore.
 */

/** Hands out typed arrays of one buffer, each starting at a multiple of 8 bytes, all zero at first. */
export interface Arena {
  /** n float64 numbers. */
  f64(n: number): Float64Array;
  /** n float32 numbers. */
  f32(n: number): Float32Array;
  /** n signed 32-bit integers. */
  i32(n: number): Int32Array;
  /** n unsigned bytes. */
  u8(n: number): Uint8Array;
}

const ALIGNMENT = 8;

/**
 * Binds the arrays that `build` asks for to one new buffer.
 * `build` runs twice, first to measure and then to bind, so it must ask for the same arrays in the same order each time
 * and must not write into them.
 */
export function bindArena<T>(build: (a: Arena) => T): { buffer: ArrayBuffer; views: T } {
  const scratch = new ArrayBuffer(0);
  const measured = carve(scratch, true);
  build(measured.arena);
  const buffer = new ArrayBuffer(measured.used());
  const bound = carve(buffer, false);
  const views = build(bound.arena);
  if (bound.used() !== buffer.byteLength) {
    throw new Error(`arena: the second pass asked for ${bound.used()} bytes, the first for ${buffer.byteLength}`);
  }
  return { buffer, views };
}

function carve(buffer: ArrayBuffer, measuring: boolean): { arena: Arena; used: () => number } {
  let at = 0;
  const take = <V>(n: number, bytes: number, view: (at: number) => V, empty: (n: number) => V): V => {
    if (!Number.isInteger(n) || n < 0) throw new Error(`arena: ${n} is not a number of elements`);
    const start = at;
    at = Math.ceil((at + n * bytes) / ALIGNMENT) * ALIGNMENT;
    return measuring ? empty(n) : view(start);
  };
  return {
    used: () => at,
    arena: {
      f64: (n) =>
        take(
          n,
          8,
          (o) => new Float64Array(buffer, o, n),
          (m) => new Float64Array(m),
        ),
      f32: (n) =>
        take(
          n,
          4,
          (o) => new Float32Array(buffer, o, n),
          (m) => new Float32Array(m),
        ),
      i32: (n) =>
        take(
          n,
          4,
          (o) => new Int32Array(buffer, o, n),
          (m) => new Int32Array(m),
        ),
      u8: (n) =>
        take(
          n,
          1,
          (o) => new Uint8Array(buffer, o, n),
          (m) => new Uint8Array(m),
        ),
    },
  };
}
