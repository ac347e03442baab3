/**
 * The Modbus register map, from a layout and its controls. Server and client both build it here, so there is one map.
 *
 * Input registers of a station, from 0: version 1 · layout digest 4 · seq 2 · plant time 4 · station time 4 · a quality
 * word per tag · the columns as float32 (2 each) · seq again 2. A reader whose two seq differ has read across a publication.
 * The gateway unit shows all stations in one image: version 1 · digest 4 · seq 2 · plant time 4 · station times 4 each ·
 * all quality words · all columns · seq again 2.
 *
 * Holding registers of every unit: 0-1 acknowledged seq (u32, one FC16) · 2-25 alarm mailbox of fixed form · 26-148 text
 * mailbox (one alarm event as JSON, in pieces) · from 160 set points as float32. Coils: actuators. Discrete inputs: 0 the run is over · 1 lockstep.
 * Words of a 32-bit value stand ABCD by default.
 */
import { type Frame, type FrameLayout, PROTOCOL_VERSION } from './frame.ts';

export const GATEWAY_UNIT = 255;
export const HEADER_REGISTERS = 15;
export const ACK_ADDRESS = 0;
export const MAILBOX_ADDRESS = 2;
export const MAILBOX_REGISTERS = 24;
/** Text mailbox: piece word (bit 15: last piece; low bits: index), length in bytes, then up to 242 bytes of UTF-8. */
export const TEXT_ADDRESS = 26;
export const TEXT_REGISTERS = 123;
export const TEXT_BYTES = (TEXT_REGISTERS - 2) * 2;
export const SETPOINT_ADDRESS = 160;

/** Discrete inputs of every unit. */
export const RUN_OVER_INPUT = 0;
export const LOCKSTEP_INPUT = 1;

export type WordOrder = 'ABCD' | 'CDAB' | 'BADC' | 'DCBA';
export const WORD_ORDERS: readonly WordOrder[] = ['ABCD', 'CDAB', 'BADC', 'DCBA'];

/** A set point or actuator that a master may write. */
export interface Control {
  readonly station: string;
  readonly element: string;
  /** speed, opening, setPoint, product (its index), output, mode: a float32 holding register; the others: a coil. */
  readonly property:
    | 'speed'
    | 'opening'
    | 'setPoint'
    | 'product'
    | 'output'
    | 'mode'
    | 'run'
    | 'trip'
    | 'bypass'
    | 'reset'
    | 'push';
  /** Unit on the wire; empty for coils and modes. */
  readonly unit: string;
  readonly description: string;
}

const COILS: readonly Control['property'][] = ['run', 'trip', 'bypass', 'reset', 'push'];

export function isCoil(control: Pick<Control, 'property'>): boolean {
  return COILS.includes(control.property);
}

export interface RegisterRow {
  readonly address: number;
  readonly table: 'input' | 'holding' | 'coil' | 'discrete';
  readonly tag: string;
  readonly type: 'u16' | 'u32' | 'i64' | 'f32' | 'bool' | 'text';
  readonly unit: string;
  readonly scale: number;
  readonly description: string;
}

/** Where one unit's image lies; register offsets from input register 0. */
export interface UnitImage {
  readonly unitId: number;
  /** Empty for the gateway. */
  readonly station: string;
  /** Station indices shown, tag indices shown; both in layout order. */
  readonly stations: readonly number[];
  readonly tags: readonly number[];
  readonly stationTimeAt: number;
  readonly qualityAt: number;
  readonly columnsAt: number;
  readonly seqEndAt: number;
  readonly registers: number;
  readonly controls: readonly Control[];
}

const SEQ_AT = 5;
const TIME_AT = 7;
const STATION_TIME_AT = 11;

function image(
  layout: FrameLayout,
  unitId: number,
  station: string,
  stations: number[],
  controls: readonly Control[],
): UnitImage {
  const tags = layout.tags.map((_, i) => i).filter((i) => stations.includes(layout.stationOf[i]!));
  const qualityAt = STATION_TIME_AT + 4 * stations.length;
  const columnsAt = qualityAt + tags.length;
  const columns = tags.reduce((n, t) => n + layout.tags[t]!.width, 0);
  const seqEndAt = columnsAt + 2 * columns;
  return {
    unitId,
    station,
    stations,
    tags,
    stationTimeAt: STATION_TIME_AT,
    qualityAt,
    columnsAt,
    seqEndAt,
    registers: seqEndAt + 2,
    controls,
  };
}

