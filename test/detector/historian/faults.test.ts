import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Archive, events, Historian, lockHistory, Store, series } from '../../../detector/historian/index.ts';
import { FrameEncoder, frameWords } from '../../../detector/historian/item.ts';
import { Log, readBatches } from '../../../detector/historian/log.ts';
import { createFrame } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { killOften } from './kills.ts';
import { bitsOf, EPOCH_US, madeLayout, makeFrame } from './made.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leaktwin-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const layout = madeLayout();

describe('a log', () => {
  it('that was cut anywhere gives back all whole batches and says what the last one held', () => {
    const words = frameWords(layout);
    const encoder = new FrameEncoder(layout, 0);
    const log = new Log(join(folder, 'log'), 0);
    const ends = [16];
    const BATCHES = 12;
    for (let b = 0; b < BATCHES; b += 1) {
      const payload = new Uint32Array(words * (1 + (b % 4)));
      for (let i = 0; i * words < payload.length; i += 1)
        encoder.write(payload, new Uint8Array(payload.buffer), i * words, makeFrame(layout, 10 * b + i));
      log.append(payload);
      ends.push(ends.at(-1)! + 64 + payload.byteLength);
    }
    log.seal();
    const name = readdirSync(join(folder, 'log'))[0]!;
    const whole = join(folder, 'log', name);
    expect(statSync(whole).size).toBe(ends.at(-1));
    const cut = seeded(3).stream('cut');
    for (let k = 0; k < 60; k += 1) {
      const size = k < ends.length ? ends[k]! + (k % 3) : Math.floor(cut.uniform(k) * ends.at(-1)!);
      const other = join(folder, `cut-${k}`);
      mkdirSync(other);
      copyFileSync(whole, join(other, name));
      if (size < ends.at(-1)!) truncateSync(join(other, name), size);
      const again = new Log(other, 0);
      const kept = ends.filter((e) => e <= size).length - 1;
      expect(again.next).toBe(1 + Math.max(0, kept));
      expect([...readBatches(join(other, name), 0)].map((b) => b.number)).toEqual(
        Array.from({ length: Math.max(0, kept) }, (_, i) => i + 1),
      );
      const { torn, damage } = again.recovery;
      expect(damage).toEqual([]);
      const end = kept < 0 ? 0 : ends[kept]!;
      expect(torn?.bytes ?? 0).toBe(Math.min(size, ends.at(-1)!) - end);
      if (size - end >= 64 && kept < BATCHES)
        expect(torn).toMatchObject({
          batch: kept + 1,
          frames: { count: 1 + (kept % 4), firstSeq: 10 * kept, lastSeq: 10 * kept + (kept % 4) },
        });
    }
  });

  it('that the disk has changed inside is told as damage, and what follows is kept', () => {
    const log = new Log(join(folder, 'log'), 0);
    for (let b = 0; b < 5; b += 1) log.append(Uint32Array.of((6 << 8) | 3, 0, 1, 0, 0, 0x20));
    log.seal();
    const path = join(folder, 'log', readdirSync(join(folder, 'log'))[0]!);
    const at = 16 + 88 * 2 + 70;
    const bytes = readFileSync(path);
    bytes[at]! ^= 1;
    writeFileSync(path, bytes);
    const { recovery, next } = new Log(join(folder, 'log'), 0);
    expect(next).toBe(6);
    expect(recovery).toMatchObject({ damage: [{ firstBatch: 3, lastBatch: 3 }] });
    expect([...readBatches(path, 0)].map((b) => b.number)).toEqual([1, 2, 4, 5]);
  });
});

