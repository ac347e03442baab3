/**
 * Over all leaks of a run: how many were named rightly, against the rule of thumb that names what stands nearest to the
 * instrument with the highest reading. A model that does not beat the rule is not worth its arithmetic.
 */
import type { Verdict } from '../../models/contract/index.ts';
import { count } from './text.ts';

/** Recipe of the floor that goes by the rule: the judged detector's own alarms, with the rule's places. */
export const NEAREST_SENSOR = 'nearest-sensor';

/** Undefined where no leak of the run is on equipment with a name. */
export function namedMoreOften(judged: readonly Verdict[], rule: readonly Verdict[]): Verdict | undefined {
  const of = (list: readonly Verdict[]) =>
    list.filter((v) => v.criterion === 'named' && v.of !== '' && v.actual !== null);
  const own = of(judged);
  if (own.length === 0) return undefined;
  const right = (list: readonly Verdict[]) => of(list).filter((v) => v.actual === 1).length;
  const actual = right(judged);
  const target = right(rule);
  return {
    criterion: 'named',
    of: '',
    status: actual > target ? 'pass' : actual === target && actual === own.length ? 'acceptable' : 'fail',
    actual,
    target,
    unit: 'leaks',
    because: `Of ${count(own.length, 'leak', 'leaks')} ${actual} named rightly; the nearest-sensor rule, at the same alarms, ${target}.`,
  };
}
