/**
 * A process on a disk that fills up: `full.ts <folder>`. It stores until its queue has overflowed, says `full`, waits for a line
 * that says that there is room, and goes on a little. Notices go to stdout.
 */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Historian } from '../../../detector/historian/index.ts';
import { createFrame } from '../../../models/contract/index.ts';
import { EPOCH_US, madeLayout, makeFrame } from './made.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const historian = await Historian.open(process.argv[2]!, { onNotice: say, queueBytes: 65_536, linger_ms: 1 });
const layout = madeLayout();
const feed = historian.begin({ runId: 'full', layout, epochUs: EPOCH_US });
const frame = createFrame(layout);
let seq = 0;
const scan = () => {
  seq += 1;
  return feed.frame(makeFrame(layout, seq, frame));
};
while (historian.healthy) {
  scan();
  const wait = historian.pressure();
  await (wait ?? turn());
}
while (historian.lostFrames < 50) scan();
say('full');
await once(process.stdin, 'data');
while (!historian.healthy) await turn();
for (let more = 0; more < 100; ) {
  if (scan()) more += 1;
  await (historian.pressure() ?? turn());
}
feed.end();
const because = await historian.close();
say(`scans ${seq}${because === undefined ? '' : `, but ${because}`}`);
process.stdin.destroy();
