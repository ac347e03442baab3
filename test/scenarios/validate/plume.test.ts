import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agreement } from '../../../models/kernel/index.ts';
import { validatePlumeClosedForms } from '../../../scenarios/validate/plumeClosedForms.ts';
import { validatePlumeExamples } from '../../../scenarios/validate/plumeExamples.ts';
import { readPrairie } from '../../../scenarios/validate/plumePrairie.ts';

test('puffs agree with closed forms', () => {
  expect(validatePlumeClosedForms().filter((r) => r.status !== 'pass')).toEqual([]);
});

test('a folder with gaps, words and flags is read, marked and counted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leaktwin-prairie-'));
  try {
    writeFileSync(
      join(folder, 'runs_met.csv'),
      'run,Q_g_s,source_height_m,L_m,ustar_m_s,mixing_height_m,sigma_azimuth_deg,wind_speed_2m_m_s\n' +
        '2,80,0.46,-20,0.3,,10,5\n4,80,0.46,,,,,\n6,many,0.46,-20,0.3,900,10,5\n',
    );
    writeFileSync(
      join(folder, 'arc_points.csv'),
      'run,arc_m,azimuth_deg,c_mg_m3\n2,50,1,120\n2,50,2,-9\n2,50,3,n/a\n2,100,1\n6,50,1,3\n',
    );
    const data = readPrairie(folder);
    expect(data.runs.map((r) => [r.run, r.arcs])).toEqual([['2', [{ arc_m: 50, observed_kg_m3: 120 * 1e-6 }]]]);
    expect(data.marks).toEqual(['3 sampler values are flags, gaps or no numbers', '2 runs lack meteorology or arcs']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('worked examples of other classes and tables are recognised by their fields', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leaktwin-examples-'));
  try {
    const path = join(folder, 'examples.json');
    writeFileSync(
      path,
      JSON.stringify({
        ccps_urban_plume_sigma_1p2m: { C: [0.26393666280048, 0.24] },
        tno_puff_sigma_1p2m: { A: [0.30851223882732015, 0.336, 0.156] },
        a_plume: { Q_kg_s: 0.1, u_m_s: 2, stability: 'Q', receptor: [1, 0, 0], expect: { c_kg_m3: 1 } },
      }),
    );
    expect(validatePlumeExamples(path).map((r) => r.status)).toEqual([
      'pass',
      'pass',
      'pass',
      'pass',
      'pass',
      'skipped',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the figures of agreement are those of Chang and Hanna', () => {
  const a = agreement([1, 2, 4], [2, 2, 1]);
  expect(a.fac2).toBeCloseTo(2 / 3, 12);
  expect(a.fb).toBeCloseTo((2 * (7 - 5)) / 12, 12);
  expect(a.nmse).toBeCloseTo((10 * 3) / 35, 12);
  expect(a.mg).toBeCloseTo(2 ** (1 / 3), 12);
  expect(a.vg).toBeCloseTo(Math.exp((5 * Math.LN2 ** 2) / 3), 12);
});
