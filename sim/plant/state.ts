/**
 * All that changes in a plant: the network's buffer and this one. A snapshot is a copy of both, a fingerprint their hash.
 * Groups stand under the function that writes them. Shapes as in model.ts.
 */
import { bindArena, digestBytes } from '../../models/kernel/index.ts';
import { createState, type NetworkState } from '../../models/physics/index.ts';
import type { PlantModel } from './model.ts';

export interface PlantState {
  readonly network: NetworkState;
  readonly buffer: ArrayBuffer;

  // step
  readonly clock: Float64Array; // [time µs, scans published, ticks taken]

  // applyCommand
  readonly pumpSet: Float64Array; // speed set point, 0 when stopped (nPump)
  readonly pumpWanted: Float64Array; // speed that a start goes to (nPump)
  readonly controllerSet_Pa: Float64Array; // (nControl)
  readonly controllerAuto: Uint8Array; // 0: in manual (nControl)
  readonly leakOpenUs: Float64Array; // when it opened [µs], −1: closed (nLeak)
  readonly leakArea_m2: Float64Array; // final area (nLeak)
  readonly leakGrowthUs: Float64Array; // (nLeak)
  readonly faultForm: Uint8Array; // 0 none, else 1 + index in FAULT_FORMS (nTag)
  readonly faultSinceUs: Float64Array; // (nTag)
  readonly faultSize: Float64Array; // (nTag)
  readonly faultEvery_s: Float64Array; // (nTag)
  readonly stationLost: Uint8Array; // (nStation)

  // moveEquipment
  readonly wanderIndex: Float64Array; // which ten seconds (nPump)
  readonly wanderFrom: Float64Array; // (nPump)
  readonly wanderTo: Float64Array; // (nPump)
  readonly controllerIntegral: Float64Array; // opening (nControl)
  readonly receipt_m3: Float64Array; // brought from outside, cumulative (nTank)

  // drainLeaks
  readonly leakVolume_m3: Float64Array; // lost since it opened (nLeak)

  // sampleInstruments
  readonly trueBefore: Float64Array; // true value at the last tick, in the tag's unit (nTag)
  readonly lagged: Float64Array; // behind the first-order lag (nTag)
  readonly sampleCount: Float64Array; // samples taken (nTag)
  readonly held: Float32Array; // value of a stuck or dead instrument (nTag)
  readonly holding: Uint8Array; // 1: `held` is set (nTag)
  readonly clipped: Uint8Array; // 1: clipped since the last scan (nTag)
  readonly ring: Float32Array; // samples, two blocks per tag (Σ 2·width)

  // publishFrame
  readonly published: Float32Array; // (columns)
  readonly reportedUs: Float64Array; // last report (nTag)
  readonly stationTimeUs: Float64Array; // (nStation)
}

export function createPlantState(model: PlantModel): PlantState {
  const network = createState(model.network);
  const nPump = model.pumpLink.length;
  const nControl = model.controllerLink.length;
  const nLeak = model.leaks.length;
  const nTag = model.layout.tags.length;
  const nStation = model.layout.stations.length;
  const { buffer, views } = bindArena((a) => ({
    clock: a.f64(3),
    pumpSet: a.f64(nPump),
    pumpWanted: a.f64(nPump),
    controllerSet_Pa: a.f64(nControl),
    controllerAuto: a.u8(nControl),
    leakOpenUs: a.f64(nLeak),
    leakArea_m2: a.f64(nLeak),
    leakGrowthUs: a.f64(nLeak),
    faultForm: a.u8(nTag),
    faultSinceUs: a.f64(nTag),
    faultSize: a.f64(nTag),
    faultEvery_s: a.f64(nTag),
    stationLost: a.u8(nStation),
    wanderIndex: a.f64(nPump),
    wanderFrom: a.f64(nPump),
    wanderTo: a.f64(nPump),
    controllerIntegral: a.f64(nControl),
    receipt_m3: a.f64(model.tankNode.length),
    leakVolume_m3: a.f64(nLeak),
    trueBefore: a.f64(nTag),
    lagged: a.f64(nTag),
    sampleCount: a.f64(nTag),
    held: a.f32(nTag),
    holding: a.u8(nTag),
    clipped: a.u8(nTag),
    ring: a.f32(model.tagRing[nTag]!),
    published: a.f32(model.layout.columns),
    reportedUs: a.f64(nTag),
    stationTimeUs: a.f64(nStation),
  }));
  return { network, buffer, ...views };
}

/** A copy of everything that changes. */
export function snapshotState(state: PlantState): Uint8Array {
  const bytes = new Uint8Array(state.network.buffer.byteLength + state.buffer.byteLength);
  bytes.set(new Uint8Array(state.network.buffer), 0);
  bytes.set(new Uint8Array(state.buffer), state.network.buffer.byteLength);
  return bytes;
}

/** Puts a snapshot of the same model back; throws where the size differs. */
export function restoreState(state: PlantState, bytes: Uint8Array): void {
  const first = state.network.buffer.byteLength;
  if (bytes.length !== first + state.buffer.byteLength) {
    throw new RangeError(
      `a snapshot of ${bytes.length} bytes does not fit a state of ${first + state.buffer.byteLength}`,
    );
  }
  new Uint8Array(state.network.buffer).set(bytes.subarray(0, first));
  new Uint8Array(state.buffer).set(bytes.subarray(first));
}

export function fingerprintState(state: PlantState): string {
  return digestBytes(snapshotState(state));
}
