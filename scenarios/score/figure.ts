/**
 * The timeline of a run as one SVG: trends, truth, disturbances, faults, alarms and latency under one time axis. The same
 * function draws the whole run and the minutes around a leak. Nothing here moves; the crosshair is added by the page.
 */
import type { AlarmEvent, TruthEvent } from '../../models/contract/index.ts';
import { formatSpan, formatTime } from '../../models/kernel/index.ts';
import { alarmLane, happeningShape, happenings, leakShape, rowsOf } from './lanes.ts';
import { dimension, f, laneLabel, WIDTH, X0, X1 } from './mark.ts';
import type { Matching } from './matching.ts';
import { isUnusable, type Point, thin, ticks, timeTicks, valueRange } from './scale.ts';
import { escapeXml, number } from './text.ts';
import type { Trend } from './trend.ts';

export interface FigureInputs {
  /** Unique in the page: patterns and the crosshair's data are named by it. */
  readonly id: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly trends: readonly Trend[];
  readonly truth: readonly TruthEvent[];
  readonly alarms: readonly AlarmEvent[];
  readonly matching: Matching;
}

/** What the crosshair reads: per tag the drawn points' centres, least and greatest values. */
export interface FigureData {
  readonly id: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly tags: readonly { readonly t: number[]; readonly lo: (number | null)[]; readonly hi: (number | null)[] }[];
}

const TREND = 74;
const TREND_GAP = 15;

export function timeline(inputs: FigureInputs): { svg: string; data: FigureData } {
  const { id, fromUs, toUs, truth, matching } = inputs;
  const x = (us: number) => X0 + ((us - fromUs) / (toUs - fromUs)) * (X1 - X0);
  const clamp = (us: number) => Math.min(X1, Math.max(X0, x(us)));
  const isIn = (us: number) => us >= fromUs && us <= toUs;
  const out: string[] = [];
  const under: string[] = [];
  const grid: string[] = [];
  const top = 30;
  let y = top;

  // Trends
  const data: { t: number[]; lo: (number | null)[]; hi: (number | null)[] }[] = [];
  for (const [k, trend] of inputs.trends.entries()) {
    const points = thin(trend, fromUs, toUs, X1 - X0);
    under.push(`<rect class="plot" x="${X0}" y="${y}" width="${X1 - X0}" height="${TREND}"/>`);
    out.push(trendRow(trend, points, y, k, x, id));
    data.push({
      t: points.map((p) => Math.round((p.fromUs + p.toUs) / 2 - fromUs)),
      lo: points.map((p) => rounded(p.min)),
      hi: points.map((p) => rounded(p.max)),
    });
    y += TREND + TREND_GAP;
  }
  y += 8;

  // Truth
  const leaks = matching.leaks.filter((l) => l.openedUs <= toUs && l.closedUs + matching.graceUs >= fromUs);
  out.push(laneLabel('truth', y + 26));
  out.push(`<line class="base" x1="${X0}" y1="${y + 42}" x2="${X1}" y2="${y + 42}"/>`);
  for (const leak of leaks) out.push(leakShape(leak, truth, y, x, clamp, matching.graceUs, id));
  y += 52;

  // Disturbances and faults: each name has a row, so that labels never lie on each other.
  const events = happenings(truth, matching, toUs).filter((e) => e.fromUs <= toUs && e.toUs >= fromUs);
  const rows = rowsOf(events, clamp);
  if (rows.length > 0) out.push(laneLabel('disturbances', y + 13, rows.length > 1 ? 'and faults' : ''));
  for (const row of rows) {
    for (const e of row) out.push(happeningShape(e, y, clamp, id));
    y += 20;
  }
  y += rows.length > 0 ? 6 : 0;

  // Alarms
  const { svg: alarmSvg, bottom } = alarmLane(inputs, y, x, clamp, isIn);
  out.push(alarmSvg);
  y = bottom;

  // Latency, with witness lines from the truth down to it
  const shown = matching.matches.filter((m) => m.leak.openedUs >= fromUs && m.alarm.timeUs <= toUs);
  if (shown.length > 0) {
    y += 8;
    out.push(laneLabel('latency', y + 15));
    for (const m of shown) {
      const a = x(m.leak.openedUs);
      const b = x(m.alarm.timeUs);
      grid.push(`<line class="witness" x1="${f(a)}" y1="${top}" x2="${f(a)}" y2="${y + 20}"/>`);
      grid.push(`<line class="witness found" x1="${f(b)}" y1="${top}" x2="${f(b)}" y2="${y + 20}"/>`);
      out.push(dimension(a, b, y + 12, formatSpan(m.latencyUs)));
    }
    y += 26;
  }
  for (const leak of leaks.filter((l) => matching.missed.includes(l) && isIn(l.openedUs))) {
    grid.push(`<line class="witness" x1="${f(x(leak.openedUs))}" y1="${top}" x2="${f(x(leak.openedUs))}" y2="${y}"/>`);
  }

  // Axis
  for (const tick of timeTicks(fromUs, toUs, 13)) {
    const at = f(x(tick.timeUs));
    grid.unshift(`<line class="grid" x1="${at}" y1="${top - 4}" x2="${at}" y2="${y + 4}"/>`);
    out.push(`<text class="tick" x="${at}" y="${top - 10}" text-anchor="middle">${tick.label}</text>`);
    out.push(`<text class="tick" x="${at}" y="${y + 18}" text-anchor="middle">${tick.label}</text>`);
  }
  const height = y + 26;
  const label = `Timeline from ${formatTime(fromUs)} to ${formatTime(toUs)}: trends, truth, disturbances, alarms and latency`;
  const svg = `<svg class="timeline" id="${id}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
<defs>
<pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>
<pattern id="${id}-dots" width="5" height="5" patternUnits="userSpaceOnUse"><circle class="dots" cx="1.5" cy="1.5" r="0.8"/></pattern>
<clipPath id="${id}-clip"><rect x="${X0}" y="0" width="${X1 - X0}" height="${height}"/></clipPath>
</defs>
${under.join('\n')}
${grid.join('\n')}
${out.join('\n')}
<g class="crosshair" visibility="hidden"><line x1="0" y1="${top - 4}" x2="0" y2="${y + 4}"/><rect x="-44" y="${top - 26}" width="88" height="18" rx="2"/><text x="0" y="${top - 13}" text-anchor="middle"></text></g>
</svg>`;
  return {
    svg,
    data: { id, fromUs, toUs, x0: X0, x1: X1, y0: top, y1: y, tags: data },
  };
}

