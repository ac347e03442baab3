/**
 * The gas in the air as puffs, for pictures: truth, so it leaves on the truth channel only. One message per scan:
 * seq u32 · plant time i64 µs · wind towards east and north f32 m/s · number of puffs u32, then of each
 * x, y, z, σ horizontal, σ vertical f32 m · mass f32 kg · species f32 (its index); big-endian, no padding.
 */
import { readInt64, writeInt64 } from './frame.ts';

/** Numbers of a puff. */
export const PUFF_FLOATS = 7;
/** More are not drawn. */
export const MOST_PUFFS = 5000;

export interface PlumeSpecies {
  readonly id: string;
  readonly molarMass_kg_mol: number;
  /** Lower explosive limit, a share by volume. */
  readonly lowerLimit?: number;
}

export interface Plume {
  seq: number;
  timeUs: number;
  windU_m_s: number;
  windV_m_s: number;
  count: number;
  /** (count × PUFF_FLOATS), as above. */
  puffs: Float32Array;
}

/** First message of the channel. */
export interface PlumeHello {
  readonly type: 'plume';
  readonly species: readonly PlumeSpecies[];
}

const HEAD_bytes = 24;

export function createPlume(): Plume {
  return {
    seq: 0,
    timeUs: 0,
    windU_m_s: 0,
    windV_m_s: 0,
    count: 0,
    puffs: new Float32Array(MOST_PUFFS * PUFF_FLOATS),
  };
}

export function encodePlume(plume: Plume): Uint8Array<ArrayBuffer> {
  const n = plume.count * PUFF_FLOATS;
  const bytes = new Uint8Array(HEAD_bytes + 4 * n);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, plume.seq);
  writeInt64(view, 4, plume.timeUs);
  view.setFloat32(12, plume.windU_m_s);
  view.setFloat32(16, plume.windV_m_s);
  view.setUint32(20, plume.count);
  for (let i = 0; i < n; i += 1) view.setFloat32(HEAD_bytes + 4 * i, plume.puffs[i]!);
  return bytes;
}

/** Reads a message into `plume`; throws a RangeError where the bytes are too few or claim too many puffs. */
export function decodePlume(view: DataView, plume: Plume): void {
  const count = view.getUint32(20);
  if (count > MOST_PUFFS) throw new RangeError(`a plume of ${count} puffs; at most ${MOST_PUFFS}`);
  plume.seq = view.getUint32(0);
  plume.timeUs = readInt64(view, 4);
  plume.windU_m_s = view.getFloat32(12);
  plume.windV_m_s = view.getFloat32(16);
  plume.count = count;
  for (let i = 0; i < count * PUFF_FLOATS; i += 1) plume.puffs[i] = view.getFloat32(HEAD_bytes + 4 * i);
}
