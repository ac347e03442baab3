/** gas-line over Modbus: what a master may write, and what the plant makes of it. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { allImages, type Control, SETPOINT_ADDRESS, unwrap } from '../../models/contract/index.ts';
import { toUnit } from '../../models/kernel/index.ts';
import { createSim, readPlant, type Sim } from '../../sim/index.ts';
import { trueValue } from '../../sim/instruments/index.ts';
import { type Drive, type PlantServer, startPlantServer } from '../../sim/io/index.ts';
import { ackOf, exceptionOf, floatWords, type Master, master, seqOf } from './io/clients.ts';

const SPEC = unwrap(readPlant(fileURLToPath(new URL('../../models/plants/gas-line.yaml', import.meta.url)))).value;
let server: PlantServer;
let bus: Master;
afterEach(async () => {
  bus?.close(() => {});
  await server?.close();
});

async function start(): Promise<{ sim: Sim; drive: Drive }> {
  const sim = createSim(SPEC, { seed: 1 });
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

const truth = (sim: Sim, tag: string) => trueValue(sim.model, sim.physics, sim.model.tagIndex.get(tag)!);

describe('a gas line over Modbus', () => {
  it('its compressor trips and starts by coil', async () => {
    const { sim, drive } = await start();
    await scans(2);
    const [run, trip] = [addressOf(drive, 'K-101', 'run'), addressOf(drive, 'K-101', 'trip')];
    expect((await bus.readCoils(run, 1)).data[0]).toBe(true);
    await bus.writeCoil(trip, true);
    await scans(60);
    expect((await bus.readCoils(trip, 1)).data[0]).toBe(true);
    expect((await bus.readCoils(run, 1)).data[0]).toBe(false);
    expect(truth(sim, 'JT-101')).toBe(0);
    const low = truth(sim, 'PT-101');
    expect(low).toBeLessThan(65.5);
    await bus.writeCoil(run, true);
    await scans(300);
    expect((await bus.readCoils(trip, 1)).data[0]).toBe(false);
    expect(truth(sim, 'PT-101')).toBeGreaterThan(65.9);
  });

  it('set points, block valves and customers follow their registers', async () => {
    const { sim, drive } = await start();
    await scans(2);
    await bus.writeRegisters(addressOf(drive, 'PIC-101', 'setPoint'), floatWords(65.5));
    await bus.writeRegisters(addressOf(drive, 'PCV-501', 'setPoint'), floatWords(16.1));
    await bus.writeRegisters(addressOf(drive, 'BV-201', 'opening'), floatWords(0));
    await bus.writeRegisters(addressOf(drive, 'OT-301', 'opening'), floatWords(50));
    await scans(130);
    expect(truth(sim, 'PT-101')).toBeCloseTo(65.5, 2);
    expect(truth(sim, 'PT-502')).toBeCloseTo(16.1, 3);
    expect(truth(sim, 'ZT-201')).toBe(0);
    expect(truth(sim, 'ZT-303')).toBeCloseTo(50, 6);
    const address = addressOf(drive, 'BV-201', 'opening');
    expect(await exceptionOf(bus.writeRegisters(address, floatWords(120)))).toBe(3);
    expect((await bus.readHoldingRegisters(address, 2)).data).toEqual([0, 0]);
  });
});
