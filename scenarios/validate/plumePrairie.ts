/**
 * Project Prairie Grass (Barad 1958): a steady release at 0.46 m over mown grass, samplers at 1.5 m on five arcs. Each run's
 * weather drives a model of the air, the concentration on the axis of every arc is held against the largest of its samplers.
 *
 * Nothing is fitted: wind at its height, u*, L and σθ are the run's own. The roughness is that with which its wind, u* and L
 * agree (6 mm, as Barad gives it, where none does), the mixing height of a night is 2300 u*^1.5 (Venkatram 1980).
 * A file may have gaps, words where numbers belong, and negative flags: what cannot be read is left out and counted.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Agreement, agreement } from '../../models/kernel/index.ts';
import {
  type AirModel,
  type AirWeather,
  mechanicalMixingHeight_m,
  roughnessOf_m,
} from '../../models/physics/air/index.ts';
import { skipped, type ValidationRow } from './table.ts';

export interface PrairieRun {
  readonly run: string;
  readonly rate_kg_s: number;
  readonly sourceHeight_m: number;
  readonly samplerHeight_m: number;
  readonly weather: AirWeather;
  /** Arc [m] and largest concentration [kg/m³]. */
  readonly arcs: readonly { readonly arc_m: number; readonly observed_kg_m3: number }[];
}

export interface PrairieData {
  readonly runs: readonly PrairieRun[];
  /** What was left out, as sentences. */
  readonly marks: readonly string[];
}

/** A model of the air to be tried, and how its steady state is sampled. */
export interface AirTrial {
  readonly name: string;
  create(run: PrairieRun, reach_m: number): AirModel;
  readonly step_s: number;
  /** Time over which the concentration on the axis is averaged once the farthest arc is reached; 0 for a single pulse. */
  readonly average_s: number;
}

/** Grass of Prairie Grass (Barad 1958). */
const ROUGHNESS_m = 0.006;
const SAMPLER_m = 1.5;
/** The slowest gas that matters travels at this part of the wind at its reference height. */
const SLOWEST = 0.6;

/** The folder with Prairie Grass files, given it, the dispersion folder or the reference's root. */
export function prairieFolder(dataDir: string): string | undefined {
  const places = [dataDir, join(dataDir, 'prairie_grass'), join(dataDir, 'dispersion', 'prairie_grass')];
  return places.find((p) => existsSync(join(p, 'runs_met.csv')));
}

type Row = ReadonlyMap<string, string>;

function readRows(path: string): Row[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((l) => l.trim() !== '');
  const columns = (lines[0] ?? '').split(',').map((c) => c.trim());
  return lines.slice(1).map((line) => {
    const cells = line.split(',');
    return new Map(columns.map((c, i) => [c, (cells[i] ?? '').trim()]));
  });
}

/** A number of a row; NaN for a gap, a word or a missing column. */
function figure(row: Row | undefined, column: string): number {
  const text = row?.get(column) ?? '';
  return text === '' ? Number.NaN : Number(text);
}

/** Reads the runs that have what a model needs; the rest is marked. */
export function readPrairie(folder: string): PrairieData {
  const met = readRows(join(folder, 'runs_met.csv'));
  const summary = readRows(join(folder, 'arc_summary.csv'));
  const marks: string[] = [];
  const maxima = new Map<string, number>();
  let bad = 0;
  for (const row of readRows(join(folder, 'arc_points.csv'))) {
    const value = figure(row, 'c_mg_m3');
    const key = `${row.get('run')}/${figure(row, 'arc_m')}`;
    if (!(value >= 0) || !Number.isFinite(value)) bad += 1;
    else maxima.set(key, Math.max(maxima.get(key) ?? 0, value));
  }
  if (bad > 0) marks.push(`${bad} sampler values are flags, gaps or no numbers`);
  // Where the samplers are not given one by one, the arc's maximum is.
  let lost = 0;
  const heights = new Map<string, number>();
  for (const row of summary) {
    const key = `${row.get('run')}/${figure(row, 'arc_m')}`;
    const value = figure(row, 'c_max_mg_m3');
    const height = figure(row, 'sampler_height_m');
    if (height > 0) heights.set(row.get('run') ?? '', height);
    if (maxima.has(key)) continue;
    if (value > 0 && Number.isFinite(value)) maxima.set(key, value);
    else lost += 1;
  }
  if (lost > 0) marks.push(`${lost} arcs have no maximum`);
  const windColumn = [...(met[0]?.keys() ?? [])].find((c) => /^wind_speed_[\d.]+m_m_s$/.test(c)) ?? '';
  const windHeight = Number(/_([\d.]+)m_/.exec(windColumn)?.[1] ?? 2);
  const runs: PrairieRun[] = [];
  let without = 0;
  for (const row of met) {
    const run = row.get('run') ?? '';
    const length = figure(row, 'L_m');
    const friction = figure(row, 'ustar_m_s');
    const speed = figure(row, windColumn);
    const sigma = figure(row, 'sigma_azimuth_deg');
    const rate = figure(row, 'Q_g_s');
    const arcs = [...maxima]
      .filter(([key, value]) => key.slice(0, key.lastIndexOf('/')) === run && value > 0)
      .map(([key, value]) => ({ arc_m: Number(key.slice(run.length + 1)), observed_kg_m3: value * 1e-6 }))
      .filter((a) => a.arc_m > 0)
      .sort((a, b) => a.arc_m - b.arc_m);
    const usable = friction > 0 && speed > 0 && sigma > 0 && rate > 0 && length !== 0;
    if (!usable || !Number.isFinite(length + friction + speed + sigma + rate) || arcs.length === 0) {
      without += 1;
      continue;
    }
    const mixing = figure(row, 'mixing_height_m');
    const height = figure(row, 'source_height_m');
    runs.push({
      run,
      rate_kg_s: rate / 1000,
      sourceHeight_m: height >= 0 ? height : 0.46,
      samplerHeight_m: heights.get(run) ?? SAMPLER_m,
      weather: {
        windU_m_s: speed,
        windV_m_s: 0,
        windHeight_m: windHeight,
        roughness_m: roughnessOf_m(speed, windHeight, friction, 1 / length) ?? ROUGHNESS_m,
        frictionVelocity_m_s: friction,
        inverseObukhov_1_m: 1 / length,
        mixingHeight_m: mixing > 0 ? mixing : mechanicalMixingHeight_m(friction),
        sigmaTheta_rad: (sigma * Math.PI) / 180,
        temperature_K: 298,
        pressure_Pa: 95000,
        relativeHumidity: 0.5,
        solar_W_m2: 0,
        cloud: 0.5,
      },
      arcs,
    });
  }
  if (without > 0) marks.push(`${without} runs lack meteorology or arcs`);
  return { runs, marks };
}

