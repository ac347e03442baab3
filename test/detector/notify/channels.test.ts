/** Each channel against a real receiver of its kind, and against one that answers nonsense, refuses or says nothing. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { SMTPServer } from 'smtp-server';
import sparkplug from 'sparkplug-payload';
import { afterEach, describe, expect, it } from 'vitest';
import { emailChannel } from '../../../detector/notify/channels/email.ts';
import { type Channel, Refusal } from '../../../detector/notify/channels/index.ts';
import { mqttChannel } from '../../../detector/notify/channels/mqtt.ts';
import { syslogChannel } from '../../../detector/notify/channels/syslog.ts';
import { type Message, wallClock } from '../../../detector/notify/index.ts';
import { alarm, rawServer } from './made.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
const never = new AbortController().signal;

const MESSAGE: Message = {
  key: '0123456789abcdef0123456789abcdef',
  channel: 'c',
  rule: 'leaks',
  step: 0,
  language: 'de',
  to: [{ id: 'anna', name: 'Anna Ångström', email: 'anna@example.org' }],
  subject: 'Alarm LD-WAVE · crude-line · Priorität 1',
  body: 'Ort: km 23.456\n',
  notice: {
    kind: 'raised',
    plant: 'crude-line',
    alarm: 'LD-WAVE',
    incident: 'I-1',
    priority: 1,
    timeUs: 60e6,
    utc_us: 1_767_600_000_250_000,
    event: alarm(60e6),
    enclosures: [
      { name: 'plan.json', type: 'application/json', text: '{"plan":1}' },
      { name: 'alert.xml', type: 'application/cap+xml', text: '<alert/>' },
    ],
  },
};

async function said(channel: Channel, signal = never): Promise<string> {
  try {
    await channel.send(MESSAGE, signal);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
}

/** Aborted once the receiver has heard somebody. */
function patience() {
  const controller = new AbortController();
  return { signal: controller.signal, end: () => controller.abort() };
}

describe('e-mail', () => {
  const channel = (port: number) =>
    emailChannel({ server: new URL(`smtp://127.0.0.1:${port}`), from: 'twin@example.org', timeout_ms: 10_000 });

  it('reaches a mail server with text, enclosures and a Message-ID made of the key', async () => {
    const mails: { to: string[]; text: string }[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData(stream, session, done) {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map((r) => r.address);
          mails.push({ to, text: Buffer.concat(parts).toString() });
          done();
        });
      },
    });
    const port = await new Promise<number>((done) => {
      const listening = server.listen(0, '127.0.0.1', () => done((listening.address() as { port: number }).port));
    });
    closers.push(() => new Promise<void>((done) => server.close(() => done())));
    expect(await said(channel(port))).toBe('taken');
    expect(mails[0]!.to).toEqual(['anna@example.org']);
    expect(mails[0]!.text).toContain(`Message-ID: <${MESSAGE.key}@leaktwin>`);
    expect(mails[0]!.text).toContain(`X-Leaktwin-Key: ${MESSAGE.key}`);
    expect(mails[0]!.text).toMatch(/Content-Type: application\/cap\+xml; name=alert\.xml/);
    expect(mails[0]!.text).toContain('km 23.456');
  });

  it('says in one sentence what is wrong with a server that answers nonsense, refuses or hangs', async () => {
    const nonsense = await rawServer((s) => s.end('\u0007\u0000 hello, this is a printer\r\n'));
    closers.push(() => nonsense.close());
    expect(await said(channel(nonsense.port))).toMatch(
      /^(what answers at|the mail server at) 127\.0\.0\.1:\d+ .*hello, this is a printer/,
    );
    const full = await rawServer((s) => {
      s.write('220 hi\r\n');
      s.on('data', (d) => s.write(String(d).startsWith('MAIL') ? '552 mailbox full\r\n' : '250 ok\r\n'));
    });
    closers.push(() => full.close());
    const refused = await channel(full.port)
      .send(MESSAGE, never)
      .catch((e: Error) => e);
    expect(refused).toBeInstanceOf(Refusal);
    expect((refused as Refusal).message).toMatch(/refused: it said "552 mailbox full"/);
    const wait = patience();
    const silent = await rawServer(() => wait.end());
    closers.push(() => silent.close());
    expect(await said(channel(silent.port), wait.signal)).toMatch(/^the mail server at .* did not take it/);
    await full.close();
    expect(await said(channel(full.port))).toMatch(/ECONNREFUSED/);
  });
});

