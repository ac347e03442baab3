/**
 * Control as people write it, the same for every kind of plant: loops, selectors, interlocks and shutdown systems. Values
 * whose unit hangs on a tag or an actuator are left as written; sim/control reads them when it knows both.
 */
import { z } from 'zod';
import type { Quantity } from '../../models/contract/index.ts';
import { duration, quantity } from '../../models/document/index.ts';
import { id } from './id.ts';

/** Text with a unit, or a word such as `closed`; a bare number where there is no unit. */
const written = z.union([z.string(), z.number()]);

/** `PU-101.speed`: an element and what of it. */
const element = z.string().min(1).max(80);

const conditionSchema = z.strictObject({
  tag: id.optional(),
  /** Several tags of one kind, with a vote. */
  tags: z.array(id).min(1).max(9).optional(),
  /** `2oo3`: so many of so many. */
  vote: z
    .string()
    .regex(/^[1-9]oo[1-9]$/, 'a vote such as 2oo3')
    .optional(),
  above: written.optional(),
  below: written.optional(),
  /** Where a channel counts as healthy again; absent: at the limit itself. */
  clears: written.optional(),
  /** How long it must stand. */
  for: duration().prefault('0 s'),
  /** What a channel of bad quality counts as: its last usable value, a demand, or healthy. */
  'on-bad': z.enum(['hold', 'trip', 'ignore']).default('hold'),
});

const effectShape = { set: element, to: written, after: duration().prefault('0 s') };

export const controlShape = {
  loops: z
    .array(
      z.strictObject({
        id,
        /** Where its registers lie; absent: where its measurement comes from. */
        station: id.optional(),
        measures: id,
        /** An actuator (`PCV-1.opening`, `PU-1.speed`, `PCV-2.setPoint`), another loop's `setPoint`, or a selector. */
        moves: element,
        /** Absent: what is measured at the start. */
        'set-point': written.optional(),
        /** direct: the output rises with the measurement; reverse: it falls. */
        action: z.enum(['direct', 'reverse']),
        /** Per cent of output per per cent of the instrument's span. */
        gain: z.number().positive(),
        'integral-time': quantity('time', { positive: true }).optional(),
        'derivative-time': quantity('time', { min: 0 }).prefault('0 s'),
        /** The derivative is filtered with its time over this. */
        'derivative-filter': z.number().min(1).max(50).default(8),
        /** Lowest and highest output, in the unit of what it moves. */
        output: z.tuple([written, written]).optional(),
        'output-per-second': written.optional(),
        'set-point-per-minute': written.optional(),
        mode: z.enum(['manual', 'auto', 'cascade']).default('auto'),
        /** With a measurement of bad quality: the output stands, the loop goes to manual, or to its safe output. */
        'on-bad': z.enum(['hold', 'manual', 'safe']).default('hold'),
        'safe-output': written.optional(),
      }),
    )
    .optional(),
  selects: z
    .array(
      z.strictObject({
        id,
        moves: element,
        /** The lowest or the highest of what its loops want. */
        take: z.enum(['low', 'high']),
        /** What people set takes part too: the loops override it. */
        hand: z.boolean().default(false),
      }),
    )
    .optional(),
  interlocks: z
    .array(
      z.strictObject({
        id,
        station: id.optional(),
        about: z.string().optional(),
        when: conditionSchema,
        trip: z.array(z.strictObject(effectShape)).default([]),
        /** Elements that may not be started while the condition stands. */
        permissive: z.array(id).default([]),
        /** Where it warns before it trips. */
        'pre-alarm': written.optional(),
        /** Stays tripped until it is reset. */
        latched: z.boolean().default(true),
        /** Longest maintenance override; 0 s: none. */
        'bypass-at-most': duration().prefault('8 h'),
      }),
    )
    .optional(),
  shutdown: z
    .array(
      z.strictObject({
        id,
        station: id.optional(),
        about: z.string().optional(),
        causes: z
          .array(
            z.strictObject({
              id,
              about: z.string().optional(),
              when: conditionSchema,
              latched: z.boolean().default(true),
            }),
          )
          .default([]),
        effects: z.array(z.strictObject({ id, about: z.string().optional(), ...effectShape })).min(1),
        /** Cause to its effects; `push` is the push-button. */
        table: z.record(z.string(), z.array(id)),
      }),
    )
    .optional(),
};

/** The push-button's row in a table. */
export const PUSH = 'push';

const controlSchema = z.strictObject(controlShape);
export type ControlSpec = z.output<typeof controlSchema>;
export type LoopSpec = NonNullable<ControlSpec['loops']>[number];
export type SelectSpec = NonNullable<ControlSpec['selects']>[number];
export type InterlockSpec = NonNullable<ControlSpec['interlocks']>[number];
export type ShutdownSpec = NonNullable<ControlSpec['shutdown']>[number];
export type ConditionSpec = z.output<typeof conditionSchema>;
export type EffectSpec = InterlockSpec['trip'][number];

/** Where the states of control may be read by a tag; undefined for every other quantity. */
export function controlPlaces(spec: ControlSpec): Partial<Record<Quantity, readonly string[]>> {
  const loops = (spec.loops ?? []).map((l) => l.id);
  const interlocks = (spec.interlocks ?? []).map((i) => i.id);
  const systems = spec.shutdown ?? [];
  const causes = systems.flatMap((s) => [...s.causes.map((c) => c.id), PUSH].map((c) => `${s.id}/${c}`));
  return {
    mode: loops,
    output: loops,
    'set-point': loops,
    tripped: [...interlocks, ...systems.map((s) => s.id), ...causes],
    bypassed: interlocks,
    'pre-alarm': interlocks,
  };
}
