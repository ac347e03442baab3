/**
 * The command line for tests: in this process with caught streams, or as the installed command in a process of its own.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../scenarios/cli/commandLine.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const command = `${root}dist/leaktwin.js`;

export async function inProcess(...argv: string[]): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const code = await runCommandLine(argv, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    stderrIsTty: false,
    stderrColumns: () => 80,
    stdoutColumns: undefined,
    signal: new AbortController().signal,
    verbose: false,
  });
  return { code, stdout, stderr };
}

export function installed(argv: readonly string[], options: { cwd?: string; program?: string } = {}): Promise<Outcome> {
  const child = options.program
    ? spawn(options.program, argv, { cwd: options.cwd ?? root, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn(process.execPath, [command, ...argv], { cwd: options.cwd ?? root, stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) =>
      done({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}
