/**
 * What recording costs a run: microseconds of the main thread per frame and frames per second end to end, for a plant the
 * size of crude-line (5 stations, 25 tags, 5 of them 20 Hz). Ratios are against filling the frame, measured in the same run.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createFrame, createLayout, FrameDigest, type FrameLayout } from '../models/contract/index.ts';
import { seeded } from '../models/kernel/index.ts';
import { openRun, RunWriter } from '../models/recording/index.ts';
import { printReport, type Row, rounded } from './report.ts';

const FRAMES = Number(process.argv[2] ?? 86_400);

function crudeLineSized(): FrameLayout {
  const stations = Array.from({ length: 5 }, (_, i) => ({
    id: `RTU-${i + 1}`,
    unitId: i + 1,
    position_m: i * 12_500,
    clockAccuracy_s: 0.01,
  }));
  const tags = stations.flatMap((s, i) => {
    const tag = (
      id: string,
      quantity: 'pressure' | 'flow' | 'temperature' | 'speed' | 'running',
      unit: string,
      width: number,
    ) => ({
      id: `${id}-${i + 1}01`,
      station: s.id,
      quantity,
      unit,
      range: [0, 100] as [number, number],
      width,
      periodUs: 1_000_000 / width,
      noise: 0.01,
      accuracy: 0.05,
      element: `N-${i}`,
      position_m: i * 12_500,
    });
    return [
      tag('PT', 'pressure', 'bar', 20),
      tag('FT', 'flow', 'm3/h', 1),
      tag('TT', 'temperature', 'degC', 1),
      tag('ST', 'speed', 'rpm', 1),
      tag('XS', 'running', '', 1),
    ];
  });
  return createLayout({ plant: 'crude-line-sized', scanUs: 1_000_000, stations, tags });
}

const now = () => Number(process.hrtime.bigint()) / 1000;
const layout = crudeLineSized();
// Noise made before the clock starts: it is what real recordings are made of, and what compresses worst. A prime count, so
// that no column repeats within what a compressor can see.
const stream = seeded(7).stream('bench');
const noise = Float32Array.from({ length: 1_000_003 }, (_, i) => 40 + 0.01 * stream.normal(i));
const scalars = layout.tags.flatMap((tag, t) => (tag.quantity === 'running' ? [layout.column[t]!] : []));
const frame = createFrame(layout);
function fill(i: number): void {
  const from = (i * layout.columns) % (noise.length - layout.columns);
  frame.value.set(noise.subarray(from, from + layout.columns));
  for (const c of scalars) frame.value[c] = 1;
  frame.seq = i;
  frame.timeUs = i * layout.scanUs;
  for (let s = 0; s < 5; s += 1) frame.stationTimeUs[s] = frame.timeUs + 1000 * s;
}

const folder = mkdtempSync(join(tmpdir(), 'leaktwin-bench-'));
try {
  let start = now();
  for (let i = 0; i < FRAMES; i += 1) fill(i);
  const making = (now() - start) / FRAMES;

  const writer = await RunWriter.create(folder, { layout });
  const written = new FrameDigest(layout);
  const busyBefore = performance.eventLoopUtilization();
  start = now();
  let inFrame = 0;
  for (let i = 0; i < FRAMES; i += 1) {
    fill(i);
    if (i % 16 === 0) {
      const t = now();
      writer.frame(frame);
      inFrame += (now() - t) * 16;
    } else writer.frame(frame);
    const wait = writer.pressure();
    if (wait) await wait;
  }
  await writer.flush();
  const recording = now() - start;
  const busy = performance.eventLoopUtilization(busyBefore).active * 1000;
  start = now();
  await writer.close();
  const closing = now() - start;
  const bytes = readdirSync(folder).reduce((n, f) => n + statSync(join(folder, f)).size, 0);

  for (let i = 0; i < FRAMES; i += 1) {
    fill(i);
    written.add(frame);
  }
  const run = await openRun(folder);
  const read = new FrameDigest(layout);
  start = now();
  let count = 0;
  for await (const f of run.frames()) count += f.seq >= 0 ? 1 : 0;
  const reading = now() - start;
  for await (const f of run.frames()) read.add(f);
  if (count !== FRAMES || read.hex() !== written.hex())
    throw new Error('the recording does not give back what was written');

  const perDay = (bytes / FRAMES) * 86_400;
  const row = (name: string, value: number, unit: string, ratio = value / making, against = 'making a frame'): Row => ({
    name,
    value: rounded(value),
    unit,
    ratio: rounded(ratio),
    against,
  });
  const rows = [
    row('making a frame', making, 'us'),
    row('frame() alone', inFrame / FRAMES, 'us'),
    row('main thread, all of recording', busy / FRAMES - making, 'us'),
    row(
      'recording to flushed files',
      FRAMES / (recording / 1e6),
      'frames/s',
      FRAMES / (recording / 1e6) / 3000,
      'the target of 3000',
    ),
    row(
      'with close and merge',
      FRAMES / ((recording + closing) / 1e6),
      'frames/s',
      FRAMES / ((recording + closing) / 1e6) / 3000,
      'the target of 3000',
    ),
    row('reading', FRAMES / (reading / 1e6), 'frames/s', recording / reading, 'recording'),
    row('size of a day at 1 s', perDay / 1e6, 'MB', perDay / (86_400 * 4 * layout.columns), 'the values as float32'),
  ];
  printReport({ bench: 'recorder', frames: FRAMES, layout: layout.digest.slice(0, 12), columns: layout.columns, rows });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
