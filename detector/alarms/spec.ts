/**
 * The `alarms` part of a recipe: how alarms are told, and why each of them is there. A recipe without it tells every alarm by
 * itself, as it comes.
 *
 * Rationalisation (ISA-18.2, 9; EEMUA 191, 3): each alarm has a cause, a consequence, an action and a time to respond, and its priority
 * follows from how bad it would be and how soon.
 */
import { z } from 'zod';
import type { Problem } from '../../models/contract/index.ts';
import { quantity } from '../../models/document/index.ts';

export const SEVERITIES = ['minor', 'major', 'severe'] as const;
const sentence = z.string().trim().min(1).max(400);

const alarmPart = z.strictObject({
  /** What may have happened. */
  cause: sentence,
  /** What it comes to if nobody does anything. */
  consequence: sentence,
  /** What the operator does. */
  action: sentence,
  /** Time from the alarm to the consequence. */
  'respond-within': quantity('time', { positive: true }),
  severity: z.enum(SEVERITIES),
  /** The alarm stays when its condition is gone, until it is reset. */
  latch: z.boolean().default(false),
  /** What stands acknowledged for so long with its condition there is annunciated again. */
  're-alarm': quantity('time', { positive: true }).optional(),
  /** Longest time on the shelf; 0 s: it may not be shelved. */
  'shelve-limit': quantity('time', { min: 0 }).prefault('8 h'),
  /** Suppressed by design while one of these stands. */
  'suppress-while': z.array(z.string()).min(1).optional(),
  /** With a part of its inputs lost the alarm says so and is told one priority lower, or says so only. */
  degraded: z.enum(['lower', 'keep']).default('lower'),
});

export const alarmsSchema = z.strictObject({
  /** One leak, one incident: what speaks of it is its evidence, and only the first or a higher priority is annunciated. */
  incidents: z
    .strictObject({
      /** Two places are two leaks where they differ by more than so many of their standard deviations, */
      apart: z.number().positive().default(3),
      /** and this. */
      margin: quantity('length', { min: 0 }).prefault('500 m'),
      /** An incident of which nothing stands takes new evidence for so long. */
      linger: quantity('time', { min: 0 }).prefault('10 min'),
    })
    .optional(),
  flood: z
    .strictObject({
      /** A flood begins above so many annunciations within the window, and ends below the other number (ISA-18.2, 16). */
      'begins-above': z.int().min(1).max(100).default(10),
      'ends-below': z.int().min(1).max(100).default(5),
      window: quantity('time', { positive: true }).prefault('10 min'),
      /** In a flood only these priorities are annunciated: 1 to this one. */
      keep: z.int().min(1).max(4).default(1),
    })
    .optional(),
  of: z.record(z.string(), alarmPart).default({}),
});
export type AlarmsSpec = z.output<typeof alarmsSchema>;
export type AlarmPart = AlarmsSpec['of'][string];

const SOON_S = [3 * 60, 10 * 60, 30 * 60] as const;
/** Priority by severity (rows) and time to respond: within 3, 10, 30 minutes, later. The usual form of such a table (EEMUA 191, 4.5). */
const PRIORITY: Readonly<Record<(typeof SEVERITIES)[number], readonly number[]>> = {
  severe: [1, 1, 2, 3],
  major: [1, 2, 3, 3],
  minor: [2, 3, 3, 4],
};

/** The priority that follows from severity and time to respond [s]. */
export function rationalPriority(severity: (typeof SEVERITIES)[number], respond_s: number): number {
  const column = SOON_S.findIndex((limit) => respond_s <= limit);
  return PRIORITY[severity][column === -1 ? SOON_S.length : column]!;
}

/** What a schema cannot see: alarms that nobody raises, circles of suppression, priorities that do not follow. */
export function alarmsProblems(
  spec: AlarmsSpec,
  raised: ReadonlyMap<string, { readonly priority: number; readonly index: number }>,
  problemAt: (path: (string | number)[], found: string, expected: string, hint?: string) => Problem,
): Problem[] {
  const problems: Problem[] = [];
  const known = [...raised.keys()].join(', ');
  if (spec.flood && spec.flood['ends-below'] > spec.flood['begins-above'] + 1)
    problems.push(
      problemAt(
        ['alarms', 'flood', 'ends-below'],
        `${spec.flood['ends-below']}`,
        `at most ${spec.flood['begins-above'] + 1}, or a flood would end as it begins`,
      ),
    );
  for (const [id, part] of Object.entries(spec.of)) {
    const method = raised.get(id);
    if (!method) {
      problems.push(problemAt(['alarms', 'of', id], `"${id}"`, `an alarm that a method raises: ${known}`));
      continue;
    }
    const priority = rationalPriority(part.severity, part['respond-within']);
    if (priority !== method.priority)
      problems.push(
        problemAt(
          ['alarms', 'of', id, 'severity'],
          `${part.severity} within ${part['respond-within']} s, which is priority ${priority}`,
          `what makes it priority ${method.priority}, as methods[${method.index}] has it`,
          'change the severity, the time to respond or the priority',
        ),
      );
    for (const [i, other] of (part['suppress-while'] ?? []).entries())
      if (!raised.has(other) || other === id)
        problems.push(
          problemAt(['alarms', 'of', id, 'suppress-while', i], `"${other}"`, `another alarm of this recipe: ${known}`),
        );
    const circle = suppressedByItself(spec, id);
    if (circle)
      problems.push(
        problemAt(
          ['alarms', 'of', id, 'suppress-while'],
          circle.join(' while '),
          'no circle: alarms that suppress each other could all be silent',
        ),
      );
  }
  return problems;
}

/** The way from an alarm over what suppresses it back to itself. */
function suppressedByItself(spec: AlarmsSpec, id: string): string[] | undefined {
  const walk = (at: string, way: string[]): string[] | undefined => {
    for (const next of spec.of[at]?.['suppress-while'] ?? []) {
      if (next === id && way.length > 1) return [...way, id];
      if (way.includes(next)) continue;
      const found = walk(next, [...way, next]);
      if (found) return found;
    }
    return undefined;
  };
  return walk(id, [id]);
}
