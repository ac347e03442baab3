/**
 * Frames from a plant in the same process, without a wire. Lockstep by nature: the plant moves when the next frame is
 * asked for, so an ack has nothing to release and only hands the events over.
 */
import {
  type AlarmEvent,
  type AsBuilt,
  createFrame,
  type Frame,
  type FrameLayout,
  type FrameSource,
} from '../../models/contract/index.ts';

/** The part of a running plant that a detector in process may touch. */
export interface InprocPlant {
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt;
  /** Moves the plant to its next scan and fills `frame`; false at the end of the run. */
  advance(frame: Frame): boolean;
}

export function inprocSource(plant: InprocPlant, onEvents: (events: readonly AlarmEvent[]) => void): FrameSource {
  const frame = createFrame(plant.layout);
  return {
    open: async () => ({ layout: plant.layout, asBuilt: plant.asBuilt }),
    next: async () => (plant.advance(frame) ? frame : undefined),
    async ack(_seq, events) {
      if (events.length > 0) onEvents(events);
    },
    async close() {},
  };
}
