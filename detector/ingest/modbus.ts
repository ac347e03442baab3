/**
 * Frames from a plant's Modbus registers, by the map of `models/contract/registers.ts`, with modbus-serial as the client.
 *
 * A scan is a round: [text mailbox pieces of the last frame's alarms] [ack, one FC16] [FC4 blocks of at most 125 registers],
 * all pipelined and sent as one segment, so that in lockstep a scan costs one round trip. The plant makes the next scan
 * inside the ack and answers requests of a connection in order, hence the blocks behind the ack show the next scan.
 * Every image carries the scan number at both ends; a round in which they differ was cut by a publication and is read again.
 *
 * With `ack` a lost connection is an error: the plant cannot know what was seen. A plain polling master (`ack: false`)
 * reconnects with a bounded back-off instead, posts events again that it had no answer for (the plant takes an event
 * once), and delivers a frame of quality `missing` for each scan that it was too slow to see.
 */
import type { Socket } from 'node:net';
import {
  ACK_ADDRESS,
  type AlarmEvent,
  type AsBuilt,
  type Control,
  type ControlWrite,
  copyFrame,
  createFrame,
  digestPrefix,
  type Frame,
  type FrameLayout,
  type FrameSource,
  gatewayImage,
  getFrame,
  HEADER_REGISTERS,
  PROTOCOL_VERSION,
  Quality,
  RUN_OVER_INPUT,
  stationImage,
  TEXT_ADDRESS,
  textPieces,
  type UnitImage,
  type WordOrder,
} from '../../models/contract/index.ts';
import { canonicalJson } from '../../models/kernel/index.ts';
import {
  type Bus,
  bigEndian,
  codeOf,
  controlRequest,
  Lost,
  ModbusRTU,
  openSocket,
  type Request,
} from './modbusWire.ts';

export interface ModbusSourceOptions {
  readonly host: string;
  readonly port: number;
  readonly layout: FrameLayout;
  readonly asBuilt?: AsBuilt;
  /** gateway (default): one contiguous image at unit 255. stations: each RTU's own unit. */
  readonly via?: 'gateway' | 'stations';
  /** Of floats; default ABCD. */
  readonly wordOrder?: WordOrder;
  /** What may be written, for `write`; absent: nothing. */
  readonly controls?: readonly Control[];
  /** True: acknowledges every scan (lockstep). False: a plain polling master. */
  readonly ack: boolean;
  /** Longest wait for a reply or a connection [ms]; default 30 000, as long as a plant waits for an ack. */
  readonly reply_ms?: number;
  /** Wait between two looks at a plant that has not moved [ms]; default 20. */
  readonly poll_ms?: number;
  /** Without `ack`: longest time without a connection before giving up [ms]; default 30 000. */
  readonly giveUp_ms?: number;
}

/** Limit of one FC3 or FC4 (MODBUS Application Protocol 1.1b3, 6.4). */
const BLOCK_REGISTERS = 125;
/** Requests outstanding at once. modbus-serial has 256 transaction numbers; more would be answered to the wrong caller. */
const WINDOW = 128;
const BACK_OFF_ms = { first: 100, most: 5000 };

interface Image {
  readonly unit: UnitImage;
  readonly words: Uint16Array;
}

/** One FC4 of the read plan. */
interface Block {
  readonly image: Image;
  readonly at: number;
  readonly quantity: number;
  /** Takes the reply; made once, because a closure per request and scan is most of the client's garbage. */
  readonly take: (error: unknown, reply: { buffer: Buffer }) => void;
}

export function modbusSource(options: ModbusSourceOptions): FrameSource {
  return new ModbusFrames(options);
}

class ModbusFrames implements FrameSource {
  readonly #options: ModbusSourceOptions;
  readonly #place: string;
  readonly #images: Image[];
  readonly #blocks: Block[];
  readonly #ackBytes = Buffer.alloc(4);
  #socket: Socket | undefined;
  #bus: Bus | undefined;
  /** Being filled, and the one that the caller holds. */
  #filling: Frame;
  #given: Frame;
  /** Newest scan delivered, gaps included. */
  #seq = 0;
  /** A whole scan that waits behind frames for a gap. */
  #waiting = false;
  #gap: Frame | undefined;
  #closed = false;

  // The round under way.
  #queue: Request[] = [];
  #outstanding = 0;
  #left = 0;
  #reading: Promise<void> | undefined;
  #roundFault: unknown;
  #roundDone: (() => void) | undefined;
  #written: (() => void) | undefined;
  #over = false;
  #watchdog: NodeJS.Timeout | undefined;
  #cancelPause: (() => void) | undefined;

