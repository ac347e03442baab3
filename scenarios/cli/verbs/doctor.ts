/**
 * `leaktwin doctor`: is this machine ready. Says of each thing whether it works, what it is for and how to get it. What the
 * twin cannot do without fails the check; what only tests or comparisons use is told and no more.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { packageRoot } from '../../../models/document/index.ts';
import type { Io } from '../io.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Finding {
  readonly name: string;
  readonly works: boolean;
  /** True where the twin itself needs it. */
  readonly required: boolean;
  readonly detail: string;
  readonly use: string;
  /** What to do where it does not work. */
  readonly install: string;
}

interface Options extends CommonOptions {
  readonly ports: string;
}

const execute = promisify(execFile);

export function configure(command: Command): void {
  command.option('--ports <list>', 'ports that should be free on 127.0.0.1, by commas', '5020,8080');
}

export async function run(_args: readonly string[], options: Options, io: Io): Promise<number> {
  const ports = options.ports
    .split(',')
    .map(Number)
    .filter((p) => Number.isInteger(p) && p > 0 && p < 65_536);
  const findings = await Promise.all([
    node(),
    duckdb(),
    program('chromium', ['--version'], 'tests of the window', 'apt-get install chromium'),
    program('mbpoll', ['-h'], 'tests with a foreign Modbus master', 'apt-get install mbpoll'),
    python('pymodbus', 'tests with a foreign Modbus master', 'apt-get install python3-pymodbus python3-serial-asyncio'),
    library('modbus/modbus.h', 'libmodbus', 'tests with a foreign Modbus master', 'apt-get install libmodbus-dev'),
    program('gcc', ['--version'], 'benchmarks against C', 'apt-get install gcc'),
    ...ports.map(port),
  ]);
  const ready = findings.every((f) => f.works || !f.required);
  io.json({ ready, findings });
  io.out(
    textTable(
      ['', 'what', 'found', 'needed for'],
      findings.map((f) => [f.works ? 'ok' : f.required ? 'FAILS' : 'absent', f.name, f.detail, f.use]),
    ),
  );
  const todo = findings.filter((f) => !f.works);
  if (todo.length > 0) io.out(`\nTo have the rest:\n${[...new Set(todo.map((f) => `  ${f.install}`))].join('\n')}`);
  io.out(ready ? '\nThis machine is ready.' : '\nThis machine is not ready.');
  return ready ? 0 : 1;
}

/** The range of versions is the package's own. */
function node(): Finding {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { engines: { node: string } };
  const wanted = manifest.engines.node.replace('>=', '').split('.').map(Number);
  const have = process.versions.node.split('.').map(Number);
  const at = have.findIndex((v, i) => v !== (wanted[i] ?? 0));
  const works = at === -1 || have[at]! > (wanted[at] ?? 0);
  return {
    name: 'node',
    works,
    required: true,
    detail: process.version,
    use: 'everything',
    install: `Node.js ${manifest.engines.node}, from nodejs.org or your distribution`,
  };
}

async function duckdb(): Promise<Finding> {
  const finding = {
    name: 'DuckDB',
    required: true,
    use: 'recordings',
    install: 'npm ci (or npm install) again, on this machine',
  };
  try {
    const { DuckDBInstance, version } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run('select 1');
    connection.closeSync();
    return { ...finding, works: true, detail: version() };
  } catch (error) {
    return { ...finding, works: false, detail: firstLine(error) };
  }
}

function onPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

async function program(name: string, args: string[], use: string, install: string): Promise<Finding> {
  const path = onPath(name);
  if (path === undefined) return { name, works: false, required: false, detail: 'not on the PATH', use, install };
  try {
    const { stdout, stderr } = await execute(path, args, { timeout: 10_000 });
    return { name, works: true, required: false, detail: firstLine(stdout || stderr) || path, use, install };
  } catch (error) {
    // Some programs answer a question for help with an exit code of their own.
    const spoke = (error as { stdout?: string }).stdout;
    return { name, works: Boolean(spoke), required: false, detail: firstLine(spoke || error), use, install };
  }
}

/** A module of the distribution's own Python, which is not always the first on the PATH. */
async function python(module: string, use: string, install: string): Promise<Finding> {
  for (const interpreter of ['/usr/bin/python3', onPath('python3')]) {
    if (interpreter === undefined) continue;
    try {
      const { stdout } = await execute(interpreter, ['-c', `import ${module}; print(${module}.__version__)`], {
        timeout: 10_000,
      });
      return {
        name: module,
        works: true,
        required: false,
        detail: `${firstLine(stdout)} (${interpreter})`,
        use,
        install,
      };
    } catch {
      // The next interpreter may have it.
    }
  }
  return { name: module, works: false, required: false, detail: 'no python3 imports it', use, install };
}

function library(header: string, name: string, use: string, install: string): Finding {
  for (const folder of ['/usr/include', '/usr/local/include', '/opt/homebrew/include']) {
    try {
      accessSync(join(folder, header));
      return { name, works: true, required: false, detail: join(folder, header), use, install };
    } catch {
      // Not in this folder.
    }
  }
  return { name, works: false, required: false, detail: `no ${header}`, use, install };
}

function port(number: number): Promise<Finding> {
  const finding = {
    name: `port ${number}`,
    required: false,
    use: 'serve',
    install: `another port for serve than ${number}: see "leaktwin serve --help"`,
  };
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done({ ...finding, works: false, detail: firstLine(error) }));
    server.listen({ host: '127.0.0.1', port: number }, () =>
      server.close(() => done({ ...finding, works: true, detail: 'free on 127.0.0.1' })),
    );
  });
}

function firstLine(text: unknown): string {
  const line = (text instanceof Error ? text.message : String(text)).trim().split('\n')[0] ?? '';
  return line.length > 70 ? `${line.slice(0, 67)}...` : line;
}
