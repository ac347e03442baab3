/**
 * The response document: what a company has written down for the day on which something leaks, as YAML. When a leak counts
 * as confirmed, whether the detector may act, how valves move, where the plant lies, what the substance does to people, who
 * lives beside the line, who comes with what, and whom to tell. Nothing in it is measured, nothing is truth.
 */
import { z } from 'zod';
import type { Problem, Result } from '../../models/contract/index.ts';
import { STABILITIES } from '../../models/contract/index.ts';
import { findDocument, type Located, quantity, readDocument } from '../../models/document/index.ts';
import { digestJson } from '../../models/kernel/index.ts';

const id = z.string().min(1).max(64);
const latLon = z
  .tuple([z.number().min(-90).max(90), z.number().min(-180).max(180)])
  .describe('[latitude, longitude] in degrees');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day in quotes, such as "06:00"');
const money = z.number().nonnegative();

const dutySchema = z.strictObject({ from: clock, to: clock });

export const responseSchema = z.strictObject({
  response: id,
  about: z.string(),
  plant: id,
  /** A leak counts as confirmed when `need` of these alarms stand for one incident, each within this time of the others. */
  confirm: z.strictObject({
    need: z.int().positive(),
    of: z.array(z.string()).min(1),
    within: quantity('time', { positive: true }).prefault('15 min'),
  }),
  actions: z
    .strictObject({
      /** The detector stops pumps and shuts valves itself. Off unless this says so. */
      automatic: z.boolean().default(false),
      'pump-interval': quantity('time', { min: 0 }).prefault('5 s'),
      /** What must hold before an element may be moved, and how long that is waited for. */
      permissives: z
        .record(
          id,
          z.strictObject({
            tag: z.string(),
            below: z.number().optional(),
            above: z.number().optional(),
            'or-after': quantity('time', { min: 0 }).prefault('2 min'),
          }),
        )
        .default({}),
    })
    .prefault({}),
  isolation: z
    .strictObject({
      set: z.enum(['smallest', 'enclosing']).default('smallest'),
      'check-valves-hold': z.boolean().default(false),
      /** Places that feed, where the as-built data do not show it. */
      sources: z.array(id).min(1).optional(),
      unavailable: z.array(id).default([]),
      /** Time from open to shut of valves, and that of all others. */
      strokes: z.record(id, quantity('time', { positive: true })).default({}),
      stroke: quantity('time', { positive: true }).prefault('60 s'),
    })
    .prefault({}),
  /** Elevation profile of a line; absent: the nodes of the as-built data. */
  profile: z
    .array(z.strictObject({ kp: quantity('length', { min: 0 }), elevation: quantity('length') }))
    .min(2)
    .optional(),
  /** Where a site's origin lies, or where a line runs. */
  map: z
    .strictObject({
      origin: latLon.optional(),
      route: z
        .array(z.strictObject({ kp: quantity('length', { min: 0 }), at: latLon }))
        .min(2)
        .optional(),
    })
    .optional(),
  hazard: z
    .strictObject({
      substance: z.string(),
      'molar-mass': z.number().positive().describe('g/mol, a number'),
      /** `gas`: all that leaks is in the air; `pool`: what evaporates of a pool is. */
      release: z.enum(['gas', 'pool']),
      'vapour-pressure': quantity('pressure', { positive: true }).optional(),
      /** Least depth to which a pool spreads. */
      'pool-depth': quantity('length', { positive: true }).prefault('10 mm'),
      temperature: quantity('temperature').prefault('15 degC'),
      levels: z
        .array(z.strictObject({ name: z.string(), at: quantity('fraction', { positive: true, max: 1 }) }))
        .min(1),
      /** What is taken where the plant has no weather mast. */
      weather: z
        .strictObject({
          wind: quantity('speed', { positive: true }).prefault('3 m/s'),
          from: quantity('angle').prefault('240 deg'),
          stability: z.enum(STABILITIES).default('D'),
        })
        .prefault({}),
    })
    .optional(),
  costs: z
    .strictObject({
      currency: z.string().default('EUR'),
      'product-per-t': money,
      'clean-up-per-m3': money,
      'standstill-per-h': money,
    })
    .optional(),
  roster: z.strictObject({
    places: z
      .array(z.strictObject({ id, about: z.string().optional(), people: z.int().nonnegative(), at: latLon }))
      .default([]),
    teams: z
      .array(
        z.strictObject({
          id,
          kind: z.string().min(1),
          at: latLon,
          contact: z.string(),
          speed: quantity('speed', { positive: true }).prefault('60 km/h'),
          ready: quantity('time', { min: 0 }).prefault('5 min'),
          /** Time of day on duty; absent: always. */
          duty: dutySchema.optional(),
        }),
      )
      .min(1),
    /** How many of a kind come: so many at least, and one more per volume spilled. */
    send: z
      .array(
        z.strictObject({
          kind: z.string().min(1),
          'at-least': z.int().positive().default(1),
          'one-per': quantity('volume', { positive: true }).optional(),
        }),
      )
      .min(1),
    tell: z
      .array(
        z.strictObject({
          name: z.string(),
          role: z.string(),
          by: z.array(z.string()).min(1),
          within: quantity('time', { min: 0 }).prefault('15 min'),
          /** Told only where it concerns them. */
          when: z.enum(['always', 'people-inside', 'spill', 'loses-supply']).default('always'),
        }),
      )
      .min(1),
  }),
  /** Kept beside what the plan finds by itself. */
  restart: z.array(z.string()).default([]),
});
export type ResponseSpec = z.output<typeof responseSchema>;

