/**
 * What a zod schema says about a place in a document: its description and the keys that it knows. A validator's
 * complaint names a path only, and a person who mistyped a key wants to read which keys there are.
 */
import type { z } from 'zod';

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly element?: Schema;
  readonly items?: readonly Schema[];
  readonly rest?: Schema | null;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  /** The key whose value picks one option of a union. */
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly left?: Schema;
  readonly right?: Schema;
  readonly getter?: () => Schema;
}
interface Schema {
  readonly description?: string;
  readonly _zod: { readonly def: Def };
}

export interface Place {
  /** As given by `.describe()`; undefined where the schema says nothing. */
  readonly description: string | undefined;
  /** Keys of a map at this place, of all forms that it may take. */
  readonly keys: readonly string[];
}

/** What the schema says at a path; `root` is the document, which picks the branch of a union where a key of it does. */
export function placeInSchema(schema: z.ZodType, path: readonly PropertyKey[], root: unknown): Place {
  let here: Schema[] = [schema as unknown as Schema];
  let value = root;
  for (const key of path) {
    here = here.flatMap((s) => forms(s, value).flatMap((f) => inside(f._zod.def, key)));
    value = member(value, key);
  }
  return {
    description: here.map(description).find((d) => d !== undefined),
    keys: [...new Set(here.flatMap((s) => forms(s, value)).flatMap((f) => Object.keys(f._zod.def.shape ?? {})))],
  };
}

function member(value: unknown, key: PropertyKey): unknown {
  return value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[key] : undefined;
}

/** The schemas behind wrappers (default, optional, transform, union): what the writer's text is held against. */
function forms(schema: Schema, value: unknown): Schema[] {
  const { def } = schema._zod;
  const wrapped = behind(def);
  if (wrapped.length === 0) return [schema];
  const picked = def.discriminator === undefined ? [] : wrapped.filter((o) => picks(o, def.discriminator!, value));
  return (picked.length > 0 ? picked : wrapped).flatMap((s) => forms(s, value));
}

function picks(option: Schema, key: string, value: unknown): boolean {
  return option._zod.def.shape?.[key]?._zod.def.values?.includes(member(value, key)) ?? false;
}

function behind(def: Def): Schema[] {
  switch (def.type) {
    case 'pipe':
      return def.in ? [def.in] : [];
    case 'lazy':
      return def.getter ? [def.getter()] : [];
    case 'union':
      return [...(def.options ?? [])];
    case 'intersection':
      return [def.left, def.right].filter((s) => s !== undefined);
    default:
      return def.innerType ? [def.innerType] : [];
  }
}

function description(schema: Schema): string | undefined {
  if (schema.description !== undefined) return schema.description;
  const wrapped = behind(schema._zod.def);
  // A union's own parts describe alternatives; one of them would be only a part of the answer.
  return wrapped.length === 1 ? description(wrapped[0]!) : undefined;
}

function inside(def: Def, key: PropertyKey): Schema[] {
  switch (def.type) {
    case 'object': {
      const member = def.shape?.[String(key)];
      return member ? [member] : [];
    }
    case 'array':
      return def.element ? [def.element] : [];
    case 'tuple': {
      const item = def.items?.[Number(key)] ?? def.rest;
      return item ? [item] : [];
    }
    case 'record':
      return def.valueType ? [def.valueType] : [];
    default:
      return [];
  }
}
