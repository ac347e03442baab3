/** The door of the channels; each loads its package only where the rules name it. */
import type { Clock } from '../clock.ts';
import type { ChannelConfig } from '../rules.ts';
import type { Channel } from './channel.ts';

export { type Channel, Refusal } from './channel.ts';

const USUAL_TIMEOUT_US = 10e6;

/** The host and process that sends, as syslog names them. */
export interface Origin {
  readonly hostname: string;
  readonly processId: number;
}

/** Makes a channel; it connects when it is given a message. */
export async function openChannel(config: ChannelConfig, clock: Clock, origin: Origin): Promise<Channel> {
  const timeout_ms = (config.timeout ?? USUAL_TIMEOUT_US) / 1000;
  const login = (user: string | undefined) => (user === undefined ? {} : { user, password: config.secretText ?? '' });
  switch (config.kind) {
    case 'webhook': {
      const { webhookChannel } = await import('./webhook.ts');
      return webhookChannel({ url: config.url, secret: config.secretText!, timeout_ms, clock });
    }
    case 'email': {
      const { emailChannel } = await import('./email.ts');
      return emailChannel({ server: config.server, from: config.from, ...login(config.user), timeout_ms });
    }
    case 'mqtt': {
      const { mqttChannel } = await import('./mqtt.ts');
      const { server, group, node, user } = config;
      return mqttChannel({ server, group, node, ...login(user), timeout_ms, clock });
    }
    case 'syslog': {
      const { syslogChannel } = await import('./syslog.ts');
      return syslogChannel({ server: config.server, facility: config.facility, ...origin, timeout_ms });
    }
  }
}
