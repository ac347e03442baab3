/**
 * A message to an MQTT 3.1.1 broker as Sparkplug B. The connection stays, as a Sparkplug session is its connection. Data go at
 * QoS 1, not at Sparkplug's 0, because a notification counts as taken only when the broker has said so.
 */
import mqtt, { type MqttClient } from 'mqtt';
import type { Clock } from '../clock.ts';
import { type Channel, sentenceOf } from './channel.ts';
import { asksRebirth, type Publication, SparkplugSession } from './sparkplug.ts';

interface Connection {
  readonly client: MqttClient;
  readonly session: SparkplugSession;
}

export function mqttChannel(options: {
  readonly server: URL;
  readonly group: string;
  readonly node: string;
  readonly user?: string;
  readonly password?: string;
  readonly timeout_ms: number;
  readonly clock: Clock;
}): Channel {
  const { server, group, node, user, password, timeout_ms, clock } = options;
  let current: Connection | undefined;
  let births = 0;

  async function connect(signal: AbortSignal): Promise<Connection> {
    const session = new SparkplugSession(group, node, births);
    births += 1;
    const death = session.death();
    const client = mqtt.connect(server.href, {
      clientId: `${group}-${node}`,
      clean: true,
      protocolVersion: 4,
      // Whoever sends decides when to try again.
      reconnectPeriod: 0,
      connectTimeout: timeout_ms,
      will: { ...death, qos: 1, retain: false },
      ...(user === undefined ? {} : { username: user, password: password ?? '' }),
    });
    const made: Connection = { client, session };
    // Without a listener an error would end the process; `close` follows and drops the connection.
    client.on('error', () => {});
    client.on('close', () => {
      if (current === made) current = undefined;
    });
    const stop = () => client.end(true);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error('the connection was closed')));
      });
      client.on('message', (_topic, payload) => {
        let wanted = false;
        try {
          wanted = asksRebirth(payload);
        } catch {
          // What is no Sparkplug payload is no command.
        }
        if (wanted) client.publish(...birthOf(session), { qos: 0 });
      });
      await client.subscribeAsync(session.commandTopic, { qos: 1 });
      const [topic, payload] = birthOf(session);
      await client.publishAsync(topic, payload, { qos: 0 });
      return made;
    } catch (error) {
      client.end(true);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  function birthOf(session: SparkplugSession): [string, Buffer] {
    const { topic, payload } = session.birth(clock.now_ms());
    return [topic, payload];
  }

  async function publish({ client }: Connection, what: readonly Publication[], signal: AbortSignal): Promise<void> {
    // A broker that says nothing more would leave the promise open for ever.
    const stop = () => client.end(true);
    signal.addEventListener('abort', stop, { once: true });
    const broken = new Promise<never>((_, reject) => {
      client.once('close', () => reject(new Error('the connection was closed')));
    });
    try {
      for (const { topic, payload } of what)
        await Promise.race([client.publishAsync(topic, payload, { qos: 1, retain: false }), broken]);
    } catch (error) {
      client.end(true);
      throw error;
    } finally {
      broken.catch(() => {});
      signal.removeEventListener('abort', stop);
    }
  }

  return {
    timeout_ms,
    async send(message, signal) {
      try {
        current ??= await connect(signal);
        await publish(current, current.session.tell(message, clock.now_ms()), signal);
      } catch (error) {
        throw new Error(`the MQTT broker at ${server.host} did not take it: ${sentenceOf(error)}`);
      }
    },
    async close() {
      if (!current) return;
      const { client, session } = current;
      current = undefined;
      const { topic, payload } = session.death();
      // One who leaves on purpose says himself what the broker would say of one who died.
      client.publish(topic, payload, { qos: 0 });
      await new Promise<void>((done) => {
        const cancel = clock.after(GOODBYE_MS, () => {
          client.end(true, () => done());
        });
        client.end(false, () => {
          cancel();
          done();
        });
      });
    },
  };
}

const GOODBYE_MS = 1000;
