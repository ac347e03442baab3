/**
 * How well a leak can be placed and sized at all from the front of its pressure wave: the Cramér–Rao bound of the arrival at
 * every pressure that hears it, from the noise-free signal itself.
 *
 *   s_i(t) = A e^(−α d_i) f_i(t − t0 − d_i/c − ε_i),   d_i = |x − x_i|,   θ = (x, t0, ln A, ln c, ε_1 …)
 *   ∂s/∂x = −(∂d/∂x)(s'/c + α s)   ∂s/∂t0 = ∂s/∂ε = −s'   ∂s/∂ln A = s   ∂s/∂ln c = s' d/c
 *   σ_x² = (J⁻¹)_xx,   ln q = ln A − ln c + …  (q = 2 A S/c):  σ_q²/q² = var(ln A − ln c)
 *
 * When the leak opened and how large it is, nobody knows; of ln c and of the clocks ε is known what their owner declares (as
 * priors). Only the front counts, FRONT_S behind the arrival and the leak's own growth: what follows has been reflected and knows other
 * distances. Noise is the instruments' alone, so this is clairvoyant. A step that is over within a sample has no derivative: there the bound is a guide.
 * A method that uses more than the front (the hydraulic gradient over an hour) is not bound by it.
 */
import { addInformation, leastCovariance } from '../../models/kernel/statistics/index.ts';
import { columnNoise, type LeakSignal } from './information.ts';

/** Behind its arrival a front is over after this [s]. */
export const FRONT_S = 5;

/** A pressure that may hear the front. */
export interface WaveReceiver {
  /** Index in the layout. */
  readonly tag: number;
  /** From the leak to it along the line, positive downstream [m]. */
  readonly distance_m: number;
  readonly travel_s: number;
  /** Between a sample and the frame that brings it [µs]. */
  readonly latencyUs: number;
  /** α of e^(−α d) [1/m]. */
  readonly attenuation_1_m: number;
}

export interface WaveKnowledge {
  /** Declared uncertainty of the wave speed, one standard deviation, relative. */
  readonly waveSpeed: number;
  /** Of each station's clock [s] (stations). */
  readonly clock_s: readonly number[];
  readonly growth_s: number;
}

export interface PlaceBound {
  readonly position_m: number;
  /** Relative. */
  readonly rate: number;
}

/** Least standard deviations; undefined where the front cannot place the leak (heard on one side only, or nowhere). */
export function waveBound(
  signal: LeakSignal,
  openedUs: number,
  receivers: readonly WaveReceiver[],
  known: WaveKnowledge,
): PlaceBound | undefined {
  const { layout, delta, timeUs } = signal;
  const noise = columnNoise(layout);
  const clocks = known.clock_s.map((s, i) => ({ s, i })).filter(({ s }) => s > 0);
  const n = 4 + clocks.length;
  const information = new Float64Array(n * n);
  const gradient = new Float64Array(n);
  for (const r of receivers) {
    const tag = layout.tags[r.tag]!;
    const first = layout.column[r.tag]!;
    const clock = clocks.findIndex(({ i }) => i === layout.stationOf[r.tag]);
    const samples = timeUs.length * tag.width;
    const at = (j: number) => delta[Math.floor(j / tag.width) * layout.columns + first + (j % tag.width)]!;
    const period_s = tag.periodUs * 1e-6;
    const sigma = noise[first]!;
    const speed_m_s = r.travel_s > 0 ? Math.abs(r.distance_m) / r.travel_s : 0;
    if (speed_m_s === 0) continue;
    // A leak farther down the line is farther from what lies upstream.
    const side = r.distance_m > 0 ? -1 : 1;
    // Between samples, where differences of the fourth order lose least of a steep front.
    for (let j = 1; j + 2 < samples; j += 1) {
      const sampleUs =
        timeUs[Math.floor(j / tag.width)]! - r.latencyUs - (tag.width - 1 - (j % tag.width)) * tag.periodUs;
      const since_s = (sampleUs - openedUs) * 1e-6 - r.travel_s;
      if (since_s > FRONT_S + known.growth_s) break;
      const s = (9 * (at(j) + at(j + 1)) - at(j - 1) - at(j + 2)) / 16;
      const slope = (27 * (at(j + 1) - at(j)) - (at(j + 2) - at(j - 1))) / (24 * period_s);
      if (s === 0 && slope === 0) continue;
      gradient.fill(0);
      gradient[0] = -side * (slope / speed_m_s + r.attenuation_1_m * s);
      gradient[1] = -slope;
      gradient[2] = s;
      gradient[3] = slope * r.travel_s;
      if (clock >= 0) gradient[4 + clock] = -slope;
      addInformation(information, gradient, sigma);
    }
  }
  prior(information, n, 3, known.waveSpeed);
  clocks.forEach(({ s }, k) => {
    prior(information, n, 4 + k, s);
  });
  const least = leastCovariance(information);
  if (!least) return undefined;
  return {
    position_m: Math.sqrt(least[0]!),
    rate: Math.sqrt(least[2 * n + 2]! + least[3 * n + 3]! - 2 * least[2 * n + 3]!),
  };
}

/** What is known beforehand; what is declared exact is held, by a thousandth of a percent, so that J stays regular. */
function prior(information: Float64Array, n: number, i: number, sigma: number): void {
  information[i * n + i]! += 1 / Math.max(sigma, EXACT) ** 2;
}
const EXACT = 1e-5;
