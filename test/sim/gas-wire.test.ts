/** gas-line over Modbus: what a master may write, and what the plant makes of it. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { unwrap } from '../../models/contract/index.ts';
import { createSim, readPlant, type Sim } from '../../sim/index.ts';
import { trueValue } from '../../sim/instruments/index.ts';
import { exceptionOf, floatWords } from './io/clients.ts';
import { plainDrive, Wire } from './io/wire.ts';

const SPEC = unwrap(readPlant(fileURLToPath(new URL('../../models/plants/gas-line.yaml', import.meta.url)))).value;
let wire: Wire;
afterEach(() => wire.close());

async function start(): Promise<Sim> {
  const sim = createSim(SPEC, { seed: 1 });
  wire = new Wire();
  await wire.open(plainDrive(sim));
  return sim;
}

const truth = (sim: Sim, tag: string) => trueValue(sim.model, sim.physics, sim.model.tagIndex.get(tag)!);

describe('a gas line over Modbus', () => {
  it('its compressor trips and starts by coil', async () => {
    const sim = await start();
    await wire.scans(2);
    const [run, trip] = [wire.addressOf('K-101', 'run'), wire.addressOf('K-101', 'trip')];
    expect((await wire.bus.readCoils(run, 1)).data[0]).toBe(true);
    await wire.bus.writeCoil(trip, true);
    await wire.scans(60);
    expect((await wire.bus.readCoils(trip, 1)).data[0]).toBe(true);
    expect((await wire.bus.readCoils(run, 1)).data[0]).toBe(false);
    expect(truth(sim, 'JT-101')).toBe(0);
    const low = truth(sim, 'PT-101');
    expect(low).toBeLessThan(65.5);
    await wire.bus.writeCoil(run, true);
    await wire.scans(300);
    expect((await wire.bus.readCoils(trip, 1)).data[0]).toBe(false);
    expect(truth(sim, 'PT-101')).toBeGreaterThan(65.9);
  });

  it('set points, block valves and customers follow their registers', async () => {
    const sim = await start();
    await wire.scans(2);
    await wire.bus.writeRegisters(wire.addressOf('PIC-101', 'setPoint'), floatWords(65.5));
    await wire.bus.writeRegisters(wire.addressOf('PCV-501', 'setPoint'), floatWords(16.1));
    await wire.bus.writeRegisters(wire.addressOf('BV-201', 'opening'), floatWords(0));
    await wire.bus.writeRegisters(wire.addressOf('OT-301', 'opening'), floatWords(50));
    await wire.scans(130);
    expect(truth(sim, 'PT-101')).toBeCloseTo(65.5, 2);
    expect(truth(sim, 'PT-502')).toBeCloseTo(16.1, 3);
    expect(truth(sim, 'ZT-201')).toBe(0);
    expect(truth(sim, 'ZT-303')).toBeCloseTo(50, 6);
    const address = wire.addressOf('BV-201', 'opening');
    expect(await exceptionOf(wire.bus.writeRegisters(address, floatWords(120)))).toBe(3);
    expect((await wire.bus.readHoldingRegisters(address, 2)).data).toEqual([0, 0]);
  });
});
