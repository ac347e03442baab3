/**
 * All inputs of a run, read and checked before anything moves, and the run's identity: the digest of every one of them.
 * Equal run ids mean equal results on machines of one architecture.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Recipe, readRecipe } from '../../detector/index.ts';
import type { Result } from '../../models/contract/index.ts';
import { packageRoot } from '../../models/document/index.ts';
import { digestJson } from '../../models/kernel/index.ts';
import type { Pace } from '../../sim/io/index.ts';
import {
  type BoundScenario,
  bindScenario,
  type PlantContext,
  type PlantContexts,
  type ResolvedScenario,
  readPlantContext,
  readScenario,
  resolveScenario,
} from '../engine/index.ts';
import { NativeDigest } from './nativeDigest.ts';

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

/** A scenario by name or by path; `plants` are those read before, to which its own is added. */
export function readInputs(nameOrPath: string, near?: string, plants?: PlantContexts): Result<ScenarioInputs> {
  const scenario = readScenario(nameOrPath, near);
  if (!scenario.ok) return scenario;
  const plant = readPlantContext(scenario.value.value.plant, scenario.value.path, plants);
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

/** Sides of the program whose results are kept apart: what a plant does, and what the judge makes of it without a detector. */
const SIDES = {
  plant: ['models', 'sim', 'scenarios/engine'],
  judge: ['scenarios/score', 'scenarios/run/bound.ts'],
} as const;
export type Side = keyof typeof SIDES;

const bundled = fileURLToPath(import.meta.url).endsWith('.js');
const known = new Map<string, string>();

/** Digest of the program: its bundle, or its sources where it runs from a checkout. */
export function codeDigest(): string {
  return once('program', () =>
    digestFiles(
      bundled
        ? filesBelow('dist', '.js')
        : ['models', 'sim', 'detector', 'scenarios'].flatMap((folder) => filesBelow(folder, '.ts')),
    ),
  );
}

/** Digest of one side of the program: told by the build where it is a bundle, which mixes the sides. */
export function sideDigest(side: Side): string {
  return once(side, () => {
    if (!bundled) return digestFiles(SIDES[side].flatMap((path) => filesBelow(path, '.ts')));
    return (JSON.parse(readFileSync(join(packageRoot, 'dist/sides.json'), 'utf8')) as Record<Side, string>)[side];
  });
}

function once(name: string, make: () => string): string {
  const before = known.get(name);
  if (before !== undefined) return before;
  const made = make();
  known.set(name, made);
  return made;
}

function digestFiles(paths: readonly string[]): string {
  const digest = new NativeDigest();
  for (const path of [...paths].sort()) digest.text(`/${path}\n`).bytes(readFileSync(join(packageRoot, path)));
  return digest.hex();
}

/** Paths from the package's root, of a folder or of one file. */
function filesBelow(path: string, ending: string): string[] {
  if (path.endsWith(ending)) return [path];
  return readdirSync(join(packageRoot, path), { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && e.name.endsWith(ending))
    .map((e) => relative(packageRoot, join(e.parentPath, e.name)).replaceAll('\\', '/'));
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version;
}
