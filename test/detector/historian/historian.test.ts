import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Archive, Historian } from '../../../detector/historian/index.ts';
import { bitsOf, EPOCH_US, madeLayout, makeFrame } from './made.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leaktwin-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const layout = madeLayout();

describe('what was handed over', () => {
  it('comes back bit for bit, over a midnight and a reopening', async () => {
    const told: string[] = [];
    const options = { onNotice: (s: string) => told.push(s), foldBytes: 100_000 };
    let historian = await Historian.open(folder, options);
    let feed = historian.begin({ runId: 'r', layout, epochUs: EPOCH_US });
    for (let seq = 1; seq <= 9000; seq += 1) {
      expect(feed.frame(makeFrame(layout, seq))).toBe(true);
      if (seq % 3000 === 0) expect(await historian.fold()).toBeUndefined();
    }
    feed.end({ status: 'valid' });
    expect(await historian.close()).toBeUndefined();
    historian = await Historian.open(folder, options);
    feed = historian.begin({ runId: 'r', layout, epochUs: EPOCH_US });
    expect(feed.run).toBe('r.2');
    feed.frame(makeFrame(layout, 1));
    expect(await historian.close()).toBeUndefined();
    expect(told).toEqual([]);
    const archive = new Archive(folder);
    let seq = 0;
    for await (const frame of archive.frames('r')) {
      seq += 1;
      if (bitsOf(frame) !== bitsOf(makeFrame(layout, seq))) throw new Error(`frame ${seq} changed`);
    }
    expect(seq).toBe(9000);
    expect(archive.runs().map((r) => [r.run, r.frames, r.ended])).toEqual([
      ['r', 9000, { status: 'valid' }],
      ['r.2', 1, null],
    ]);
    const days = new Set(archive.catalogue().parts.map((p) => p.date));
    expect([...days]).toEqual(['2026-01-05', '2026-01-06']);
    expect((await archive.check()).faults).toEqual([]);
  });
});
