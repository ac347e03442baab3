/**
 * What each instrument would show per kg/s at each candidate place, by a Gaussian plume on the measured wind:
 *
 *   g = χ/(√(2π) u σy) exp(−y²/2σy²) V(z)      χ: share by volume of one kg/m³; V: models/physics/air/plume.ts
 *   σy² = σy,D(x)² + (x σv/u)² + r²             r: the radius of the candidate
 *   u ≥ 0.5 m/s, σv = 0.5 m/s, σv/u ≤ 1
 *
 * Stability is not measured here: Briggs' rural spreads for neutral air, and the meander that a minute's mean of one vane does
 * not show. σv = 0.5 m/s is the usual least lateral fluctuation of the wind (Hanna & Chang 1993; AERMOD's meander), so a
 * light wind widens the plume. A beam shows the mean over its points. Gas on its way meets the wind of two blocks, so
 * the coupling is the mean of this block's and the one's before.
 */
import type { Arena } from '../../models/kernel/index.ts';
import { PLUME_SIGMAS, verticalShare_1_m } from '../../models/physics/air/index.ts';
import type { AirBlocks } from './airBlocks.ts';

const ROOT_2PI = Math.sqrt(2 * Math.PI);
const LEAST_SPEED_M_S = 0.5;
const SIGMA_V_M_S = 0.5;
/** Nearer than this to a source a plume is taken for as wide as here. */
const LEAST_X_M = 1;
const LEAST_SIGMA_M = 1;
/** Beyond so many σy there is nothing. */
const REACH = 4;
/** Below this wind gas goes nowhere in particular, and where it is seen tells nothing of where it comes from. */
const CALM_M_S = 0.3;

export interface PlumeCoupling {
  /** Share by volume per kg/s (candidates, sensors). */
  readonly perRate: Float64Array;
  /** 1: the wind is known, and it is no calm (1). */
  readonly known: Uint8Array;
  step(): void;
}

export function createPlumeCoupling(blocks: AirBlocks, arena: Arena): PlumeCoupling {
  const { site } = blocks;
  const { candidates, sensors } = site;
  const n = sensors.length;
  const perRate = arena.f64(candidates.length * n);
  const known = arena.u8(1);
  const latest = arena.f64(candidates.length * n); // of the newest block alone
  const valid = arena.u8(1); // the block before had a wind
  const sigmas = PLUME_SIGMAS['briggs-rural'];

  function single(c: number, s: number, east: number, north: number, u: number): number {
    const from = candidates[c]!;
    const { points_m } = sensors[s]!;
    const meander = Math.min(1, SIGMA_V_M_S / u);
    let sum = 0;
    for (let p = 0; p < points_m.length; p += 3) {
      const dx = points_m[p]! - from.x_m;
      const dy = points_m[p + 1]! - from.y_m;
      const x = dx * east + dy * north;
      // What is beside or a little upwind of a group's middle may be downwind of its edge.
      if (x < -from.radius_m) continue;
      const y = dy * east - dx * north;
      const reach = Math.max(LEAST_X_M, x);
      const spread = Math.sqrt(sigmas.y('D', reach) ** 2 + (meander * reach) ** 2 + from.radius_m ** 2);
      const sigmaY = Math.max(LEAST_SIGMA_M, spread);
      if (Math.abs(y) > REACH * sigmaY) continue;
      const sigmaZ = Math.max(LEAST_SIGMA_M, sigmas.z('D', reach) + LEAST_SIGMA_M);
      const across = Math.exp(-0.5 * (y / sigmaY) ** 2) / (ROOT_2PI * sigmaY);
      sum += (across * verticalShare_1_m(points_m[p + 2]!, from.z_m, sigmaZ, Number.POSITIVE_INFINITY)) / u;
    }
    return (sum * 3 * site.share_m3_kg) / points_m.length;
  }

  return {
    perRate,
    known,
    step() {
      if (blocks.ended[0] === 0) return;
      const [u, v, speed] = [blocks.wind[0]!, blocks.wind[1]!, blocks.wind[2]!];
      const along = Math.hypot(u, v);
      known[0] = along > 0 && speed >= CALM_M_S ? 1 : 0;
      if (known[0] === 0) {
        valid[0] = 0;
        return;
      }
      const effective = Math.max(LEAST_SPEED_M_S, along);
      for (let c = 0; c < candidates.length; c += 1) {
        for (let s = 0; s < n; s += 1) {
          const at = c * n + s;
          const now = single(c, s, u / along, v / along, effective);
          perRate[at] = valid[0] === 1 ? 0.5 * (now + latest[at]!) : now;
          latest[at] = now;
        }
      }
      valid[0] = 1;
    },
  };
}
