/** Nothing lost, nothing doubled: the outbox against receivers that are ill in all ways, and against its own disk. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sign, webhookChannel } from '../../../detector/notify/channels/webhook.ts';
import { type Change, type Message, Outbox } from '../../../detector/notify/index.ts';
import { HandClock, type Health, Receiver } from './made.ts';

const SECRET = 'a secret of some length';
let folder: string;
let receiver: Receiver;
let clock: HandClock;
let notices: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  receiver = await new Receiver().open();
  clock = new HandClock();
  notices = [];
});
afterEach(async () => {
  await receiver.refuse();
  rmSync(folder, { recursive: true });
});

const open = () =>
  Outbox.open({
    folder,
    clock,
    seed: 7,
    channels: new Map([
      ['hook', webhookChannel({ url: new URL(receiver.url), secret: SECRET, timeout_ms: 10_000, clock })],
    ]),
    onNotice: (line) => notices.push(line),
  });

const message = (n: number): Change => ({
  op: 'put',
  message: {
    key: `key-${n}`,
    channel: 'hook',
    rule: 'leaks',
    step: 0,
    language: 'en',
    to: [],
    subject: `alarm ${n}`,
    body: 'é',
    notice: {
      kind: 'raised',
      plant: 'crude-line',
      alarm: 'LD-WAVE',
      priority: 1,
      timeUs: 0,
      utc_us: 1e15 + n,
      enclosures: [],
    },
  } satisfies Message,
});

describe('the outbox', () => {
  it('keeps everything while a receiver is down for an hour in turns, and delivers each once, in order', async () => {
    const outbox = await open();
    const started = clock.now;
    const ills: (Health | 'refuse')[] = ['refuse', '500', 'nonsense', 'hang'];
    const asked = () =>
      new Promise<void>((done) => {
        receiver.onRequest = (health) => {
          if (health === 'hang') done();
        };
      });
    let n = 0;
    for (const ill of ills) {
      if (ill === 'refuse') await receiver.refuse();
      else {
        receiver.health = ill;
        if (receiver.tries === 0) await receiver.open();
      }
      const until = clock.now + 15 * 60_000;
      while (clock.now < until) {
        const hung = asked();
        await outbox.submit([message(n)]);
        n += 1;
        // Busy until it has failed, or, where the receiver hangs, until it has been asked.
        await Promise.race([outbox.settled(), hung]);
        clock.passToNext();
      }
    }
    receiver.onRequest = undefined;
    expect(clock.now - started).toBeGreaterThanOrEqual(3_600_000);
    expect(receiver.taken.size).toBe(0);
    receiver.health = 'well';
    while (outbox.counts()[0]!.waiting > 0) {
      clock.passToNext();
      await outbox.settled();
    }
    const keys = [...receiver.taken.keys()];
    expect(keys.length).toBe(n);
    expect(new Set(keys)).toEqual(new Set(Array.from({ length: n }, (_, i) => `key-${i}`)));
    expect(receiver.repeats).toBe(0);
    expect(notices.some((l) => l.includes('ECONNREFUSED'))).toBe(true);
    expect(notices.at(-1)).toMatch(/works again after \d+ failed tries/);
    console.log(
      `${n} notifications, ${outbox.counts()[0]!.failures} failed tries, then each once; ${notices.length} lines said so`,
    );
    await outbox.close(1000);
  });

  it('signs what it sends, and waits with jitter that is a function of the seed', async () => {
    const outbox = await open();
    await outbox.submit([message(1)]);
    await outbox.settled();
    const { headers, body } = receiver.taken.get('key-1')!;
    const timestamp = Number(headers['x-leaktwin-timestamp']);
    expect(headers['x-leaktwin-signature']).toBe(`sha256=${sign(SECRET, timestamp, body)}`);
    expect(JSON.parse(body)).toMatchObject({ key: 'key-1', kind: 'raised', time: '2001-09-09T01:46:40.000Z' });
    receiver.health = '500';
    await outbox.submit([message(2)]);
    const waits: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      await outbox.settled();
      const before = clock.now;
      clock.passToNext();
      waits.push(clock.now - before);
    }
    waits.forEach((w, i) => {
      const most = Math.min(300_000, 1000 * 2 ** i);
      expect(w).toBeGreaterThanOrEqual(most / 2);
      expect(w).toBeLessThanOrEqual(most);
    });
    expect(new Set(waits.map((w, i) => w / 2 ** i)).size).toBe(12);
    await outbox.settled();
    await outbox.close(1000);
  });

  it('sends a message again under its key where the answer was lost, and takes no key in twice', async () => {
    const outbox = await open();
    receiver.health = 'dies-after-taking';
    await outbox.submit([message(1)]);
    await outbox.settled();
    receiver.health = 'well';
    clock.passToNext();
    await outbox.settled();
    expect([receiver.taken.size, receiver.repeats]).toEqual([1, 1]);
    await outbox.submit([message(1)]);
    await outbox.settled();
    expect(receiver.tries).toBe(2);
    await outbox.close(1000);
    const again = await open();
    await again.submit([message(1)]);
    await again.settled();
    expect(receiver.tries).toBe(2);
    await again.close(1000);
  });

  it('lets one that is refused stop no other', async () => {
    const outbox = await open();
    receiver.health = '500';
    await outbox.submit([message(1), message(2), message(3)]);
    for (let i = 0; i < 4; i += 1) {
      await outbox.settled();
      clock.passToNext();
    }
    await outbox.settled();
    receiver.health = 'well';
    clock.passToNext();
    await outbox.settled();
    expect([...receiver.taken.keys()]).toEqual(['key-2', 'key-3', 'key-1']);
    await outbox.close(1000);
  });

  it('cuts off what a crash left half written, and names a line that the disk changed', async () => {
    await receiver.refuse();
    const first = await open();
    for (const n of [1, 2, 3]) await first.submit([message(n)]);
    await first.settled();
    await first.close(1000);
    const path = join(folder, 'outbox.jsonl');
    appendFileSync(path, 'deadbeef [{"op":"pu');
    await (await open()).close(1000);
    expect(notices.filter((l) => l.includes('disk changed'))).toEqual([]);
    writeFileSync(path, readFileSync(path, 'utf8').replace('alarm 2', 'alarm X'));
    const third = await open();
    expect(notices.at(-2)).toMatch(/outbox\.jsonl:2: the line is not what was written there/);
    expect(third.counts()[0]!.waiting).toBe(2);
    await third.close(1000);
  });

  it('is one process’s at a time', async () => {
    const outbox = await open();
    await expect(open()).rejects.toThrow(/found an outbox that this process already is writing/);
    await outbox.close(1000);
  });
});
