/**
 * What crosses from a scan to the historian's thread and lies in its log: items of 32-bit words, in the machine's own byte
 * order, so that a frame is a few array copies and keeps every bit of every float.
 *
 *   word 0    kind (low 8 bits) and the item's length in words (the rest)
 *   word 1    stream: the number of the run in this history
 *   frame     2 seq · 3–4 plant time [µs] · 2 words for the clock of each station · a word per column · qualities, 4 a word
 *   text      2 length in bytes · 3–4 plant time [µs] · UTF-8, padded with zeros
 */
import { createFrame, type Frame, type FrameLayout } from '../../models/contract/index.ts';

export const Kind = {
  /** Fills the end of the ring where the next item did not fit; never in the log. */
  skip: 0,
  /** A run begins: RunBegin as JSON. */
  begin: 1,
  frame: 2,
  /** StoredEvent as JSON. */
  event: 3,
  /** A truth event as JSON; goes to its own protected table. */
  truth: 4,
  /** A run ended: what is known of it then, as JSON. */
  end: 5,
} as const;

export const HEAD_WORDS = 5;
/** Of an item; the length has 24 bits. */
export const MOST_WORDS = 0xffffff;

const FOUR_GIGA = 4294967296;

export function frameWords(layout: FrameLayout): number {
  return HEAD_WORDS + 2 * layout.stations.length + layout.columns + ((layout.tags.length + 3) >> 2);
}

export function textWords(byteLength: number): number {
  return HEAD_WORDS + ((byteLength + 3) >> 2);
}

export function kindOf(word: number): number {
  return word & 0xff;
}

export function lengthOf(word: number): number {
  return word >>> 8;
}

export function putInt64(words: Uint32Array, at: number, value: number): void {
  const high = Math.floor(value / FOUR_GIGA);
  words[at] = value - high * FOUR_GIGA;
  words[at + 1] = high;
}

export function int64At(words: Uint32Array, at: number): number {
  return (words[at + 1]! | 0) * FOUR_GIGA + words[at]!;
}

/** Writes frames of one layout; no allocation after the first frame of a source. */
export class FrameEncoder {
  readonly words: number;
  private readonly stream: number;
  private source: Float32Array | undefined;
  private bits: Uint32Array = new Uint32Array(0);

  constructor(layout: FrameLayout, stream: number) {
    this.words = frameWords(layout);
    this.stream = stream;
  }

  /** @param into the words, and the same memory as bytes */
  write(into: Uint32Array, bytes: Uint8Array, at: number, frame: Frame): void {
    if (this.source !== frame.value) {
      this.source = frame.value;
      // Floats are moved as words: a float that passes through a number may lose the bits of a NaN.
      this.bits = new Uint32Array(frame.value.buffer, frame.value.byteOffset, frame.value.length);
    }
    into[at] = Kind.frame | (this.words << 8);
    into[at + 1] = this.stream;
    into[at + 2] = frame.seq;
    putInt64(into, at + 3, frame.timeUs);
    let to = at + HEAD_WORDS;
    for (let i = 0; i < frame.stationTimeUs.length; i += 1, to += 2) putInt64(into, to, frame.stationTimeUs[i]!);
    into.set(this.bits, to);
    to += this.bits.length;
    // The padding is written too, or the log would hold what the ring held before.
    if (to < at + this.words) into[at + this.words - 1] = 0;
    bytes.set(frame.quality, 4 * to);
  }
}

/** Reads frames of one layout into a frame of its own. */
export class FrameDecoder {
  readonly frame: Frame;
  private readonly bits: Uint32Array;

  constructor(layout: FrameLayout) {
    this.frame = createFrame(layout);
    this.bits = new Uint32Array(this.frame.value.buffer);
  }

  read(words: Uint32Array, bytes: Uint8Array, at: number): Frame {
    const { frame, bits } = this;
    frame.seq = words[at + 2]!;
    frame.timeUs = int64At(words, at + 3);
    let from = at + HEAD_WORDS;
    for (let i = 0; i < frame.stationTimeUs.length; i += 1, from += 2) frame.stationTimeUs[i] = int64At(words, from);
    for (let i = 0; i < bits.length; i += 1) bits[i] = words[from + i]!;
    const quality = 4 * (from + bits.length);
    for (let i = 0; i < frame.quality.length; i += 1) frame.quality[i] = bytes[quality + i]!;
    return frame;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

export function writeText(
  into: Uint32Array,
  bytes: Uint8Array,
  at: number,
  item: { readonly kind: number; readonly stream: number; readonly timeUs: number; readonly text: Uint8Array },
): void {
  const words = textWords(item.text.length);
  into[at] = item.kind | (words << 8);
  into[at + 1] = item.stream;
  into[at + 2] = item.text.length;
  putInt64(into, at + 3, item.timeUs);
  if (words > HEAD_WORDS) into[at + words - 1] = 0;
  bytes.set(item.text, 4 * (at + HEAD_WORDS));
}

/** The JSON of a text item; throws where it is none, because the checksum said that it was whole. */
export function readText(words: Uint32Array, bytes: Uint8Array, at: number): unknown {
  const from = 4 * (at + HEAD_WORDS);
  return JSON.parse(decoder.decode(bytes.subarray(from, from + words[at + 2]!)));
}
