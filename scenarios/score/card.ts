/**
 * The card of a run: made from logs, and printed for a terminal. Markdown and JUnit stand beside it in report.ts.
 */
import {
  type AlarmEvent,
  type Availability,
  type Card,
  type CardLeak,
  journalDigest,
  type LeakBound,
  overall,
  type RunStatus,
  type TruthEvent,
  type Verdict,
} from '../../models/contract/index.ts';
import { formatSpan, secondsToUs, US_PER_S } from '../../models/kernel/index.ts';
import { alarmFigures } from './alarmFigures.ts';
import { alarmSummary } from './alarmTable.ts';
import { availabilityVerdict } from './availability.ts';
import { boundText } from './bound.ts';
import { type DeclaredDelay, latencyBudgets } from './budget.ts';
import { budgetText } from './budgetText.ts';
import { boundClause } from './claims.ts';
import { judge } from './criteria.ts';
import type { SummaryRow } from './ensemble.ts';
import type { Expectation } from './expectation.ts';
import type { FloorJournal } from './floors.ts';
import { leaksOf, lossCurve } from './leak.ts';
import type { MatchingInputs } from './matching.ts';
import { NEAREST_SENSOR, namedMoreOften } from './named.ts';
import { responseSummary } from './responseText.ts';
import type { Segment } from './segments.ts';
import { singleBlindVerdicts, type UnitPoint } from './singleBlind.ts';
import { actualText, criterionText, intervalText, limitText, STATUS, wrap } from './text.ts';

export interface CardInputs {
  readonly runId: string;
  readonly scenario: string;
  readonly plant: string;
  readonly recipe: string;
  readonly seed: number;
  readonly transport: string;
  readonly pace: string;
  readonly status: RunStatus;
  /** Why the run is not comparable or invalid. */
  readonly because?: string;
  readonly framesDigest: string;
  readonly frames: number;
  readonly simulated_s: number;
  readonly expectations: readonly Expectation[];
  readonly truth: readonly TruthEvent[];
  /** The whole journal, in order: its digest goes on the card. */
  readonly alarms: readonly AlarmEvent[];
  /** The journal of the same run without its leaks. */
  readonly twinAlarms?: readonly AlarmEvent[];
  /** How soon each leak could have been found at all (bound.ts). */
  readonly bounds?: readonly LeakBound[];
  /** What the detector's own settings cost of every detection (budget.ts). */
  readonly delays?: readonly DeclaredDelay[];
  /** For how long the detector could do its work; absent where it does not say. */
  readonly availability?: Availability;
  /** Stretches of the line, for false alarms by segment (segments.ts). */
  readonly segments?: readonly Segment[];
  /** Journals of the null and the random detector (floors.ts). */
  readonly floors?: readonly FloorJournal[];
  /** Where the units of equipment of a site stand, for whoever is judged by them (singleBlind.ts). */
  readonly units?: readonly UnitPoint[];
  readonly graceUs?: number;
  readonly warmUpUs?: number;
  readonly twinToleranceUs?: number;
  readonly unitOf?: MatchingInputs['unitOf'];
}

/** The matching rule's inputs of a run; whoever draws or lists matches must ask with the same ones. */
export function matchingInputs(inputs: CardInputs): MatchingInputs {
  const { truth, alarms, twinAlarms, graceUs, warmUpUs, twinToleranceUs, unitOf } = inputs;
  const endUs = secondsToUs(inputs.simulated_s);
  return { truth, alarms, endUs, twinAlarms, graceUs, warmUpUs, twinToleranceUs, unitOf };
}

