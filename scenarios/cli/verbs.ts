/**
 * All verbs of the command line, and what a verb's module must offer. The table holds no code of any verb: a module is
 * loaded when its verb is called, so that `--help` answers in a blink and a verb loads only what it uses.
 */
import type { Command } from 'commander';
import type { Io } from './io.ts';

/** What every verb is given, whatever else it declares. */
export interface CommonOptions {
  readonly json: boolean;
  /** Absent where the user gave none. */
  readonly seed?: number;
  readonly out?: string;
  readonly verbose: boolean;
  readonly [option: string]: unknown;
}

export interface VerbModule {
  /** Adds the verb's own options to a command that already has its arguments and the common options. */
  configure(command: Command): void;
  /**
   * Does the work and returns the exit code: 0 pass or acceptable, 1 a verdict failed, 4 not comparable or invalid.
   * Mistakes of the user are thrown as ProblemError (exit 2); anything else that is thrown is ours (exit 3).
   * `args` are the positional arguments as they were written.
   */
  run(args: readonly string[], options: CommonOptions, io: Io): Promise<number>;
}

export interface Verb {
  readonly name: string;
  /** In commander's form: `<must>`, `[may]`, `[many...]`. */
  readonly arguments: string;
  readonly summary: string;
  load(): Promise<VerbModule>;
}

export const VERBS: readonly Verb[] = [
  {
    name: 'serve',
    arguments: '[scenario]',
    summary: 'the live twin: plant, Modbus, WebSocket, REST and a detector',
    load: () => import('./verbs/serve.ts'),
  },
  {
    name: 'run',
    arguments: '<scenario>',
    summary: 'one scenario to a card of verdicts',
    load: () => import('./verbs/run.ts'),
  },
  {
    name: 'suite',
    arguments: '<suite>',
    summary: 'many scenarios × seeds × recipes to one table',
    load: () => import('./verbs/suite.ts'),
  },
  {
    name: 'worker',
    arguments: '',
    summary: 'takes jobs of suites that are spread over many machines',
    load: () => import('./verbs/worker.ts'),
  },
  {
    name: 'compare',
    arguments: '<runsA> <runsB>',
    summary: 'two suites, paired: better, worse or not yet known',
    load: () => import('./verbs/compare.ts'),
  },
  {
    name: 'accept',
    arguments: '<runs>',
    summary: 'makes the cards of a suite the baseline of later ones',
    load: () => import('./verbs/accept.ts'),
  },
  {
    name: 'robustness',
    arguments: '<suite>',
    summary: 'the suite with each tag lost, biased, stuck or late: which one the detector cannot do without',
    load: () => import('./verbs/robustness.ts'),
  },
  {
    name: 'detect',
    arguments: '',
    summary: 'the detector as a process of its own, over Modbus or WebSocket',
    load: () => import('./verbs/detect.ts'),
  },
  {
    name: 'check-detector',
    arguments: '<detector>',
    summary: 'the conformance kit: a recipe, a plug-in or a program against what a plant does to it',
    load: () => import('./verbs/check-detector.ts'),
  },
  {
    name: 'replay',
    arguments: '<recording>',
    summary: 'a recording (ours, CSV or Parquet) through a recipe',
    load: () => import('./verbs/replay.ts'),
  },
  {
    name: 'history',
    arguments: '<action> <folder>',
    summary: 'a history of telemetry, alarms and runs: query, roll up, export, import, record, check',
    load: () => import('./verbs/history.ts'),
  },
  {
    name: 'implant',
    arguments: '',
    summary: 'simulated leaks laid over a real recording, and what a recipe finds of them',
    load: () => import('./verbs/implant.ts'),
  },
  {
    name: 'alarms',
    arguments: '<what> <target>',
    summary: 'alarm figures and incidents of a journal; acknowledge, shelve and the like on a live twin',
    load: () => import('./verbs/alarms.ts'),
  },
  {
    name: 'report',
    arguments: '<runs...>',
    summary: 'what leaks have cost, which one to repair first, and what finding it sooner would have saved',
    load: () => import('./verbs/report.ts'),
  },
  {
    name: 'score',
    arguments: '',
    summary: 'judges any alarm log against any truth log',
    load: () => import('./verbs/score.ts'),
  },
  {
    name: 'import',
    arguments: '',
    summary: 'makes a plant from stationing, tag list and Modbus map (CSV)',
    load: () => import('./verbs/import.ts'),
  },
  {
    name: 'fuzz',
    arguments: '',
    summary: 'random scenarios against what must hold in every run; failures shrunk to the least',
    load: () => import('./verbs/fuzz.ts'),
  },
  {
    name: 'validate',
    arguments: '<subject>',
    summary: 'physics against published cases: measured error against its criterion',
    load: () => import('./verbs/validate.ts'),
  },
  {
    name: 'registers',
    arguments: '<plant>',
    summary: 'the Modbus register map of a plant',
    load: () => import('./verbs/registers.ts'),
  },
  {
    name: 'describe',
    arguments: '[name]',
    summary: 'what there is: plants, recipes, scenarios and kinds, or one of them in full',
    load: () => import('./verbs/describe.ts'),
  },
  {
    name: 'schema',
    arguments: '[name]',
    summary: 'JSON Schemas of what people write and scripts read',
    load: () => import('./verbs/schema.ts'),
  },
  {
    name: 'doctor',
    arguments: '',
    summary: 'is this machine ready: what works and what to install',
    load: () => import('./verbs/doctor.ts'),
  },
];
