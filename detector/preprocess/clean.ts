/**
 * Frames to values that a method may use: SI units, block means of wide tags, and a usable flag per tag. What is not
 * usable is held for a short while, then methods abstain.
 *
 *   Hampel filter (1974; Pearson 2002): a value farther than n·1.4826·MAD from the median of its window is replaced by the median.
 *   Stuck: a tag with noise that repeats to the bit for longer than the recipe allows.
 */
import { type Frame, type FrameLayout, Quality, UNUSABLE } from '../../models/contract/index.ts';
import { type Arena, UNITS } from '../../models/kernel/index.ts';

export interface CleanSettings {
  readonly hampelWindow: number;
  readonly hampelThreshold: number;
  readonly stuckAfter_s: number;
  readonly holdGaps_s: number;
}

export interface Cleaner {
  /** Mean of the newest block, SI, held over short gaps (tags). */
  readonly value: Float64Array;
  /** 1: may be used (tags). */
  readonly usable: Uint8Array;
  /** 1: this frame brought something new and good (tags). */
  readonly fresh: Uint8Array;
  /** SI factor and offset per tag: si = raw·scale + offset (tags). */
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  reset(): void;
  step(frame: Frame): void;
}

export function createCleaner(layout: FrameLayout, settings: CleanSettings, arena: Arena): Cleaner {
  const { tags, column } = layout;
  const n = tags.length;
  const window = settings.hampelWindow;
  const value = arena.f64(n);
  const usable = arena.u8(n);
  const fresh = arena.u8(n);
  const history = arena.f64(n * window); // (tags, window) ring of raw block means
  const filled = arena.f64(n); // values put into the ring since the last gap (tags)
  const lastRaw = arena.f32(n); // last sample to the bit (tags)
  const repeats = arena.f64(n); // samples that repeated it (tags)
  const silent = arena.f64(n); // scans without a good value (tags)
  const scale = Float64Array.from(tags, (t) => (t.unit === '' ? 1 : UNITS[t.unit]!.factor));
  const offset = Float64Array.from(tags, (t) => (t.unit === '' ? 0 : (UNITS[t.unit]!.offset ?? 0)));
  const scan_s = layout.scanUs * 1e-6;
  const stuckSamples = Int32Array.from(tags, (t) => {
    const samples = Math.max(2, Math.ceil((settings.stuckAfter_s * 1e6) / t.periodUs));
    return t.width > 1 ? Math.min(samples, 2 * t.width) : samples;
  });
  // A plume is a spike, and north is both 0 and 360 degrees: neither is for a median.
  const spiky = Uint8Array.from(tags, (t) =>
    ['concentration', 'column', 'sound', 'wind-direction'].includes(t.quantity) ? 1 : 0,
  );
  const holdScans = Math.floor(settings.holdGaps_s / scan_s);
  // The median of a window and of its deviations; scratch, never read across calls.
  const sorted = new Float64Array(window);

  function hampel(tag: number, x: number): number {
    const at = tag * window;
    const count = filled[tag]!;
    history[at + (count % window)] = x;
    filled[tag] = count + 1;
    if (count + 1 < window) return x;
    for (let i = 0; i < window; i += 1) insert(i, history[at + i]!);
    const median = sorted[window >> 1]!;
    const away = Math.abs(x - median);
    // A quantised, quiet signal has MAD 0; its data-sheet noise is then the scale.
    const least = tags[tag]!.noise * scale[tag]!;
    // No spread is less than that, so most values need no second median.
    if (away <= settings.hampelThreshold * least) return x;
    for (let i = 0; i < window; i += 1) insert(i, Math.abs(history[at + i]! - median));
    const spread = Math.max(1.4826 * sorted[window >> 1]!, least);
    return spread > 0 && away > settings.hampelThreshold * spread ? median : x;
  }

  /** Puts a value among the `count` that stand sorted already: windows are short. */
  function insert(count: number, x: number): void {
    let j = count;
    for (; j > 0 && sorted[j - 1]! > x; j -= 1) sorted[j] = sorted[j - 1]!;
    sorted[j] = x;
  }

  return {
    value,
    usable,
    fresh,
    scale,
    offset,
    reset() {
      lastRaw.fill(Number.NaN);
      silent.fill(Number.MAX_SAFE_INTEGER / 2);
    },
    step(frame) {
      for (let t = 0; t < n; t += 1) {
        const tag = tags[t]!;
        const first = column[t]!;
        const width = tag.width;
        const quality = frame.quality[t]!;
        let good = (quality & UNUSABLE) === 0;
        let mean = 0;
        if (good) {
          const held = (quality & Quality.held) !== 0;
          let last = lastRaw[t]!;
          let run = repeats[t]!;
          for (let k = 0; k < width; k += 1) {
            const raw = frame.value[first + k]!;
            mean += raw;
            run = raw === last ? run + 1 : 0;
            last = raw;
          }
          if (!held) {
            lastRaw[t] = last;
            repeats[t] = run;
            // Neighbouring samples of a healthy tag fall on the same count of its converter now and then; dozens do not.
            if (run >= stuckSamples[t]! && isNoisy(t)) good = false;
          }
          // One sample that is no number spoils the block: a gap, and not a mean that would be learned from.
          if (!Number.isFinite(mean)) good = false;
        }
        if (good) {
          mean = (mean / width) * scale[t]! + offset[t]!;
          value[t] = width === 1 && spiky[t] === 0 ? hampel(t, mean) : mean;
          usable[t] = 1;
          fresh[t] = 1;
          silent[t] = 0;
        } else {
          silent[t] = silent[t]! + 1;
          fresh[t] = 0;
          // The window begins anew: what a stuck or dead instrument said is no measure of what it says once it is mended.
          filled[t] = 0;
          usable[t] = silent[t]! <= holdScans ? 1 : 0;
        }
      }
    },
  };

  /** Only a tag whose noise exceeds a few counts of float32 and of its converter changes in every scan. */
  function isNoisy(tag: number): boolean {
    const t = tags[tag]!;
    return t.noise > ((t.range[1] - t.range[0]) / 65535) * 2;
  }
}
