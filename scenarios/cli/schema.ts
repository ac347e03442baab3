/**
 * JSON Schemas from the zod schemas that read and write, so that an editor completes a plant and a script checks a journal
 * by the very rules of the code. The files under models/schema are written by `leaktwin schema --write`; a test says when
 * they are stale.
 */
import { z } from 'zod';
import { recipeSchema, responseSchema } from '../../detector/index.ts';
import { notifySchema } from '../../detector/notify/index.ts';
import {
  actionEventSchema,
  alarmEventSchema,
  asBuiltSchema,
  clientMessageSchema,
  commandSchema,
  layoutSchema,
  nextAnswerSchema,
  nextRequestSchema,
  responsePlanSchema,
  serverMessageSchema,
  truthEventSchema,
} from '../../models/contract/index.ts';
import { CSV_MAPPING_SCHEMA } from '../../models/recording/index.ts';
import { gasSchema, liquidSchema, storeSchema, tanksSchema, waterSchema } from '../../sim/index.ts';
import { scenarioSchema } from '../engine/index.ts';
import { suiteSchema } from '../run/index.ts';

export interface NamedSchema {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType;
}

export const SCHEMAS: readonly NamedSchema[] = [
  { name: 'plant', summary: 'a plant of liquid lines as YAML', schema: liquidSchema },
  { name: 'plant-gas', summary: 'a plant of gas lines as YAML (kind: gas)', schema: gasSchema },
  { name: 'plant-store', summary: 'a store of liquefied gas as YAML (kind: store)', schema: storeSchema },
  { name: 'plant-tanks', summary: 'a tank farm as YAML (kind: tanks)', schema: tanksSchema },
  { name: 'plant-water', summary: 'a water network as YAML (kind: water)', schema: waterSchema },
  { name: 'recipe', summary: 'a detector recipe as YAML', schema: recipeSchema },
  { name: 'response', summary: 'what is done about a confirmed leak, as YAML', schema: responseSchema },
  { name: 'scenario', summary: 'a scenario as YAML', schema: scenarioSchema },
  { name: 'suite', summary: 'a suite as YAML', schema: suiteSchema },
  { name: 'notify', summary: 'who is told of alarms, when and how, as YAML', schema: notifySchema },
  { name: 'csv-mapping', summary: 'how a foreign CSV becomes a recording, as YAML', schema: CSV_MAPPING_SCHEMA },
  { name: 'alarm', summary: 'an alarm event: a line of the journal', schema: alarmEventSchema },
  { name: 'response-plan', summary: 'the plan for one confirmed leak', schema: responsePlanSchema },
  { name: 'action', summary: 'an action on the plant: a line of actions.jsonl', schema: actionEventSchema },
  { name: 'truth', summary: 'a truth event: what really happened', schema: truthEventSchema },
  { name: 'command', summary: 'a command: the only way to change a plant from outside', schema: commandSchema },
  { name: 'layout', summary: 'the frame layout: stations and tags', schema: layoutSchema },
  { name: 'as-built', summary: 'as-built data: all that a detector may know of a plant', schema: asBuiltSchema },
  { name: 'server-message', summary: 'WebSocket, from the twin', schema: serverMessageSchema },
  { name: 'client-message', summary: 'WebSocket, from a client', schema: clientMessageSchema },
  {
    name: 'next-request',
    summary: 'POST /api/next, from a detector: events and acknowledge of a scan',
    schema: nextRequestSchema,
  },
  {
    name: 'next-answer',
    summary: 'POST /api/next, from the twin: the next scan, or the end',
    schema: nextAnswerSchema,
  },
];

export function jsonSchema({ summary, schema }: NamedSchema): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { $schema, title: `LeakTwin: ${summary}`, ...rest };
}

export function schemaFileName(name: string): string {
  return `${name}.schema.json`;
}

export function schemaText(named: NamedSchema): string {
  return `${JSON.stringify(jsonSchema(named), undefined, 2)}\n`;
}
