/**
 * Latency budgets for people: a line on a card, a table over a suite, in text and in Markdown, and the stacked bar of the page. The mean
 * of each part over the leaks that were found; as the parts of one run sum to its latency, the means sum to the mean.
 */
import { BUDGET_PARTS, type BudgetPart, type Card, type LatencyBudget } from '../../models/contract/index.ts';
import { f } from './mark.ts';
import { escapeXml, md, number } from './text.ts';

/** Parts as people say them. */
export const PART_TEXT: Readonly<Record<BudgetPart, string>> = {
  travel: 'travel',
  lag: 'instrument lag',
  reporting: 'polling and reporting',
  noise: 'instrument noise',
  'line-pack': 'line pack',
  window: 'feature window',
  algorithm: 'algorithm',
  'alarm-delay': 'alarm delay',
};

/** Budgets of one leak of one scenario under one recipe. */
export interface BudgetRow {
  readonly scenario: string;
  readonly recipe: string;
  readonly of: string;
  /** Runs in which it was found. */
  readonly found: number;
  /** Means over those. */
  readonly latency_s: number;
  readonly parts_s: Readonly<Record<BudgetPart, number>>;
}

export function budgetRows(cards: readonly Card[]): BudgetRow[] {
  const groups = new Map<string, { scenario: string; recipe: string; of: string; all: LatencyBudget[] }>();
  for (const { status, scenario, recipe, budgets } of cards) {
    if (status !== 'valid') continue;
    for (const b of budgets ?? []) {
      const key = `${scenario}\n${recipe}\n${b.of}`;
      const group = groups.get(key) ?? { scenario, recipe, of: b.of, all: [] };
      groups.set(key, group);
      group.all.push(b);
    }
  }
  return [...groups.values()].map(({ scenario, recipe, of, all }) => {
    const mean = (pick: (b: LatencyBudget) => number) => all.reduce((s, b) => s + pick(b), 0) / all.length / 1e6;
    return {
      scenario,
      recipe,
      of,
      found: all.length,
      latency_s: mean((b) => b.latencyUs),
      parts_s: partsOf((part) => mean((b) => b.partsUs[part])),
    };
  });
}

function partsOf(value: (part: BudgetPart) => number): Record<BudgetPart, number> {
  return Object.fromEntries(BUDGET_PARTS.map((p) => [p, value(p)])) as Record<BudgetPart, number>;
}

/** `26 s = 8.1 s travel (PT-201) + …`: parts of no length are left out. */
export function budgetText(budget: LatencyBudget): string {
  const parts = BUDGET_PARTS.filter((p) => budget.partsUs[p] > 0).map(
    (p) => `${number(budget.partsUs[p] / 1e6)} s ${PART_TEXT[p]}${p === 'travel' ? ` to ${budget.tag}` : ''}`,
  );
  return `${number(budget.latencyUs / 1e6)} s to ${budget.alarm} = ${parts.join(' + ') || 'nothing'}`;
}

const HEADS = ['latency', ...BUDGET_PARTS.map((p) => PART_TEXT[p])];

/** Latency and parts in seconds, as they stand under HEADS. */
function cells(row: Pick<BudgetRow, 'latency_s' | 'parts_s'>): string[] {
  return [row.latency_s, ...BUDGET_PARTS.map((p) => row.parts_s[p])].map((v) => number(v));
}

