/**
 * What changes all the time and is known beforehand: the weather that a mast recorded, the factor by which customers draw more or
 * less. Points in time joined by straight lines, before the first and behind the last as there, or again and again.
 *
 *   weather: { profile: mast.csv }                                     time, "wind (m/s)", "direction (deg)", …
 *   weather: { profile: [{ at: 0 h, wind: 2 m/s from 240 deg }, …] }
 *   demand:  { profile: demand.csv, every: 1 day }                     time (h), factor (%)
 *   demand:  { profile: [{ at: 0 h, factor: 80 % }, …] }
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type Command, type Problem, ProblemError, type Result } from '../../models/contract/index.ts';
import { addIssue, duration, type Located, quantity, readTextFile } from '../../models/document/index.ts';
import { UNITS } from '../../models/kernel/index.ts';
import { RECORDED, readRecorded } from '../../sim/dispersion/weather/index.ts';
import { choose } from './choose.ts';
import { type WeatherCommand, weatherActionSchema, weatherCommand, weatherShape } from './weather.ts';

export type DemandCommand = Extract<Command, { kind: 'demand' }>;
export type ProfileCommand = WeatherCommand | DemandCommand;

/** One point: when [µs] and what. A command's `over_s` is how long the way there takes. */
interface Point {
  readonly at: number;
  readonly command: ProfileCommand;
}
export interface Profile {
  /** Of a file that is still to be read. */
  readonly file?: string;
  readonly points: readonly Point[];
  /** Again and again after so long [µs]. */
  readonly every?: number;
}

const MOST_POINTS = 20_000;
const factor = quantity('fraction', { min: 0, max: 100 });

const every = duration({ positive: true }).optional();
const fileOf = z.string().regex(/\.csv$/i, 'a CSV file, by its path from this one');

const demandRow = z
  .strictObject({ at: duration(), factor })
  .transform(({ at, factor: f }): Point => ({ at, command: { kind: 'demand', factor: f, over_s: 0 } }));
const weatherRow = z
  .strictObject({ at: duration(), ...weatherShape, over: z.undefined().optional() })
  .transform(({ at, ...w }, ctx): Point => ({ at, command: weatherCommand(w, ctx) }));

function profileOf(row: z.ZodType<Point>) {
  return z
    .strictObject({
      /** A CSV file beside this one, or points: at, and what is then. */
      profile: choose(
        (raw) => (typeof raw === 'string' ? fileOf : z.array(row).min(1)),
        z.union([fileOf, z.array(row).min(1)]),
      ),
      every,
    })
    .transform(({ profile, every: again }, ctx): Profile => {
      const points = typeof profile === 'string' ? [] : profile;
      points.forEach((p, i) => {
        if (i > 0 && p.at <= points[i - 1]!.at)
          addIssue(ctx, { found: 'a time that does not come after the one before', expected: 'times that rise' }, [
            'profile',
            i,
            'at',
          ]);
      });
      if (again !== undefined && points.length > 0 && again <= points.at(-1)!.at - points[0]!.at)
        addIssue(
          ctx,
          {
            found: 'a repetition that is shorter than the profile',
            expected: 'more than from its first point to its last',
          },
          ['every'],
        );
      return {
        ...(typeof profile === 'string' ? { file: profile } : {}),
        points,
        ...(again === undefined ? {} : { every: again }),
      };
    });
}

export const demandSchema = profileOf(demandRow).describe(
  'customers of a water network draw so many times what they would: { profile, every }',
);
const weatherProfile = profileOf(weatherRow);

/** The weather at the start, or all along. */
export const weatherSchema = choose(
  (raw) => (raw !== null && typeof raw === 'object' && 'profile' in raw ? weatherProfile : weatherActionSchema),
  z.union([weatherActionSchema, weatherProfile]),
);

export function isProfile(value: Profile | ProfileCommand): value is Profile {
  return 'points' in value;
}

/** Puts the points of a file in the place of its name; problems stand at the file's name, with the line in it. */
export function readProfile(
  profile: Profile,
  kind: ProfileCommand['kind'],
  near: string,
  { problemAt }: Pick<Located<unknown>, 'problemAt'>,
): Result<Profile> {
  const { file, ...rest } = profile;
  if (file === undefined) return { ok: true, value: profile };
  const path = [kind, 'profile'];
  const text = readTextFile(resolve(dirname(near), file));
  if (!text.ok)
    return {
      ok: false,
      problems: [problemAt(path, `"${file}", which cannot be read`, 'the path of a CSV file, from this one')],
    };
  try {
    const points = (
      kind === 'weather' ? weatherPoints(file, text.value.text) : demandPoints(file, text.value.text)
    ) as Point[];
    if (points.length > MOST_POINTS)
      return {
        ok: false,
        problems: [problemAt(path, `"${file}" with ${points.length} points`, `at most ${MOST_POINTS}`)],
      };
    return { ok: true, value: { ...rest, points } };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const problems: Problem[] = error.problems.map((p) =>
      problemAt(path, `"${file}", line ${p.line}: ${p.found}`, p.expected, p.hint),
    );
    return { ok: false, problems };
  }
}

