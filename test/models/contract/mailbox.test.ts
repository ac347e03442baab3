/** How alarms enter by Modbus: the fixed form within its precision, the text form to the byte. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AlarmEvent,
  alarmEventSchema,
  readMailbox,
  TEXT_BYTES,
  TEXT_REGISTERS,
  TextCollector,
  textPieces,
  writeMailbox,
} from '../../../models/contract/index.ts';
import { canonicalJson } from '../../../models/kernel/index.ts';
import { anyEvent } from './events.ts';

const event: AlarmEvent = {
  alarm: 'EXT-7',
  timeUs: 61_000_000,
  frameSeq: 61,
  from: 'normal',
  to: 'unacknowledged',
  priority: 1,
  score: 1.5,
  where: { position_m: 31_250, sigma_m: 120 },
  rate: { massRate_kg_s: 2.5, sigma_kg_s: 0.25 },
  onsetUs: 55_250_000,
  by: 'modbus-mailbox',
  because: 'posted by an external detector',
};
const read = (registers: ArrayLike<number>, time: number | undefined = event.timeUs) =>
  readMailbox(
    registers,
    () => time,
    () => 'normal',
  );

describe('the fixed form', () => {
  it('carries all that it has room for', () => {
    expect(read(writeMailbox(event, 7))).toEqual({ ok: true, event });
  });

  it('carries any event: integers exactly, numbers as float32, what is absent stays absent', () => {
    fc.assert(
      fc.property(anyEvent, fc.integer({ min: 1, max: 999 }), (drawn, number) => {
        const small = (x: number) => Math.abs(x) < 1e38;
        fc.pre(
          [
            drawn.score,
            drawn.where?.position_m ?? 0,
            drawn.where?.sigma_m ?? 0,
            drawn.rate?.massRate_kg_s ?? 0,
            drawn.rate?.sigma_kg_s ?? 0,
          ].every(small),
        );
        const back = read(writeMailbox(drawn, number), drawn.timeUs);
        if (!back.ok) throw new Error(back.why);
        const { from, by, because, alarm, ...rest } = back.event;
        expect([from, by, alarm]).toEqual(['normal', 'modbus-mailbox', `EXT-${number}`]);
        expect(because).not.toBe('');
        const f = (x: number) => Math.fround(x) + 0;
        expect(canonicalJson(rest)).toEqual(
          canonicalJson({
            timeUs: drawn.timeUs,
            frameSeq: drawn.frameSeq,
            to: drawn.to,
            priority: drawn.priority,
            score: f(drawn.score),
            where: drawn.where && { position_m: f(drawn.where.position_m!), sigma_m: f(drawn.where.sigma_m) },
            rate: drawn.rate && {
              massRate_kg_s: f(drawn.rate.massRate_kg_s),
              sigma_kg_s: f(drawn.rate.sigma_kg_s),
            },
            onsetUs: drawn.onsetUs,
          }),
        );
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it.each<[string, number, number, string]>([
    ['alarm number', 0, 0, 'alarm number 0 is not 1 to 999'],
    ['alarm number', 0, 1000, 'alarm number 1000 is not 1 to 999'],
    ['state', 1, 0, 'state 0 is not 1 to 9'],
    ['state', 1, 10, 'state 10 is not 1 to 9'],
    ['priority', 2, 0, 'priority 0 is not 1 to 4'],
    ['priority', 2, 65_535, 'priority 65535 is not 1 to 4'],
  ])('a wrong %s in register %d (%d) is refused in a sentence', (_, register, value, why) => {
    const registers = writeMailbox(event, 7);
    registers[register] = value;
    expect(read(registers)).toEqual({ ok: false, why });
  });

  it('refuses a frame that was never published, and numbers that are none', () => {
    expect(
      readMailbox(
        writeMailbox(event, 7),
        () => undefined,
        () => 'normal',
      ),
    ).toEqual({ ok: false, why: 'frame 61 has not been published' });
    const nan = writeMailbox(event, 7);
    nan[10] = 0x7fc0;
    expect(read(nan).ok).toBe(false);
    const negative = writeMailbox({ ...event, where: { position_m: 1, sigma_m: -1 } }, 7);
    expect(read(negative).ok).toBe(false);
  });
});

describe('the text form', () => {
  const collect = (pieces: readonly Uint16Array[]): string | undefined => {
    const collector = new TextCollector();
    let whole: string | undefined;
    pieces.forEach((p, i) => {
      whole = collector.add(p);
      if (i < pieces.length - 1) expect(whole).toBeUndefined();
    });
    return whole;
  };

  it('carries any event to the byte of its canonical JSON', () => {
    fc.assert(
      fc.property(anyEvent, (drawn) => {
        const text = canonicalJson(drawn);
        const pieces = textPieces(text);
        for (const p of pieces) expect(p.length).toBe(TEXT_REGISTERS);
        expect(collect(pieces)).toBe(text);
        expect(canonicalJson(alarmEventSchema.parse(JSON.parse(text)))).toBe(text);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it('may be cut in the middle of a character, at each of its bytes', () => {
    for (const c of ['é', '€', '😀'])
      for (let before = TEXT_BYTES - 4; before <= TEXT_BYTES; before += 1) {
        const text = `${'x'.repeat(before)}${c}${'y'.repeat(TEXT_BYTES)}`;
        const pieces = textPieces(text);
        expect(pieces.length).toBe(Math.ceil(new TextEncoder().encode(text).length / TEXT_BYTES));
        expect(collect(pieces)).toBe(text);
      }
  });

  it('an empty text is one empty piece', () => {
    expect(textPieces('').map((p) => [p[0], p[1]])).toEqual([[0x8000, 0]]);
    expect(collect(textPieces(''))).toBe('');
  });

  it('pieces out of order, twice or too long are refused, and the next whole text is heard', () => {
    const pieces = textPieces('z'.repeat(3 * TEXT_BYTES));
    const collector = new TextCollector();
    expect(() => collector.add(pieces[1]!)).toThrow('text piece 1 is out of order');
    collector.add(pieces[0]!);
    expect(() => collector.add(pieces[2]!)).toThrow('text piece 2 is out of order');
    collector.add(pieces[0]!);
    collector.add(pieces[1]!);
    expect(() => collector.add(pieces[1]!)).toThrow('text piece 1 is out of order');
    const long = Uint16Array.from(pieces[0]!);
    long[1] = TEXT_BYTES + 1;
    expect(() => collector.add(long)).toThrow(`longer than ${TEXT_BYTES}`);
    // A sender that begins anew is always heard.
    collector.add(pieces[0]!);
    collector.add(pieces[0]!);
    collector.add(pieces[1]!);
    expect(collector.add(pieces[2]!)).toBe('z'.repeat(3 * TEXT_BYTES));
  });

  it('bytes that are no UTF-8 throw and are forgotten', () => {
    const bad = textPieces('ab');
    bad[0]![2] = 0xc328;
    const collector = new TextCollector();
    expect(() => collector.add(bad[0]!)).toThrow();
    expect(collector.add(textPieces('ok')[0]!)).toBe('ok');
  });

  it('a text without end is not kept without end', () => {
    const collector = new TextCollector();
    const piece = textPieces('x'.repeat(2 * TEXT_BYTES))[0]!;
    const send = () => {
      for (let i = 0; i < 200; i += 1) collector.add(Uint16Array.from(piece, (w, k) => (k === 0 ? i : w)));
    };
    expect(send).toThrow('out of order');
  });
});
