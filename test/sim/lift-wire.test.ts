/** The lift station over Modbus: what a master may write, and what pumps, switches and outfall make of it. */
import { afterEach, describe, expect, it } from 'vitest';
import { createSim, type LiquidSim as Sim } from '../../sim/index.ts';
import { exceptionOf, floatWords } from './io/clients.ts';
import { plainDrive, Wire } from './io/wire.ts';
import { held, liftStation } from './liftStation.ts';
import { truth } from './line.ts';

let wire: Wire;
afterEach(() => wire.close());

async function start(change?: typeof held): Promise<Sim> {
  const sim = createSim(liftStation(change), { seed: 1 });
  wire = new Wire();
  await wire.open(plainDrive(sim));
  return sim;
}

describe('the lift station over Modbus', () => {
  it('its pump trips and is reset by coil, and the level switches stop what a master started', async () => {
    const sim = await start();
    await wire.scans(2);
    const [run, trip] = [wire.addressOf('PU-1', 'run'), wire.addressOf('PU-1', 'trip')];
    expect((await wire.bus.readCoils(run, 1)).data[0]).toBe(true);
    await wire.bus.writeCoil(trip, true);
    await wire.scans(30);
    expect((await wire.bus.readCoils(trip, 1)).data[0]).toBe(true);
    expect((await wire.bus.readCoils(run, 1)).data[0]).toBe(false);
    expect(truth(sim, 'RN-1')).toBe(0);
    expect(truth(sim, 'FT-1')).toBeLessThan(40);
    await wire.bus.writeCoil(run, true);
    await wire.scans(60);
    expect((await wire.bus.readCoils(trip, 1)).data[0]).toBe(false);
    expect(truth(sim, 'FT-1')).toBeGreaterThan(380);
    await wire.scans(300);
    expect(truth(sim, 'LT-1')).toBeLessThan(1.4);
    expect((await wire.bus.readCoils(run, 1)).data[0]).toBe(false);
  });

  it('speed and outfall valve follow their registers, and what cannot be is refused', async () => {
    const sim = await start(held);
    await wire.scans(2);
    await wire.bus.writeRegisters(wire.addressOf('PU-1', 'speed'), floatWords(95));
    const valve = wire.addressOf('V-1', 'opening');
    await wire.bus.writeRegisters(valve, floatWords(50));
    await wire.scans(60);
    expect(truth(sim, 'ST-1')).toBeCloseTo(95, 6);
    expect(truth(sim, 'ZT-1')).toBeCloseTo(50, 6);
    expect(truth(sim, 'FT-1')).toBeLessThan(380);
    expect(await exceptionOf(wire.bus.writeRegisters(valve, floatWords(120)))).toBe(3);
  });
});
