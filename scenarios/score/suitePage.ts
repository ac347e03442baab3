/**
 * A suite as one HTML file: what was found and how soon, how often the detector cried wolf, how near it comes to what is
 * possible, and the runs to look at first, each with its own report and the command that repeats it. No request leaves the page.
 */
import { type Card, overall } from '../../models/contract/index.ts';
import { formatSpan, US_PER_S } from '../../models/kernel/index.ts';
import { type SurvivalQuantile, survivalQuantile } from '../../models/kernel/statistics/index.ts';
import { BUDGET_STYLE, budgetRows, budgetTable } from './budgetText.ts';
import type { SummaryRow } from './ensemble.ts';
import { STYLE } from './style.ts';
import {
  falseAlarmRates,
  operatingPoints,
  performanceMaps,
  plainCards,
  type SurvivalPanel,
  segmentRates,
  survivalPanels,
  worstCases,
} from './suiteFigures.ts';
import { efficiencyBar, operatingPlot, performancePlot, Recipes, rateBar, span, survivalPlot } from './suitePlots.ts';
import { actualText, count, criterionText, escapeXml, intervalText, limitText, number, STATUS } from './text.ts';

export interface SuitePageInputs {
  readonly name: string;
  readonly about: string;
  readonly digest: string;
  readonly cards: readonly Card[];
  readonly summary: readonly SummaryRow[];
}

const MOST_WORST = 12;

const OWN_STYLE = `
:root { --c1: #0a67a3; --c2: #c4500a; --c3: #0b7d5c; --c4: #a2508a; --c5: #98700c; --c6: #4a5560; }
@media (prefers-color-scheme: dark) { :root { --c1: #62b2e8; --c2: #f08a4b; --c3: #4cc7a0; --c4: #dd96c6; --c5: #e0b84e; --c6: #aab3bb; } }
.c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); } .c6 { --c: var(--c6); }
svg .plot { fill: var(--plot); } svg .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; } svg .thin { stroke-width: 1.3; } svg .band { fill: var(--c); opacity: 0.13; }
svg .solid { fill: var(--c); stroke: var(--halo); stroke-width: 1; } svg .hollow { fill: var(--panel); stroke: var(--c); stroke-width: 1.6; }
svg .target { stroke: var(--ink2); stroke-width: 1.2; stroke-dasharray: 5 3; } svg .bound { fill: var(--ink); stroke: var(--ink); stroke-width: 1; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 22px 28px; }
.panels > div { max-width: 640px; } .panels h3 { font-size: 14px; margin: 0 0 4px; } .panels h3 span { font-weight: 400; color: var(--ink2); }
.keys { margin: 0 0 14px; } .legend.keys svg { width: 34px; height: 14px; }
.bar { width: 320px; height: 24px; } .wide td { border-top: 1px solid var(--rule); padding-bottom: 8px; } .wide .why { color: var(--ink2); font-size: 13px; min-width: 30ch; }
.figures td { border-top: 1px solid var(--rule); padding-top: 5px; padding-bottom: 5px; font-size: 13px; } .figures { margin-top: 6px; }
a { color: inherit; text-underline-offset: 3px; } details summary { cursor: pointer; color: var(--ink2); } details[open] summary { margin-bottom: 10px; }
td:first-child, .recipe { white-space: nowrap; } ${BUDGET_STYLE}
.key { display: inline-block; width: 10px; height: 10px; background: var(--c); border-radius: 2px; margin-right: 7px; }
`;

export function renderSuiteHtml(inputs: SuitePageInputs): string {
  const { name, summary } = inputs;
  const cards = plainCards(inputs.cards);
  const recipes = new Recipes([...new Set(cards.map((c) => c.recipe))]);
  const panels = survivalPanels(cards);
  const maps = performanceMaps(cards);
  const points = operatingPoints(inputs.cards);
  const plants = [...new Set(points.map((p) => p.plant))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(name)} · LeakTwin suite</title>
<style>${STYLE}${OWN_STYLE}</style>
</head>
<body>
${header({ ...inputs, cards })}
${section('False alarms', cards.length === 0 ? '' : falseAlarmTable(cards, recipes) + segmentTable(cards, recipes))}
${section(
  'Time to detection',
  panels.length === 0
    ? ''
    : `${recipes.legend()}<div class="panels">${panels.map((p) => figure(`${escapeXml(p.scenario)} <span>${escapeXml(p.of)}</span>`, survivalPlot(p, recipes) + quantileTable(p, recipes))).join('')}</div>
<p class="rule">Share of runs in which the leak was found by then (Kaplan–Meier; the band is 95 %, log–log). A run that ended, or a leak that closed, before it was found counts as "longer than it was watched". The bound is the least mean delay that any detector could reach at the demanded rate of false alarms.</p>`,
)}
${section('How near to what is possible', efficiencyTable(summary, recipes))}
${section(
  'Where the time goes',
  budgetTable(budgetRows(cards), (recipe) => named(recipe, recipes)),
)}
${section(
  'Size and time',
  maps.length === 0
    ? ''
    : `${recipes.legend()}<div class="panels">${maps.map((m) => figure(escapeXml(m.plant), performancePlot(m, recipes))).join('')}</div><p class="rule">A point per leak and run. DL90: the size that is found in nine of ten runs, by a logistic fit with Firth's penalty; only where some leaks were found and some missed.</p>`,
)}
${section(
  'Delay against false alarms',
  plants.length === 0
    ? ''
    : `<div class="panels">${plants
        .map((plant) =>
          figure(
            escapeXml(plant),
            operatingPlot(
              points.filter((p) => p.plant === plant),
              recipes,
            ),
          ),
        )
        .join(
          '',
        )}</div><p class="rule">Each recipe is one point: its mean delay over all leaks of the plant, a miss counted with the time for which it was watched. Down and to the left is better. A line joins one recipe designed for other rates of false alarms (--operating), by the factor at each point.</p>`,
)}
${section('Look at these first', worstTable(cards))}
${section('All figures', summaryTable(summary, recipes))}
<section><details><summary>All ${count(cards.length, 'run', 'runs')}</summary>${runTable(cards)}</details></section>
</body>
</html>
`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>\n${body}\n</section>`;
}

