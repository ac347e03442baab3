import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Archive,
  asOf,
  events,
  exportHistory,
  Historian,
  importSamples,
  lockHistory,
  recordFrames,
  rollup,
  Store,
  series,
} from '../../../detector/historian/index.ts';
import { createFrame, type Frame, type FrameSource, UNUSABLE } from '../../../models/contract/index.ts';
import { bitsOf, EPOCH_US, madeAlarm, madeLayout, makeFrame } from './made.ts';

const layout = madeLayout();
const FRAMES = 9000;
const SPIKE = 4321;
let base: string;
let folder: string;
let archive: Archive;

function theFrame(seq: number): Frame {
  const frame = makeFrame(layout, seq);
  if (seq === SPIKE) {
    frame.value[0] = 99;
    frame.quality[0] = 0;
  }
  return frame;
}

/** Every sample of a tag: the plain loop that answers are held against. */
function samples(tag: string): { us: number; value: number; q: number }[] {
  const index = layout.tags.findIndex((t) => t.id === tag);
  const { width, periodUs } = layout.tags[index]!;
  const all: { us: number; value: number; q: number }[] = [];
  for (let seq = 1; seq <= FRAMES; seq += 1) {
    const frame = theFrame(seq);
    for (let k = 0; k < width; k += 1)
      all.push({
        us: EPOCH_US + frame.timeUs - (width - 1 - k) * periodUs,
        value: frame.value[layout.column[index]! + k]!,
        q: frame.quality[index]!,
      });
  }
  return all;
}
const usable = (s: { value: number; q: number }) => (s.q & UNUSABLE) === 0 && !Number.isNaN(s.value);

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'leaktwin-history-'));
  folder = join(base, 'history');
  const historian = await Historian.open(folder, { foldBytes: 200_000, smallParts: 3 });
  const feed = historian.begin({ runId: 'r', layout, epochUs: EPOCH_US });
  // The middle comes late, after the end.
  const late = (seq: number) => seq > 3000 && seq <= 3500;
  for (let seq = 1; seq <= FRAMES; seq += 1) if (!late(seq)) feed.frame(theFrame(seq));
  await historian.fold();
  for (let seq = 1; seq <= FRAMES; seq += 1) if (late(seq)) feed.frame(theFrame(seq));
  feed.alarm(madeAlarm(theFrame(100)));
  feed.action({
    timeUs: 150e6,
    frameSeq: 150,
    who: 'shift 2',
    action: 'acknowledge',
    alarm: 'LD-MADE',
    comment: 'seen',
  });
  feed.truth({ kind: 'leak.closed', timeUs: 50e6, ref: 'leak-1', volume_m3: 1 });
  feed.end({ status: 'valid' });
  await historian.close();
  archive = new Archive(folder);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('answers of a history', () => {
  it('roll-ups, stored or from samples, equal the plain loop over the samples, late data included', async () => {
    for (const [tag, every_s] of [
      ['PT-101', 60],
      ['FT-102', 60],
      ['PT-103', 3600],
      ['FT-102', 1],
      ['FT-104', 90],
    ] as const) {
      const spans = new Map<number, { n: number; min: number; max: number; sum: number; failed: number }>();
      for (const s of samples(tag)) {
        const t0 = Math.floor(s.us / (every_s * 1e6)) * every_s * 1e6;
        const span = spans.get(t0) ?? { n: 0, min: Infinity, max: -Infinity, sum: 0, failed: 0 };
        spans.set(t0, span);
        if ((s.q & 4) !== 0) span.failed += 1;
        if (!usable(s)) continue;
        span.n += 1;
        span.min = Math.min(span.min, s.value);
        span.max = Math.max(span.max, s.value);
        span.sum += s.value;
      }
      for (const fromSamples of [false, true]) {
        const [answer] = await rollup(archive, { tags: [tag], everyUs: every_s * 1e6, fromSamples });
        expect(answer!.rows.map((r) => r.fromUs)).toEqual([...spans.keys()].sort((a, b) => a - b));
        if (!fromSamples) expect(answer!.from).toBe({ 1: '1s', 60: '1min', 90: 'samples', 3600: '1h' }[every_s]);
        for (const row of answer!.rows) {
          const span = spans.get(row.fromUs)!;
          expect([row.count, row.failed]).toEqual([span.n, span.failed]);
          if (span.n === 0) expect([row.min, row.max, row.mean]).toEqual([null, null, null]);
          else {
            expect([row.min, row.max]).toEqual([span.min, span.max]);
            expect(row.mean).toBeCloseTo(span.sum / span.n, 9);
          }
        }
      }
    }
  });

  it('a decimated series has no more points than asked for, in order, and keeps the spike', async () => {
    for (const points of [10, 101, 1000]) {
      const [answer] = await series(archive, { tags: ['PT-101'], points });
      expect(answer!.samples).toBe(FRAMES);
      expect(answer!.points.length).toBeLessThanOrEqual(points);
      const times = answer!.points.map((p) => p[0]);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(answer!.points.find((p) => p[1] === 99)?.[0]).toBe(EPOCH_US + SPIKE * 1e6);
      const all = samples('PT-101')
        .filter(usable)
        .map((s) => s.value);
      const shown = answer!.points.flatMap((p) => p[1] ?? []);
      expect([Math.min(...shown), Math.max(...shown)]).toEqual([Math.min(...all), Math.max(...all)]);
    }
    const span = { fromUs: EPOCH_US + 3100e6, toUs: EPOCH_US + 3119e6 };
    const [exact] = await series(archive, { ...span, tags: ['FT-102'], points: 1000 });
    const wanted = samples('FT-102').filter((s) => s.us >= span.fromUs && s.us <= span.toUs);
    expect(exact!.points).toEqual(wanted.map((s) => [s.us, usable(s) ? s.value : null, s.q]));
  });

  it('an as-of join gives the newest usable value not after the instant', async () => {
    const span = { fromUs: EPOCH_US + 100e6, toUs: EPOCH_US + 400e6 };
    const rows = await asOf(archive, { ...span, tags: ['FT-102', 'PT-101'], limit: 10_000, atMostUs: 2e6 });
    const leader = samples('FT-102').filter((s) => usable(s) && s.us >= span.fromUs && s.us <= span.toUs);
    const other = samples('PT-101').filter(usable);
    expect(rows.map((r) => r.us)).toEqual(leader.map((s) => s.us));
    for (const [i, row] of rows.entries()) {
      const newest = other.findLast((s) => s.us <= row.us)!;
      const age = row.us - newest.us;
      expect([row.values[0], row.ageUs[1], row.values[1]]).toEqual([
        leader[i]!.value,
        age,
        age > 2e6 ? null : newest.value,
      ]);
    }
  });

  it('events come back as they were, and truth only to who may have it', async () => {
    const found = await events(archive, { limit: 10 });
    expect(found.map((e) => e.kind)).toEqual(['alarm', 'action', 'notice', 'notice', 'notice']);
    expect(found.find((e) => e.kind === 'alarm')!.event).toEqual(madeAlarm(theFrame(100)));
    const mine = await events(archive, { limit: 10, kinds: ['action'], key: 'LD-*' });
    expect(mine).toMatchObject([{ event: { who: 'shift 2', comment: 'seen' } }]);
    await expect(events(archive, { limit: 10, truth: true })).rejects.toThrow(/leave to read it/);
    const truth = await events(new Archive(folder, { truth: true }), { limit: 10, truth: true });
    expect(truth).toMatchObject([{ kind: 'leak.closed', timeUs: EPOCH_US + 50e6 }]);
  });

  it('a pattern that names nothing tells a near name', async () => {
    await expect(series(archive, { tags: ['PT-1O1', 'F*'], points: 10 })).rejects.toThrow(
      /"PT-1O1", which no tag matches.*did you mean "PT-101"/,
    );
    await expect(series(archive, { tags: ['PR*'], run: 'q', points: 10 })).rejects.toThrow(
      /found "q", which no run matches/,
    );
  });

  it('an export is a Hive folder, and its import gives the same samples', async () => {
    const span = { fromUs: EPOCH_US + 6800e6, toUs: EPOCH_US + 7500e6 };
    const wanted = samples('PT-101').filter((s) => s.us >= span.fromUs && s.us <= span.toUs).length;
    for (const format of ['parquet', 'csv'] as const) {
      const to = join(base, format);
      const exported = await exportHistory(archive, { ...span, tags: ['PT-10*', 'FT-102'], format, to });
      expect(readdirSync(join(to, 'samples')).sort()).toEqual(['date=2026-01-05', 'date=2026-01-06']);
      expect(exported.samples).toBe(wanted * 7 - 3);
      const into = join(base, `again-${format}`);
      const historian = await Historian.open(into);
      const { runs } = await importSamples(historian, to, 'x');
      expect(await historian.close()).toBeUndefined();
      expect(runs).toEqual([{ run: 'r', tags: 4, frames: wanted * 4 - 3 }]);
      for (const tag of ['PT-101', 'FT-102']) {
        const [was] = await series(archive, { ...span, tags: [tag], points: 10_000 });
        const [is] = await series(new Archive(into), { ...span, tags: [tag], points: 10_000 });
        expect(is!.points.filter((p) => (p[2] & 16) === 0)).toEqual(was!.points);
      }
    }
    await expect(exportHistory(archive, { tags: ['*'], format: 'csv', to: join(base, 'csv') })).rejects.toThrow(
      /has samples already/,
    );
  });

  it('retention gives up whole days of the tables it names, and roll-ups stay', async () => {
    const other = join(base, 'old');
    const historian = await Historian.open(other);
    const feed = historian.begin({ runId: 'r', layout, epochUs: EPOCH_US });
    for (const day of [0, 1, 2, 3]) for (let i = 1; i < 50; i += 1) feed.frame(makeFrame(layout, day * 86_400 + i));
    await historian.close();
    const before = await rollup(new Archive(other), { tags: ['PT-101'], everyUs: 60e6 });
    const unlock = await lockHistory(other);
    const store = await Store.open(other);
    const retired = await store.retain({ frames: 1.5, '1s': 0.5 });
    await store.close();
    unlock();
    expect(retired.map((r) => [r.table, r.parts])).toEqual([
      ['frames', 2],
      ['1s', 3],
    ]);
    const after = new Archive(other);
    expect(await rollup(after, { tags: ['PT-101'], everyUs: 60e6 })).toEqual(before);
    expect((await after.check()).frames).toBe(2 * 49);
  });

  it('a source that sends again what was not acknowledged is stored once', async () => {
    const other = join(base, 'feed');
    const acked: number[] = [];
    const source = (from: number, to: number, breaks: boolean): FrameSource => {
      let seq = from - 1;
      const frame = createFrame(layout);
      return {
        open: async () => ({ layout }),
        async next() {
          seq += 1;
          if (seq > to && breaks) throw new Error('the wire broke');
          return seq > to ? undefined : makeFrame(layout, seq, frame);
        },
        ack: async (n) => void acked.push(n),
        close: async () => {},
      };
    };
    const info = { runId: 'stream', epochUs: EPOCH_US };
    let historian = await Historian.open(other);
    expect(await recordFrames(source(1, 300, true), historian, info)).toMatchObject({
      frames: 300,
      fault: 'the wire broke',
    });
    expect(acked.at(-1)).toBe(300);
    await historian.close();
    historian = await Historian.open(other);
    expect(await recordFrames(source(250, 500, false), historian, info)).toEqual({
      run: 'stream',
      frames: 200,
      repeated: 51,
    });
    await historian.close();
    let seq = 0;
    for await (const frame of new Archive(other).frames('stream')) {
      seq += 1;
      expect(bitsOf(frame)).toBe(bitsOf(makeFrame(layout, seq)));
    }
    expect(seq).toBe(500);
  });
});