export interface ResponseDocument {
  readonly name: string;
  readonly spec: ResponseSpec;
  readonly digest: string;
  readonly located: Located<ResponseSpec>;
}

export function parseResponse(file: string, text: string): Result<ResponseDocument> {
  const read = readDocument(file, text, responseSchema);
  if (!read.ok) return read;
  const problems = checks(read.value);
  if (problems.length > 0) return { ok: false, problems };
  const spec = read.value.value;
  return { ok: true, value: { name: spec.response, spec, digest: digestJson(spec), located: read.value } };
}

/** A response document by path, or by the name of one that ships. */
export function readResponse(nameOrPath: string): Result<ResponseDocument> {
  const found = findDocument('response', nameOrPath);
  return found.ok ? parseResponse(found.value.file, found.value.text) : found;
}

function checks({ value, problemAt }: Located<ResponseSpec>): Problem[] {
  const problems: Problem[] = [];
  const { confirm, roster, hazard, profile, map, actions } = value;
  if (confirm.need > new Set(confirm.of).size)
    problems.push(
      problemAt(
        ['confirm', 'need'],
        String(confirm.need),
        `at most ${new Set(confirm.of).size}, as so many alarms may vote`,
        'name more alarms in "of", or need fewer',
      ),
    );
  for (const [i, s] of roster.send.entries()) {
    const able = roster.teams.filter((t) => t.kind === s.kind);
    if (able.length === 0)
      problems.push(
        problemAt(
          ['roster', 'send', i, 'kind'],
          `"${s.kind}"`,
          `a kind that a team of this roster has: ${[...new Set(roster.teams.map((t) => t.kind))].join(', ')}`,
        ),
      );
    else {
      const gap = dutyGap(able.map((t) => t.duty));
      if (gap !== undefined)
        problems.push(
          problemAt(
            ['roster', 'send', i, 'kind'],
            `no ${s.kind} on duty at ${gap}`,
            'somebody at every hour of the day',
            'lengthen the duty of a team, or leave "duty" away for one that is always there',
          ),
        );
    }
  }
  for (const [key, list] of [
    ['teams', roster.teams],
    ['places', roster.places],
  ] as const) {
    const seen = new Set<string>();
    list.forEach((item, i) => {
      if (seen.has(item.id))
        problems.push(problemAt(['roster', key, i, 'id'], `"${item.id}"`, 'a name of its own', 'it is used above'));
      seen.add(item.id);
    });
  }
  if (hazard?.release === 'pool' && hazard['vapour-pressure'] === undefined)
    problems.push(
      problemAt(
        ['hazard', 'release'],
        '"pool" without a vapour-pressure',
        'a vapour-pressure, by which a pool evaporates',
      ),
    );
  if (map && (map.origin === undefined) === (map.route === undefined))
    problems.push(
      problemAt(['map'], map.origin ? 'both' : 'neither', 'origin (a site) or route (a line), one of them'),
    );
  for (const [key, list] of [
    ['profile', profile],
    ['route', map?.route],
  ] as const) {
    list?.forEach((p, i) => {
      if (i > 0 && p.kp <= list[i - 1]!.kp)
        problems.push(
          problemAt(
            key === 'route' ? ['map', 'route', i, 'kp'] : ['profile', i, 'kp'],
            `${p.kp} m after ${list[i - 1]!.kp} m`,
            'places in rising order',
          ),
        );
    });
  }
  for (const [element, p] of Object.entries(actions.permissives)) {
    if ((p.below === undefined) === (p.above === undefined))
      problems.push(
        problemAt(
          ['actions', 'permissives', element],
          'no limit, or two',
          'either "below" or "above", in the unit of the tag',
        ),
      );
  }
  return problems;
}

const DAY_MIN = 1440;
const minutes = (t: string) => Number(t.slice(0, 2)) * 60 + Number(t.slice(3));

/** Whether a team with this duty is there at a minute of the day; a duty over midnight is one whose end is before its begin. */
export function onDuty(duty: { readonly from: string; readonly to: string } | undefined, minute: number): boolean {
  if (!duty) return true;
  const from = minutes(duty.from);
  const to = minutes(duty.to);
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function dutyGap(duties: readonly ({ readonly from: string; readonly to: string } | undefined)[]): string | undefined {
  for (let m = 0; m < DAY_MIN; m += 1) {
    if (duties.some((d) => onDuty(d, m))) continue;
    return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
  }
  return undefined;
}
