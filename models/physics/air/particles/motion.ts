/**
 * How one parcel moves: Thomson's (1987) simplest well-mixed model for Gaussian turbulence with a diagonal stress tensor,
 * written for the velocity over its spread, r_i = u_i/σ_i, where it is short (Wilson, Legg & Thomson 1983):
 *
 *   dr_i = −r_i/T_i dt + ∂σ_i/∂x_i dt + √(2/T_i) dW_i,     dx_i = (U_i + σ_i r_i) dt,
 *
 * σ_i² being what the open ground gives (turbulence.ts) plus what wakes add (flow.ts), T_w = Λ/σw. Across the wind the open
 * ground's part has three times (the quick one of which goes along the wind too; the others are sc and sd here, or swing the
 * wind as a whole); a wake's has T_w max(1, σ²/σw²), and σ_i² T_i of both together is the sum of theirs.
 * A step is 1/10 of the local TL at most, a quarter of a cell at most, and what is left of the tick at most; so it follows
 * from the parcel's own state and is the same in every run. The velocity is updated at the midpoint of the move; with
 * x = dt/T the memory is a = (1 − x/2)/(1 + x/2) and the noise √(1 − a²): variance one for every dt.
 * Ground and lid turn w, a wall turns the whole fluctuation about its normal.
 */
import { hashIndex } from '../../../kernel/index.ts';
import { lateralGrowth_s } from '../turbulence.ts';
import { type FlowGrid, flowAt } from './flow.ts';
import { normalOf, normalOf16 } from './normals.ts';
import type { Parcels } from './parcels.ts';
import {
  lateralAt_m_s,
  MIDDLE,
  MIDDLE_TIME_s,
  QUICK,
  QUICK_TIME_s,
  SLOW,
  SLOW_TIME_s,
  type Turbulence,
  turbulenceAt,
} from './turbulence.ts';
import type { Walls } from './walls.ts';

/** Part of the Lagrangian time scale that a step may last. */
const STEP_SHARE = 0.1;
/** More steps than this in one tick would mean a parcel stuck in a corner; its last step then takes the rest. */
const MAX_STEPS = 4000;
/** Walls met in one step; what is left of the move after them is not made. */
const MAX_BOUNCES = 4;
/** A parcel is set this far off a wall [m]. */
const OFF = 1e-4;

export interface Surroundings {
  readonly turbulence: Turbulence;
  readonly flow: FlowGrid | undefined;
  readonly walls: Walls | undefined;
  /** The slow velocities belong to each parcel; otherwise the wind as a whole swings. */
  readonly slowEach: boolean;
  /** Share of σv that moves parcels: √(1 − kernel share²), the rest being in the kernel around each. */
  readonly moved: number;
}

const open = new Float64Array(4);
const around = new Float64Array(9);
/** Local mean velocity 0-2, spread 3-5, own gradient 6-8, Λ 9, σv of the open ground as it moves parcels 10, times along x and y 11, 12. */
const here = new Float64Array(13);

/** Everything that a parcel meets at a place, into `here`. */
function look(s: Surroundings, x: number, y: number, z: number): void {
  const t = s.turbulence;
  turbulenceAt(t, z, open);
  const lateral = s.moved * lateralAt_m_s(t, open[0]!);
  const fast = QUICK * lateral;
  here[9] = open[3]!;
  here[10] = lateral;
  if (s.flow !== undefined && flowAt(s.flow, x, y, z, around)) {
    here[0] = around[0]!;
    here[1] = around[1]!;
    here[2] = around[2]!;
    const sx = Math.sqrt(fast * fast + around[3]! * around[3]!);
    const sy = Math.sqrt(fast * fast + around[4]! * around[4]!);
    const sz = Math.sqrt(open[1]! * open[1]! + around[5]! * around[5]!);
    here[3] = sx;
    here[4] = sy;
    here[5] = sz;
    here[6] = (around[3]! * around[6]!) / sx;
    here[7] = (around[4]! * around[7]!) / sy;
    here[8] = (open[1]! * open[2]! + around[5]! * around[8]!) / sz;
    const own = fast * fast * QUICK_TIME_s;
    const tl = open[3]! / sz;
    here[11] = (own + around[3]! * around[3]! * tl * Math.max(1, (sx * sx) / (sz * sz))) / (sx * sx);
    here[12] = (own + around[4]! * around[4]! * tl * Math.max(1, (sy * sy) / (sz * sz))) / (sy * sy);
  } else {
    here[0] = open[0]! * t.alongX;
    here[1] = open[0]! * t.alongY;
    here[2] = 0;
    here[3] = fast;
    here[4] = fast;
    here[5] = open[1]!;
    here[6] = 0;
    here[7] = 0;
    here[8] = open[2]!;
    here[11] = QUICK_TIME_s;
    here[12] = QUICK_TIME_s;
  }
}

