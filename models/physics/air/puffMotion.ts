/**
 * How puffs move and grow within a step (puffs.ts says by which curves): three short passes over their arrays, because a
 * puff's roots and divisions wait for each other, and a processor works ahead only across short loops. In neutral air a puff costs two roots
 * and no transcendental: its mean height's logarithm is elementary.ts', the wind there windTable.ts'.
 */
import type { AirWeather } from './air.ts';
import { fastLog2 } from './elementary.ts';
import { keepPuff, type PuffState } from './puffState.ts';
import { LEAST_FRICTION_VELOCITY_m_s } from './surfaceLayer.ts';
import {
  dragElasticity,
  dragRatio,
  heightElasticity,
  LARGEST_DRAG,
  lateralSpread_m,
  lateralTime_s,
  lateralVelocity_m_s,
  meanHeightCubed_m3,
  verticalSpread_m,
  verticalTravel_m,
} from './turbulence.ts';
import { climbAt, createWindTable, ratioAt, rowOf } from './windTable.ts';

export interface PuffMotion {
  /** Takes the weather of the coming moves. */
  set(weather: AirWeather): void;
  /** U(z̄)/U(reference) of a puff at a height with σz. */
  windRatio(height_m: number, sigmaZ_m: number): number;
  /**
   * Moves the puffs from `first` up to `end` and lets them grow for a time; who leaves the domain is gone, the others close
   * ranks. Returns where they end.
   */
  move(first: number, end: number, dt_s: number): number;
}

/** |1/L| beyond which the profiles have no measurements behind them. */
const MOST_INVERSE_OBUKHOV_1_m = 1;
/** A stretch this short in σh is lost in the overlap of neighbours: their sum ripples by less than 10⁻⁴. */
const ROUND = 0.7;
/** A layer is evenly mixed by two of its depths. */
const MOST_SIGMA_LIDS = 2;
const LID_SIGMAS = 3;
/** A step of growth covers at most this plus a quarter of a puff's age. */
const FIRST_STEP_s = 0.5;
const MOST_SUBSTEPS = 64;

/** Places in what `set` keeps: wind, its speed, u*, 1/L, σθ, mixing height. */
const [U, V, SPEED, STIR, INVERSE, THETA, TOP] = [0, 1, 2, 3, 4, 5, 6] as const;

/** A lid comes down on a puff only as far as the puff has not yet passed it, and goes up with the layer. */
function lidOver(lid_m: number, height_m: number, sigmaZ_m: number, mixing_m: number): number {
  const filled = height_m + LID_SIGMAS * sigmaZ_m;
  return mixing_m >= lid_m ? mixing_m : Math.max(mixing_m, Math.min(lid_m, filled));
}

/** Where in the wind's table a puff is by the cube of its mean height, which a lid over it bounds. */
function rowUnder(cubed_m3: number, height_m: number, lid_m: number): number {
  const under = lid_m > height_m && lid_m !== Number.POSITIVE_INFINITY;
  const highest = under ? Math.max(0.125 * lid_m * lid_m * lid_m, height_m * height_m * height_m) : cubed_m3;
  return rowOf(fastLog2(Math.min(cubed_m3, highest)) / 3);
}

