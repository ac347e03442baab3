/**
 * What temperature, humidity and pressure do to a gas instrument, learned in quiet time and taken off:
 *
 *   x' = x − β·(w − w̄),  β = (S_ww + λ diag S_ww)⁻¹ S_wx
 *
 * by least squares over the learning time, block by block, without the blocks that the background took for gas. λ is small and
 * keeps what never varied from being given a share. Afterwards β stands still: a leak must not teach it.
 */
import type { Arena } from '../../models/kernel/index.ts';
import type { AirBlocks } from './airBlocks.ts';

const RIDGE = 1e-3;
/** A correction holds for weather like that of the learning time; beyond so many standard deviations it stands. */
const REACH = 3;

export interface Compensation {
  /** What the weather adds to a sensor now, a share by volume (sensors); 0 until it has learned. */
  readonly effect: Float64Array;
  /** 1: in this block it has begun to be taken off (1). */
  readonly began: Uint8Array;
  /** Before the background: reckons the effect of this block. */
  step(): void;
  /** After the background: learns from a sensor's block that was quiet. */
  learn(sensor: number): void;
}

export function createCompensation(blocks: AirBlocks, learn_s: number, arena: Arena): Compensation {
  const n = blocks.site.sensors.length;
  const m = blocks.site.weather.length;
  const learnBlocks = Math.max(30, Math.round(learn_s / blocks.block_s));
  const effect = arena.f64(n);
  const passed = arena.f64(1); // blocks
  const count = arena.f64(n);
  const meanX = arena.f64(n);
  const meanW = arena.f64(n * m);
  const sww = arena.f64(n * m * m);
  const swx = arena.f64(n * m);
  const beta = arena.f64(n * m);
  const known = arena.u8(1);
  const began = arena.u8(1);
  // Scratch of one solution.
  const a = new Float64Array(m * (m + 1));

  function solve(i: number): void {
    for (let r = 0; r < m; r += 1) {
      for (let c = 0; c < m; c += 1) a[r * (m + 1) + c] = sww[(i * m + r) * m + c]! * (r === c ? 1 + RIDGE : 1);
      a[r * (m + 1) + m] = swx[i * m + r]!;
    }
    for (let p = 0; p < m; p += 1) {
      const pivot = a[p * (m + 1) + p]!;
      if (!(pivot > 1e-30)) {
        for (let c = 0; c <= m; c += 1) a[p * (m + 1) + c] = 0;
        continue;
      }
      for (let r = 0; r < m; r += 1) {
        if (r === p) continue;
        const f = a[r * (m + 1) + p]! / pivot;
        for (let c = p; c <= m; c += 1) a[r * (m + 1) + c] = a[r * (m + 1) + c]! - f * a[p * (m + 1) + c]!;
      }
    }
    for (let r = 0; r < m; r += 1) {
      const pivot = a[r * (m + 1) + r]!;
      beta[i * m + r] = pivot > 0 ? a[r * (m + 1) + m]! / pivot : 0;
    }
  }

  return {
    effect,
    began,
    step() {
      passed[0] = passed[0]! + 1;
      began[0] = 0;
      if (known[0] === 0 && passed[0] > learnBlocks) {
        known[0] = 1;
        began[0] = m > 0 ? 1 : 0;
        for (let i = 0; i < n; i += 1) if (count[i]! > 10 * (m + 1)) solve(i);
      }
      if (known[0] === 0) return;
      for (let i = 0; i < n; i += 1) {
        let sum = 0;
        for (let k = 0; k < m; k += 1) {
          const w = blocks.weather[k]!;
          if (Number.isNaN(w)) continue;
          const sigma = Math.sqrt(sww[(i * m + k) * m + k]! / Math.max(1, count[i]! - 1));
          const away = Math.max(-REACH * sigma, Math.min(REACH * sigma, w - meanW[i * m + k]!));
          sum += beta[i * m + k]! * away;
        }
        effect[i] = sum;
      }
    },
    learn(i) {
      if (known[0] === 1 || m === 0) return;
      for (let k = 0; k < m; k += 1) if (Number.isNaN(blocks.weather[k]!)) return;
      const x = blocks.gas[i]!;
      const c = count[i]! + 1;
      count[i] = c;
      const dx = x - meanX[i]!;
      meanX[i] = meanX[i]! + dx / c;
      // Welford's update of co-moments: deviations from the mean before, times deviations from the mean after.
      for (let k = 0; k < m; k += 1) {
        const before = blocks.weather[k]! - meanW[i * m + k]!;
        swx[i * m + k] = swx[i * m + k]! + before * (x - meanX[i]!);
        for (let l = 0; l < m; l += 1) {
          const other = blocks.weather[l]! - meanW[i * m + l]!;
          sww[(i * m + k) * m + l] = sww[(i * m + k) * m + l]! + (before * other * (c - 1)) / c;
        }
      }
      for (let k = 0; k < m; k += 1)
        meanW[i * m + k] = meanW[i * m + k]! + (blocks.weather[k]! - meanW[i * m + k]!) / c;
    },
  };
}
