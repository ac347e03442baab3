/**
 * The plant as Modbus units: a bank per station and one for the gateway, over the register map of the contract.
 *
 * Writes are whole or refused: an ack is one FC16 of both registers, a set point one FC16 of both halves (several may
 * follow each other), a mailbox one FC16. A range that cuts such a field is exception 2; a value that the plant refuses is
 * exception 3, and the sentence stands in GET /api/status. An ack by another than its owner is exception 6 (busy), because
 * the place may become free; an ack of another scan than the one that waits is exception 3.
 *
 * Discrete inputs: 0 the run is over · 1 lockstep: the plant waits for acks.
 */
import {
  ACK_ADDRESS,
  allImages,
  type Command,
  type Control,
  controlCommand,
  GATEWAY_UNIT,
  getFloat,
  getUint32,
  isCoil,
  MAILBOX_ADDRESS,
  MAILBOX_REGISTERS,
  PROTOCOL_VERSION,
  putFloat,
  putUint32,
  RUN_OVER_INPUT,
  SETPOINT_ADDRESS,
  TEXT_ADDRESS,
  TEXT_REGISTERS,
  TextCollector,
  type UnitImage,
  type WordOrder,
} from '../../models/contract/index.ts';
import type { AlarmDesk } from './alarmDesk.ts';
import type { Drive } from './drive.ts';
import {
  type Answer,
  type ConnectionId,
  DONE,
  deviceIdentification,
  Exception,
  HELD,
  type HoldingTable,
  ModbusServer,
  type RegisterBank,
  type RegisterTable,
} from './modbus/index.ts';
import type { Notices } from './notices.ts';
import { type Publication, RegisterImage } from './publication.ts';
import type { AckAnswer, Peer, PlantRun } from './run.ts';

export interface StationsOptions {
  readonly wordOrder: WordOrder;
}

/** What the banks work on. */
interface Plant {
  readonly drive: Drive;
  readonly publication: Publication;
  readonly run: PlantRun;
  readonly desk: AlarmDesk;
  readonly notices: Notices;
}

interface Master extends Peer {
  readonly texts: TextCollector;
}

export class Stations {
  readonly server: ModbusServer;
  readonly #plant: Plant;
  readonly #order: WordOrder;
  readonly #masters = new Map<ConnectionId, Master>();
  /** Masters that have read that the run is over. */
  readonly #told = new Set<ConnectionId>();
  #onTold: (() => void) | undefined;

  constructor(plant: Plant, options: StationsOptions) {
    this.#plant = plant;
    this.#order = options.wordOrder;
    const images = allImages(plant.drive.layout, plant.drive.controls);
    this.server = new ModbusServer(new Map(images.map((image) => [image.unitId, this.#bank(image)])), {
      onConnect: (id, peer) => {
        this.#masters.set(id, {
          name: `the Modbus client at ${peer.address}:${peer.port}`,
          texts: new TextCollector(),
        });
      },
      onDisconnect: (id) => {
        const master = this.#masters.get(id);
        this.#masters.delete(id);
        if (master) plant.run.leave(master);
        this.#onTold?.();
      },
      onFault: (fault) => plant.notices.add(`a Modbus request failed inside: ${String(fault)}`),
    });
  }