export function stationImage(layout: FrameLayout, station: number, controls: readonly Control[]): UnitImage {
  const s = layout.stations[station]!;
  return image(
    layout,
    s.unitId,
    s.id,
    [station],
    controls.filter((c) => c.station === s.id),
  );
}

export function gatewayImage(layout: FrameLayout, controls: readonly Control[]): UnitImage {
  return image(
    layout,
    GATEWAY_UNIT,
    '',
    layout.stations.map((_, i) => i),
    controls,
  );
}

export function allImages(layout: FrameLayout, controls: readonly Control[]): UnitImage[] {
  return [...layout.stations.map((_, i) => stationImage(layout, i, controls)), gatewayImage(layout, controls)];
}

const scratch = new DataView(new ArrayBuffer(8));

/** Puts a float32's bits into two registers in a word order. */
export function putFloat(registers: Uint16Array, at: number, value: number, order: WordOrder): void {
  scratch.setFloat32(0, value);
  put32(registers, at, scratch.getUint16(0), scratch.getUint16(2), order);
}

function swap(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8);
}

function put32(registers: Uint16Array, at: number, high: number, low: number, order: WordOrder): void {
  switch (order) {
    case 'ABCD':
      registers[at] = high;
      registers[at + 1] = low;
      return;
    case 'CDAB':
      registers[at] = low;
      registers[at + 1] = high;
      return;
    case 'BADC':
      registers[at] = swap(high);
      registers[at + 1] = swap(low);
      return;
    case 'DCBA':
      registers[at] = swap(low);
      registers[at + 1] = swap(high);
  }
}

export function getFloat(registers: ArrayLike<number>, at: number, order: WordOrder): number {
  let high = registers[at]!;
  let low = registers[at + 1]!;
  if (order === 'CDAB' || order === 'DCBA') [high, low] = [low, high];
  if (order === 'BADC' || order === 'DCBA') {
    high = swap(high);
    low = swap(low);
  }
  scratch.setUint16(0, high);
  scratch.setUint16(2, low);
  return scratch.getFloat32(0);
}

/** Integers are big-endian words (ABCD) whatever the float order: they are addresses and counters, not measurements. */
export function putUint32(registers: Uint16Array, at: number, value: number): void {
  registers[at] = value >>> 16;
  registers[at + 1] = value & 0xffff;
}

export function getUint32(registers: ArrayLike<number>, at: number): number {
  return registers[at]! * 65536 + registers[at + 1]!;
}

export function putInt64(registers: Uint16Array, at: number, value: number): void {
  const high = Math.floor(value / 4294967296);
  putUint32(registers, at, high >>> 0);
  putUint32(registers, at + 2, value - high * 4294967296);
}

export function getInt64(registers: ArrayLike<number>, at: number): number {
  return (getUint32(registers, at) | 0) * 4294967296 + getUint32(registers, at + 2);
}

/** Writes a whole scan into a unit's input registers. */
export function putFrame(
  registers: Uint16Array,
  unit: UnitImage,
  layout: FrameLayout,
  frame: Frame,
  order: WordOrder,
): void {
  registers[0] = PROTOCOL_VERSION;
  for (let i = 0; i < 4; i += 1) registers[1 + i] = Number.parseInt(layout.digest.slice(4 * i, 4 * i + 4), 16);
  putUint32(registers, SEQ_AT, frame.seq);
  putInt64(registers, TIME_AT, frame.timeUs);
  for (let i = 0; i < unit.stations.length; i += 1) {
    putInt64(registers, unit.stationTimeAt + 4 * i, frame.stationTimeUs[unit.stations[i]!]!);
  }
  let at = unit.columnsAt;
  for (let i = 0; i < unit.tags.length; i += 1) {
    const t = unit.tags[i]!;
    registers[unit.qualityAt + i] = frame.quality[t]!;
    const first = layout.column[t]!;
    const end = first + layout.tags[t]!.width;
    for (let c = first; c < end; c += 1, at += 2) putFloat(registers, at, frame.value[c]!, order);
  }
  putUint32(registers, unit.seqEndAt, frame.seq);
}

