/**
 * Files of the competitions whose scorers are offered, read as their authors publish them.
 *
 *   battledim   a folder with leaks_2019.csv (linkID, startTime, endTime), leak_flows_*_m3h.csv[.gz] (step and a column per leak) and, for
 *               distances, an .inp or pipe_distance_to_leaks_m.csv; the log is the team's list, "p257, 2019-01-01 00:05"
 *   leakdb, nab, batadal   a folder of CSVs with a label per sample (0 or 1), and as many logs of the same names, or one file each
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Problem, ProblemError, plainProblem } from '../../models/contract/index.ts';
import { readInp } from '../../models/physics/index.ts';
import {
  affiliation,
  batadalScore,
  type CompetitionLeak,
  eventwise,
  leakdbScore,
  NAB_PROFILES,
  type NabProfile,
  nabScore,
  pipeDistances,
  type Report,
  scoreBattledim,
  stretches,
} from '../score/published/index.ts';

export const SCORERS = ['battledim', 'leakdb', 'nab', 'batadal', 'event-wise'] as const;
export type Scorer = (typeof SCORERS)[number];

/** Names by which people ask for the score that is not offered. */
const FLATTERERS = /^(pa|point[- ]?adjust(ed|ment)?)([- _]?f1)?$/i;

export interface PublishedScore {
  readonly scorer: Scorer;
  readonly figures: Readonly<Record<string, number>>;
  readonly because: string;
}

/** Throws a ProblemError where the scorer is none of ours, or says why it is not. */
export function asScorer(text: string): Scorer {
  const known = SCORERS.find((s) => s === text);
  if (known) return known;
  throw new ProblemError([
    FLATTERERS.test(text)
      ? plainProblem(
          '--scorer',
          '',
          `"${text}"`,
          `one of ${SCORERS.join(', ')}`,
          'point-adjusted F1 counts a whole event as found when one of its samples is, so that random scores look like the state of the art (Kim et al., AAAI 2022); event-wise is the honest form',
        )
      : plainProblem('--scorer', '', `"${text}"`, `one of ${SCORERS.join(', ')}`),
  ]);
}

export function scorePublished(scorer: Scorer, data: string, log: string): PublishedScore {
  return scorer === 'battledim' ? battledim(data, log) : labelled(scorer, data, log);
}

const STEP_MS = 300_000;

function battledim(data: string, log: string): PublishedScore {
  const leakRows = csvOf(fileIn(data, /^leaks_.*\.csv$/, 'leaks_2019.csv'));
  const flowsPath = fileIn(data, /^leak_flows_.*\.csv(\.gz)?$/, 'leak_flows_2019_5min_m3h.csv.gz');
  const flows = csvOf(flowsPath);
  const at = (head: readonly string[], name: string, file: string) => {
    const column = head.indexOf(name);
    if (column < 0) fail(file, `no column ${name}`, `the columns ${name}, …`);
    return column;
  };
  const leakHead = leakRows[0]!;
  const [id, start, end] = ['linkID', 'startTime', 'endTime'].map((n) => at(leakHead, n, 'leaks_….csv'));
  const year = /20\d\d/.exec(basename(flowsPath))?.[0] ?? '2019';
  // The organisers count the year's first flow as 00:05.
  const stepOf = (time: string) =>
    Math.round((Date.parse(`${time.trim().replace(' ', 'T')}Z`) - Date.UTC(Number(year), 0, 1)) / STEP_MS) - 1;
  const leaks = leakRows.slice(1).map((row): CompetitionLeak => {
    const column = at(flows[0]!, row[id!]!, flowsPath);
    return {
      pipe: row[id!]!,
      startStep: stepOf(row[start!]!),
      endStep: stepOf(row[end!]!),
      flow_m3_h: Float64Array.from(flows.slice(1), (r) => Number(r[column])),
    };
  });
  const problems: Problem[] = [];
  const reports: Report[] = [];
  readText(log)
    .split(/\r?\n/)
    .forEach((line, i) => {
      if (line.trim() === '' || line.startsWith('#')) return;
      const [pipe, time] = line.split(',');
      const step = time === undefined ? Number.NaN : stepOf(time);
      if (Number.isNaN(step))
        problems.push({
          ...plainProblem(log, '', `"${line}"`, 'a pipe and a time: p257, 2019-01-01 00:05'),
          line: i + 1,
        });
      else reports.push({ pipe: pipe!.trim(), step });
    });
  if (problems.length > 0) throw new ProblemError(problems);
  const score = scoreBattledim(leaks, reports, distancesIn(data));
  const { total, perfect, truePositives, falsePositives, falseNegatives } = score;
  return {
    scorer: 'battledim',
    figures: { total_EUR: total, perfect_EUR: perfect, truePositives, falsePositives, falseNegatives },
    because: 'a false alarm costs 500 €, as little as a wrong dig: read the false positives beside the euros',
  };
}

