/**
 * `leaktwin import`: a plant YAML from a stationing CSV, a tag list CSV and, where there is one, the existing Modbus map.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { type Problem, ProblemError, plainProblem, unwrap } from '../../../models/contract/index.ts';
import { readTextFile } from '../../../models/document/index.ts';
import { type Dimension, parseQuantity, toUnit } from '../../../models/kernel/index.ts';
import {
  type ImportedPlant,
  type ImportRequest,
  importPlant,
  type TextSource,
  type Trade,
} from '../../import/index.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly profile: string;
  readonly tags: string;
  readonly modbus?: string;
  readonly name?: string;
  readonly units?: Trade;
  readonly flow?: string;
  readonly density?: string;
  readonly viscosity?: string;
  readonly bulkModulus?: string;
  readonly force?: boolean;
}

export function configure(command: Command): void {
  command
    .requiredOption('--profile <csv>', 'stationing: distance, elevation, outside diameter, wall')
    .requiredOption('--tags <csv>', 'tag list: tag, quantity, unit, range, accuracy, place, station')
    .option('--modbus <csv>', 'existing Modbus map: tag, unit id, table, address, type, scale, word order')
    .option('--name <name>', "the plant's name (default: that of --out)")
    .addOption(
      new Option('--units <trade>', 'for headers without a unit, and for what is assumed').choices(['si', 'us']),
    )
    .option('--flow <quantity>', 'design flow, such as "1850 bbl/h"')
    .option('--density <quantity>', 'of the liquid, such as "860 kg/m3"')
    .option('--viscosity <quantity>', 'of the liquid, such as "10 cSt"')
    .option('--bulk-modulus <quantity>', 'of the liquid, such as "1.52 GPa"')
    .option('--force', 'replace files that exist');
}

export async function run(_args: readonly string[], options: Options, io: Io): Promise<number> {
  const problems: Problem[] = [];
  const file = (path: string | undefined): TextSource | undefined => {
    if (path === undefined) return undefined;
    const read = readTextFile(resolve(path));
    if (!read.ok) problems.push(...read.problems);
    return read.ok ? read.value : undefined;
  };
  const number = (flag: string, text: string | undefined, dimension: Dimension): number | undefined => {
    if (text === undefined) return undefined;
    const read = parseQuantity(text, dimension);
    if (!read.ok) problems.push(plainProblem(flag, '', read.found, read.expected, read.hint));
    else if (!(read.value > 0)) problems.push(plainProblem(flag, '', `"${text}"`, `a ${dimension} above zero`));
    else return read.value;
    return undefined;
  };
  const profile = file(options.profile);
  const tags = file(options.tags);
  const modbus = file(options.modbus);
  const designFlow_m3_s = number('--flow', options.flow, 'flow');
  const density_kg_m3 = number('--density', options.density, 'density');
  const viscosity_m2_s = number('--viscosity', options.viscosity, 'kinematic-viscosity');
  const bulkModulus_Pa = number('--bulk-modulus', options.bulkModulus, 'pressure');
  const name = options.name ?? (options.out ? basename(options.out).replace(/\.ya?ml$/, '') : 'imported-line');
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(name))
    problems.push(plainProblem('--name', '', `"${name}"`, 'letters, digits, dots, dashes and underscores, at most 40'));
  const mapPath = options.out?.replace(/\.ya?ml$/, '').concat('.modbus.yaml');
  for (const path of [options.out, modbus && mapPath]) {
    if (path && !options.force && existsSync(path))
      problems.push(plainProblem(path, '', 'a file that exists', 'a new file', '--force replaces it'));
  }
  if (problems.length > 0 || !profile || !tags) throw new ProblemError(problems);

  const request: ImportRequest = {
    name,
    profile,
    tags,
    ...(modbus ? { modbus } : {}),
    ...(options.units ? { trade: options.units } : {}),
    ...(designFlow_m3_s !== undefined ? { designFlow_m3_s } : {}),
    ...(density_kg_m3 !== undefined ? { density_kg_m3 } : {}),
    ...(viscosity_m2_s !== undefined ? { viscosity_m2_s } : {}),
    ...(bulkModulus_Pa !== undefined ? { bulkModulus_Pa } : {}),
  };
  const made = unwrap(importPlant(request));
  const files: string[] = [];
  const write = (path: string, text: string) => {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    writeFileSync(path, text);
    files.push(path);
  };
  if (options.out) {
    write(options.out, made.yaml);
    if (made.modbusYaml) write(mapPath!, made.modbusYaml);
  } else {
    io.out(made.yaml);
    if (made.modbusYaml) io.err('The Modbus map is written only with --out.');
  }
  const { yaml, modbusYaml, ...rest } = made;
  io.json({ plant: name, files, ...rest, ...(options.out ? {} : { yaml, modbusYaml }) });
  tell(made, name, files, io);
  return made.check.converged ? 0 : 4;
}

/** On stderr, so that the plant itself may go down a pipe. */
function tell(made: ImportedPlant, name: string, files: readonly string[], io: Io): void {
  const list = (title: string, lines: readonly string[]) => {
    if (lines.length === 0) return;
    io.err(`${title}:`);
    for (const line of lines) io.err(`  - ${line}`);
  };
  list('Assumed, because the tables do not say it (marked ASSUMED in the file)', made.assumptions);
  list('Left out', made.leftOut);
  list('At rest, out of range', made.check.outOfRange);
  const us = made.trade === 'us';
  const show = (si: number, unit: string) => `${Number(toUnit(si, unit).toPrecision(4))} ${unit}`;
  const pressure = (si: number) => show(si, us ? 'psi' : 'bar');
  const { nodes, pipes, tags, stations } = made.counts;
  const where = files.length > 0 ? files.join(' and ') : name;
  io.err(
    made.check.converged
      ? `${where}: ${nodes} nodes, ${pipes} pipes, ${tags} tags, ${stations} stations; at rest ${show(made.check.flow_m3_s, us ? 'bbl/h' : 'm3/h')}, pressures ${pressure(made.check.lowestPressure_Pa)} to ${pressure(made.check.highestPressure_Pa)}.`
      : `${where}: written, but no steady state was found: check elevations and diameters.`,
  );
}
