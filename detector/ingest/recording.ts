/** A recorded run as a frame source: the detector sees the frames of the run again, bit for bit, and never its truth. */
import type { Frame, FrameSource } from '../../models/contract/index.ts';
import { openRun } from '../../models/recording/index.ts';

/** Frames of a run folder, in order. Events posted with an ack go nowhere: a recording has nobody to tell. */
export function recordingSource(folder: string): FrameSource {
  let frames: AsyncGenerator<Frame, void, undefined> | undefined;
  return {
    async open() {
      const run = await openRun(folder);
      frames = run.frames();
      return { layout: run.layout, ...(run.asBuilt ? { asBuilt: run.asBuilt } : {}) };
    },
    async next() {
      if (!frames) throw new Error('a recording was read before it was opened');
      const turn = await frames.next();
      return turn.done ? undefined : turn.value;
    },
    async ack() {},
    async close() {
      await frames?.return();
      frames = undefined;
    },
  };
}
