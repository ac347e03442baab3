/** A 1 % leak on the crude line with all methods on: confirmed by vote, shut in over Modbus, and what that saved. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecipe, readResponse } from '../../../detector/index.ts';
import { ProblemError, unwrap } from '../../../models/contract/index.ts';
import { readInputs, runScenario } from '../../../scenarios/run/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaktwin-respond-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function play(transport: 'inproc' | 'modbus') {
  const out = join(folder, transport);
  const outcome = await runScenario({
    inputs: unwrap(readInputs('crude-response')),
    recipe: unwrap(readRecipe('crude-all')),
    response: unwrap(readResponse('crude-line')),
    transport,
    pace: { kind: 'lockstep' },
    out,
  });
  await outcome.server?.close();
  return { card: outcome.card, actions: readFileSync(join(out, 'actions.jsonl'), 'utf8') };
}

describe('emergency response in a run', () => {
  it('shuts the line in by Modbus writes: the leak falls, half of the spill is saved, and in process it is the same', async () => {
    const wired = await play('modbus');
    const r = wired.card.response!;
    console.log(
      `spilled ${r.spilled_m3.toFixed(2)} m3, without response ${r.withoutResponse_m3.toFixed(2)} m3; leak ${r.rateBefore_kg_s!.toFixed(2)} to ${r.rateAtEnd_kg_s.toFixed(2)} kg/s; peak ${(r.peakAfter_Pa! / 1e5).toFixed(1)} bar (before ${(r.peakBefore_Pa! / 1e5).toFixed(1)})`,
    );
    expect(wired.card.status).toBe('valid');
    expect(r.incidents).toHaveLength(1);
    expect(r.written).toBe(5);
    expect(r.refused).toBe(0);
    expect(r.rateAtEnd_kg_s).toBeLessThan(0.5 * r.rateBefore_kg_s!);
    expect(r.saved_m3).toBeGreaterThan(0.3 * r.withoutResponse_m3);
    expect(r.peakAfter_Pa).toBeLessThan(1.05 * r.peakBefore_Pa!);
    const near = await play('inproc');
    expect(near.actions).toBe(wired.actions);
    expect(near.card.journalDigest).toBe(wired.card.journalDigest);
    expect(near.card.response).toEqual(r);
  }, 60_000);

  it('refuses a document of another plant or of alarms that the recipe has not, before anything runs', async () => {
    const base = {
      inputs: unwrap(readInputs('crude-response')),
      response: unwrap(readResponse('crude-line')),
      pace: { kind: 'lockstep' as const },
      out: join(folder, 'never'),
    };
    const wrong = runScenario({ ...base, recipe: unwrap(readRecipe('wave')), transport: 'inproc' });
    await expect(wrong).rejects.toThrow(ProblemError);
    await expect(wrong).rejects.toThrow(/LD-BALANCE/);
    const socket = runScenario({ ...base, recipe: unwrap(readRecipe('crude-all')), transport: 'websocket' });
    await expect(socket).rejects.toThrow(/websocket/);
  });
});
