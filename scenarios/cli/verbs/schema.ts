/**
 * `leaktwin schema [name]`: JSON Schemas of what people write and scripts read.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { ProblemError, plainProblem } from '../../../models/contract/index.ts';
import { packageRoot } from '../../../models/document/index.ts';
import { nearest } from '../../../models/kernel/index.ts';
import type { Io } from '../io.ts';
import { jsonSchema, SCHEMAS, schemaFileName, schemaText } from '../schema.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly write?: boolean;
}

export function configure(command: Command): void {
  command.option('--write', 'write all of them as files: to --out, or to the models/schema of the package');
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  if (options.write) {
    const folder = options.out ?? join(packageRoot, 'models/schema');
    mkdirSync(folder, { recursive: true });
    const files = SCHEMAS.map((s) => {
      const path = join(folder, schemaFileName(s.name));
      writeFileSync(path, schemaText(s));
      return path;
    });
    io.json({ files });
    io.out(files.join('\n'));
    return 0;
  }
  const name = args[0];
  if (name === undefined) {
    io.json({ schemas: Object.fromEntries(SCHEMAS.map((s) => [s.name, jsonSchema(s)])) });
    io.out(
      textTable(
        ['name', 'what it describes'],
        SCHEMAS.map((s) => [s.name, s.summary]),
      ),
    );
    io.out('\nleaktwin schema <name> prints one.');
    return 0;
  }
  const found = SCHEMAS.find((s) => s.name === name);
  if (!found) {
    const names = SCHEMAS.map((s) => s.name);
    const near = nearest(name, names);
    throw new ProblemError([
      plainProblem(
        'schema',
        '',
        `"${name}"`,
        `one of ${names.join(', ')}`,
        near === undefined ? undefined : `did you mean "${near}"?`,
      ),
    ]);
  }
  const text = schemaText(found);
  if (options.out) writeFileSync(options.out, text);
  io.json(jsonSchema(found));
  io.out(options.out ?? text);
  return 0;
}
