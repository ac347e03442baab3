/** A decision report as one page that holds all it needs: totals, which leak first, what each lost by time, what sooner would save. */
import type { DecisionRow, Decisions } from './decision.ts';
import { ticks } from './scale.ts';
import { STYLE } from './style.ts';
import { escapeXml } from './text.ts';

const n = (v: number | null, digits = 3) => (v === null ? '–' : String(Number(v.toPrecision(digits))));
const whole = (v: number | null) => (v === null ? '–' : Math.round(v).toLocaleString('en'));
const place = (r: DecisionRow) => (r.position_m === null ? '' : `km ${(r.position_m / 1000).toFixed(2)}`);
const WIDTH = 1000;
const HEIGHT = 280;
const LEFT = 60;
const FOOT = 36;

/** Rows as cells, for the page and for a terminal. */
export const DECISION_HEADS = [
  'first',
  'leak',
  'at',
  'lost m3',
  'lost kg',
  'cost',
  'CO2e t',
  'found after s',
  'now kg/s',
  'people',
  'per day',
  'from',
] as const;

export function decisionCells(d: Decisions): string[][] {
  return d.rows.map((r, i) => [
    `${i + 1} ${r.class}`,
    `${r.leak} (${r.source})`,
    place(r),
    n(r.lost_m3),
    n(r.lost_kg),
    whole(r.cost),
    n(r.co2e_t),
    n(r.latency_s),
    n(r.rate_kg_s),
    String(r.people),
    whole(r.costPerDay),
    r.by,
  ]);
}

export function renderDecisions(d: Decisions): string {
  const e = escapeXml;
  const currency = d.costs?.currency ?? '';
  const facts: [string, string][] = [
    ['leaks', String(d.rows.length)],
    ['product lost', `${n(d.lost_m3)} m3, ${n(d.lost_kg)} kg`],
    ['cost', d.cost === null ? 'no prices given' : `${whole(d.cost)} ${currency}`],
    ['methane as CO2e', `${n(d.co2e_t)} t`],
  ];
  const earlier = d.rows.flatMap((r) =>
    r.earlier.map((x) => [
      `${r.leak} (${r.source})`,
      x.when,
      `${n(x.latency_s)} s`,
      `${n(x.saved_m3)} m3`,
      `${n(x.saved_kg)} kg`,
    ]),
  );
  const saved = d.rows.filter((r) => r.savedByResponse_m3 !== null);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Decision report</title><style>${STYLE}</style></head><body>
<header><div><p class="eyebrow">LeakTwin</p><h1>Decision report</h1><p class="about">What leaks have cost, and which one to repair first.</p></div></header>
<dl class="facts">${facts.map(([k, v]) => `<div><dt>${e(k)}</dt><dd>${e(v)}</dd></div>`).join('')}</dl>
<section><h2>Repair first</h2>${table(DECISION_HEADS, decisionCells(d))}
<p class="about">A: people inside a hazard zone; B: still running; C: over. Within a class by cost per day of waiting${d.costs ? ` in ${e(currency)}` : ' (by rate, as no prices were given)'}.</p></section>
<section><h2>Lost by time</h2><div class="scroll">${curves(d.rows)}</div></section>
<section><h2>Lost by leak</h2><div class="scroll">${bars(d.rows)}</div></section>
${earlier.length > 0 ? `<section><h2>What finding it sooner would have saved</h2>${table(['leak', 'found', 'after', 'saved', ''], earlier)}</section>` : ''}
${saved.length > 0 ? `<section><h2>What the response saved</h2>${saved.map((r) => `<p>${e(r.leak)} (${e(r.source)}): ${n(r.savedByResponse_m3)} m3 of ${n((r.lost_m3 ?? 0) + r.savedByResponse_m3!)} m3, against the same run in which nobody did anything.</p>`).join('')}</section>` : ''}
</body></html>
`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((c) => `<${tag}>${escapeXml(c)}</${tag}>`).join('')}</tr>`;
  return `<table>${row(heads, 'th')}${rows.map((r) => row(r, 'td')).join('')}</table>`;
}

