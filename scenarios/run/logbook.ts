/**
 * What a run leaves behind, kept while it runs: frames to the recorder and into their digest and trends, truth, and one
 * journal per detector. It is the same for every transport, so that no transport can tell another story.
 */

import type { RunFeed } from '../../detector/historian/index.ts';
import {
  type AlarmEvent,
  type Frame,
  FrameDigest,
  type FrameLayout,
  type TruthEvent,
} from '../../models/contract/index.ts';
import type { RunWriter } from '../../models/recording/index.ts';
import { TrendBuilder } from '../score/index.ts';
import { NativeDigest } from './nativeDigest.ts';

export class Logbook {
  readonly truth: TruthEvent[] = [];
  readonly alarms: AlarmEvent[] = [];
  frames = 0;
  lastUs = 0;
  private readonly digest: FrameDigest;
  private readonly trend: TrendBuilder | undefined;
  private readonly writer: RunWriter | undefined;
  /** The run on its way into a history, where somebody wants one. */
  feed: RunFeed | undefined;

  constructor(layout: FrameLayout, writer: RunWriter | undefined, trends = true) {
    this.digest = new FrameDigest(layout, new NativeDigest());
    this.trend = trends ? new TrendBuilder(layout, worthDrawing(layout)) : undefined;
    this.writer = writer;
  }

  /** Takes a copy of what it needs. */
  frame(frame: Frame, truth: readonly TruthEvent[]): void {
    this.frames += 1;
    this.lastUs = frame.timeUs;
    this.digest.add(frame);
    this.trend?.add(frame);
    this.writer?.frame(frame);
    this.feed?.frame(frame);
    if (truth.length > 0) this.truthEvents(truth);
  }

  truthEvents(events: readonly TruthEvent[]): void {
    for (let i = 0; i < events.length; i += 1) {
      this.truth.push(events[i]!);
      this.writer?.truth(events[i]!);
      this.feed?.truth(events[i]!);
    }
  }

  alarm(event: AlarmEvent): void {
    this.alarms.push(event);
    this.writer?.alarm(event);
    this.feed?.alarm(event);
  }

  /** To be awaited before the next frame where the disk is behind. */
  pressure(): Promise<void> | undefined {
    return this.writer?.pressure();
  }

  framesDigest(): string {
    return this.digest.hex();
  }

  trends() {
    return this.trend?.trends() ?? [];
  }
}

/** Tags that people look at first on a card: pressures and flows where there are any; a dozen at most. */
export function worthDrawing(layout: FrameLayout): string[] {
  const telling = layout.tags.filter((t) => t.quantity === 'pressure' || t.quantity === 'flow');
  return (telling.length > 0 ? telling : layout.tags).slice(0, 12).map((t) => t.id);
}
