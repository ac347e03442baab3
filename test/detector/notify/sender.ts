/**
 * A process to be killed: puts messages into an outbox and sends them, a thousand times faster than the clock. Says `stored n`
 * once message n is durable, and each notice. Arguments: folder, URL, first message, the one after the last.
 */

import { webhookChannel } from '../../../detector/notify/channels/webhook.ts';
import { type Clock, Outbox, wallClock } from '../../../detector/notify/index.ts';

const [folder, url, from, to] = process.argv.slice(2) as [string, string, string, string];
const FASTER = 1000;
const clock: Clock = {
  now_ms: () => wallClock.now_ms() * FASTER,
  after: (ms, call) => wallClock.after(ms / FASTER, call),
};
const say = (line: string) => process.stdout.write(`${line}\n`);
const hook = webhookChannel({
  url: new URL(url),
  secret: 'a secret of some length',
  // A receiver that is well answers within this on a busy machine too.
  timeout_ms: 2_000_000,
  clock,
});
const outbox = await Outbox.open({ folder, clock, seed: 1, channels: new Map([['hook', hook]]), onNotice: say });
for (let n = Number(from); n < Number(to); n += 1) {
  const notice = {
    kind: 'raised',
    plant: 'crude-line',
    alarm: 'A',
    priority: 1,
    timeUs: 0,
    utc_us: n,
    enclosures: [],
  } as const;
  await outbox.submit([
    {
      op: 'put',
      message: {
        ...{ key: `key-${n}`, channel: 'hook', rule: 'all', step: 0, language: 'en' as const, to: [] },
        ...{ subject: `alarm ${n}`, body: 'x'.repeat(n % 7 === 0 ? 20_000 : 20), notice },
      },
    },
  ]);
  say(`stored ${n}`);
}
process.stdin.on('end', () => void outbox.close(5_000_000).then(() => process.exit(0)));
process.stdin.resume();