/** Concentrations on the axis of every arc of a run [kg/m³], in the model's steady state. */
export function runPrairie(run: PrairieRun, trial: AirTrial): Float64Array {
  const reach = Math.max(...run.arcs.map((a) => a.arc_m));
  const model = trial.create(run, reach);
  const points = Float64Array.from(run.arcs.flatMap((a) => [a.arc_m, 0, run.samplerHeight_m]));
  const now = new Float64Array(run.arcs.length);
  const mean = new Float64Array(run.arcs.length);
  const slowest_s = (1.3 * reach) / (SLOWEST * run.weather.windU_m_s);
  if (trial.average_s === 0) {
    // In steady air the plume of 1 kg/s is the time integral of a pulse of 1 kg: every parcel serves every arc.
    model.emit(0, 0, 0, run.sourceHeight_m, run.rate_kg_s, 0, 0);
    for (let time = 0; time < 2 * slowest_s; ) {
      const dt = Math.max(trial.step_s, 0.02 * time);
      model.step(run.weather, dt);
      time += dt;
      model.concentrations(0, points, now);
      for (let a = 0; a < now.length; a += 1) mean[a] += now[a] * dt;
    }
    return mean;
  }
  const warmUp = Math.ceil(slowest_s / trial.step_s);
  const steps = Math.max(1, Math.ceil(trial.average_s / trial.step_s));
  for (let i = 0; i < warmUp + steps; i += 1) {
    model.emit(0, 0, 0, run.sourceHeight_m, run.rate_kg_s * trial.step_s, 0, 0);
    model.step(run.weather, trial.step_s);
    if (i < warmUp) continue;
    model.concentrations(0, points, now);
    for (let a = 0; a < now.length; a += 1) mean[a] += now[a] / steps;
  }
  return mean;
}

/** The project's criteria, narrower than Chang and Hanna's. */
const CRITERIA: readonly {
  readonly metric: string;
  readonly of: (a: Agreement) => number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}[] = [
  { metric: 'FAC2', of: (a) => a.fac2, low: 0.9, high: 1, unit: 'at least' },
  { metric: 'FB', of: (a) => a.fb, low: -0.1, high: 0.1, unit: 'at most ±' },
  { metric: 'NMSE', of: (a) => a.nmse, low: 0, high: 0.3, unit: 'at most' },
  { metric: 'MG', of: (a) => a.mg, low: 0.85, high: 1.15, unit: '0.85 to' },
  { metric: 'VG', of: (a) => a.vg, low: 1, high: 1.25, unit: 'at most' },
];

/** Rows of one trial over all runs of a folder. */
export function validatePrairie(data: PrairieData, trial: AirTrial): ValidationRow[] {
  const name = `prairie-grass ${trial.name}`;
  if (data.runs.length === 0)
    return [skipped(name, 'agreement', ['no run has meteorology and arcs', ...data.marks].join('; '))];
  const observed: number[] = [];
  const predicted: number[] = [];
  const broken: string[] = [];
  for (const run of data.runs) {
    try {
      const ours = runPrairie(run, trial);
      run.arcs.forEach((a, i) => {
        observed.push(a.observed_kg_m3);
        predicted.push(ours[i]);
      });
    } catch (error) {
      broken.push(`run ${run.run}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const a = agreement(observed, predicted);
  const note = [`${data.runs.length} runs, ${a.pairs} arc maxima`, ...data.marks, ...broken].join('; ');
  return CRITERIA.map(({ metric, of, low, high, unit }, i) => {
    const actual = of(a);
    const status = broken.length === 0 && actual >= low && actual <= high ? 'pass' : 'fail';
    const target = metric === 'FAC2' ? low : high;
    return { case: name, metric, actual, target, unit, status, ...(i === 0 ? { note } : {}) };
  });
}
