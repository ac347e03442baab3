/**
 * Frames: the values and qualities of one scan, and the layout that says what each column is. Values stand in the tag's
 * own unit, quantised once to float32 at the instrument; from there to the alarm journal no transport may change a bit.
 *
 * One frame as bytes (WebSocket, frames' digest): seq u32 · plant time i64 µs · station times i64 µs (stations) ·
 * quality u8 (tags) · value f32 (columns); big-endian throughout, in layout order, no padding.
 */
import { z } from 'zod';
import { digestJson, RunningDigest, UNITS } from '../kernel/index.ts';

export const PROTOCOL_VERSION = 1;

/** What a tag measures; ISA-5.1 letters in the id say the same to people. */
export const QUANTITIES = [
  'pressure',
  'flow',
  'temperature',
  'level',
  'speed',
  'opening',
  'running',
  'density',
  'other',
  // of the air: gas at a point (by volume or as a share of the explosive limit) and along a beam, sound, and the weather
  'concentration',
  'column',
  'sound',
  'wind-speed',
  'wind-direction',
  'humidity',
  'air-pressure',
  // Of loops, interlocks and shutdown systems.
  'mode',
  'output',
  'set-point',
  'tripped',
  'bypassed',
  'pre-alarm',
] as const;
/** Quantities that jump and have nothing between their values; between north by west and north by east nothing lies the long way round. */
export const CONTACTS: readonly Quantity[] = ['running', 'mode', 'tripped', 'bypassed', 'pre-alarm', 'wind-direction'];
export type Quantity = (typeof QUANTITIES)[number];

const tagSchema = z.strictObject({
  /** ISA-5.1 identifier: PT-101. */
  id: z.string().min(1),
  station: z.string(),
  quantity: z.enum(QUANTITIES),
  /** Unit of the values on the wire; an SI value is `fromUnit(value, unit)`. */
  unit: z.string().refine((u) => u in UNITS || u === '', { message: 'unknown unit' }),
  /** Instrument range in `unit`. */
  range: z.tuple([z.number(), z.number()]),
  /** Samples per scan: 20 for a 20 Hz pressure in a 1 s scan. */
  width: z.int().positive(),
  /** Time between samples [µs]; width · periodUs is the scan. */
  periodUs: z.int().positive(),
  /** Data-sheet repeatability, one standard deviation of a sample, in `unit`. */
  noise: z.number().nonnegative(),
  /** Data-sheet accuracy (bias, one standard deviation), in `unit`. */
  accuracy: z.number().nonnegative(),
  /** The plant element that it sits on: a node, pipe, pump, valve or tank id. */
  element: z.string(),
  /** Distance along the line [m], where the plant is a line. */
  position_m: z.number().optional(),
});
const stationSchema = z.strictObject({
  id: z.string(),
  unitId: z.int().min(0).max(255),
  position_m: z.number().optional(),
  /** One standard deviation of the clock's error that the owner declares [s]. */
  clockAccuracy_s: z.number().nonnegative(),
});
export const layoutSchema = z.strictObject({
  plant: z.string(),
  scanUs: z.int().positive(),
  stations: z.array(stationSchema),
  tags: z.array(tagSchema),
});

export type Tag = Readonly<z.infer<typeof tagSchema>>;
export type Station = Readonly<z.infer<typeof stationSchema>>;
export type LayoutSpec = z.infer<typeof layoutSchema>;

export interface FrameLayout {
  readonly plant: string;
  /** Time between frames [µs]. */
  readonly scanUs: number;
  readonly stations: readonly Station[];
  readonly tags: readonly Tag[];
  /** First column of each tag (tags). */
  readonly column: readonly number[];
  /** Station index of each tag (tags). */
  readonly stationOf: readonly number[];
  /** Total of all widths. */
  readonly columns: number;
  readonly digest: string;
}

export function createLayout(spec: LayoutSpec): FrameLayout {
  const column: number[] = [];
  let columns = 0;
  for (const tag of spec.tags) {
    column.push(columns);
    columns += tag.width;
  }
  const index = new Map(spec.stations.map((s, i) => [s.id, i]));
  const stationOf = spec.tags.map((t) => {
    const i = index.get(t.station);
    if (i === undefined) throw new Error(`tag ${t.id} names station ${t.station}, which the layout lacks`);
    return i;
  });
  return { ...spec, column, stationOf, columns, digest: digestJson({ version: PROTOCOL_VERSION, ...spec }) };
}

/** The part of a layout that crosses a wire; `createLayout` makes the rest again. */
export function layoutSpec(layout: FrameLayout): LayoutSpec {
  const { plant, scanUs, stations, tags } = layout;
  return { plant, scanUs, stations: [...stations], tags: [...tags] } as LayoutSpec;
}

