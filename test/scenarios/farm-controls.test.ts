/** What a Modbus master writes to a tank farm happens to its tanks, and reads back. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createFrame, type Frame, SETPOINT_ADDRESS, unwrap } from '../../models/contract/index.ts';
import { createSim, readPlant, type TanksSim, type TanksSpec } from '../../sim/index.ts';
import { type Drive, type PlantServer, startPlantServer } from '../../sim/io/index.ts';
import { ackOf, exceptionOf, floatWords, type Master, master, seqOf } from '../sim/io/clients.ts';

const PLANT = fileURLToPath(new URL('../../models/plants/tank-farm.yaml', import.meta.url));
const SPEC = unwrap(readPlant(PLANT)).value as TanksSpec;

function drive(sim: TanksSim, scans: number): Drive {
  let scan = 0;
  return {
    layout: sim.layout,
    controls: sim.model.controls,
    asBuilt: sim.model.asBuilt,
    advance(frame: Frame) {
      scan += 1;
      if (scan > scans) return false;
      sim.scan(frame);
      return true;
    },
    command: (commands) => sim.apply(commands),
    drainTruth: () => sim.drainTruth(),
    controlValue: (c) => sim.controlValue(c) * (c.property === 'speed' || c.property === 'opening' ? 100 : 1),
  };
}

let server: PlantServer | undefined;
let bus: Master | undefined;
afterEach(async () => {
  bus?.close(() => {});
  await server?.close();
});

/** Address of a control in its own station, among coils or set points. */
function address(sim: TanksSim, element: string, property: string): number {
  const coil = (p: string) => p === 'run' || p === 'trip';
  const control = sim.model.controls.find((c) => c.element === element && c.property === property)!;
  const same = sim.model.controls.filter(
    (c) => c.station === control.station && coil(c.property) === coil(control.property),
  );
  return coil(property) ? same.indexOf(control) : SETPOINT_ADDRESS + 2 * same.indexOf(control);
}

describe('a Modbus master of station RTU-2', () => {
  it('sets a rate, starts and trips a transfer, and opens a drain', async () => {
    const sim = createSim(SPEC, { seed: 1 });
    server = await startPlantServer(drive(sim, 200), { pace: { kind: 'lockstep' } });
    bus = await master(server, 2);
    const station = bus;
    server.begin();
    const tag = (id: string) => sim.layout.column[sim.model.tagIndex.get(id)!]!;
    const frame = createFrame(sim.layout);
    const scans = async (n: number) => {
      for (let i = 0; i < n; i += 1) {
        let seq = await seqOf(station);
        while (seq === 0) seq = await seqOf(station);
        await station.writeRegisters(0, ackOf(seq));
        while ((await seqOf(station)) === seq) await new Promise((resolve) => setImmediate(resolve));
      }
      frame.value.set(sim.state.published);
    };
    const run = address(sim, 'PU-6', 'run');
    await scans(2);
    const before = sim.physics.state.farm.tankLevel_m[3]!;
    await station.writeRegisters(address(sim, 'PU-6', 'speed'), floatWords(60));
    await station.writeCoil(run, true);
    await scans(20);
    expect((await station.readCoils(run, 1)).data[0]).toBe(true);
    expect(frame.value[tag('FT-6')]!).toBeGreaterThan(148);
    expect(frame.value[tag('FT-6')]!).toBeLessThan(152);
    expect(sim.physics.state.farm.tankLevel_m[3]!).toBeGreaterThan(before + 0.005);

    await station.writeCoil(address(sim, 'PU-6', 'trip'), true);
    await scans(4);
    expect(Math.abs(frame.value[tag('FT-6')]!)).toBeLessThan(3);
    expect((await station.readCoils(run, 1)).data[0]).toBe(false);

    await station.writeRegisters(address(sim, 'XV-2', 'opening'), floatWords(75));
    await scans(8);
    expect(frame.value[tag('ZT-2')]!).toBeCloseTo(75, 0);
    // Illegal data value: a drain cannot be more than open.
    expect(await exceptionOf(station.writeRegisters(address(sim, 'XV-2', 'opening'), floatWords(120)))).toBe(3);
  });
});