describe('MQTT', () => {
  it('tells a session of Sparkplug B: births, then data, numbered without a gap; rebirth and death', async () => {
    const broker = await Aedes.createBroker();
    const server = createServer(broker.handle);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closers.push(() => new Promise((done) => broker.close(() => server.close(done))));
    const codec = sparkplug.get('spBv1.0')!;
    type Heard = { topic: string; qos: number; payload: ReturnType<typeof codec.decodePayload> };
    const heard: Heard[] = [];
    let tell: () => void = () => {};
    broker.on('publish', (packet) => {
      if (!packet.topic.startsWith('spBv1.0/') || packet.topic.includes('/NCMD/')) return;
      heard.push({ topic: packet.topic, qos: packet.qos, payload: codec.decodePayload(packet.payload as Buffer) });
      tell();
    });
    const { port } = server.address() as { port: number };
    const channel = mqttChannel({
      server: new URL(`mqtt://127.0.0.1:${port}`),
      ...{ group: 'plants', node: 'twin', timeout_ms: 10_000, clock: wallClock },
    });
    await channel.send(MESSAGE, never);
    await channel.send({ ...MESSAGE, key: 'another' }, never);
    const reborn = new Promise<void>((done) => {
      tell = done;
    });
    const rebirth = codec.encodePayload({ metrics: [{ name: 'Node Control/Rebirth', type: 'Boolean', value: true }] });
    broker.publish(
      {
        ...{ cmd: 'publish', topic: 'spBv1.0/plants/NCMD/twin', qos: 0, retain: false, dup: false },
        payload: Buffer.from(rebirth),
      },
      () => {},
    );
    await reborn;
    await channel.send({ ...MESSAGE, key: 'third' }, never);
    await channel.close();
    expect(heard.map(({ topic, payload }) => `${topic.slice(8)} ${payload.seq ?? '-'}`)).toEqual([
      'plants/NBIRTH/twin 0',
      'plants/DBIRTH/twin/crude-line 1',
      'plants/NDATA/twin 2',
      'plants/DDATA/twin/crude-line 3',
      'plants/NDATA/twin 4',
      'plants/NBIRTH/twin 0',
      'plants/DBIRTH/twin/crude-line 1',
      'plants/NDATA/twin 2',
      'plants/NDEATH/twin -',
    ]);
    const value = (h: Heard, name: string) => String(h.payload.metrics!.find((m) => m.name === name)!.value);
    expect(value(heard[2]!, 'Notification/Key')).toBe(MESSAGE.key);
    expect(JSON.parse(value(heard[2]!, 'Notification/JSON'))).toMatchObject({ key: MESSAGE.key, incident: 'I-1' });
    expect(value(heard[1]!, 'Alarm/Rate_kg_s')).toBe('4.2');
    expect(value(heard.at(-1)!, 'bdSeq')).toBe(value(heard[0]!, 'bdSeq'));
    expect(heard.filter((h) => h.topic.includes('NDATA')).map((h) => h.qos)).toEqual([1, 1, 1]);
  });

  it('says in one sentence what is wrong with a broker that answers nonsense, is not there or hangs', async () => {
    const nonsense = await rawServer((s) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    closers.push(() => nonsense.close());
    const channel = (port: number) =>
      mqttChannel({
        server: new URL(`mqtt://127.0.0.1:${port}`),
        ...{ group: 'g', node: 'n', timeout_ms: 10_000, clock: wallClock },
      });
    expect(await said(channel(nonsense.port))).toMatch(/^the MQTT broker at 127\.0\.0\.1:\d+ did not take it: ./);
    await nonsense.close();
    expect(await said(channel(nonsense.port))).toMatch(/ECONNREFUSED/);
    const wait = patience();
    const silent = await rawServer((s) => s.on('data', () => wait.end()));
    closers.push(() => silent.close());
    expect(await said(channel(silent.port), wait.signal)).toMatch(/did not take it/);
  });
});

describe('syslog', () => {
  const channel = (protocol: string, port: number) =>
    syslogChannel({
      server: new URL(`${protocol}://127.0.0.1:${port}`),
      ...{ facility: 16, hostname: 'twin host', processId: 42, timeout_ms: 10_000 },
    });
  const LINE =
    '<129>1 2026-01-05T08:00:00.250Z twinhost leaktwin 42 raised [leaktwin@32473 key="0123456789abcdef0123456789abcdef"' +
    ' plant="crude-line" alarm="LD-WAVE" incident="I-1" priority="1" rule="leaks" escalation="0" to="anna"]' +
    ' \uFEFFAlarm LD-WAVE · crude-line · Priorität 1: fronts at PT-101 and PT-201 "agree"';

  it('is RFC 5424, counted in octets over TCP, whole in a datagram over UDP', async () => {
    let text = '';
    const server = await rawServer((s) => s.setEncoding('utf8').on('data', (d) => (text += String(d))));
    closers.push(() => server.close());
    expect(await said(channel('tcp', server.port))).toBe('taken');
    expect(text).toBe(`${Buffer.byteLength(LINE)} ${LINE}`);
    const socket = createSocket('udp4');
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    closers.push(() => new Promise<void>((done) => socket.close(done)));
    const datagram = new Promise<string>((done) => socket.once('message', (m) => done(m.toString())));
    expect(await said(channel('udp', socket.address().port))).toBe('taken');
    expect(await datagram).toBe(LINE);
  });

  it('counts nothing as taken that a receiver has not read', async () => {
    const wait = patience();
    const deaf = await rawServer((s) => {
      s.pause();
      wait.end();
    });
    closers.push(() => deaf.close());
    expect(await said(channel('tcp', deaf.port), wait.signal)).toMatch(/^the syslog server at .* did not take it/);
    await deaf.close();
    expect(await said(channel('tcp', deaf.port))).toMatch(/ECONNREFUSED/);
  });
});