export function makeCard(inputs: CardInputs): Card {
  const matching = matchingInputs(inputs);
  const { verdicts, matching: matched } = judge(inputs.expectations, matching, {
    ...(inputs.segments ? { segments: inputs.segments } : {}),
  });
  verdicts.push(...singleBlindVerdicts(inputs.truth, matched, inputs.units), availabilityVerdict(inputs.availability));
  const budgets = inputs.bounds && latencyBudgets(matched.matches, inputs.bounds, inputs.delays ?? []);
  const floors = (inputs.floors ?? []).map(({ recipe, alarms }) => ({
    recipe,
    // A floor sees no frame, so its twin says the same: the twin's rule would take even its lucky hits away.
    verdicts: judge(inputs.expectations, { ...matching, alarms, twinAlarms: undefined }).verdicts,
  }));
  const rule = floors.find((f) => f.recipe === NEAREST_SENSOR);
  const named = rule && namedMoreOften(verdicts, rule.verdicts);
  if (named) verdicts.push(named);
  const { runId, scenario, plant, recipe, seed, transport, pace, status, framesDigest, frames, simulated_s } = inputs;
  return {
    runId,
    scenario,
    plant,
    recipe,
    seed,
    transport,
    pace,
    status,
    because: inputs.because ?? '',
    journalDigest: journalDigest(inputs.alarms),
    framesDigest,
    frames,
    simulated_s,
    verdicts: verdicts.map((v) => {
      const place = inputs.bounds?.find((b) => b.of === v.of)?.place;
      return { ...v, because: v.because + boundClause(place, v.criterion) };
    }),
    leaks: cardLeaks(inputs.truth, secondsToUs(simulated_s)),
    alarmFigures: alarmFigures(inputs.alarms, { fromUs: 0, toUs: secondsToUs(simulated_s) }),
    ...(inputs.bounds ? { bounds: inputs.bounds } : {}),
    ...(budgets ? { budgets } : {}),
    floors,
  };
}

function cardLeaks(truth: readonly TruthEvent[], endUs: number): CardLeak[] {
  const all = leaksOf(truth, endUs);
  return all
    .filter((leak, i) => all.findIndex((l) => l.ref === leak.ref) === i)
    .map((leak) => {
      const rates = lossCurve(truth, leak)?.massRate_kg_s.filter((r) => r !== undefined) ?? [];
      return {
        of: leak.ref,
        massRate_kg_s: rates.length === 0 ? null : Math.max(...rates),
        watched_s: (leak.closedUs - leak.openedUs) / US_PER_S,
      };
    });
}

export interface FormatOptions {
  /** ANSI colours; the table says the same without them. */
  readonly colour?: boolean;
}

export const TABLE_WIDTH = 100;

/** The card as a table of at most 100 columns, each verdict with its sentence below. */
export function formatCard(card: Card, options: FormatOptions = {}): string {
  const paint = painter(options.colour ?? false);
  const o = overall(card);
  const lines = [
    `${card.scenario} · ${card.plant} · seed ${card.seed} · ${card.recipe} · ${card.transport}, ${card.pace}`,
    `run ${card.runId} · ${card.status} · ${formatSpan(card.simulated_s * US_PER_S)} simulated in ${card.frames} frames`,
  ].flatMap((l) => wrap(l, TABLE_WIDTH));
  lines[0] = paint.strong(lines[0]!);
  if (card.because !== '') lines.push(...wrap(`${card.status}: ${card.because}`, TABLE_WIDTH).map(paint.strong));
  lines.push(
    '',
    ...table(
      card.verdicts.map((v) => ({ ...v, name: criterionText(v.criterion) })),
      paint,
    ),
  );
  for (const bound of card.bounds ?? [])
    lines.push('', ...wrap(`${bound.of}: ${boundText(bound)}`, TABLE_WIDTH).map(paint.dim));
  for (const budget of card.budgets ?? [])
    lines.push('', ...wrap(`${budget.of}: ${budgetText(budget)}`, TABLE_WIDTH).map(paint.dim));
  if (card.response) lines.push('', ...wrap(responseSummary(card.response), TABLE_WIDTH));
  if (card.alarmFigures) lines.push('', ...wrap(alarmSummary(card.alarmFigures), TABLE_WIDTH).map(paint.dim));
  if (card.floors.length > 0) {
    lines.push('', paint.dim('no skill, for comparison'));
    const width = Math.max(...card.floors.map((f) => f.recipe.length));
    for (const floor of card.floors) {
      const text = floor.verdicts.map(floorText).join(' · ');
      const indent = `  ${floor.recipe.padEnd(width)}  `;
      wrap(text, TABLE_WIDTH - indent.length).forEach((l, i) => {
        lines.push(paint.dim(`${i === 0 ? indent : ' '.repeat(indent.length)}${l}`));
      });
    }
  }
  const s = STATUS[o];
  const journal = paint.dim(`journal ${card.journalDigest.slice(0, 16)}…`);
  // What a run that is not valid would have scored is no verdict.
  const result =
    card.status === 'valid' ? `${s.mark} ${s.word}` : `· ${card.status.replace('-', ' ')} (else ${s.word})`;
  lines.push('', `${paint.status(card.status === 'valid' ? o : 'not-applicable', result.toUpperCase())}  ${journal}`);
  return `${lines.join('\n')}\n`;
}

