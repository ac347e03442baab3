import { describe, expect, it } from 'vitest';
import { formatValidation } from '../../../scenarios/validate/table.ts';
import { validateTank } from '../../../scenarios/validate/tank.ts';

describe('validate tank', () => {
  it('closed forms, published figures and gauge statistics pass; a folder is accepted and said not to be read', () => {
    const { cases } = validateTank('/nowhere');
    console.log(formatValidation(cases));
    expect(cases.filter((r) => r.status === 'fail')).toEqual([]);
    expect(cases.filter((r) => r.status === 'skipped').map((r) => r.case)).toEqual(['folder of cases']);
    expect(cases.length).toBeGreaterThan(35);
    const keys = cases.map((r) => `${r.case}|${r.metric}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
