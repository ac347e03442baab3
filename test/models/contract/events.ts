/** Alarm events drawn at random: everything that the schema allows. */
import fc from 'fast-check';
import { ALARM_STATES, type AlarmEvent } from '../../../models/contract/index.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const positive = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const instant = fc.integer({ min: -(10 ** 15), max: 10 ** 15 });

export const anyEvent: fc.Arbitrary<AlarmEvent> = fc
  .record(
    {
      alarm: fc.string({ minLength: 1, maxLength: 64 }),
      timeUs: instant,
      frameSeq: fc.integer({ min: 0, max: 0xffffffff }),
      from: fc.constantFrom(...ALARM_STATES),
      to: fc.constantFrom(...ALARM_STATES),
      priority: fc.integer({ min: 1, max: 4 }),
      score: number,
      where: fc.record({ position_m: number, sigma_m: positive }),
      rate: fc.record({ massRate_kg_s: number, sigma_kg_s: positive }),
      onsetUs: instant,
      by: fc.string({ maxLength: 64 }),
      because: fc.string({ unit: 'binary', maxLength: 200 }),
    },
    { requiredKeys: ['alarm', 'timeUs', 'frameSeq', 'from', 'to', 'priority', 'score', 'by', 'because'] },
  )
  .map((e) => ({ ...e, timeUs: e.timeUs + 0 }));
