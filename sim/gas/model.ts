/**
 * The compiled gas plant. Shapes: nCompressor, nRegulator, nSetting (compressors, then regulators), nDraw (withdrawals), nLeak,
 * nTag.
 */
import type { Stream } from '../../models/kernel/index.ts';
import type { GasModel } from '../../models/physics/gas/index.ts';
import type { LeakModel } from '../plant/index.ts';

/** Codes in `tagSource`: where a true value is read. */
export const SOURCE = {
  nodePressure: 0,
  nodeTemperature: 1,
  pipeStart: 2,
  pipeEnd: 3,
  link: 4,
  draw: 5,
  position: 6,
  drawOpening: 7,
  running: 8,
  power: 9,
} as const;

export interface GasPlantModel {
  readonly tickUs: number;
  readonly network: GasModel;
  readonly leaks: readonly LeakModel[];
  readonly standardDensity_kg_m3: number; // what a standard cubic metre weighs
  readonly startsAt_s: number; // hour of the day at the start

  readonly compressorId: readonly string[];
  readonly compressorLink: Int32Array; // (nCompressor)
  readonly compressorOn0: Uint8Array; // 1: runs at the start (nCompressor)
  readonly settingId: readonly string[];
  readonly settingLink: Int32Array; // (nSetting)
  readonly settingRate_Pa_s: Float64Array; // how fast a set point is followed (nSetting)
  readonly valveLink: Int32Array; // (nValve)

  readonly drawId: readonly string[];
  readonly drawNode: Int32Array; // (nDraw)
  readonly drawFlow_kg_s: Float64Array; // (nDraw)
  readonly drawOpening0: Float64Array; // (nDraw)
  readonly drawRate_per_s: Float64Array; // 1/ramp-time (nDraw)
  readonly drawDay: readonly (readonly { readonly at: number; readonly share: number }[])[]; // (nDraw)
  readonly drawWander: Float64Array; // one standard deviation, relative (nDraw)
  readonly drawEvery_s: Float64Array; // (nDraw)
  readonly drawStream: readonly Stream[]; // (nDraw)

  // where a tag reads its true value
  readonly tagSource: Uint8Array; // SOURCE (nTag)
  readonly tagElement: Int32Array; // node, pipe, link, compressor or withdrawal (nTag)
}