function trendRow(
  trend: Trend,
  points: readonly Point[],
  y: number,
  k: number,
  x: (us: number) => number,
  id: string,
): string {
  const range = valueRange(points);
  const v = (value: number) => y + TREND - ((value - range.low) / (range.high - range.low)) * TREND;
  const edge = (value: number) => Math.min(y + TREND, Math.max(y, v(value)));
  const out: string[] = [];
  out.push(`<text class="tag" x="0" y="${y + 14}">${escapeXml(trend.tag)}</text>`);
  out.push(`<text class="unit" x="0" y="${y + 29}">${escapeXml(trend.unit)}</text>`);
  const marks = ticks(range.low, range.high, 3);
  for (const m of marks) {
    const at = f(v(m));
    out.push(`<line class="grid" x1="${X0}" y1="${at}" x2="${X1}" y2="${at}"/>`);
    out.push(`<text class="tick" x="${X0 - 7}" y="${f(v(m) + 3.5)}" text-anchor="end">${tickText(m, marks)}</text>`);
  }
  const shapes: string[] = [];
  let run: Point[] = [];
  const flush = () => {
    if (run.length > 0) shapes.push(envelope(run, x, edge));
    run = [];
  };
  for (const p of points) {
    const last = run.at(-1);
    // A missing stretch is a gap, never a straight line: nobody knows what was there.
    if (last && p.fromUs - last.toUs > 0.5 * (p.toUs - p.fromUs)) flush();
    if (Number.isNaN(p.min)) flush();
    else run.push(p);
  }
  flush();
  out.push(`<g clip-path="url(#${id}-clip)">`);
  for (const [from, to] of stretches(points, (p) => isUnusable(p.bad) || Number.isNaN(p.min))) {
    out.push(
      `<rect class="bad" x="${f(x(from))}" y="${y}" width="${f(Math.max(1.5, x(to) - x(from)))}" height="${TREND}" fill="url(#${id}-hatch)"><title>no usable value from ${formatTime(from)} to ${formatTime(to)}</title></rect>`,
    );
  }
  for (const [from, to] of stretches(points, (p) => p.bad !== 0 && !isUnusable(p.bad))) {
    out.push(
      `<rect class="bad" x="${f(x(from))}" y="${y}" width="${f(Math.max(1.5, x(to) - x(from)))}" height="4" fill="url(#${id}-dots)"><title>clipped at the end of its range</title></rect>`,
    );
  }
  if (shapes.length > 0) out.push(`<path class="trace" d="${shapes.join('')}"/>`);
  if (range.clipped) out.push(...rogues(points, range, y, x));
  out.push('</g>');
  const last = [...points].reverse().find((p) => !Number.isNaN(p.min));
  const value = last ? number((last.min + last.max) / 2) : '–';
  out.push(`<text class="readout" data-k="${k}" data-rest="${value}" x="${X1 + 10}" y="${y + 14}">${value}</text>`);
  // The crosshair writes the greatest value above, the least below; one text of both would leave the picture.
  out.push(`<text class="least" x="${X1 + 10}" y="${y + 31}"></text>`);
  return out.join('\n');
}

