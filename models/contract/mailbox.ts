/**
 * How an alarm event enters by Modbus. The fixed form is for any master that can write 24 registers; the text form
 * carries the whole event as JSON in pieces, so that a journal kept by the plant equals the detector's own to the byte.
 *
 * Fixed form, from MAILBOX_ADDRESS: 0 alarm number (1-999: alarm id EXT-n) · 1 state to (1 unacknowledged, 2 acknowledged,
 * 3 returned, 4 normal, 5 latched unacknowledged, 6 latched, 7 shelved, 8 suppressed, 9 out of service) · 2 priority · 3 flags (1 place given, 2 rate given, 4 onset given) · 4-5 frame seq u32 ·
 * 6-9 onset time i64 µs · 10-11 score f32 · 12-13 position m f32 · 14-15 its sigma f32 · 16-17 rate kg/s f32 ·
 * 18-19 its sigma f32 · 20-23 reserved, 0. Floats are ABCD here.
 */
import { type AlarmEvent, type AlarmState, alarmEventSchema } from './alarm.ts';
import {
  getFloat,
  getInt64,
  getUint32,
  MAILBOX_REGISTERS,
  putFloat,
  putInt64,
  putUint32,
  TEXT_BYTES,
  TEXT_REGISTERS,
} from './registers.ts';

const TO: readonly (AlarmState | undefined)[] = [
  undefined,
  'unacknowledged',
  'acknowledged',
  'returned',
  'normal',
  'latched-unacknowledged',
  'latched',
  'shelved',
  'suppressed',
  'out-of-service',
];

export type MailboxResult =
  | { readonly ok: true; readonly event: AlarmEvent }
  | { readonly ok: false; readonly why: string };

/** Reads the fixed form. `timeOf` gives the plant time of a frame; `stateOf` the alarm's state so far. */
export function readMailbox(
  registers: ArrayLike<number>,
  timeOf: (seq: number) => number | undefined,
  stateOf: (alarm: string) => AlarmState,
): MailboxResult {
  const number = registers[0]!;
  const to = TO[registers[1]!];
  const priority = registers[2]!;
  const flags = registers[3]!;
  const seq = getUint32(registers, 4);
  const time = timeOf(seq);
  if (number < 1 || number > 999) return { ok: false, why: `alarm number ${number} is not 1 to 999` };
  if (to === undefined) return { ok: false, why: `state ${registers[1]} is not 1 to 9` };
  if (priority < 1 || priority > 4) return { ok: false, why: `priority ${priority} is not 1 to 4` };
  if (time === undefined) return { ok: false, why: `frame ${seq} has not been published` };
  const alarm = `EXT-${number}`;
  const event: AlarmEvent = {
    alarm,
    timeUs: time,
    frameSeq: seq,
    from: stateOf(alarm),
    to,
    priority,
    score: getFloat(registers, 10, 'ABCD'),
    by: 'modbus-mailbox',
    because: 'posted by an external detector',
    ...(flags & 1
      ? { where: { position_m: getFloat(registers, 12, 'ABCD'), sigma_m: getFloat(registers, 14, 'ABCD') } }
      : {}),
    ...(flags & 2
      ? { rate: { massRate_kg_s: getFloat(registers, 16, 'ABCD'), sigma_kg_s: getFloat(registers, 18, 'ABCD') } }
      : {}),
    ...(flags & 4 ? { onsetUs: getInt64(registers, 6) } : {}),
  };
  const parsed = alarmEventSchema.safeParse(event);
  return parsed.success
    ? { ok: true, event: parsed.data }
    : { ok: false, why: parsed.error.issues.map((i) => i.message).join('; ') };
}

/** Writes the fixed form; only what it can hold. */
export function writeMailbox(event: AlarmEvent, number: number): Uint16Array {
  const r = new Uint16Array(MAILBOX_REGISTERS);
  r[0] = number;
  r[1] = TO.indexOf(event.to);
  r[2] = event.priority;
  r[3] = (event.where?.position_m === undefined ? 0 : 1) | (event.rate ? 2 : 0) | (event.onsetUs === undefined ? 0 : 4);
  putUint32(r, 4, event.frameSeq);
  putInt64(r, 6, event.onsetUs ?? 0);
  putFloat(r, 10, event.score, 'ABCD');
  putFloat(r, 12, event.where?.position_m ?? 0, 'ABCD');
  putFloat(r, 14, event.where?.position_m === undefined ? 0 : event.where.sigma_m, 'ABCD');
  putFloat(r, 16, event.rate?.massRate_kg_s ?? 0, 'ABCD');
  putFloat(r, 18, event.rate?.sigma_kg_s ?? 0, 'ABCD');
  return r;
}

const LAST_PIECE = 0x8000;

/** Cuts a JSON text into register blocks of TEXT_REGISTERS each, to be written one after another with FC16. */
export function textPieces(text: string): Uint16Array[] {
  const bytes = new TextEncoder().encode(text);
  const count = Math.max(1, Math.ceil(bytes.length / TEXT_BYTES));
  return Array.from({ length: count }, (_, i) => {
    const part = bytes.subarray(i * TEXT_BYTES, (i + 1) * TEXT_BYTES);
    const r = new Uint16Array(TEXT_REGISTERS);
    r[0] = i | (i === count - 1 ? LAST_PIECE : 0);
    r[1] = part.length;
    for (let b = 0; b < part.length; b += 1) r[2 + (b >> 1)]! |= part[b]! << (b & 1 ? 0 : 8);
    return r;
  });
}

/** Collects pieces of one connection into whole texts. */
export class TextCollector {
  private parts: Uint8Array[] = [];
  /** Returns the whole text at its last piece, undefined before; throws a sentence where a piece is out of order. */
  add(registers: ArrayLike<number>): string | undefined {
    const head = registers[0]!;
    const index = head & ~LAST_PIECE;
    const length = registers[1]!;
    if (index === 0) this.parts = [];
    if (index !== this.parts.length || index > 64) {
      this.parts = [];
      throw new RangeError(`text piece ${index} is out of order`);
    }
    if (length > TEXT_BYTES) throw new RangeError(`a text piece of ${length} bytes is longer than ${TEXT_BYTES}`);
    const bytes = new Uint8Array(length);
    for (let b = 0; b < length; b += 1) bytes[b] = registers[2 + (b >> 1)]! >> (b & 1 ? 0 : 8);
    this.parts.push(bytes);
    if ((head & LAST_PIECE) === 0) return undefined;
    const whole = new Uint8Array(this.parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const p of this.parts) {
      whole.set(p, at);
      at += p.length;
    }
    this.parts = [];
    return new TextDecoder('utf-8', { fatal: true }).decode(whole);
  }
}
