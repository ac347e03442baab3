/**
 * A frame source into a history: any transport, on any machine. A frame is acknowledged to its source only when it is
 * durable, and what the source sends again after a restart is stored once, by its sequence number.
 */
import type { FrameSource } from '../../models/contract/index.ts';
import type { Historian, RunInfo } from './historian.ts';

export interface Recorded {
  readonly run: string;
  readonly frames: number;
  /** Sent again by the source, and there already. */
  readonly repeated: number;
  /** Why the source ended early, if it did. */
  readonly fault?: string;
}

/**
 * Stores frames until the source ends. The source is opened and closed here.
 * @param info what is known of the run; the layout comes from the source, and the run is resumed
 */
export async function recordFrames(
  source: FrameSource,
  historian: Historian,
  info: Omit<RunInfo, 'layout' | 'resume'>,
  options: { readonly signal?: AbortSignal; onFrames?(frames: number): void } = {},
): Promise<Recorded> {
  const { layout } = await source.open();
  const feed = historian.begin({ ...info, layout, resume: true });
  let frames = 0;
  let repeated = 0;
  let newest: number | undefined;
  let acking: Promise<void> | undefined;
  let fault: string | undefined;
  /** One acknowledgement on its way at a time; it speaks for all frames handed over before it was asked for. */
  const acknowledge = (seq: number) => {
    acking ??= historian
      .flush()
      .then((because) => (because === undefined ? source.ack(seq, []) : undefined))
      .catch((error: Error) => {
        fault ??= error.message;
      })
      .finally(() => {
        acking = undefined;
      });
    return acking;
  };
  const stop = () => void source.close();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    for (let frame = await source.next(); frame !== undefined; frame = await source.next()) {
      newest = frame.seq;
      if (frame.seq <= feed.lastSeq) repeated += 1;
      else {
        feed.frame(frame);
        frames += 1;
      }
      options.onFrames?.(frames);
      void acknowledge(newest);
      const wait = historian.pressure();
      if (wait) await wait;
    }
    if (fault === undefined) feed.end({ status: 'valid' });
  } catch (error) {
    if (!options.signal?.aborted) fault ??= (error as Error).message;
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await acking;
    if (newest !== undefined && !options.signal?.aborted) await acknowledge(newest);
    await source.close();
  }
  return { run: feed.run, frames, repeated, ...(fault === undefined ? {} : { fault }) };
}
