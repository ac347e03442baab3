/**
 * `leaktwin suite <suite>`: many scenarios × seeds × recipes to one table.
 */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { withoutSecrets } from '../../../models/bus/index.ts';
import { type Card, ProblemError, plainProblem, unwrap } from '../../../models/contract/index.ts';
import { digestJson, formatSpan } from '../../../models/kernel/index.ts';
import type { Distribution } from '../../run/cluster/index.ts';
import {
  type Crew,
  cardsOfRecipe,
  hireCrew,
  readCards,
  readSuite,
  runSuite,
  type Suite,
  type SuiteChoices,
  type SuiteRun,
  serveJobs,
  shownPath,
  simulatedUs,
  stopwatch,
  WORKER_FLAG,
  writeText,
} from '../../run/index.ts';
import {
  budgetRows,
  DECIDABLE,
  type Decidable,
  floorCards,
  formatBudgets,
  formatBudgetsMarkdown,
  formatSequential,
  formatSummary,
  formatSummaryJUnit,
  formatSummaryMarkdown,
  operatingCurves,
  plainCards,
  type Regression,
  regressions,
  renderSuiteHtml,
  segmentRates,
  summarise,
  untilDecided,
} from '../../score/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import { addNatsOptions, type NatsOptions, natsIdentity } from '../natsOptions.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions, NatsOptions {
  readonly recipe?: readonly string[];
  readonly detector?: string;
  readonly lockbox?: string;
  readonly count?: number;
  readonly workers?: number;
  readonly engine?: string;
  readonly patience: number;
  readonly exact: boolean;
  readonly twin?: boolean;
  readonly bound: boolean;
  readonly operating: boolean;
  readonly baseline?: string;
  readonly budget?: number;
  readonly against?: string;
  readonly againstRecipe?: string;
  readonly decide: Decidable;
  readonly junit?: string;
  readonly markdown?: string;
  readonly html: boolean;
  readonly cache?: string;
  readonly jobWorker: boolean;
}

export function configure(command: Command): void {
  addNatsOptions(command)
    .option('--recipe <names...>', "the detectors, instead of the suite's own")
    .option('--detector <command>', 'a detector of your own instead, started once per run (docs/protocol.md)')
    .option(
      '--lockbox <phrase>',
      'seeds drawn from the detectors’ digests, the suite and this phrase: they exist once those are frozen',
    )
    .addOption(new Option('--count <number>', 'how many seeds, instead of the suite’s own').argParser(wholeNumber))
    .addOption(new Option('--workers <number>', 'processes (default: one per core)').argParser(wholeNumber))
    .option('--engine <url>', 'nats://host:port[,…]: the jobs go to workers there (leaktwin worker --engine …)')
    .addOption(
      new Option('--patience <seconds>', 'with --engine: how long no worker may answer')
        .argParser(wholeNumber)
        .default(60),
    )
    .option('--exact', 'as-built data equal the simulator’s own', false)
    .option('--twin', 'also run every seed without its leaks')
    .option('--bound', 'also how soon each leak could have been found at all, and the efficiency against that', false)
    .option(
      '--operating',
      'also every recipe designed for other rates of false alarms: its curve of delay against false alarms',
      false,
    )
    .option(
      '--baseline <file>',
      'accepted cards, or "smoke" that comes with LeakTwin: a verdict that fell below its own there is a regression',
    )
    .addOption(
      new Option('--budget <seeds>', 'compare: add seeds, up to so many, until it is decided').argParser(wholeNumber),
    )
    .option('--against <runs>', 'with --budget: the runs that the recipe is held against, instead of a first recipe')
    .option('--against-recipe <name>', 'with --against: which recipe of those runs')
    .addOption(
      new Option('--decide <criterion>', 'with --budget: what is to be decided').choices(DECIDABLE).default('latency'),
    )
    .option('--junit <file>', 'also write the summary as JUnit XML')
    .option('--markdown <file>', 'also write the summary as Markdown')
    .option('--html', 'also write a report per run and a page that lists them', false)
    .option('--cache <folder>', 'keeps simulations there, so that a changed detector needs no new ones')
    .addOption(new Option(WORKER_FLAG).default(false).hideHelp());
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  refuseBoth(options);
  const name = args[0]!;
  if (options.jobWorker) {
    const suite = unwrap(readSuite(name, choicesOf(options)));
    await serveJobs(suite, {
      folder: folderOf(suite, options),
      html: options.html,
      ...cacheOf(options),
      signal: io.signal,
    });
    return 0;
  }
  if (options.budget !== undefined) return runUntilDecided(name, options, options.budget, io);
  // Read before an hour of work, not after.
  const accepted = options.baseline === undefined ? undefined : readCards(options.baseline).runs;
  const elapsed_s = stopwatch();
  const { suite, cards: all, finished, kept, processor_s } = await perform(name, options, io);
  const folder = folderOf(suite, options);
  const totalUs = suite.jobs.reduce((sum, j) => sum + simulatedUs(suite, j), 0);
  const cards = plainCards(all);
  const operating = operatingCurves(all);
  const wall_s = elapsed_s();
  const summary = summarise(cards);
  const floors = summarise(floorCards(cards));
  const budgets = budgetRows(cards);
  const fallen = accepted ? regressions(accepted, cards) : [];
  const digest = digestJson(all.map((c) => [c.runId, c.status, c.framesDigest, c.journalDigest, c.verdicts]));
  const result = {
    suite: suite.name,
    ...(options.lockbox === undefined ? {} : { lockbox: options.lockbox }),
    digest,
    runs: cards,
    summary,
    floors,
    ...(budgets.length > 0 ? { budgets } : {}),
    segments: segmentRates(cards),
    ...(operating.length > 0 ? { operating } : {}),
    ...(accepted ? { regressions: fallen } : {}),
    wall_s,
    ...(processor_s.length > 0 ? { processor_s } : {}),
  };
  await writeText(folder, 'suite.json', `${JSON.stringify(result, undefined, 2)}\n`);
  if (options.junit !== undefined) await writeText('.', options.junit, formatSummaryJUnit(suite.name, summary));
  if (options.markdown !== undefined)
    await writeText(
      '.',
      options.markdown,
      [`## ${suite.name}`, suite.about, formatSummaryMarkdown(summary), formatBudgetsMarkdown(budgets)].join('\n\n'),
    );
  const page = options.html
    ? await writeText(
        folder,
        'index.html',
        renderSuiteHtml({ name: suite.name, about: suite.about, digest, cards: all, summary }),
      )
    : undefined;
  io.json(result);
  io.out(formatSummary(summary, { colour: io.columns !== undefined }));
  if (budgets.length > 0) io.out(`\n${formatBudgets(budgets)}`);
  io.out('');
  io.out(
    `${cards.length} runs, ${formatSpan(totalUs * (finished / suite.jobs.length))} simulated in ${formatSpan(wall_s * 1e6)} · ${shownPath(page ?? folder)}`,
  );
  if (kept > 0) io.out(`${kept} of ${suite.jobs.length} simulations were finished before and not run again.`);
  const broken = cards.filter((c) => c.status !== 'valid');
  for (const c of broken.slice(0, 10)) io.err(`${c.scenario}, seed ${c.seed}, ${c.recipe}: ${c.status}: ${c.because}`);
  if (accepted) io.out(fallen.length === 0 ? 'No verdict fell below the baseline.' : regressionText(fallen));
  if (finished < suite.jobs.length) {
    io.err(`Stopped after ${finished} of ${suite.jobs.length} simulations; the table shows what was finished.`);
    return 130;
  }
  return exitCode(
    cards,
    // With a baseline what failed before may fail again; what fell is news.
    accepted ? fallen.length > 0 : summary.some((row) => row.status === 'fail'),
  );
}

