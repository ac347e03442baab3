/** No detector that meets the demanded rate of false alarms is faster on average than the bound, on plants of several kinds. */
import { describe, expect, it } from 'vitest';
import { readSuite } from '../../../scenarios/run/index.ts';
import { doJob } from '../../../scenarios/run/job.ts';
import { notBefore } from '../../../scenarios/score/index.ts';
import { Folder } from './short.ts';

const folder = new Folder();
const suite = folder.write(
  'bounded.yaml',
  'suite: bounded\nabout: a\nscenarios: [district-burst, gas-rupture]\nseeds: { from: 11, count: 1 }\n',
);

describe('the stationary clairvoyant bound', () => {
  const read = readSuite(suite, { bound: true });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const { value } = read;
  it.each(value.scenarios.map((s, i) => [s.name, i] as const))(
    'of %s is beaten by no ensemble, and the realisable one is no earlier',
    async (name, s) => {
      let latency_s = 0;
      let bound_s = 0;
      let realisable_s = 0;
      for (const job of value.jobs.filter((j) => j.scenario === s)) {
        const work = await doJob(value, job);
        for (const card of work!.cards) {
          const bound = card.bounds![0]!;
          latency_s += card.verdicts.find((v) => v.criterion === 'latency')!.actual ?? bound.watched_s;
          bound_s += bound.clairvoyant.stationary_s!;
          realisable_s += bound.realisable!.stationary_s!;
          expect(bound.realisable!.stationary_s).toBeGreaterThanOrEqual(bound.clairvoyant.stationary_s!);
          expect(bound.realisable!.worstCase_s).toBeGreaterThanOrEqual(bound.clairvoyant.worstCase_s!);
          expect(bound.clairvoyant.worstCase_s).toBeGreaterThanOrEqual(bound.clairvoyant.stationary_s!);
        }
      }
      console.log(
        `${name}: bound ${bound_s.toFixed(1)} s, realisable ${realisable_s.toFixed(1)} s, latency ${latency_s.toFixed(1)} s`,
      );
      expect(bound_s).toBeGreaterThan(0);
      expect(latency_s).toBeGreaterThan(bound_s);
    },
  );

  it('holds for whoever knows less: a realisable one is never before it, and none where it is none', () => {
    const early = { stationary_s: 1.9, worstCase_s: 2.5 };
    expect(notBefore({ stationary_s: 2, worstCase_s: 2 }, early)).toEqual({ stationary_s: 2, worstCase_s: 2.5 });
    expect(notBefore({ stationary_s: null, worstCase_s: null }, early)).toEqual({
      stationary_s: null,
      worstCase_s: null,
    });
  });
});