/** Reads a unit's registers into a frame; returns false where the two seq differ (a torn read). */
export function getFrame(
  registers: ArrayLike<number>,
  unit: UnitImage,
  layout: FrameLayout,
  frame: Frame,
  order: WordOrder,
): boolean {
  const seq = getUint32(registers, SEQ_AT);
  if (seq !== getUint32(registers, unit.seqEndAt)) return false;
  frame.seq = seq;
  frame.timeUs = getInt64(registers, TIME_AT);
  for (let i = 0; i < unit.stations.length; i += 1) {
    frame.stationTimeUs[unit.stations[i]!] = getInt64(registers, unit.stationTimeAt + 4 * i);
  }
  let at = unit.columnsAt;
  for (let i = 0; i < unit.tags.length; i += 1) {
    const t = unit.tags[i]!;
    frame.quality[t] = registers[unit.qualityAt + i]! & 0xff;
    const first = layout.column[t]!;
    const end = first + layout.tags[t]!.width;
    for (let c = first; c < end; c += 1, at += 2) frame.value[c] = getFloat(registers, at, order);
  }
  return true;
}

/** The layout digest as the registers hold it: its first 8 bytes in hex. */
export function digestPrefix(registers: ArrayLike<number>): string {
  let text = '';
  for (let i = 0; i < 4; i += 1) text += registers[1 + i]!.toString(16).padStart(4, '0');
  return text;
}

/** The map of one unit as rows that a SCADA engineer would configure from. */
export function describeImage(layout: FrameLayout, unit: UnitImage): RegisterRow[] {
  const rows: RegisterRow[] = [];
  const add = (
    address: number,
    table: RegisterRow['table'],
    tag: string,
    type: RegisterRow['type'],
    unitText: string,
    description: string,
  ) => rows.push({ address, table, tag, type, unit: unitText, scale: 1, description });
  add(0, 'input', '', 'u16', '', 'protocol version');
  add(1, 'input', '', 'i64', '', 'layout digest, first 8 bytes');
  add(SEQ_AT, 'input', '', 'u32', '', 'scan number');
  add(TIME_AT, 'input', '', 'i64', 'us', 'plant time');
  unit.stations.forEach((s, i) => {
    add(unit.stationTimeAt + 4 * i, 'input', '', 'i64', 'us', `time by the clock of ${layout.stations[s]!.id}`);
  });
  unit.tags.forEach((t, i) => {
    add(
      unit.qualityAt + i,
      'input',
      layout.tags[t]!.id,
      'u16',
      '',
      'quality: 0 good, 1 held, 2 clipped, 4 failed, 8 lost',
    );
  });
  let at = unit.columnsAt;
  for (const t of unit.tags) {
    const tag = layout.tags[t]!;
    for (let k = 0; k < tag.width; k += 1, at += 2) {
      const sample = tag.width > 1 ? `, sample ${k + 1} of ${tag.width}` : '';
      add(at, 'input', tag.id, 'f32', tag.unit, `${tag.quantity} at ${tag.element}${sample}`);
    }
  }
  add(unit.seqEndAt, 'input', '', 'u32', '', 'scan number again: differs where a read was torn');
  add(ACK_ADDRESS, 'holding', '', 'u32', '', 'acknowledged scan number (lockstep), written with one FC16');
  add(
    MAILBOX_ADDRESS,
    'holding',
    '',
    'u16',
    '',
    `alarm mailbox of fixed form, ${MAILBOX_REGISTERS} registers, written with one FC16`,
  );
  add(TEXT_ADDRESS, 'holding', '', 'text', '', `alarm event as JSON in pieces, ${TEXT_REGISTERS} registers`);
  add(RUN_OVER_INPUT, 'discrete', '', 'bool', '', 'the run is over');
  add(LOCKSTEP_INPUT, 'discrete', '', 'bool', '', 'lockstep: the plant waits for the acknowledgement of each scan');
  let setPoint = SETPOINT_ADDRESS;
  let coil = 0;
  for (const c of unit.controls) {
    if (isCoil(c)) add(coil++, 'coil', c.element, 'bool', '', c.description);
    else {
      add(setPoint, 'holding', c.element, 'f32', c.unit, c.description);
      setPoint += 2;
    }
  }
  return rows;
}
