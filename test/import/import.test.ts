/**
 * A plant imported from a company's tables says what the tables say, in the company's units, and runs.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createFrame, unwrap } from '../../models/contract/index.ts';
import { toUnit } from '../../models/kernel/index.ts';
import { type ImportedPlant, type ImportRequest, importPlant } from '../../scenarios/import/index.ts';
import { asLiquid, createSim, parsePlant } from '../../sim/index.ts';

const table = (name: string) => ({
  file: name,
  text: readFileSync(fileURLToPath(new URL(`./tables/${name}`, import.meta.url)), 'utf8'),
});
const US: ImportRequest = {
  name: 'us-line',
  profile: table('us-stations.csv'),
  tags: table('us-tags.csv'),
  modbus: table('us-modbus.csv'),
};
const SI: ImportRequest = {
  name: 'si-line',
  profile: table('si-stations.csv'),
  tags: table('si-tags.csv'),
  designFlow_m3_s: 320 / 3600,
};

const made = (request: ImportRequest): ImportedPlant => unwrap(importPlant(request));
const specOf = (plant: ImportedPlant, name: string) => asLiquid(unwrap(parsePlant(`${name}.yaml`, plant.yaml)).value);

/** Runs a plant for a while and reads its tags, in their own units. */
function run(plant: ImportedPlant, name: string, seconds: number): Map<string, number> {
  const sim = createSim(specOf(plant, name), { seed: 1 });
  const frame = createFrame(sim.layout);
  for (let s = 0; s < seconds; s += 1) sim.scan(frame);
  expect(sim.violations()).toEqual([]);
  return new Map(sim.layout.tags.map((t, i) => [t.id, frame.value[sim.layout.column[i]!]!]));
}

describe('a line in miles, psi and barrels', () => {
  const plant = made(US);
  const spec = specOf(plant, 'us-line');

  it('keeps the tables: length, pipe, tags, ranges and units', () => {
    const lengths = spec.nodes.map((n) => n.kp ?? 0);
    expect(toUnit(Math.max(...lengths) - Math.min(...lengths), 'mi')).toBeCloseTo(31.2, 9);
    expect(spec.pipes.map((p) => toUnit({ ...spec['pipe-defaults'], ...p }.wall!, 'in').toFixed(3))).toEqual([
      '0.375',
      '0.500',
      '0.375',
      '0.375',
      '0.375',
    ]);
    expect(spec.instruments.map((t) => [t.tag, t.unit, ...t.range]).slice(0, 6)).toEqual([
      ['PT-101', 'psig', 0, 1440],
      ['FT-101', 'bbl/h', 0, 8000],
      ['TT-101', 'degF', 0, 200],
      ['ST-101', '%', 0, 100],
      ['ST-102', '%', 0, 100],
      ['LT-101', 'ft', 0, 48],
    ]);
    expect(spec.instruments.find((t) => t.tag === 'FT-301')).toMatchObject({ at: 'P-5/end', accuracy: 0.0015 });
    for (const text of ['kp: 7.8 mi', 'elevation: 398 ft', 'outside-diameter: 20 in', 'design-flow: 4800 bbl/h'])
      expect(plant.yaml).toContain(text);
  });

  it('puts suction and discharge, pumps and valves where the tags say', () => {
    const at = new Map(spec.instruments.map((t) => [t.tag, t.at]));
    expect(at.get('PT-201')).toBe('S-15.6');
    expect(at.get('PT-202')).toBe('N-15.6');
    expect(at.get('PT-251')).toBe('U-22.4');
    expect(spec.pumps.map((p) => [p.id, p.from, p.to, p.running])).toEqual([
      ['PU-101', 'TK-IN', 'N-0', true],
      ['PU-102', 'TK-IN', 'N-0', false],
      ['PU-201', 'S-15.6', 'N-15.6', true],
    ]);
    expect(spec.valves.map((v) => v.id)).toEqual(['XV-251', 'PCV-301']);
  });

  it('takes the unit ids of the Modbus map, and writes the map beside the plant with addresses as on the wire', () => {
    expect(spec.stations.map((s) => [s.id, s.unit])).toEqual([
      ['ORIGIN', 11],
      ['MLV-1', 12],
      ['BOOSTER', 13],
      ['MLV-2', 1],
      ['DELIVERY', 15],
    ]);
    const map = parse(plant.modbusYaml!) as { tags: Record<string, unknown>[] };
    expect(
      map.tags.map((t) => [t.tag, t['unit-id'], t.table, t.address, t.type, t.scale, t['word-order'], t.unit]),
    ).toEqual([
      ['PT-101', 11, 'holding', 0, 'float32', 1, 'CDAB', 'psig'],
      ['FT-101', 11, 'holding', 2, 'float32', 1, 'CDAB', 'bbl/h'],
      ['ST-101', 11, 'holding', 9, 'uint16', 0.1, 'ABCD', 'rpm'],
      ['PT-151', 12, 'input', 0, 'int16', 0.1, 'ABCD', 'psig'],
      ['PT-201', 13, 'holding', 0, 'float32', 1, 'CDAB', 'psig'],
      ['PT-202', 13, 'holding', 2, 'float32', 1, 'CDAB', 'psig'],
      ['PT-301', 15, 'holding', 1000, 'float32', 1, 'ABCD', 'psig'],
    ]);
  });

  it('says every assumption in the file and beside it, and what it left out', () => {
    expect(plant.assumptions.join('\n')).toMatch(/crude oil: density.*\n.*2 pumps in parallel/);
    expect(plant.yaml.match(/ASSUMED/g)!.length).toBeGreaterThan(15);
    expect(plant.leftOut).toEqual(['column "Comment" of the stationing is not read']);
  });

  it('carries its design flow, and still does after ten minutes', () => {
    expect(plant.check).toMatchObject({ converged: true, outOfRange: [] });
    expect(toUnit(plant.check.flow_m3_s, 'bbl/h')).toBeCloseTo(4800, -1);
    expect(plant.check.lowestPressure_Pa).toBeGreaterThan(2.5e5);
    const shown = run(plant, 'us-line', 600);
    console.log(`us-line after 10 min: FT-101 ${shown.get('FT-101')} bbl/h, PT-101 ${shown.get('PT-101')} psi`);
    expect(Math.abs(shown.get('FT-101')! - 4800)).toBeLessThan(100);
    expect(Math.abs(shown.get('FT-301')! - 4800)).toBeLessThan(100);
    expect(Math.abs(shown.get('PT-101')! - toUnit(plant.check.highestPressure_Pa, 'psi'))).toBeLessThan(10);
  });

  it('is the same for the same tables', () => {
    expect(made(US)).toEqual(plant);
  });
});

