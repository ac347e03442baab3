/**
 * The compiled plant, as far as every kind shares it: clock, layout, instruments, leaks. It does not change during a run.
 * Shapes: nTag, nStation, nLeak. One scan is `scanTicks` ticks of `tickUs`.
 */
import type { AsBuilt, Control, FrameLayout } from '../../models/contract/index.ts';
import type { Stream } from '../../models/kernel/index.ts';

export interface LeakModel {
  readonly id: string;
  /** The pipe (or node) as the user named it. */
  readonly on: string;
  readonly position_m: number;
  readonly dischargeCoefficient: number;
  /** Open from the start with this area; 0: closed at first. */
  readonly openArea_m2: number;
}

export interface PlantModel {
  readonly kind: string;
  readonly name: string;
  readonly about: string;
  readonly designFlow_m3_s: number;
  readonly tickUs: number;
  readonly scanTicks: number;
  readonly scanUs: number;
  readonly layout: FrameLayout;
  readonly controls: readonly Control[];
  readonly asBuilt: AsBuilt;
  readonly leaks: readonly LeakModel[];
  /** SHA-256 of the spec and the options: equal digests, equal runs. */
  readonly digest: string;

  // instruments, by compilePlant
  readonly tagScale: Float64Array; // published = true SI · scale + offset (nTag)
  readonly tagOffset: Float64Array; // (nTag)
  readonly tagTemperature: Int32Array; // tag that corrects a flow to standard volume, −1: none (nTag)
  readonly tagPressure: Int32Array; // the same for pressure (nTag)
  readonly tagLag_us: Float64Array; // first-order time constant (nTag)
  readonly tagLagGain: Float64Array; // 1 − exp(−period/lag): weight of the newest sample (nTag)
  readonly tagNoise: Float64Array; // one sigma in the tag's unit (nTag)
  readonly tagBias: Float64Array; // calibration error in the tag's unit (nTag)
  readonly tagDrift_per_us: Float64Array; // in the tag's unit (nTag)
  readonly tagLow: Float64Array; // (nTag)
  readonly tagHigh: Float64Array; // (nTag)
  readonly tagStep: Float64Array; // one count of the converter, in the tag's unit (nTag)
  readonly tagDeadband: Float64Array; // in the tag's unit, −1: every scan (nTag)
  readonly tagSilence_us: Float64Array; // longest silence (nTag)
  readonly tagJitter_us: Float64Array; // (nTag)
  readonly tagPeriodUs: Float64Array; // (nTag)
  readonly tagContact: Uint8Array; // 1: jumps, nothing lies between its values (nTag)
  readonly tagWidth: Int32Array; // (nTag)
  readonly tagRing: Int32Array; // first slot in the ring of samples, 2·width each (nTag + 1)
  readonly tagStation: Int32Array; // (nTag)
  readonly noiseStream: readonly Stream[]; // (nTag)
  readonly jitterStream: readonly Stream[]; // (nTag)
  readonly faultStream: readonly Stream[]; // (nTag)
  readonly stationLatencyUs: Float64Array; // (nStation)
  readonly stationOffsetUs: Float64Array; // drawn by the run's seed (nStation)
  readonly stationDrift: Float64Array; // relative, drawn by the run's seed (nStation)
  readonly tagIndex: ReadonlyMap<string, number>;
  readonly stationIndex: ReadonlyMap<string, number>;
}
