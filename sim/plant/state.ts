/**
 * All that changes in the instruments and the clock of a plant. Groups stand under the function that writes them. Shapes as
 * in model.ts. The physics keeps its own.
 */
import { bindArena } from '../../models/kernel/index.ts';
import type { PlantModel } from './model.ts';

export interface PlantState {
  readonly buffer: ArrayBuffer;

  // stepPlant
  readonly clock: Float64Array; // [time µs, scans published, ticks taken]

  // applyFault
  readonly faultForm: Uint8Array; // 0 none, else 1 + index in FAULT_FORMS (nTag)
  readonly faultSinceUs: Float64Array; // (nTag)
  readonly faultSize: Float64Array; // (nTag)
  readonly faultEvery_s: Float64Array; // (nTag)
  readonly stationLost: Uint8Array; // (nStation)

  // sampleInstruments
  readonly trueBefore: Float64Array; // true value at the last tick, in the tag's unit (nTag)
  readonly lagged: Float64Array; // behind the first-order lag (nTag)
  readonly sampleCount: Float64Array; // samples taken (nTag)
  readonly held: Float32Array; // value of a stuck or dead instrument (nTag)
  readonly holding: Uint8Array; // 1: `held` is set (nTag)
  readonly clipped: Uint8Array; // 1: clipped since the last scan (nTag)
  readonly declared: Uint8Array; // 1: the instrument declares itself failed (nTag)
  readonly ring: Float32Array; // samples, two blocks per tag (Σ 2·width)

  // publishFrame
  readonly published: Float32Array; // (columns)
  readonly reportedUs: Float64Array; // last report (nTag)
  readonly stationTimeUs: Float64Array; // (nStation)
}

export function createPlantState(model: PlantModel): PlantState {
  const nTag = model.layout.tags.length;
  const nStation = model.layout.stations.length;
  const { buffer, views } = bindArena((a) => ({
    clock: a.f64(3),
    faultForm: a.u8(nTag),
    faultSinceUs: a.f64(nTag),
    faultSize: a.f64(nTag),
    faultEvery_s: a.f64(nTag),
    stationLost: a.u8(nStation),
    trueBefore: a.f64(nTag),
    lagged: a.f64(nTag),
    sampleCount: a.f64(nTag),
    held: a.f32(nTag),
    holding: a.u8(nTag),
    clipped: a.u8(nTag),
    declared: a.u8(nTag),
    ring: a.f32(model.tagRing[nTag]!),
    published: a.f32(model.layout.columns),
    reportedUs: a.f64(nTag),
    stationTimeUs: a.f64(nStation),
  }));
  return { buffer, ...views };
}
