/**
 * A recording through a detector: our own run folders, with the truth that was recorded; foreign recordings of a site's air, with
 * the releases that stand beside them; or any CSV, with its labels where a mapping names them. The detector gets frames from a source as it would from a wire, and the truth goes to the judge.
 */
import { basename } from 'node:path';
import { createPipeline, nearestSensorRule, type Recipe } from '../../detector/index.ts';
import { csvSource, recordingSource, siteSource } from '../../detector/ingest/index.ts';
import {
  type AlarmEvent,
  type AsBuilt,
  type Card,
  FrameDigest,
  type FrameLayout,
  journalDigest,
  Quality,
  type TruthEvent,
  unwrap,
} from '../../models/contract/index.ts';
import { digestJson } from '../../models/kernel/index.ts';
import {
  type CsvMapping,
  csvTruth,
  isSiteRecording,
  openRun,
  readCsvMapping,
  readSiteRecording,
  type SiteRecording,
} from '../../models/recording/index.ts';
import {
  type CardInputs,
  type Expectation,
  expectationsSchema,
  floorJournals,
  makeCard,
  NEAREST_SENSOR,
  segmentsOf,
  type Trend,
  TrendBuilder,
  type UnitPoint,
} from '../score/index.ts';
import { availabilityOf } from './finish.ts';
import { codeDigest } from './inputs.ts';
import { worthDrawing } from './logbook.ts';
import { type Expected, isFolder, readTruth } from './logs.ts';
import { NativeDigest } from './nativeDigest.ts';
import { warmUpUs } from './runner.ts';

export interface ReplayRequest {
  readonly recording: string;
  readonly mapping?: string;
  readonly recipe: Recipe;
  /** Instead of what the recording's own scenario expected. */
  readonly expected?: Expected;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  onProgress?(timeUs: number, totalUs: number | undefined): void;
  onAlarm?(event: AlarmEvent): void;
}

export interface Replay {
  readonly alarms: readonly AlarmEvent[];
  readonly truth: readonly TruthEvent[];
  readonly layout: FrameLayout;
  readonly asBuilt?: AsBuilt;
  readonly trends: readonly Trend[];
  readonly frames: number;
  readonly journalDigest: string;
  readonly about: string;
  readonly stopped: boolean;
  /** Absent where the recording has neither truth nor labels: nobody can say then what was false. */
  readonly judged?: { readonly card: Card; readonly inputs: CardInputs };
  /** Rows of a CSV that could not be used, in sentences. */
  readonly remarks: readonly string[];
}

interface Known {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  readonly plant: string;
  readonly totalUs?: number;
  readonly truth?: readonly TruthEvent[];
  readonly expect: readonly Expectation[];
  readonly graceUs?: number;
  readonly units?: readonly UnitPoint[];
}

