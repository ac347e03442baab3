/**
 * Questions to a history: series with no more points than asked for and no spike lost, roll-ups, values of several tags at
 * the instants of one, events. Times are UTC [µs since 1970]; answers are in order of time, and of sequence where times
 * are equal, however they came in.
 */
import { Quality, UNUSABLE } from '../../models/contract/index.ts';
import { frameColumns, quoteName, quoteText } from '../../models/recording/index.ts';
import type { Archive, Choice, Span, TagOfRun } from './archive.ts';
import { type Catalogue, LEVEL_US, LEVELS, type Level } from './catalogue.ts';

export interface SeriesChoice extends Choice {
  readonly tags: readonly string[];
  /** At most so many points per tag and run; at least 4. */
  readonly points: number;
}

export interface Series {
  readonly run: string;
  readonly tag: string;
  readonly unit: string;
  /** Samples in the span, usable or not. */
  readonly samples: number;
  /** True where points are the least and the greatest of spans instead of all samples. */
  readonly decimated: boolean;
  /** Time, value (null where it must not be used) and quality: of the sample, or all flags of its span together. */
  readonly points: readonly (readonly [us: number, value: number | null, quality: number])[];
}

/** Quality words of a roll-up, the worst last. */
export const WORST_LAST = ['good', 'held', 'clipped', 'missing', 'lost', 'failed'] as const;

export interface RollupRow {
  readonly fromUs: number;
  /** Of usable samples; null where there is none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Usable samples. */
  readonly count: number;
  readonly worst: (typeof WORST_LAST)[number];
  /** Samples with each quality. */
  readonly held: number;
  readonly clipped: number;
  readonly failed: number;
  readonly lost: number;
  readonly missing: number;
}

export interface RolledUp {
  readonly run: string;
  readonly tag: string;
  readonly unit: string;
  /** Where the rows come from: stored roll-ups of a level, or the samples themselves. */
  readonly from: Level | 'samples';
  readonly rows: readonly RollupRow[];
}

export interface RollupChoice extends Choice {
  readonly tags: readonly string[];
  /** Length of a span [µs]. */
  readonly everyUs: number;
  /** Computes from samples even where a stored roll-up would do. */
  readonly fromSamples?: boolean;
}

export interface EventChoice extends Choice {
  /** alarm, action, notice, gap; of truth the kinds that it has. Absent: all. */
  readonly kinds?: readonly string[];
  /** Alarm id or the like, with * and ?. */
  readonly key?: string;
  readonly limit: number;
  readonly truth?: boolean;
}

export interface HistoryEvent {
  readonly run: string;
  readonly timeUs: number;
  readonly kind: string;
  readonly event: unknown;
}

const LEAST_POINTS = 4;

export async function series(archive: Archive, choice: SeriesChoice): Promise<Series[]> {
  const tags = archive.chooseTags(archive.chooseRuns(archive.catalogue(), choice.run), choice.tags);
  const points = Math.max(LEAST_POINTS, choice.points);
  const all: Series[] = [];
  for (const t of tags) {
    const samples = (catalogue: Catalogue) => samplesOf(archive, catalogue, t, choice);
    const [extent] = await archive.rows<{ n: bigint; a: bigint; b: bigint }>((catalogue) => {
      const s = samples(catalogue);
      return s && `SELECT count(*) AS n, min(us) AS a, max(us) AS b FROM (${s})`;
    });
    const n = Number(extent?.n ?? 0);
    const head = { run: t.run.run, tag: t.tag.id, unit: t.tag.unit, samples: n };
    if (n <= points) {
      const rows = await archive.rows<{ us: bigint; value: number | null; q: number }>((catalogue) => {
        const s = samples(catalogue);
        return s && `SELECT us, ${USABLE} AS value, q FROM (${s}) ORDER BY us, seq`;
      });
      all.push({ ...head, decimated: false, points: rows.map((r) => [Number(r.us), r.value, r.q]) });
    } else all.push({ ...head, decimated: true, points: await decimated(archive, samples, extent!, points) });
  }
  return all;
}

async function decimated(
  archive: Archive,
  samples: (catalogue: Catalogue) => string | undefined,
  { a, b }: { readonly a: bigint; readonly b: bigint },
  points: number,
): Promise<Series['points']> {
  const spans = Math.floor(points / 2);
  const rows = await archive.rows<{
    u0: bigint | null;
    v0: number | null;
    u1: bigint;
    v1: number;
    q: number;
    us: bigint;
  }>((catalogue) => {
    const s = samples(catalogue);
    return (
      s &&
      `SELECT min(us) AS us, bit_or(q) AS q, min(v) AS v0, arg_min(us, v) AS u0, max(v) AS v1, arg_max(us, v) AS u1
         FROM (SELECT us, q, ${USABLE} AS v FROM (${s}))
         GROUP BY (us - ${a}) * ${spans} // ${b - a + 1n} ORDER BY 1`
    );
  });
  return rows.flatMap((r): Series['points'] => {
    // Nothing usable in the whole span: a hole that a reader must see.
    if (r.u0 === null || r.v0 === null) return [[Number(r.us), null, r.q]];
    if (r.u0 === r.u1) return [[Number(r.u0), r.v0, r.q]];
    const [low, high] = [[Number(r.u0), r.v0, r.q] as const, [Number(r.u1), r.v1, r.q] as const];
    return low[0] < high[0] ? [low, high] : [high, low];
  });
}