/** Moves puffs of a state within a square of half a side `extent_m`; `calm_m_s` is the least lateral velocity. */
export function createPuffMotion(s: PuffState, extent_m: number, calm_m_s: number): PuffMotion {
  const table = createWindTable();
  const places = s.x_m.length;
  const scratch = {
    rows: table.rows,
    // Between the passes of one move: U(z̄)/U(reference) in the mean and at its end, and d ln U/d ln σz.
    felt: new Float64Array(places),
    ended: new Float64Array(places),
    slopes: new Float64Array(places),
  };
  // Of the coming moves: rewritten by `set`.
  const now = new Float64Array(7);

  /** What a puff's σz gains in a time; `slope` is d ln U/d ln σz, 0 in a calm: there is no faster wind above to rise into. */
  function climb(sigmaZ: number, wind: number, slope: number, dt_s: number): number {
    const way = now[STIR] * dt_s;
    if (now[INVERSE] === 0) return verticalSpread_m(way / (1 + slope), 0, 0);
    const drag = dragRatio(now[STIR], wind);
    const q = verticalTravel_m(sigmaZ, drag, now[INVERSE]);
    const rising = slope === 0 ? 0 : slope * dragElasticity(q, drag, now[INVERSE]);
    return verticalSpread_m(q + way / (1 + rising), drag, now[INVERSE]) - sigmaZ;
  }

  /** The wind that each puff feels, into `felt` and `slopes`; lids follow the layer. */
  function lookAround(first: number, end: number): void {
    const { height_m: heights, lid_m: lids, sigmaZ_m: sigmasZ } = s;
    const { rows, felt, ended, slopes } = scratch;
    const speed = now[SPEED];
    const least = now[STIR] / LARGEST_DRAG;
    const top = now[TOP];
    for (let i = first; i < end; i += 1) {
      const sigmaZ = sigmasZ[i];
      const height = heights[i];
      if (lids[i] !== top) lids[i] = lidOver(lids[i], height, sigmaZ, top);
      const cubed = meanHeightCubed_m3(height, sigmaZ);
      const row = rowUnder(cubed, height, lids[i]);
      const ratio = ratioAt(rows, row);
      felt[i] = ratio;
      ended[i] = ratio;
      slopes[i] = speed * ratio > least ? (climbAt(rows, row) * heightElasticity(cubed, sigmaZ)) / ratio : 0;
    }
  }

  /** Lets puffs spread for a time in the wind that they felt; those too young for one step of it go by several. */
  function grow(first: number, end: number, dt_s: number): void {
    const { height_m: heights, lid_m: lids, sigmaH_m: sigmasH, sigmaZ_m: sigmasZ } = s;
    const { felt, slopes } = scratch;
    const way = now[STIR] * dt_s;
    const neutral = now[INVERSE] === 0;
    const calm = calm_m_s;
    const speed = now[SPEED];
    const theta = now[THETA];
    for (let i = first; i < end; i += 1) {
      const sigmaH = sigmasH[i];
      const ratio = felt[i];
      const wind = speed * ratio;
      const sigmaV = lateralVelocity_m_s(theta, wind, speed, calm);
      const age = lateralTime_s(sigmaV, sigmaH);
      if (dt_s > FIRST_STEP_s + 0.25 * age) {
        growInSteps(i, dt_s);
        continue;
      }
      sigmasH[i] = Math.max(lateralSpread_m(sigmaV, age + dt_s), sigmaH);
      const sigmaZ = sigmasZ[i];
      const lid = lids[i];
      const most = lid > heights[i] ? MOST_SIGMA_LIDS * lid : Number.POSITIVE_INFINITY;
      if (sigmaZ >= most) continue;
      // Neutral spread is proportional to q: what it gains needs no way back.
      const more = neutral ? verticalSpread_m(way / (1 + slopes[i]), 0, 0) : climb(sigmaZ, wind, slopes[i], dt_s);
      sigmasZ[i] = Math.min(sigmaZ + Math.max(more, 0), most);
    }
  }

  /** The same in steps of a share of the puff's age; its mean wind over all of them into `felt`. */
  function growInSteps(i: number, dt_s: number): void {
    const { height_m: heights, lid_m: lids, sigmaH_m: sigmasH, sigmaZ_m: sigmasZ } = s;
    const { rows, felt, ended } = scratch;
    const calm = calm_m_s;
    const speed = now[SPEED];
    const theta = now[THETA];
    const least = now[STIR] / LARGEST_DRAG;
    const height = heights[i];
    const most = lids[i] > height ? MOST_SIGMA_LIDS * lids[i] : Number.POSITIVE_INFINITY;
    let sigmaH = sigmasH[i];
    let sigmaZ = sigmasZ[i];
    let left = dt_s;
    let travel = 0;
    let ratio = 0;
    for (let sub = 1; left > 0; sub += 1) {
      const cubed = meanHeightCubed_m3(height, sigmaZ);
      const row = rowUnder(cubed, height, lids[i]);
      ratio = ratioAt(rows, row);
      const wind = speed * ratio;
      const sigmaV = lateralVelocity_m_s(theta, wind, speed, calm);
      const age = lateralTime_s(sigmaV, sigmaH);
      const dt = sub === MOST_SUBSTEPS ? left : Math.min(left, FIRST_STEP_s + 0.25 * age);
      sigmaH = Math.max(lateralSpread_m(sigmaV, age + dt), sigmaH);
      if (sigmaZ < most) {
        const slope = wind > least ? (climbAt(rows, row) * heightElasticity(cubed, sigmaZ)) / ratio : 0;
        sigmaZ = Math.min(sigmaZ + Math.max(climb(sigmaZ, wind, slope, dt), 0), most);
      }
      travel += ratio * dt;
      left -= dt;
    }
    sigmasH[i] = sigmaH;
    sigmasZ[i] = sigmaZ;
    felt[i] = travel / dt_s;
    ended[i] = ratio;
  }

  /** Carries puffs with the wind they felt; drops who left the domain, closes the gaps; returns where they end. */
  function carry(first: number, end: number, dt_s: number): number {
    const { x_m: xs, y_m: ys, sigmaH_m: sigmasH, sigmaZ_m: sigmasZ, windRatio: ratios } = s;
    const { stretchX_m: stretchesX, stretchY_m: stretchesY } = s;
    const { felt, ended } = scratch;
    const extent = extent_m;
    const along = now[U] * dt_s;
    const across = now[V] * dt_s;
    let kept = first;
    for (let i = first; i < end; i += 1) {
      const ratio = felt[i];
      const x = xs[i] + along * ratio;
      const y = ys[i] + across * ratio;
      if (x > extent || x < -extent || y > extent || y < -extent) {
        s.gone_kg[s.species[i]] += s.mass_kg[i];
        continue;
      }
      let ex = stretchesX[i];
      let ey = stretchesY[i];
      const sigmaH = sigmasH[i];
      if (ex !== 0 || ey !== 0) {
        // Neighbours stand as far apart as the wind at their height carries them in an interval.
        const more = ended[i] / ratios[i];
        ex *= more;
        ey *= more;
        if (ex * ex + ey * ey < ROUND * ROUND * sigmaH * sigmaH) {
          ex = 0;
          ey = 0;
        }
      }
      if (i !== kept) keepPuff(s, i, kept);
      xs[kept] = x;
      ys[kept] = y;
      sigmasH[kept] = sigmaH;
      sigmasZ[kept] = sigmasZ[i];
      stretchesX[kept] = ex;
      stretchesY[kept] = ey;
      ratios[kept] = ended[i];
      kept += 1;
    }
    return kept;
  }

  return {
    set(w) {
      const most = MOST_INVERSE_OBUKHOV_1_m;
      now[U] = w.windU_m_s;
      now[V] = w.windV_m_s;
      now[SPEED] = Math.sqrt(w.windU_m_s * w.windU_m_s + w.windV_m_s * w.windV_m_s);
      now[STIR] = Math.max(w.frictionVelocity_m_s, LEAST_FRICTION_VELOCITY_m_s);
      now[INVERSE] = Math.min(Math.max(w.inverseObukhov_1_m, -most), most);
      now[THETA] = w.sigmaTheta_rad;
      now[TOP] = w.mixingHeight_m > 0 ? w.mixingHeight_m : Number.POSITIVE_INFINITY;
      table.set(w.windHeight_m, w.roughness_m, now[INVERSE]);
    },
    windRatio(height_m, sigmaZ_m) {
      return ratioAt(table.rows, rowOf(fastLog2(meanHeightCubed_m3(height_m, sigmaZ_m)) / 3));
    },
    move(first, end, dt_s) {
      lookAround(first, end);
      grow(first, end, dt_s);
      return carry(first, end, dt_s);
    },
  };
}
