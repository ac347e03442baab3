/** The lift station over Modbus: what a master may write, and what pumps, switches and outfall make of it. */
import { afterEach, describe, expect, it } from 'vitest';
import { allImages, type Control, SETPOINT_ADDRESS } from '../../models/contract/index.ts';
import { toUnit } from '../../models/kernel/index.ts';
import { createSim, type LiquidSim as Sim } from '../../sim/index.ts';
import { type Drive, type PlantServer, startPlantServer } from '../../sim/io/index.ts';
import { ackOf, exceptionOf, floatWords, type Master, master, seqOf } from './io/clients.ts';
import { held, liftStation } from './liftStation.ts';
import { truth } from './line.ts';

let server: PlantServer;
let bus: Master;
afterEach(async () => {
  bus?.close(() => {});
  await server?.close();
});

async function start(change?: typeof held): Promise<{ sim: Sim; drive: Drive }> {
  const sim = createSim(liftStation(change), { seed: 1 });
  const drive: Drive = {
    layout: sim.layout,
    controls: sim.model.controls,
    asBuilt: sim.model.asBuilt,
    advance(frame) {
      sim.scan(frame);
      return true;
    },
    command: (commands) => sim.apply(commands),
    drainTruth: () => sim.drainTruth(),
    controlValue: (c) => (c.unit === '' ? sim.controlValue(c) : toUnit(sim.controlValue(c), c.unit)),
  };
  server = await startPlantServer(drive, { pace: { kind: 'lockstep' } });
  bus = await master(server);
  server.begin();
  return { sim, drive };
}

async function scans(n: number): Promise<void> {
  let seq = await seqOf(bus);
  for (let i = 0; i < n; i += 1, seq += 1) await bus.writeRegisters(0, ackOf(seq));
}

/** Where the gateway has a control. */
function addressOf(drive: Drive, element: string, property: Control['property']): number {
  const coil = (c: Control) => c.property === 'run' || c.property === 'trip';
  const wanted = property === 'run' || property === 'trip';
  const same = allImages(drive.layout, drive.controls)
    .at(-1)!
    .controls.filter((c) => coil(c) === wanted);
  const at = same.findIndex((c) => c.element === element && c.property === property);
  expect(at).toBeGreaterThanOrEqual(0);
  return wanted ? at : SETPOINT_ADDRESS + 2 * at;
}

describe('the lift station over Modbus', () => {
  it('its pump trips and is reset by coil, and the level switches stop what a master started', async () => {
    const { sim, drive } = await start();
    await scans(2);
    const [run, trip] = [addressOf(drive, 'PU-1', 'run'), addressOf(drive, 'PU-1', 'trip')];
    expect((await bus.readCoils(run, 1)).data[0]).toBe(true);
    await bus.writeCoil(trip, true);
    await scans(30);
    expect((await bus.readCoils(trip, 1)).data[0]).toBe(true);
    expect((await bus.readCoils(run, 1)).data[0]).toBe(false);
    expect(truth(sim, 'RN-1')).toBe(0);
    expect(truth(sim, 'FT-1')).toBeLessThan(40);
    await bus.writeCoil(run, true);
    await scans(60);
    expect((await bus.readCoils(trip, 1)).data[0]).toBe(false);
    expect(truth(sim, 'FT-1')).toBeGreaterThan(380);
    await scans(300);
    expect(truth(sim, 'LT-1')).toBeLessThan(1.4);
    expect((await bus.readCoils(run, 1)).data[0]).toBe(false);
  });

  it('speed and outfall valve follow their registers, and what cannot be is refused', async () => {
    const { sim, drive } = await start(held);
    await scans(2);
    await bus.writeRegisters(addressOf(drive, 'PU-1', 'speed'), floatWords(95));
    const valve = addressOf(drive, 'V-1', 'opening');
    await bus.writeRegisters(valve, floatWords(50));
    await scans(60);
    expect(truth(sim, 'ST-1')).toBeCloseTo(95, 6);
    expect(truth(sim, 'ZT-1')).toBeCloseTo(50, 6);
    expect(truth(sim, 'FT-1')).toBeLessThan(380);
    expect(await exceptionOf(bus.writeRegisters(valve, floatWords(120)))).toBe(3);
  });
});
