/** crude-line as it ships, and variations of it: without noise, with other instruments, with leaks. */
import { fileURLToPath } from 'node:url';
import { createFrame, type Frame, unwrap } from '../../models/contract/index.ts';
import {
  asLiquid,
  type CompilePlantOptions,
  createSim,
  type LiquidSpec,
  readPlant,
  type LiquidSim as Sim,
} from '../../sim/index.ts';
import { trueValue } from '../../sim/instruments/index.ts';

const PLANT = fileURLToPath(new URL('../../models/plants/crude-line.yaml', import.meta.url));

type Writable<T> = T extends readonly (infer U)[]
  ? Writable<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T;
export type PlantDraft = Writable<LiquidSpec>;

/** The plant with a change. */
export function crudeLine(change: (spec: PlantDraft) => void = () => {}): LiquidSpec {
  const spec = structuredClone(asLiquid(unwrap(readPlant(PLANT)).value)) as PlantDraft;
  change(spec);
  return spec as LiquidSpec;
}

/** Pumps that do not wander, liquid that always enters at the same temperature. */
export function calm(spec: PlantDraft): void {
  if (spec.fluid.heat) Object.assign(spec.fluid.heat['inlet-swing'], { daily: 0, noise: 0 });
  for (const p of spec.pumps) p['speed-wander'] = 0;
}

/** The line without heat: one temperature profile, one density, meters of actual volume; for closed forms by hand. */
export function isothermal(spec: PlantDraft): void {
  delete (spec.fluid as { heat?: unknown }).heat;
  spec.fluid.products = [];
  spec.instruments = spec.instruments.filter((t) => t.measures !== 'density');
  for (const t of spec.instruments) Object.assign(t, { basis: 'actual', temperature: undefined, pressure: undefined });
}

/** Instruments and stations that add nothing to the truth but 32 bits of rounding; reported every scan. */
export function perfect(spec: PlantDraft): void {
  for (const t of spec.instruments)
    Object.assign(t, { noise: 0, accuracy: 0, drift: 0, jitter: 0, lag: 0, bits: 32, deadband: undefined });
  for (const s of spec.stations) Object.assign(s, { 'clock-offset': 0, 'clock-drift': 0, 'poll-latency': 0 });
}

export function still(change: (spec: PlantDraft) => void = () => {}): LiquidSpec {
  return crudeLine((spec) => {
    calm(spec);
    perfect(spec);
    change(spec);
  });
}

export function start(spec: LiquidSpec, options: Partial<CompilePlantOptions> = {}): Sim {
  return createSim(spec, { seed: 1, ...options });
}

export function instrument(spec: PlantDraft, tag: string): PlantDraft['instruments'][number] {
  const found = spec.instruments.find((t) => t.tag === tag);
  if (!found) throw new Error(`no tag ${tag}`);
  return found;
}

export function frameOf(sim: Sim): Frame {
  return createFrame(sim.layout);
}

/** Ticks for a while; `each` sees the plant after every tick. */
export function run(sim: Sim, seconds: number, each?: (timeUs: number, scanned: boolean, frame: Frame) => void): Frame {
  const frame = frameOf(sim);
  const end = sim.timeUs + Math.round(seconds * 1e6);
  while (sim.timeUs < end) {
    const scanned = sim.step(frame);
    each?.(sim.timeUs, scanned, frame);
  }
  return frame;
}

/** The samples of a tag in a frame, in its own unit. */
export function samples(sim: Sim, frame: Frame, tag: string): Float32Array {
  const i = sim.model.tagIndex.get(tag)!;
  const first = sim.layout.column[i]!;
  return frame.value.slice(first, first + sim.layout.tags[i]!.width);
}

export function quality(sim: Sim, frame: Frame, tag: string): number {
  return frame.quality[sim.model.tagIndex.get(tag)!]!;
}

/** What a tag would show now if it were perfect. */
export function truth(sim: Sim, tag: string): number {
  return trueValue(sim.model, sim.physics, sim.model.tagIndex.get(tag)!);
}

export function head(sim: Sim, node: string): number {
  return sim.physics.state.network.nodeHead_m[sim.physics.model.network.nodeIndex.get(node)!]!;
}

/** All bits of a frame, so that NaN equals NaN. */
export function frameBits(frame: Frame): string {
  return [
    frame.seq,
    frame.timeUs,
    [...frame.stationTimeUs].join(),
    [...frame.quality].join(),
    Buffer.from(frame.value.buffer, frame.value.byteOffset, frame.value.byteLength).toString('hex'),
  ].join(';');
}

export function deviation(values: ArrayLike<number>): { mean: number; sigma: number } {
  const list = Array.from(values);
  const mean = list.reduce((s, v) => s + v, 0) / list.length;
  return { mean, sigma: Math.sqrt(list.reduce((s, v) => s + (v - mean) ** 2, 0) / (list.length - 1)) };
}
