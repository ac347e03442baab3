/** Where leaks are: as the detector thinks, with the region that holds them, and as they are, for who may know. */
import type { BoardRow, ScenePlace, ScenePoint, TruthEvent } from '../../models/contract/index.ts';
import { type Priority, priorityOf } from '../design/tokens.ts';
import { pointAt } from './readings.ts';

/** Half the width of a region that holds 95 %. */
const SIGMAS = 1.96;
/** A region along a line follows its relief. */
const REACH_POINTS = 25;

export interface Estimate {
  readonly alarm: string;
  readonly priority: Priority;
  readonly fresh: boolean;
  readonly place: ScenePoint;
  /** Along a line: its way, from one end to the other. */
  readonly reach?: readonly ScenePoint[];
  /** On a site: an ellipse. */
  readonly region?: {
    readonly middle: readonly [number, number];
    readonly axes: readonly [number, number];
    readonly angle_rad: number;
  };
  readonly said: string;
}

export interface TrueLeak {
  readonly ref: string;
  readonly place: ScenePoint;
}

export function estimates(place: ScenePlace, board: readonly BoardRow[]): Estimate[] {
  return board.flatMap((row): Estimate[] => {
    const { where } = row.event;
    if (!where || row.list === 'shelved') return [];
    const common = {
      alarm: row.alarm,
      priority: priorityOf(row.priority),
      fresh: row.state === 'unacknowledged',
    };
    if (where.position_m !== undefined && place.id === 'line') {
      const at = pointAt(place, where.position_m);
      if (!at) return [];
      const starts = place.pipes.flatMap((p) => (p.start_m === undefined ? [] : [p.start_m, p.start_m + p.length_m]));
      const low = Math.max(Math.min(...starts), where.position_m - SIGMAS * where.sigma_m);
      const high = Math.min(Math.max(...starts), where.position_m + SIGMAS * where.sigma_m);
      const reach = Array.from(
        { length: REACH_POINTS },
        (_, i) => pointAt(place, low + ((high - low) * i) / (REACH_POINTS - 1)) ?? at,
      );
      return [
        {
          ...common,
          place: at,
          reach,
          said: `${Math.round(where.position_m)} m ± ${Math.round(where.sigma_m)} m`,
        },
      ];
    }
    if (where.place_m && place.id === 'site') {
      const region = where.region
        ? { middle: where.region.middle_m, axes: where.region.axes_m, angle_rad: where.region.angle_rad }
        : {
            middle: [where.place_m[0], where.place_m[1]] as const,
            axes: [SIGMAS * where.sigma_m, SIGMAS * where.sigma_m] as const,
            angle_rad: 0,
          };
      return [{ ...common, place: where.place_m, region, said: where.source ?? `± ${Math.round(where.sigma_m)} m` }];
    }
    return [];
  });
}

/** Leaks that are open at a moment. */
export function trueLeaks(place: ScenePlace, truth: readonly TruthEvent[], timeUs: number): TrueLeak[] {
  const open = new Map<string, TrueLeak>();
  for (const e of truth) {
    if (e.timeUs > timeUs) break;
    if (e.kind === 'leak.closed') open.delete(e.ref);
    if (e.kind !== 'leak.opened') continue;
    const at =
      place.id === 'site' ? e.place_m : place.id === 'line' ? pointAt(place, e.position_m) : middleOf(place, e.unit);
    if (at) open.set(e.ref, { ref: e.ref, place: at });
  }
  return [...open.values()];
}

/** A network's leak is told by its pipe. */
function middleOf(place: ScenePlace, pipe: string): ScenePoint | undefined {
  const found = place.pipes.find((p) => p.id === pipe);
  if (!found) return undefined;
  const [a, b] = [found.path_m[0]!, found.path_m[found.path_m.length - 1]!];
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
}
