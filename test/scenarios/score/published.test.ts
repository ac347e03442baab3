import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../models/kernel/index.ts';
import { readInp } from '../../../models/physics/index.ts';
import {
  batadalScore,
  type CompetitionLeak,
  eventwise,
  leakdbEarly,
  leakdbScore,
  nabScore,
  nabSigmoid,
  pipeDistances,
  type Report,
  rangeAucPr,
  scoreBattledim,
  spreadLabels,
  vusPr,
} from '../../../scenarios/score/published/index.ts';

const reference = process.env['LEAKTWIN_REFERENCE'] ?? join(import.meta.dirname, '../../../../shared/reference');
const folder = join(reference, 'battledim');

const YEAR_MS = Date.UTC(2019, 0, 1);
/** The year's first flow is of 00:00; the organisers count its first step as 00:05. */
const stepOf = (time: string) => Math.round((Date.parse(`${time.trim().replace(' ', 'T')}Z`) - YEAR_MS) / 300_000) - 1;

function competition() {
  const rows = gunzipSync(readFileSync(join(folder, 'leak_flows_2019_5min_m3h.csv.gz')))
    .toString()
    .trim()
    .split('\n');
  const head = rows[0]!.split(',');
  const table = rows.slice(1).map((r) => r.split(',').map(Number));
  const leaks = readFileSync(join(folder, 'leaks_2019.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line): CompetitionLeak => {
      const f = line.split(',');
      const column = head.indexOf(f[0]!);
      return {
        pipe: f[0]!,
        startStep: stepOf(f[4]!),
        endStep: stepOf(f[5]!),
        flow_m3_h: Float64Array.from(table, (r) => r[column]!),
      };
    });
  const inp = readInp(readFileSync(join(reference, 'hydraulics/networks/L-TOWN.inp'), 'utf8'));
  if (!inp.ok) throw new Error('L-TOWN.inp cannot be read');
  return { leaks, distance: pipeDistances(inp.value.pipes) };
}

const reportsOf = (name: string): Report[] =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((l) => l.trim() !== '' && !l.startsWith('#'))
    .map((l) => {
      const [pipe, time] = l.split(',');
      return { pipe: pipe!.trim(), step: stepOf(time!) };
    });

