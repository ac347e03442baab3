/**
 * The window in a real browser, against a real server: start, watch a leak, acknowledge, see the card, seek, share the link,
 * open a recording. Every screen is held against axe's rules. With LEAKTWIN_SHOTS=1 the screens are drawn into test/ui/shots.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder, SHORT_LEAK } from '../scenarios/run/short.ts';
import { type Served, serve } from './served.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) =>
  existsSync(p),
);
const there = CHROMIUM !== undefined && spawnSync(CHROMIUM, ['--version']).status === 0;
if (!there) process.stderr.write('no chromium here: the window is not opened\n');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = fileURLToPath(new URL('shots/', import.meta.url));
const drawn = process.env['LEAKTWIN_SHOTS'] === '1';

const folder = new Folder();
let served: Served;
let browser: Browser;
const faults: string[] = [];

describe.skipIf(!there)('the window', () => {
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM!,
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    });
    // A plant in real time waits for nobody: slow enough that a browser that draws without a graphics card beside it costs
    // few scans, long enough for somebody to answer the alarms.
    const long = SHORT_LEAK.replace('duration: 19 min', 'duration: 40 min');
    served = await serve([
      folder.write('short-leak.yaml', long),
      '--pace',
      'realtime×40',
      '--out',
      join(folder.path, 'run'),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    folder.remove();
  });

  it('shows a live leak, lets it be acknowledged, shows the card, and opens the same picture from a link', async () => {
    const page = await open(`${served.url}/#truth=${served.token}`);
    expect(page.url()).not.toContain(served.token);

    // Watch: the alarm comes with its shape, the horn, and a word for people who listen.
    const active = page.locator('[data-test=alarms-active]');
    await active.waitFor({ timeout: 60_000 });
    expect(await active.textContent()).toMatch(/[▲◆■]\dLD-/);
    expect(await page.locator('[data-test=horn]').count()).toBe(1);
    await page.locator('[data-test=stage]').waitFor();

    // Acknowledge by keyboard alone: every alarm that there is.
    for (let waiting = true; waiting; ) {
      await page.keyboard.press('a');
      await page.locator('dialog input').first().waitFor();
      await page.locator('dialog input').first().fill('Li Wei');
      await page.locator('dialog input').last().fill('pressure fell at both stations');
      await page.keyboard.press('Enter');
      await page.locator('dialog').waitFor({ state: 'detached' });
      waiting = (await active.count()) > 0;
    }
    await page.getByRole('tab', { name: /acked/ }).click();
    expect(await page.locator('[data-test=alarms-acked]').textContent()).toContain('Li Wei');
    await page.getByRole('tab', { name: /journal/ }).click();
    expect(await page.locator('[data-test=alarms-journal]').textContent()).toContain('pressure fell');
    expect(await page.locator('[data-test=horn]').count()).toBe(0);

    // The card, and the latency between truth and alarm.
    await page.locator('[data-test=card]').waitFor({ timeout: 100_000 });
    expect(await page.locator('[data-test=card]').textContent()).toContain('false-alarms');
    expect(await page.locator('[data-test=leak]').textContent()).toBe('leak-1');
    const latency = Number.parseInt((await page.locator('[data-test=latency]').textContent())!, 10);
    expect(latency).toBeGreaterThan(0);
    expect(latency).toBeLessThan(180);

    // Seek by marks: the alarm, then the leak before it.
    await page.locator('body').click({ position: { x: 5, y: 5 } });
    for (let i = 0; i < 12 && !(await clockOf(page)).startsWith('00:16:0'); i += 1) {
      const before = await clockOf(page);
      await page.keyboard.press('p');
      await expect.poll(() => clockOf(page)).not.toBe(before);
    }
    await expect.poll(() => clockOf(page)).toMatch(/^00:16:0/);
    const at = await clockOf(page);

    // Choose a tag and share: a stranger's browser shows the same picture.
    await page.keyboard.press('i');
    await page.getByRole('button', { name: 'PT-301', exact: true }).first().click();
    await page.keyboard.press('t');
    await expect.poll(() => page.url()).toMatch(/select=PT-301/);
    const link = page.url();
    expect(
      new URL(link).hash
        .slice(1)
        .split('&')
        .map((p) => p.split('=')[0]),
    ).toEqual(
      [
        ...new URL(link).hash
          .slice(1)
          .split('&')
          .map((p) => p.split('=')[0]),
      ].sort(),
    );
    const other = await open(link);
    await expect.poll(() => clockOf(other), { timeout: 20_000 }).toBe(at);
    expect(await other.locator('figure.trend.chosen').textContent()).toContain('PT-301');
    expect(await other.evaluate(() => document.documentElement.dataset['theme'])).toBe(
      await page.evaluate(() => document.documentElement.dataset['theme']),
    );
    await other.close();
    await page.close();
    expect(faults).toEqual([]);
  });

  it('shows a recording as it shows a live plant', async () => {
    const page = await open(served.url);
    await page.locator('[data-run="live/run"]').click();
    await expect.poll(() => page.locator('[data-test=link]').textContent()).toContain('recording');
    expect(await clockOf(page)).toBe('00:00:01.0');
    expect(await page.locator('[data-test=leak]').count()).toBe(1);
    expect(await page.locator('[data-test=card]').count()).toBe(1);
    await page.keyboard.press('n');
    await expect.poll(() => clockOf(page)).toMatch(/^00:1[56]:/);
    await page.keyboard.press('n');
    await page.locator('[data-test=alarms-active]').waitFor();
    // Nothing of a recording can be acknowledged.
    expect(await page.getByRole('button', { name: /^Acknowledge/ }).count()).toBe(0);
    const before = await clockOf(page);
    await page.keyboard.press(' ');
    await expect.poll(() => clockOf(page)).not.toBe(before);
    await page.keyboard.press(' ');
    await page.close();
    expect(faults).toEqual([]);
  });

  it('draws the same plant flat where there is no WebGL', async () => {
    const page = await browser.newPage();
    await page.addInitScript(() => {
      HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {
        apply: (get, canvas, args) => (args[0] === 'webgl2' ? null : Reflect.apply(get, canvas, args)),
      });
    });
    await page.goto(served.url);
    await page.locator('[data-test=plan]').waitFor();
    expect(await page.locator('[data-test=plan]').textContent()).toContain('TK-101');
    expect(await page.locator('[data-test=plan] [role=button]').count()).toBeGreaterThan(15);
    await page.close();
  });

  it.each(['dark', 'light', 'contrast'] as const)('keeps the rules of access on every screen, %s', async (theme) => {
    const t = `theme=${theme}`;
    const screens: Record<string, string> = {
      live: `${t}`,
      leak: `cam=-0.35,1.1,52,-8,2,1.5&layers=pressure,gas,sensors,truth,estimate,labels,strip&run=live%2Frun&t=1000&${t}`,
      residual: `layers=residual,sensors,truth,estimate,labels,strip&run=live%2Frun&t=980&${t}`,
      schematic: `plan=1&run=live%2Frun&t=1000&${t}`,
    };
    for (const [name, hash] of Object.entries(screens)) {
      // Colours differ by theme, structure does not: two screens show them all.
      if (!drawn && theme !== 'dark' && name !== 'leak') continue;
      const page = await open(`${served.url}/#${hash}`);
      await page.locator(name === 'schematic' ? '[data-test=plan]' : '[data-test=stage]').waitFor();
      if (name === 'schematic') await page.keyboard.press('i');
      await settled(page);
      await check(page, `${name}-${theme}`);
      if (name === 'schematic') {
        await page.keyboard.press('?');
        await page.locator('dialog').waitFor();
        await check(page, `keys-${theme}`);
      }
      await page.close();
    }
    expect(faults).toEqual([]);
  });
});

async function open(url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // While a run goes on its truth is refused, and the browser logs each refusal.
    if (message.type() === 'error' && !/status of 40[34]/.test(message.text())) faults.push(message.text());
  });
  await page.goto(url);
  await page.locator('[data-test=clock]').waitFor({ timeout: 30_000 });
  return page;
}

async function clockOf(page: Page): Promise<string> {
  return (await page.locator('[data-test=clock]').textContent())!;
}

/** Two frames after the last beat that brought anything. */
async function settled(page: Page): Promise<void> {
  let before = '';
  await expect
    .poll(
      async () => {
        const now = await page.locator('.app').innerText();
        const same = now === before;
        before = now;
        return same;
      },
      { timeout: 20_000, interval: 400 },
    )
    .toBe(true);
}

async function check(page: Page, name: string): Promise<void> {
  if (drawn) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
    interface Violation {
      id: string;
      impact: string;
      nodes: { html: string; failureSummary: string }[];
    }
    return (await axe.run()).violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map(
        (v) =>
          `${v.id}: ${v.nodes
            .map((n) => `${n.html.slice(0, 120)} ${n.failureSummary.slice(0, 160)}`)
            .slice(0, 3)
            .join(' | ')}`,
      );
  });
  expect(found, name).toEqual([]);
}