/** Summary rows as a table of at most 100 columns, one block per scenario and recipe. */
export function formatSummary(rows: readonly SummaryRow[], options: FormatOptions = {}): string {
  const paint = painter(options.colour ?? false);
  const lines: string[] = [];
  const blocks = new Map<string, SummaryRow[]>();
  for (const r of rows) {
    const key = `${r.scenario} · ${r.recipe}`;
    blocks.set(key, [...(blocks.get(key) ?? []), r]);
  }
  for (const [title, block] of blocks) {
    if (lines.length > 0) lines.push('');
    lines.push(...wrap(title, TABLE_WIDTH).map(paint.strong));
    lines.push(
      ...table(
        block.map((r) => ({ ...r, name: rowName(r) })),
        paint,
      ),
    );
  }
  return lines.length === 0 ? 'no runs\n' : `${lines.join('\n')}\n`;
}

/** `median latency`: what the number of a summary row is. */
export function rowName(row: SummaryRow): string {
  const name = criterionText(row.criterion);
  return ['latency', 'location', 'rate', 'volume-lost'].includes(row.criterion) ? `median ${name}` : name;
}

/** `latency leak-1 never`: a floor's verdict in few words. */
export function floorText(v: Verdict): string {
  return [criterionText(v.criterion), v.of, actualText(v)].filter((t) => t !== '').join(' ');
}

type Line = Pick<
  Verdict,
  'criterion' | 'of' | 'status' | 'actual' | 'target' | 'acceptable' | 'interval' | 'unit' | 'because'
> & {
  readonly name: string;
};

const HEADS = ['', 'criterion', 'of', 'actual', 'target', 'acceptable', '95 %'] as const;
/** Widest that a column may become; with two spaces between them the sum stays within the table. */
const WIDEST = [12, 18, 14, 13, 13, 13, 15] as const;

function table(rows: readonly Line[], paint: Painter): string[] {
  const cells = rows.map((v) => [
    `${STATUS[v.status].mark} ${STATUS[v.status].word}`,
    v.name,
    v.of,
    actualText(v),
    limitText(v, v.target),
    limitText(v, v.acceptable),
    intervalText(v.interval),
  ]);
  const used = HEADS.map((h, c) => c < 4 || cells.some((row) => row[c] !== '') || h === '');
  const widths = HEADS.map((h, c) => Math.min(WIDEST[c]!, Math.max(h.length, ...cells.map((row) => row[c]!.length))));
  const render = (row: readonly string[]) =>
    row
      .map((text, c) => {
        const cut = text.length > widths[c]! ? `${text.slice(0, widths[c]! - 1)}…` : text;
        return c < 3 ? cut.padEnd(widths[c]!) : cut.padStart(widths[c]!);
      })
      .filter((_, c) => used[c])
      .join('  ')
      .trimEnd();
  const lines = [paint.dim(render(HEADS))];
  rows.forEach((v, i) => {
    const line = render(cells[i]!);
    const mark = cells[i]![0]!;
    lines.push(line.startsWith(mark) ? paint.status(v.status, mark) + line.slice(mark.length) : line);
    for (const l of wrap(v.because, TABLE_WIDTH - 4)) lines.push(paint.dim(`    ${l}`));
  });
  return lines;
}

interface Painter {
  strong(text: string): string;
  dim(text: string): string;
  status(status: Verdict['status'], text: string): string;
}

function painter(colour: boolean): Painter {
  const wrapIn = (code: string) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const codes = { pass: '32', acceptable: '33', fail: '1;31', 'not-applicable': '2' } as const;
  return { strong: wrapIn('1'), dim: wrapIn('2'), status: (s, text) => wrapIn(codes[s])(text) };
}
