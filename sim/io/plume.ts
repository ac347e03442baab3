/**
 * The gas in the air, for pictures: the WebSocket /truth/air on the truth port, behind its token like all truth. A list of
 * the species first, then what is in the air after each scan, made only while somebody looks.
 */
import { upgradeWebSocket } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { WebSocket } from 'ws';
import { createPlume, encodePlume, type Plume, type PlumeHello } from '../../models/contract/index.ts';
import type { Drive } from './drive.ts';

/** A viewer that reads slower than this misses pictures; the newest is what it wants. */
const UNSENT_LIMIT_bytes = 2 * 1024 * 1024;

export class PlumeRoom {
  readonly #drive: Drive;
  readonly #plume: Plume = createPlume();
  readonly #viewers = new Set<WebSocket>();

  constructor(drive: Drive) {
    this.#drive = drive;
  }

  addTo(app: OpenAPIHono): void {
    const { plume } = this.#drive;
    if (!plume) return;
    app.get(
      '/truth/air',
      upgradeWebSocket(() => ({
        onOpen: (_event, context) => {
          const socket = context.raw as unknown as WebSocket;
          socket.on('error', () => {});
          socket.on('close', () => this.#viewers.delete(socket));
          this.#viewers.add(socket);
          socket.send(JSON.stringify({ type: 'plume', species: plume.species } satisfies PlumeHello));
        },
      })),
    );
  }

  /** After a scan. */
  publish(seq: number, timeUs: number): void {
    const { plume } = this.#drive;
    if (!plume || this.#viewers.size === 0) return;
    this.#plume.seq = seq;
    this.#plume.timeUs = timeUs;
    plume.look(this.#plume);
    const bytes = encodePlume(this.#plume);
    for (const socket of this.#viewers) if (socket.bufferedAmount <= UNSENT_LIMIT_bytes) socket.send(bytes);
  }

  close(): void {
    for (const socket of this.#viewers) socket.close(1001, 'the plant closes');
  }
}