export async function replay(request: ReplayRequest): Promise<Replay> {
  const { recording, recipe, expected, signal } = request;
  const mapping = request.mapping === undefined ? undefined : unwrap(readCsvMapping(request.mapping));
  const site = mapping === undefined && isSiteRecording(recording) ? await readSiteRecording(recording) : undefined;
  const own = !site && isFolder(recording);
  const known = site
    ? await knownOfSite(site)
    : own
      ? await knownOfRun(recording)
      : await knownOfCsv(recording, mapping);
  const csv = site ? siteSource(site) : own ? undefined : csvSource(recording, mapping);
  const source = csv ?? recordingSource(recording);
  const alarms: AlarmEvent[] = [];
  let frames = 0;
  let missing = 0;
  let startUs = 0;
  let endUs = 0;
  let stopped = false;
  try {
    const { layout, asBuilt } = await source.open();
    const pipeline = createPipeline(recipe, layout, asBuilt);
    const ruleRecipe = asBuilt?.air ? nearestSensorRule(recipe) : undefined;
    const rule = ruleRecipe && createPipeline(ruleRecipe, layout, asBuilt);
    const ruleAlarms: AlarmEvent[] = [];
    const digest = new FrameDigest(layout, new NativeDigest());
    const trends = new TrendBuilder(layout, worthDrawing(layout));
    for (let frame = await source.next(); frame !== undefined; frame = await source.next()) {
      if (frames === 0) startUs = Math.max(0, frame.timeUs - layout.scanUs);
      frames += 1;
      endUs = frame.timeUs;
      for (let t = 0; t < frame.quality.length; t += 1) if ((frame.quality[t]! & Quality.missing) !== 0) missing += 1;
      digest.add(frame);
      trends.add(frame);
      for (const event of pipeline.step(frame)) {
        alarms.push(event);
        request.onAlarm?.(event);
      }
      if (rule) ruleAlarms.push(...rule.step(frame));
      if (frames % 256 === 0) {
        request.onProgress?.(endUs, known.totalUs);
        if (signal?.aborted) {
          stopped = true;
          break;
        }
      }
    }
    const framesDigest = digest.hex();
    const ends = asBuilt?.pipes.flatMap((p) => (p.start_m === undefined ? [] : [p.start_m, p.start_m + p.length_m]));
    const warm = Math.min(startUs + warmUpUs(recipe), endUs);
    const inputs: CardInputs | undefined = known.truth && {
      runId: digestJson({ replay: framesDigest, recipe: recipe.digest, expected, code: codeDigest() }).slice(0, 16),
      scenario: known.name,
      plant: known.plant,
      recipe: recipe.name,
      seed: known.seed,
      transport: 'recording',
      pace: 'lockstep',
      status: stopped ? 'not-comparable' : 'valid',
      because: stopped ? 'stopped by the user' : '',
      framesDigest,
      frames,
      simulated_s: endUs / 1e6,
      expectations: expected?.expect ?? known.expect,
      truth: known.truth,
      alarms,
      floors: [
        ...floorJournals({
          seed: known.seed,
          alarms,
          startUs: warm,
          endUs,
          scanUs: layout.scanUs,
          ...(ends && ends.length > 0 ? { line: { from_m: Math.min(...ends), to_m: Math.max(...ends) } } : {}),
        }),
        ...(rule ? [{ recipe: NEAREST_SENSOR, alarms: ruleAlarms }] : []),
      ],
      ...((expected?.graceUs ?? known.graceUs) === undefined ? {} : { graceUs: expected?.graceUs ?? known.graceUs }),
      ...(known.units ? { units: known.units } : {}),
      warmUpUs: warm,
      segments: segmentsOf(layout),
      ...availabilityOf(pipeline),
    };
    const report = csv?.report();
    return {
      alarms,
      truth: known.truth ?? [],
      layout,
      ...(asBuilt ? { asBuilt } : {}),
      trends: trends.trends(),
      frames,
      journalDigest: journalDigest(alarms),
      about: known.about,
      stopped,
      ...(inputs ? { judged: { card: makeCard(inputs), inputs } } : {}),
      remarks: report
        ? [
            ...(report.filled > 0 ? [`${report.filled} of ${report.frames} instants had no row`] : []),
            ...(report.duplicates > 0 ? [`${report.duplicates} rows shared their instant with an earlier one`] : []),
            ...(report.late > 0 ? [`${report.late} rows came too late to be put in order and were left out`] : []),
            ...(report.mistakes > 0 ? [`${report.mistakes} cells or rows could not be read`] : []),
            ...(missing > 0 ? [`${missing} values were missing or no numbers, and are marked so`] : []),
            ...(site?.remarks ?? []),
          ]
        : [],
    };
  } finally {
    await source.close();
  }
}

async function knownOfRun(folder: string): Promise<Known> {
  const run = await openRun(folder);
  const m = run.manifest as typeof run.manifest & {
    readonly scenario?: string;
    readonly about?: string;
    readonly seed?: number;
    readonly resolved?: { readonly expect?: readonly Expectation[]; readonly graceUs?: number };
  };
  return {
    name: m.scenario ?? basename(folder),
    about: m.about ?? '',
    seed: m.seed ?? 1,
    plant: run.layout.plant,
    ...(m.lastUs === null ? {} : { totalUs: m.lastUs }),
    truth: await readTruth(folder),
    expect: m.resolved?.expect ?? [],
    ...(m.resolved?.graceUs === undefined ? {} : { graceUs: m.resolved.graceUs }),
  };
}

async function knownOfSite(site: SiteRecording): Promise<Known> {
  const truth = await site.truth();
  return {
    name: site.name,
    about: site.about,
    seed: 1,
    plant: site.asBuilt.plant,
    ...(truth.length > 0 ? { truth } : {}),
    ...(site.units ? { units: site.units } : {}),
    expect: expectationsSchema.parse([]),
  };
}

async function knownOfCsv(path: string, mapping: CsvMapping | undefined): Promise<Known> {
  const name = basename(path).replace(/\.[^.]*$/, '');
  return {
    name,
    about: mapping?.value.about ?? '',
    seed: 1,
    plant: mapping?.value.mapping ?? name,
    ...(mapping && mapping.value.labels.length > 0 ? { truth: await csvTruth(path, mapping) } : {}),
    expect: expectationsSchema.parse([]),
  };
}