/** Empty where no card has a budget. */
export function formatBudgets(rows: readonly BudgetRow[]): string {
  if (rows.length === 0) return '';
  const lines = ['latency budget (mean seconds over the runs that found it)'];
  for (const row of rows) {
    const parts = BUDGET_PARTS.filter((p) => row.parts_s[p] > 0).map(
      (p) => `${number(row.parts_s[p])} ${PART_TEXT[p]}`,
    );
    lines.push(
      `  ${row.scenario} · ${row.recipe} · ${row.of}: ${number(row.latency_s)} s`,
      `    = ${parts.join(' + ') || 'nothing'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

export function formatBudgetsMarkdown(rows: readonly BudgetRow[]): string {
  if (rows.length === 0) return '';
  return [
    '### Latency budget, mean seconds',
    '',
    `| scenario | recipe | of | found | ${HEADS.join(' | ')} |`,
    `|---|---|---|${'--:|'.repeat(HEADS.length + 1)}`,
    ...rows.map(
      (r) => `| ${[r.scenario, r.recipe, r.of].map(md).join(' | ')} | ${r.found} | ${cells(r).join(' | ')} |`,
    ),
    '',
  ].join('\n');
}

/** Shades by part: floors of the plant grey, what nobody can beat hatched by lightness, what a detector owns in colour. */
export const BUDGET_STYLE = `
.b-travel { fill: #7b858d; } .b-lag { fill: #a9b1b7; } .b-reporting { fill: #cfd4d7; } .b-noise { fill: #d9c48f; } .b-line-pack { fill: #a8873b; }
.b-window { fill: #7fb2d6; } .b-algorithm { fill: #0a67a3; } .b-alarm-delay { fill: #b6a3cf; } .budget rect { stroke: var(--panel); stroke-width: 0.8; } .budget svg { width: 280px; height: 22px; } .budget th { white-space: normal; min-width: 3em; } .budget td { white-space: nowrap; border-top: 1px solid var(--rule); padding-bottom: 6px; }
.budget-legend { margin-bottom: 12px; }
.budget-legend svg { width: 14px; height: 14px; display: inline-block; vertical-align: -2px; margin-right: 6px; }
`;

export function budgetBar(parts_s: Readonly<Record<BudgetPart, number>>, longest_s: number, label: string): string {
  let x = 0;
  const boxes = BUDGET_PARTS.map((p) => {
    const width = longest_s > 0 ? (278 * parts_s[p]) / longest_s : 0;
    const box =
      width > 0
        ? `<rect class="b-${p}" x="${f(x)}" y="3" width="${f(width)}" height="16"><title>${PART_TEXT[p]} ${number(parts_s[p])} s</title></rect>`
        : '';
    x += width;
    return box;
  });
  return `<svg viewBox="0 0 280 22" role="img" aria-label="${escapeXml(label)}">${boxes.join('')}</svg>`;
}

/** Bars of one scenario share a scale, so that recipes can be compared; numbers beside them. */
export function budgetTable(rows: readonly BudgetRow[], name: (recipe: string) => string): string {
  if (rows.length === 0) return '';
  const head = '<th>scenario</th><th>recipe</th><th class="n">found</th>';
  const body = rows.map((r) => {
    const longest = Math.max(...rows.filter((q) => q.scenario === r.scenario).map((q) => q.latency_s));
    return `<tr><td>${escapeXml(r.scenario)} ${escapeXml(r.of)}</td><td>${name(r.recipe)}</td><td class="n">${r.found}</td>${partCells(r, longest)}</tr>`;
  });
  return `${frame(head, 'recipes of a scenario on one scale', body)}
<p class="rule">Mean seconds over the runs in which the leak was found; the parts of each run sum to its latency. ${SHADES}</p>`;
}

/** The budgets of one card as a section's body; empty where it has none. */
export function cardBudgets({ budgets = [] }: Card): string {
  if (budgets.length === 0) return '';
  const longest = Math.max(...budgets.map((b) => b.latencyUs)) / 1e6;
  const body = budgets.map((b) => {
    const row = { latency_s: b.latencyUs / 1e6, parts_s: partsOf((p) => b.partsUs[p] / 1e6) };
    return `<tr><td>${escapeXml(b.of)}</td><td>${escapeXml(b.alarm)}</td><td>${escapeXml(b.tag)}</td>${partCells(row, longest)}</tr>`;
  });
  return `${frame('<th>leak</th><th>alarm</th><th>shows first</th>', '', body)}
<p class="rule">Seconds; the parts sum to the latency. ${SHADES}</p>`;
}

const SHADES =
  'Greys are the plant and its instruments, browns what no detector could beat at the demanded rate of false alarms, blues and violet the detector itself.';

function partCells(row: Pick<BudgetRow, 'latency_s' | 'parts_s'>, longest_s: number): string {
  const label = BUDGET_PARTS.map((p) => `${PART_TEXT[p]} ${number(row.parts_s[p])} s`).join(', ');
  const numbers = cells(row).map((c) => `<td class="n">${c === '0' ? '–' : c}</td>`);
  return `<td>${budgetBar(row.parts_s, longest_s, label)}</td>${numbers.join('')}`;
}

function frame(head: string, bar: string, body: readonly string[]): string {
  const legend = BUDGET_PARTS.map(
    (p) => `<span><svg viewBox="0 0 14 14"><rect class="b-${p}" width="14" height="14"/></svg>${PART_TEXT[p]}</span>`,
  );
  return `<div class="legend budget-legend">${legend.join('')}</div>
<div class="scroll"><table class="wide budget"><thead><tr>${head}<th>${bar}</th>${HEADS.map((h) => `<th class="n">${h}</th>`).join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
