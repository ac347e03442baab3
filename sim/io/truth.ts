/**
 * The truth port: what really happened, for the judge and the instructor, never for a detector or a trainee. It listens
 * on a port of its own and asks every request, the WebSocket's included, for a token that is drawn at the start.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { upgradeWebSocket } from '@hono/node-server';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { WebSocket } from 'ws';
import {
  type Command,
  commandSchema,
  plainProblem,
  type TruthEvent,
  truthEventSchema,
} from '../../models/contract/index.ts';
import type { Drive } from './drive.ts';
import { createApp, doCommands } from './rest.ts';
import type { PlantRun } from './run.ts';

/** Events kept for GET /truth/events: a day of one leak, once a second. */
const KEPT = 100_000;
const UNSENT_LIMIT_bytes = 8 * 1024 * 1024;

const eventsSchema = z
  .object({
    /** Index of the first event returned; ask next with from = first + events.length. */
    first: z.int(),
    events: z.array(truthEventSchema),
    over: z.boolean(),
  })
  .openapi('Truth');
const commandsSchema = z.object({ commands: z.array(commandSchema).min(1).max(1000) }).openapi('Commands');
const takenSchema = z.object({ taken: z.int() }).openapi('Taken');

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export class Truth {
  readonly token = randomBytes(24).toString('base64url');
  readonly app: OpenAPIHono;
  readonly #tokenDigest = digest(this.token);
  readonly #run: PlantRun;
  readonly #sockets = new Set<WebSocket>();
  #events: TruthEvent[] = [];
  #first = 0;

  constructor(drive: Drive, run: PlantRun) {
    this.#run = run;
    this.app = createApp();
    this.app.use(async (c, next) => {
      const header = c.req.header('authorization');
      const given = header?.startsWith('Bearer ') ? header.slice(7) : c.req.query('token');
      // Digests are of equal length, so the comparison takes the same time whatever was given.
      if (given === undefined || !timingSafeEqual(digest(given), this.#tokenDigest)) {
        const problem = plainProblem(c.req.path, '', 'no valid token', 'Authorization: Bearer <token>, or ?token=');
        return c.json({ problems: [problem] }, 401);
      }
      return next();
    });
    this.app.openapi(
      createRoute({
        method: 'get',
        path: '/truth/events',
        summary: 'What really happened so far',
        request: {
          query: z.object({ from: z.coerce.number().int().nonnegative().default(0), token: z.string().optional() }),
        },
        responses: { 200: { content: { 'application/json': { schema: eventsSchema } }, description: 'the events' } },
      }),
      (c) => {
        const from = Math.max(c.req.valid('query').from, this.#first);
        return c.json(
          { first: from, events: this.#events.slice(from - this.#first), over: run.end !== undefined },
          200,
        );
      },
    );
    this.app.post('/truth/commands', async (c) => {
      const parsed = commandsSchema.safeParse(await c.req.json());
      if (!parsed.success) {
        const problems = parsed.error.issues.map((issue) =>
          plainProblem('/truth/commands', issue.path.join('.'), issue.code ?? 'a mistake', issue.message),
        );
        return c.json({ problems }, 400);
      }
      const commands = parsed.data.commands as Command[];
      const problems = run.end
        ? [plainProblem('/truth/commands', '', 'a run that is over', 'a running plant')]
        : doCommands(drive, commands, '/truth/commands');
      return problems.length > 0
        ? c.json({ problems }, 409)
        : c.json(takenSchema.parse({ taken: commands.length }), 200);
    });
    this.app.get(
      '/truth',
      upgradeWebSocket(() => ({
        onOpen: (_event, context) => {
          const socket = context.raw as unknown as WebSocket;
          socket.on('error', () => {});
          socket.on('close', () => this.#sockets.delete(socket));
          this.#sockets.add(socket);
          for (const event of this.#events) socket.send(JSON.stringify(event));
        },
      })),
    );
  }

  add(events: readonly TruthEvent[]): void {
    for (const event of events) this.#events.push(event);
    // Cut in large bites: shifting one by one would copy the list each time.
    if (this.#events.length > 2 * KEPT) {
      this.#first += this.#events.length - KEPT;
      this.#events = this.#events.slice(-KEPT);
    }
    for (const socket of this.#sockets) {
      if (socket.bufferedAmount > UNSENT_LIMIT_bytes) {
        socket.close(1008, 'dropped: you read slower than the plant publishes');
        this.#sockets.delete(socket);
      } else for (const event of events) socket.send(JSON.stringify(event));
    }
  }

  /** Says goodbye to all; the sockets are ended by the server's close. */
  close(): void {
    for (const socket of this.#sockets) socket.close(1001, this.#run.end?.because.slice(0, 120) ?? 'the plant closes');
  }
}
