/**
 * A simulated leak laid over a real recording that has none: the field's own way of testing, on the noise and the habits of the
 * user's plant.
 *
 *   y(t) = recorded(t) + δ(t − onset),   δ = (simulated with the leak) − (without), both without noise
 *
 * δ is added in each tag's own unit and does not depend on what the plant was doing: superposition holds for small leaks, and is
 * an assumption for large ones. An alarm that the recording raises by itself too is no detection. Frames have the plant's layout,
 * so that every recipe that fits the plant fits; a tag that the recording has not is missing.
 */
import { createPipeline, type Recipe } from '../../detector/index.ts';
import { csvSource, recordingSource } from '../../detector/ingest/index.ts';
import {
  type AlarmEvent,
  copyFrame,
  createFrame,
  createLayout,
  type Frame,
  type FrameLayout,
  isRaised,
  layoutSpec,
  type Problem,
  ProblemError,
  plainProblem,
  Quality,
  UNUSABLE,
  unwrap,
} from '../../models/contract/index.ts';
import { type Interval, proportionInterval, seeded, UNITS } from '../../models/kernel/index.ts';
import { bootstrapPercentile, fitLogistic } from '../../models/kernel/statistics/index.ts';
import { readCsvMapping } from '../../models/recording/index.ts';
import { bindScenario, type PlantContext, parseScenario, resolveScenario } from '../engine/index.ts';
import { DEFAULT_TWIN_TOLERANCE_US, type LeakSignal } from '../score/index.ts';
import { signalOf } from './bound.ts';
import { isFolder } from './logs.ts';
import { warmUpUs } from './runner.ts';
import { turn } from './wallclock.ts';

export interface ImplantRequest {
  readonly recording: string;
  readonly mapping?: string;
  readonly plant: PlantContext;
  /** By which a scenario names it. */
  readonly plantName: string;
  readonly recipe: Recipe;
  /** As a scenario writes them, all in one unit: rates, or diameters in mm. */
  readonly sizes: readonly string[];
  /** `31.2 km`, or a pipe and a share of it: `P-2 40 %`. */
  readonly places: readonly string[];
  /** Implants of each size at each place. */
  readonly count: number;
  readonly watch_s: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  onProgress?(done: number, of: number): void;
}

export interface Implant {
  readonly size: number;
  readonly place: string;
  readonly onsetUs: number;
  /** To the first alarm that the recording does not raise by itself; null where there is none. */
  readonly latency_s: number | null;
}

export interface ImplantMapRow {
  readonly size: string;
  readonly within_s: number;
  readonly found: number;
  readonly of: number;
  readonly interval: Interval;
}

export interface ImplantResult {
  readonly unit: string;
  readonly frames: number;
  /** Alarms of the recording itself in the stretches that were watched: false, where it has no leak. */
  readonly own: number;
  readonly implants: readonly Implant[];
  readonly map: readonly ImplantMapRow[];
  /** Size that is found in 90 % within the watch; null where the chance does not rise with size or there is one size only. */
  readonly dl90: { readonly size: number; readonly interval: Interval } | null;
  readonly stopped: boolean;
}

const SHARES = [0.05, 0.1, 0.25, 0.5, 1] as const;
const SETTLE_MIN = 5;

export async function implant(request: ImplantRequest): Promise<ImplantResult> {
  const { plant, recipe, count, watch_s, seed } = request;
  const sizes = sizesOf(request.sizes);
  const { layout, frames } = await readRecording(request);
  createPipeline(recipe, layout, plant.asBuilt);
  const scan_s = layout.scanUs / 1e6;
  const lead = Math.ceil((1.2 * warmUpUs(recipe)) / layout.scanUs);
  const watch = Math.ceil(watch_s / scan_s);
  const room = frames.length - lead - watch;
  if (room < 1) {
    const needed = `${(((lead + watch + 1) * scan_s) / 3600).toPrecision(2)} h at least: warm-up and watch`;
    throw new ProblemError([plainProblem(request.recording, '', `${frames.length} frames`, needed)]);
  }
  const chance = seeded(seed).stream('implant');
  const implants: Implant[] = [];
  let own = 0;
  let stopped = false;
  const total = sizes.values.length * request.places.length * count;
  for (const [s, size] of request.sizes.entries()) {
    for (const place of request.places) {
      const signal = await signalFor(request, size, place);
      for (let n = 0; n < count && !stopped; n += 1) {
        // Onsets are spread evenly, and the same for every size and place: a size meets the same hours as another.
        const onset = lead + Math.floor(((n + chance.uniform(n)) / count) * room);
        const piece = frames.slice(onset - lead, onset + watch);
        const plain = alarmsOf(recipe, layout, plant, piece);
        const laid = alarmsOf(recipe, layout, plant, overlay(layout, plant.layout, piece, lead, signal));
        const onsetUs = frames[onset]!.timeUs;
        const mine = plain.filter((a) => a.timeUs >= onsetUs);
        own += mine.length;
        const first = laid.find((a) => a.timeUs >= onsetUs && !mine.some((b) => near(a, b)));
        const latency_s = first ? (first.timeUs - onsetUs) / 1e6 + scan_s : null;
        implants.push({ size: sizes.values[s]!, place, onsetUs, latency_s });
        request.onProgress?.(implants.length, total);
        await turn();
        if (request.signal?.aborted) stopped = true;
      }
    }
  }
  return {
    unit: sizes.unit,
    frames: frames.length,
    own,
    implants,
    map: mapOf(request.sizes, sizes.values, implants, watch_s),
    dl90: detectionLimit(implants, seed),
    stopped,
  };
}

