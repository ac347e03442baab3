/**
 * What a detector of a real plant has to live through, made out of frames of a healthy one: gaps, values that are no numbers,
 * values that stand still, and scans whose content comes twice or in another order. Chance is a function of the seed, so every
 * detector meets the same.
 */
import { copyFrame, createFrame, type Frame, type FrameLayout, Quality } from '../../models/contract/index.ts';
import { type Stream, seeded } from '../../models/kernel/index.ts';

/** A frame of its own: what a source lends changes with the next scan. */
export function keptFrame(layout: FrameLayout, from: Frame): Frame {
  const frame = createFrame(layout);
  copyFrame(from, frame);
  return frame;
}

export const ORDEALS = ['gaps', 'not-a-number', 'stale', 'reordered', 'duplicated'] as const;
export type Ordeal = (typeof ORDEALS)[number];

const BLOCK = 6;
const GAP_SCANS = 12;

/** The same frames under an ordeal; seq and plant time stay, since the plant numbers what it publishes. */
export function ordeal(kind: Ordeal, layout: FrameLayout, frames: readonly Frame[], seed: number): Frame[] {
  const chance = seeded(seed).stream('ordeal').stream(kind);
  const out = frames.map((f) => keptFrame(layout, f));
  switch (kind) {
    case 'gaps':
      return gaps(out, chance);
    case 'not-a-number':
      return notNumbers(out, layout, chance);
    case 'stale':
      return stale(out, layout);
    case 'reordered': {
      const from = frames.map((_, n) => n);
      for (let b = 0; b + BLOCK <= from.length; b += BLOCK)
        for (let i = BLOCK - 1; i > 0; i -= 1) {
          const j = Math.floor(chance.uniform(b + i) * (i + 1));
          [from[b + i], from[b + j]] = [from[b + j]!, from[b + i]!];
        }
      return contentsOf(out, frames, from);
    }
    case 'duplicated':
      return contentsOf(
        out,
        frames,
        frames.map((_, n) => (n % BLOCK === 0 ? Math.max(0, n - 1) : n)),
      );
  }
}

/** Whole scans without one usable value, a few at a time, one third of all. */
function gaps(frames: Frame[], chance: Stream): Frame[] {
  for (let n = 0; n < frames.length; n += 1) {
    if (chance.uniform(n) > 0.05) continue;
    const length = 1 + Math.floor(chance.stream('length').uniform(n) * GAP_SCANS);
    for (let k = n; k < Math.min(n + length, frames.length); k += 1) {
      frames[k]!.quality.fill(Quality.missing);
      frames[k]!.value.fill(Number.NaN);
    }
    n += length;
  }
  return frames;
}

/** Single tags without a number: most are flagged, a few are not, and some are infinite. */
function notNumbers(frames: Frame[], layout: FrameLayout, chance: Stream): Frame[] {
  const tags = layout.tags.length;
  frames.forEach((frame, n) => {
    for (let t = 0; t < tags; t += 1) {
      const u = chance.uniform(n * tags + t);
      if (u > 0.1) continue;
      const at = layout.column[t]!;
      frame.value.fill(u < 0.01 ? Number.POSITIVE_INFINITY : Number.NaN, at, at + layout.tags[t]!.width);
      if (u > 0.02) frame.quality[t] = Quality.failed;
    }
  });
  return frames;
}

/** In the middle third every second tag stands still to the bit, half of them without saying so. */
function stale(frames: Frame[], layout: FrameLayout): Frame[] {
  const from = Math.floor(frames.length / 3);
  for (let n = from; n < 2 * from; n += 1)
    for (let t = 0; t < layout.tags.length; t += 2) {
      const at = layout.column[t]!;
      const end = at + layout.tags[t]!.width;
      frames[n]!.value.set(frames[from]!.value.subarray(at, end), at);
      if (t % 4 === 0) frames[n]!.quality[t] = Quality.held;
    }
  return frames;
}

/** Values, qualities and stations' times of other scans, under the plant's own numbers. */
function contentsOf(out: Frame[], frames: readonly Frame[], from: readonly number[]): Frame[] {
  from.forEach((source, n) => {
    out[n]!.value.set(frames[source]!.value);
    out[n]!.quality.set(frames[source]!.quality);
    out[n]!.stationTimeUs.set(frames[source]!.stationTimeUs);
  });
  return out;
}