/** Quality flags of a tag in a frame; 0 is good. Held alone is usable: report by exception had nothing new to say. */
export const Quality = {
  good: 0,
  /** Not reported in this scan: the last reported value stands. */
  held: 1,
  /** Clipped at an end of the range. */
  clipped: 2,
  /** The instrument declares itself failed; the value means nothing. */
  failed: 4,
  /** The station could not be reached; the last value stands. */
  lost: 8,
  /** Made by the ingest for a gap in a recording. */
  missing: 16,
} as const;

/** Flags under which a value must not be used. */
export const UNUSABLE = Quality.failed | Quality.lost | Quality.missing;

export interface Frame {
  seq: number;
  /** Plant time at the end of the scan [µs]; the last sample of every block was taken here. */
  timeUs: number;
  /** Plant time by each station's own clock [µs] (stations); integers. */
  readonly stationTimeUs: Float64Array;
  /** (columns), in tag order, oldest sample of a block first. */
  readonly value: Float32Array;
  /** (tags) */
  readonly quality: Uint8Array;
}

export function createFrame(layout: FrameLayout): Frame {
  return {
    seq: 0,
    timeUs: 0,
    stationTimeUs: new Float64Array(layout.stations.length),
    value: new Float32Array(layout.columns),
    quality: new Uint8Array(layout.tags.length),
  };
}

export function copyFrame(from: Frame, to: Frame): void {
  to.seq = from.seq;
  to.timeUs = from.timeUs;
  to.stationTimeUs.set(from.stationTimeUs);
  to.value.set(from.value);
  to.quality.set(from.quality);
}

export function frameByteLength(layout: FrameLayout): number {
  return 12 + 8 * layout.stations.length + layout.tags.length + 4 * layout.columns;
}

export function writeInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / 4294967296);
  view.setInt32(at, high);
  view.setUint32(at + 4, value - high * 4294967296);
}

export function readInt64(view: DataView, at: number): number {
  return view.getInt32(at) * 4294967296 + view.getUint32(at + 4);
}

/** Writes a frame at `offset`; returns the offset behind it. */
export function encodeFrame(frame: Frame, view: DataView, offset = 0): number {
  let at = offset;
  view.setUint32(at, frame.seq);
  writeInt64(view, at + 4, frame.timeUs);
  at += 12;
  for (let i = 0; i < frame.stationTimeUs.length; i += 1, at += 8) writeInt64(view, at, frame.stationTimeUs[i]!);
  for (let i = 0; i < frame.quality.length; i += 1, at += 1) view.setUint8(at, frame.quality[i]!);
  for (let i = 0; i < frame.value.length; i += 1, at += 4) view.setFloat32(at, frame.value[i]!);
  return at;
}

/** Reads a frame of this layout; throws a RangeError where the bytes are too few. */
export function decodeFrame(view: DataView, frame: Frame, offset = 0): number {
  let at = offset;
  frame.seq = view.getUint32(at);
  frame.timeUs = readInt64(view, at + 4);
  at += 12;
  for (let i = 0; i < frame.stationTimeUs.length; i += 1, at += 8) frame.stationTimeUs[i] = readInt64(view, at);
  for (let i = 0; i < frame.quality.length; i += 1, at += 1) frame.quality[i] = view.getUint8(at);
  for (let i = 0; i < frame.value.length; i += 1, at += 4) frame.value[i] = view.getFloat32(at);
  return at;
}

/** What takes bytes piece by piece to one digest; `hex()` does not end it. */
export interface ByteDigest {
  bytes(piece: Uint8Array): unknown;
  hex(): string;
}

/** Bytes that are gathered before they are digested: a call for every frame costs more than a small frame itself. */
const DIGEST_BLOCK = 32_768;

/**
 * SHA-256 over all frames of a run as bytes; any client that has read them all can rebuild it. `running` is a SHA-256 of
 * the caller's own platform where that is faster.
 */
export class FrameDigest {
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly frameBytes: number;
  private readonly running: ByteDigest;
  private used = 0;

  constructor(layout: FrameLayout, running: ByteDigest = new RunningDigest()) {
    this.running = running;
    this.frameBytes = frameByteLength(layout);
    this.bytes = new Uint8Array(Math.max(1, Math.floor(DIGEST_BLOCK / this.frameBytes)) * this.frameBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  add(frame: Frame): void {
    this.used = encodeFrame(frame, this.view, this.used);
    if (this.used === this.bytes.length) this.empty();
  }

  hex(): string {
    this.empty();
    return this.running.hex();
  }

  private empty(): void {
    this.running.bytes(this.bytes.subarray(0, this.used));
    this.used = 0;
  }
}
