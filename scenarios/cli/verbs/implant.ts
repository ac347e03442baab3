/**
 * `leaktwin implant --recording … --plant …`: simulated leaks laid over a real recording, and what a recipe finds of them.
 */
import { type Command, Option } from 'commander';
import { readRecipe } from '../../../detector/index.ts';
import { ProblemError, plainProblem, unwrap } from '../../../models/contract/index.ts';
import { formatSpan, parseQuantity } from '../../../models/kernel/index.ts';
import { readPlantContext } from '../../engine/index.ts';
import { DEFAULT_RECIPE, type ImplantResult, implant, shownPath, writeText } from '../../run/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly recording: string;
  readonly plant: string;
  readonly mapping?: string;
  readonly recipe: string;
  readonly sizes: readonly string[];
  readonly places?: readonly string[];
  readonly count: number;
  readonly watch: string;
}

export function configure(command: Command): void {
  command
    .requiredOption('--recording <path>', 'a CSV without leaks, or the folder of a run')
    .requiredOption('--plant <name>', 'the plant that it was recorded at, by name or path')
    .option('--mapping <name>', 'which tag of the plant each column of the CSV is, and its unit')
    .option('--recipe <name>', 'the detector', DEFAULT_RECIPE)
    .option('--sizes <sizes...>', 'rates or diameters, in one unit', ['0.3 % of flow', '1 % of flow', '3 % of flow'])
    .option('--places <places...>', 'such as "10 km", or "P-2 40 %" (default: a quarter, half and three quarters)')
    .addOption(new Option('--count <number>', 'of each size at each place').argParser(wholeNumber).default(5))
    .option('--watch <span>', 'how long a leak may be looked for', '30 min');
}

export async function run(_args: readonly string[], options: Options, io: Io): Promise<number> {
  const watch = parseQuantity(options.watch, 'time');
  if (!watch.ok) throw new ProblemError([plainProblem('--watch', '', watch.found, watch.expected)]);
  const plant = unwrap(readPlantContext(options.plant));
  const ends = plant.pipes.map((p) => p.start_m + p.length_m).filter(Number.isFinite);
  if (!options.places && ends.length === 0)
    throw new ProblemError([plainProblem('--places', '', 'none, of a plant that is no line', 'such as "P-2 40 %"')]);
  const length_m = Math.max(...ends);
  const places = options.places ?? [0.25, 0.5, 0.75].map((x) => `${((x * length_m) / 1000).toFixed(3)} km`);
  const bar = io.progress('implant', options.sizes.length * places.length * options.count);
  const result = await implant({
    recording: options.recording,
    ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
    plant,
    plantName: options.plant,
    recipe: unwrap(readRecipe(options.recipe)),
    sizes: options.sizes,
    places,
    count: Math.max(1, options.count),
    watch_s: watch.value,
    seed: options.seed ?? 1,
    signal: io.signal,
    onProgress: (done) => bar.update(done),
  }).finally(() => bar.end());
  io.json(result);
  io.out(textOf(result, watch.value));
  if (options.out !== undefined)
    io.out(shownPath(await writeText(options.out, 'implant.json', `${JSON.stringify(result, undefined, 2)}\n`)));
  return result.stopped ? 130 : 0;
}

function textOf(result: ImplantResult, watch_s: number): string {
  const times = [...new Set(result.map.map((r) => r.within_s))];
  const sizes = [...new Set(result.map.map((r) => r.size))];
  const cell = (size: string, t: number) => {
    const r = result.map.find((m) => m.size === size && m.within_s === t)!;
    const percent = (x: number) => Math.round(100 * x);
    return `${percent(r.found / r.of)} % [${percent(r.interval.low)}, ${percent(r.interval.high)}]`;
  };
  const table = textTable(
    ['size', ...times.map((t) => `in ${formatSpan(t * 1e6)}`)],
    sizes.map((size) => [size, ...times.map((t) => cell(size, t))]),
  );
  const { dl90, unit, implants, frames, own } = result;
  const digits = (x: number) => Number(x.toPrecision(3));
  const limit = dl90
    ? `90 % are found in ${formatSpan(watch_s * 1e6)} from ${digits(dl90.size)} ${unit} on (95 %: ${digits(dl90.interval.low)} to ${digits(dl90.interval.high)}).`
    : 'No 90 % limit: the chance does not rise with size here.';
  return `share found of ${implants.length} implants in ${frames} frames, and 95 %\n\n${table}\n\n${limit}\nThe recording by itself raised ${own} alarms in the stretches watched.`;
}
