/**
 * Logs that anybody may write: alarm and truth events as JSON lines, or those of a run's folder; and expectations out of a
 * scenario. Every line that cannot be read is a problem with its place.
 */
import { statSync } from 'node:fs';
import { z } from 'zod';
import {
  type AlarmEvent,
  alarmEventSchema,
  type Problem,
  ProblemError,
  type TruthEvent,
  truthEventSchema,
  unwrap,
} from '../../models/contract/index.ts';
import { duration, readDocument, readTextFile } from '../../models/document/index.ts';
import { openRun } from '../../models/recording/index.ts';
import { type Expectation, expectationsSchema } from '../score/index.ts';

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export async function readAlarms(path: string): Promise<AlarmEvent[]> {
  if (isFolder(path)) return collect((await openRun(path)).alarms());
  return readLines(path, alarmEventSchema);
}

export async function readTruth(path: string): Promise<TruthEvent[]> {
  if (isFolder(path)) return collect((await openRun(path)).truth());
  return readLines(path, truthEventSchema);
}

/** Until when a recorded run went on; undefined for a journal that is a file, or a run without a frame [µs]. */
export async function readRunSpan(path: string): Promise<number | undefined> {
  return isFolder(path) ? ((await openRun(path)).manifest.lastUs ?? undefined) : undefined;
}

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const e of events) list.push(e);
  return list;
}

const MOST_PROBLEMS = 50;

function readLines<S extends z.ZodType>(path: string, schema: S): z.output<S>[] {
  const { file, text } = unwrap(readTextFile(path));
  const problems: Problem[] = [];
  const events: z.output<S>[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '' || problems.length >= MOST_PROBLEMS) return;
    // A JSON line is YAML too, and the document reader knows places inside it.
    const read = readDocument(file, line, schema);
    if (read.ok) events.push(read.value.value);
    else problems.push(...read.problems.map((p) => ({ ...p, line: i + 1 })));
  });
  if (problems.length > 0) throw new ProblemError(problems);
  return events;
}

const expectSchema = z.looseObject({ expect: expectationsSchema, grace: duration().optional() });

export interface Expected {
  readonly expect: readonly Expectation[];
  readonly graceUs?: number;
}

/** `expect:` (and `grace:`) of a scenario, or of a file that holds nothing else. */
export function readExpected(path: string): Expected {
  const { file, text } = unwrap(readTextFile(path));
  const { value } = unwrap(readDocument(file, text, expectSchema));
  return { expect: value.expect, ...(value.grace === undefined ? {} : { graceUs: value.grace }) };
}
