/** A connection to NATS by an address and who we are. The one place that hands secrets to the client. */
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { ProblemError, plainProblem } from '../../contract/index.ts';
import type { NatsAddress, NatsIdentity } from '../address.ts';

const CONNECT_MS = 5_000;

/** Connects, or throws a ProblemError with a sentence. The connection is made anew for ever where it is lost later. */
export async function connectNats(address: NatsAddress, identity: NatsIdentity = {}): Promise<NatsConnection> {
  const { servers, tls, user, password, token, option, shown } = address;
  const file = (name: string, path: string): Uint8Array => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new ProblemError([plainProblem(name, '', `"${path}": ${(error as Error).message}`, 'a file')]);
    }
  };
  const options: ConnectionOptions = {
    servers: [...servers],
    name: 'leaktwin',
    timeout: CONNECT_MS,
    reconnectTimeWait: 250,
    maxReconnectAttempts: -1,
    ...(identity.creds === undefined
      ? {}
      : { authenticator: credsAuthenticator(file('--nats-creds', identity.creds)) }),
    ...(user === undefined ? {} : { user, pass: password ?? '' }),
    ...(token === undefined ? {} : { token }),
    ...(tls || identity.ca !== undefined
      ? { tls: identity.ca === undefined ? {} : { ca: new TextDecoder().decode(file('--nats-ca', identity.ca)) } }
      : {}),
  };
  try {
    return await connect(options);
  } catch (error) {
    const why = (error as Error).message;
    const denied = /authorization|authentication|permissions|credentials/i.test(why);
    throw new ProblemError([
      plainProblem(
        `${option} ${shown}`,
        '',
        denied ? `the server lets us not in (${why})` : `no server answers (${why})`,
        denied
          ? 'a user, password, token or --nats-creds that it knows'
          : 'the address of a NATS server with JetStream',
        denied ? undefined : 'start one with: nats-server -js',
      ),
    ]);
  }
}
