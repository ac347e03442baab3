/**
 * `leaktwin accept <runs>`: makes the cards of a suite the baseline that later ones are held against. The only verb that changes one.
 */
import { join } from 'node:path';
import type { Command } from 'commander';
import { readCards, shownPath, writeText } from '../../run/index.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from '../verbs.ts';

export function configure(_command: Command): void {}

export async function run(args: readonly string[], options: CommonOptions, io: Io): Promise<number> {
  const { suite, runs } = readCards(args[0]!);
  const file = options.out ?? join('baselines', `${suite}.json`);
  // Floors and sentences are not what a later run is held against.
  const kept = runs.map(({ floors: _, ...card }) => ({ ...card, floors: [] }));
  const path = await writeText('.', file, `${JSON.stringify({ suite, runs: kept }, undefined, 1)}\n`);
  io.json({ suite, runs: kept.length, baseline: path });
  io.out(`${kept.length} runs of ${suite} accepted: ${shownPath(path)}`);
  io.out(`From now on: leaktwin suite ${suite} --baseline ${file}`);
  return 0;
}
