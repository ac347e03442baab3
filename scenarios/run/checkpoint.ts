/**
 * How far a detector on a bus is: the state of its pipeline after a frame, and all that it has said up to it, written whole or
 * not at all. Killed and started again it goes on from there, and its journal is the one that it would have written anyway.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type AlarmEvent, alarmEventSchema, ProblemError, plainProblem } from '../../models/contract/index.ts';
import { writeText } from './finish.ts';

const FILE = 'checkpoint.json';

const checkpointSchema = z.strictObject({
  session: z.string(),
  recipeDigest: z.string(),
  /** The last frame that is in the state. */
  seq: z.int().nonnegative(),
  over: z.boolean(),
  alarms: z.array(alarmEventSchema),
  /** Base64. */
  state: z.string(),
});

export interface Checkpoint {
  readonly session: string;
  readonly recipeDigest: string;
  readonly seq: number;
  /** The session was read to its end. */
  readonly over: boolean;
  readonly alarms: readonly AlarmEvent[];
  readonly state: Uint8Array;
}

/** Undefined where there is none. Throws a ProblemError where the file is none of ours. */
export function readCheckpoint(folder: string): Checkpoint | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  const refuse = (found: string) =>
    new ProblemError([plainProblem(path, '', found, 'a checkpoint of leaktwin detect', 'remove it to begin anew')]);
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw refuse(`no JSON (${(error as Error).message})`);
  }
  const read = checkpointSchema.safeParse(raw);
  if (!read.success) throw refuse(read.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
  return { ...read.data, alarms: read.data.alarms as AlarmEvent[], state: Buffer.from(read.data.state, 'base64') };
}

export async function writeCheckpoint(folder: string, { state, ...rest }: Checkpoint): Promise<void> {
  await writeText(folder, FILE, JSON.stringify({ ...rest, state: Buffer.from(state).toString('base64') }));
}