export async function rollup(archive: Archive, choice: RollupChoice): Promise<RolledUp[]> {
  const tags = archive.chooseTags(archive.chooseRuns(archive.catalogue(), choice.run), choice.tags);
  const { everyUs } = choice;
  const all: RolledUp[] = [];
  for (const t of tags) {
    const level = choice.fromSamples ? undefined : levelFor(t, everyUs);
    const rows = await archive.rows<StoredRow>((catalogue) => {
      const span = wholeSpans(choice, everyUs);
      const rolled =
        level === undefined
          ? rolledSamples(archive, catalogue, t, span, everyUs)
          : storedRows(archive, catalogue, t, span, level);
      return (
        rolled &&
        `SELECT t0_us // ${everyUs} * ${everyUs} AS t0, sum(n)::DOUBLE AS n, min("min") AS lo, max("max") AS hi, sum("sum") AS total,
         ${COUNTED.map((q) => `sum(${q})::DOUBLE AS ${q}`).join(', ')} FROM (${rolled}) GROUP BY 1 ORDER BY 1`
      );
    });
    all.push({ run: t.run.run, tag: t.tag.id, unit: t.tag.unit, from: level ?? 'samples', rows: rows.map(rollupRow) });
  }
  return all;
}

const COUNTED = ['held', 'clipped', 'failed', 'lost', 'missing'] as const;
interface StoredRow extends Record<(typeof COUNTED)[number], number> {
  readonly t0: bigint;
  readonly n: number;
  readonly lo: number | null;
  readonly hi: number | null;
  readonly total: number;
  readonly [key: string]: unknown;
}

function rollupRow(row: StoredRow): RollupRow {
  const { n, held, clipped, failed, lost, missing } = row;
  const worst = [...WORST_LAST].reverse().find((q) => q === 'good' || row[q] > 0) ?? 'good';
  const value = n > 0 ? { min: row.lo, max: row.hi, mean: row.total / n } : { min: null, max: null, mean: null };
  return { fromUs: Number(row.t0), ...value, count: n, worst, held, clipped, failed, lost, missing };
}

/** The coarsest stored level whose spans fill the wanted ones. */
function levelFor({ tag }: TagOfRun, everyUs: number): Level | undefined {
  return [...LEVELS]
    .reverse()
    .find((l) => everyUs % LEVEL_US[l] === 0 && (l !== '1s' || tag.periodUs < LEVEL_US['1s']));
}

/** Spans that begin in the span asked for, the one that its beginning lies in included. */
function wholeSpans({ fromUs, toUs }: Span, everyUs: number): Span {
  return {
    ...(fromUs === undefined ? {} : { fromUs: Math.floor(fromUs / everyUs) * everyUs }),
    ...(toUs === undefined ? {} : { toUs: Math.floor(toUs / everyUs) * everyUs + everyUs - 1 }),
  };
}

function storedRows(archive: Archive, catalogue: Catalogue, t: TagOfRun, span: Span, level: Level): string | undefined {
  const parts = archive.parts(catalogue, level, t.run.stream, span);
  if (parts.length === 0) return undefined;
  return `SELECT * FROM ${archive.from(parts)} WHERE tag = ${t.index}${within('t0_us', span)}`;
}

function rolledSamples(
  archive: Archive,
  catalogue: Catalogue,
  t: TagOfRun,
  span: Span,
  everyUs: number,
): string | undefined {
  const samples = samplesOf(archive, catalogue, t, span);
  if (samples === undefined) return undefined;
  const flag = { held: Quality.held, clipped: Quality.clipped, failed: Quality.failed, lost: Quality.lost };
  const counts = Object.entries(flag).map(([name, bit]) => `count_if(q & ${bit} <> 0) AS ${name}`);
  const missing = `count_if(q & ${Quality.missing} <> 0 OR (isnan(value) AND q < ${Quality.failed})) AS missing`;
  return (
    `SELECT us // ${everyUs} * ${everyUs} AS t0_us, count(v) AS n, min(v) AS "min", max(v) AS "max", sum(v::DOUBLE) AS "sum", ` +
    `${[...counts, missing].join(', ')} FROM (SELECT *, ${USABLE} AS v FROM (${samples})) GROUP BY 1`
  );
}

export interface AsOfRow {
  readonly us: number;
  /** (tags): the newest usable value at that instant, null where there is none yet or it is too old. */
  readonly values: readonly (number | null)[];
  /** (tags): how old each value is [µs]. */
  readonly ageUs: readonly (number | null)[];
}

/**
 * Values of all tags at the instants of the first one, whatever run, plant or rate they come from: the newest usable sample
 * not after the instant, and not older than `atMostUs` where that is given.
 */