  constructor(options: ModbusSourceOptions) {
    this.#options = options;
    this.#place = `${options.host}:${options.port}`;
    const { layout } = options;
    const units =
      options.via === 'stations'
        ? layout.stations.map((_, i) => stationImage(layout, i, options.controls ?? []))
        : [gatewayImage(layout, options.controls ?? [])];
    this.#images = units.map((unit) => ({ unit, words: new Uint16Array(unit.registers) }));
    this.#blocks = this.#images.flatMap((image) => this.#plan(image));
    this.#filling = createFrame(layout);
    this.#given = createFrame(layout);
  }

  async open(): Promise<{ layout: FrameLayout; asBuilt?: AsBuilt }> {
    await this.#connect();
    const { layout, asBuilt } = this.#options;
    return asBuilt ? { layout, asBuilt } : { layout };
  }

  async next(): Promise<Frame | undefined> {
    const gap = this.#nextOfGap();
    if (gap) return gap;
    let looks = 0;
    for (;;) {
      if (this.#closed) return undefined;
      try {
        this.#reading ??= this.#round([], undefined, looks > 0);
        await this.#reading;
      } catch (fault) {
        await this.#recover(fault);
        continue;
      } finally {
        this.#reading = undefined;
      }
      const seq = this.#assemble();
      if (seq === undefined) continue;
      if (seq > this.#seq) return this.#deliver(seq);
      if (seq < this.#seq)
        throw new Error(`the plant at ${this.#place} shows scan ${seq} after scan ${this.#seq}: it was started again`);
      if (this.#over) return undefined;
      looks += 1;
      // In lockstep a scan that stays after its ack is the last one, so the first look for that is taken at once.
      if (!this.#options.ack || looks > 1) await this.#pause(this.#options.poll_ms ?? 20);
    }
  }

  async ack(seq: number, events: readonly AlarmEvent[]): Promise<void> {
    // A gap is the ingest's own work; the plant waits for the ack of the scan behind it, if it waits at all.
    const ackSeq = this.#options.ack && !this.#waiting ? seq : undefined;
    if (ackSeq === undefined && events.length === 0) return;
    const pieces = events.length === 0 ? [] : events.flatMap((e) => textPieces(canonicalJson(e)).map(bigEndian));
    for (;;) {
      try {
        const written = new Promise<void>((resolve) => {
          this.#written = resolve;
        });
        const round = this.#round(pieces, ackSeq, false, ackSeq !== undefined);
        if (ackSeq !== undefined) this.#reading = round;
        await written;
        if (this.#roundFault !== undefined) throw this.#roundFault;
        return;
      } catch (fault) {
        this.#reading = undefined;
        await this.#recover(fault);
      }
    }
  }

  /** FC5 of a coil, FC16 of a set point, each to the unit that has it; all in one round. */
  async write(writes: readonly ControlWrite[]): Promise<readonly string[]> {
    const refusals = writes.map(() => '');
    const requests = writes.flatMap((write, i) => {
      const request = controlRequest(
        this.#images.map(({ unit }) => unit),
        write,
        this.#options.wordOrder ?? 'ABCD',
        (error) => {
          if (error) refusals[i] = this.#refusal(error, `${write.element}.${write.property} = ${write.value}`).message;
          this.#answered();
        },
      );
      if (request) return [request];
      refusals[i] = `the plant at ${this.#place} has no control ${write.element}.${write.property}`;
      return [];
    });
    if (requests.length === 0) return refusals;
    for (;;) {
      try {
        await this.#round([], undefined, false, false, requests);
        return refusals;
      } catch (fault) {
        // Nobody knows which of them arrived; each asks for the same whether it came once or twice.
        await this.#recover(fault);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPause?.();
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#bus = undefined;
    if (!socket || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.destroySoon();
      // A plant that does not read any more must not hold us.
      setTimeout(() => socket.destroy(), 1000).unref();
    });
  }

  #plan(image: Image): Block[] {
    const blocks: Block[] = [];
    for (let at = 0; at < image.unit.registers; at += BLOCK_REGISTERS) {
      const quantity = Math.min(BLOCK_REGISTERS, image.unit.registers - at);
      const { words } = image;
      const first = at;
      const take: Block['take'] = (error, reply) => {
        if (error) this.#roundFault ??= this.#readFault(error, image.unit);
        else {
          const bytes = reply.buffer;
          for (let i = 0; i < quantity; i += 1) words[first + i] = (bytes[2 * i]! << 8) | bytes[2 * i + 1]!;
        }
        this.#answered();
      };
      blocks.push({ image, at, quantity, take });
    }
    return blocks;
  }

  /**
   * Sends a round in one go; resolves when every request is answered.
   * @param pieces text mailbox pieces, before the ack
   * @param ackSeq scan to acknowledge
   * @param askOver also asks, before the blocks, whether the run is over
   * @param read reads the blocks
   * @param controls writes to controls, before all else
   */
  #round(
    pieces: readonly Buffer[],
    ackSeq: number | undefined,
    askOver: boolean,
    read = true,
    controls: readonly Request[] = [],
  ): Promise<void> {
    const bus = this.#bus;
    if (!bus) return Promise.reject(new Lost(`the connection to the plant at ${this.#place} is closed`));
    const unit = this.#images[0]!.unit.unitId;
    const queue: Request[] = [...controls];
    for (const piece of pieces) {
      // The types know arrays only; a Buffer is copied in one go.
      const values = piece as unknown as number[];
      queue.push((b) => b.writeFC16(unit, TEXT_ADDRESS, values, this.#pieceTaken));
    }
    if (ackSeq !== undefined) {
      this.#ackBytes.writeUInt32BE(ackSeq);
      queue.push((b) => b.writeFC16(unit, ACK_ADDRESS, this.#ackBytes as unknown as number[], this.#ackTaken));
    }
    if (askOver) queue.push((b) => b.writeFC2(unit, RUN_OVER_INPUT, 1, this.#overTaken));
    if (read) for (const block of this.#blocks) queue.push((b) => this.#readBlock(b, block));
    this.#roundFault = undefined;
    this.#queue = queue;
    this.#left = queue.length;
    this.#writesLeft = pieces.length + (ackSeq === undefined ? 0 : 1);
    const done = new Promise<void>((resolve, reject) => {
      this.#roundDone = () => (this.#roundFault === undefined ? resolve() : reject(this.#roundFault));
    });
    // The caller of ack may not be there yet when the connection goes.
    done.catch(() => {});
    this.#watchdog?.refresh();
    this.#issue(bus);
    return done;
  }

  #writesLeft = 0;
  readonly #pieceTaken = (error: unknown) => {
    if (error) this.#roundFault ??= this.#refusal(error, 'an alarm event');
    this.#wrote();
  };
  readonly #ackTaken = (error: unknown) => {
    if (error) this.#roundFault ??= this.#refusal(error, `the acknowledge of scan ${this.#ackBytes.readUInt32BE()}`);
    this.#wrote();
  };
  readonly #overTaken = (error: unknown, reply: { data: boolean[] }) => {
    if (error) this.#roundFault ??= this.#refusal(error, 'a read of discrete input 0');
    else this.#over = reply.data[0]!;
    this.#answered();
  };

  #readBlock(bus: Bus, block: Block): void {
    bus.writeFC4(block.image.unit.unitId, block.at, block.quantity, block.take as never);
  }

  #issue(bus: Bus): void {
    const socket = this.#socket!;
    // modbus-serial writes each request in a microtask of its own; all have run when the immediate does.
    socket.cork();
    setImmediate(() => socket.uncork());
    const batch = this.#queue.splice(0, WINDOW);
    this.#outstanding = batch.length;
    for (const request of batch) request(bus);
  }

  #wrote(): void {
    this.#writesLeft -= 1;
    if (this.#writesLeft === 0) this.#written?.();
    this.#answered();
  }

  #answered(): void {
    this.#outstanding -= 1;
    this.#left -= 1;
    if (this.#left === 0) this.#roundDone?.();
    else if (this.#outstanding === 0 && this.#bus) this.#issue(this.#bus);
  }

  /** Puts the images into the frame being filled. @returns its seq; undefined where the round was cut by a publication */
  #assemble(): number | undefined {
    const { layout, wordOrder = 'ABCD' } = this.#options;
    let seq: number | undefined;
    for (const { unit, words } of this.#images) {
      if (!getFrame(words, unit, layout, this.#filling, wordOrder)) return undefined;
      if (seq !== undefined && this.#filling.seq !== seq) return undefined;
      seq = this.#filling.seq;
    }
    return seq;
  }

  #deliver(seq: number): Frame {
    // The scan at which a detector comes in is its first, whatever its number.
    if (this.#seq > 0 && seq > this.#seq + 1) {
      this.#waiting = true;
      this.#gap ??= createFrame(this.#options.layout);
      copyFrame(this.#given, this.#gap);
      this.#gap.quality.fill(Quality.missing);
      return this.#nextOfGap()!;
    }
    return this.#swap();
  }

  #nextOfGap(): Frame | undefined {
    if (!this.#waiting) return undefined;
    if (this.#seq + 1 === this.#filling.seq) {
      this.#waiting = false;
      return this.#swap();
    }
    const gap = this.#gap!;
    const { scanUs } = this.#options.layout;
    gap.seq += 1;
    gap.timeUs += scanUs;
    for (let i = 0; i < gap.stationTimeUs.length; i += 1) gap.stationTimeUs[i]! += scanUs;
    this.#seq = gap.seq;
    return gap;
  }

  #swap(): Frame {
    const frame = this.#filling;
    this.#filling = this.#given;
    this.#given = frame;
    this.#seq = frame.seq;
    return frame;
  }

  async #connect(): Promise<void> {
    const { host, port, reply_ms = 30_000 } = this.#options;
    const socket = await openSocket(host, port, reply_ms);
    const bus = new ModbusRTU();
    await bus.linkTCP(socket, { port });
    this.#socket = socket;
    this.#bus = bus;
    socket.once('close', () => this.#lose(socket, `the plant at ${this.#place} closed the connection`));
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      // Re-armed by every round; between rounds nobody waits, and it may pass unheard.
      if (this.#left > 0) this.#lose(socket, `the plant at ${this.#place} did not answer within ${reply_ms} ms`);
    }, reply_ms);
    this.#watchdog.unref();
    for (const { unit } of this.#images) await this.#checkUnit(unit);
  }

  /** Reads a unit's header: another version or layout would give plausible nonsense. */
  #checkUnit(unit: UnitImage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#left = 1;
      this.#outstanding = 1;
      this.#roundFault = undefined;
      this.#roundDone = () => (this.#roundFault === undefined ? resolve() : reject(this.#roundFault));
      this.#watchdog?.refresh();
      this.#bus!.writeFC4(unit.unitId, 0, HEADER_REGISTERS, (error, reply) => {
        if (error) this.#roundFault ??= this.#readFault(error, unit);
        else {
          const found = digestPrefix(reply.data);
          const expected = this.#options.layout.digest.slice(0, 16);
          if (reply.data[0] !== PROTOCOL_VERSION)
            this.#roundFault = new Error(
              `the plant at ${this.#place} speaks register map version ${reply.data[0]}; this detector reads version ${PROTOCOL_VERSION}`,
            );
          else if (found !== expected)
            this.#roundFault = new Error(
              `the plant at ${this.#place} publishes layout ${found}; this detector was given layout ${expected}: is it another plant?`,
            );
        }
        this.#answered();
      });
    });
  }

  #lose(socket: Socket, because: string): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#bus = undefined;
    socket.destroy();
    if (this.#left === 0) return;
    this.#roundFault = new Lost(this.#seq > 0 ? `${because} after scan ${this.#seq}` : because);
    this.#left = 0;
    this.#queue = [];
    this.#written?.();
    this.#roundDone?.();
  }

  /** A polling master connects again, for a bounded time; anybody else hears the fault. */
  async #recover(fault: unknown): Promise<void> {
    if (!(fault instanceof Lost) || this.#options.ack || this.#closed) throw fault;
    const giveUp_ms = this.#options.giveUp_ms ?? 30_000;
    let waited_ms = 0;
    for (let wait_ms = BACK_OFF_ms.first; ; wait_ms = Math.min(2 * wait_ms, BACK_OFF_ms.most)) {
      const pause_ms = Math.min(wait_ms, giveUp_ms - waited_ms);
      if (pause_ms <= 0) throw new Error(`${fault.message}, and did not come back within ${giveUp_ms} ms`);
      await this.#pause(pause_ms);
      waited_ms += pause_ms;
      if (this.#closed) throw fault;
      try {
        await this.#connect();
        return;
      } catch (again) {
        if (!(again instanceof Lost)) throw again;
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#cancelPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #readFault(error: unknown, unit: UnitImage): Error {
    const name = unit.station === '' ? 'the gateway' : unit.station;
    if (codeOf(error) === 0x0b)
      return new Error(`the plant at ${this.#place} has no Modbus unit ${unit.unitId} (${name})`);
    return this.#refusal(error, `a read of unit ${unit.unitId} (${name})`);
  }

  #refusal(error: unknown, what: string): Error {
    const code = codeOf(error);
    if (code === 6 && what.startsWith('the acknowledge'))
      return new Error(`the plant at ${this.#place} has a detector already: another client owns the acknowledge`);
    const why = error instanceof Error ? error.message : String((error as { message?: unknown }).message ?? error);
    return new Error(
      `the plant at ${this.#place} refused ${what}: ${code === undefined ? why : `exception ${code}`}; GET /api/status of the plant says why`,
    );
  }
}
