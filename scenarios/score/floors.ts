/**
 * What no skill looks like: the journals of a detector that never speaks, of one that speaks at random, as often as the judged one
 * did, and of one that always speaks. A figure that one of them reaches too is no figure; every card shows them beside its verdicts.
 */
import { type AlarmEvent, isRaised } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';

const DAY_US = 86_400_000_000;

export interface FloorInputs {
  readonly seed: number;
  /** The judged detector's journal: its raised alarms are counted, nothing else of it is used. */
  readonly alarms: readonly AlarmEvent[];
  readonly startUs?: number;
  readonly endUs: number;
  /** Time between frames: a detector can only speak at one. */
  readonly scanUs: number;
  /** The line's two ends [m]; given, the random detector also points somewhere. */
  readonly line?: { readonly from_m: number; readonly to_m: number };
}

export interface FloorJournal {
  readonly recipe: string;
  readonly alarms: readonly AlarmEvent[];
}

export function floorJournals(inputs: FloorInputs): FloorJournal[] {
  return [
    { recipe: 'null', alarms: [] },
    { recipe: 'random', alarms: randomJournal(inputs) },
    { recipe: 'always', alarms: alwaysJournal(inputs) },
  ];
}

const MINUTE_US = 60_000_000;
/** In a long run it rings less often; no verdict changes by what a thousand alarms have not changed. */
const MOST_ALARMS = 1_000;

/** A new alarm every minute, whatever happens: it finds every leak and is false at all other times. */
export function alwaysJournal(inputs: FloorInputs): AlarmEvent[] {
  const { startUs = 0, endUs, scanUs, line } = inputs;
  const every = Math.ceil(Math.max(MINUTE_US, (endUs - startUs) / MOST_ALARMS) / scanUs);
  const frames = Math.floor((endUs - startUs) / scanUs);
  const where = line && {
    position_m: (line.from_m + line.to_m) / 2,
    sigma_m: Math.abs(line.to_m - line.from_m) / Math.sqrt(12),
  };
  return Array.from({ length: Math.floor(frames / every) }, (_, i) => ({
    alarm: `ALWAYS-${i + 1}`,
    timeUs: startUs + (i + 1) * every * scanUs,
    frameSeq: (i + 1) * every - 1,
    from: 'normal' as const,
    to: 'unacknowledged' as const,
    priority: 3 as const,
    score: 1,
    ...(where ? { where } : {}),
    by: 'always',
    because: 'Rings every minute; it has seen no frame.',
  }));
}

/** As many alarms as the judged detector raised, and at least one per day begun, uniform over the frames of the span. */
export function randomJournal(inputs: FloorInputs): AlarmEvent[] {
  const { seed, startUs = 0, endUs, scanUs, line } = inputs;
  const frames = Math.floor((endUs - startUs) / scanUs);
  if (frames < 1) return [];
  const n = Math.max(inputs.alarms.filter(isRaised).length, Math.ceil((endUs - startUs) / DAY_US));
  const when = seeded(seed).stream('floor/random');
  const place = when.stream('place');
  const seqs = Array.from({ length: n }, (_, i) => Math.floor(when.uniform(i) * frames)).sort((a, b) => a - b);
  return seqs.map((seq, i) => {
    const where = line && {
      position_m: line.from_m + place.uniform(i) * (line.to_m - line.from_m),
      // The spread of a uniform guess.
      sigma_m: Math.abs(line.to_m - line.from_m) / Math.sqrt(12),
    };
    return {
      // An id of its own: the same alarm cannot be raised twice without returning to normal.
      alarm: `RANDOM-${i + 1}`,
      timeUs: startUs + (seq + 1) * scanUs,
      frameSeq: seq,
      from: 'normal',
      to: 'unacknowledged',
      priority: 3,
      score: 1,
      ...(where ? { where } : {}),
      by: 'random',
      because: 'Drawn at random; it has seen no frame.',
    };
  });
}
