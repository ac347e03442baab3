/**
 * Where the gas comes from and how much: Bayes over candidate places and release rates, block by block.
 *
 *   model      e_s = q g_cs F + N(0, σ_s²),  ln F ~ N(−s²/2, s²), s = 1       one block at one sensor, F: what plumes really do
 *   hit        p1 = (1 − ε)[(1 − m) ∫ N(e; q g F, σ²) dF + m N(e; 0, σ²)] + ε O(e)     m: the plume passed by; O: neither
 *   no gas     p0 = (1 − ε) N(e; 0, σ²) + ε O(e),  O(e) = 1/(max(|e|, σ) ln 10⁴)
 *   evidence   L_cq ← max(L_cq e^(−Δt/τ) + (Δt/t_c) Σ_s ln(p1/p0), −1)
 *
 * Sensors downwind of one candidate add up, those that it cannot reach say nothing, and those that it should reach and
 * does not count against it. Blocks within the correlation time t_c are one observation; evidence is forgotten over τ; the lower bound lets a
 * new leak be seen soon after a quiet day, as in Page's sum. The prior is even over candidates and over ln q.
 *
 *   score      ln B = ln mean e^L          the Bayes factor of "a release at one of them" against "no gas"
 *   posterior  P(c, q) ∝ e^L_cq
 *
 * Values, reasoned and then settled while some fifteen prototype runs on two field recordings were looked at (docs/validation.md): s = 1 is a factor of 2.7, since a minute at a point is within a factor of two of a plume model in
 * less than half of all cases; m = 0.3 for a vane that is not at the source; ε = 0.5 %, one odd block in three hours.
 */
import type { Frame } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import type { Background } from './background.ts';
import type { PlumeCoupling } from './plumeCoupling.ts';

const MISS = 0.3;
const ODD = 0.005;
const ODD_RANGE = Math.log(1e4);
const FACTOR_SIGMA = 1;
const LEAST_LOG = -1;
const ROOT_2PI = Math.sqrt(2 * Math.PI);
/** Gauss–Hermite nodes and weights for a normal variable (n = 7). */
const NODES = [
  -3.750439717725742, -2.366759410734541, -1.154405394739968, 0, 1.154405394739968, 2.366759410734541,
  3.750439717725742,
];
const WEIGHTS = [
  0.000548268855972, 0.030757123967586, 0.240123178605013, 0.457142857142857, 0.240123178605013, 0.030757123967586,
  0.000548268855972,
];
/** An expected reading below this share of σ says nothing; above it a table in steps of half a rate is used. */
const LEAST_READING = 0.05;
const LARGEST_READING = 1e7;
/** What a plume model may be off throughout, as a spread of ln q: widens the interval of the rate. */
const MODEL_SIGMA = 0.5;
const NORMAL_95 = 1.959964;
/** Of two degrees of freedom. */
const CHI2_95 = 5.991465;

export interface EvidenceSettings {
  readonly least_kg_s: number;
  readonly most_kg_s: number;
  readonly forget_s: number;
  readonly correlation_s: number;
}

/** Who did it, as far as the evidence of the window goes. */
export interface SourceEstimate {
  /** Index of the likeliest candidate, and its probability. */
  best: number;
  probability: number;
  /** Mean of the posterior over places, and its radius (root mean square). */
  x_m: number;
  y_m: number;
  sigma_m: number;
  /** Half axes of the ellipse that holds 95 % of a normal posterior of the same spread, and the long one's direction from east. */
  region: { axes_m: [number, number]; angle_rad: number };
  /** Geometric mean, standard deviation and 95 % interval of the rate, given the likeliest candidate or anywhere on a grid. */
  rate_kg_s: number;
  sigma_kg_s: number;
  low_kg_s: number;
  high_kg_s: number;
  /** Candidates, likeliest first, that hold 95 % of the probability together. */
  credible: number;
}

export interface SourceEvidence {
  readonly background: Background;
  readonly coupling: PlumeCoupling;
  /** ln B; negative where the window speaks against a release (1). */
  readonly logBayes: Float64Array;
  /** Mean excess over the window, spikes and all (sensors). */
  readonly meanExcess: Float64Array;
  /** When ln B last rose above zero [µs] (1). */
  readonly sinceUs: Float64Array;
  reset(): void;
  step(frame: Frame): void;
  estimate(): SourceEstimate;
  /** Posterior probability of each candidate, in their order: the map. */
  posterior(): Float64Array;
}

