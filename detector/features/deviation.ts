/**
 * Each tag's deviation from what it was while learning, in standard deviations: z = (x − mean)/σ of block means. For
 * plants of which nothing is known but their tags.
 */
import type { FrameLayout } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import type { Cleaner } from '../preprocess/index.ts';

export interface Deviation {
  /** Layout indices (channels). */
  readonly tags: readonly number[];
  /** (channels) */
  readonly z: Float64Array;
  /** 1: learned, usable and not constant (channels). */
  readonly ready: Uint8Array;
  step(clean: Cleaner): void;
}

export function createDeviation(
  layout: FrameLayout,
  tags: readonly number[],
  warmUp_s: number,
  arena: Arena,
): Deviation {
  const n = tags.length;
  const scans = Math.max(30, Math.round(warmUp_s / (layout.scanUs * 1e-6)));
  const z = arena.f64(n);
  const ready = arena.u8(n);
  const mean = arena.f64(n);
  const scatter = arena.f64(n);
  const learned = arena.f64(n);
  return {
    tags,
    z,
    ready,
    step(clean) {
      for (let i = 0; i < n; i += 1) {
        const t = tags[i]!;
        ready[i] = 0;
        z[i] = 0;
        if (clean.usable[t] !== 1) continue;
        const x = clean.value[t]!;
        const count = learned[i]!;
        if (count < scans) {
          learned[i] = count + 1;
          const delta = x - mean[i]!;
          mean[i] = mean[i]! + delta / (count + 1);
          scatter[i] = scatter[i]! + delta * (x - mean[i]!);
          continue;
        }
        const sigma = Math.sqrt(scatter[i]! / (count - 1));
        if (!(sigma > 0)) continue;
        ready[i] = 1;
        z[i] = (x - mean[i]!) / sigma;
      }
    },
  };
}
