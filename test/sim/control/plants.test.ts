/** Control in the plants that ship: it lets them alone until it must act, and acts alike over every way. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Command, createFrame, FrameDigest, type TruthEvent, unwrap } from '../../../models/contract/index.ts';
import { createSim, type PlantSpec, readPlant, type Sim } from '../../../sim/index.ts';
import { plainDrive, Wire } from '../io/wire.ts';

const plant = (name: string): PlantSpec =>
  unwrap(readPlant(fileURLToPath(new URL(`../../../models/plants/${name}.yaml`, import.meta.url)))).value;
const start = (spec: PlantSpec): Sim => createSim(spec, { seed: 1 });
const what = (truth: readonly TruthEvent[]) =>
  truth.flatMap((t) => (t.kind === 'disturbance' ? [`${t.ref} ${t.what}`] : []));

const wire = new Wire();
afterEach(() => wire.close());

describe('an undisturbed plant', () => {
  it.each(['crude-line', 'gas-line', 'lift-station', 'tank-farm'])(
    '%s goes as it would without control, to the bit',
    (name) => {
      const spec = plant(name);
      const states = ['tripped', 'mode', 'output', 'set-point'];
      const { loops: _1, selects: _2, interlocks: _3, shutdown: _4, ...rest } = spec;
      const bare = { ...rest, instruments: spec.instruments.filter((t) => !states.includes(t.measures)) } as PlantSpec;
      const [a, b] = [start(spec), start(bare)];
      const [fa, fb] = [createFrame(a.layout), createFrame(b.layout)];
      // The air's tags stand behind those of control, so that places differ but names do not.
      const columns = b.layout.tags.flatMap((t) => {
        const i = a.layout.tags.findIndex((x) => x.id === t.id);
        return Array.from({ length: t.width }, (_, k) => a.layout.column[i]! + k);
      });
      for (let n = 0; n < 60; n += 1) {
        a.scan(fa);
        b.scan(fb);
        expect(columns.map((c) => fa.value[c])).toEqual([...fb.value]);
      }
      expect(what(a.drainTruth())).toEqual([]);
      expect(a.violations()).toEqual([]);
    },
  );
});

describe('the push-button of crude-line', () => {
  const AT = 3;
  const SCANS = 45;
  const push: Command = { kind: 'set', element: 'ESD-1', property: 'push', value: 1 };

  it('as a coil over Modbus does what the command does, to the digest of all frames', async () => {
    const plain = start(plant('crude-line'));
    const frame = createFrame(plain.layout);
    const wanted = new FrameDigest(plain.layout);
    for (let n = 1; n <= SCANS; n += 1) {
      plain.scan(frame);
      wanted.add(frame);
      if (n === AT) expect(plain.apply([push])).toEqual([]);
    }
    const sim = start(plant('crude-line'));
    const seen = new FrameDigest(sim.layout);
    let scans = 0;
    const drive = plainDrive(sim, (f) => {
      if (scans === SCANS) return false;
      scans += 1;
      sim.scan(f);
      seen.add(f);
      return true;
    });
    await wire.open(drive);
    await wire.scans(AT - 1);
    await wire.bus.writeCoil(wire.addressOf('ESD-1', 'push'), true);
    await wire.scans(SCANS - AT);
    expect((await wire.bus.readCoils(wire.addressOf('ESD-1', 'reset'), 1)).data[0]).toBe(true);
    expect((await wire.bus.readCoils(wire.addressOf('PU-101', 'trip'), 1)).data[0]).toBe(true);
    expect(seen.hex()).toBe(wanted.hex());
    expect(sim.fingerprint()).toBe(plain.fingerprint());
    expect(frame.value.at(-1)).toBe(1);
  });

  it('a snapshot in the middle of its sequence goes on to the bit', () => {
    const drive = (sim: Sim, scans: number): string[] => {
      const frame = createFrame(sim.layout);
      return Array.from({ length: scans }, () => {
        sim.scan(frame);
        return `${sim.fingerprint()} ${what(sim.drainTruth()).join(', ')}`;
      });
    };
    const sim = start(plant('crude-line'));
    drive(sim, 2);
    sim.apply([push, { kind: 'set', element: 'PSLL-301', property: 'bypass', value: 1 }]);
    sim.drainTruth();
    drive(sim, 3);
    const bytes = sim.snapshot();
    const after = drive(sim, 32);
    expect(after.join()).toContain('PU-101 pump trip');
    expect(after.join()).toContain('XV-101 set opening to 0');
    const other = start(plant('crude-line'));
    drive(other, 4);
    other.restore(bytes);
    expect(drive(other, 32)).toEqual(after);
  });
});

describe('gas-line', () => {
  it('trips its compressor where the discharge pressure goes too far, and holds it', () => {
    const sim = start(plant('gas-line'));
    sim.apply([{ kind: 'set', element: 'PIC-101', property: 'setPoint', value: 74e5 }]);
    const frame = createFrame(sim.layout);
    for (let n = 0; n < 1500; n += 1) sim.scan(frame);
    expect(what(sim.drainTruth()).slice(1)).toEqual(['PSHH-101 trip', 'K-101 compressor trip']);
    expect(sim.controlValue({ element: 'K-101', property: 'trip' })).toBe(1);
    expect(sim.apply([{ kind: 'set', element: 'PSHH-101', property: 'reset', value: 1 }])).toEqual([]);
    expect(sim.apply([{ kind: 'pump', element: 'K-101', action: 'start' }])).toEqual([]);
  });
});

describe('lift-station', () => {
  it('lets nobody pump its well dry', () => {
    // Without its level switch, which would have stopped the pump before.
    const sim = start({ ...plant('lift-station'), 'level-switches': [] } as PlantSpec);
    const frame = createFrame(sim.layout);
    let lowest = 9;
    const told: string[] = [];
    const refused: string[] = [];
    for (let n = 0; n < 480; n += 1) {
      sim.scan(frame);
      lowest = Math.min(lowest, frame.value[sim.layout.column[sim.model.tagIndex.get('LT-1')!]!]!);
      told.push(...what(sim.drainTruth()));
      if (told.length === 3 && refused.length === 0)
        refused.push(...sim.apply([{ kind: 'pump', element: 'PU-1', action: 'start' }]));
    }
    expect(told.slice(0, 3)).toEqual(['LSLL-1 trip', 'PU-1 pump stop', 'PU-2 pump stop']);
    expect(refused).toEqual(['PU-1 is held by LSLL-1']);
    expect(lowest).toBeGreaterThan(0.4);
    expect(told[3]).toBe('LSLL-1 over');
  });
});