/** Memory of a time scale over a step: what is left of a velocity; its noise is √(1 − a²). */
export function memory(dt_s: number, time_s: number): number {
  const half = (0.5 * dt_s) / time_s;
  return (1 - half) / (1 + half);
}

/** Moves parcel n by dt_s. Two keys carry (seed, parcel) and (step). */
export function moveParcel(p: Parcels, n: number, dt_s: number, s: Surroundings, key0: number, key1: number): void {
  const t = s.turbulence;
  const { ground_m, lid_m } = t;
  const { walls, flow } = s;
  let x = p.x[n]!;
  let y = p.y[n]!;
  let z = p.z[n]!;
  let ru = p.ru[n]!;
  let rv = p.rv[n]!;
  let rw = p.rw[n]!;
  let sc = p.sc[n]!;
  let age = p.age[n]!;
  let spreadH = p.spreadH[n]!;
  let spreadV = p.spreadV[n]!;
  let sd = p.sd[n]!;
  // Once a step: both outlast it many times.
  const am = memory(dt_s, MIDDLE_TIME_s);
  const as = memory(dt_s, SLOW_TIME_s);
  if (s.slowEach) {
    const both = hashIndex(key0, key1, -1);
    sc = am * sc + Math.sqrt(1 - am * am) * normalOf16(both >>> 16);
    sd = as * sd + Math.sqrt(1 - as * as) * normalOf16(both);
  }
  let left = dt_s;
  for (let sub = 0; left > 0; sub += 1) {
    look(s, x, y, z);
    const tlNow = here[9]! / here[5]!;
    let dt = Math.min(left, STEP_SHARE * tlNow);
    if (flow !== undefined) {
      const fastest = Math.abs(here[0]!) + Math.abs(here[1]!) + Math.abs(here[2]!);
      if (fastest * dt > 0.25 * flow.cell_m) dt = (0.25 * flow.cell_m) / fastest;
    }
    if (left - dt < 1e-6 || sub >= MAX_STEPS) dt = left;
    // The midpoint of the move, reflected so that it lies in the air.
    const half = 0.5 * dt;
    const slow = s.slowEach ? (MIDDLE * sc + SLOW * sd) * here[10]! : 0;
    const slowU = -slow * t.alongY;
    const slowV = slow * t.alongX;
    let mx = x + (here[0]! + here[3]! * ru + slowU) * half;
    let my = y + (here[1]! + here[4]! * rv + slowV) * half;
    let mz = z + (here[2]! + here[5]! * rw) * half;
    let turned = false;
    if (mz < ground_m) {
      mz = 2 * ground_m - mz;
      turned = true;
    } else if (mz > lid_m) {
      mz = 2 * lid_m - mz;
      turned = true;
    }
    if (!(mz >= ground_m && mz <= lid_m)) mz = Math.min(lid_m, Math.max(ground_m, z));
    if (walls?.inside(mx, my, mz)) {
      mx = x;
      my = y;
      mz = z;
    } else if (turned) rw = -rw;
    look(s, mx, my, mz);
    const sx = here[3]!;
    const sy = here[4]!;
    const sz = here[5]!;
    const tl = here[9]! / sz;
    const tx = here[11]!;
    const ty = here[12]!;
    const a = memory(dt, tl);
    const ax = memory(dt, tx);
    const ay = memory(dt, ty);
    const both = hashIndex(key0, key1, 2 * sub);
    rw = a * rw + Math.sqrt(1 - a * a) * normalOf(hashIndex(key0, key1, 2 * sub + 1)) + here[8]! * dt;
    ru = ax * ru + Math.sqrt(1 - ax * ax) * normalOf16(both >>> 16) + here[6]! * dt;
    rv = ay * rv + Math.sqrt(1 - ay * ay) * normalOf16(both) + here[7]! * dt;
    // The second half, from where the first half ended.
    const fromX = x;
    const fromY = y;
    const fromZ = z;
    x = mx + (here[0]! + sx * ru + slowU) * half;
    y = my + (here[1]! + sy * rv + slowV) * half;
    z = mz + (here[2]! + sz * rw) * half;
    if (z < ground_m) {
      z = 2 * ground_m - z;
      rw = -rw;
    } else if (z > lid_m) {
      z = 2 * lid_m - z;
      rw = -rw;
    }
    if (!(z >= ground_m && z <= lid_m)) {
      z = Math.min(lid_m, Math.max(ground_m, mz));
      rw = -rw;
    }
    if (walls !== undefined) {
      // Two straight pieces would be two casts; the chord of both is what is cast, and its remainder is mirrored.
      let ax0 = fromX;
      let ay0 = fromY;
      let az0 = fromZ;
      for (let bounce = 0; ; bounce += 1) {
        const f = walls.cast(ax0, ay0, az0, x, y, z);
        if (f > 1) break;
        const nX = walls.normal[0]!;
        const nY = walls.normal[1]!;
        const nZ = walls.normal[2]!;
        const hx = ax0 + f * (x - ax0) + nX * OFF;
        const hy = ay0 + f * (y - ay0) + nY * OFF;
        const hz = az0 + f * (z - az0) + nZ * OFF;
        // The fluctuation turns about the normal, slow part included.
        const fu = sx * ru;
        const fv = sy * rv;
        const fw = sz * rw;
        const into = fu * nX + fv * nY + fw * nZ;
        if (into < 0) {
          ru = (fu - 2 * into * nX) / sx;
          rv = (fv - 2 * into * nY) / sy;
          rw = (fw - 2 * into * nZ) / sz;
        }
        if (s.slowEach && slowU * nX + slowV * nY < 0) {
          sc = -sc;
          sd = -sd;
        }
        if (bounce >= MAX_BOUNCES) {
          x = hx;
          y = hy;
          z = hz;
          break;
        }
        const beyond = (x - hx) * nX + (y - hy) * nY + (z - hz) * nZ;
        x -= 2 * Math.min(0, beyond) * nX;
        y -= 2 * Math.min(0, beyond) * nY;
        z -= 2 * Math.min(0, beyond) * nZ;
        ax0 = hx;
        ay0 = hy;
        az0 = hz;
      }
      if (z < ground_m || z > lid_m || walls.inside(x, y, z)) {
        // A corner narrower than a step: it stays where it was, which was in the air, and turns back.
        x = fromX;
        y = fromY;
        z = fromZ;
        ru = -ru;
        rv = -rv;
        rw = -rw;
      }
    }
    age += dt;
    spreadV += 2 * sz * sz * Math.min(tl, age) * dt;
    const quick2 = QUICK * QUICK * here[10]! * here[10]!;
    let growth = sx * sx * Math.min(tx, age);
    // Beyond the quick part it is Draxler's: at any age what the sum of the three has.
    if (s.slowEach) growth += here[10]! * here[10]! * lateralGrowth_s(age) - quick2 * Math.min(QUICK_TIME_s, age);
    spreadH += (2 * growth * dt) / (s.moved * s.moved);
    left -= dt;
  }
  p.x[n] = x;
  p.y[n] = y;
  p.z[n] = z;
  p.ru[n] = ru;
  p.rv[n] = rv;
  p.rw[n] = rw;
  p.sc[n] = sc;
  p.sd[n] = sd;
  p.age[n] = age;
  p.spreadH[n] = spreadH;
  p.spreadV[n] = spreadV;
}
