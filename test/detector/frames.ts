/** Frames for detector tests: made up, or recorded once from the real plant and kept. */

import { createPipeline, parseRecipe, type Recipe, readRecipe } from '../../detector/index.ts';
import {
  type AlarmEvent,
  type AsBuilt,
  copyFrame,
  createFrame,
  createLayout,
  type Frame,
  type FrameLayout,
  type LayoutSpec,
  type Pipeline,
  unwrap,
} from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';

/** The recorded frames, played back one by one. */
export interface Film {
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt;
  readonly frames: readonly Frame[];
}

export function copyOf(layout: FrameLayout, frame: Frame): Frame {
  const copy = createFrame(layout);
  copyFrame(frame, copy);
  return copy;
}

export function recipe(text: string): Recipe {
  return unwrap(parseRecipe('test.yaml', text));
}

export function libraryRecipe(name: string): Recipe {
  return unwrap(readRecipe(name));
}

export function build(r: Recipe, film: Film): Pipeline {
  return createPipeline(r, film.layout, film.asBuilt);
}

export function play(pipeline: Pipeline, frames: readonly Frame[]): AlarmEvent[] {
  return frames.flatMap((f) => [...pipeline.step(f)]);
}

/** One station and tags of one sample per scan, or of more. */
export function plainLayout(
  tags: readonly Partial<LayoutSpec['tags'][number]>[],
  change: Partial<LayoutSpec> = {},
): FrameLayout {
  return createLayout({
    plant: 'made-up',
    scanUs: 1_000_000,
    stations: [{ id: 'S', unitId: 1, clockAccuracy_s: 0 }],
    tags: tags.map((t, i) => ({
      id: `T-${i}`,
      station: 'S',
      quantity: 'pressure' as const,
      unit: 'bar',
      range: [0, 60],
      width: 1,
      periodUs: 1_000_000 / (t.width ?? 1),
      noise: 0,
      accuracy: 0,
      element: `N-${i}`,
      ...t,
    })),
    ...change,
  });
}

/**
 * Frames of a layout from a signal per tag: `signal(tag, time_s)` in the tag's unit, plus data-sheet noise where asked.
 * The stations' clocks are right and the newest sample is as old as nothing.
 */
export function* madeUp(
  layout: FrameLayout,
  scans: number,
  signal: (tag: string, time_s: number) => number,
  noise: { seed: number } | undefined = undefined,
): Generator<Frame> {
  const frame = createFrame(layout);
  const streams = noise && layout.tags.map((t) => seeded(noise.seed).stream(t.id));
  for (let seq = 1; seq <= scans; seq += 1) {
    frame.seq = seq;
    frame.timeUs = seq * layout.scanUs;
    frame.stationTimeUs.fill(frame.timeUs);
    layout.tags.forEach((tag, i) => {
      for (let k = 0; k < tag.width; k += 1) {
        const time_s = (frame.timeUs - (tag.width - 1 - k) * tag.periodUs) / 1e6;
        const error = streams ? tag.noise * streams[i]!.normal(seq * tag.width + k) : 0;
        frame.value[layout.column[i]! + k] = signal(tag.id, time_s) + error;
      }
    });
    yield frame;
  }
}
