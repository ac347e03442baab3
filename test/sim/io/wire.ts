/** A plant of its own behind real Modbus, scan by scan, and a master that reads and writes it. */
import { expect } from 'vitest';
import { allImages, type Control, isCoil, SETPOINT_ADDRESS } from '../../../models/contract/index.ts';
import { toUnit } from '../../../models/kernel/index.ts';
import type { Sim } from '../../../sim/index.ts';
import { type Drive, type PlantServer, startPlantServer } from '../../../sim/io/index.ts';
import { ackOf, type Master, master, seqOf } from './clients.ts';

/** A drive that does what it is told and nothing of its own; `advance` gives its frames, a scan each unless given. */
export function plainDrive(sim: Sim, advance?: Drive['advance']): Drive {
  return {
    layout: sim.layout,
    controls: sim.model.controls,
    asBuilt: sim.model.asBuilt,
    advance:
      advance ??
      ((frame) => {
        sim.scan(frame);
        return true;
      }),
    command: (commands) => sim.apply(commands),
    drainTruth: () => sim.drainTruth(),
    controlValue: (c) => (c.unit === '' ? sim.controlValue(c) : toUnit(sim.controlValue(c), c.unit)),
  };
}

export class Wire {
  private server: PlantServer | undefined;
  private drive: Drive | undefined;
  private connected: Master | undefined;

  get bus(): Master {
    return this.connected!;
  }

  async open(drive: Drive): Promise<void> {
    this.drive = drive;
    this.server = await startPlantServer(drive, { pace: { kind: 'lockstep' } });
    this.connected = await master(this.server);
    this.server.begin();
  }

  async close(): Promise<void> {
    this.connected?.close(() => {});
    await this.server?.close();
  }

  /** Lets so many scans go by. */
  async scans(n: number): Promise<void> {
    let seq = await seqOf(this.bus);
    for (let i = 0; i < n; i += 1, seq += 1) await this.bus.writeRegisters(0, ackOf(seq));
  }

  /** Where the gateway has a control: coil or holding register. */
  addressOf(element: string, property: Control['property']): number {
    const { controls } = allImages(this.drive!.layout, this.drive!.controls).at(-1)!;
    const wanted = controls.find((c) => c.element === element && c.property === property);
    expect(wanted, `${element} ${property}`).toBeDefined();
    const at = controls.filter((c) => isCoil(c) === isCoil(wanted!)).indexOf(wanted!);
    return isCoil(wanted!) ? at : SETPOINT_ADDRESS + 2 * at;
  }
}
