/** The page of a suite says what the cards say, and nothing of what somebody named can break it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Card } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { renderSuiteHtml, summarise, yearly } from '../../../scenarios/score/index.ts';
import { detections, falseAlarmRates, performanceMaps, worstCases } from '../../../scenarios/score/suiteFigures.ts';

const chance = seeded(3).stream('page');

function card(recipe: string, seed: number, latency_s: number | null, massRate_kg_s: number, alarms: number): Card {
  return {
    runId: `${recipe}-${seed}`,
    scenario: 'one <b>&"leak"',
    plant: 'line',
    recipe,
    seed,
    transport: 'inproc',
    pace: 'lockstep',
    status: 'valid',
    because: '',
    journalDigest: '',
    framesDigest: '',
    frames: 1,
    simulated_s: 3600,
    verdicts: [
      {
        criterion: 'latency',
        of: 'leak-1',
        status: latency_s === null ? 'fail' : 'pass',
        actual: latency_s,
        target: 60,
        unit: 's',
        because: '',
      },
      {
        criterion: 'false-alarms',
        of: '',
        status: 'pass',
        actual: alarms,
        target: 1,
        unit: 'per day',
        because: '',
        count: alarms,
        exposure_s: 1800,
      },
    ],
    leaks: [{ of: 'leak-1', massRate_kg_s, watched_s: 1800 }],
    bounds: [
      {
        of: 'leak-1',
        demand_1_s: 1e-6,
        watched_s: 1800,
        clairvoyant: { stationary_s: 4, worstCase_s: 5 },
        realisable: { stationary_s: 7, worstCase_s: 8 },
      },
    ],
    floors: [],
  };
}

const cards = ['fast', 'slow'].flatMap((recipe, r) =>
  Array.from({ length: 20 }, (_, i) => {
    const size = 0.2 * 10 ** (i / 10);
    return card(
      recipe,
      i,
      size < 0.4 * (r + 1) ? null : (20 * (r + 1) * (1 + chance.uniform(i))) / size,
      size,
      Number(i === 3 && r === 1),
    );
  }),
);
const page = renderSuiteHtml({
  name: 'a <suite>',
  about: 'About & so on',
  digest: 'd'.repeat(64),
  cards,
  summary: summarise(cards),
});

describe('the page of a suite', () => {
  it('keeps a miss as "longer than it was watched", in figures and in the summary', () => {
    const misses = detections(cards).filter((d) => !d.found);
    expect(misses.length).toBeGreaterThan(5);
    expect(misses.every((d) => d.time === 1800)).toBe(true);
    const row = summarise(cards).find((r) => r.recipe === 'fast' && r.criterion === 'latency')!;
    expect(row.because).toMatch(/Kaplan–Meier: half by [\d.]+ s \[[\d.]+, [\d.]+\], nine of ten by /);
  });

  it('says whether one false alarm a year is shown, and what it would take', () => {
    // −ln 0.05 years without an alarm show it.
    expect(yearly(0, 2.995 * 365.25 * 86_400)).toContain('not shown');
    expect(yearly(0, 2.997 * 365.25 * 86_400)).toMatch(/^At most one a year is shown by 26272 /);
    expect(yearly(0, 3600)).toContain('it takes 26261 h');
    const [fast, slow] = falseAlarmRates(cards);
    expect(fast).toMatchObject({ alarms: 0, exposure_s: 36_000 });
    expect(slow).toMatchObject({ alarms: 1 });
    expect(slow!.interval.low).toBeGreaterThan(0);
  });

  it('puts the size that nine of ten runs find where found and missed meet', () => {
    const [map] = performanceMaps(cards);
    const limits = Object.fromEntries(map!.limits.map((l) => [l.recipe, l.dl90_kg_s]));
    expect(limits.fast).toBeGreaterThan(0.35);
    expect(limits.fast).toBeLessThan(1);
    expect(limits.slow).toBeGreaterThan(1.5 * limits.fast!);
  });

  it('leads to the runs to look at first', () => {
    const worst = worstCases(cards, 5);
    expect(worst.every((w) => w.what === 'leak-1 not found')).toBe(true);
    expect(page).toContain(`href="${worst[0]!.card.runId}/report.html"`);
  });

  it('is whole by itself and well formed, whatever the names', () => {
    expect(page).not.toMatch(/<script|src=|url\(|http:|https:/);
    expect(page).not.toContain('<b>&"leak"');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    for (const tag of ['section', 'table', 'tr', 'svg', 'div', 'td', 'details'])
      expect(page.split(new RegExp(`<${tag}[ >]`)).length, tag).toBe(page.split(`</${tag}>`).length);
  });

  const chromium = spawnSync('chromium', ['--version']).status === 0;
  if (!chromium) process.stderr.write('no chromium here: the page of a suite is not drawn\n');
  it.skipIf(!chromium)('is drawn by a browser, light and dark', () => {
    const folder = mkdtempSync(join(tmpdir(), 'leaktwin-page-'));
    try {
      writeFileSync(join(folder, 'index.html'), page);
      for (const scheme of ['1', '0']) {
        const shot = join(folder, `${scheme}.png`);
        spawnSync('chromium', [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          `--blink-settings=preferredColorScheme=${scheme}`,
          '--window-size=900,700',
          `--screenshot=${shot}`,
          `file://${folder}/index.html`,
        ]);
        expect(statSync(shot).size).toBeGreaterThan(20_000);
      }
      expect(readFileSync(join(folder, '0.png')).equals(readFileSync(join(folder, '1.png')))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
