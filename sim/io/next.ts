/**
 * POST /api/next: a detector in one request per scan. It takes the events and the acknowledge of the scan that the caller is
 * done with, and is answered with the next scan, or with the end. The answer waits for a scan and never for a span of time.
 *
 * HTTP has no connection that could own the acknowledge, so a detector is its name. It leaves when a request of its own that
 * waits is broken off; one that dies between two requests is found out by the watch of the run.
 */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type NextAnswer, nextAnswerSchema, nextRequestSchema, plainProblem } from '../../models/contract/index.ts';
import type { AlarmDesk } from './alarmDesk.ts';
import type { Publication } from './publication.ts';
import type { AckAnswer, Peer, PlantRun } from './run.ts';

const PEERS = 100;

export interface NextPlant {
  readonly publication: Publication;
  readonly run: PlantRun;
  readonly desk: AlarmDesk;
}

export class NextDetectors {
  readonly #plant: NextPlant;
  readonly #peers = new Map<string, Peer>();
  #waiting: (() => void)[] = [];

  constructor(plant: NextPlant) {
    this.#plant = plant;
  }

  /** A scan was published, or the run is over: whoever waits looks again. */
  tell(): void {
    for (const look of this.#waiting.splice(0)) look();
  }

  addTo(app: OpenAPIHono): void {
    const problems = z.object({ problems: z.array(z.looseObject({ found: z.string(), expected: z.string() })) });
    const json = <T extends z.ZodType>(schema: T, description: string) => ({
      content: { 'application/json': { schema } },
      description,
    });
    app.openapi(
      createRoute({
        method: 'post',
        path: '/api/next',
        summary: 'A detector in one request per scan: events and acknowledge in, next scan out',
        request: { body: { ...json(nextRequestSchema, 'what was made of the scan before'), required: true } },
        responses: {
          200: json(nextAnswerSchema, 'the next scan, or the end'),
          400: json(problems, 'refused'),
          409: json(problems, 'refused; the scan still waits'),
        },
      }),
      async (c) => {
        const { detector, ack, events } = c.req.valid('json');
        const refuse = (path: string, found: string, expected: string) =>
          c.json({ problems: [plainProblem('/api/next', path, found, expected)] }, 409);
        const { run, desk } = this.#plant;
        const peer = this.#peer(detector);
        if (!peer) return refuse('detector', `a ${PEERS + 1}th name`, 'the same name in every request');
        const owner = run.declare(peer);
        if (owner !== undefined) return refuse('detector', owner, 'a plant that has no detector');
        for (const [i, event] of events.entries()) {
          const why = desk.take(event);
          if (why !== undefined) return refuse(`events.${i}`, why, 'an event of the scan that is acknowledged');
        }
        if (ack !== undefined && ack > run.acked) {
          const answer = await new Promise<AckAnswer>((resolve) => {
            const at = run.ack(peer, ack, resolve);
            if (at !== 'later') resolve(at);
          });
          if (answer === 'wrong-seq')
            return refuse('ack', `scan ${ack}`, `scan ${this.#plant.publication.frame.seq}, which waits`);
          if (answer === 'not-owner')
            return refuse('detector', 'another detector owns the acknowledge', 'one detector');
        }
        const answer = await this.#after(ack ?? 0, c.req.raw.signal);
        if (!answer) {
          run.leave(peer);
          return refuse('', 'a request that was broken off', 'a caller that waits');
        }
        return c.json(answer, 200);
      },
    );
  }

  #peer(name: string): Peer | undefined {
    let peer = this.#peers.get(name);
    if (!peer && this.#peers.size < PEERS) {
      peer = { name: `${JSON.stringify(name)} (REST)` };
      this.#peers.set(name, peer);
    }
    return peer;
  }

  /** The newest scan behind `seq`; undefined where the caller has gone away meanwhile. */
  async #after(seq: number, signal: AbortSignal): Promise<NextAnswer | undefined> {
    const { publication, run } = this.#plant;
    for (;;) {
      if (publication.frame.seq > seq) return { over: false, frame: publication.written() };
      if (run.end) return { over: true, because: run.end.because };
      if (signal.aborted) return undefined;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
}
