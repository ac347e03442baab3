/**
 * Who comes: of every kind the nearest that are on duty, as many as the spill asks for. Roads are longer than the way of a
 * crow by 1.3, the mean circuity of road networks (Ballou, Rahardja & Sakai, Transp. Res. A 36, 2002: 1.1 to 2.1, mean 1.3).
 */
import type { ResponsePlan } from '../../models/contract/index.ts';
import { onDuty, type ResponseSpec } from './document.ts';
import { type LonLat, metresTo } from './place.ts';

type Resource = ResponsePlan['resources'][number];
const CIRCUITY = 1.3;

/**
 * @param minute minute of the day, undefined where nobody knows the time: everybody is then taken to be there
 * @param spill_m3 what will have run out
 */
export function dispatch(
  roster: ResponseSpec['roster'],
  at: LonLat | undefined,
  minute: number | undefined,
  spill_m3: number,
): { resources: Resource[]; warnings: string[] } {
  const resources: Resource[] = [];
  const warnings: string[] = [];
  for (const wanted of roster.send) {
    const count = Math.max(wanted['at-least'], wanted['one-per'] ? Math.ceil(spill_m3 / wanted['one-per']) : 0);
    const there = roster.teams
      .filter((t) => t.kind === wanted.kind && (minute === undefined || onDuty(t.duty, minute)))
      .map((t): Resource => {
        if (!at) return { id: t.id, kind: t.kind, contact: t.contact };
        const [east, north] = metresTo(at, [t.at[1], t.at[0]]);
        const distance_m = CIRCUITY * Math.hypot(east, north);
        return { id: t.id, kind: t.kind, contact: t.contact, distance_m, arrives_s: t.ready + distance_m / t.speed };
      })
      .sort((a, b) => (a.arrives_s ?? 0) - (b.arrives_s ?? 0) || (a.id < b.id ? -1 : 1));
    resources.push(...there.slice(0, count));
    if (there.length === 0) {
      const hours = roster.teams
        .filter((t) => t.kind === wanted.kind && t.duty)
        .map((t) => `${t.id} from ${t.duty!.from}`);
      warnings.push(
        `Nobody of kind ${wanted.kind} is on duty at ${clockText(minute)}: ${hours.join(', ') || 'the roster has none'}.`,
      );
    } else if (there.length < count)
      warnings.push(
        `${count} of kind ${wanted.kind} are wanted and ${there.length} are on duty: ask the neighbours for ${count - there.length}.`,
      );
  }
  if (!at) warnings.push('The place of the leak is not known on the map, so distances and arrivals are not.');
  return { resources, warnings };
}

function clockText(minute: number | undefined): string {
  if (minute === undefined) return 'this time';
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Whom to tell, and why; sorted by how soon. */
export function notifications(
  roster: ResponseSpec['roster'],
  facts: { readonly peopleInside: number; readonly spill_m3: number; readonly losesSupply: number },
): ResponsePlan['notify'] {
  const why: Record<ResponseSpec['roster']['tell'][number]['when'], string | undefined> = {
    always: 'is told of every confirmed leak',
    'people-inside': facts.peopleInside > 0 ? `${facts.peopleInside} people inside a hazard zone` : undefined,
    spill: facts.spill_m3 > 0 ? `${facts.spill_m3.toFixed(1)} m3 expected to be spilled` : undefined,
    'loses-supply': facts.losesSupply > 0 ? `${facts.losesSupply} places lose supply` : undefined,
  };
  return roster.tell
    .flatMap((t) => {
      const because = why[t.when];
      return because === undefined ? [] : [{ name: t.name, role: t.role, by: t.by, within_s: t.within, because }];
    })
    .sort((a, b) => a.within_s - b.within_s);
}
