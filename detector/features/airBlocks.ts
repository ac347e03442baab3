/**
 * Means of gas, wind and weather over blocks of a minute or so: the time over which a plume has a width. Wind is averaged as
 * a vector; its direction is never averaged as a number.
 */
import type { Frame, FrameLayout } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import type { Cleaner } from '../preprocess/index.ts';
import type { AirSite } from './airSite.ts';

export interface AirBlocks {
  readonly site: AirSite;
  /** Length of a block [s]. */
  readonly block_s: number;
  /** 1: this frame ended a block, and what follows is new (1). */
  readonly ended: Uint8Array;
  /** Share by volume, NaN where no sample was good (sensors). */
  readonly gas: Float64Array;
  /** Towards east and north [m/s], and the mean speed; NaN where unknown (3). */
  readonly wind: Float64Array;
  /** SI, NaN where unknown (weather tags). */
  readonly weather: Float64Array;
  step(frame: Frame, clean: Cleaner): void;
}

export function createAirBlocks(layout: FrameLayout, site: AirSite, average_s: number, arena: Arena): AirBlocks {
  const scan_s = layout.scanUs * 1e-6;
  const frames = Math.max(1, Math.round(average_s / scan_s));
  const n = site.sensors.length;
  const m = site.weather.length;
  const ended = arena.u8(1);
  const gas = arena.f64(n);
  const wind = arena.f64(3);
  const weather = arena.f64(m);
  const seen = arena.f64(1); // frames of the block so far
  const sum = arena.f64(n + m + 3); // sums of good samples (sensors, weather, u, v, speed)
  const count = arena.f64(n + m + 1); // how many they were (sensors, weather, wind)

  function add(at: number, tag: number, clean: Cleaner, share: number): void {
    if (clean.fresh[tag] !== 1) return;
    sum[at] = sum[at]! + clean.value[tag]! * share;
    count[at] = count[at]! + 1;
  }

  return {
    site,
    block_s: frames * scan_s,
    ended,
    gas,
    wind,
    weather,
    step(_frame, clean) {
      for (let i = 0; i < n; i += 1) add(i, site.sensors[i]!.tag, clean, site.sensors[i]!.share);
      for (let i = 0; i < m; i += 1) add(n + i, site.weather[i]!, clean, 1);
      if (clean.fresh[site.speed] === 1 && clean.fresh[site.direction] === 1) {
        const speed = Math.max(0, clean.value[site.speed]!);
        const angle = site.directionSign * clean.value[site.direction]! + site.directionOffset;
        sum[n + m] = sum[n + m]! + speed * Math.cos(angle);
        sum[n + m + 1] = sum[n + m + 1]! + speed * Math.sin(angle);
        sum[n + m + 2] = sum[n + m + 2]! + speed;
        count[n + m] = count[n + m]! + 1;
      }
      seen[0] = seen[0]! + 1;
      ended[0] = seen[0] >= frames ? 1 : 0;
      if (ended[0] === 0) return;
      for (let i = 0; i < n; i += 1) gas[i] = sum[i]! / count[i]!;
      for (let i = 0; i < m; i += 1) weather[i] = sum[n + i]! / count[n + i]!;
      for (let k = 0; k < 3; k += 1) wind[k] = sum[n + m + k]! / count[n + m]!;
      seen[0] = 0;
      sum.fill(0);
      count.fill(0);
    },
  };
}
