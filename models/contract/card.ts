/**
 * The judge's output: verdicts, and the card that holds all verdicts of a run.
 */
import type { Interval } from '../kernel/index.ts';

export type VerdictStatus = 'pass' | 'acceptable' | 'fail' | 'not-applicable';
export type RunStatus = 'valid' | 'not-comparable' | 'invalid';

/** An interval that an alarm claims to hold the truth in 95 of 100 cases. */
export interface Claim {
  readonly covered: boolean;
  /** In the unit of its verdict. */
  readonly width: number;
}

export interface Verdict {
  /** latency, detected, false-alarms, location, rate, volume-lost. */
  readonly criterion: string;
  /** The leak that it is about; empty for the whole run. */
  readonly of: string;
  readonly status: VerdictStatus;
  readonly actual: number | null;
  readonly target: number | null;
  readonly acceptable?: number;
  readonly interval?: Interval;
  /** For rates: events counted, and the time in which they could have happened [s]. */
  readonly count?: number;
  readonly exposure_s?: number;
  /** For shares: of so many, `count` are meant. */
  readonly among?: number;
  /** Of false alarms: where they pointed; stretches of the line at which none did are counted as well. */
  readonly segments?: readonly { readonly segment: string; readonly count: number }[];
  /** Of a place or a rate that came with its own doubt. */
  readonly claim?: Claim;
  readonly unit: string;
  readonly because: string;
}

/** Least mean latency that is possible; null where not even the optimum would find it within the run. */
export interface BoundFigure {
  /** For a detector that has been running for long when the leak opens. */
  readonly stationary_s: number | null;
  /** For the worst past (Lorden). */
  readonly worstCase_s: number | null;
}

/** When a leak first shows on any instrument, without noise; each part follows on the one before it. */
export interface SignalFloor {
  /** The tag that shows it first. */
  readonly tag: string;
  /** From the opening to the instrument. */
  readonly travelUs: number;
  /** In the instrument. */
  readonly lagUs: number;
  /** Until a frame brings the sample. */
  readonly reportingUs: number;
}

/** The counterfactual bound of one leak at the demanded rate of false alarms. */
export interface LeakBound {
  readonly of: string;
  /** Demanded rate of false alarms. */
  readonly demand_1_s: number;
  /** From the opening to the end of the run: a leak that was never found is later than this. */
  readonly watched_s: number;
  /** The process known exactly: noise of the instruments alone. */
  readonly clairvoyant: BoundFigure;
  /** The process as it wanders on leak-free days. */
  readonly realisable?: BoundFigure;
  /** Absent where nothing shows within the run, and on cards of older versions. */
  readonly floor?: SignalFloor;
  /**
   * Least standard deviation of any unbiased estimate of its place [m] and of its rate (relative) from the front of its wave, or of a
   * release from its gas in the air; absent where neither places it, and on cards of older versions.
   */
  readonly place?: { readonly position_m: number; readonly rate: number; readonly by?: 'air' };
}

/** Where the time to a detection went, in the order in which it passes. */
export const BUDGET_PARTS = [
  'travel',
  'lag',
  'reporting',
  'noise',
  'line-pack',
  'window',
  'algorithm',
  'alarm-delay',
] as const;
export type BudgetPart = (typeof BUDGET_PARTS)[number];

/** The latency of a leak that was found, taken apart; the parts sum to it exactly. */
export interface LatencyBudget {
  readonly of: string;
  /** The alarm that found it. */
  readonly alarm: string;
  /** The tag that shows it first. */
  readonly tag: string;
  readonly latencyUs: number;
  readonly partsUs: Readonly<Record<BudgetPart, number>>;
}

/** A leak as it really was: what a card's figures are drawn against. */
export interface CardLeak {
  readonly of: string;
  /** Its greatest rate; null where the log has none. */
  readonly massRate_kg_s: number | null;
  /** From its opening to its closing or the end of the run. */
  readonly watched_s: number;
}