function near(a: AlarmEvent, b: AlarmEvent): boolean {
  return a.alarm === b.alarm && Math.abs(a.timeUs - b.timeUs) <= DEFAULT_TWIN_TOLERANCE_US;
}

function sizesOf(written: readonly string[]): { readonly values: number[]; readonly unit: string } {
  const parts = written.map((text) => /^\s*(\d+(?:\.\d+)?)\s*(\S.*)$/.exec(text));
  const unit = parts[0]?.[2]?.trim() ?? '';
  const wrong = written.filter((_, i) => parts[i]?.[2]?.trim() !== unit || !(Number(parts[i]?.[1]) > 0));
  if (wrong.length > 0)
    throw new ProblemError(
      wrong.map((t) =>
        plainProblem('--sizes', '', `"${t}"`, `sizes above zero in one unit, such as "${unit || 'mm'}"`),
      ),
    );
  return { values: parts.map((p) => Number(p![1])), unit };
}

/** The recording in the plant's layout: samples of a scan are the recording's one value where that has no more. */
async function readRecording(request: ImplantRequest): Promise<{ layout: FrameLayout; frames: Frame[] }> {
  const { recording, plant } = request;
  const mapping = request.mapping === undefined ? undefined : unwrap(readCsvMapping(request.mapping));
  const source = isFolder(recording) ? recordingSource(recording) : csvSource(recording, mapping);
  try {
    const { layout: from } = await source.open();
    const same = from.digest === plant.layout.digest;
    const layout = same ? from : recordedLayout(from, plant.layout);
    const shared = layout.tags.flatMap((tag, t) => {
      const s = from.tags.findIndex((x) => x.id.toLowerCase() === tag.id.toLowerCase());
      return s < 0 ? [] : [{ t, s, scale: unitScale(from.tags[s]!.unit, tag.unit), of: from.tags[s]! }];
    });
    const problems: Problem[] = shared.flatMap(({ t, scale, of }) =>
      scale ? [] : [plainProblem(recording, of.id, `the unit "${of.unit}"`, `a unit as "${layout.tags[t]!.unit}"`)],
    );
    if (shared.length === 0)
      problems.push(
        plainProblem(
          recording,
          '',
          `tags ${from.tags
            .slice(0, 8)
            .map((t) => t.id)
            .join(', ')}`,
          `tags of the plant, such as ${plant.tagIds.slice(0, 8).join(', ')}`,
          'a mapping names the tag of each column (--mapping)',
        ),
      );
    if (problems.length > 0) throw new ProblemError(problems);
    const frames: Frame[] = [];
    for (let f = await source.next(); f !== undefined; f = await source.next()) {
      const frame = createFrame(layout);
      if (same) copyFrame(f, frame);
      else {
        frame.quality.fill(Quality.missing);
        frame.value.fill(Number.NaN);
        frame.stationTimeUs.fill(f.timeUs);
        for (const { t, s, scale } of shared) {
          const last = f.value[from.column[s]! + from.tags[s]!.width - 1]!;
          frame.value[layout.column[t]!] = last * scale!.factor + scale!.offset;
          frame.quality[t] = f.quality[s]!;
        }
      }
      frame.seq = frames.length + 1;
      frame.timeUs = f.timeUs;
      frames.push(frame);
    }
    return { layout, frames };
  } finally {
    await source.close();
  }
}

/** The plant's tags at the recording's pace, with the recording's noise where that was estimated or said. */
function recordedLayout(from: FrameLayout, plant: FrameLayout): FrameLayout {
  const spec = layoutSpec(plant);
  return createLayout({
    ...spec,
    scanUs: from.scanUs,
    tags: spec.tags.map((tag) => {
      const recorded = from.tags.find((t) => t.id.toLowerCase() === tag.id.toLowerCase());
      const scale = recorded && unitScale(recorded.unit, tag.unit);
      const noise = recorded && scale && recorded.noise > 0 ? recorded.noise * scale.factor : tag.noise;
      return { ...tag, width: 1, periodUs: from.scanUs, noise };
    }),
  });
}

