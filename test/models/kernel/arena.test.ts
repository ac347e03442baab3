/** The arena: arrays of one buffer that never touch each other, and that a copy of the buffer holds completely. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arena, bindArena } from '../../../models/kernel/index.ts';

const kinds = ['f64', 'f32', 'i32', 'u8'] as const;
const wants = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(20)), { maxLength: 30 });
const build = (list: readonly (readonly [(typeof kinds)[number], number])[]) => (a: Arena) =>
  list.map(([kind, n]) => a[kind](n));

describe('arena', () => {
  it('gives every array its own bytes of one buffer, aligned and zero', () => {
    fc.assert(
      fc.property(wants, (list) => {
        const { buffer, views } = bindArena(build(list));
        let end = 0;
        for (const [i, view] of views.entries()) {
          expect(view.buffer).toBe(buffer);
          expect(view.length).toBe(list[i]![1]);
          expect(view.byteOffset % 8).toBe(0);
          expect(view.byteOffset).toBeGreaterThanOrEqual(end);
          end = view.byteOffset + view.byteLength;
        }
        expect(buffer.byteLength - end).toBeLessThan(8 + (list.length === 0 ? 0 : 8));
        expect(new Uint8Array(buffer).every((b) => b === 0)).toBe(true);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('a copy of the buffer is a copy of everything', () => {
    fc.assert(
      fc.property(wants, (list) => {
        const a = bindArena(build(list));
        for (const [i, view] of a.views.entries())
          for (let k = 0; k < view.length; k += 1) view[k] = (31 * i + k) % 251;
        const b = bindArena(build(list));
        new Uint8Array(b.buffer).set(new Uint8Array(a.buffer));
        expect(b.views).toEqual(a.views);
        expect(b.buffer.byteLength).toBe(a.buffer.byteLength);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('refuses what is no number of elements, and a builder that asks differently the second time', () => {
    expect(() => bindArena((a) => a.f64(-1))).toThrow('-1 is not a number of elements');
    expect(() => bindArena((a) => a.u8(1.5))).toThrow('1.5 is not a number of elements');
    let calls = 0;
    expect(() =>
      bindArena((a) => {
        calls += 1;
        return a.f64(calls === 1 ? 4 : 2);
      }),
    ).toThrow('the second pass asked for 16 bytes, the first for 32');
  });
});