/** Volume by time since the opening; a mark where it was found. */
function curves(rows: readonly DecisionRow[]): string {
  const drawn = rows.filter((r) => r.curve && (r.lost_m3 ?? 0) > 0).slice(0, 12);
  if (drawn.length === 0) return '<p class="about">No truth log tells of a loss by time.</p>';
  const minutes = (r: DecisionRow, us: number) => (us - r.openedUs) / 6e7;
  const right = Math.max(...drawn.map((r) => minutes(r, r.curve!.timeUs.at(-1)!)));
  const top = Math.max(...drawn.map((r) => r.lost_m3 ?? 0));
  const x = (v: number) => LEFT + ((WIDTH - LEFT - 20) * v) / (right || 1);
  const y = (v: number) => HEIGHT - FOOT - ((HEIGHT - FOOT - 16) * v) / (top || 1);
  const axes = [
    ...ticks(0, top, 4).map(
      (v) =>
        `<path d="M${LEFT} ${y(v).toFixed(1)}H${WIDTH - 20}" stroke="var(--grid)"/><text x="${LEFT - 8}" y="${(y(v) + 4).toFixed(1)}" text-anchor="end" font-size="11" fill="var(--ink3)">${n(v)}</text>`,
    ),
    ...ticks(0, right, 8).map(
      (v) =>
        `<text x="${x(v).toFixed(1)}" y="${HEIGHT - FOOT + 16}" text-anchor="middle" font-size="11" fill="var(--ink3)">${n(v)}</text>`,
    ),
  ];
  const lines = drawn.map((r, k) => {
    const { timeUs, volume_m3 } = r.curve!;
    const step = Math.max(1, Math.floor(timeUs.length / 400));
    const points = timeUs.flatMap((t, i) =>
      i % step === 0 || i === timeUs.length - 1
        ? [`${x(minutes(r, t)).toFixed(1)},${y(volume_m3[i]!).toFixed(1)}`]
        : [],
    );
    const found =
      r.latency_s === null
        ? ''
        : `<circle cx="${x(r.latency_s / 60).toFixed(1)}" cy="${y(volumeNear(r, r.latency_s)).toFixed(1)}" r="4" fill="var(--p1)"/>`;
    return `<polyline points="${points.join(' ')}" fill="none" stroke="var(--trace)" stroke-width="1.5" stroke-dasharray="${['none', '6 3', '2 3', '8 3 2 3'][k % 4]}"/>${found}<text x="${WIDTH - 24}" y="${(y(r.lost_m3 ?? 0) - 5).toFixed(1)}" text-anchor="end" font-size="11" fill="var(--ink2)">${escapeXml(r.leak)}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="volume lost by time since the opening">${axes.join('')}${lines.join('')}<text x="${LEFT}" y="${HEIGHT - 4}" font-size="11" fill="var(--ink3)">m3 by minutes since the opening; the dot is where it was found</text></svg>`;
}

function volumeNear(r: DecisionRow, latency_s: number): number {
  const { timeUs, volume_m3 } = r.curve!;
  const at = r.openedUs + latency_s * 1e6;
  const i = timeUs.findIndex((t) => t >= at);
  return volume_m3[i < 0 ? volume_m3.length - 1 : i]!;
}

function bars(rows: readonly DecisionRow[]): string {
  const drawn = rows.slice(0, 20);
  const most = Math.max(...drawn.map((r) => r.lost_kg), 1e-9);
  const height = 22 * drawn.length + 8;
  const bar = (r: DecisionRow, i: number) => {
    const width = ((WIDTH - 420) * r.lost_kg) / most;
    return `<text x="250" y="${22 * i + 18}" text-anchor="end" font-size="12" fill="var(--ink2)">${escapeXml(`${r.leak} (${r.source})`.slice(0, 38))}</text><rect x="260" y="${22 * i + 6}" width="${width.toFixed(1)}" height="14" fill="var(--trace)"/><text x="${(268 + width).toFixed(1)}" y="${22 * i + 18}" font-size="12" fill="var(--ink3)">${n(r.lost_kg)} kg</text>`;
  };
  return `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="mass lost by leak">${drawn.map(bar).join('')}</svg>`;
}
