/**
 * The whole stack in one thread: plant, recorder and detectors frame by frame, without a promise per frame. The event
 * loop gets its turn between batches, so that Ctrl-C and the disk are heard.
 */
import { type AlarmEvent, createFrame, type Frame, type Pipeline } from '../../models/contract/index.ts';
import type { Play } from './frameCache.ts';
import type { Logbook } from './logbook.ts';
import { turn } from './wallclock.ts';

/** Short beside a job: another process may be waiting for its next. */
const BATCH = 128;

export interface Watcher {
  readonly pipeline: Pipeline;
  onAlarm(event: AlarmEvent): void;
  /** After every frame, with what the pipeline said of it; before the plant moves on. */
  onFrame?(frame: Frame, events: readonly AlarmEvent[]): void;
}

/** Runs to the end, or to the abort of the signal; returns whether it reached the end. */
export async function runInProcess(
  engine: Pick<Play, 'layout' | 'timeUs' | 'advance' | 'drainTruth'>,
  logbook: Logbook | undefined,
  watchers: readonly Watcher[],
  options: { readonly signal?: AbortSignal; onProgress?(timeUs: number): void; pressure?(): Promise<void> | undefined },
): Promise<boolean> {
  const frame = createFrame(engine.layout);
  for (;;) {
    for (let n = 0; n < BATCH; n += 1) {
      if (!engine.advance(frame)) return true;
      const truth = engine.drainTruth();
      logbook?.frame(frame, truth);
      for (let w = 0; w < watchers.length; w += 1) {
        const watcher = watchers[w]!;
        const events = watcher.pipeline.step(frame);
        for (let i = 0; i < events.length; i += 1) watcher.onAlarm(events[i]!);
        watcher.onFrame?.(frame, events);
      }
    }
    options.onProgress?.(engine.timeUs);
    await (logbook?.pressure() ?? options.pressure?.() ?? turn());
    if (options.signal?.aborted) return false;
  }
}
