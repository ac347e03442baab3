/**
 * Pictures of a suite as SVG: detection times, performance maps, operating points and rates. A recipe has its colour, its dash
 * and its shape on every picture of the page, so that no picture needs colour to be read.
 */
import { rungOf } from '../../models/contract/index.ts';
import { formatSpan, US_PER_S } from '../../models/kernel/index.ts';
import type { SurvivalStep } from '../../models/kernel/statistics/index.ts';
import { f } from './mark.ts';
import type { FalseAlarmRate, OperatingPoint, PerformanceMap, SurvivalPanel } from './suiteFigures.ts';
import { escapeXml, number } from './text.ts';

const W = 560;
const H = 250;
const LEFT = 52;
const RIGHT = W - 16;
const TOP = 26;
const BOTTOM = H - 40;
const DASHES = ['', '7 4', '2 3', '10 3 2 3', '1 4', '12 5'];

/** Logarithmic scale with its decades and halves. */
function logScale(low: number, high: number, from: number, to: number) {
  const a = Math.log10(low);
  const b = Math.log10(Math.max(high, low * 1.2));
  const at = (v: number) => from + ((Math.log10(Math.max(v, 1e-300)) - a) / (b - a)) * (to - from);
  const steps = b - a > 4 ? [1] : b - a > 1.6 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let decade = Math.floor(a); decade <= b; decade += 1)
    for (const m of steps) {
      const v = m * 10 ** decade;
      if (v >= low * 0.999 && v <= high * 1.001) ticks.push(v);
    }
  return { at, ticks };
}

const TIMES_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400];
const DAYS = [2, 4, 7, 14, 30].map((d) => d * 86_400);

function timeScale(low_s: number, high_s: number, from: number, to: number, most: number) {
  const { at } = logScale(low_s, high_s, from, to);
  const inside = [...TIMES_S, ...DAYS].filter((t) => t >= low_s && t <= high_s);
  const every = Math.max(1, Math.ceil(inside.length / most));
  return { at, ticks: inside.filter((_, i) => i % every === 0) };
}

/** Round times without their zeros: `30 s`, `5 min`, `2 h`; others as everywhere. */
export function span(s: number): string {
  if (s < 60) return `${number(s)} s`;
  if (s % 86_400 === 0) return `${s / 86_400} d`;
  if (s % 3600 === 0) return `${s / 3600} h`;
  return s % 60 === 0 ? `${s / 60} min` : formatSpan(Math.round(s * US_PER_S));
}

function axes(
  x: { at(v: number): number; ticks: readonly number[] },
  xText: (v: number) => string,
  y: { at(v: number): number; ticks: readonly number[] },
  yText: (v: number) => string,
): string {
  return [
    `<rect class="plot" x="${LEFT}" y="${TOP}" width="${RIGHT - LEFT}" height="${BOTTOM - TOP}"/>`,
    ...x.ticks.map(
      (t) =>
        `<path class="grid" d="M${f(x.at(t))} ${TOP}V${BOTTOM}"/><text class="tick" x="${f(x.at(t))}" y="${BOTTOM + 15}" text-anchor="middle">${xText(t)}</text>`,
    ),
    ...y.ticks.map(
      (t) =>
        `<path class="grid" d="M${LEFT} ${f(y.at(t))}H${RIGHT}"/><text class="tick" x="${LEFT - 6}" y="${f(y.at(t) + 4)}" text-anchor="end">${yText(t)}</text>`,
    ),
  ].join('');
}

function svg(label: string, body: string, height = H): string {
  return `<svg viewBox="0 0 ${W} ${height}" role="img" aria-label="${escapeXml(label)}">${body}</svg>`;
}

