/** The district for tests: in calm, or as it ships, with leaks where they are wanted. */
import { fileURLToPath } from 'node:url';
import { createFrame, type Frame, type TruthEvent, unwrap } from '../../models/contract/index.ts';
import {
  type CompilePlantOptions,
  createSim,
  preparePlant,
  readPlant,
  type WaterSim,
  type WaterSpec,
} from '../../sim/index.ts';

const path = fileURLToPath(new URL('../../models/plants/district.yaml', import.meta.url));

export const DISTRICT = unwrap(readPlant(path)).value as WaterSpec;

/** Customers who draw the same at every instant. */
export const CALM: WaterSpec = {
  ...DISTRICT,
  demands: { ...DISTRICT.demands, variation: 0, daily: [1], weekly: undefined },
};

export const SITE = { id: 'leak-1', pipe: 'A12', fraction: 0.4, dischargeCoefficient: 0.6 };

export async function startWater(spec = DISTRICT, options: Partial<CompilePlantOptions> = {}): Promise<WaterSim> {
  await preparePlant(spec);
  return createSim(spec, { seed: 1, ...options });
}

/** Whole scans; returns the last frame. */
export function scans(sim: WaterSim, n: number, each?: (frame: Frame) => void): Frame {
  const frame = createFrame(sim.layout);
  for (let i = 0; i < n; i += 1) {
    sim.scan(frame);
    each?.(frame);
  }
  return frame;
}

/** True value of a tag now, SI. */
export function truly(sim: WaterSim, tag: string): number {
  return sim.physics.trueValue(sim.model.tagIndex.get(tag)!);
}

export function bitsOf(frame: Frame): string {
  return `${frame.seq} ${Buffer.from(frame.value.slice().buffer).toString('hex')} ${[...frame.quality]} ${[...frame.stationTimeUs]}`;
}

export const lastRate = (events: readonly TruthEvent[]) => events.findLast((e) => e.kind === 'leak.rate');