/** One performance figure of an alarm system against its published target. */
export interface AlarmFigure {
  readonly figure: string;
  /** Null where the journal is too short to speak of it. */
  readonly actual: number | null;
  readonly unit: string;
  readonly target: number | null;
  readonly acceptable?: number;
  readonly status: VerdictStatus;
  readonly interval?: Interval;
  readonly because: string;
}

/** How an alarm system serves its operator (ISA-18.2, EEMUA 191). */
export interface AlarmFigures {
  readonly span_s: number;
  readonly annunciated: number;
  /** All events of the journal. */
  readonly recorded: number;
  /** Alarms that came while shelved, suppressed, out of service or as evidence of an incident. */
  readonly hidden: number;
  readonly incidents: number;
  /** Annunciations by priority, 1 to 4. */
  readonly split: readonly number[];
  /** The most frequent, at most ten. */
  readonly top: readonly { readonly alarm: string; readonly count: number }[];
  readonly answered: { readonly count: number; readonly median_s: number | null };
  readonly rows: readonly AlarmFigure[];
}

/** What emergency response did in a run, and what it saved against the same run in which nobody did anything. */
export interface ResponseFigures {
  readonly document: string;
  readonly incidents: readonly {
    readonly incident: string;
    readonly confirmedUs: number;
    readonly by: readonly string[];
    /** Of the writes to the plant; null where there were none. */
    readonly firstWriteUs: number | null;
    readonly lastWriteUs: number | null;
  }[];
  readonly written: number;
  readonly refused: number;
  readonly spilled_m3: number;
  readonly withoutResponse_m3: number;
  readonly saved_m3: number;
  /** Of all leaks, when the first write went out and at the end of the run. */
  readonly rateBefore_kg_s: number | null;
  readonly rateAtEnd_kg_s: number;
  /** Highest pressure of any transmitter from the first write on, and before [Pa]; null where there is none. */
  readonly peakAfter_Pa: number | null;
  readonly peakBefore_Pa: number | null;
}

export interface Card {
  readonly runId: string;
  readonly scenario: string;
  readonly plant: string;
  readonly recipe: string;
  readonly seed: number;
  readonly transport: string;
  readonly pace: string;
  readonly status: RunStatus;
  /** Why the run is not comparable or invalid; empty where it is valid. */
  readonly because: string;
  readonly journalDigest: string;
  readonly framesDigest: string;
  readonly frames: number;
  readonly simulated_s: number;
  readonly verdicts: readonly Verdict[];
  /** The first opening of each leak; absent on cards of older versions. */
  readonly leaks?: readonly CardLeak[];
  /** What the operator had to listen to; no verdict hangs on it. Absent on cards of older versions. */
  readonly alarmFigures?: AlarmFigures;
  /** Absent where the run had no response document. */
  readonly response?: ResponseFigures;
  /** How soon each leak could have been found at all; absent where it was not asked for. */
  readonly bounds?: readonly LeakBound[];
  /** Of each leak that was found and has a bound. */
  readonly budgets?: readonly LatencyBudget[];
  /** The same run under the null and the random detector: what no skill looks like. */
  readonly floors: readonly { readonly recipe: string; readonly verdicts: readonly Verdict[] }[];
}

const RUNG = ' ×';

/** Name of a recipe that is designed for `factor` times its own rate of false alarms. */
export function rungName(recipe: string, factor: number): string {
  return factor === 1 ? recipe : `${recipe}${RUNG}${factor}`;
}

/** The recipe behind such a name, and the factor; 1 for a plain one. */
export function rungOf(name: string): { readonly recipe: string; readonly factor: number } {
  const at = name.lastIndexOf(RUNG);
  const factor = at < 0 ? Number.NaN : Number(name.slice(at + RUNG.length));
  return factor > 0 ? { recipe: name.slice(0, at), factor } : { recipe: name, factor: 1 };
}

/** The worst status among expectations: fail before acceptable before pass. */
export function overall(card: Card): VerdictStatus {
  const rank: Record<VerdictStatus, number> = { 'not-applicable': 0, pass: 1, acceptable: 2, fail: 3 };
  let worst: VerdictStatus = 'not-applicable';
  for (const v of card.verdicts) if (rank[v.status] > rank[worst]) worst = v.status;
  return worst;
}