function figure(title: string, body: string): string {
  return `<div><h3>${title}</h3>${body}</div>`;
}

function header({ name, about, digest, cards, summary }: SuitePageInputs): string {
  const failed = summary.filter((r) => r.status === 'fail').length;
  const judged = summary.filter((r) => r.status !== 'not-applicable').length;
  const valid = cards.filter((c) => c.status === 'valid').length;
  const once = new Map(cards.map((c) => [`${c.scenario}\n${c.seed}`, c.simulated_s]));
  const simulated_s = [...once.values()].reduce((s, v) => s + v, 0);
  const status = failed > 0 ? 'fail' : judged > 0 ? 'pass' : 'not-applicable';
  const facts: [string, string][] = [
    ['plants', [...new Set(cards.map((c) => c.plant))].join(', ')],
    ['scenarios', String(new Set(cards.map((c) => c.scenario)).size)],
    ['seeds', String(new Set(cards.map((c) => c.seed)).size)],
    ['recipes', String(new Set(cards.map((c) => c.recipe)).size)],
    ['runs', valid === cards.length ? String(valid) : `${valid} valid of ${cards.length}`],
    ['simulated', formatSpan(simulated_s * US_PER_S)],
    ['digest', digest.slice(0, 16)],
  ];
  return `<header><div><p class="eyebrow">LeakTwin suite</p><h1>${escapeXml(name)}</h1><p class="about">${escapeXml(about)}</p></div>
<div class="badge ${status}"><div>${STATUS[status].mark} ${failed === 0 ? STATUS[status].word : `${failed} of ${judged} figures fail`}<small>${judged - failed} of ${judged} pass or are acceptable</small></div></div></header>
<dl class="facts">${facts.map(([k, v]) => `<div><dt>${k}</dt><dd>${escapeXml(v)}</dd></div>`).join('')}</dl>`;
}

function named(recipe: string, recipes: Recipes): string {
  return `<span class="recipe"><span class="key ${recipes.colour(recipe)}"></span>${escapeXml(recipe)}</span>`;
}

