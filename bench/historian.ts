/**
 * What the historian can take and give: samples per second from the first frame handed over until all are durable, and
 * until all are folded; a one-minute roll-up of one tag among a hundred; and what it costs a scan of the detector. Each
 * ratio is against its target, or against the same thing measured in the same run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Archive, Historian, rollup } from '../detector/historian/index.ts';
import { createPipeline, readRecipe } from '../detector/index.ts';
import { createFrame, createLayout, type Frame, unwrap } from '../models/contract/index.ts';
import { seeded } from '../models/kernel/index.ts';
import { ScenarioEngine } from '../scenarios/engine/index.ts';
import { readInputs, resolveInputs } from '../scenarios/run/index.ts';

const SAMPLES = Number(process.argv[2] ?? 50_000_000);
const TAGS = 100;
const FRAMES = Math.ceil(SAMPLES / TAGS);
const SCANS = Number(process.argv[3] ?? 6000);
const QUERIES = 15;

const now = () => Number(process.hrtime.bigint()) / 1e6;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const layout = createLayout({
  plant: 'hundred-tags',
  scanUs: 1_000_000,
  stations: [{ id: 'RTU-1', unitId: 1, clockAccuracy_s: 0.01 }],
  tags: Array.from({ length: TAGS }, (_, i) => ({
    id: `PT-${100 + i}`,
    station: 'RTU-1',
    quantity: 'pressure' as const,
    unit: 'bar',
    range: [0, 100] as [number, number],
    width: 1,
    periodUs: 1_000_000,
    noise: 0.01,
    accuracy: 0.05,
    element: `N-${i}`,
  })),
});
const stream = seeded(7).stream('bench');
const noise = Float32Array.from({ length: 1_000_003 }, (_, i) => 40 + 0.01 * stream.normal(i));
const frame = createFrame(layout);
function fill(i: number): void {
  const from = (i * TAGS) % (noise.length - TAGS);
  frame.value.set(noise.subarray(from, from + TAGS));
  frame.seq = i + 1;
  frame.timeUs = (i + 1) * layout.scanUs;
  frame.stationTimeUs[0] = frame.timeUs;
}

const rows: { name: string; value: number; unit: string; ratio: number; against: string }[] = [];
const row = (name: string, value: number, unit: string, ratio: number, against: string) =>
  rows.push({ name, value: Number(value.toPrecision(4)), unit, ratio: Number(ratio.toPrecision(4)), against });

/** Microseconds of each scan: a scenario's frames through its detector, with or without a historian beside it. */
async function scans(scenario: string, recipe: string): Promise<{ off: number[]; on: number[] }> {
  const inputs = unwrap(readInputs(scenario));
  const engine = new ScenarioEngine(unwrap(resolveInputs(inputs, 7)), inputs.plant.spec, {});
  const made = unwrap(readRecipe(recipe));
  const frames = Array.from({ length: SCANS }, () => createFrame(engine.layout)).filter((f) => engine.advance(f));
  const off = createPipeline(made, engine.layout, engine.asBuilt);
  const on = createPipeline(made, engine.layout, engine.asBuilt);
  engine.close();
  const folder = mkdtempSync(join(tmpdir(), 'leaktwin-bench-'));
  const historian = await Historian.open(folder);
  const feed = historian.begin({ runId: 'scans', layout: engine.layout, epochUs: 0 });
  const times = { off: [] as number[], on: [] as number[] };
  const bare = (f: Frame) => {
    const begun = now();
    off.step(f);
    return (now() - begun) * 1000;
  };
  const stored = (f: Frame) => {
    const begun = now();
    feed.frame(f);
    for (const e of on.step(f)) feed.alarm(e);
    return (now() - begun) * 1000;
  };
  try {
    // In turn, so that both see the same weather on the machine.
    for (const [i, f] of frames.entries()) {
      // Who comes first finds the frame in no cache, so they take turns at that too.
      if (i % 2 === 0) times.off.push(bare(f));
      times.on.push(stored(f));
      if (i % 2 === 1) times.off.push(bare(f));
      if (i % 64 === 0) await new Promise((r) => setImmediate(r));
    }
    const because = await historian.close();
    if (because !== undefined || historian.lostFrames > 0) throw new Error(`frames were lost: ${because}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return times;
}

const folder = mkdtempSync(join(tmpdir(), 'leaktwin-bench-'));
try {
  const historian = await Historian.open(folder);
  const feed = historian.begin({ runId: 'bench', layout, epochUs: 1_767_225_600_000_000 });
  let start = now();
  for (let i = 0; i < FRAMES; i += 1) fill(i);
  const making = now() - start;
  start = now();
  for (let i = 0; i < FRAMES; i += 1) {
    fill(i);
    if (!feed.frame(frame)) throw new Error('a frame found no room, though this bench waits where it should');
    const wait = historian.pressure();
    if (wait) await wait;
  }
  if ((await historian.flush()) !== undefined) throw new Error('not everything is durable');
  const durable = now() - start - making;
  if ((await historian.fold()) !== undefined) throw new Error('not everything is folded');
  const folded = now() - start - making;
  await historian.close();
  const perSecond = (ms: number) => (FRAMES * TAGS) / (ms / 1000);
  row('samples to durable', perSecond(durable), 'samples/s', perSecond(durable) / 1e6, 'the target of 1 million');
  row(
    'samples to durable and folded',
    perSecond(folded),
    'samples/s',
    perSecond(folded) / 1e6,
    'the target of 1 million',
  );

  const archive = new Archive(folder);
  const ask = async (fromSamples: boolean) => {
    const times: number[] = [];
    let minutes = 0;
    for (let q = 0; q < QUERIES; q += 1) {
      const begun = now();
      const [answer] = await rollup(archive, { tags: [`PT-${100 + q * 6}`], everyUs: 60e6, fromSamples });
      times.push(now() - begun);
      minutes = answer!.rows.length;
      if (answer!.rows.reduce((n, r) => n + r.count, 0) !== FRAMES) throw new Error('the roll-up has lost samples');
    }
    return { ms: median(times), worst: Math.max(...times), minutes };
  };
  const stored = await ask(false);
  const raw = await ask(true);
  row(
    `1 min roll-up of one tag, ${stored.minutes} minutes, stored`,
    stored.ms,
    'ms',
    stored.ms / 250,
    'the limit of 250 ms',
  );
  row('the same, slowest', stored.worst, 'ms', stored.worst / 250, 'the limit of 250 ms');
  row('1 min roll-up of one tag, from all its samples', raw.ms, 'ms', raw.ms / 250, 'the limit of 250 ms');
  row('the same, slowest', raw.worst, 'ms', raw.worst / 250, 'the limit of 250 ms');
  const { bytes, faults } = await archive.check();
  if (faults.length > 0) throw new Error(faults.join('; '));
  row('size', bytes / 1e6, 'MB', bytes / (FRAMES * TAGS * 5), 'values and qualities as they are');

  const { off, on } = await scans('crude-quiet-day', 'balance+wave');
  row('scan of the detector without historian', median(off), 'us', 1, 'itself');
  row('scan of the detector with historian', median(on), 'us', median(on) / median(off), 'without (at most 1.05)');
  process.stdout.write(
    `${JSON.stringify({ bench: 'historian', samples: FRAMES * TAGS, layout: layout.digest.slice(0, 12), scans: off.length, rows }, null, 2)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
