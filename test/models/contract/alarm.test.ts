/** The journal: its digest sees every event, every field and every order, and nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALARM_STATES,
  type AlarmEvent,
  alarmEventSchema,
  isAnnunciated,
  isRaised,
  JournalDigest,
  journalDigest,
} from '../../../models/contract/index.ts';
import { canonicalJson, digestBytes } from '../../../models/kernel/index.ts';
import { anyEvent } from './events.ts';

const journal = fc.array(anyEvent, { minLength: 1, maxLength: 6 });

describe('the journal digest', () => {
  it('is SHA-256 over canonical JSON lines, and the same event by event', () => {
    fc.assert(
      fc.property(journal, (events) => {
        const lines = events.map((e) => `${canonicalJson(e)}\n`).join('');
        const running = new JournalDigest();
        for (const e of events) running.add(e);
        expect(journalDigest(events)).toBe(digestBytes(new TextEncoder().encode(lines)));
        expect(running.hex()).toBe(journalDigest(events));
      }),
      { numRuns: 100, seed: 1 },
    );
    expect(journalDigest([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('changes when two different events change places', () => {
    fc.assert(
      fc.property(journal, anyEvent, (events, other) => {
        fc.pre(events.some((e) => canonicalJson(e) !== canonicalJson(other)));
        expect(journalDigest([other, ...events])).not.toBe(journalDigest([...events, other]));
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('changes with every field, but not with the order in which fields were written', () => {
    const event: AlarmEvent = {
      alarm: 'LD-WAVE',
      timeUs: 1,
      frameSeq: 1,
      from: 'normal',
      to: 'unacknowledged',
      priority: 1,
      score: 1,
      where: { position_m: 1, sigma_m: 1 },
      rate: { massRate_kg_s: 1, sigma_kg_s: 1 },
      onsetUs: 1,
      by: 'wave',
      because: 'a',
    };
    const base = journalDigest([event]);
    const others: Partial<AlarmEvent>[] = [
      { alarm: 'LD-WAVE2' },
      { timeUs: 2 },
      { frameSeq: 2 },
      { from: 'returned' },
      { to: 'acknowledged' },
      { priority: 2 },
      { score: 1 + Number.EPSILON },
      { where: { position_m: 1, sigma_m: 2 } },
      { where: undefined },
      { rate: { massRate_kg_s: 2, sigma_kg_s: 1 } },
      { onsetUs: 2 },
      { by: 'cusum' },
      { because: 'b' },
    ];
    const digests = others.map((change) => journalDigest([{ ...event, ...change }]));
    expect(new Set([base, ...digests]).size).toBe(others.length + 1);
    const backwards = Object.fromEntries(Object.entries(event).reverse()) as unknown as AlarmEvent;
    expect(journalDigest([backwards])).toBe(base);
  });
});

describe('events', () => {
  it('annunciate where an alarm that did not stand, or was hidden, becomes unacknowledged', () => {
    const raised = ALARM_STATES.filter((from) => isRaised({ from, to: 'unacknowledged' } as AlarmEvent));
    expect(raised).toEqual([
      'normal',
      'returned',
      'latched-unacknowledged',
      'latched',
      'shelved',
      'suppressed',
      'out-of-service',
    ]);
    const others = ALARM_STATES.filter((to) => to !== 'unacknowledged');
    for (const from of ALARM_STATES) for (const to of others) expect(isRaised({ from, to } as AlarmEvent)).toBe(false);
  });

  it('annunciate again where something further is found, and remind without being raised', () => {
    for (const from of ['unacknowledged', 'acknowledged'] as const) {
      const again = (kind: 'further' | 'reminder') => ({ from, to: 'unacknowledged', again: kind }) as AlarmEvent;
      expect([isRaised(again('further')), isAnnunciated(again('further'))]).toEqual([true, true]);
      expect([isRaised(again('reminder')), isAnnunciated(again('reminder'))]).toEqual([false, true]);
    }
  });

  it('have a digest without who did it and in what words', () => {
    const event = { alarm: 'A', timeUs: 1, action: 'acknowledge' } as unknown as AlarmEvent;
    expect(journalDigest([{ ...event, who: 'ann', comment: 'seen' }])).toBe(journalDigest([event]));
    expect(journalDigest([{ ...event, action: 'reset' }])).not.toBe(journalDigest([event]));
  });

  it('with a number that JSON cannot carry, or an unknown key, are refused', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(alarmEventSchema.safeParse(event).success).toBe(true);
        for (const bad of [
          { ...event, score: Number.NaN },
          { ...event, score: Number.POSITIVE_INFINITY },
          { ...event, timeUs: 0.5 },
          { ...event, frameSeq: -1 },
          { ...event, priority: 5 },
          { ...event, alarm: '' },
          { ...event, operator: 'Ann' },
        ])
          expect(alarmEventSchema.safeParse(bad).success).toBe(false);
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});