export async function asOf(
  archive: Archive,
  choice: Choice & { readonly tags: readonly string[]; readonly limit: number; readonly atMostUs?: number },
): Promise<AsOfRow[]> {
  const runs = archive.chooseRuns(archive.catalogue(), choice.run);
  archive.chooseTags(runs, choice.tags);
  const signals = choice.tags.map((id) => archive.chooseTags(runs, [id]));
  const old = choice.atMostUs;
  const rows = await archive.rows<Record<string, unknown>>((catalogue) => {
    const selects = signals.map((signal, s) => {
      // What came before the span may still be the newest at its beginning.
      const span = s === 0 ? choice : { ...(choice.toUs === undefined ? {} : { toUs: choice.toUs }) };
      const samples = signal.flatMap((t) => samplesOf(archive, catalogue, t, span) ?? []);
      if (samples.length === 0) return undefined;
      return `SELECT us, seq, ${USABLE} AS v FROM (${samples.join(' UNION ALL ')}) WHERE ${USABLE} IS NOT NULL`;
    });
    if (selects[0] === undefined) return undefined;
    const columns = selects.map((_, s) =>
      selects[s] === undefined ? `NULL AS v${s}, NULL AS u${s}` : `s${s}.v AS v${s}, s${s}.us AS u${s}`,
    );
    const joins = selects
      .slice(1)
      .flatMap((sql, i) => (sql === undefined ? [] : [`ASOF LEFT JOIN (${sql}) s${i + 1} ON s0.us >= s${i + 1}.us`]));
    return `SELECT ${columns.join(', ')} FROM (${selects[0]}) s0 ${joins.join(' ')} ORDER BY s0.us, s0.seq LIMIT ${choice.limit}`;
  });
  return rows.map((row) => {
    const us = Number(row['u0']);
    const ageUs = signals.map((_, s) => (row[`u${s}`] === null ? null : us - Number(row[`u${s}`])));
    const values = signals.map((_, s) => {
      const age = ageUs[s] ?? null;
      return age === null || (old !== undefined && age > old) ? null : (row[`v${s}`] as number | null);
    });
    return { us, values, ageUs };
  });
}

/** Events in the order of their time; those of one instant in the order in which they came. */
export async function events(archive: Archive, choice: EventChoice): Promise<HistoryEvent[]> {
  const runs = new Map(archive.chooseRuns(archive.catalogue(), choice.run).map((r) => [r.stream, r.run]));
  const rows = await archive.rows<{ time_us: bigint; kind: string; event: string; stream: number }>((catalogue) => {
    const parts = archive.parts(catalogue, choice.truth ? 'truth' : 'events', undefined, choice);
    const selects = [...runs.keys()].flatMap((stream) => {
      const own = parts.filter((p) => p.stream === stream);
      return own.length > 0 ? [`SELECT *, ${stream} AS stream FROM ${archive.from(own)}`] : [];
    });
    if (selects.length === 0) return undefined;
    const kinds = choice.kinds ? ` AND kind IN (${choice.kinds.map(quoteText).join(', ')})` : '';
    const key = choice.key === undefined ? '' : ` AND key GLOB ${quoteText(choice.key.replaceAll('[', '[[]'))}`;
    return `SELECT time_us, kind, event, stream FROM (${selects.join(' UNION ALL ')}) WHERE true${within('time_us', choice)}${kinds}${key} ORDER BY time_us, ordinal LIMIT ${choice.limit}`;
  });
  return rows.map((r) => ({
    run: runs.get(r.stream)!,
    timeUs: Number(r.time_us),
    kind: r.kind,
    event: JSON.parse(r.event) as unknown,
  }));
}

const USABLE = `CASE WHEN q & ${UNUSABLE} = 0 AND NOT isnan(value) THEN value END`;

/** SELECT of us, seq, value, q of a tag's samples; undefined where no part holds any of the span. */
export function samplesOf(archive: Archive, catalogue: Catalogue, t: TagOfRun, span: Span): string | undefined {
  const { run, layout, index, tag } = t;
  const parts = archive.parts(catalogue, 'frames', run.stream, span, layout.scanUs);
  if (parts.length === 0) return undefined;
  const names = frameColumns(layout).map((c) => quoteName(c.name));
  const first = 2 + layout.stations.length;
  const value = names[first + index]!;
  const quality = names[first + layout.tags.length + index]!;
  const from = archive.from(parts);
  if (tag.width === 1)
    return `SELECT * FROM (SELECT time_us + ${run.epochUs} AS us, seq, ${value} AS value, ${quality} AS q FROM ${from}) WHERE true${within('us', span)}`;
  return (
    `SELECT us - (${tag.width} - k) * ${tag.periodUs} AS us, seq, value, q FROM ` +
    `(SELECT time_us + ${run.epochUs} AS us, seq, unnest(range(1, ${tag.width + 1})) AS k, unnest(${value}) AS value, ${quality} AS q FROM ${from})` +
    ` WHERE true${within(`us - (${tag.width} - k) * ${tag.periodUs}`, span)}`
  );
}

function within(column: string, { fromUs, toUs }: Span): string {
  return `${fromUs === undefined ? '' : ` AND ${column} >= ${fromUs}`}${toUs === undefined ? '' : ` AND ${column} <= ${toUs}`}`;
}
