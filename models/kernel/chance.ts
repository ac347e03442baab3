/**
 * Chance is a function, not a sequence: a value is a hash of (seed, name, index). Adding an instrument never shifts
 * another's noise, and a seek or a resume changes nothing. The hash is two rounds of a 32-bit avalanche (the "lowbias32"
 * constants found by C. Wellons' hash prospector) keyed by 64 bits; normals are by Box and Muller (1958).
 */
export interface Stream {
  /** Uniform in (0, 1), never an end point. */
  uniform(index: number): number;
  /** Standard normal; |z| < 6.77 because 32 bits feed it. */
  normal(index: number): number;
  /** An independent stream below this one. */
  stream(name: string): Stream;
}

const TWO_PI = 2 * Math.PI;
const INV_2_32 = 1 / 4294967296;

function avalanche(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}

/** Hash of a string to 32 bits (FNV-1a, then avalanched), over UTF-16 code units. */
export function hashText(text: string, seed: number): number {
  let h = seed ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return avalanche(h ^ text.length);
}

/** 32 random bits of (key0, key1, index); index may be any safe integer. */
export function hashIndex(key0: number, key1: number, index: number): number {
  const lo = index | 0;
  const hi = Math.floor(index * INV_2_32) | 0;
  return avalanche(avalanche(lo ^ key0) + Math.imul(hi, 0x9e3779b1) + key1);
}

class KeyedStream implements Stream {
  private readonly key0: number;
  private readonly key1: number;
  constructor(key0: number, key1: number) {
    this.key0 = key0;
    this.key1 = key1;
  }
  uniform(index: number): number {
    return ((hashIndex(this.key0, this.key1, index) >>> 0) + 0.5) * INV_2_32;
  }
  normal(index: number): number {
    const u = ((hashIndex(this.key0, this.key1, 2 * index) >>> 0) + 0.5) * INV_2_32;
    const v = ((hashIndex(this.key0, this.key1, 2 * index + 1) >>> 0) + 0.5) * INV_2_32;
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(TWO_PI * v);
  }
  stream(name: string): Stream {
    return new KeyedStream(hashText(name, this.key0), hashText(name, this.key1 ^ 0x5bd1e995));
  }
}

/** The root of all chance of a run. `seed` is any safe integer. */
export function seeded(seed: number): Stream {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed must be an integer, got ${seed}`);
  return new KeyedStream(hashIndex(0x243f6a88, 0x85a308d3, seed), hashIndex(0x13198a2e, 0x03707344, seed));
}
