/**
 * What the window costs: size of its bundle, time from opening the page to its first picture on a warm server, and the main
 * thread's time per frame (handing the picture to the graphics card included, drawing by it not). Plants as they ship, with a
 * scan every 50 ms: the plant runs in this process too.
 * `npx tsx bench/ui.ts [--json] [scenario …]`; wants Debian's chromium. Opened five times each; medians.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { unwrap } from '../models/contract/index.ts';
import { readInputs } from '../scenarios/run/index.ts';
import { serve } from '../test/ui/served.ts';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number;
  readonly against: string;
}

const OPENINGS = 5;
const WATCHED_ms = 6000;
/** Scans a second, whatever a plant's own. */
const SCANS_1_s = 20;
/** In the page: what the stage measures of itself. */
const FRAMES = '(globalThis.leaktwinStage?.frames_ms ?? [])';
const TARGET = { bundle_kB: 450, picture_ms: 2000, frame_ms: 8 } as const;

const rows: Row[] = [];
const row = (name: string, value: number, unit: string, target: number) =>
  rows.push({ name, value, unit, ratio: value / target, against: `target ${target} ${unit}` });
const median = (all: number[]) => all.sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
const quantile = (all: number[], q: number) =>
  all.sort((a, b) => a - b)[Math.floor(q * (all.length - 1))] ?? Number.NaN;

const paceOf = (scenario: string): string => {
  const { plant } = unwrap(readInputs(scenario));
  return `realtime×${(SCANS_1_s * plant.layout.scanUs) / 1e6}`;
};

const parts = fileURLToPath(new URL('../dist/ui/ui/', import.meta.url));
const bytes = readdirSync(parts).reduce((n, f) => n + gzipSync(readFileSync(join(parts, f))).length, 0);
row('bundle, gzip', bytes / 1000, 'kB', TARGET.bundle_kB);

const asked = process.argv.slice(2).filter((a) => !a.startsWith('--'));
const folder = mkdtempSync(join(tmpdir(), 'leaktwin-ui-'));
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
try {
  for (const scenario of asked.length > 0 ? asked : ['crude-pinhole', 'chlorine-rupture', 'district-burst']) {
    const served = await serve([scenario, '--pace', paceOf(scenario), '--out', join(folder, scenario)]);
    const first: number[] = [];
    const frames: number[] = [];
    for (let i = 0; i < OPENINGS; i += 1) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const from = performance.now();
      await page.goto(`${served.url}/#truth=${served.token}`);
      await page.locator('[data-test=stage]').waitFor();
      await page.waitForFunction(`${FRAMES}.length > 0`, undefined, { polling: 'raf' });
      first.push(performance.now() - from);
      await page.waitForTimeout(WATCHED_ms / OPENINGS);
      // The first frames compile the shaders; they are in the time of the first picture.
      frames.push(...((await page.evaluate(`${FRAMES}.slice(5)`)) as number[]));
      await page.close();
    }
    row(`${scenario}: first picture`, median(first), 'ms', TARGET.picture_ms);
    row(`${scenario}: main thread per frame, median`, median(frames), 'ms', TARGET.frame_ms);
    row(`${scenario}: main thread per frame, 95 %`, quantile(frames, 0.95), 'ms', TARGET.frame_ms);
    await served.stop();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

if (process.argv.includes('--json')) console.log(JSON.stringify({ bench: 'ui', rows }));
else
  for (const r of rows)
    console.log(`${r.name.padEnd(52)} ${r.value.toFixed(1).padStart(9)} ${r.unit.padEnd(4)} ${r.against}`);
