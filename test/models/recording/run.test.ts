import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { recordingSource } from '../../../detector/ingest/recording.ts';
import {
  type AlarmEvent,
  FrameDigest,
  JournalDigest,
  journalDigest,
  ProblemError,
  type TruthEvent,
} from '../../../models/contract/index.ts';
import { packageRoot } from '../../../models/document/index.ts';
import { exportCsv, openRun, RunWriter } from '../../../models/recording/index.ts';
import { smallLayout, strangeFrame, wordsOf } from './layouts.ts';

const root = mkdtempSync(join(tmpdir(), 'leaktwin-run-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const fresh = () => {
  folders += 1;
  return join(root, `run [${folders}]'s`, 'deep');
};

const ALARM: AlarmEvent = {
  alarm: 'LD-WAVE',
  timeUs: 3_000_000,
  frameSeq: 3,
  from: 'normal',
  to: 'unacknowledged',
  priority: 1,
  score: 1.25,
  where: { position_m: 18_500.5, sigma_m: 40 },
  onsetUs: 2_500_000,
  by: 'wave',
  because: 'two fronts, "crossing" at 18.5 km; it\'s a leak\nor a valve',
};
const TRUTH: TruthEvent[] = [
  {
    kind: 'leak.opened',
    timeUs: 2_000_000,
    ref: 'leak-1',
    unit: 'line',
    position_m: 18_480,
    area_m2: 5e-5,
    growth_s: 0,
  },
  { kind: 'leak.rate', timeUs: 3_000_000, ref: 'leak-1', massRate_kg_s: 1.5, volume_m3: 0.1 },
  { kind: 'leak.closed', timeUs: 4_000_000, ref: 'leak-1', volume_m3: 0.2 },
];

describe('a recorded run', () => {
  it('gives back every bit over block and part borders', async () => {
    const layout = smallLayout();
    const folder = fresh();
    const words: string[] = [];
    const writer = await RunWriter.create(folder, { layout });
    const frames = 2 * 16_384 + 2048 + 7;
    for (let i = 0; i < frames; i += 1) {
      const frame = strangeFrame(layout, i);
      words.push(wordsOf(frame));
      writer.frame(frame);
      const wait = writer.pressure();
      if (wait) await wait;
    }
    await writer.close();
    expect(readdirSync(folder).sort()).toEqual([
      'alarms.parquet',
      'frames.parquet',
      'layout.json',
      'manifest.json',
      'truth.parquet',
    ]);

    const run = await openRun(folder);
    expect(run.manifest).toMatchObject({ complete: true, frames, firstUs: 0, lastUs: (frames - 1) * 1e6 });
    expect(run.layout.digest).toBe(layout.digest);
    let i = 0;
    let different = 0;
    for await (const frame of run.frames()) {
      if (wordsOf(frame) !== words[i]) different += 1;
      i += 1;
    }
    expect({ rows: i, different }).toEqual({ rows: frames, different: 0 });
  });

  it('has the frames digest that was written, through the reader and the frame source', async () => {
    const layout = smallLayout();
    const folder = fresh();
    const written = new FrameDigest(layout);
    const writer = await RunWriter.create(folder, { layout });
    for (let i = 0; i < 5000; i += 1) {
      const frame = strangeFrame(layout, i);
      // The digest reads floats as numbers, so only the one NaN that numbers know has a digest to rely on.
      for (let c = 0; c < layout.columns; c += 1) if (Number.isNaN(frame.value[c])) frame.value[c] = Number.NaN;
      written.add(frame);
      writer.frame(frame);
      if (i % 1999 === 0) await writer.flush();
    }
    await writer.close();
    const read = new FrameDigest(layout);
    for await (const frame of (await openRun(folder)).frames()) read.add(frame);
    expect(read.hex()).toBe(written.hex());

    const source = recordingSource(folder);
    expect((await source.open()).layout.digest).toBe(layout.digest);
    const seen = new FrameDigest(layout);
    for (let f = await source.next(); f; f = await source.next()) seen.add(f);
    await source.close();
    expect(seen.hex()).toBe(written.hex());
  });

  it('survives the round trip whatever the words, times and flushes (property)', async () => {
    const layout = smallLayout();
    const frameOf = fc.record({
      seq: fc.integer({ min: 0, max: 0xffffffff }),
      timeUs: fc.maxSafeInteger(),
      clocks: fc.tuple(fc.maxSafeInteger(), fc.maxSafeInteger()),
      words: fc.uint32Array({ minLength: layout.columns, maxLength: layout.columns }),
      quality: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      flush: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frameOf, { maxLength: 6 }), async (given) => {
        const folder = fresh();
        const writer = await RunWriter.create(folder, { layout });
        const frame = strangeFrame(layout, 0);
        const expected: string[] = [];
        for (const g of given) {
          frame.seq = g.seq;
          frame.timeUs = g.timeUs;
          frame.stationTimeUs.set(g.clocks);
          new Uint32Array(frame.value.buffer).set(g.words);
          frame.quality.set(g.quality);
          expected.push(wordsOf(frame));
          writer.frame(frame);
          if (g.flush) await writer.flush();
        }
        await writer.close();
        const got: string[] = [];
        for await (const f of (await openRun(folder)).frames()) got.push(wordsOf(f));
        expect(got).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('gives back alarms and truth as they were, so that the journal digest is the same', async () => {
    const folder = fresh();
    const writer = await RunWriter.create(folder, { layout: smallLayout(), manifest: { runId: 'r', complete: 'no' } });
    const second = { ...ALARM, from: 'unacknowledged' as const, to: 'acknowledged' as const };
    writer.alarm(ALARM);
    await writer.flush();
    writer.alarm(second);
    for (const t of TRUTH) writer.truth(t);
    await writer.close({ status: 'not-comparable', because: 'no ack within 30 s' });
    const run = await openRun(folder);
    const digest = new JournalDigest();
    const alarms: AlarmEvent[] = [];
    for await (const a of run.alarms()) {
      digest.add(a);
      alarms.push(a);
    }
    expect(alarms).toEqual([ALARM, second]);
    expect(digest.hex()).toBe(journalDigest([ALARM, second]));
    const truth: TruthEvent[] = [];
    for await (const t of run.truth()) truth.push(t);
    expect(truth).toEqual(TRUTH);
    expect(run.manifest).toMatchObject({ runId: 'r', complete: true, status: 'not-comparable', alarms: 2, truth: 3 });
  });

  it('keeps an empty run readable', async () => {
    const folder = fresh();
    await (await RunWriter.create(folder, { layout: smallLayout() })).close();
    const run = await openRun(folder);
    expect((await run.frames().next()).done).toBe(true);
    expect((await run.alarms().next()).done).toBe(true);
    expect((await exportCsv(folder)).length).toBe(3);
  });

  it('stops reading when the reader does', async () => {
    const layout = smallLayout();
    const folder = fresh();
    const writer = await RunWriter.create(folder, { layout });
    for (let i = 0; i < 5000; i += 1) writer.frame(strangeFrame(layout, i));
    await writer.close();
    const run = await openRun(folder);
    for await (const f of run.frames()) if (f.seq === 10) break;
    let n = 0;
    for await (const _ of run.frames()) n += 1;
    expect(n).toBe(5000);
  });

  it('replaces an older recording in the same folder, parts and all', async () => {
    const layout = smallLayout();
    const folder = fresh();
    const first = await RunWriter.create(folder, { layout });
    first.frame(strangeFrame(layout, 1));
    await first.flush();
    const second = await RunWriter.create(folder, { layout });
    second.frame(strangeFrame(layout, 2));
    await second.close();
    const seqs: number[] = [];
    for await (const f of (await openRun(folder)).frames()) seqs.push(f.seq);
    expect(seqs).toEqual([2]);
  });
});

describe('a killed writer', () => {
  it('leaves what it had flushed, readable', async () => {
    const folder = fresh();
    const script = join(packageRoot, 'test/models/recording/killed.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder, '20000'], {
      cwd: packageRoot,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const run = await openRun(folder);
    expect(run.manifest).toMatchObject({ complete: false, runId: 'killed' });
    expect(existsSync(join(folder, 'frames.parquet'))).toBe(false);
    const layout = smallLayout();
    let n = 0;
    for await (const f of run.frames()) {
      if (n % 1000 === 0) expect(wordsOf(f)).toBe(wordsOf(strangeFrame(layout, n)));
      n += 1;
    }
    expect(n).toBe(20_000);
    const truth: TruthEvent[] = [];
    for await (const t of run.truth()) truth.push(t);
    expect(truth.length).toBe(1);
  });
});

describe('what goes wrong with storage is said in a sentence', () => {
  const problemOf = async (work: () => Promise<unknown>) => {
    const error = await work().then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ProblemError);
    return (error as ProblemError).message;
  };

  it('a file in the place of the folder', async () => {
    const file = join(root, 'a-file');
    writeFileSync(file, '');
    expect(await problemOf(() => RunWriter.create(file, { layout: smallLayout() }))).toContain(
      'found a file where a folder is needed',
    );
  });

  it.skipIf(process.getuid?.() === 0)('a folder that must not be written', async () => {
    const folder = mkdtempSync(join(root, 'locked-'));
    chmodSync(folder, 0o500);
    expect(await problemOf(() => RunWriter.create(folder, { layout: smallLayout() }))).toContain(
      'found no permission to write here',
    );
  });

  it('a folder that vanishes meanwhile: flush, the next frame, pressure and close all say so', async () => {
    const layout = smallLayout();
    const folder = fresh();
    const writer = await RunWriter.create(folder, { layout });
    rmSync(folder, { recursive: true });
    writer.frame(strangeFrame(layout, 0));
    expect(await problemOf(() => writer.flush())).toContain('a folder that can be written');
    expect(() => writer.frame(strangeFrame(layout, 1))).toThrow(ProblemError);
    expect(await problemOf(async () => writer.pressure())).toContain('a folder that can be written');
    expect(await problemOf(() => writer.close())).toContain('a folder that can be written');
  });

  it('no recording, a changed layout, a damaged file', async () => {
    expect(await problemOf(() => openRun(join(root, 'nowhere')))).toContain(
      'found no such folder, expected the folder of a recorded run',
    );
    const layout = smallLayout();
    const folder = fresh();
    const writer = await RunWriter.create(folder, { layout });
    writer.frame(strangeFrame(layout, 0));
    await writer.close();
    writeFileSync(join(folder, 'frames.parquet'), 'PAR1');
    const run = await openRun(folder);
    expect(await problemOf(() => run.frames().next())).toContain('expected a recording that is whole');
    const text = readFileSync(join(folder, 'layout.json'), 'utf8');
    writeFileSync(join(folder, 'layout.json'), text.replace('"noise": 0.01', '"noise": 0.02'));
    expect(await problemOf(() => openRun(folder))).toContain('the layout that was recorded');
  });
});

describe('CSV of a run', () => {
  it('has time_s and a column per tag, empties where values must not be used, and all samples on request', async () => {
    const layout = smallLayout();
    const folder = fresh();
    const writer = await RunWriter.create(folder, { layout });
    for (let i = 0; i < 3; i += 1) {
      const frame = strangeFrame(layout, i);
      frame.timeUs = i * 1_000_000;
      frame.value.set([0.1, 0.2, 0.3, 0.4 + i, 1e-20, -0.5, 7, 8]);
      frame.quality.set([0, 16, 1, 0]);
      writer.frame(frame);
    }
    writer.alarm(ALARM);
    for (const t of TRUTH) writer.truth(t);
    await writer.close();
    await exportCsv(folder, { wide: true });
    const lines = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
    expect(lines('frames.csv')[0]).toBe('time_s,PT-101,"pt-101#2","seq#2","FT ""1"""');
    expect(lines('frames.csv').slice(1)).toEqual(['0.0,0.4,,-0.5,8.0', '1.0,1.4,,-0.5,8.0', '2.0,2.4,,-0.5,8.0']);
    expect(lines('frames-wide.csv').slice(0, 5)).toEqual([
      'tag,time_s,value',
      'PT-101,-0.75,0.1',
      'PT-101,-0.5,0.2',
      'PT-101,-0.25,0.3',
      'PT-101,0.0,0.4',
    ]);
    expect(lines('frames-wide.csv').length).toBe(1 + 3 * 6);
    expect(lines('alarms.csv')[0]).toMatch(/^time_s,alarm,frame_seq,from,to,priority,score,position_m/);
    expect(lines('truth.csv')[1]).toBe('2.0,leak.opened,leak-1,line,18480.0,5e-05,0.0,,,,,');
  });
});
