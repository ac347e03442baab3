/**
 * The WebSocket /ws: hello, then every scan as one binary message, encoded once for all clients; alarms and acks come
 * back as JSON. What a client may hold up is bounded: one that does not read is closed with a sentence, because a viewer
 * that lags is worse than one that reconnects.
 */

import { upgradeWebSocket } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { WebSocket } from 'ws';
import {
  type AlarmEvent,
  clientMessageSchema,
  layoutSpec,
  type Operated,
  type OperatorAction,
  PROTOCOL_VERSION,
  type ServerMessage,
} from '../../models/contract/index.ts';
import type { AlarmDesk } from './alarmDesk.ts';
import type { Notices } from './notices.ts';
import type { Publication } from './publication.ts';
import type { AckAnswer, Peer, PlantRun, RunEnd } from './run.ts';

/** Unsent bytes at which a client is taken to have stopped reading. */
const UNSENT_LIMIT_bytes = 8 * 1024 * 1024;
const CLIENT_LIMIT = 200;

interface Client extends Peer {
  name: string;
  readonly socket: WebSocket;
}

export interface LivePlant {
  readonly publication: Publication;
  readonly run: PlantRun;
  readonly desk: AlarmDesk;
  readonly notices: Notices;
  readonly paceName: string;
  /** What a person does to an alarm; absent: nobody here takes it. */
  readonly operate?: (action: OperatorAction) => Promise<Operated<AlarmEvent>>;
}

/** True where a browser's page may connect: the same host, or a page on this machine. Programs send no Origin. */
export function originAllowed(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  try {
    const url = new URL(origin);
    return url.host === host || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  } catch {
    return false;
  }
}

export class LiveClients {
  readonly #clients = new Set<Client>();
  readonly #plant: LivePlant;
  readonly #hello: string;
  #count = 0;

  constructor(plant: LivePlant) {
    this.#plant = plant;
    const { layout } = plant.publication;
    const hello: ServerMessage = {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      pace: plant.paceName,
      layout: layoutSpec(layout),
      layoutDigest: layout.digest,
    };
    this.#hello = JSON.stringify(hello);
  }

  get size(): number {
    return this.#clients.size;
  }

  addTo(app: OpenAPIHono): void {
    app.use('/ws', async (c, next) => {
      if (!originAllowed(c.req.header('origin'), c.req.header('host'))) return c.text('a page of another host', 403);
      if (this.#clients.size >= CLIENT_LIMIT) return c.text(`${CLIENT_LIMIT} clients are connected already`, 503);
      return next();
    });
    app.get(
      '/ws',
      upgradeWebSocket(() => {
        let client: Client | undefined;
        return {
          onOpen: (_event, context) => {
            client = this.#welcome(context.raw as unknown as WebSocket);
          },
          onMessage: (event) => {
            if (client) this.#hear(client, event.data);
          },
        };
      }),
    );
  }

  /** Sends the newest scan to everybody. */
  publish(): void {
    if (this.#clients.size === 0) return;
    const bytes = this.#plant.publication.encoded();
    for (const client of this.#clients) this.#send(client, bytes);
  }

  end(end: RunEnd): void {
    const text = JSON.stringify({ type: 'end', because: end.because } satisfies ServerMessage);
    for (const client of this.#clients) this.#send(client, text);
  }

  /** Says goodbye to all; the sockets are ended by the server's close. */
  close(): void {
    for (const client of this.#clients) client.socket.close(1001, 'the plant closes');
  }

  #welcome(socket: WebSocket): Client {
    this.#count += 1;
    const client: Client = { name: `the WebSocket client ${this.#count}`, socket };
    // An aborted connection is reported twice, here and by 'close'; without a listener it would end the process.
    socket.on('error', () => {});
    socket.on('close', () => this.#forget(client));
    this.#clients.add(client);
    this.#send(client, this.#hello);
    const { publication, run } = this.#plant;
    if (publication.frame.seq > 0) this.#send(client, publication.encoded());
    if (run.end) this.#send(client, JSON.stringify({ type: 'end', because: run.end.because } satisfies ServerMessage));
    return client;
  }

  #forget(client: Client): void {
    if (this.#clients.delete(client)) this.#plant.run.leave(client);
  }

  #send(client: Client, data: string | Uint8Array): void {
    if (client.socket.bufferedAmount > UNSENT_LIMIT_bytes) {
      this.#plant.notices.add(`${client.name} was dropped: it left ${UNSENT_LIMIT_bytes} bytes unread`);
      client.socket.close(1008, 'dropped: you read slower than the plant publishes');
      this.#forget(client);
      return;
    }
    client.socket.send(data);
  }

  #refuse(client: Client, because: string): void {
    this.#plant.notices.add(`${client.name}: ${because}`);
    this.#send(client, JSON.stringify({ type: 'error', because } satisfies ServerMessage));
  }

  #hear(client: Client, data: unknown): void {
    if (!this.#clients.has(client)) return;
    let raw: unknown;
    try {
      raw = JSON.parse(String(data));
    } catch {
      this.#refuse(client, 'a message is not JSON');
      return;
    }
    const parsed = clientMessageSchema.safeParse(raw);
    if (!parsed.success) {
      const why = parsed.error.issues.map((i) => `${i.path.join('.') || 'message'}: ${i.message}`).join('; ');
      this.#refuse(client, why);
      return;
    }
    const message = parsed.data;
    let why: string | undefined;
    if (message.type === 'detector') {
      why = this.#plant.run.declare(client);
      if (why === undefined) client.name = `${JSON.stringify(message.name)} (WebSocket)`;
    } else if (message.type === 'alarm') why = this.#plant.desk.take(message.event);
    else if (message.type === 'operate') void this.#operate(client, message.action);
    else {
      const taken = this.#plant.run.ack(client, message.seq, (answer) => {
        const refused = this.#ackSentence(answer, message.seq);
        if (refused !== undefined) this.#refuse(client, refused);
      });
      why = taken === 'later' ? undefined : this.#ackSentence(taken, message.seq);
    }
    if (why !== undefined) this.#refuse(client, why);
  }

  async #operate(client: Client, action: OperatorAction): Promise<void> {
    const done = (await this.#plant.operate?.(action)) ?? { ok: false, because: 'nobody here takes actions on alarms' };
    if (!this.#clients.has(client)) return;
    const answer: ServerMessage = done.ok
      ? { type: 'operated', action, events: [...done.events] }
      : { type: 'operated', action, events: [], because: done.because };
    this.#send(client, JSON.stringify(answer));
  }

  #ackSentence(answer: AckAnswer, seq: number): string | undefined {
    switch (answer) {
      case 'not-owner':
        return `${this.#plant.run.owner?.name ?? 'another client'} owns the acknowledge already; only one detector can`;
      case 'wrong-seq':
        return `scan ${seq} does not wait for an ack; scan ${this.#plant.publication.frame.seq} does`;
      default:
        return undefined;
    }
  }
}
