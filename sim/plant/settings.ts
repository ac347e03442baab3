/** What every kind of plant tells alike of a control that was set. */
import type { Command, TruthEvent } from '../../models/contract/index.ts';

/** Tells the truth of a `set` that was done, and hands on the sentence of one that was refused. */
export function toldSet(
  { element, property, value }: Extract<Command, { kind: 'set' }>,
  why: string | undefined,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  if (why === undefined)
    truth.push({
      kind: 'disturbance',
      timeUs,
      ref: element,
      what: `set ${property} to ${Number(value.toPrecision(6))}`,
    });
  return why;
}
