/**
 * Operators at their screens: the WebSocket /ws/alarms tells every alarm event and every operator's action as it comes, and
 * POST /api/alarms/actions takes them (acknowledge, shelve, unshelve). What stands on the list follows from both by the
 * contract's alarmBoard, here as in every window. Nothing here moves the plant or the detector.
 */
import { upgradeWebSocket } from '@hono/node-server';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { WebSocket } from 'ws';
import {
  type AlarmEvent,
  type AlarmMessage,
  alarmBoard,
  type OperatorAction,
  operatorActionSchema,
  operatorRecordSchema,
  plainProblem,
} from '../../models/contract/index.ts';
import type { AlarmDesk } from './alarmDesk.ts';
import { originAllowed } from './live.ts';
import type { Publication } from './publication.ts';

const UNSENT_LIMIT_bytes = 8 * 1024 * 1024;
const SCREEN_LIMIT = 200;
/** Actions kept for screens that come later. */
const KEPT = 10_000;

const takenSchema = z.object({ action: operatorRecordSchema }).openapi('OperatorAction');
const problemsSchema = z.object({ problems: z.array(z.looseObject({ found: z.string(), expected: z.string() })) });

export class Operators {
  readonly #desk: AlarmDesk;
  readonly #publication: Publication;
  readonly #screens = new Set<WebSocket>();
  readonly #actions: OperatorAction[] = [];

  constructor(desk: AlarmDesk, publication: Publication) {
    this.#desk = desk;
    this.#publication = publication;
  }

  addTo(app: OpenAPIHono): void {
    app.openapi(
      createRoute({
        method: 'post',
        path: '/api/alarms/actions',
        summary: 'An operator acknowledges, shelves or unshelves an alarm, with name and comment',
        request: { body: { content: { 'application/json': { schema: operatorActionSchema } }, required: true } },
        responses: {
          200: { content: { 'application/json': { schema: takenSchema } }, description: 'taken, with its plant time' },
          400: { content: { 'application/json': { schema: problemsSchema } }, description: 'refused' },
          409: {
            content: { 'application/json': { schema: problemsSchema } },
            description: 'no such alarm on the list',
          },
        },
      }),
      (c) => {
        const asked = c.req.valid('json');
        const { timeUs } = this.#publication.frame;
        const row = alarmBoard(this.#desk.recent, this.#actions, timeUs).find((r) => r.alarm === asked.alarm);
        const why = !row
          ? `${asked.alarm} is not on the list`
          : asked.action === 'acknowledge' && row.state === 'acknowledged'
            ? `${asked.alarm} is acknowledged already`
            : asked.action === 'unshelve' && row.state !== 'shelved'
              ? `${asked.alarm} is not shelved`
              : undefined;
        if (why !== undefined)
          return c.json(
            { problems: [plainProblem(c.req.path, 'alarm', why, 'an alarm that this can be done to')] },
            409,
          );
        const action: OperatorAction = { ...asked, timeUs };
        this.#actions.push(action);
        if (this.#actions.length > KEPT) this.#actions.shift();
        this.#tell({ type: 'action', action });
        return c.json({ action }, 200);
      },
    );
    app.use('/ws/alarms', async (c, next) => {
      if (!originAllowed(c.req.header('origin'), c.req.header('host'))) return c.text('a page of another host', 403);
      if (this.#screens.size >= SCREEN_LIMIT) return c.text(`${SCREEN_LIMIT} screens are connected already`, 503);
      return next();
    });
    app.get(
      '/ws/alarms',
      upgradeWebSocket(() => ({
        onOpen: (_event, context) => {
          const socket = context.raw as unknown as WebSocket;
          socket.on('error', () => {});
          socket.on('close', () => this.#screens.delete(socket));
          this.#screens.add(socket);
          const all: AlarmMessage = { type: 'alarms', events: this.#desk.recent, actions: this.#actions };
          socket.send(JSON.stringify(all));
        },
      })),
    );
  }

  /** A detector's event has been taken in. */
  tell(event: AlarmEvent): void {
    this.#tell({ type: 'alarm', event });
  }

  close(): void {
    for (const socket of this.#screens) socket.close(1001, 'the plant closes');
  }

  #tell(message: AlarmMessage): void {
    const text = JSON.stringify(message);
    for (const socket of this.#screens) {
      if (socket.bufferedAmount > UNSENT_LIMIT_bytes) {
        socket.close(1008, 'dropped: you read slower than the plant publishes');
        this.#screens.delete(socket);
      } else socket.send(text);
    }
  }
}
