/**
 * How well a release into the air can be placed and sized at all: the Cramér–Rao bound of its place over the ground and of its rate
 * from all samples of the instruments that it reaches.
 *
 *   J = Σ_k g_k g_kᵀ/σ_k²,   g = (∂s/∂x, ∂s/∂y, ∂s/∂ln q),   σ_place² = (J⁻¹)_xx + (J⁻¹)_yy,   σ_q/q = √(J⁻¹)_qq
 *
 * The derivatives are differences of whole runs, so wind, gusts, buildings and lags are in them. Wind, height and opening are taken
 * as known and noise is the instruments' alone: no real estimate comes near where the wind is the larger doubt. Instruments
 * whose data sheet names no noise are left out: they would place everything exactly. Source: models/kernel/statistics/fisher.ts.
 */
import type { FrameLayout } from '../../models/contract/index.ts';
import { addInformation, leastCovariance } from '../../models/kernel/statistics/index.ts';
import type { PlaceBound } from './locationBound.ts';

export class SourceInformation {
  /** x, y, ln q (3 × 3). */
  private readonly information = new Float64Array(9);
  private readonly gradient = new Float64Array(3);
  /** Of one sample of each column; 0 where it is left out (columns). */
  private readonly noise: Float64Array;

  private readonly resolution: number;

  /** `resolution`: relative error of a signal and its derivatives, as independent noise of every sample. */
  constructor(layout: FrameLayout, resolution = 0) {
    this.resolution = resolution;
    this.noise = new Float64Array(layout.columns);
    layout.tags.forEach((tag, i) => {
      this.noise.fill(tag.noise, layout.column[i]!, layout.column[i]! + tag.width);
    });
  }

  /** One scan: ∂s/∂x and ∂s/∂y [unit of the tag per m] and ∂s/∂ln q [unit of the tag] of every column (columns each). */
  add(byX: ArrayLike<number>, byY: ArrayLike<number>, byLogRate: ArrayLike<number>): void {
    const { gradient: g, noise } = this;
    for (let c = 0; c < noise.length; c += 1) {
      if (!(noise[c]! > 0)) continue;
      g[0] = byX[c]!;
      g[1] = byY[c]!;
      g[2] = byLogRate[c]!;
      if (g[0] === 0 && g[1] === 0 && g[2] === 0) continue;
      // ∂s/∂ln q is the signal itself, where that is linear in the rate.
      addInformation(this.information, g, Math.hypot(noise[c]!, this.resolution * g[2]!));
    }
  }

  /** Least standard deviation of its place over the ground [m] and of its rate (relative); undefined where nothing can tell them apart. */
  bound(): PlaceBound | undefined {
    const least = leastCovariance(this.information);
    return least && { position_m: Math.sqrt(least[0]! + least[4]!), rate: Math.sqrt(least[8]!) };
  }
}