describe('a line in kilometres and bar, with semicolons and decimal commas', () => {
  const plant = made(SI);
  const spec = specOf(plant, 'si-line');

  it('reads stations such as 110+400, and splits the pipe where its wall changes', () => {
    expect(spec.nodes.map((n) => n.kp)).toEqual([102_000, 110_420, 120_500]);
    expect(spec.pipes.map((p) => ({ ...spec['pipe-defaults'], ...p }).wall!.toFixed(6))).toEqual([
      '0.007100',
      '0.008800',
    ]);
    expect(plant.assumptions).toContain('the change of pipe at 110400 m is taken to be at 110.42 km');
    expect(spec['pipe-defaults']!.roughness).toBeCloseTo(0.045e-3, 12);
  });

  it('writes kilometres, bar and degrees Celsius', () => {
    for (const text of [
      'design-flow: 320 m3/h',
      'kp: 104.25 km',
      'unit: bar',
      'unit: degC',
      'inlet-temperature: 25 degC',
    ])
      expect(plant.yaml).toContain(text);
    expect(plant.trade).toBe('si');
    expect(plant.modbusYaml).toBeUndefined();
  });

  it('carries the flow that was asked for', () => {
    expect(plant.check.converged).toBe(true);
    expect(plant.check.flow_m3_s * 3600).toBeCloseTo(320, 0);
    const shown = run(plant, 'si-line', 300);
    console.log(`si-line after 5 min: FT-1 ${shown.get('FT-1')} m3/h, PT-1 ${shown.get('PT-1')} bar`);
    expect(Math.abs(shown.get('FT-1')! - shown.get('FT-3')!)).toBeLessThan(10);
  });
});

describe('a long stationing', () => {
  it('is thinned to what the elevation needs, and keeps every hill', () => {
    const rows = Array.from(
      { length: 5001 },
      (_, i) => `${i / 100},${(40 + 30 * Math.sin(i / 400)).toFixed(3)},508,9.5`,
    );
    const profile = { file: 'long.csv', text: `KP [km],Elevation [m],OD [mm],WT [mm]\n${rows.join('\n')}\n` };
    const tags = {
      file: 'tags.csv',
      text: 'tag,unit,low,high,KP [km],station\nPT-1,bar,0,60,0,A\nPT-2,bar,0,60,50,B\n',
    };
    const spec = specOf(made({ name: 'long', profile, tags }), 'long');
    const points = spec.profile!;
    console.log(`5001 rows of stationing became ${points.length} points`);
    expect(points.length).toBeLessThan(200);
    const height = (kp: number) => {
      const b = points.findIndex((p) => p.kp >= kp);
      if (b <= 0) return points[0]!.elevation;
      const [p, q] = [points[b - 1]!, points[b]!];
      return p.elevation + ((kp - p.kp) / (q.kp - p.kp)) * (q.elevation - p.elevation);
    };
    for (let i = 0; i <= 5000; i += 1)
      expect(Math.abs(height(i * 10) - (40 + 30 * Math.sin(i / 400)))).toBeLessThan(0.51);
  });
});
