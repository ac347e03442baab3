/**
 * Demands as people draw them: a multiplier per node and time index, a pure function of (seed, node id, index), so that a
 * seek, a resume or another node changes nothing.
 *
 *   m_i(k) = day(t_k) · week(t_k) · exp(s_i z_i(k) − s_i²/2),     t_k = k Δt,  s_i² = ln(1 + v_i²)
 *   z_i(k) = √C g(k) + √(1 − C) e_i(k)
 *   g, e_i   AR(1), stationary: mean 0, variance 1, autocorrelation φ^|lag|, φ = exp(−Δt/τ)
 *
 *   mean of m / (day · week)  1                     coefficient of variation  v_i
 *   correlation of two nodes  (exp(C s_i s_j) − 1)/(v_i v_j)
 *   autocorrelation           (exp(s_i² φ^|lag|) − 1)/v_i²
 *
 * v variation of one node's demand, C share of the log-variance that all nodes have in common (weather, habits), τ
 * correlation time [s], day and week multipliers. Lognormal, because demands are positive and skewed.
 *
 * AR(1) as a function of k and not a recursion: it is a Markov process, so between two known values at distance d on
 * both sides, with ρ = φ^d, the middle one is normal with mean ρ (a + b)/(1 + ρ²) and variance (1 − ρ²)/(1 + ρ²).
 * Anchors every 2^L steps, so far apart that φ^(2^L) < 1e-6, are independent; halving from them finds any k in L normals.
 * In sequence about two normals per series and step are drawn: the levels above are kept, and keeping is only a cache.
 * Sources: P. Lévy's midpoint construction, for the Ornstein–Uhlenbeck process (its sampling is AR(1)); lognormal moments:
 * Johnson, Kotz & Balakrishnan (1994) ch. 14.
 */
import { type Stream, seeded } from '../../kernel/index.ts';

export interface DemandOptions {
  /** Step of the time index Δt [s]. */
  readonly step_s: number;
  /** Coefficient of variation of one node's demand, for all nodes or by node. Typical 0.1 (a street) to 1 (a house). */
  readonly variation: number | readonly number[];
  /** Share of the log-variance that all nodes have in common, 0 to 1. Default 0.2. */
  readonly shared?: number;
  /** Correlation time τ [s], default 3600. */
  readonly correlationTime_s?: number;
  /** Multipliers over the day, evenly spaced from midnight, joined by straight lines; default none: the file has patterns. */
  readonly daily?: readonly number[];
  /** Seven multipliers, the first for the day of time 0; default none. */
  readonly weekly?: readonly number[];
  /** Time of day at time 0 [s], default 0. */
  readonly startClock_s?: number;
}

export interface DemandNoise {
  /** Time index of a time: floor(time/Δt). */
  index(time_s: number): number;
  /** Writes the multipliers of all nodes at a time index (any integer) into `out` (nNode). */
  fill(index: number, out: Float64Array): void;
}

const DAY_s = 86400;
/** Correlation of neighbouring anchors that is left out. */
const FORGOTTEN = 1e-6;

/** Demands of the nodes with these ids. Throws RangeError where an option is out of its range. */
export function openDemands(seed: number, nodeIds: readonly string[], options: DemandOptions): DemandNoise {
  const { step_s, shared = 0.2, correlationTime_s = 3600, daily = [1], weekly = [1], startClock_s = 0 } = options;
  const n = nodeIds.length;
  const variation = Float64Array.from(nodeIds, (_, i) =>
    typeof options.variation === 'number' ? options.variation : (options.variation[i] ?? Number.NaN),
  );
  demand(step_s > 0, `step_s ${step_s}`, 'above 0');
  demand(shared >= 0 && shared <= 1, `shared ${shared}`, 'from 0 to 1');
  demand(correlationTime_s >= 0, `correlationTime_s ${correlationTime_s}`, 'at least 0');
  demand(
    variation.every((v) => v >= 0 && v < 100),
    'variation',
    'one number per node, at least 0',
  );
  demand(daily.length > 0 && daily.every((x) => x >= 0), 'daily', 'numbers that are not negative');
  demand(
    (weekly.length === 1 || weekly.length === 7) && weekly.every((x) => x >= 0),
    'weekly',
    'seven numbers that are not negative',
  );
  const root = seeded(seed).stream('demand');
  const noise = new Autoregression(
    [root.stream('common'), ...nodeIds.map((id) => root.stream(`node/${id}`))],
    correlationTime_s === 0 ? 0 : Math.exp(-step_s / correlationTime_s),
  );
  const spread = variation.map((v) => Math.sqrt(Math.log1p(v * v)));
  const common = Math.sqrt(shared);
  const own = Math.sqrt(1 - shared);
  return {
    index: (time_s) => Math.floor(time_s / step_s),
    fill(index, out) {
      const z = noise.at(index);
      const time = index * step_s + startClock_s;
      const level = dayValue(daily, time) * weekly[modulo(Math.floor(time / DAY_s), weekly.length)];
      for (let i = 0; i < n; i++) {
        const s = spread[i];
        out[i] = level * Math.exp(s * (common * z[0] + own * z[i + 1]) - 0.5 * s * s);
      }
    },
  };
}

