#!/usr/bin/env node
/**
 * The entry of `leaktwin`: binds the command line to this process (arguments, streams, signals, environment, exit code)
 * and does nothing else, so that everything below can run inside a test.
 */
import { runCommandLine } from './commandLine.ts';

const stop = new AbortController();
let interrupts = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupts += 1;
    if (interrupts > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
    process.stderr.write('\nStopping; once more stops at once.\n');
    stop.abort();
  });
}
// A reader that went away (`leaktwin registers crude-line | head`) is no error; what is left to say is dropped.
let stdoutOpen = true;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  stdoutOpen = false;
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const verbose = process.argv.includes('--verbose') || (process.env.DEBUG ?? '') !== '';
if (verbose) process.setSourceMapsEnabled(true);

const code = await runCommandLine(process.argv.slice(2), {
  stdout: (text) => {
    if (stdoutOpen) process.stdout.write(text);
  },
  stderr: (text) => {
    process.stderr.write(text);
  },
  stderrIsTty: process.stderr.isTTY === true,
  stderrColumns: () => process.stderr.columns ?? 80,
  stdoutColumns: process.stdout.isTTY ? process.stdout.columns : undefined,
  signal: stop.signal,
  verbose,
});
// Pipes are written later than `write` returns; leaving before they are empty would cut the last lines off.
await Promise.all(
  [process.stdout, process.stderr].map((s) => new Promise((done) => s.write('', () => done(undefined)))),
);
process.exit(code);
