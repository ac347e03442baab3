/**
 * Kills a process that stores, again and again, at instants drawn from a seed, and holds the reopened history against what
 * was acknowledged: every frame up to the last acknowledged one, bit for bit, and every alarm, once.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Archive, events, lockHistory, Store } from '../../../detector/historian/index.ts';
import { createFrame } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { bitsOf, madeAlarm, madeLayout, makeFrame } from './made.ts';

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));
const LONGEST_ms = 600;

export interface KillReport {
  readonly kills: number;
  readonly framesAcked: number;
  readonly framesFound: number;
  /** Of the kills: those that fell into a batch being written, which reopening told. */
  readonly torn: number;
  readonly losses: readonly string[];
  /** Sentences of what was not as it should be. */
  readonly faults: readonly string[];
}

export async function killOften(folder: string, kills: number, seed: number): Promise<KillReport> {
  const stream = seeded(seed).stream('kills');
  const acked: number[] = [];
  const faults: string[] = [];
  const losses: string[] = [];
  let framesFound = 0;
  const compared = new Set<number>();
  for (let k = 0; k < kills; k += 1) {
    acked.push(await loadAndKill(folder, `run-${k}`, stream.uniform(k) * LONGEST_ms));
    // Every tenth time the next process finds things as the killed one left them; it must cope as well.
    if (k % 10 === 9 && k < kills - 1) continue;
    const unlock = await lockHistory(folder);
    const store = await Store.open(folder);
    losses.push(...store.losses.map((l) => `${l.kind}: ${l.because}`));
    await store.close();
    unlock();
    framesFound += await compare(folder, `run-${k}`, acked[k]!, faults);
    compared.add(k);
  }
  // Later kills must not have changed what earlier runs left.
  for (let k = 0; k < kills; k += 1) {
    const found = await compare(folder, `run-${k}`, acked[k]!, faults);
    if (!compared.has(k)) framesFound += found;
  }
  const { faults: broken } = await new Archive(folder).check();
  return {
    kills,
    framesAcked: acked.reduce((n, a) => n + a, 0),
    framesFound,
    torn: losses.filter((l) => l.startsWith('torn')).length,
    losses,
    faults: [...faults, ...broken, ...losses.filter((l) => !l.startsWith('torn'))],
  };
}

/** @returns the last sequence number acknowledged before the kill */
async function loadAndKill(folder: string, runId: string, after_ms: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', LOAD, folder, runId], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail += text;
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  );
  let acked = 0;
  const lines = createInterface({ input: child.stdout });
  const read = new Promise<void>((resolve) => lines.once('close', resolve));
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line === 'ready') resolve();
      else acked = Number(line.split(' ')[1]);
    });
    void ended.then(() => resolve());
  });
  await wait(after_ms);
  child.kill('SIGKILL');
  const how = await ended;
  await read;
  if (how !== 'SIGKILL') throw new Error(`the load ended by itself (${how}): ${tail}`);
  return acked;
}

/** Frames of the run that are there; complaints go to `faults`. */
async function compare(folder: string, run: string, acked: number, faults: string[]): Promise<number> {
  const archive = new Archive(folder);
  const entry = archive.runs().find((r) => r.run === run);
  if (!entry) {
    if (acked > 0) faults.push(`${run}: the run is gone, though ${acked} frames were acknowledged`);
    return 0;
  }
  const layout = madeLayout();
  const wanted = createFrame(layout);
  let seq = 0;
  for await (const frame of archive.frames(run)) {
    seq += 1;
    if (bitsOf(frame) === bitsOf(makeFrame(layout, seq, wanted))) continue;
    faults.push(`${run}: frame ${seq} is not what was stored (seq ${frame.seq} stands there)`);
    break;
  }
  if (seq < acked) faults.push(`${run}: ${seq} frames are there of ${acked} acknowledged`);
  const found = await events(archive, { run, kinds: ['alarm'], limit: 1_000_000 });
  const expected = Math.floor(acked / 100);
  const numbers = found.map((e) => (e.event as { frameSeq: number }).frameSeq);
  if (numbers.length < expected || numbers.some((n, i) => n !== 100 * (i + 1)))
    faults.push(`${run}: ${numbers.length} alarms are there of ${expected} acknowledged`);
  const last = found.at(-1);
  if (
    last &&
    JSON.stringify(sorted(last.event)) !== JSON.stringify(sorted(madeAlarm(makeFrame(layout, numbers.at(-1)!))))
  )
    faults.push(`${run}: an alarm is not what was stored`);
  return seq;
}

function sorted(event: unknown): unknown {
  return Object.entries(event as object).sort(([a], [b]) => (a < b ? -1 : 1));
}