function distancesIn(data: string): (a: string, b: string) => number {
  const inp = readdirSync(data).find((f) => /\.inp$/i.test(f));
  if (inp !== undefined) {
    const read = readInp(readText(join(data, inp)));
    if (!read.ok) fail(join(data, inp), 'a network that cannot be read', 'the network of the competition');
    else return pipeDistances(read.value.pipes);
  }
  const rows = csvOf(fileIn(data, /^pipe_distance.*\.csv$/, 'the network (.inp), or pipe_distance_to_leaks_m.csv'));
  const table = new Map(rows.slice(1).map((r) => [r[0]!, r]));
  const head = rows[0]!;
  return (a, b) => {
    const text = table.get(a)?.[head.indexOf(b)];
    return text === undefined || text === 'inf' ? Number.POSITIVE_INFINITY : Number(text);
  };
}

function labelled(scorer: Exclude<Scorer, 'battledim'>, data: string, log: string): PublishedScore {
  const series = pairsOf(data, log);
  const all = series.flatMap((s) => s.labels);
  const alarms = series.flatMap((s) => s.alarms);
  switch (scorer) {
    case 'leakdb': {
      const { f1, tpr, tnr, early } = leakdbScore(all, alarms);
      return { scorer, figures: { f1, tpr, tnr, early }, because: 'F1 over samples; early detection of each leak' };
    }
    case 'batadal':
      return {
        scorer,
        figures: { total: batadalScore(all, alarms) },
        because: 'half for being in time, half for (TPR + TNR)/2; silence scores 0.25',
      };
    case 'event-wise': {
      const { precision, recall, f1 } = eventwise(all, alarms);
      const near = affiliation(series);
      return {
        scorer,
        figures: {
          precision,
          recall,
          f1,
          affiliationPrecision: near.precision,
          affiliationRecall: near.recall,
          affiliationF1: near.f1,
        },
        because:
          'a stretch is found when an alarm lies in it; affiliation says how near alarms lie, random ones score about 0.5',
      };
    }
    case 'nab': {
      const input = series.map((s) => ({
        samples: s.labels.length,
        windows: stretches(s.labels),
        // An alarm that stands is one detection.
        alarms: stretches(s.alarms).map((x) => x.first),
      }));
      const profiles = Object.keys(NAB_PROFILES) as NabProfile[];
      return {
        scorer,
        figures: Object.fromEntries(profiles.map((p) => [p, nabScore(input, p)])),
        because: 'windows are the labelled stretches; a random detector reaches about 11 points',
      };
    }
  }
}

interface Series {
  readonly labels: number[];
  readonly alarms: number[];
}

function pairsOf(data: string, log: string): Series[] {
  const folder =
    statSync(data, { throwIfNoEntry: false })?.isDirectory() ?? fail(data, 'nothing there', 'labels as CSV');
  const names = folder
    ? readdirSync(data)
        .filter((f) => f.endsWith('.csv'))
        .sort()
    : [''];
  if (names.length === 0) fail(data, 'a folder without CSV', 'a CSV of labels for each series');
  return names.map((name) => {
    const [labelFile, alarmFile] = [name === '' ? data : join(data, name), name === '' ? log : join(log, name)];
    const labels = columnOf(labelFile, ['label', 'Label', 'labels', 'ATT_FLAG', 'anomaly', 'is_anomaly']);
    const alarms = columnOf(alarmFile, ['alarm', 'Alarm', 'label', 'Label', 'prediction']);
    if (labels.length !== alarms.length)
      fail(alarmFile, `${alarms.length} samples`, `${labels.length}, as ${labelFile} has`);
    return { labels, alarms };
  });
}

/** The named column, or the last one; the header may be missing. BATADAL writes −999 for what nobody has looked at: no attack. */
function columnOf(path: string, names: readonly string[]): number[] {
  const rows = csvOf(path);
  const head = rows[0]!.map((h) => h.trim());
  const headed = head.some((h) => h !== '' && Number.isNaN(Number(h)));
  const named = head.findIndex((h) => names.includes(h));
  const column = named >= 0 ? named : head.length - 1;
  return rows.slice(headed ? 1 : 0).map((r, i) => {
    const value = Number(r[column]);
    if (Number.isNaN(value)) fail(path, `"${r[column]}" in row ${i + 1}`, 'a label, 0 or 1');
    return value > 0 ? 1 : 0;
  });
}

function fileIn(folder: string, pattern: RegExp, expected: string): string {
  const name = existsSync(folder) && statSync(folder).isDirectory() && readdirSync(folder).find((f) => pattern.test(f));
  return name ? join(folder, name) : fail(folder, 'a folder without it', expected);
}

function csvOf(path: string): string[][] {
  const rows = readText(path)
    .split(/\r?\n/)
    .filter((l) => l.trim() !== '')
    .map((l) => l.split(','));
  return rows.length > 0 ? rows : fail(path, 'an empty file', 'a CSV');
}

function readText(path: string): string {
  if (!existsSync(path)) return fail(path, 'nothing there', 'a readable file');
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function fail(place: string, found: string, expected: string): never {
  throw new ProblemError([plainProblem(place, '', found, expected)]);
}
