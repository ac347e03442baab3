/**
 * The command line as a function: arguments in, exit code out. Finds the verb, loads its module, and turns what went
 * wrong into what people and scripts can use:
 * 0 pass or acceptable · 1 a verdict failed · 2 bad input · 3 our mistake · 4 not comparable or invalid · 130 stopped.
 */
import { Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import type { ProblemError } from '../../models/contract/index.ts';
import { createIo, type Surroundings } from './io.ts';
import { type CommonOptions, VERBS, type Verb, type VerbModule } from './verbs.ts';

export const EXIT = { pass: 0, failed: 1, badInput: 2, internal: 3, notComparable: 4, stopped: 130 } as const;

export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const json = wants(argv, '--json');
  try {
    return await dispatch(argv, surroundings);
  } catch (error) {
    if (error instanceof CommanderError) return commandMistake(error, json, surroundings);
    if (isProblemError(error)) return badInput(error, json, surroundings);
    if (surroundings.signal.aborted && (error as Error)?.name === 'AbortError') return EXIT.stopped;
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const sentence = `leaktwin failed by a mistake of its own: ${message.split('\n')[0]}`;
    if (json) surroundings.stdout(`${JSON.stringify({ error: sentence }, undefined, 2)}\n`);
    surroundings.stderr(
      surroundings.verbose ? `${sentence}\n${stack}\n` : `${sentence} (--verbose shows where; please report it)\n`,
    );
    return EXIT.internal;
  }
}

async function dispatch(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = EXIT.pass;
  const program = new Command('leaktwin')
    .description('A testbed for leak detection: plant, instruments, detector and judge.')
    .usage('<verb> [arguments] [options]')
    .option('-V, --version', 'print the version')
    .option('--verbose', 'say more, and show where a failure came from')
    .helpOption('-h, --help', 'say what there is')
    .helpCommand('help [verb]', 'say what a verb takes')
    .configureHelp({
      subcommandTerm: (c) => [c.name(), c.usage().replace('[options]', '').trim()].join(' ').trim(),
      optionDescription(option) {
        // That a switch is off until it is switched on needs no words.
        if (option.isBoolean() && option.defaultValue === false) return option.description;
        return Help.prototype.optionDescription.call(this, option);
      },
    })
    .configureOutput({ writeOut: surroundings.stdout, writeErr: surroundings.stderr })
    .exitOverride()
    .addHelpText(
      'after',
      '\nEvery verb takes --json, --seed, --out and --help.\n' +
        'Exit codes: 0 pass, 1 a verdict failed, 2 bad input, 3 internal, 4 not comparable or invalid.',
    );
  // Only the verb that is called may cost time: it alone loads its module and shows its own options.
  const words = argv.filter((a) => !a.startsWith('-'));
  const called = words[0] === 'help' ? words[1] : words[0];
  for (const verb of VERBS) {
    const command = program.command(verb.name).description(verb.summary);
    if (verb.arguments !== '') command.arguments(verb.arguments);
    if (verb.name !== called) continue;
    const module = await verb.load();
    addCommonOptions(command);
    module.configure(command);
    command.action(async () => {
      exitCode = await call(verb, module, command, surroundings);
    });
  }
  if (called === undefined && wants(argv, '--version', '-V')) {
    const { packageVersion } = await import('./version.ts');
    surroundings.stdout(`${packageVersion()}\n`);
    return EXIT.pass;
  }
  if (words.length === 0 && !wants(argv, '--help', '-h')) {
    program.outputHelp({ error: argv.length > 0 });
    return argv.length > 0 ? EXIT.badInput : EXIT.pass;
  }
  await program.parseAsync([...argv], { from: 'user' });
  return exitCode;
}

function addCommonOptions(command: Command): void {
  command
    .option('--json', 'one JSON document on stdout and nothing else there', false)
    .addOption(new Option('--seed <number>', 'seed of all chance').argParser(wholeNumber))
    .option('--out <path>', 'where results go')
    .option('--verbose', 'say more, and show where a failure came from', false)
    .helpOption('-h, --help', 'say what this verb takes');
}

async function call(verb: Verb, module: VerbModule, command: Command, around: Surroundings): Promise<number> {
  const options = command.opts<CommonOptions>();
  const io = createIo(around, options.json);
  const code = await module.run(command.args, { ...options, verbose: options.verbose || around.verbose }, io);
  if (!Number.isInteger(code)) throw new Error(`verb ${verb.name} returned ${code} instead of an exit code`);
  return code;
}

/** For options of verbs too: a whole number, or a sentence that says what was found. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value))
    throw new InvalidArgumentError(`Found "${text}", expected a whole number.`);
  return value;
}

/** Help and version end by an "error" of commander that is none; everything else is the user's mistake. */
function commandMistake(error: CommanderError, json: boolean, surroundings: Surroundings): number {
  if (error.exitCode === 0) return EXIT.pass;
  if (json) {
    const [first, ...more] = error.message.replace(/^error: /, '').split('\n');
    const problem = {
      file: 'command line',
      line: 0,
      column: 0,
      path: '',
      found: first,
      expected: 'arguments as --help describes them',
      ...(more.length > 0 ? { hint: more.join(' ').replace(/[()]/g, '') } : {}),
    };
    surroundings.stdout(`${JSON.stringify({ problems: [problem] }, undefined, 2)}\n`);
  }
  return EXIT.badInput;
}

async function badInput(error: ProblemError, json: boolean, surroundings: Surroundings): Promise<number> {
  const { formatProblem } = await import('../../models/contract/index.ts');
  // In the order of the files: whoever mends them goes from top to bottom.
  const files = [...new Set(error.problems.map((p) => p.file))];
  const problems = [...error.problems].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
  for (const problem of problems) surroundings.stderr(`${formatProblem(problem)}\n`);
  if (json) surroundings.stdout(`${JSON.stringify({ problems }, undefined, 2)}\n`);
  return EXIT.badInput;
}

/** By name, not by class: the class would pull the whole contract into a start that only wants `--help`. */
function isProblemError(error: unknown): error is ProblemError {
  return error instanceof Error && error.name === 'ProblemError' && 'problems' in error;
}

function wants(argv: readonly string[], ...flags: string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).some((a) => flags.includes(a));
}