/** Values outside the drawn range: an arrow at the edge, the first with its number, so that no spike is lost or hidden. */
function rogues(
  points: readonly Point[],
  range: { low: number; high: number },
  y: number,
  x: (us: number) => number,
): string[] {
  const out: string[] = [];
  let lastText = Number.NEGATIVE_INFINITY;
  for (const p of points) {
    const at = x((p.fromUs + p.toUs) / 2);
    const mark = (value: number, tip: number, base: number, baseline: number) => {
      out.push(
        `<path class="rogue" d="M${f(at - 3)} ${base}h6L${f(at)} ${tip}z"><title>${number(value)} at ${formatTime(p.fromUs)}</title></path>`,
      );
      if (at - lastText < 60) return;
      out.push(`<text class="tick" x="${f(at + 6)}" y="${baseline}">${number(value)}</text>`);
      lastText = at;
    };
    if (p.max > range.high) mark(p.max, y + 1, y + 6, y + 10);
    if (p.min < range.low) mark(p.min, y + TREND - 1, y + TREND - 6, y + TREND - 3);
  }
  return out;
}

function envelope(run: readonly Point[], x: (us: number) => number, y: (value: number) => number): string {
  const middle = (p: Point) => x((p.fromUs + p.toUs) / 2);
  const first = run[0]!;
  if (run.length === 1) return `M${f(x(first.fromUs))} ${f(y(first.max))}L${f(x(first.toUs))} ${f(y(first.min))}`;
  const over = run.map((p) => `${f(middle(p))} ${f(y(p.max))}`);
  const under = [...run].reverse().map((p) => `${f(middle(p))} ${f(y(p.min))}`);
  return `M${over.join('L')}L${under.join('L')}Z`;
}

function stretches(points: readonly Point[], is: (p: Point) => boolean): [number, number][] {
  const list: [number, number][] = [];
  for (const p of points) {
    if (!is(p)) continue;
    const last = list.at(-1);
    if (last && p.fromUs <= last[1]) last[1] = p.toUs;
    else list.push([p.fromUs, p.toUs]);
  }
  return list;
}

function tickText(value: number, all: readonly number[]): string {
  const step = all.length > 1 ? Math.abs(all[1]! - all[0]!) : 1;
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const enough = Math.abs(Number(step.toFixed(decimals)) - step) > step * 1e-6 ? decimals + 1 : decimals;
  return value.toFixed(enough).replace('-', '−');
}

function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(5));
}
