/**
 * Alarm events and the journal. The journal digest is SHA-256 over the events as canonical JSON lines: no run id,
 * transport, wall time or operator's name and words are in it, so equal detection gives an equal digest wherever it ran.
 */
import { z } from 'zod';
import { canonicalJson, RunningDigest } from '../kernel/index.ts';
import { OPERATOR_ACTIONS } from './operate.ts';

/**
 * The states of ISA-18.2 and IEC 62682; `returned` is returned to normal, unacknowledged. A latched alarm's condition is gone, and
 * it waits for its reset. The last three hide an alarm from people and never from the journal.
 */
export const ALARM_STATES = [
  'normal',
  'unacknowledged',
  'acknowledged',
  'returned',
  'latched-unacknowledged',
  'latched',
  'shelved',
  'suppressed',
  'out-of-service',
] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export const alarmEventSchema = z.strictObject({
  /** Alarm id, such as LD-WAVE. */
  alarm: z.string().min(1).max(64),
  timeUs: z.int(),
  frameSeq: z.int().nonnegative(),
  from: z.enum(ALARM_STATES),
  to: z.enum(ALARM_STATES),
  /** 1 is the highest. */
  priority: z.int().min(1).max(4),
  /** The method's number when the event happened; its threshold is in `because`. */
  score: z.number(),
  /** Where the leak is thought to be, with one standard deviation: along a line, or on a site. */
  where: z
    .strictObject({
      /** Distance along the line. */
      position_m: z.number().optional(),
      sigma_m: z.number().nonnegative(),
      /** East, north and up from the site's origin. */
      place_m: z.tuple([z.number(), z.number(), z.number()]).optional(),
      /** The group of equipment that is suspected, by its as-built name, and how probably it is the one. */
      source: z.string().max(64).optional(),
      probability: z.number().min(0).max(1).optional(),
      /** Ellipse that holds the place with a probability of 95 %: middle, half axes, and the long one's direction from east. */
      region: z
        .strictObject({
          middle_m: z.tuple([z.number(), z.number()]),
          axes_m: z.tuple([z.number().nonnegative(), z.number().nonnegative()]),
          angle_rad: z.number(),
        })
        .optional(),
      /** The likeliest groups of equipment, the first before the others. */
      suspects: z
        .array(z.strictObject({ source: z.string().max(64), probability: z.number().min(0).max(1) }))
        .max(6)
        .optional(),
      /** Mean wind by which the place was found, towards east and north. */
      wind_m_s: z.tuple([z.number(), z.number()]).optional(),
    })
    .refine((w) => w.position_m !== undefined || w.place_m !== undefined, {
      message: 'a place along the line (position_m) or on the site (place_m)',
    })
    .optional(),
  /** Estimated leak rate and one standard deviation; the ends of its 95 % interval where it is far from symmetric. */
  rate: z
    .strictObject({
      massRate_kg_s: z.number(),
      sigma_kg_s: z.number().nonnegative(),
      low_kg_s: z.number().nonnegative().optional(),
      high_kg_s: z.number().nonnegative().optional(),
    })
    .optional(),
  /** When the leak is thought to have begun [µs]. */
  onsetUs: z.int().optional(),
  /** The method. */
  by: z.string().max(64),
  /** One sentence of evidence. */
  because: z.string().max(400),
  /** Where `to` hides the alarm: what it is beneath, as it is computed all the same. */
  under: z.enum(ALARM_STATES).optional(),
  /** Annunciated anew while it stood: `further`, something new is the matter; `reminder`, nobody has mended the old. */
  again: z.enum(['further', 'reminder']).optional(),
  /** The incident that this is evidence of. */
  incident: z.string().max(32).optional(),
  /** What this alarm had to do without, where its inputs were not whole. */
  degraded: z.string().max(200).optional(),
  /** What a person did, where a person did it. */
  action: z.enum(OPERATOR_ACTIONS).optional(),
  /** Who did it; no part of the digest. */
  who: z.string().max(64).optional(),
  /** Reason or remark in the person's words; no part of the digest. */
  comment: z.string().max(400).optional(),
});
export type AlarmEvent = z.infer<typeof alarmEventSchema>;

/** True where something new is annunciated: an alarm comes, comes out from where it was hidden, or finds something further. */
export function isRaised(event: AlarmEvent): boolean {
  if (event.to !== 'unacknowledged') return false;
  return (event.from !== 'unacknowledged' && event.from !== 'acknowledged') || event.again === 'further';
}

/** True where a person would hear the horn: raised, or told again. */
export function isAnnunciated(event: AlarmEvent): boolean {
  return isRaised(event) || event.again === 'reminder';
}

/** What an alarm really is: its state, or the one beneath where it is hidden. */
export function coreState(event: AlarmEvent): AlarmState {
  return event.under ?? event.to;
}

/** True where the condition of an alarm in this core state holds. */
export function isActive(state: AlarmState): boolean {
  return state === 'unacknowledged' || state === 'acknowledged';
}

export class JournalDigest {
  private readonly running = new RunningDigest();
  add(event: AlarmEvent): void {
    const { who: _who, comment: _comment, ...rest } = event;
    this.running.text(`${canonicalJson(rest)}\n`);
  }
  hex(): string {
    return this.running.hex();
  }
}

export function journalDigest(events: readonly AlarmEvent[]): string {
  const digest = new JournalDigest();
  for (const e of events) digest.add(e);
  return digest.hex();
}
