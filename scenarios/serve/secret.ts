/** Secrets that a request carries, compared in a time that tells nothing of them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';

/** Of `Authorization: Bearer …`. */
export function bearerOf(c: Context): string | undefined {
  const header = c.req.header('authorization');
  return header?.startsWith('Bearer ') ? header.slice(7) : undefined;
}

export function sameSecret(given: string | undefined, secret: string | undefined): boolean {
  if (given === undefined || secret === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
