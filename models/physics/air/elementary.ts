/**
 * log2 and exp for loops that ask for them a million times a second, from tables and short series instead of a library's call;
 * the same bits everywhere. Their errors are far below those of any curve they serve (test/models/physics/air/elementary.test.ts).
 *
 *   log2(x)  exponent off the bits; mantissa within 1/512 of one by a table of 256 reciprocals; ln(1 + r) to r³
 *   exp(x)   2^n 2^(k/64) by two tables; exp(r), |r| ≤ ln 2/128, to r³
 */
const EXPONENTS = 2046;
const BIAS = 1023;
const PER_LN = 1 / Math.LN2;
/** 2^(BIAS − e): takes the exponent e off a number. */
const unscale = Float64Array.from({ length: EXPONENTS + 1 }, (_, e) => 2 ** (BIAS - e));

const PIECES = 256;
const reciprocals = Float64Array.from({ length: PIECES }, (_, i) => 1 / (1 + (i + 0.5) / PIECES));
const logs = Float64Array.from(reciprocals, (r) => -Math.log2(r));

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);
number[0] = 1;
/** Which half of a number has its exponent. */
const HIGH = words[1] !== 0 ? 1 : 0;

/** log2(x) of a normal positive number; absolute error below 10⁻¹¹. */
export function fastLog2(x: number): number {
  number[0] = x;
  const high = words[HIGH];
  const exponent = high >>> 20;
  const piece = (high >>> 12) & (PIECES - 1);
  const r = x * unscale[exponent] * reciprocals[piece] - 1;
  return exponent - BIAS + logs[piece] + PER_LN * r * (1 - r * (0.5 - r * (1 / 3)));
}

const PARTS = 64;
const PER_PART = PARTS / Math.LN2;
const PART = Math.LN2 / PARTS;
const LEAST = -700;
const roots = Float64Array.from({ length: PARTS }, (_, k) => 2 ** (k / PARTS));
/** 2^(n − BIAS). */
const powers = Float64Array.from({ length: BIAS + 1 }, (_, n) => 2 ** (n - BIAS));

/** exp(x) for x ≤ 0, relative error below 10⁻¹⁰; 0 below −700. */
export function fastExp(x: number): number {
  if (!(x > LEAST)) return 0;
  const scaled = x * PER_PART;
  const k = (scaled - 0.5) | 0;
  const r = (scaled - k) * PART;
  return powers[(k >> 6) + BIAS] * roots[k & (PARTS - 1)] * (1 + r * (1 + r * (0.5 + r * (1 / 6))));
}
