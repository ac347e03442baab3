/**
 * Where false alarms point: to a stretch of the line between two neighbouring instruments, to a group of equipment on a site, or nowhere.
 * A detector that cries wolf at one station tells of that station.
 */
import type { FrameLayout } from '../../models/contract/index.ts';
import type { FalseAlarm } from './matching.ts';

/** A stretch of a line. */
export interface Segment {
  readonly segment: string;
  readonly from_m: number;
  readonly to_m: number;
}

const NOWHERE = 'no place given';

/** Stretches between neighbouring places that have instruments, by the first tag at each; none where fewer than two places have. */
export function segmentsOf(layout: FrameLayout): Segment[] {
  const first = new Map<number, string>();
  for (const t of layout.tags)
    if (t.position_m !== undefined && !first.has(t.position_m)) first.set(t.position_m, t.id);
  const places = [...first].sort(([a], [b]) => a - b);
  return places.slice(1).map(([to_m, to], i) => {
    const [from_m, from] = places[i]!;
    return { segment: `${from} to ${to}`, from_m, to_m };
  });
}

/** All stretches in their order with how many pointed there, then equipment by name, then those without a place where there are any. */
export function countSegments(
  alarms: readonly FalseAlarm[],
  segments: readonly Segment[],
): { readonly segment: string; readonly count: number }[] {
  const counts = new Map(segments.map((s) => [s.segment, 0]));
  const others = new Map<string, number>();
  for (const { alarm } of alarms) {
    const { position_m, source } = alarm.where ?? {};
    // The line's ends hold what points beyond them.
    const at =
      position_m === undefined ? undefined : (segments.find((s) => position_m <= s.to_m) ?? segments.at(-1))?.segment;
    if (at !== undefined) counts.set(at, counts.get(at)! + 1);
    else others.set(source ?? NOWHERE, (others.get(source ?? NOWHERE) ?? 0) + 1);
  }
  const named = [...others].filter(([s]) => s !== NOWHERE).sort(([a], [b]) => (a < b ? -1 : 1));
  const nowhere = others.get(NOWHERE);
  return [...counts, ...named, ...(nowhere ? [[NOWHERE, nowhere] as const] : [])].map(([segment, count]) => ({
    segment,
    count,
  }));
}

/** ` By segment: PT-101 to PT-201 3, no place given 1.`; empty where none was false. */
export function segmentClause(list: readonly { readonly segment: string; readonly count: number }[]): string {
  const some = list.filter((s) => s.count > 0);
  return some.length === 0 ? '' : ` By segment: ${some.map((s) => `${s.segment} ${s.count}`).join(', ')}.`;
}
