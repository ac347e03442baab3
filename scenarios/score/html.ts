/**
 * The card as one HTML file that a person can open, print, mail and keep: no request leaves it, it works without script,
 * and whoever doubts a verdict finds the evidence below it on the same page.
 */
import {
  type AirAsBuilt,
  type AlarmEvent,
  type Card,
  type FrameLayout,
  isRaised,
  overall,
  type TruthEvent,
  type Verdict,
  type VerdictStatus,
} from '../../models/contract/index.ts';
import { formatSpan, formatTime, secondsToUs, US_PER_S } from '../../models/kernel/index.ts';
import { alarmHtml } from './alarmTable.ts';
import { BUDGET_STYLE, cardBudgets } from './budgetText.ts';
import { type FigureData, timeline } from './figure.ts';
import { alarmPath, f } from './mark.ts';
import { type Matching, matchAlarms } from './matching.ts';
import { placeText } from './place.ts';
import { sitePlans } from './plan.ts';
import { responseSummary } from './responseText.ts';
import { locationStrips } from './strip.ts';
import { SCRIPT, STYLE } from './style.ts';
import { actualText, criterionText, escapeXml, intervalText, limitText, number, STATUS } from './text.ts';
import type { Trend } from './trend.ts';

export interface HtmlInputs {
  readonly card: Card;
  readonly layout: FrameLayout;
  readonly trends: readonly Trend[];
  readonly truth: readonly TruthEvent[];
  readonly alarms: readonly AlarmEvent[];
  readonly scenarioTitle: string;
  readonly about: string;
  /** Of a site with air: for the plans. */
  readonly air?: AirAsBuilt;
  /** The matching that the card was judged by; made here by the rule's defaults unless it is handed in. */
  readonly matching?: Matching;
}

/** Rows of the alarm list; a flood is counted, not printed. */
const MOST_ALARMS = 200;

