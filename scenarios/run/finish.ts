/**
 * From what a run left behind to its card and its files. One place for every transport and for suites, so that a figure
 * cannot depend on how it was come by.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type {
  AlarmEvent,
  AsBuilt,
  Availability,
  Card,
  FrameLayout,
  LeakBound,
  Pipeline,
  RunStatus,
  TruthEvent,
} from '../../models/contract/index.ts';
import type { PlantContext, ResolvedScenario } from '../engine/index.ts';
import {
  type CardInputs,
  type DeclaredDelay,
  floorJournals,
  makeCard,
  matchAlarms,
  matchingInputs,
  renderHtml,
  segmentsOf,
  type Trend,
} from '../score/index.ts';

export interface Finished {
  readonly runId: string;
  readonly resolved: ResolvedScenario;
  readonly plant: PlantContext;
  /** Name of the recipe, or of the foreign detector. */
  readonly recipe: string;
  readonly warmUpUs: number;
  readonly transport: string;
  readonly pace: string;
  readonly status: RunStatus;
  readonly because: string;
  readonly framesDigest: string;
  readonly frames: number;
  readonly endUs: number;
  readonly truth: readonly TruthEvent[];
  readonly alarms: readonly AlarmEvent[];
  readonly twinAlarms?: readonly AlarmEvent[];
  readonly bounds?: readonly LeakBound[];
  readonly availability?: Availability;
  /** What the detector's own settings cost of every detection. */
  readonly delays?: readonly DeclaredDelay[];
}

export interface JudgedRun {
  readonly card: Card;
  readonly inputs: CardInputs;
}

export function judgeRun(run: Finished): JudgedRun {
  const { resolved, plant, alarms, endUs, warmUpUs } = run;
  // Only what lies along a line has a place that chance could guess.
  const ends = plant.pipes.flatMap((p) => [p.start_m, p.start_m + p.length_m]).filter(Number.isFinite);
  const inputs: CardInputs = {
    runId: run.runId,
    scenario: resolved.scenario,
    plant: resolved.plant,
    recipe: run.recipe,
    seed: resolved.seed,
    transport: run.transport,
    pace: run.pace,
    status: run.status,
    because: run.because,
    framesDigest: run.framesDigest,
    frames: run.frames,
    simulated_s: endUs / 1e6,
    expectations: resolved.expect,
    truth: run.truth,
    alarms,
    ...(run.twinAlarms ? { twinAlarms: run.twinAlarms } : {}),
    ...(run.bounds ? { bounds: run.bounds } : {}),
    segments: segmentsOf(plant.layout),
    ...(run.availability ? { availability: run.availability } : {}),
    ...(run.delays ? { delays: run.delays } : {}),
    floors: floorJournals({
      seed: resolved.seed,
      alarms,
      // The judged detector keeps silent while it warms up; so does chance.
      startUs: Math.min(warmUpUs, endUs),
      endUs,
      scanUs: plant.layout.scanUs,
      ...(ends.length > 0 ? { line: { from_m: Math.min(...ends), to_m: Math.max(...ends) } } : {}),
    }),
    ...(resolved.graceUs === undefined ? {} : { graceUs: resolved.graceUs }),
    warmUpUs: Math.min(warmUpUs, endUs),
  };
  return { card: makeCard(inputs), inputs };
}

/** What a detector says of its own time, as a part of what is to be judged; nothing where it does not say. */
export function availabilityOf(pipeline: Pipeline | undefined): { availability?: Availability } {
  const availability = pipeline?.availability?.();
  return availability ? { availability } : {};
}

export function reportHtml(
  { card, inputs }: JudgedRun,
  layout: FrameLayout,
  trends: readonly Trend[],
  about: string,
  asBuilt: AsBuilt | undefined,
): string {
  return renderHtml({
    card,
    layout,
    trends,
    truth: inputs.truth,
    alarms: inputs.alarms,
    scenarioTitle: card.scenario,
    about,
    ...(asBuilt?.air ? { air: asBuilt.air } : {}),
    matching: matchAlarms(matchingInputs(inputs)),
  });
}

/** Writes a file whole or not at all: under another name first, then in its place. Its folder is made. */
export async function writeText(folder: string, name: string, text: string): Promise<string> {
  const path = resolve(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  await writeFile(draft, text);
  await rename(draft, path);
  return path;
}

export function jsonLines(events: readonly unknown[]): string {
  return events.map((e) => `${JSON.stringify(e)}\n`).join('');
}
