import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RunningDigest } from '../../../models/kernel/index.ts';
import { NativeDigest } from '../../../scenarios/run/nativeDigest.ts';

describe('the platform’s digest', () => {
  test('is that of every other platform, piece by piece, and asking does not end it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'grapheme' }))), (pieces) => {
        const native = new NativeDigest();
        const running = new RunningDigest();
        for (const piece of pieces) {
          if (typeof piece === 'string') {
            native.text(piece);
            running.text(piece);
          } else {
            native.bytes(piece);
            running.bytes(piece);
          }
          expect(native.hex()).toBe(running.hex());
        }
      }),
    );
  });
});
