/**
 * The verbs that tell what there is: their tables for people and their documents for scripts.
 */
import { describe, expect, it } from 'vitest';
import { allImages, describeImage } from '../../models/contract/index.ts';
import { libraryNames } from '../../models/document/index.ts';
import { USUAL_PORTS } from '../../scenarios/serve/ports.ts';
import { createSim, readPlant } from '../../sim/index.ts';
import { inProcess, root } from './terminal.ts';

interface Registers {
  stations: {
    unitId: number;
    station: string;
    registers: {
      address: number;
      table: string;
      tag: string;
      type: string;
      unit: string;
      scale: number;
      description: string;
    }[];
  }[];
}

describe('registers', () => {
  it('--json is the map of every station and of the gateway, as the server builds it', async () => {
    const { code, stdout, stderr } = await inProcess('registers', 'crude-line', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const { stations } = JSON.parse(stdout) as Registers;
    expect(stations.map((s) => [s.unitId, s.station])).toEqual([
      [1, 'RTU-1'],
      [2, 'RTU-2'],
      [3, 'RTU-3'],
      [4, 'RTU-4'],
      [5, 'RTU-5'],
      [255, 'gateway'],
    ]);
    const plant = readPlant(`${root}models/plants/crude-line.yaml`);
    if (!plant.ok) throw new Error('crude-line does not parse');
    const { layout, controls } = createSim(plant.value.value, { seed: 1 }).model;
    expect(stations.map((s) => s.registers)).toEqual(allImages(layout, controls).map((i) => describeImage(layout, i)));
    const flow = stations[0]!.registers.find((r) => r.tag === 'FT-101' && r.type === 'f32')!;
    expect(flow).toMatchObject({ table: 'input', unit: 'm3/h', scale: 1, description: 'flow at P-1' });
  });

  it('--csv has a row per register, and --station one station alone', async () => {
    const all = (await inProcess('registers', 'crude-line', '--csv')).stdout.trimEnd().split('\n');
    expect(all[0]).toBe('unitId,station,address,table,tag,type,unit,scale,description');
    const one = (await inProcess('registers', 'crude-line', '--csv', '--station', '3')).stdout.trimEnd().split('\n');
    expect(one.slice(1).every((l) => l.startsWith('3,RTU-3,'))).toBe(true);
    expect(all.filter((l) => l.startsWith('3,'))).toEqual(one.slice(1));
    expect(one[1]).toBe('3,RTU-3,0,input,,u16,,1,protocol version');
  });
});

describe('describe', () => {
  it('lists every plant, recipe and scenario that ships, and the kinds', async () => {
    const { stdout } = await inProcess('describe', '--json');
    const all = JSON.parse(stdout) as Record<string, { name: string; about: string }[]>;
    for (const kind of ['plant', 'recipe', 'scenario'] as const)
      expect(all[`${kind}s`]!.map((x) => x.name)).toEqual(libraryNames(kind));
    expect(all.methods!.length).toBeGreaterThan(3);
  });

  it('shows each document that ships in full, as text and as JSON', async () => {
    for (const name of (['plant', 'recipe', 'scenario'] as const).flatMap((kind) => libraryNames(kind))) {
      const { code, stdout, stderr } = await inProcess('describe', name);
      expect([name, code, stderr]).toEqual([name, 0, '']);
      expect(stdout).toContain(name);
      expect(JSON.parse((await inProcess('describe', name, '--json')).stdout)).toHaveProperty('kind');
    }
  });

  it('shows a plant in the units of the trade that is asked for', async () => {
    const us = (await inProcess('describe', 'crude-line', '--units', 'us')).stdout;
    expect(us).toMatch(/^PT-101 .* 0 to 870\.23 +psi +20$/m);
    expect(us).toContain('design flow 6657.1 bbl/h');
    expect(us).toContain('kp [mi]');
    const si = (await inProcess('describe', 'crude-line')).stdout;
    expect(si).toMatch(/^PT-101 .* 0 to 60 +bar +20$/m);
    expect(si).toContain('design flow 1058.4 m3/h');
  });
});

describe('doctor', () => {
  it('finds this machine able to run the twin, and says what each thing is for', async () => {
    const { code, stdout } = await inProcess('doctor', '--json', '--ports', '');
    const { ready, findings } = JSON.parse(stdout) as {
      ready: boolean;
      findings: { name: string; works: boolean; required: boolean; use: string }[];
    };
    expect(ready).toBe(findings.every((f) => f.works || !f.required));
    expect(code).toBe(ready ? 0 : 1);
    expect(findings.filter((f) => f.required).map((f) => [f.name, f.works])).toEqual([
      ['node', true],
      ['DuckDB', true],
    ]);
  });

  it('looks at the ports that serve takes', async () => {
    const { stdout } = await inProcess('doctor', '--help');
    expect(stdout).toContain(`"${USUAL_PORTS.modbus},${USUAL_PORTS.http}"`);
  });
});

describe('validate', () => {
  it('holds the characteristics against closed forms, and exits 0 because all pass', async () => {
    const { code, stdout } = await inProcess('validate', 'transient', '--json');
    const { cases } = JSON.parse(stdout) as { cases: { status: string }[] };
    expect(cases.length).toBeGreaterThan(3);
    expect(cases.filter((c) => c.status !== 'pass')).toEqual([]);
    expect(code).toBe(0);
  });
});
