/**
 * Incidents, read out of a journal: one leak with all that speaks of it, instead of as many alarms as there are methods.
 * The journal is the only source, so that screen, report and judge cannot tell different stories.
 */
import { type AlarmEvent, type AlarmState, coreState, isActive, isAnnunciated } from './alarm.ts';

export interface Incident {
  readonly id: string;
  /** First alarm of it: what spoke before all others (first-out). */
  readonly first: AlarmEvent;
  /** What each alarm said when it joined, in order. */
  readonly evidence: readonly AlarmEvent[];
  /** How often a person heard of it. */
  readonly annunciated: number;
  /** Highest priority that was heard, 1 the highest; where nothing was heard, of what was recorded. */
  readonly priority: number;
  /** The surest place, along the line by its sigma. */
  readonly where?: NonNullable<AlarmEvent['where']>;
  /** Rate of the newest evidence that has one. */
  readonly rate?: NonNullable<AlarmEvent['rate']>;
  readonly onsetUs?: number;
  readonly lastUs: number;
  /** Alarms of it that still stand. */
  readonly standing: readonly string[];
  readonly acknowledged: boolean;
}

interface Draft {
  id: string;
  evidence: AlarmEvent[];
  events: AlarmEvent[];
  members: Set<string>;
  states: Map<string, AlarmState>;
}

/** Folds a journal, in its order, to its incidents, in the order of their beginning. */
export function incidentsOf(journal: readonly AlarmEvent[]): Incident[] {
  const drafts = new Map<string, Draft>();
  for (const event of journal) {
    const now = coreState(event);
    // An alarm that stands for two leaks at once returns from, and is acknowledged in, both.
    for (const d of drafts.values()) if (d.states.has(event.alarm)) d.states.set(event.alarm, now);
    if (event.incident === undefined) continue;
    let draft = drafts.get(event.incident);
    if (!draft) {
      draft = { id: event.incident, evidence: [], events: [], members: new Set(), states: new Map() };
      drafts.set(event.incident, draft);
    }
    draft.events.push(event);
    draft.states.set(event.alarm, now);
    // What joined: it came, or found something further; that it returns and comes again is no new evidence.
    if (isActive(now) && (!draft.members.has(event.alarm) || event.again === 'further')) {
      draft.members.add(event.alarm);
      draft.evidence.push(event);
    }
  }
  return [...drafts.values()].filter((d) => d.evidence.length > 0).map(finish);
}

function finish({ id, evidence, events, states }: Draft): Incident {
  const heard = events.filter(isAnnunciated);
  const placed = evidence.filter((e) => e.where !== undefined).sort((a, b) => a.where!.sigma_m - b.where!.sigma_m);
  const rated = evidence.filter((e) => e.rate !== undefined);
  const onsets = evidence.flatMap((e) => (e.onsetUs === undefined ? [] : [e.onsetUs]));
  const open = [...states].filter(([, s]) => s !== 'normal' && s !== 'latched');
  return {
    id,
    first: evidence[0]!,
    evidence,
    annunciated: heard.length,
    priority: Math.min(...(heard.length > 0 ? heard : evidence).map((e) => e.priority)),
    ...(placed[0]?.where ? { where: placed[0].where } : {}),
    ...(rated.length > 0 ? { rate: rated.at(-1)!.rate! } : {}),
    ...(onsets.length > 0 ? { onsetUs: Math.min(...onsets) } : {}),
    lastUs: events.at(-1)!.timeUs,
    standing: [...states].filter(([, s]) => isActive(s)).map(([alarm]) => alarm),
    acknowledged: open.every(([, s]) => s === 'acknowledged'),
  };
}
