/**
 * Frames of simulations kept on disk, so that a changed detector is judged on them without simulating again. An entry's name is
 * the digest of all that frames depend on: plant, what happens, seed, and the code of the plant's side; the detector's side is
 * not in it. What comes out of the cache is what went in, to the bit.
 *
 *   <key>.frames   frames as on the wire, one behind the other
 *   <key>.json     truth with the frame that it came with, and violations; written last
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type AsBuilt,
  decodeFrame,
  encodeFrame,
  type Frame,
  type FrameLayout,
  frameByteLength,
  type TruthEvent,
} from '../../models/contract/index.ts';
import { digestJson } from '../../models/kernel/index.ts';
import { compileModel, type PlantSpec, preparePlant } from '../../sim/index.ts';
import { type ResolvedScenario, ScenarioEngine } from '../engine/index.ts';
import { type Side, sideDigest } from './inputs.ts';

/** A simulation to be watched: running now, or running again from what was kept. */
export interface Play {
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt;
  readonly timeUs: number;
  advance(frame: Frame): boolean;
  drainTruth(): TruthEvent[];
  violations(): string[];
  close(): void;
}

export interface PlayOptions {
  readonly exact?: boolean;
  readonly twin?: boolean;
  /** Folder of the cache; absent: simulated anew and not kept. */
  readonly cache?: string;
}

interface Entry {
  readonly frames: number;
  readonly truth: readonly (readonly [frame: number, event: TruthEvent])[];
  readonly violations: readonly string[];
}

const CHUNK_BYTES = 1 << 20;

/** Plays a resolved scenario on a plant: from the cache where it was played before, else by the engine. */
export async function openPlay(resolved: ResolvedScenario, plant: PlantSpec, options: PlayOptions = {}): Promise<Play> {
  const { exact = false, twin = false, cache } = options;
  const engine = async () => {
    await preparePlant(plant);
    return new ScenarioEngine(resolved, plant, { exact, twin });
  };
  if (cache === undefined) return engine();
  const path = entryPath(cache, keyOf(['plant'], resolved, plant, { exact, twin }));
  const entry = readEntry(`${path}.json`);
  if (entry) {
    const model = compileModel(plant, {
      seed: resolved.seed,
      leaks: resolved.leaks,
      ...(resolved.tick_s === undefined ? {} : { tick_s: resolved.tick_s }),
      exact,
    });
    const size = entry.frames * frameByteLength(model.layout);
    if (existsSync(`${path}.frames`) && statSync(`${path}.frames`).size === size)
      return new KeptPlay(model.layout, model.asBuilt, entry, `${path}.frames`);
  }
  return new KeepingPlay(await engine(), path);
}

/** A JSON value that depends on plant, scenario and code alone: read where it was made before, else made and kept. */
export async function keptJson<T>(
  cache: string | undefined,
  what: string,
  [resolved, plant, exact]: readonly [ResolvedScenario, PlantSpec, boolean],
  make: () => Promise<T | undefined>,
): Promise<T | undefined> {
  if (cache === undefined) return make();
  const path = `${entryPath(cache, keyOf(['plant', 'judge'], resolved, plant, { exact, what }))}.json`;
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
  const made = await make();
  if (made !== undefined) writeWhole(path, JSON.stringify(made));
  return made;
}

function keyOf(sides: readonly Side[], resolved: ResolvedScenario, plant: PlantSpec, rest: object): string {
  // What is expected of a detector changes no frame, but it does change a bound.
  const { digest: _, about: __, expect, ...played } = resolved;
  return digestJson({
    played,
    plant,
    ...rest,
    ...(sides.includes('judge') ? { expect } : {}),
    code: sides.map(sideDigest),
    machine: [process.version, process.arch],
  });
}

function entryPath(cache: string, key: string): string {
  return join(cache, key.slice(0, 2), key);
}

function readEntry(path: string): Entry | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Entry) : undefined;
}

function writeWhole(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

/** Room for whole frames. */
function chunkOf(layout: FrameLayout): Uint8Array {
  const stride = frameByteLength(layout);
  return new Uint8Array(Math.max(1, Math.floor(CHUNK_BYTES / stride)) * stride);
}

/** Frames that were kept, one after the other. */
class KeptPlay implements Play {
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt;
  timeUs = 0;
  private readonly entry: Entry;
  private readonly file: number;
  private readonly chunk: Uint8Array;
  private readonly view: DataView;
  private held = 0;
  private at = 0;
  private frames = 0;
  private told = 0;

  constructor(layout: FrameLayout, asBuilt: AsBuilt, entry: Entry, path: string) {
    this.layout = layout;
    this.asBuilt = asBuilt;
    this.entry = entry;
    this.file = openSync(path, 'r');
    this.chunk = chunkOf(layout);
    this.view = new DataView(this.chunk.buffer);
  }

  advance(frame: Frame): boolean {
    if (this.frames >= this.entry.frames) return false;
    if (this.at === this.held) {
      this.held = readSync(this.file, this.chunk, 0, this.chunk.length, null);
      this.at = 0;
    }
    this.at = decodeFrame(this.view, frame, this.at);
    this.frames += 1;
    this.timeUs = frame.timeUs;
    return true;
  }

  drainTruth(): TruthEvent[] {
    const { truth } = this.entry;
    const from = this.told;
    while (this.told < truth.length && truth[this.told]![0] <= this.frames) this.told += 1;
    return truth.slice(from, this.told).map(([, event]) => event);
  }

  violations(): string[] {
    return [...this.entry.violations];
  }

  close(): void {
    closeSync(this.file);
  }
}

/** A running engine whose frames are kept as they pass. Only a play that reached its end becomes an entry. */
class KeepingPlay implements Play {
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt;
  private readonly engine: ScenarioEngine;
  private readonly path: string;
  private readonly draft: string;
  private readonly file: number;
  private readonly chunk: Uint8Array;
  private readonly view: DataView;
  private readonly truth: (readonly [number, TruthEvent])[] = [];
  private at = 0;
  private frames = 0;
  private ended = false;

  constructor(engine: ScenarioEngine, path: string) {
    this.engine = engine;
    this.layout = engine.layout;
    this.asBuilt = engine.asBuilt;
    this.path = path;
    this.draft = `${path}.frames.${process.pid}.part`;
    mkdirSync(join(path, '..'), { recursive: true });
    this.file = openSync(this.draft, 'w');
    this.chunk = chunkOf(this.layout);
    this.view = new DataView(this.chunk.buffer);
  }

  get timeUs(): number {
    return this.engine.timeUs;
  }

  advance(frame: Frame): boolean {
    if (!this.engine.advance(frame)) {
      this.ended = true;
      return false;
    }
    this.at = encodeFrame(frame, this.view, this.at);
    this.frames += 1;
    if (this.at === this.chunk.length) this.flush();
    return true;
  }

  drainTruth(): TruthEvent[] {
    const events = this.engine.drainTruth();
    for (const event of events) this.truth.push([this.frames, event]);
    return events;
  }

  violations(): string[] {
    return this.engine.violations();
  }

  close(): void {
    const violations = this.engine.violations();
    this.engine.close();
    this.flush();
    closeSync(this.file);
    if (!this.ended) {
      rmSync(this.draft);
      return;
    }
    renameSync(this.draft, `${this.path}.frames`);
    const entry: Entry = { frames: this.frames, truth: this.truth, violations };
    writeWhole(`${this.path}.json`, JSON.stringify(entry));
  }

  private flush(): void {
    writeSync(this.file, this.chunk, 0, this.at);
    this.at = 0;
  }
}
