import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatValidation, validateTransient } from '../../../scenarios/validate/transient.ts';
import { referenceFolder } from '../../models/physics/networks.ts';

describe('validate transient', () => {
  it('the built-in closed forms pass', () => {
    const { cases } = validateTransient();
    console.log(formatValidation(cases));
    expect(cases.filter((r) => r.status !== 'pass')).toEqual([]);
    expect(cases.length).toBeGreaterThan(5);
  });

  const folder = referenceFolder('hydraulics', 'tsnet');
  it.skipIf(!folder)('the published cases pass', () => {
    const { cases } = validateTransient(folder);
    console.log(formatValidation(cases));
    expect(cases.filter((r) => r.status !== 'pass')).toEqual([]);
  });

  it('one bad case is skipped with a sentence and does not stop the others', () => {
    const dir = mkdtempSync(join(tmpdir(), 'leaktwin-validate-'));
    try {
      writeFileSync(join(dir, 'broken.json'), '{ not json');
      writeFileSync(join(dir, 'broken.csv'), 'time_s\n0\n');
      writeFileSync(join(dir, 'unsteady.json'), '{"case":"unsteady","dt_s":0.1,"friction":"unsteady"}');
      for (const s of ['', '.pipes', '.nodes']) writeFileSync(join(dir, `unsteady${s}.csv`), 'a\n');
      const { cases } = validateTransient(dir);
      expect(cases.map((r) => [r.case, r.status])).toEqual([
        ['broken', 'skipped'],
        ['unsteady', 'skipped'],
      ]);
      expect(cases[1].note).toContain('time step');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