export function renderHtml(inputs: HtmlInputs): string {
  const { card, layout, trends, truth, alarms } = inputs;
  const endUs = secondsToUs(card.simulated_s);
  const matching = inputs.matching ?? matchAlarms({ truth, alarms, endUs });
  const title = `${inputs.scenarioTitle} · ${STATUS[overall(card)].word}`;
  const base = { trends, truth, alarms, matching };
  const whole = timeline({ ...base, id: 'run', fromUs: 0, toUs: Math.max(endUs, 1) });
  const zooms = zoomWindows(matching, endUs).map((w, i) => ({
    ...w,
    ...timeline({ ...base, id: `near-${i + 1}`, fromUs: w.fromUs, toUs: w.toUs }),
  }));
  const strips = [sitePlans(inputs.air, matching), locationStrips(layout, matching)].filter((s) => s !== '').join('\n');
  const budgets = cardBudgets(card);
  const figures = [whole.data, ...zooms.map((z) => z.data)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>${STYLE}${BUDGET_STYLE}</style>
</head>
<body>
${header(inputs)}
${card.status === 'valid' ? '' : `<p class="notice"><b>This run is ${card.status.replace('-', ' ')}.</b> ${escapeXml(card.because)}</p>`}
<section><h2>Verdicts</h2>
${verdictTable(card)}
</section>
${budgets === '' ? '' : `<section><h2>Where the time goes</h2>\n${budgets}\n</section>`}
${zooms
  .map(
    (z) => `<section><h2>Around ${escapeXml(z.ref)}</h2>
<div class="scroll">${z.svg}</div>
</section>`,
  )
  .join('\n')}
<section><h2>The whole run</h2>
<div class="scroll">${whole.svg}</div>
${legend()}
</section>
${strips === '' ? '' : `<section><h2>Place</h2>\n<div class="scroll">${strips}</div>\n</section>`}
<section><h2>Alarms</h2>
${alarmTable(alarms, matching)}
</section>
${card.response ? `<section><h2>Response</h2>\n<p>${escapeXml(responseSummary(card.response))}</p>\n</section>\n` : ''}${card.alarmFigures ? `<section><h2>What the operator heard</h2>\n${alarmHtml(card.alarmFigures)}\n</section>\n` : ''}<section><h2>Provenance</h2>
${provenance(card, layout, matching)}
</section>
<script type="application/json" id="figures">${figureJson(figures)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function header({ card, scenarioTitle, about }: HtmlInputs): string {
  const status = overall(card);
  const facts: [string, string][] = [
    ['scenario', card.scenario],
    ['plant', card.plant],
    ['recipe', card.recipe],
    ['seed', String(card.seed)],
    ['run', card.runId.length > 16 ? `${card.runId.slice(0, 12)}…` : card.runId],
    ['transport', `${card.transport}, ${card.pace}`],
    ['simulated', `${formatSpan(card.simulated_s * US_PER_S)}, ${card.frames} frames`],
  ];
  const counts = (['pass', 'acceptable', 'fail'] as const)
    .map((s) => ({ s, n: card.verdicts.filter((v) => v.status === s).length }))
    .filter(({ n }) => n > 0)
    .map(({ s, n }) => `${n} ${STATUS[s].word}`)
    .join(' · ');
  // What a run that is not valid would have scored is no verdict, so its badge says why before it says what.
  const badge =
    card.status === 'valid'
      ? { mark: status, word: STATUS[status].word, small: counts || 'nothing was expected' }
      : {
          mark: 'not-applicable' as const,
          word: card.status.replace('-', ' '),
          small: `${counts}, not to be relied on`,
        };
  return `<header><div><p class="eyebrow">LeakTwin card</p><h1>${escapeXml(scenarioTitle)}</h1><p class="about">${escapeXml(about)}</p></div>
<div class="badge ${badge.mark}">${statusMark(badge.mark)}<div>${capital(badge.word)}<small>${badge.small}</small></div></div></header>
<dl class="facts">${facts.map(([k, v]) => `<div><dt>${k}</dt><dd>${escapeXml(v)}</dd></div>`).join('')}</dl>`;
}

/** Each status by its own outline and letter: disc, half-filled disc, solid square, empty dash. */
function statusMark(status: VerdictStatus): string {
  const { letter, word } = STATUS[status];
  const shapes: Record<VerdictStatus, string> = {
    pass: `<circle class="face" cx="10" cy="10" r="8.6"/><text x="10" y="13.6">${letter}</text>`,
    acceptable: `<path class="face" d="M10 1.2L18.8 10L10 18.8L1.2 10Z"/><text x="10" y="13.6">${letter}</text>`,
    fail: `<rect class="solid" x="1.4" y="1.4" width="17.2" height="17.2"/><text class="on" x="10" y="13.6">${letter}</text>`,
    'not-applicable': `<circle class="face" stroke-dasharray="2 2.5" cx="10" cy="10" r="8.6"/><text x="10" y="13.6">${letter}</text>`,
  };
  return `<svg class="mark ${status}" viewBox="0 0 20 20" role="img" aria-label="${word}">${shapes[status]}</svg>`;
}

function verdictTable(card: Card): string {
  const floors = card.floors;
  const floorHeads = floors.map((fl) => `<th class="n floor">${escapeXml(fl.recipe)}</th>`).join('');
  const columns = 6 + floors.length;
  const rows = card.verdicts.map((v) => {
    const cells = floors
      .map((fl) => fl.verdicts.find((w) => w.criterion === v.criterion && w.of === v.of))
      .map((w) => `<td class="n floor">${w ? escapeXml(actualText(w)) : '–'}</td>`)
      .join('');
    const of = v.of === '' ? '' : ` <span>of ${escapeXml(v.of)}</span>`;
    const span = v.interval ? `<br><small class="floor">${intervalText(v.interval)}</small>` : '';
    return `<tr class="v"><td><span class="status ${v.status}">${statusMark(v.status)}${capital(STATUS[v.status].word)}</span></td>
<td class="name">${capital(criterionText(v.criterion))}${of}</td><td class="gaugecell ${v.status}">${gauge(v)}</td>
<td class="n"><span class="actual">${escapeXml(actualText(v))}</span>${span}</td><td class="n">${escapeXml(limitText(v, v.target)) || '–'}</td><td class="n">${escapeXml(limitText(v, v.acceptable)) || '–'}</td>${cells}</tr>
<tr class="why"><td></td><td colspan="${columns - 1}">${escapeXml(v.because)}</td></tr>`;
  });
  return `<div class="scroll"><table class="verdicts"><thead><tr><th>status</th><th>criterion</th><th class="gaugecell">actual against target</th><th class="n">actual [95 %]</th><th class="n">target</th><th class="n">acceptable</th>${floorHeads}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
${floors.length === 0 ? '' : `<p class="rule">${floors.map((fl) => `<b>${escapeXml(fl.recipe)}</b>`).join(' and ')}: the same judge on detectors without skill, one silent and one that alarms as often, at random; <b>nearest-sensor</b>, where it stands, alarms when the judged one does and names what is nearest to the highest reading. A figure that they reach too proves nothing.</p>`}`;
}

/** The number against its limits, as a control room would show it: an analogue scale from zero. */
function gauge(v: Verdict): string {
  if (v.target === null || v.criterion === 'detected' || v.criterion === 'named') return '';
  const width = 230;
  const inner = width - 14;
  const limits = Math.max(v.target, v.acceptable ?? 0);
  const wanted = Math.max(limits, v.actual ?? 0) * 1.25;
  // One far value must not squeeze the limits into nothing: beyond five times the limit it becomes an arrow.
  const top = Math.min(wanted, limits > 0 ? limits * 5 : wanted) || 1;
  const x = (value: number) => (Math.min(value, top) / top) * inner;
  const out = [`<rect class="track" x="0" y="9" width="${inner}" height="8"/>`];
  out.push(`<rect class="good" x="0" y="9" width="${f(x(v.target))}" height="8"/>`);
  out.push(`<line class="limit" x1="${f(x(v.target))}" y1="5" x2="${f(x(v.target))}" y2="21"/>`);
  if (v.acceptable !== undefined) {
    out.push(
      `<line class="limit" stroke-dasharray="2 2" x1="${f(x(v.acceptable))}" y1="5" x2="${f(x(v.acceptable))}" y2="21"/>`,
    );
  }
  if (v.interval) {
    const open = v.interval.high > top ? `m-4 -3.5l4 3.5l-4 3.5` : 'm0 -3.5v7';
    out.push(`<path class="whisker" d="M${f(x(v.interval.low))} 9.5v7m0 -3.5H${f(x(v.interval.high))}${open}"/>`);
  }
  if (v.actual === null || v.actual > top) out.push(`<path class="beyond" d="M${inner + 2} 7l9 6l-9 6z"/>`);
  else out.push(`<circle class="dot" cx="${f(x(v.actual))}" cy="13" r="5"/>`);
  const label = `${actualText(v)} against ${limitText(v, v.target)}`;
  return `<svg class="gauge" viewBox="-6 0 ${width + 6} 26" role="img" aria-label="${escapeXml(label)}">${out.join('')}</svg>`;
}

/**
 * Minutes around a leak where its latency would be too narrow to see on the whole run (below 8 % of it): a window of about
 * four latencies. For the first leaks only, as many as a page can bear.
 */
function zoomWindows(matching: Matching, endUs: number): { ref: string; fromUs: number; toUs: number }[] {
  return matching.matches
    .filter((m) => m.latencyUs < 0.08 * endUs)
    .slice(0, 3)
    .map((m) => {
      const pad = Math.max(1.2 * m.latencyUs, 30 * US_PER_S);
      const fromUs = Math.max(0, m.leak.openedUs - pad);
      return { ref: m.leak.ref, fromUs, toUs: Math.min(endUs, m.alarm.timeUs + 1.4 * pad) };
    });
}

function legend(): string {
  const mark = (priority: number, kind: string) =>
    `<svg viewBox="-9 -9 18 18"><g class="alarm p${priority} ${kind}"><path d="${alarmPath(priority, 7)}"/></g></svg>`;
  const items = [
    ...[1, 2, 3, 4].map((p) => `<span>${mark(p, 'match')}priority ${p}</span>`),
    `<span>${mark(1, 'false')}hollow: false alarm</span>`,
    '<span>small: repeat of a leak that was found</span>',
    '<span>grey band: least and greatest value, none left out</span>',
    '<span>hatched: no usable value</span>',
    '<span>height of the leak: its rate</span>',
  ];
  return `<div class="legend">${items.join('')}</div>`;
}

function alarmTable(alarms: readonly AlarmEvent[], matching: Matching): string {
  const raised = alarms.filter(isRaised);
  if (raised.length === 0) return '<p>No alarm was raised.</p>';
  const fate = (a: AlarmEvent): { text: string; kind: string } => {
    const match = matching.matches.find((m) => m.alarm === a);
    if (match) return { text: `found ${match.leak.ref} after ${formatSpan(match.latencyUs)}`, kind: 'match' };
    const repeat = matching.repeats.find((r) => r.alarm === a);
    if (repeat) return { text: `repeat, ${repeat.leak.ref}`, kind: 'repeat' };
    const wrong = matching.falseAlarms.find((w) => w.alarm === a);
    const twin = wrong?.reason === 'twin' ? ', the twin too' : '';
    const aside = wrong && !wrong.exposed ? ', not in the rate' : '';
    return { text: `false${twin}${aside}`, kind: 'false' };
  };
  const rows = raised.slice(0, MOST_ALARMS).map((a) => {
    const { text, kind } = fate(a);
    const where = a.where ? escapeXml(placeText(a.where)) : '–';
    const rate = a.rate ? `${number(a.rate.massRate_kg_s)} ± ${number(a.rate.sigma_kg_s)} kg/s` : '–';
    return `<tr><td class="t">${formatTime(a.timeUs)}</td><td><svg viewBox="-9 -9 18 18" role="img" aria-label="priority ${a.priority}"><g class="alarm p${a.priority} ${kind}"><path d="${alarmPath(a.priority, 7)}"/></g></svg></td>
<td class="id">${escapeXml(a.alarm)}</td><td class="n">${a.priority}</td><td class="fate">${escapeXml(text)}</td><td class="n">${number(a.score)}</td><td class="n">${where}</td><td class="n">${rate}</td><td class="because">${escapeXml(a.because)}</td></tr>`;
  });
  const more =
    raised.length > MOST_ALARMS
      ? `<p class="rule">${raised.length - MOST_ALARMS} more were raised; the journal holds them all.</p>`
      : '';
  const other = alarms.length - raised.length;
  return `<div class="scroll"><table class="alarms"><thead><tr><th>time</th><th></th><th>alarm</th><th class="n">priority</th><th>judged</th><th class="n">score</th><th class="n">place</th><th class="n">rate</th><th>evidence</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>${more}
<p class="rule">Raised alarms only; ${other} other ${other === 1 ? 'change' : 'changes'} of state in the journal.</p>`;
}

function provenance(card: Card, layout: FrameLayout, matching: Matching): string {
  const rows: [string, string][] = [
    ['run', card.runId],
    ['alarm journal', card.journalDigest],
    ['frames', card.framesDigest],
    ['layout', layout.digest],
  ];
  return `<dl class="provenance">${rows.map(([k, v]) => `<dt>${k}</dt><dd><code>${escapeXml(v)}</code></dd>`).join('')}</dl>
<p class="rule">Digests are SHA-256; equal digests mean equal bytes, whatever the transport. An alarm found a leak where it was raised between the leak's opening and its closing plus ${formatSpan(matching.graceUs)} of grace, the leak was not found before, and the twin run without leaks, where there is one, does not raise it too. Latency counts from the opening. False alarms are counted over ${formatSpan(matching.exposureUs)} of leak-free time.</p>`;
}

function figureJson(figures: readonly FigureData[]): string {
  // A "<" could end the script element.
  return JSON.stringify(figures).replaceAll('<', '\\u003c');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