/** Colour, dash and shape of a recipe, by its place among all of the page. */
export class Recipes {
  readonly names: readonly string[];
  constructor(names: readonly string[]) {
    this.names = names;
  }
  index(name: string): number {
    return this.names.indexOf(name);
  }
  colour(name: string): string {
    return `c${(this.index(name) % 6) + 1}`;
  }
  dash(name: string): string {
    const dash = DASHES[this.index(name) % DASHES.length]!;
    return dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  }
  /** A filled shape about a point; hollow for a miss. */
  shape(name: string, x: number, y: number, hollow: boolean): string {
    const kind = this.index(name) % 4;
    const c = `class="${hollow ? 'hollow' : 'solid'} ${this.colour(name)}"`;
    if (kind === 0) return `<circle ${c} cx="${f(x)}" cy="${f(y)}" r="4"/>`;
    const d = ['', 'm-4 -4h8v8h-8z', 'm0 -5l5 9h-10z', 'm0 -5.4l5.4 5.4l-5.4 5.4l-5.4 -5.4z'][kind]!;
    return `<path ${c} d="M${f(x)} ${f(y)}${d}"/>`;
  }
  legend(): string {
    const keys = this.names.map(
      (n) =>
        `<span><svg viewBox="0 0 34 14"><path class="line ${this.colour(n)}" d="M0 7H34"${this.dash(n)}/>${this.shape(n, 17, 7, false)}</svg>${escapeXml(n)}</span>`,
    );
    return `<div class="legend keys">${keys.join('')}</div>`;
  }
}

/** Share found by a time after the opening, with its band; bounds as ticks above, the target as a dashed line. */
export function survivalPlot(panel: SurvivalPanel, recipes: Recipes): string {
  const { curves, clairvoyant_s, realisable_s, target_s } = panel;
  const firsts = curves.flatMap((c) => c.curve.steps.map((s) => s.time));
  const marks = [clairvoyant_s, realisable_s, target_s ?? undefined].filter((v): v is number => v !== undefined);
  const low = Math.max(0.2, 0.6 * Math.min(...firsts, ...marks, ...curves.map((c) => c.watched_s)));
  const high = 1.4 * Math.max(...curves.map((c) => c.watched_s), ...marks);
  const x = timeScale(low, high, LEFT, RIGHT, 7);
  const y = { at: (p: number) => BOTTOM - p * (BOTTOM - TOP), ticks: [0, 0.25, 0.5, 0.75, 1] };
  const body = [axes(x, span, y, (p) => `${100 * p} %`)];
  for (const { curve, recipe, watched_s } of curves) {
    // What was found stays found; what was not is known as long as it was watched.
    const end = curve.found === curve.n ? high : watched_s;
    const stairs = (pick: (s: SurvivalStep) => number, start: number) => {
      const points: [number, number][] = [[LEFT, y.at(start)]];
      let last = start;
      for (const s of curve.steps) {
        points.push([x.at(s.time), y.at(last)]);
        last = 1 - pick(s);
        points.push([x.at(s.time), y.at(last)]);
      }
      points.push([x.at(end), y.at(last)]);
      return points;
    };
    const path = (points: readonly [number, number][]) => points.map(([a, b]) => `${f(a)} ${f(b)}`).join('L');
    // At the last step of all found the limits say nothing; the band keeps what it knew before.
    const kept = { low: 1, high: 1 };
    const known = curve.steps.map((s) => {
      if (s.survival > 0) Object.assign(kept, { low: s.low, high: s.high });
      return { ...s, low: s.survival > 0 ? s.low : 0, high: s.survival > 0 ? s.high : kept.high };
    });
    const banded = { ...curve, steps: known };
    const band = (pick: (s: SurvivalStep) => number) => {
      const points: [number, number][] = [[LEFT, y.at(0)]];
      let last = 0;
      for (const s of banded.steps) {
        points.push([x.at(s.time), y.at(last)]);
        last = 1 - pick(s);
        points.push([x.at(s.time), y.at(last)]);
      }
      // Once all are found the limits have nothing left to say.
      if (curve.found < curve.n) points.push([x.at(end), y.at(last)]);
      return points;
    };
    if (curve.n > 1 && curve.found > 0)
      body.push(
        `<path class="band ${recipes.colour(recipe)}" d="M${path(band((s) => s.low))}L${path([...band((s) => s.high)].reverse())}Z"/>`,
      );
    body.push(
      `<path class="line ${recipes.colour(recipe)}" d="M${path(stairs((s) => s.survival, 0))}"${recipes.dash(recipe)}/>`,
    );
    if (curve.found < curve.n)
      body.push(recipes.shape(recipe, x.at(end), y.at(1 - (curve.steps.at(-1)?.survival ?? 1)), true));
  }
  if (target_s !== null)
    body.push(
      `<path class="target" d="M${f(x.at(target_s))} ${TOP}V${BOTTOM}"/><text class="tick halo" x="${f(x.at(target_s) + 4)}" y="${BOTTOM - 6}">target</text>`,
    );
  const alike =
    clairvoyant_s !== undefined &&
    realisable_s !== undefined &&
    Math.abs(Math.log(realisable_s / clairvoyant_s)) < 0.02;
  const ticksOf: [number | undefined, string][] = [
    [clairvoyant_s, alike ? 'both bounds' : 'clairvoyant bound'],
    [alike ? undefined : realisable_s, 'realisable'],
  ];
  for (const [at, name] of ticksOf) {
    if (at === undefined) continue;
    const side = x.at(at) > RIGHT - 110 ? 'end' : 'start';
    const row = name === 'realisable' ? 10 : 22;
    body.push(
      `<path class="bound" d="M${f(x.at(at))} ${TOP - 4}l-4 -7h8zM${f(x.at(at))} ${TOP}V${BOTTOM}"/><text class="tick halo" x="${f(x.at(at) + (side === 'end' ? -7 : 7))}" y="${row}" text-anchor="${side}">${name} ${span(at)}</text>`,
    );
  }
  body.push(`<text class="tick" x="${RIGHT}" y="${H - 6}" text-anchor="end">time after the leak opened</text>`);
  return svg(`Detection times of ${panel.scenario}`, body.join(''));
}

