/**
 * A snapshot is a copy of all that changes: the state's buffer and the engine's memory up to its last byte in use. The
 * engine's stack is empty between calls and its files are not read, so that a copied memory goes on bit by bit as the
 * original would have, in the same module or in another one opened from the same text and options.
 *
 *   "LTEP" u32 version · 64 bytes digest · u32 state bytes · u32 memory bytes · state · memory
 */
import type { Engine } from './engine.ts';
import type { EpanetModel, EpanetState } from './model.ts';

const MAGIC = 0x5045544c; // "LTEP"
const VERSION = 1;
const DIGEST = 64;
const HEADER = 4 + 4 + DIGEST + 4 + 4;

export function takeSnapshot(e: Engine, m: EpanetModel, s: EpanetState): Uint8Array {
  const memory = e.module.HEAPU8;
  let end = memory.length;
  const words = new Float64Array(memory.buffer, 0, memory.length >> 3);
  while (end >= 8 && Object.is(words[(end >> 3) - 1], 0)) end -= 8;
  const bytes = new Uint8Array(HEADER + s.buffer.byteLength + end);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  for (let i = 0; i < DIGEST; i++) view.setUint8(8 + i, m.digest.charCodeAt(i) || 0);
  view.setUint32(8 + DIGEST, s.buffer.byteLength, true);
  view.setUint32(12 + DIGEST, end, true);
  bytes.set(new Uint8Array(s.buffer), HEADER);
  bytes.set(memory.subarray(0, end), HEADER + s.buffer.byteLength);
  return bytes;
}

/** Throws where the bytes are not a snapshot of a network with the same digest. */
export function restoreSnapshot(e: Engine, m: EpanetModel, s: EpanetState, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION)
    throw new Error('these bytes are no snapshot of an EPANET network');
  for (let i = 0; i < DIGEST; i++)
    if (view.getUint8(8 + i) !== (m.digest.charCodeAt(i) || 0))
      throw new Error('the snapshot is of a network with another text or other options');
  const state = view.getUint32(8 + DIGEST, true);
  const end = view.getUint32(12 + DIGEST, true);
  if (state !== s.buffer.byteLength || bytes.length !== HEADER + state + end)
    throw new Error('the snapshot is cut short');
  // Memory grows only by asking for more than is free; what the request leaves behind is overwritten.
  if (end > e.module.HEAPU8.length) e.module._free(e.module._malloc(end));
  const memory = e.module.HEAPU8;
  new Uint8Array(s.buffer).set(bytes.subarray(HEADER, HEADER + state));
  memory.set(bytes.subarray(HEADER + state), 0);
  memory.fill(0, end);
}