function weatherPoints(file: string, text: string): Point[] {
  const recorded = readRecorded(file, text);
  if (recorded.report.problems.length > 0) throw new ProblemError(recorded.report.problems);
  const keys = {
    wind: 'wind_m_s',
    from: 'from_rad',
    temperature: 'temperature_K',
    humidity: 'humidity',
    cloud: 'cloud',
  } as const;
  const points: Point[] = [];
  for (const [i, time_s] of recorded.time_s.entries()) {
    const said = Object.entries(keys).flatMap(([quantity, key]) => {
      const value = recorded.value[RECORDED[quantity as keyof typeof RECORDED]]?.[i];
      return value === undefined || Number.isNaN(value) ? [] : [[key, value] as const];
    });
    // A row of gaps says nothing: the way from the row before to the row behind leads over it.
    if (said.length > 0)
      points.push({ at: Math.round(time_s * 1e6), command: { kind: 'weather', ...Object.fromEntries(said) } });
  }
  return points;
}

const COLUMN = /^\s*(.*?)\s*(?:[([]\s*([^)\]]*?)\s*[)\]])?\s*$/;

function demandPoints(file: string, text: string): Point[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const problems: Problem[] = [];
  const say = (line: number, found: string, expected: string, hint?: string) =>
    void problems.push({ file, line, column: 1, path: '', found, expected, ...(hint ? { hint } : {}) });
  const head = lines.findIndex((l) => l.trim() !== '' && !l.startsWith('#'));
  const cells = (line: string) => line.split(/[;,\t]/).map((c) => c.trim());
  const header = cells(lines[head] ?? '').map((c) => {
    const [, name = '', unit = ''] = COLUMN.exec(c) ?? [];
    return { name: name.toLowerCase(), unit };
  });
  const time = header.findIndex((c) => c.name === 'time');
  const value = header.findIndex((c) => c.name === 'factor');
  const timeUnit = UNITS[header[time]?.unit ?? ''];
  const percent = header[value]?.unit === '%';
  if (timeUnit?.dimension !== 'time' || value < 0 || !(percent || header[value]!.unit === '')) {
    say(
      head + 1,
      `the columns ${header.map((c) => c.name).join(', ') || '(none)'}`,
      '"time (h)" and "factor (%)" or "factor"',
      'time in s, min, h or day',
    );
    throw new ProblemError(problems);
  }
  const points: Point[] = [];
  lines.forEach((line, i) => {
    if (i <= head || line.trim() === '' || line.startsWith('#')) return;
    const row = cells(line);
    const at = row[time] ? Math.round(Number(row[time]) * timeUnit.factor * 1e6) : Number.NaN;
    const f = row[value] ? Number(row[value]) * (percent ? 0.01 : 1) : Number.NaN;
    if (!(at >= 0)) say(i + 1, `the time "${row[time] ?? ''}"`, 'a number that is not negative');
    else if (!(f >= 0 && f <= 100)) say(i + 1, `the factor "${row[value] ?? ''}"`, 'a number between 0 and 100 times');
    else if (points.length > 0 && at <= points.at(-1)!.at) say(i + 1, `the time "${row[time]}"`, 'times that rise');
    else points.push({ at, command: { kind: 'demand', factor: f, over_s: 0 } });
  });
  if (points.length === 0 && problems.length === 0) say(head + 1, 'no row', 'rows under the header');
  if (problems.length > 0) throw new ProblemError(problems);
  return points;
}

/** The commands of a profile over a scenario: at each point the way to the next one begins. */
export function profileCommands(profile: Profile, durationUs: number): readonly Point[] {
  const { points, every: again } = profile;
  const all: Point[] = [];
  for (let turn = 0; all.length === 0 || (again !== undefined && all.at(-1)!.at < durationUs); turn += 1)
    for (const p of points) all.push({ at: p.at + turn * (again ?? 0), command: p.command });
  const out: Point[] = [{ at: 0, command: { ...all[0]!.command, over_s: 0 } }];
  for (let i = 0; i + 1 < all.length && all[i]!.at < durationUs; i += 1)
    out.push({ at: all[i]!.at, command: { ...all[i + 1]!.command, over_s: (all[i + 1]!.at - all[i]!.at) * 1e-6 } });
  return out;
}
