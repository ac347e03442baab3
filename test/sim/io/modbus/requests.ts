/**
 * Modbus requests for property tests: wild ones, and ones so near to legal that half of them are, on a device of some
 * 60 to 90 addresses in each table.
 */
import fc from 'fast-check';

/** Requests near the truth: known functions, small numbers, lengths that are often right. */
export const nearlyLegal = fc.oneof(
  fc.array(fc.nat(255), { minLength: 1, maxLength: 253 }),
  fc
    .tuple(
      fc.constantFrom(1, 2, 3, 4, 5, 6, 15, 16, 22, 23, 43),
      fc.array(fc.oneof(fc.nat(64), fc.constantFrom(0, 0xff, 14, 2)), { maxLength: 20 }),
    )
    .map(([f, rest]) => [f, ...rest]),
  fc
    .tuple(fc.constantFrom(1, 2, 3, 4), fc.nat(90), fc.integer({ min: 0, max: 90 }))
    .map(([f, address, quantity]) => [f, 0, address, 0, Math.max(0, quantity - address)]),
  fc
    .tuple(fc.constantFrom(5, 6), fc.nat(90), fc.constantFrom(0, 0xff), fc.constantFrom(0, 0, 0, 1))
    .map(([f, address, high, low]) => [f, 0, address, high, low]),
  fc
    .tuple(fc.nat(90), fc.nat(0xffff), fc.nat(0xffff))
    .map(([address, and, or]) => [22, 0, address, and >> 8, and & 255, or >> 8, or & 255]),
  fc
    .tuple(fc.constantFrom(15, 16), fc.nat(70), fc.nat(140), fc.integer({ min: -1, max: 1 }))
    .map(([f, address, quantity, error]) => {
      const count = f === 16 ? quantity * 2 : Math.ceil(quantity / 8);
      const data = Array.from({ length: Math.min(247, count) }, (_, i) => (i * 73 + quantity) & 255);
      return [f, 0, address, 0, quantity, (count + error) & 255, ...data];
    }),
  fc
    .tuple(fc.nat(70), fc.nat(70), fc.nat(70), fc.nat(70))
    .map(([from, read, to, write]) => [
      23,
      0,
      from,
      0,
      read,
      0,
      to,
      0,
      write,
      write * 2,
      ...Array(write * 2).fill(read),
    ]),
);
