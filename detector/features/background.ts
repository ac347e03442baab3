/**
 * What a gas instrument shows where there is no plume, block by block, and how far it strays from it.
 *
 *   spike-free    b = median of the newest W blocks that were no spikes (x < b + k σ); σ = (q50 − q10)/1.2816
 *   low-quantile  b = q05 + 1.645 σ of the newest W blocks, whatever they were;       σ = (q25 − q05)/0.9704
 *
 * σ is of the lower half, which gas does not reach, and at least the floor and the data-sheet noise. A level
 * that stands above for longer than `hold` becomes the background. Instruments of one kind look at one air: none has a
 * background farther above the lowest readings (5 %) of them all than two of them may differ (twice the accuracy of each),
 * so that a beam which a steady plume never leaves keeps its excess.
 */
import type { Arena } from '../../models/kernel/index.ts';
import type { AirBlocks } from './airBlocks.ts';
import type { Compensation } from './compensation.ts';

export const BACKGROUNDS = ['spike-free', 'low-quantile'] as const;

export interface BackgroundSettings {
  readonly kind: (typeof BACKGROUNDS)[number];
  readonly window_s: number;
  /** Beyond so many σ a block is a spike. */
  readonly spike: number;
  readonly hold_s: number;
  /** Share by volume by which the air itself strays. */
  readonly floor: number;
}

export interface Background {
  readonly blocks: AirBlocks;
  /** Reading less background and weather, a share by volume; NaN where unknown (sensors). */
  readonly excess: Float64Array;
  /** One standard deviation of the excess without gas (sensors). */
  readonly sigma: Float64Array;
  step(): void;
}

const LEAST_BLOCKS = 10;

export function createBackground(
  blocks: AirBlocks,
  compensation: Compensation | undefined,
  settings: BackgroundSettings,
  arena: Arena,
): Background {
  const { sensors } = blocks.site;
  const n = sensors.length;
  const window = Math.max(LEAST_BLOCKS, Math.round(settings.window_s / blocks.block_s));
  const holdBlocks = Math.max(1, Math.round(settings.hold_s / blocks.block_s));
  const spikeFree = settings.kind === 'spike-free';
  const excess = arena.f64(n);
  const sigma = arena.f64(n);
  const level = arena.f64(n); // background (sensors)
  const kept = arena.f64(n * window); // (sensors, window) ring of blocks that count
  const count = arena.f64(n); // blocks put into it (sensors)
  const refused = arena.f64(n); // spikes in a row (sensors)
  const raw = arena.f64(n * window); // the same of all blocks, for the network's lowest
  const rawCount = arena.f64(n);
  const kinds = [...new Set(sensors.map((s) => s.kind))];
  const peers = kinds.map((k) => sensors.flatMap((s, i) => (s.kind === k ? [i] : [])));
  // Scratch, never read across calls.
  const sorted = peers.map((p) => new Float64Array(p.length * window));
  const own = new Float64Array(window);

  function put(ring: Float64Array, counts: Float64Array, i: number, x: number): void {
    ring[i * window + (counts[i]! % window)] = x;
    counts[i] = counts[i]! + 1;
  }

  const quantile = (list: Float64Array, p: number) => list[Math.min(list.length - 1, Math.floor(p * list.length))]!;

  function ownLevel(i: number): void {
    const filled = Math.min(window, count[i]!);
    const list = own.subarray(0, filled);
    for (let k = 0; k < filled; k += 1) list[k] = kept[i * window + k]!;
    list.sort();
    const spread = spikeFree
      ? (quantile(list, 0.5) - quantile(list, 0.1)) / 1.2816
      : (quantile(list, 0.25) - quantile(list, 0.05)) / 0.9704;
    sigma[i] = Math.max(settings.floor, sensors[i]!.noise, spread);
    level[i] = spikeFree ? quantile(list, 0.5) : quantile(list, 0.05) + 1.645 * sigma[i]!;
  }

  function lowestOf(kind: number): number {
    const list = sorted[kind]!;
    let at = 0;
    for (const i of peers[kind]!) {
      const filled = Math.min(window, rawCount[i]!);
      for (let k = 0; k < filled; k += 1, at += 1) list[at] = raw[i * window + k]!;
    }
    return at === 0 ? Number.POSITIVE_INFINITY : quantile(list.subarray(0, at).sort(), 0.05);
  }

  return {
    blocks,
    excess,
    sigma,
    step() {
      if (blocks.ended[0] === 0) return;
      compensation?.step();
      if (compensation?.began[0] === 1) {
        // What was kept has the weather in it still.
        count.fill(0);
        rawCount.fill(0);
        refused.fill(0);
      }
      for (let i = 0; i < n; i += 1) {
        const x = blocks.gas[i]! - (compensation?.effect[i] ?? 0);
        if (!Number.isFinite(x)) continue;
        put(raw, rawCount, i, x);
        const young = count[i]! < LEAST_BLOCKS;
        const above = spikeFree && !young && x >= level[i]! + settings.spike * sigma[i]!;
        // Once it has stood for too long it counts, and goes on counting until it comes down.
        refused[i] = above ? refused[i]! + 1 : 0;
        if (above && refused[i]! <= holdBlocks) continue;
        put(kept, count, i, x);
        ownLevel(i);
        compensation?.learn(i);
      }
      for (let k = 0; k < kinds.length; k += 1) {
        const lowest = lowestOf(k);
        for (const i of peers[k]!) {
          const x = blocks.gas[i]! - (compensation?.effect[i] ?? 0);
          const base = Math.min(level[i]!, lowest + 4 * sensors[i]!.accuracy);
          excess[i] = count[i]! < LEAST_BLOCKS ? Number.NaN : x - base;
        }
      }
    },
  };
}
