/**
 * Where a NATS server is and who we are to it: `nats://user:password@host:4222,nats://other:4222/channel`. Secrets are read
 * here and never shown: what people see of an address has none.
 *
 *   nats://host:port[,host:port…][/channel[/session]]      a cluster is several, parted by commas
 *   nats://user:password@…, nats://token@…                 who we are; percent-encoded where they hold signs of a URL
 *   tls://…                                                the same, encrypted, the server's certificate checked
 */
import { ProblemError, plainProblem } from '../contract/index.ts';

export interface NatsAddress {
  /** The option that it was given by, for complaints. */
  readonly option: string;
  /** Without secrets. */
  readonly shown: string;
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Of a bus: whose frames. */
  readonly channel?: string;
  /** Of a bus: which run; absent: the newest. */
  readonly session?: string;
}

/** What an address cannot hold. */
export interface NatsIdentity {
  /** File of an NKey and JWT, as `nsc generate creds` writes it. */
  readonly creds?: string;
  /** File of the certificate authority that signed the servers' certificates, where it is not a public one. */
  readonly ca?: string;
}

const EXPECTED = 'nats://host:port or nats://user:password@host:port, several of a cluster parted by commas';
const SERVER = /^(?:(nats|tls):\/\/)?(?:([^@/]*)@)?(\[[^\]]+\]|[^\s/:@]+)(?::(\d{1,5}))?$/;
const WORD = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

export function isNatsUrl(text: string): boolean {
  return /^(nats|tls):\/\//.test(text);
}

/** Throws a ProblemError that shows no secret. `paths`: whether it may name a channel. */
export function readNatsAddress(option: string, text: string, paths: 'channel' | 'none' = 'none'): NatsAddress {
  const shown = withoutSecrets(text);
  const refuse = (found: string, expected = EXPECTED) =>
    new ProblemError([plainProblem(`${option} ${shown}`, '', found, expected)]);
  const scheme = /(\w+):\/\//.exec(text)?.[1] ?? 'nats';
  if (scheme !== 'nats' && scheme !== 'tls') throw refuse(`"${scheme}://"`);
  const parts = text.split(',').map((s) => s.trim());
  const last = /^((?:(?:nats|tls):\/\/)?[^/]*)(?:\/(.*))?$/.exec(parts.at(-1)!);
  const [channel, session, ...more] = (last?.[2] ?? '').split('/').filter((s) => s !== '');
  if (last) parts[parts.length - 1] = last[1]!;
  if (channel !== undefined && paths === 'none') throw refuse(`a path, "/${channel}"`);
  for (const word of [channel, session])
    if (word !== undefined && !WORD.test(word))
      throw refuse(`"${word}"`, 'a channel of letters, digits, dashes and underscores');
  if (more.length > 0) throw refuse(`"/${more.join('/')}" behind the session`, 'nats://host:port/channel/session');
  let tls = false;
  let secret: string | undefined;
  const servers = parts.map((part) => {
    const found = SERVER.exec(part);
    if (!found || Number(found[4] ?? 4222) > 65_535) throw refuse(`"${withoutSecrets(part)}"`);
    tls ||= found[1] === 'tls';
    secret ??= found[2];
    return `${found[3]}:${found[4] ?? 4222}`;
  });
  const [first, ...rest] = secret === undefined || secret === '' ? [] : secret.split(':');
  const who = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      throw refuse('a user, password or token that is not percent-encoded', 'such as p%40ss for p@ss');
    }
  };
  return {
    option,
    shown,
    servers,
    tls,
    ...(first === undefined
      ? {}
      : rest.length === 0
        ? { token: who(first) }
        : { user: who(first), password: who(rest.join(':')) }),
    ...(channel === undefined ? {} : { channel }),
    ...(session === undefined ? {} : { session }),
  };
}

/** An address as it may be printed. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/(^|,|:\/\/)([^@/,]*)@/g, '$1***@');
}
