/**
 * `leaktwin report <runs...>`: the decision report over runs, suites' folders and journals: what was lost, what it cost, which
 * leak to repair first, and what finding it sooner would have saved.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { readResponse } from '../../../detector/index.ts';
import { type Card, ProblemError, plainProblem, responsePlanSchema, unwrap } from '../../../models/contract/index.ts';
import { openRun } from '../../../models/recording/index.ts';
import { isFolder, readAlarms, readTruth, shownPath, writeText } from '../../run/index.ts';
import { DECISION_HEADS, type DecisionSource, decide, decisionCells, renderDecisions } from '../../score/index.ts';
import type { Io } from '../io.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly response?: string;
}

export function configure(command: Command): void {
  command.option('--response <name>', 'a response document, for its prices');
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const paths = (args as readonly (string | readonly string[])[]).flat().flatMap(runsBelow);
  const spec = options.response === undefined ? undefined : unwrap(readResponse(options.response)).spec;
  const sources: DecisionSource[] = [];
  for (const path of paths) sources.push(await readSource(path));
  const c = spec?.costs;
  const decisions = decide(
    sources,
    c && {
      currency: c.currency,
      productPer_t: c['product-per-t'],
      cleanUpPer_m3: c['clean-up-per-m3'],
      standstillPer_h: c['standstill-per-h'],
    },
  );
  io.json({ ...decisions, rows: decisions.rows.map(({ curve, ...row }) => row) });
  io.out(
    decisions.rows.length === 0 ? 'No leaks and no incidents.' : textTable(DECISION_HEADS, decisionCells(decisions)),
  );
  const html = await writeText(
    options.out ?? (paths.length === 1 && isFolder(paths[0]!) ? paths[0]! : '.'),
    'decision.html',
    renderDecisions(decisions),
  );
  io.out(`Report: ${shownPath(html)}`);
  return 0;
}

/** A run's folder, the runs of a suite's folder, or a journal. */
function runsBelow(path: string): string[] {
  if (!existsSync(path))
    throw new ProblemError([
      plainProblem(path, '', 'no such file or folder', "a run's folder, a suite's folder or an alarm journal"),
    ]);
  if (!isFolder(path) || existsSync(join(path, 'manifest.json'))) return [path];
  const runs = readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((p) => existsSync(join(p, 'manifest.json')));
  if (runs.length === 0)
    throw new ProblemError([plainProblem(path, '', 'a folder without runs', "a run's folder, or one that holds some")]);
  return runs;
}

async function readSource(path: string): Promise<DecisionSource> {
  const alarms = await readAlarms(path);
  const lastUs = alarms.reduce((t, e) => Math.max(t, e.timeUs), 0);
  if (!isFolder(path))
    return { name: basename(path), plant: '', endUs: lastUs, methaneShare: 0, alarms, truth: [], plans: [] };
  const { manifest, asBuilt } = await openRun(path);
  const card = existsSync(join(path, 'card.json'))
    ? (JSON.parse(readFileSync(join(path, 'card.json'), 'utf8')) as Card)
    : undefined;
  const plans = readdirSync(path)
    .filter((f) => /^plan-.*\.json$/.test(f))
    .sort()
    .map((f) => responsePlanSchema.parse(JSON.parse(readFileSync(join(path, f), 'utf8'))));
  const density = asBuilt?.fluid?.density_kg_m3;
  return {
    name: card ? `${card.scenario}, seed ${card.seed}` : basename(path),
    plant: asBuilt?.plant ?? '',
    endUs: manifest.lastUs ?? lastUs,
    ...(density === undefined ? {} : { density_kg_m3: density }),
    methaneShare: asBuilt?.air?.gas.id === 'methane' ? 1 : 0,
    alarms,
    truth: await readTruth(path),
    ...(card ? { card } : {}),
    plans,
  };
}
