/** Digests: SHA-256 against published vectors, and canonical JSON against what two writers of the same content must agree on. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestBytes, digestJson, RunningDigest } from '../../../models/kernel/index.ts';

const text = (s: string) => new TextEncoder().encode(s);

describe('SHA-256', () => {
  // FIPS 180-4 examples, NIST CAVP short messages.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('of %.20s… is the published one', (message, hex) => {
    expect(digestBytes(text(message))).toBe(hex);
    expect(new RunningDigest().text(message).hex()).toBe(hex);
  });

  it('of any pieces is that of the whole, and that of another implementation', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
        const running = new RunningDigest();
        const other = createHash('sha256');
        for (const piece of pieces) {
          running.bytes(piece);
          other.update(piece);
          // Asking in between must not disturb what follows.
          running.hex();
        }
        expect(running.hex()).toBe(other.digest('hex'));
        expect(running.hex()).toBe(digestBytes(Uint8Array.from(pieces.flatMap((p) => [...p]))));
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('canonical JSON', () => {
  // RFC 8785 §3.2.3: sorted by UTF-16 code units, so € (20ac) before the emoji (d83d), and before U+FB33.
  it('sorts keys by code unit, at every depth, whatever the order in which they were written', () => {
    const sorted = ['', '\r', '1', 'ö', '€', '😀', '\uFB33'];
    const value = Object.fromEntries(['€', '\r', '\uFB33', '1', '😀', '', 'ö'].map((k) => [k, { b: 1, a: 2 }]));
    expect(canonicalJson(value)).toBe(`{${sorted.map((k) => `${JSON.stringify(k)}:{"a":2,"b":1}`).join(',')}}`);
    expect(canonicalJson({ z: { b: 1, a: [{ d: 1, c: 2 }] } })).toBe('{"z":{"a":[{"c":2,"d":1}],"b":1}}');
  });

  it.each<[unknown, string]>([
    [0, '0'],
    [-0, '0'],
    [1e21, '1e+21'],
    [1 / 3, '0.3333333333333333'],
    [5e-324, '5e-324'],
    ['\u20ac$\n"\\', '"€$\\n\\"\\\\"'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [[undefined, 1], '[null,1]'],
    [[], '[]'],
    [{}, '{}'],
    [true, 'true'],
  ])('%j is %s', (value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 0, Symbol('s')])('%s has no form and throws', (value) => {
    expect(() => canonicalJson({ a: [value] })).toThrow('has no JSON form');
  });

  it('means the same value, and forgets the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const canonical = canonicalJson(value);
        expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(canonical);
        expect(digestJson(reversed(value))).toBe(digestBytes(text(canonical)));
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  // A literal "__proto__" key must stay a key.
  const out: Record<string, unknown> = {};
  for (const [k, v] of Object.entries(value).reverse())
    Object.defineProperty(out, k, { value: reversed(v), enumerable: true, configurable: true, writable: true });
  return out;
}
