/** Who we are to a NATS server: the options that every verb with such an address has. */
import type { Command } from 'commander';
import type { NatsIdentity } from '../../models/bus/index.ts';

export interface NatsOptions {
  readonly natsCreds?: string;
  readonly natsCa?: string;
}

export function addNatsOptions(command: Command): Command {
  return command
    .option(
      '--nats-creds <file>',
      'NATS: NKey and JWT of ours, as nsc writes them (a password may stand in the address)',
    )
    .option('--nats-ca <file>', 'NATS over tls://: certificate authority of the servers, where it is not a public one');
}

export function natsIdentity({ natsCreds, natsCa }: NatsOptions): NatsIdentity {
  return {
    ...(natsCreds === undefined ? {} : { creds: natsCreds }),
    ...(natsCa === undefined ? {} : { ca: natsCa }),
  };
}

/** For a worker of ours, started with the same words. */
export function natsArguments({ natsCreds, natsCa }: NatsOptions): string[] {
  return [
    ...(natsCreds === undefined ? [] : ['--nats-creds', natsCreds]),
    ...(natsCa === undefined ? [] : ['--nats-ca', natsCa]),
  ];
}
