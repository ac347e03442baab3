/**
 * Cards and summaries for machines and pull requests: Markdown tables and JUnit XML. The same verdicts as in the terminal,
 * none added, none left out.
 */
import { type Card, overall, type Verdict } from '../../models/contract/index.ts';
import { formatSpan, US_PER_S } from '../../models/kernel/index.ts';
import { budgetText } from './budgetText.ts';
import { floorText, rowName } from './card.ts';
import type { SummaryRow } from './ensemble.ts';
import { actualText, criterionText, escapeXml, intervalText, limitText, md, STATUS } from './text.ts';

export function formatMarkdown(card: Card): string {
  const s = STATUS[overall(card)];
  const lines = [
    `### ${s.mark} ${md(card.scenario)}: ${s.word}`,
    '',
    `${md(card.plant)} · seed ${card.seed} · recipe ${md(card.recipe)} · ${md(card.transport)}, ${md(card.pace)} · ${formatSpan(card.simulated_s * US_PER_S)} simulated · **${card.status}**${card.because === '' ? '' : `: ${md(card.because)}`}`,
    '',
    ...mdTable(card.verdicts.map((v) => ({ ...v, name: criterionText(v.criterion) }))),
  ];
  for (const b of card.budgets ?? []) lines.push('', `${md(b.of)}: ${md(budgetText(b))}.`);
  if (card.floors.length > 0) {
    lines.push('', 'No skill, for comparison:', '');
    for (const f of card.floors) lines.push(`- ${md(f.recipe)}: ${md(f.verdicts.map(floorText).join(' · '))}`);
  }
  lines.push('', `Run \`${card.runId}\`, journal \`${card.journalDigest}\`, frames \`${card.framesDigest}\`.`);
  return `${lines.join('\n')}\n`;
}

export function formatSummaryMarkdown(rows: readonly SummaryRow[]): string {
  if (rows.length === 0) return 'No runs.\n';
  const lines: string[] = [];
  for (const title of new Set(rows.map(blockOf))) {
    const block = rows.filter((r) => blockOf(r) === title);
    lines.push(`### ${md(title)}`, '', ...mdTable(block.map((r) => ({ ...r, name: rowName(r) }))), '');
  }
  return lines.join('\n');
}

type Row = Verdict & { readonly name: string };

function mdTable(rows: readonly Row[]): string[] {
  return [
    '| | criterion | of | actual | target | acceptable | 95 % | because |',
    '|---|---|---|--:|--:|--:|--:|---|',
    ...rows.map((v) => {
      const s = STATUS[v.status];
      const cells = [
        `${s.mark} ${s.word}`,
        v.name,
        v.of,
        actualText(v),
        limitText(v, v.target),
        limitText(v, v.acceptable),
        intervalText(v.interval),
        v.because,
      ];
      return `| ${cells.map(md).join(' | ')} |`;
    }),
  ];
}

interface TestCase {
  readonly classname: string;
  readonly name: string;
  readonly verdict: Pick<Verdict, 'status' | 'because'> & { readonly detail: string };
}

/** One suite per card, one test case per verdict; a run that is not valid is an error of its own. */
export function formatJUnit(cards: Card | readonly Card[]): string {
  const list = Array.isArray(cards) ? (cards as readonly Card[]) : [cards as Card];
  return document(
    'leaktwin',
    list.map((card) => {
      const classname = `${card.scenario}.${card.recipe}.seed-${card.seed}`;
      const cases = card.verdicts.map((v) => ({ classname, name: caseName(v), verdict: { ...v, detail: detail(v) } }));
      const error = card.status === 'valid' ? undefined : { classname, status: card.status, because: card.because };
      return testSuite(classname, cases, error);
    }),
  );
}

/** One suite per scenario and recipe, one test case per summary row. */
export function formatSummaryJUnit(suite: string, rows: readonly SummaryRow[]): string {
  return document(
    suite,
    [...new Set(rows.map(blockOf))].map((title) => {
      const block = rows.filter((r) => blockOf(r) === title);
      const classname = `${block[0]!.scenario}.${block[0]!.recipe}`;
      const cases = block.map((r) => ({
        classname,
        name: `${rowName(r)}${r.of === '' ? '' : ` of ${r.of}`}`,
        verdict: { ...r, detail: detail(r) },
      }));
      return testSuite(classname, cases);
    }),
  );
}

function blockOf(row: SummaryRow): string {
  return `${row.scenario} · ${row.recipe}`;
}

function caseName(v: Verdict): string {
  return `${criterionText(v.criterion)}${v.of === '' ? '' : ` of ${v.of}`}`;
}

function detail(v: Verdict): string {
  const parts = [`actual ${actualText(v)}`];
  if (v.target !== null) parts.push(`target ${limitText(v, v.target)}`);
  if (v.acceptable !== undefined) parts.push(`acceptable ${limitText(v, v.acceptable)}`);
  if (v.interval) parts.push(`95 % ${intervalText(v.interval)}`);
  return parts.join(', ');
}

interface Counted {
  readonly xml: string;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function testSuite(
  name: string,
  cases: readonly TestCase[],
  error?: { readonly classname: string; readonly status: string; readonly because: string },
): Counted {
  const failures = cases.filter((c) => c.verdict.status === 'fail').length;
  const skipped = cases.filter((c) => c.verdict.status === 'not-applicable').length;
  const tests = cases.length + (error ? 1 : 0);
  const errors = error ? 1 : 0;
  const lines = [
    `  <testsuite name="${escapeXml(name)}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}">`,
  ];
  if (error) {
    lines.push(
      `    <testcase classname="${escapeXml(error.classname)}" name="the run is valid">`,
      `      <error type="${escapeXml(error.status)}" message="${escapeXml(error.because || error.status)}"/>`,
      '    </testcase>',
    );
  }
  for (const c of cases) {
    const { status, because, detail: text } = c.verdict;
    lines.push(`    <testcase classname="${escapeXml(c.classname)}" name="${escapeXml(c.name)}">`);
    if (status === 'fail')
      lines.push(`      <failure type="fail" message="${escapeXml(text)}">${escapeXml(because)}</failure>`);
    else if (status === 'not-applicable') lines.push(`      <skipped message="${escapeXml(because)}"/>`);
    else lines.push(`      <system-out>${escapeXml(`${status}: ${text}. ${because}`)}</system-out>`);
    lines.push('    </testcase>');
  }
  lines.push('  </testsuite>');
  return { xml: lines.join('\n'), tests, failures, errors, skipped };
}

function document(name: string, suites: readonly Counted[]): string {
  const sum = (key: 'tests' | 'failures' | 'errors' | 'skipped') => suites.reduce((n, s) => n + s[key], 0);
  const counts = (['tests', 'failures', 'errors', 'skipped'] as const).map((k) => `${k}="${sum(k)}"`).join(' ');
  const body = suites.map((s) => `${s.xml}\n`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeXml(name)}" ${counts}>\n${body}</testsuites>\n`;
}