/** What needs the detector in this process cannot be had of a program. */
function refuseBoth({ detector, recipe, twin, bound, engine }: Options): void {
  const other = recipe ? '--recipe' : twin ? '--twin' : bound ? '--bound' : engine ? '--engine' : undefined;
  if (detector === undefined || other === undefined) return;
  throw new ProblemError([plainProblem('--detector', '', `a detector of your own and ${other}`, 'one of them')]);
}

function choicesOf(options: Options): SuiteChoices {
  return {
    ...(options.recipe ? { recipes: options.recipe } : {}),
    ...(options.detector === undefined ? {} : { detector: options.detector }),
    ...(options.lockbox === undefined ? {} : { lockbox: options.lockbox }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.count === undefined ? {} : { count: options.count }),
    exact: options.exact,
    bound: options.bound,
    operating: options.operating,
    ...(options.twin === undefined ? {} : { twin: options.twin }),
  };
}

function cacheOf({ cache }: Options): { readonly cache?: string } {
  return cache === undefined ? {} : { cache: resolve(cache) };
}

function folderOf(suite: Suite, options: Options): string {
  return resolve(options.out ?? join('runs', suite.name));
}

/** All jobs of a suite, here or on many machines; what lies finished in the folder is not done again. */
async function perform(name: string, options: Options, io: Io): Promise<SuiteRun & { readonly suite: Suite }> {
  const workers = Math.max(1, options.workers ?? availableParallelism());
  // Before the suite is read: they read it at the same time.
  const crew =
    workers > 1 && options.engine === undefined
      ? hireCrew(workers - 1, process.argv[1]!, ['suite', name, ...workerArguments(options)])
      : undefined;
  try {
    const suite = unwrap(readSuite(name, choicesOf(options)));
    return { suite, ...(await carryOut(suite, Math.min(workers, suite.jobs.length), crew, options, io)) };
  } finally {
    crew?.dismiss();
  }
}

