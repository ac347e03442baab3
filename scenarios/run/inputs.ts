/**
 * All inputs of a run, read and checked before anything moves, and the run's identity: the digest of every one of them.
 * Equal run ids mean equal results on machines of one architecture.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Recipe, readRecipe } from '../../detector/index.ts';
import type { Result } from '../../models/contract/index.ts';
import { packageRoot } from '../../models/document/index.ts';
import { digestJson, RunningDigest } from '../../models/kernel/index.ts';
import type { Pace } from '../../sim/io/index.ts';
import {
  type BoundScenario,
  bindScenario,
  type PlantContext,
  type ResolvedScenario,
  readPlantContext,
  readScenario,
  resolveScenario,
} from '../engine/index.ts';

export const TRANSPORTS = ['inproc', 'modbus', 'websocket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export type { Pace };

export function formatPace(pace: Pace): string {
  return pace.kind === 'realtime' ? `realtime×${pace.factor}` : pace.kind;
}

/** `lockstep`, `free`, `realtime`, `realtime×8` (or with an x); undefined where it is none of them. */
export function parsePace(text: string): Pace | undefined {
  if (text === 'lockstep' || text === 'free') return { kind: text };
  const factor = /^realtime(?:\s*[×x*]\s*(\d+(?:\.\d+)?))?$/.exec(text);
  if (!factor) return undefined;
  const k = factor[1] === undefined ? 1 : Number(factor[1]);
  return k > 0 ? { kind: 'realtime', factor: k } : undefined;
}

export const DEFAULT_RECIPE = 'balance+wave';

/** A scenario with its plant: what all seeds and recipes share. */
export interface ScenarioInputs {
  readonly bound: BoundScenario;
  readonly plant: PlantContext;
  readonly name: string;
}

export function readInputs(nameOrPath: string, near?: string): Result<ScenarioInputs> {
  const scenario = readScenario(nameOrPath, near);
  if (!scenario.ok) return scenario;
  const plant = readPlantContext(scenario.value.value.plant, scenario.value.path);
  if (!plant.ok) {
    // A plant that is not there is a mistake in the scenario's own line; mistakes inside a plant are its file's.
    const problems = plant.problems.map((p) =>
      p.line > 0
        ? p
        : scenario.value.problemAt(['plant'], `"${scenario.value.value.plant}": ${p.found}`, p.expected, p.hint),
    );
    return { ok: false, problems };
  }
  const bound = bindScenario(scenario.value, plant.value);
  return bound.ok
    ? { ok: true, value: { bound: bound.value, plant: plant.value, name: scenario.value.value.scenario } }
    : bound;
}

export function resolveInputs(inputs: ScenarioInputs, seed?: number): Result<ResolvedScenario> {
  return resolveScenario(inputs.bound, seed ?? inputs.bound.located.value.seed);
}

export function readRecipes(names: readonly string[]): Result<Recipe[]> {
  const read = names.map(readRecipe);
  const problems = read.flatMap((r) => (r.ok ? [] : r.problems));
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: read.flatMap((r) => (r.ok ? [r.value] : [])) };
}

export interface Identity {
  readonly scenario: ResolvedScenario;
  readonly plantDigest: string;
  /** Digest of a recipe, or the command or address of a foreign detector. */
  readonly detector: string;
  readonly transport: string;
  readonly pace: string;
  readonly exact: boolean;
  readonly twin: boolean;
}

/** Long enough that two runs never share a folder, short enough to be read aloud. */
const RUN_ID_DIGITS = 16;

export function runIdOf({ scenario, ...rest }: Identity): string {
  return digestJson({ scenario: scenario.digest, ...rest, code: codeDigest() }).slice(0, RUN_ID_DIGITS);
}

let code: string | undefined;

/** Digest of the program: its bundle, or its sources where it runs from a checkout. */
export function codeDigest(): string {
  if (code !== undefined) return code;
  const own = fileURLToPath(import.meta.url);
  const bundled = own.endsWith('.js');
  const files = bundled
    ? filesBelow(join(packageRoot, 'dist'), '.js')
    : ['models', 'sim', 'detector', 'scenarios'].flatMap((d) => filesBelow(join(packageRoot, d), '.ts'));
  const digest = new RunningDigest();
  for (const f of files.sort()) digest.text(`${f.slice(packageRoot.length)}\n`).bytes(readFileSync(f));
  code = digest.hex();
  return code;
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && e.name.endsWith(ending))
    .map((e) => join(e.parentPath ?? dirname(folder), e.name));
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;
}
