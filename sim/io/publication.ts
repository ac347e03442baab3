/**
 * The scan that the world sees. The plant fills a spare frame, which then becomes the current one in a single step, so no
 * reader ever meets half a scan. Its forms for the wires (register images, WebSocket bytes) are made once per scan, and
 * only where somebody asks: a master at the gateway does not pay for the stations' images.
 */
import {
  createFrame,
  encodeFrame,
  type Frame,
  type FrameLayout,
  frameByteLength,
  putFrame,
  Quality,
  type UnitImage,
  type WireFrame,
  type WordOrder,
} from '../../models/contract/index.ts';
import type { Drive } from './drive.ts';

export class Publication {
  readonly layout: FrameLayout;
  readonly #drive: Drive;
  #current: Frame;
  #spare: Frame;

  constructor(drive: Drive) {
    this.layout = drive.layout;
    this.#drive = drive;
    this.#current = createFrame(drive.layout);
    this.#spare = createFrame(drive.layout);
    // Before the first scan (seq 0) a master that looks must not take zeros for measurements.
    this.#current.quality.fill(Quality.missing);
  }

  /** The newest scan; seq 0 before the first. */
  get frame(): Frame {
    return this.#current;
  }

  /** Moves the plant by one scan; false at the end of the run, and then the last scan stays. */
  advance(): boolean {
    if (!this.#drive.advance(this.#spare)) return false;
    const published = this.#current;
    this.#current = this.#spare;
    this.#spare = published;
    return true;
  }

  /** Plant time of a published scan; undefined for one that has not been. Scans are equally spaced. */
  timeOf(seq: number): number | undefined {
    const { seq: newest, timeUs } = this.#current;
    return seq < 1 || seq > newest ? undefined : timeUs - (newest - seq) * this.layout.scanUs;
  }

  /** The newest scan as REST writes it: JSON has no NaN, so what is no number is null. */
  written(): WireFrame {
    const { layout } = this;
    const { seq, timeUs, stationTimeUs, quality, value } = this.#current;
    return {
      seq,
      timeUs,
      stations: layout.stations.map((s, i) => ({ id: s.id, timeUs: stationTimeUs[i]! })),
      tags: layout.tags.map((tag, i) => {
        const at = layout.column[i]!;
        const values = Array.from(value.subarray(at, at + tag.width), (v) => (Number.isFinite(v) ? v : null));
        return { id: tag.id, unit: tag.unit, quality: quality[i]!, values };
      }),
    };
  }

  /** The newest scan as one binary message; a fresh array, because sockets keep what they are given. */
  encoded(): Uint8Array {
    const bytes = new Uint8Array(frameByteLength(this.layout));
    encodeFrame(this.#current, new DataView(bytes.buffer));
    return bytes;
  }
}

/** One unit's input registers, filled when first read after a publication. */
export class RegisterImage {
  readonly #publication: Publication;
  readonly #unit: UnitImage;
  readonly #order: WordOrder;
  readonly #words: Uint16Array;
  #shown: Frame | undefined;
  #shownSeq = -1;

  constructor(publication: Publication, unit: UnitImage, order: WordOrder) {
    this.#publication = publication;
    this.#unit = unit;
    this.#order = order;
    this.#words = new Uint16Array(unit.registers);
  }

  words(): Uint16Array {
    const { frame, layout } = this.#publication;
    if (frame !== this.#shown || frame.seq !== this.#shownSeq) {
      putFrame(this.#words, this.#unit, layout, frame, this.#order);
      this.#shown = frame;
      this.#shownSeq = frame.seq;
    }
    return this.#words;
  }
}