/** Size against time to detection; misses hollow at the time for which they were watched. */
export function performancePlot(map: PerformanceMap, recipes: Recipes): string {
  const sizes = map.detections.map((d) => d.massRate_kg_s);
  const times = map.detections.map((d) => d.time);
  const x = logScale(0.8 * Math.min(...sizes), 1.25 * Math.max(...sizes), LEFT, RIGHT);
  const y = timeScale(Math.max(0.2, 0.6 * Math.min(...times)), 1.5 * Math.max(...times), BOTTOM, TOP, 7);
  const body = [axes(x, number, y, span)];
  for (const { recipe, dl90_kg_s } of map.limits) {
    const at = x.at(dl90_kg_s);
    if (at < LEFT || at > RIGHT) continue;
    body.push(
      `<path class="line thin ${recipes.colour(recipe)}" d="M${f(at)} ${TOP}V${BOTTOM}"${recipes.dash(recipe)}/><text class="tick halo" x="${f(at)}" y="${TOP - 6 - 11 * (recipes.index(recipe) % 2)}" text-anchor="middle">DL90 ${number(dl90_kg_s)}</text>`,
    );
  }
  for (const d of map.detections) body.push(recipes.shape(d.recipe, x.at(d.massRate_kg_s), y.at(d.time), !d.found));
  body.push(
    `<text class="tick" x="${RIGHT}" y="${H - 6}" text-anchor="end">greatest rate of the leak, kg/s · hollow: not found while watched</text>`,
  );
  return svg(`Size against detection time on ${map.plant}`, body.join(''));
}

