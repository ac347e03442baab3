import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { arithmetic } from '../../../scenarios/validate/expression.ts';
import { validateDense, validateJets } from '../../../scenarios/validate/plumeDense.ts';
import { validateRelease } from '../../../scenarios/validate/release.ts';
import { formatValidation } from '../../../scenarios/validate/table.ts';
import { referenceFolder } from '../../models/physics/networks.ts';

describe('validate release', () => {
  it('the built-in closed forms pass', () => {
    const { cases } = validateRelease();
    console.log(formatValidation(cases));
    expect(cases.filter((r) => r.status !== 'pass')).toEqual([]);
  });

  const folder = referenceFolder('dispersion');
  it.skipIf(!folder)('the worked examples pass to six digits, and Burro within its criteria', () => {
    const { cases } = validateRelease(folder!);
    expect(cases.filter((r) => r.status !== 'pass')).toEqual([]);
    expect(cases.some((r) => r.case === 'simple_jet_propane')).toBe(true);
    const burro = validateDense(folder!);
    console.log(formatValidation(burro));
    expect(burro.map((r) => [r.metric, r.status])).toEqual([
      ['FAC2', 'pass'],
      ['MG', 'pass'],
    ]);
  });

  it('a broken example or trial is skipped with a sentence and stops no other', () => {
    const dir = mkdtempSync(join(tmpdir(), 'leaktwin-release-'));
    try {
      const jets = join(dir, 'examples.json');
      const jet = {
        P1_Pa: 5e5,
        T1_K: 298.15,
        rho1: 9.7,
        k: 1.15,
        d_m: 0.01,
        Cd: 0.85,
        point_along_axis_m: 6,
        expect: {},
      };
      writeFileSync(jets, JSON.stringify({ jet, odd: { ...jet, radial_m: 'nine' }, puff: { V0_m3: 1 }, other: 3 }));
      expect(validateJets(jets).map((r) => [r.case, r.note])).toEqual([
        ['jet', 'its answer is no number'],
        ['odd', '"nine" is no arithmetic at "nine"'],
        ['puff', 'it has no rho0'],
      ]);
      writeFileSync(
        join(dir, 'trial_conditions.csv'),
        'series,trial,file_prefix,fuel_mass_kg,spill_duration_s,p0_mbar,T0_C,RH_pct,L_m,ustar_m_s,z0_m,pool_diameter_m\n' +
          'X,1,X1,1000,100,950,30,5,-50,0.3,0.0002,20\nX,2,X2,1000,100,950,30,5,n/a,0.3,0.0002,20\nX,3,X3,1000,100,950,30,5,-50,0.3,0.0002,20\n',
      );
      writeFileSync(join(dir, 'X1_exp.csv'), 'm,%\nx,X_CH4\n100,gone\n200,0.01\n150,2\n');
      const rows = validateDense(dir);
      expect(rows.find((r) => r.case === 'X2')?.note).toContain('L_m of trial_conditions.csv is "n/a"');
      expect(rows.find((r) => r.case === 'X3')?.note).toContain('no arc maxima');
      expect(rows.find((r) => r.metric === 'FAC2')?.note).toContain('1 trials, 1 arcs, 1 under');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('little arithmetic is read, anything else is not', () => {
    expect(arithmetic('6*sqrt(ln2)/5')).toBeCloseTo((6 * Math.sqrt(Math.LN2)) / 5, 15);
    expect(arithmetic('-2^2 + 1.5e1/(a - 1)', { a: 4 })).toBe(1);
    expect(() => arithmetic('process.exit(1)')).toThrow('no arithmetic');
    expect(() => arithmetic('2 +')).toThrow('its end');
  });
});
