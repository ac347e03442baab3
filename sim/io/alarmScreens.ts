/**
 * Screens that show alarms: the WebSocket /ws/alarms tells the whole journal first, then every event as it comes, an operator's
 * actions among them. What stands on the list follows from it by the contract's alarmBoard.
 */
import { upgradeWebSocket } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { WebSocket } from 'ws';
import type { AlarmEvent, AlarmMessage } from '../../models/contract/index.ts';
import type { AlarmDesk } from './alarmDesk.ts';
import { originAllowed } from './live.ts';

const UNSENT_LIMIT_bytes = 8 * 1024 * 1024;
const SCREEN_LIMIT = 200;

export class AlarmScreens {
  readonly #desk: AlarmDesk;
  readonly #screens = new Set<WebSocket>();

  constructor(desk: AlarmDesk) {
    this.#desk = desk;
  }

  addTo(app: OpenAPIHono): void {
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
          socket.send(JSON.stringify({ type: 'alarms', events: this.#desk.recent } satisfies AlarmMessage));
        },
      })),
    );
  }

  /** An event has been taken in. */
  tell(event: AlarmEvent): void {
    const text = JSON.stringify({ type: 'alarm', event } satisfies AlarmMessage);
    for (const socket of this.#screens) {
      if (socket.bufferedAmount > UNSENT_LIMIT_bytes) {
        socket.close(1008, 'dropped: you read slower than the plant publishes');
        this.#screens.delete(socket);
      } else socket.send(text);
    }
  }

  close(): void {
    for (const socket of this.#screens) socket.close(1001, 'the plant closes');
  }
}