describe.skipIf(!existsSync(folder))('BattLeDIM, against the organisers’ reports', () => {
  const { leaks, distance } = existsSync(folder) ? competition() : { leaks: [], distance: () => 0 };

  it('perfect detection is worth 523,153.82 €', () => {
    const s = scoreBattledim(leaks, reportsOf('PERFECT_TEAM.txt'), distance);
    expect(s.total.toFixed(2)).toBe('523153.82');
    expect(s.perfect.toFixed(2)).toBe('523153.82');
    expect(s).toMatchObject({ falsePositives: 0 });
  });

  it.each(['test_team', 'test_team_multiple'])('%s: each line and the total to the cent', (team) => {
    const s = scoreBattledim(leaks, reportsOf(`${team}.txt`), distance);
    const text = readFileSync(join(folder, `${team}_report.txt`), 'latin1');
    const lines = [...text.matchAll(/^Score: (-?[\d.]+)/gm)].map((m) => Number(m[1]));
    expect(s.reports.map((r) => r.score.toFixed(2))).toEqual(lines.map((v) => v.toFixed(2)));
    const total = /Total score: \S+ (-?[\d.]+)/.exec(text);
    expect(total).not.toBeNull();
    expect(s.total.toFixed(2)).toBe(Number(total![1]).toFixed(2));
    const told = (what: string) => {
      const found = new RegExp(`${what}: (\\d+)`).exec(text);
      return found && Number(found[1]);
    };
    if (told('True Positives') !== null) {
      expect(s.truePositives).toBe(told('True Positives'));
      expect(s.falsePositives).toBe(told('False Positives'));
      expect(s.falseNegatives).toBe(told('False Negatives'));
    }
  });

  it('pipe distances are those of the organisers’ matrix', () => {
    const rows = readFileSync(join(folder, 'pipe_distance_to_leaks_m.csv'), 'utf8').trim().split('\n');
    const head = rows[0]!.split(',');
    let compared = 0;
    for (const row of rows.slice(1, 200)) {
      const f = row.split(',');
      for (let i = 1; i < f.length; i += 1) {
        const d = distance(f[0]!, head[i]!);
        if (f[i] === 'inf') expect(d).toBe(Number.POSITIVE_INFINITY);
        else expect(Math.abs(d - Number(f[i]))).toBeLessThan(0.006);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(4000);
  });
});

describe('NAB', () => {
  const windows = [
    { first: 300, last: 399 },
    { first: 700, last: 799 },
  ];
  it('null is 0 and perfect is 100 in all profiles', () => {
    for (const profile of ['standard', 'low-false-positives', 'low-false-negatives'] as const) {
      expect(nabScore([{ samples: 1000, windows, alarms: [] }], profile)).toBe(0);
      expect(nabScore([{ samples: 1000, windows, alarms: [300, 700] }], profile)).toBeCloseTo(100, 9);
    }
  });

  it('has the published constants', () => {
    expect(nabSigmoid(-1)).toBeCloseTo(0.98661, 5);
    expect(nabSigmoid(0)).toBe(0);
    expect(nabSigmoid(3.01)).toBe(-1);
  });

  it('repeats count nothing, probation neither, false alarms by profile', () => {
    const base = nabScore([{ samples: 1000, windows, alarms: [300, 700] }]);
    expect(nabScore([{ samples: 1000, windows, alarms: [10, 300, 350, 700, 760] }])).toBe(base);
    // One alarm before any window: −0.11 of a range of 4 window units.
    expect(nabScore([{ samples: 1000, windows, alarms: [250, 300, 700] }])).toBeCloseTo(base - (100 * 0.11) / 4, 9);
    expect(nabScore([{ samples: 1000, windows, alarms: [300] }], 'low-false-negatives')).toBeCloseTo(50, 9);
  });
});

describe('LeakDB and BATADAL', () => {
  const labels = [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0];
  it('the early score is 1 at once and follows the formula later', () => {
    const leak = { first: 2, last: 9 };
    expect(leakdbEarly(leak, labels)).toBe(1);
    const late = labels.map((l, i) => (i < 5 ? 0 : l));
    expect(leakdbEarly(leak, late)).toBeCloseTo(2 / (1 + Math.exp((5 * 3) / 18)), 12);
    // The alarm must stand for more than 75 % of what is left.
    const flicker = labels.map((l, i) => (i % 2 === 0 ? l : 0));
    expect(leakdbEarly(leak, flicker)).toBe(0);
    expect(leakdbScore(labels, labels)).toEqual({ f1: 1, tpr: 1, tnr: 1, early: 1 });
  });

  it('BATADAL is 1 for the perfect and a half of TNR/2 for the silent', () => {
    expect(batadalScore(labels, labels)).toBe(1);
    expect(batadalScore(labels, new Array(12).fill(0))).toBeCloseTo(0.25, 12);
    const late = labels.map((l, i) => (i < 6 ? 0 : l));
    expect(batadalScore(labels, late)).toBeCloseTo(0.5 * 0.5 + 0.5 * ((0.5 + 1) / 2), 12);
  });
});

describe('volume under the surface', () => {
  const labels = new Float64Array(2000);
  labels.fill(1, 500, 560);
  labels.fill(1, 1500, 1540);
  it('is near 1 for the labels themselves and near their share for chance', () => {
    const chance = seeded(1).stream('vus');
    const random = labels.map((_, i) => chance.uniform(i));
    const good = labels.map((l, i) => l + 0.01 * chance.uniform(i));
    expect(rangeAucPr(labels, good, 0)).toBeGreaterThan(0.97);
    // Not 1: the spread labels reach beyond what the score marks.
    expect(vusPr(labels, good, 40)).toBeGreaterThan(0.85);
    expect(vusPr(labels, random, 40)).toBeLessThan(0.12);
  });

  it('spreads labels by half the length with the root weight', () => {
    const wide = spreadLabels([0, 0, 0, 0, 1, 1, 0, 0, 0, 0], 4);
    expect(wide[3]).toBeCloseTo(Math.sqrt(1 - 1 / 4), 12);
    expect(wide[2]).toBeCloseTo(Math.sqrt(1 - 2 / 4), 12);
    expect(wide[6]).toBeCloseTo(Math.sqrt(1 - 1 / 4), 12);
    expect(wide[7]).toBe(0);
  });

  it('event-wise counts events, not samples', () => {
    const alarms = new Float64Array(2000);
    alarms.fill(1, 555, 700);
    alarms.fill(1, 1000, 1010);
    expect(eventwise(labels, alarms)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
  });
});