  /**
   * Resolves once the owner of the ack has read that the run is over, or has left. A close before that would look like a
   * lost connection to it.
   */
  ownerTold(): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        const owner = [...this.#masters].find(([, master]) => master === this.#plant.run.owner);
        if (!owner || this.#told.has(owner[0])) resolve();
      };
      this.#onTold = check;
      check();
    });
  }

  #bank(image: UnitImage): RegisterBank {
    const gateway = image.unitId === GATEWAY_UNIT;
    const setPoints = image.controls.filter((c) => !isCoil(c));
    const coils = image.controls.filter(isCoil);
    const { layout } = this.#plant.drive;
    return {
      input: this.#inputs(image),
      holding: this.#holding(setPoints),
      coils: {
        size: coils.length,
        read: (address, quantity, out) => {
          for (let i = 0; i < quantity; i += 1) {
            out[i] = this.#plant.drive.controlValue(coils[address + i]!) === 0 ? 0 : 1;
          }
          return DONE;
        },
        write: (address, values) => {
          const commands: Command[] = [];
          values.forEach((on, i) => {
            const command = controlCommand(coils[address + i]!, on);
            if (command) commands.push(command);
          });
          return this.#command(commands);
        },
      },
      discrete: {
        size: 2,
        read: (address, quantity, out, _unit, from) => {
          const { run } = this.#plant;
          const bits = [run.end ? 1 : 0, run.lockstep ? 1 : 0];
          for (let i = 0; i < quantity; i += 1) out[i] = bits[address + i]!;
          if (run.end && address === RUN_OVER_INPUT) {
            this.#told.add(from);
            // The reply must leave before anybody closes.
            if (this.#onTold) queueMicrotask(this.#onTold);
          }
          return DONE;
        },
      },
      identification: deviceIdentification({
        vendorName: 'LeakTwin',
        productCode: ascii(layout.plant),
        revision: `register map ${PROTOCOL_VERSION}`,
        productName: 'LeakTwin virtual plant',
        modelName: gateway ? 'gateway of all stations' : 'remote terminal unit',
        userApplicationName: gateway ? 'gateway' : ascii(image.station),
      }),
    };
  }

  #inputs(image: UnitImage): RegisterTable {
    const shown = new RegisterImage(this.#plant.publication, image, this.#order);
    return {
      size: image.registers,
      read(address, quantity, out) {
        const words = shown.words();
        for (let i = 0; i < quantity; i += 1) out[i] = words[address + i]!;
        return DONE;
      },
    };
  }

  #holding(setPoints: readonly Control[]): HoldingTable {
    const { run, drive } = this.#plant;
    const words = new Uint16Array(SETPOINT_ADDRESS + 2 * setPoints.length);
    const order = this.#order;
    return {
      size: words.length,
      read(address, quantity, out) {
        putUint32(words, ACK_ADDRESS, run.acked);
        for (let i = 0; i < setPoints.length; i += 1) {
          const at = SETPOINT_ADDRESS + 2 * i;
          if (at + 1 >= address && at < address + quantity)
            putFloat(words, at, drive.controlValue(setPoints[i]!), order);
        }
        for (let i = 0; i < quantity; i += 1) out[i] = words[address + i]!;
        return DONE;
      },
      write: (address, values, _unit, from) => {
        const master = this.#masters.get(from)!;
        const quantity = values.length;
        if (address === ACK_ADDRESS && quantity === 2) {
          const taken = run.ack(master, getUint32(values, 0), (answer) => {
            this.server.resume(from, this.#ackReply(answer));
          });
          return taken === 'later' ? HELD : this.#ackReply(taken);
        }
        if (address === TEXT_ADDRESS && quantity > 2 && quantity <= TEXT_REGISTERS) return this.#text(master, values);
        if (address === MAILBOX_ADDRESS && quantity === MAILBOX_REGISTERS)
          return this.#answer(`mailbox of ${master.name}`, this.#plant.desk.takeFixedForm(values));
        const offset = address - SETPOINT_ADDRESS;
        if (offset >= 0 && offset % 2 === 0 && quantity % 2 === 0) {
          const commands: Command[] = [];
          for (let i = 0; i < quantity; i += 2) {
            commands.push(controlCommand(setPoints[(offset + i) / 2]!, getFloat(values, i, order))!);
          }
          return this.#command(commands);
        }
        return Exception.illegalDataAddress;
      },
    };
  }

  #text(master: Master, values: Uint16Array): Answer {
    if (values[1]! > 2 * (values.length - 2))
      return this.#answer(`text of ${master.name}`, 'the piece is shorter than its length says');
    let text: string | undefined;
    try {
      text = master.texts.add(values);
    } catch (fault) {
      return this.#answer(`text of ${master.name}`, fault instanceof Error ? fault.message : String(fault));
    }
    return text === undefined ? DONE : this.#answer(`alarm of ${master.name}`, this.#plant.desk.takeText(text));
  }

  #command(commands: readonly Command[]): Answer {
    if (this.#plant.run.end) return Exception.deviceFailure;
    const refused = commands.length === 0 ? [] : this.#plant.drive.command(commands);
    for (const why of refused) this.#plant.notices.add(why);
    return refused.length > 0 ? Exception.illegalDataValue : DONE;
  }

  #answer(what: string, refused: string | undefined): Answer {
    if (refused === undefined) return DONE;
    this.#plant.notices.add(`${what} refused: ${refused}`);
    return Exception.illegalDataValue;
  }

  #ackReply(answer: AckAnswer): Answer {
    if (answer === 'taken') return DONE;
    return answer === 'not-owner' ? Exception.busy : Exception.illegalDataValue;
  }
}

/** Device identification is ASCII by the specification. */
function ascii(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 244);
}
