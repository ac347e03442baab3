import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateGas } from '../../../scenarios/validate/gas.ts';
import { formatValidation } from '../../../scenarios/validate/table.ts';
import { referenceFolder } from '../../models/physics/networks.ts';

describe('validate gas', () => {
  it('the built-in closed forms pass', () => {
    const { cases } = validateGas();
    console.log(formatValidation(cases));
    expect(cases.filter((r) => r.status !== 'pass')).toEqual([]);
    expect(cases.length).toBeGreaterThan(8);
  });

  const folder = referenceFolder('hydraulics', 'gas');
  it.skipIf(!folder)('the published cases pass; only the two kinks are skipped', () => {
    const { cases } = validateGas(folder);
    console.log(formatValidation(cases));
    expect(cases.filter((r) => r.status === 'fail')).toEqual([]);
    expect(cases.filter((r) => r.status === 'skipped').map((r) => r.metric)).toEqual([
      'snapshot at 600 s',
      'snapshot at 1800 s',
    ]);
    expect(cases.some((r) => r.metric === 'end state against the closed form' && r.status === 'pass')).toBe(true);
    expect(cases.some((r) => r.case.startsWith('gas_choked'))).toBe(true);
  });

  it('bad cases are skipped with a sentence and do not stop the others', () => {
    const dir = mkdtempSync(join(tmpdir(), 'leaktwin-gas-'));
    try {
      mkdirSync(join(dir, 'broken'));
      writeFileSync(join(dir, 'broken', 'network.json'), '{ not json');
      writeFileSync(join(dir, 'odd.net'), 'X,1,2\n');
      writeFileSync(join(dir, 'negative.net'), 'P,1,2,100,-1,0,0.0001\n');
      writeFileSync(join(dir, 'good.net'), '# type\nP,1,2,50000,0.5,0,0.0001\n');
      writeFileSync(join(dir, 'good.ini'), 'T0 = 10\nRs = 530\nup = 60\nuq = 25\n');
      writeFileSync(join(dir, 'examples.json'), '{"liquid":{"rho_kg_m3":1000,"d_m":0.01,"expect":{"mdot_kg_s":1}}}');
      const { cases } = validateGas(dir);
      const of = (name: string) => cases.filter((r) => r.case === name);
      expect(of('broken')[0].status).toBe('skipped');
      expect(of('odd.net')[0].note).toContain('row type "X"');
      expect(of('negative.net')[0].note).toContain('diameter_m is -1');
      expect(of('good.net').map((r) => r.status)).toEqual(['pass', 'pass']);
      expect(of('liquid')[0]).toMatchObject({ status: 'skipped', note: 'it has no Cd' });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('a folder without cases says so', () => {
    const dir = mkdtempSync(join(tmpdir(), 'leaktwin-gas-'));
    try {
      expect(validateGas(dir).cases.find((r) => r.case === 'gas cases')?.note).toContain('no case was found');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
