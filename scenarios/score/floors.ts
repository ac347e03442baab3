/**
 * What no skill looks like: the journals of a detector that never speaks and of one that speaks at random, as often as the
 * judged one did. A figure that a random detector reaches too is no figure; every card shows both beside its verdicts.
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
  ];
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