describe('faults from outside', () => {
  it('a killed process loses nothing that was acknowledged', async () => {
    const report = await killOften(folder, Number(process.env['LEAKTWIN_KILLS'] ?? 3), 11);
    console.log(
      `${report.kills} kills, ${report.framesAcked} frames acknowledged, ${report.framesFound} found, ${report.torn} torn batches`,
    );
    expect(report.faults).toEqual([]);
    expect(report.framesFound).toBeGreaterThanOrEqual(report.framesAcked);
  });

  it('another process that has the history is named, and so is this one', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(root, 'test/detector/historian/load.ts'), folder, 'x'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
    await expect(Historian.open(folder)).rejects.toThrow(
      new RegExp(`found a history that process ${child.pid} is writing`),
    );
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const unlock = await lockHistory(folder);
    await expect(Historian.open(folder)).rejects.toThrow(/found a history that this process already is writing/);
    unlock();
  });

  it('a folder of something else is refused', async () => {
    writeFileSync(join(folder, 'thesis.tex'), '');
    await expect(Historian.open(folder)).rejects.toThrow(/found a folder that holds thesis.tex/);
    await expect(Historian.open(join(folder, 'thesis.tex'))).rejects.toThrow(/a file where a folder is needed/);
  });

  it('clocks that run backwards are told and stored as they came; queries are in order', async () => {
    const told: string[] = [];
    const historian = await Historian.open(folder, { onNotice: (s) => told.push(s) });
    const feed = historian.begin({ runId: 'r', layout, epochUs: EPOCH_US });
    for (const [i, seq] of [1, 2, 3, 2, 3, 4].entries()) {
      const frame = makeFrame(layout, seq);
      if (i === 5) frame.stationTimeUs[1]! -= 9e6;
      frame.seq = i + 1;
      expect(feed.frame(frame)).toBe(true);
    }
    expect(await historian.close()).toBeUndefined();
    expect(told[0]).toContain('scan 4: plant time ran backwards from 3000000 to 2000000 us');
    expect(told.at(-1)).toContain('scan 6: the clock of RTU-B ran backwards from 3000500 to -4999500 us');
    const archive = new Archive(folder);
    const seqs: number[] = [];
    for await (const frame of archive.frames('r')) seqs.push(frame.seq);
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6]);
    const notices = await events(archive, { kinds: ['notice'], limit: 10 });
    expect(notices.map((n) => (n.event as { key: string }).key)).toEqual(['plant-clock', 'clock', 'clock', 'clock']);
    const [answer] = await series(archive, { tags: ['PT-101'], points: 100 });
    expect(answer!.points.map((p) => (p[0] - EPOCH_US) / 1e6)).toEqual([1, 2, 2, 3, 3, 4]);
  });

  it('a full disk is told, detection goes on, what waits is stored when there is room, and gaps stand in the history', async () => {
    if (spawnSync('prlimit', ['--version']).status !== 0) return console.log('skipped: no prlimit on this machine');
    // A real limit of the kernel on the size of files, put on a real process and taken off again.
    const child = spawn(
      'bash',
      [
        '-c',
        'ulimit -S -f 100; exec "$0" "$@"',
        process.execPath,
        '--import',
        'tsx',
        join(root, 'test/detector/historian/full.ts'),
        folder,
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const lines: string[] = [];
    const ended = new Promise((resolve) => child.once('exit', resolve));
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line !== 'full') continue;
      spawnSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
      child.stdin.write('room\n');
    }
    await ended;
    const said = lines.join('\n');
    expect(said).toMatch(/the historian cannot write: found .*What comes waits in its queue; detection goes on/);
    expect(said).toMatch(/queue is full; from scan \d+ on nothing is stored until it has room/);
    expect(said).toMatch(/the historian writes again/);
    const gap =
      /run full: (\d+) frames \(seq (\d+) to (\d+)\) and 0 events found the historian's queue full and are not stored/.exec(
        said,
      )!;
    const [count, from, to] = gap.slice(1).map(Number) as [number, number, number];
    const last = Number(/scans (\d+)/.exec(said)![1]);
    expect(count).toBe(to - from + 1);
    const archive = new Archive(folder);
    const seqs: number[] = [];
    const wanted = createFrame(layout);
    for await (const frame of archive.frames('full')) {
      expect(bitsOf(frame)).toBe(bitsOf(makeFrame(layout, frame.seq, wanted)));
      seqs.push(frame.seq);
    }
    expect(seqs).toEqual(Array.from({ length: last }, (_, i) => i + 1).filter((seq) => seq < from || seq > to));
    expect(archive.catalogue().losses).toMatchObject([{ kind: 'gap', because: gap[0] }]);
  });

  it('what the last process left half done is swept, and what it had folded is not folded twice', async () => {
    const historian = await Historian.open(folder, { foldBytes: 20_000, smallParts: 3 });
    const feed = historian.begin({ runId: 'r', layout, epochUs: EPOCH_US });
    for (let seq = 1; seq <= 3000; seq += 1) {
      feed.frame(makeFrame(layout, seq));
      if (seq % 500 === 0) await historian.fold();
    }
    await historian.close();
    writeFileSync(join(folder, 'frames', 'stray.parquet'), 'x');
    const unlock = await lockHistory(folder);
    const store = await Store.open(folder);
    await store.close();
    unlock();
    expect(readdirSync(join(folder, 'frames'))).toEqual(['run=r']);
    const report = await new Archive(folder).check();
    expect(report).toMatchObject({ frames: 3000, faults: [], losses: [] });
  });
});