/** False alarms a year against mean delay; a cross of the exact interval through each point. */
export function operatingPlot(points: readonly OperatingPoint[], recipes: Recipes): string {
  const least = Math.min(
    ...points.map((p) => (p.rate.rate_1_yr > 0 ? p.rate.interval.low : p.rate.interval.high / 10)),
  );
  const x = logScale(Math.max(least, 1e-3), 1.2 * Math.max(...points.map((p) => p.rate.interval.high)), LEFT, RIGHT);
  const times = points.map((p) => p.meanDelay_s);
  const y = timeScale(0.5 * Math.min(...times), 2 * Math.max(...times), BOTTOM, TOP, 6);
  const body = [axes(x, number, y, span)];
  for (const base of new Set(points.map((p) => rungOf(p.recipe).recipe))) {
    const rungs = points
      .filter((p) => rungOf(p.recipe).recipe === base)
      .sort((a, b) => rungOf(a.recipe).factor - rungOf(b.recipe).factor);
    const at = rungs.map((p) => `${f(p.rate.rate_1_yr > 0 ? x.at(p.rate.rate_1_yr) : LEFT)} ${f(y.at(p.meanDelay_s))}`);
    if (at.length > 1)
      body.push(`<path class="line ${recipes.colour(base)}" d="M${at.join('L')}"${recipes.dash(base)}/>`);
  }
  for (const point of points) {
    const { recipe, factor } = rungOf(point.recipe);
    const p = { ...point, recipe };
    const { interval, rate_1_yr } = p.rate;
    const h = y.at(p.meanDelay_s);
    if (factor !== 1) {
      const at = rate_1_yr > 0 ? x.at(rate_1_yr) : LEFT;
      body.push(
        recipes.shape(recipe, at, h, rate_1_yr === 0),
        `<text class="tick halo" x="${f(at + 7)}" y="${f(h + 12)}">×${factor}</text>`,
      );
      continue;
    }
    const left = interval.low > 0 ? x.at(interval.low) : LEFT;
    body.push(
      `<path class="line thin ${recipes.colour(p.recipe)}" d="M${f(Math.max(LEFT, left))} ${f(h)}H${f(x.at(interval.high))}"/>`,
      recipes.shape(p.recipe, rate_1_yr > 0 ? x.at(rate_1_yr) : LEFT, h, rate_1_yr === 0),
      `<text class="tick halo" x="${f(x.at(interval.high))}" y="${f(h - 8)}" text-anchor="end">${escapeXml(p.recipe)}: ${p.found} of ${p.leaks} found</text>`,
    );
  }
  body.push(
    `<text class="tick" x="${RIGHT}" y="${H - 6}" text-anchor="end">false alarms a year, exact 95 % · hollow: none seen</text>`,
  );
  return svg('Delay against false alarms', body.join(''));
}

/** One rate with its exact interval on an axis that all rows share; one a year is marked. */
export function rateBar(rate: FalseAlarmRate, most_1_yr: number, recipes: Recipes): string {
  const x = logScale(0.1, Math.max(100, most_1_yr), 6, 314);
  const { interval, rate_1_yr, recipe } = rate;
  const left = interval.low > 0 ? Math.max(6, x.at(interval.low)) : 6;
  const right = Math.min(314, x.at(interval.high));
  return `<svg class="bar" viewBox="0 0 320 24" role="img" aria-label="${number(rate_1_yr)} a year"><path class="base" d="M6 12H314"/><path class="target" d="M${f(x.at(1))} 2V22"/><path class="line ${recipes.colour(recipe)}" d="M${f(left)} 12H${f(right)}M${f(right)} 8V16"/>${recipes.shape(recipe, rate_1_yr > 0 ? Math.max(6, x.at(rate_1_yr)) : 6, 12, rate_1_yr === 0)}</svg>`;
}

/** Efficiency between nothing and the bound, with its interval. */
export function efficiencyBar(
  actual: number,
  low: number | undefined,
  high: number | undefined,
  recipe: string,
  recipes: Recipes,
): string {
  const most = Math.max(1.05, 1.05 * (high ?? actual));
  const x = (v: number) => 6 + (v / most) * 308;
  const line =
    low === undefined || high === undefined
      ? ''
      : `<path class="line ${recipes.colour(recipe)}" d="M${f(x(low))} 12H${f(x(high))}M${f(x(low))} 8V16M${f(x(high))} 8V16"/>`;
  return `<svg class="bar" viewBox="0 0 320 24" role="img" aria-label="efficiency ${number(actual)}"><path class="base" d="M6 12H314"/><path class="target" d="M${f(x(1))} 2V22"/>${line}${recipes.shape(recipe, x(actual), 12, false)}</svg>`;
}