export function createSourceEvidence(
  background: Background,
  coupling: PlumeCoupling,
  settings: EvidenceSettings,
  arena: Arena,
): SourceEvidence {
  const { blocks } = background;
  const { candidates, sensors, named } = blocks.site;
  const places = candidates.length;
  const n = sensors.length;
  const decades = Math.log10(settings.most_kg_s / settings.least_kg_s);
  const rates = Math.max(2, Math.round(6 * decades) + 1);
  const step = Math.log(settings.most_kg_s / settings.least_kg_s) / (rates - 1);
  const logLeast = Math.log(settings.least_kg_s);
  const evidence = arena.f64(places * rates); // L (candidates, rates)
  const logBayes = arena.f64(1);
  const meanExcess = arena.f64(n);
  const sinceUs = arena.f64(1);
  const lastUs = arena.f64(1);

  // ln(p1/p0) of one sensor's block against ln(expected reading/σ); scratch of one step.
  const half = step / 2;
  const logFirst = Math.log(LEAST_READING);
  const size = Math.ceil((Math.log(LARGEST_READING) - logFirst) / half) + 2;
  const table = new Float64Array(n * size);
  const heard = new Uint8Array(n);
  const factor = NODES.map((z) => Math.exp(FACTOR_SIGMA * z - FACTOR_SIGMA ** 2 / 2));
  const mass = new Float64Array(places);

  /** Everything in units of σ: the densities' common 1/σ falls out of the ratio. */
  function tabulate(s: number): void {
    const z = background.excess[s]! / background.sigma[s]!;
    heard[s] = Number.isFinite(z) ? 1 : 0;
    if (heard[s] === 0) return;
    const odd = ODD / (Math.max(Math.abs(z), 1) * ODD_RANGE);
    const quiet = ((1 - ODD) * Math.exp(-0.5 * z * z)) / ROOT_2PI;
    const none = Math.log(quiet + odd);
    for (let k = 0; k < size; k += 1) {
      const reading = Math.exp(logFirst + k * half);
      let hit = 0;
      for (let g = 0; g < factor.length; g += 1) {
        const d = z - reading * factor[g]!;
        hit += WEIGHTS[g]! * Math.exp(-0.5 * d * d);
      }
      hit *= (1 - ODD) / ROOT_2PI;
      table[s * size + k] = Math.log((1 - MISS) * hit + MISS * quiet + odd) - none;
    }
  }

  function sumEvidence(c: number, weight: number): void {
    for (let s = 0; s < n; s += 1) {
      const perRate = coupling.perRate[c * n + s]!;
      if (heard[s] === 0 || !(perRate > 0)) continue;
      // Rates and table have steps in the ratio of two to one, so that one fraction serves for all rates.
      const at = (Math.log(perRate / background.sigma[s]!) + logLeast - logFirst) / half;
      const whole = Math.floor(at);
      const f = at - whole;
      for (let q = Math.max(0, Math.ceil(-whole / 2)); q < rates; q += 1) {
        const t = s * size + Math.min(size - 2, whole + 2 * q);
        const i = c * rates + q;
        evidence[i] = evidence[i]! + weight * ((1 - f) * table[t]! + f * table[t + 1]!);
      }
    }
  }

  function logMean(): number {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < evidence.length; i += 1) most = Math.max(most, evidence[i]!);
    let sum = 0;
    for (let i = 0; i < evidence.length; i += 1) sum += Math.exp(evidence[i]! - most);
    return most + Math.log(sum / evidence.length);
  }

  /** e^(L − max) summed over rates into `mass`, so that they add up to one. */
  function normalise(): void {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < evidence.length; i += 1) most = Math.max(most, evidence[i]!);
    let total = 0;
    for (let c = 0; c < places; c += 1) {
      let sum = 0;
      for (let q = 0; q < rates; q += 1) sum += Math.exp(evidence[c * rates + q]! - most);
      mass[c] = sum;
      total += sum;
    }
    for (let c = 0; c < places; c += 1) mass[c] = mass[c]! / total;
  }

  return {
    background,
    coupling,
    logBayes,
    meanExcess,
    sinceUs,
    reset() {
      lastUs[0] = Number.NaN;
      sinceUs[0] = Number.NaN;
    },
    step(frame) {
      if (blocks.ended[0] === 0) return;
      const dt_s = Number.isNaN(lastUs[0]!) ? blocks.block_s : (frame.timeUs - lastUs[0]!) * 1e-6;
      lastUs[0] = frame.timeUs;
      const fade = Math.exp(-dt_s / settings.forget_s);
      for (let i = 0; i < evidence.length; i += 1) evidence[i] = evidence[i]! * fade;
      for (let s = 0; s < n; s += 1) {
        const e = background.excess[s]!;
        if (Number.isFinite(e)) meanExcess[s] = fade * meanExcess[s]! + (1 - fade) * Math.max(0, e);
      }
      if (coupling.known[0] === 1) {
        for (let s = 0; s < n; s += 1) tabulate(s);
        const weight = Math.min(1, blocks.block_s / settings.correlation_s);
        for (let c = 0; c < places; c += 1) sumEvidence(c, weight);
        for (let i = 0; i < evidence.length; i += 1) evidence[i] = Math.max(LEAST_LOG, evidence[i]!);
      }
      const before = logBayes[0]!;
      logBayes[0] = logMean();
      if (logBayes[0] > 0 && !(before > 0)) sinceUs[0] = frame.timeUs;
    },
    posterior() {
      normalise();
      return mass;
    },
    estimate() {
      normalise();
      let best = 0;
      for (let c = 1; c < places; c += 1) if (mass[c]! > mass[best]!) best = c;
      let [x, y] = [0, 0];
      for (let c = 0; c < places; c += 1) {
        x += mass[c]! * candidates[c]!.x_m;
        y += mass[c]! * candidates[c]!.y_m;
      }
      let [xx, xy, yy] = [0, 0, 0];
      for (let c = 0; c < places; c += 1) {
        const { x_m, y_m, radius_m } = candidates[c]!;
        // Somewhere within its radius.
        xx += mass[c]! * ((x_m - x) ** 2 + 0.5 * radius_m ** 2);
        yy += mass[c]! * ((y_m - y) ** 2 + 0.5 * radius_m ** 2);
        xy += mass[c]! * (x_m - x) * (y_m - y);
      }
      const square = xx + yy;
      const half = Math.hypot(0.5 * (xx - yy), xy);
      const long = 0.5 * square + half;
      const short = Math.max(0, 0.5 * square - half);
      const share = new Float64Array(rates);
      let total = 0;
      let most = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < evidence.length; i += 1) most = Math.max(most, evidence[i]!);
      for (let c = 0; c < places; c += 1) {
        // The rate belongs to the one that is named; without names it is the whole map's.
        if (named && c !== best) continue;
        for (let q = 0; q < rates; q += 1) {
          const w = Math.exp(evidence[c * rates + q]! - most);
          share[q] = share[q]! + w;
          total += w;
        }
      }
      let mean = 0;
      let squareLog = 0;
      for (let q = 0; q < rates; q += 1) {
        mean += (share[q]! / total) * q * step;
        squareLog += (share[q]! / total) * (q * step) ** 2;
      }
      const spread = Math.sqrt(Math.max(0, squareLog - mean * mean) + MODEL_SIGMA ** 2);
      const rate = Math.exp(logLeast + mean);
      const order = [...mass].sort((a, b) => b - a);
      let held = 0;
      let credible = 0;
      while (credible < places && held < 0.95) {
        held += order[credible]!;
        credible += 1;
      }
      return {
        best,
        probability: mass[best]!,
        x_m: x,
        y_m: y,
        sigma_m: Math.sqrt(square),
        region: {
          axes_m: [Math.sqrt(CHI2_95 * long), Math.sqrt(CHI2_95 * short)],
          angle_rad: 0.5 * Math.atan2(2 * xy, xx - yy),
        },
        rate_kg_s: rate,
        sigma_kg_s: rate * spread,
        low_kg_s: rate * Math.exp(-NORMAL_95 * spread),
        high_kg_s: rate * Math.exp(NORMAL_95 * spread),
        credible,
      };
    },
  };
}
