/** Every key of the language with what it means, taken from the schema that reads it. */
import type { z } from 'zod';
import { DRAWS, drawKeys } from './draw.ts';
import { repeatSchema } from './repeat.ts';
import { ACTION_NAMES, ACTIONS, repeats, scenarioSchema, TRIGGERS } from './spec.ts';
import { trigger } from './trigger.ts';

/** Every key that a scenario may have, by where it stands: what `leaktwin describe keys` prints. */
export function scenarioKeys(): readonly { readonly of: string; readonly key: string; readonly about: string }[] {
  const listed = (of: string, shape: Readonly<Record<string, z.ZodType>>, skip: readonly string[] = []) =>
    Object.entries(shape)
      .filter(([key]) => !skip.includes(key))
      .map(([key, schema]) => ({ of, key, about: schema.description ?? innerDescription(schema) }));
  const when = ['id', ...TRIGGERS];
  return [
    ...listed('scenario', scenarioSchema.shape),
    ...listed('entry', { ...trigger, ...repeats }),
    ...listed('every', repeatSchema.shape),
    {
      of: 'profile',
      key: 'profile',
      about: 'a CSV file beside this one, or points: at, and what is then; straight lines between',
    },
    { of: 'profile', key: 'every', about: 'again and again after so long' },
    ...ACTION_NAMES.flatMap((name) => listed(name, ACTIONS[name].shape, when)),
    ...DRAWS.map((draw) => ({ of: 'draw', key: draw, about: drawKeys(draw).join(', ') })),
  ];
}

/** What a default or an option hides. */
function innerDescription(schema: z.ZodType): string {
  const inner = (schema as unknown as { def?: { innerType?: z.ZodType } }).def?.innerType;
  return inner ? (inner.description ?? innerDescription(inner)) : '';
}
