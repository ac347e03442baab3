/**
 * The newest scans as bytes, for windows: who opens one in the middle of a run, or was cut off for a while, asks
 * GET /api/frames for what it missed. Bounded by bytes; the recording has the rest.
 */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { frameByteLength, MOST_FRAMES, plainProblem } from '../../models/contract/index.ts';
import type { Publication } from './publication.ts';

const KEPT_bytes = 64 * 1024 * 1024;

export class RecentFrames {
  readonly #publication: Publication;
  readonly #bytes: Uint8Array;
  readonly #size: number;
  readonly #capacity: number;
  #newest = 0;
  #held = 0;

  constructor(publication: Publication) {
    this.#publication = publication;
    this.#size = frameByteLength(publication.layout);
    this.#capacity = Math.max(1, Math.min(100_000, Math.floor(KEPT_bytes / this.#size)));
    this.#bytes = new Uint8Array(this.#capacity * this.#size);
  }

  /** Keeps the newest scan. */
  keep(): void {
    const { frame } = this.#publication;
    this.#bytes.set(this.#publication.encoded(), (frame.seq % this.#capacity) * this.#size);
    this.#newest = frame.seq;
    this.#held = Math.min(this.#held + 1, this.#capacity);
  }

  addTo(app: OpenAPIHono): void {
    app.get('/api/frames', (c) => {
      const from = Number(c.req.query('from') ?? 1);
      const count = Number(c.req.query('count') ?? MOST_FRAMES);
      if (!Number.isSafeInteger(from) || from < 1 || !Number.isSafeInteger(count) || count < 1)
        return c.json(
          {
            problems: [
              plainProblem(c.req.path, '', c.req.url.split('?')[1] ?? '', 'from and count, whole and above 0'),
            ],
          },
          400,
        );
      return c.body(this.#cut(from, Math.min(count, MOST_FRAMES)), 200, {
        'content-type': 'application/octet-stream',
        'cache-control': 'no-store',
        'x-first-seq': String(this.#newest - this.#held + 1),
        'x-last-seq': String(this.#newest),
      });
    });
  }

  #cut(from: number, count: number): Uint8Array<ArrayBuffer> {
    const first = Math.max(from, this.#newest - this.#held + 1);
    const last = Math.min(from + count - 1, this.#newest);
    const bytes = new Uint8Array(Math.max(0, last - first + 1) * this.#size);
    for (let seq = first; seq <= last; seq += 1) {
      const at = (seq % this.#capacity) * this.#size;
      bytes.set(this.#bytes.subarray(at, at + this.#size), (seq - first) * this.#size);
    }
    return bytes;
  }
}
