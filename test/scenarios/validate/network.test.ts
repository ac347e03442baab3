/**
 * `validate network`: closed forms always; published cases where LEAKTWIN_REFERENCE (or ../shared/reference) has them; and
 * what it does with a folder that it cannot follow.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { validateNetwork } from '../../../scenarios/validate/network.ts';
import { formatValidation } from '../../../scenarios/validate/table.ts';
import { referenceFolder } from '../../models/physics/networks.ts';

const reference = referenceFolder('hydraulics') ?? '';
const scratch = mkdtempSync(join(tmpdir(), 'network-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const notPassed = (rows: Awaited<ReturnType<typeof validateNetwork>>['cases']) =>
  rows.filter((r) => r.status !== 'pass');

describe('validate network', () => {
  it('passes its closed forms', async () => {
    const { cases } = await validateNetwork();
    console.log(formatValidation(cases));
    expect(cases.length).toBeGreaterThan(6);
    expect(notPassed(cases)).toEqual([]);
  });

  it.skipIf(reference === '')('reproduces native EPANET and WNTR (skipped without the reference data)', async () => {
    const { cases } = await validateNetwork(reference);
    const worst = (metric: string) => Math.max(...cases.filter((r) => r.metric === metric).map((r) => r.actual));
    console.log(
      `worst: head ${worst('head, worst')} m, flow ${worst('flow, worst')}, leak ${worst('leak, worst')} m³/s`,
    );
    expect(cases.filter((r) => r.status === 'fail')).toEqual([]);
    const skipped = notPassed(cases).map((r) => r.note);
    for (const note of skipped) expect(note).toContain('too few steps');
  });

  it('skips what it cannot follow with a sentence, and goes on', async () => {
    for (const folder of ['networks', 'epanet', 'wntr']) mkdirSync(join(scratch, folder), { recursive: true });
    const network =
      '[JUNCTIONS]\n A 0 1\n[RESERVOIRS]\n R 50\n[PIPES]\n P R A 100 100 100\n[OPTIONS]\n Units LPS\n[END]\n';
    writeFileSync(join(scratch, 'networks', 'small.inp'), network);
    writeFileSync(join(scratch, 'networks', 'broken.inp'), network.replace('R A', 'R Q'));
    writeFileSync(join(scratch, 'epanet', 'small.csv'), 'time_s,head_A,flow_P,head_Z\n0,48.1,1,3\n');
    writeFileSync(join(scratch, 'epanet', 'broken.csv'), 'time_s,head_A\n0,48.1\n');
    writeFileSync(join(scratch, 'epanet', 'unknown_case.csv'), 'time_s,head_A\n0,48.1\n');
    writeFileSync(join(scratch, 'wntr', 'small.json'), '{ "net": "small", ');
    const { cases } = await validateNetwork(scratch);
    const notes = cases.filter((r) => r.status === 'skipped').map((r) => `${r.case}: ${r.note}`);
    expect(notes).toEqual([
      expect.stringMatching(/^broken: broken.inp:6: EPANET error 203: undefined node Q/),
      'small: no counterpart here: head_Z',
      'unknown_case: no network in broken, small fits this name',
      expect.stringMatching(/^small: the case could not be followed: .*JSON/),
      expect.stringMatching(/^broken: leaks opened, grown, closed: broken.inp:6/),
      expect.stringMatching(/^broken: our Newton against EPANET: broken.inp:6: found "Q"/),
      'small: leaks opened, grown, closed: a run of 0 s has too few steps',
    ]);
    // a wrong series is a failure, not a crash
    const row = cases.find((r) => r.case === 'small' && r.metric === 'head, worst');
    expect(row?.status).toBe('fail');
  });

  it.skipIf(!existsSync(join(reference, 'epanet', 'net1_emitter_22_C5gpm_6h-18h.csv')))(
    'finds coefficient and times in the series where the name does not say them',
    async () => {
      const dir = join(scratch, 'inferred');
      for (const folder of ['networks', 'epanet']) mkdirSync(join(dir, folder), { recursive: true });
      copyFileSync(join(reference, 'networks', 'Net1.inp'), join(dir, 'networks', 'Net1.inp'));
      copyFileSync(
        join(reference, 'epanet', 'net1_emitter_22_C5gpm_6h-18h.csv'),
        join(dir, 'epanet', 'net1_some_leak.csv'),
      );
      const rows = (await validateNetwork(dir)).cases.filter((r) => r.case === 'net1_some_leak');
      expect(rows.length).toBeGreaterThan(4);
      expect(notPassed(rows)).toEqual([]);
    },
  );
});
