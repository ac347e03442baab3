/**
 * A process that stores as fast as it may until it is killed: `load.ts <folder> <runId>`. It says `ready`, and `acked <seq>`
 * each time that all frames up to one are durable. Every hundredth frame has an alarm with it.
 */
import { Historian } from '../../../detector/historian/index.ts';
import { createFrame } from '../../../models/contract/index.ts';
import { EPOCH_US, madeAlarm, madeLayout, makeFrame } from './made.ts';

const [folder, runId] = process.argv.slice(2);
const layout = madeLayout();
const historian = await Historian.open(folder!, { foldBytes: 150_000, smallParts: 3, linger_ms: 2 });
const feed = historian.begin({ runId: runId!, layout, epochUs: EPOCH_US });
const frame = createFrame(layout);
process.stdout.write('ready\n');
for (let seq = 1; ; seq += 1) {
  makeFrame(layout, seq, frame);
  feed.frame(frame);
  if (seq % 100 === 0) feed.alarm(madeAlarm(frame));
  if (seq % 64 !== 0) continue;
  const because = await historian.flush();
  if (because !== undefined || historian.lostFrames > 0) throw new Error(because ?? 'frames were lost');
  process.stdout.write(`acked ${seq}\n`);
}
