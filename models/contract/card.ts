/**
 * The judge's output: verdicts, and the card that holds all verdicts of a run.
 */
import type { Interval } from '../kernel/index.ts';

export type VerdictStatus = 'pass' | 'acceptable' | 'fail' | 'not-applicable';
export type RunStatus = 'valid' | 'not-comparable' | 'invalid';

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
  readonly unit: string;
  readonly because: string;
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
  /** The same run under the null and the random detector: what no skill looks like. */
  readonly floors: readonly { readonly recipe: string; readonly verdicts: readonly Verdict[] }[];
}

/** The worst status among expectations: fail before acceptable before pass. */
export function overall(card: Card): VerdictStatus {
  const rank: Record<VerdictStatus, number> = { 'not-applicable': 0, pass: 1, acceptable: 2, fail: 3 };
  let worst: VerdictStatus = 'not-applicable';
  for (const v of card.verdicts) if (rank[v.status] > rank[worst]) worst = v.status;
  return worst;
}