/** Moments of the multipliers, day and week apart: between two nodes of the same variation, and over a lag [s]. */
export function demandMoments(variation: number, shared: number, correlationTime_s: number, lag_s: number) {
  const s2 = Math.log1p(variation * variation);
  const phi = lag_s === 0 ? 1 : Math.exp(-lag_s / correlationTime_s);
  return {
    mean: 1,
    variance: variation * variation,
    correlation: Math.expm1(shared * s2) / Math.expm1(s2),
    autocorrelation: Math.expm1(s2 * phi) / Math.expm1(s2),
  };
}

/** Several independent AR(1) series side by side, at any index. */
class Autoregression {
  private readonly streams: readonly Stream[];
  private readonly levels: number;
  private readonly gain: Float64Array; // weight of both neighbours at half distance 2^j (levels)
  private readonly spread: Float64Array; // standard deviation there (levels)
  private readonly at_: number[]; // index kept per level, then of the two anchors
  private readonly kept: Float64Array[]; // values there, each (series)

  constructor(streams: readonly Stream[], phi: number) {
    this.streams = streams;
    this.levels = phi === 0 ? 0 : Math.max(0, Math.ceil(Math.log2(Math.log(FORGOTTEN) / Math.log(phi))));
    const weights = Array.from({ length: this.levels }, (_, j) => phi ** (2 ** j));
    this.gain = Float64Array.from(weights, (r) => r / (1 + r * r));
    this.spread = Float64Array.from(weights, (r) => Math.sqrt((1 - r * r) / (1 + r * r)));
    this.at_ = Array.from({ length: this.levels + 2 }, () => Number.NaN);
    this.kept = this.at_.map(() => new Float64Array(streams.length));
  }

  /** Values of all series at an index; the array is overwritten by later calls. */
  at(index: number): Float64Array {
    const { levels, kept } = this;
    const span = 2 ** levels;
    let left = Math.floor(index / span) * span;
    // Even anchors in one place and odd ones in the other: moving on by one block draws one anchor anew.
    const even = modulo(left / span, 2);
    let low = this.anchor(levels + even, left);
    if (index === left) return low;
    let high = this.anchor(levels + 1 - even, left + span);
    for (let j = levels - 1; j >= 0; j--) {
      const middle = left + 2 ** j;
      const value = kept[j];
      if (this.at_[j] !== middle) {
        const gain = this.gain[j];
        const spread = this.spread[j];
        for (let i = 0; i < value.length; i++)
          value[i] = gain * (low[i] + high[i]) + spread * this.streams[i].normal(middle);
        this.at_[j] = middle;
      }
      if (index < middle) high = value;
      else {
        low = value;
        left = middle;
      }
      if (index === left) break;
    }
    return low;
  }

  private anchor(place: number, index: number): Float64Array {
    const value = this.kept[place];
    if (this.at_[place] !== index) {
      for (let i = 0; i < value.length; i++) value[i] = this.streams[i].normal(index);
      this.at_[place] = index;
    }
    return value;
  }
}

function dayValue(daily: readonly number[], time_s: number): number {
  const place = (modulo(time_s, DAY_s) / DAY_s) * daily.length;
  const i = Math.floor(place);
  const next = daily[(i + 1) % daily.length];
  return daily[i] + (place - i) * (next - daily[i]);
}

function modulo(x: number, n: number): number {
  return ((x % n) + n) % n;
}

function demand(right: boolean, found: string, expected: string): void {
  if (!right) throw new RangeError(`demands: ${found}: expected ${expected}`);
}
