/** A recording process that waits to be killed (killed-writer test): argv[2] folder, argv[3] frames before the flush. */
import { RunWriter } from '../../../models/recording/index.ts';
import { smallLayout, strangeFrame } from './layouts.ts';

const layout = smallLayout();
const writer = await RunWriter.create(process.argv[2]!, { layout, manifest: { runId: 'killed' } });
const frames = Number(process.argv[3]);
for (let i = 0; i < frames; i += 1) writer.frame(strangeFrame(layout, i));
writer.truth({ kind: 'disturbance', timeUs: 5, ref: 'd', what: 'before the flush' });
await writer.flush();
for (let i = frames; i < frames + 100; i += 1) writer.frame(strangeFrame(layout, i));
process.stdout.write('flushed\n');
process.stdin.resume();