/** A column without a unit is taken to be in the plant's. */
function unitScale(from: string, to: string): { readonly factor: number; readonly offset: number } | undefined {
  if (from === to || from === '') return { factor: 1, offset: 0 };
  const [a, b] = [UNITS[from], UNITS[to]];
  if (!a || !b || a.dimension !== b.dimension) return undefined;
  return { factor: a.factor / b.factor, offset: ((a.offset ?? 0) - (b.offset ?? 0)) / b.factor };
}

/** Two runs of the plant without noise, with the leak and without it. */
async function signalFor(request: ImplantRequest, size: string, place: string): Promise<LeakSignal> {
  const { plant, plantName, watch_s, seed, signal } = request;
  const at = /^(\S+)\s+(\d.*%)$/.exec(place);
  const on = at ? `{ pipe: ${at[1]}, fraction: ${at[2]} }` : `{ kp: ${place} }`;
  const kind = /\d\s*(mm|cm|in)$/.test(size) ? 'diameter' : 'rate';
  const minutes = SETTLE_MIN + Math.ceil(watch_s / 60) + 1;
  const text = `scenario: implant\nabout: A leak to be laid over a recording.\nplant: ${plantName}\nduration: ${minutes} min\ntimeline:\n  - { at: ${SETTLE_MIN} min, leak: implant, on: ${on}, ${kind}: ${size} }\n`;
  const bound = bindScenario(unwrap(parseScenario('--sizes and --places', text)), plant);
  const resolved = unwrap(resolveScenario(unwrap(bound), seed));
  const found = await signalOf(resolved, plant.spec, 'implant', true, signal ? { signal } : {});
  if (found === 'stopped' || !found)
    throw new ProblemError([plainProblem('--watch', '', 'a run that was stopped', 'time')]);
  return found.signal;
}

/** The piece with the signal from frame `lead` on; ranges clip it as an instrument would. */
function overlay(
  layout: FrameLayout,
  plant: FrameLayout,
  piece: readonly Frame[],
  lead: number,
  { timeUs, delta }: LeakSignal,
): Frame[] {
  return piece.map((from, n) => {
    if (n < lead) return from;
    const frame = createFrame(layout);
    copyFrame(from, frame);
    // The newest simulated scan that is no later than this one, both counted from the onset.
    const sinceUs = (n - lead) * layout.scanUs;
    let row = Math.floor(sinceUs / plant.scanUs);
    row = Math.min(row, timeUs.length - 1);
    layout.tags.forEach((tag, t) => {
      if ((frame.quality[t]! & UNUSABLE) !== 0) return;
      const width = plant.tags[t]!.width;
      for (let c = 0; c < tag.width; c += 1) {
        const sample = tag.width === width ? c : width - 1;
        const at = layout.column[t]! + c;
        const laid = frame.value[at]! + delta[row * plant.columns + plant.column[t]! + sample]!;
        const kept = Math.min(Math.max(laid, tag.range[0]), tag.range[1]);
        if (kept !== laid) frame.quality[t] = frame.quality[t]! | Quality.clipped;
        frame.value[at] = kept;
      }
    });
    return frame;
  });
}

function alarmsOf(recipe: Recipe, layout: FrameLayout, plant: PlantContext, piece: readonly Frame[]): AlarmEvent[] {
  const pipeline = createPipeline(recipe, layout, plant.asBuilt);
  return piece.flatMap((frame) => pipeline.step(frame).filter(isRaised));
}

/** The performance map: share found within a time, by size. */
function mapOf(
  names: readonly string[],
  values: readonly number[],
  implants: readonly Implant[],
  watch_s: number,
): ImplantMapRow[] {
  return names.flatMap((size, s) => {
    const mine = implants.filter((i) => i.size === values[s]);
    return SHARES.map((share) => {
      const within_s = share * watch_s;
      const found = mine.filter((i) => i.latency_s !== null && i.latency_s <= within_s).length;
      return { size, within_s, found, of: mine.length, interval: proportionInterval(found, mine.length) };
    });
  });
}

function detectionLimit(implants: readonly Implant[], seed: number): ImplantResult['dl90'] {
  const trials = implants.map((i) => ({ size: i.size, found: i.latency_s !== null }));
  if (new Set(trials.map((t) => t.size)).size < 2) return null;
  const limitOf = (picked: readonly { size: number; found: boolean }[]) =>
    new Set(picked.map((t) => t.size)).size < 2 ? Number.NaN : fitLogistic(picked).sizeAt(0.9);
  const size = limitOf(trials);
  if (!Number.isFinite(size)) return null;
  const interval = bootstrapPercentile(
    trials.length,
    (indices) => limitOf(Array.from(indices, (i) => trials[i]!)),
    seeded(seed).stream('implant').stream('dl90'),
    { draws: 500 },
  );
  return { size, interval };
}