function carryOut(suite: Suite, workers: number, crew: Crew | undefined, options: Options, io: Io): Promise<SuiteRun> {
  const seeds = suite.jobs.map((j) => j.seed);
  const totalUs = suite.jobs.reduce((sum, j) => sum + simulatedUs(suite, j), 0);
  const names = suite.detector ?? [...new Set(suite.recipes.flat().map((r) => r.name))].join(', ');
  io.err(
    `${suite.name} · seeds ${seeds[0]} to ${seeds.at(-1)} · ${suite.scenarios.length} scenarios · ${names} · ` +
      `${formatSpan(totalUs)} to simulate · ${options.engine === undefined ? (workers === 1 ? 'one process' : `${workers} processes`) : withoutSecrets(options.engine)}`,
  );
  const bar = io.progress(suite.name, totalUs);
  const common = {
    folder: folderOf(suite, options),
    html: options.html,
    ...cacheOf(options),
    signal: io.signal,
    onProgress: (us: number, done: number) => bar.update(us, `${done} of ${suite.jobs.length}`),
  };
  const running =
    options.engine === undefined
      ? runSuite(suite, { ...common, ...(crew ? { crew } : {}) })
      : sendOut(suite, {
          ...common,
          engine: options.engine,
          identity: natsIdentity(options),
          patience_s: options.patience,
          log: (line) => io.err(line),
        });
  return running.finally(() => bar.end());
}

/** Adds seeds until the last recipe is better or worse than the first, or than the runs that it is held against. */
async function runUntilDecided(name: string, options: Options, budget: number, io: Io): Promise<number> {
  if (budget < 5) throw new ProblemError([plainProblem('--budget', '', `${budget} seeds`, 'at least 5')]);
  const kept = options.against === undefined ? undefined : readCards(options.against);
  const all = unwrap(readSuite(name, { ...choicesOf(options), count: budget }));
  const recipes = [...new Set(all.recipes.flat().map((r) => r.name))];
  const wanted = kept ? 1 : 2;
  if (recipes.length !== wanted || all.recipes.some((list) => list.length !== wanted))
    throw new ProblemError([
      plainProblem(
        name,
        '',
        `${recipes.length} recipes (${recipes.join(', ')})`,
        kept
          ? 'one recipe to hold against the runs'
          : 'the same two recipes on every scenario, or one and --against <runs>',
        'say which with --recipe',
      ),
    ]);
  const b = recipes.at(-1)!;
  const others = kept && cardsOfRecipe(kept, options.against!, options.againstRecipe);
  const result = await untilDecided(options.decide, budget, async (seeds) => {
    const counted = { ...options, count: seeds };
    const { suite, cards, finished } = await perform(name, counted, io);
    if (finished < suite.jobs.length) return undefined;
    const here = new Set(suite.jobs.map((j) => j.seed));
    return {
      a: others?.filter((c) => here.has(c.seed)) ?? cards.filter((c) => c.recipe === recipes[0]),
      b: cards.filter((c) => c.recipe === b),
    };
  });
  if (!result) return 130;
  if (result.comparison.pairs === 0)
    throw new ProblemError([
      plainProblem(
        options.against ?? name,
        '',
        'no run with the scenario and seed of one here',
        'the same suite and seeds',
      ),
    ]);
  io.json(result);
  io.out(formatSequential(result));
  return result.verdict === 'worse' ? 1 : 0;
}

/** Loaded only where it is asked for: most suites need no NATS. */
async function sendOut(suite: Suite, distribution: Distribution) {
  const { distribute } = await import('../../run/cluster/index.ts');
  return distribute(suite, distribution);
}

function regressionText(fallen: readonly Regression[]): string {
  const lines = fallen.flatMap((r) => [
    `  ${r.scenario}, seed ${r.seed}, ${r.recipe}: ${[r.criterion, r.of].join(' ').trim()} was ${r.was}, is ${r.is}`,
    `    ${r.command}`,
  ]);
  return [`${fallen.length} verdicts fell below the baseline:`, ...lines].join('\n');
}

function exitCode(cards: readonly Card[], failed: boolean): number {
  if (cards.some((c) => c.status !== 'valid')) return 4;
  return failed ? 1 : 0;
}

/** What decides a job's result or its files must reach the worker as it was given here. */
function workerArguments(options: Options): string[] {
  return [
    ...(options.recipe ? ['--recipe', ...options.recipe] : []),
    ...(options.detector === undefined ? [] : ['--detector', options.detector]),
    ...(options.lockbox === undefined ? [] : ['--lockbox', options.lockbox]),
    ...(options.seed === undefined ? [] : ['--seed', String(options.seed)]),
    ...(options.count === undefined ? [] : ['--count', String(options.count)]),
    ...(options.exact ? ['--exact'] : []),
    ...(options.twin ? ['--twin'] : []),
    ...(options.bound ? ['--bound'] : []),
    ...(options.operating ? ['--operating'] : []),
    ...(options.html ? ['--html'] : []),
    ...(options.cache === undefined ? [] : ['--cache', options.cache]),
    ...(options.out === undefined ? [] : ['--out', options.out]),
  ];
}
