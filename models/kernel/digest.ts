/**
 * Digests: SHA-256 over bytes and over canonical JSON (keys sorted by code unit, no spaces, numbers as ECMAScript prints
 * them: RFC 8785's rules for what we store). Equal content gives equal digests on every platform and transport.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Canonical JSON text. `undefined` members are left out; NaN and infinities throw, as they have no JSON form. */
export function canonicalJson(value: unknown): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError(`${value} has no JSON form`);
      return JSON.stringify(value);
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'object': {
      if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v === undefined ? null : v)).join(',')}]`;
      const record = value as Record<string, unknown>;
      const members = Object.keys(record)
        .filter((k) => record[k] !== undefined)
        .sort()
        .map((k) => `${JSON.stringify(k)}:${canonicalJson(record[k])}`);
      return `{${members.join(',')}}`;
    }
    default:
      throw new TypeError(`a ${typeof value} has no JSON form`);
  }
}

export function digestBytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

export function digestJson(value: unknown): string {
  return digestBytes(utf8ToBytes(canonicalJson(value)));
}

/** A digest that is fed piece by piece. `hex()` may be called once more pieces follow: it works on a copy. */
export class RunningDigest {
  private readonly hash = sha256.create();
  bytes(piece: Uint8Array): this {
    this.hash.update(piece);
    return this;
  }
  text(piece: string): this {
    this.hash.update(utf8ToBytes(piece));
    return this;
  }
  hex(): string {
    return bytesToHex(this.hash.clone().digest());
  }
}