function falseAlarmTable(cards: readonly Card[], recipes: Recipes): string {
  const rates = falseAlarmRates(cards);
  const most = Math.max(1, ...rates.map((r) => r.interval.high));
  const rows = rates.map(
    (r) =>
      `<tr><td>${escapeXml(r.plant)}</td><td>${named(r.recipe, recipes)}</td><td class="n">${r.alarms}</td><td class="n">${number(r.exposure_s / 3600)} h</td><td class="n">${number(r.rate_1_yr)}</td><td class="n">${intervalText(r.interval)}</td><td>${rateBar(r, most, recipes)}</td><td class="why">${r.yearly}</td></tr>`,
  );
  return rows.length === 0
    ? ''
    : `<div class="scroll"><table class="wide"><thead><tr><th>plant</th><th>recipe</th><th class="n">false alarms</th><th class="n">leak-free time</th><th class="n">a year</th><th class="n">95 %, exact Poisson</th><th>on a logarithmic scale; dashed: one a year</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Only where something was false: a table of zeros says no more than the line above it. */
function segmentTable(cards: readonly Card[], recipes: Recipes): string {
  const all = segmentRates(cards);
  const shown = all.filter((r) => all.some((q) => q.plant === r.plant && q.recipe === r.recipe && q.alarms > 0));
  if (shown.length === 0) return '';
  const rows = shown.map(
    (r) =>
      `<tr><td>${escapeXml(r.plant)}</td><td>${named(r.recipe, recipes)}</td><td>${escapeXml(r.segment)}</td><td class="n">${r.alarms}</td><td class="n">${number(r.rate_1_yr)}</td><td class="n">${intervalText(r.interval)}</td></tr>`,
  );
  return `<details><summary>by segment of the line, or by the equipment that was named</summary><div class="scroll"><table class="figures"><thead><tr><th>plant</th><th>recipe</th><th>segment</th><th class="n">false alarms</th><th class="n">a year</th><th class="n">95 %, exact Poisson</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

function quantileTable(panel: SurvivalPanel, recipes: Recipes): string {
  const text = (q: SurvivalQuantile) => (Number.isFinite(q.at) ? span(q.at) : 'not reached');
  const limits = ({ interval: { low, high } }: SurvivalQuantile) =>
    `[${number(low)}, ${Number.isFinite(high) ? number(high) : '–'}] s`;
  const rows = panel.curves.map(({ recipe, curve }) => {
    const median = survivalQuantile(curve, 0.5);
    return `<tr><td>${named(recipe, recipes)}</td><td class="n">${curve.found} of ${curve.n}</td><td class="n">${text(median)}</td><td class="n">${curve.n > 2 && Number.isFinite(median.interval.low) ? limits(median) : ''}</td><td class="n">${text(survivalQuantile(curve, 0.9))}</td></tr>`;
  });
  return `<table class="figures"><thead><tr><th></th><th class="n">found</th><th class="n">median</th><th class="n">95 %</th><th class="n">nine of ten by</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function efficiencyTable(summary: readonly SummaryRow[], recipes: Recipes): string {
  const rows = summary
    .filter((r) => r.criterion.startsWith('efficiency-') && r.actual !== null)
    .map(
      (r) =>
        `<tr><td>${escapeXml(r.scenario)}</td><td>${named(r.recipe, recipes)}</td><td>${r.criterion.slice('efficiency-'.length)}</td><td class="n">${number(r.actual!)}</td><td class="n">${intervalText(r.interval)}</td><td>${efficiencyBar(r.actual!, r.interval?.low, r.interval?.high, r.recipe, recipes)}</td><td class="why">${escapeXml(r.because)}</td></tr>`,
    );
  return rows.length === 0
    ? ''
    : `<div class="scroll"><table class="wide"><thead><tr><th>scenario</th><th>recipe</th><th>bound</th><th class="n">η</th><th class="n">95 %</th><th>dashed: the bound</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
<p class="rule">η = mean of the stationary bound / mean latency, over the seeds. Clairvoyant: the process is known exactly and only instruments are noisy. Realisable: the process wanders as it does on leak-free days.</p>`;
}

function link(card: Card): string {
  return `<a href="${encodeURIComponent(card.runId)}/report.html">report</a>`;
}

function worstTable(cards: readonly Card[]): string {
  const rows = worstCases(cards, MOST_WORST).map(
    ({ card, what }) =>
      `<tr><td>${escapeXml(what)}</td><td>${escapeXml(card.scenario)}</td><td>${escapeXml(card.recipe)}</td><td class="n">${card.seed}</td><td>${link(card)}</td><td><code>leaktwin run ${escapeXml(card.scenario)} --seed ${card.seed} --recipe ${escapeXml(card.recipe)}</code></td></tr>`,
  );
  return rows.length === 0
    ? ''
    : `<div class="scroll"><table class="figures"><thead><tr><th>what</th><th>scenario</th><th>recipe</th><th class="n">seed</th><th></th><th>to see it again</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function summaryTable(summary: readonly SummaryRow[], recipes: Recipes): string {
  const rows = summary.map(
    (r) =>
      `<tr><td class="status ${r.status}">${STATUS[r.status].mark} ${STATUS[r.status].word}</td><td>${escapeXml(r.scenario)}</td><td>${named(r.recipe, recipes)}</td><td>${escapeXml(criterionText(r.criterion))} ${escapeXml(r.of)}</td><td class="n">${escapeXml(actualText(r))}</td><td class="n">${escapeXml(limitText(r, r.target))}</td><td class="n">${intervalText(r.interval)}</td><td class="why">${escapeXml(r.because)}</td></tr>`,
  );
  return rows.length === 0
    ? ''
    : `<details><summary>${count(rows.length, 'row', 'rows')}: every criterion of every scenario and recipe, with its interval and why</summary><div class="scroll"><table class="figures"><thead><tr><th></th><th>scenario</th><th>recipe</th><th>criterion</th><th class="n">actual</th><th class="n">target</th><th class="n">95 %</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

function runTable(cards: readonly Card[]): string {
  const rows = cards.map((c) => {
    const s = overall(c);
    return `<tr><td class="status ${s}">${STATUS[s].mark} ${STATUS[s].word}</td><td>${escapeXml(c.scenario)}</td><td>${escapeXml(c.recipe)}</td><td class="n">${c.seed}</td><td>${c.status}</td><td>${link(c)}</td></tr>`;
  });
  return `<div class="scroll"><table class="figures"><thead><tr><th>verdict</th><th>scenario</th><th>recipe</th><th class="n">seed</th><th>run</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
