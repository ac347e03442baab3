/** One HTTP and WebSocket port: opened with a sentence for the user where that fails, closed with nothing left behind. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { WebSocketServer } from 'ws';
import { ProblemError, plainProblem } from '../../models/contract/index.ts';
import { atMost } from './pace.ts';

/** An alarm event is the longest thing that a client sends. */
const MESSAGE_LIMIT_bytes = 64 * 1024;
const GOODBYE_s = 1;

export interface HttpServer {
  /** http://host:port */
  readonly url: string;
  close(): Promise<void>;
}

/** @param flag the command line's name of the port, for the sentence */
export async function openHttpServer(app: OpenAPIHono, host: string, port: number, flag: string): Promise<HttpServer> {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MESSAGE_LIMIT_bytes,
  });
  const server = createAdaptorServer({ fetch: app.fetch, websocket: { server: sockets } }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portProblem(error, 'HTTP', host, port, flag)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      // Accepting can fail later, for want of file handles; those who are connected must not pay for it.
      server.on('error', () => {});
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // WebSocket clients that were told goodbye get a moment to answer it; who does not is cut off.
      const gone = Promise.all(
        [...sockets.clients].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
      ).then(() => {});
      await atMost(GOODBYE_s, gone);
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Why a port cannot be had, as a problem of the flag that asked for it. */
export function portProblem(
  error: NodeJS.ErrnoException,
  what: string,
  host: string,
  port: number,
  flag: string,
): ProblemError {
  const place = `port ${port} on ${host}`;
  const problem =
    error.code === 'EADDRINUSE'
      ? plainProblem(flag, '', `${place} in use by another program`, `a free ${what} port`, '0 takes any free one')
      : error.code === 'EACCES'
        ? plainProblem(flag, '', `${place} closed to this user`, `a ${what} port above 1023`)
        : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN'
          ? plainProblem('--host', '', host, 'an address of this machine, such as 127.0.0.1 or 0.0.0.0')
          : plainProblem(flag, '', `${place}: ${error.message}`, `a ${what} port that can be opened`);
  return new ProblemError([problem]);
}
