/**
 * How a verb speaks: text for people or one JSON document for scripts, never both. A verb says both unconditionally and
 * this file decides which is heard, so that no verb can put a stray line beside its JSON.
 */
import { type Progress, startProgress } from './progress.ts';

/** The process as the command line sees it; a test hands in its own. */
export interface Surroundings {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stderrIsTty: boolean;
  readonly stderrColumns: () => number;
  /** Undefined where stdout is no terminal: then nothing is cut to fit. */
  readonly stdoutColumns: number | undefined;
  /** Aborted when the user asks to stop. */
  readonly signal: AbortSignal;
  readonly verbose: boolean;
}

export interface Io {
  /** Text for people on stdout, a line break added where it lacks one; silent with --json. */
  out(text: string): void;
  /** A line on stderr, with --json too. */
  err(text: string): void;
  /** The verb's one document; silent without --json. `line` puts it on one line, for a verb that goes on. */
  json(document: unknown, form?: 'pretty' | 'line'): void;
  /** A bar on stderr for long work: `total` in any unit, undefined where unknown. */
  progress(label: string, total?: number): Progress;
  /** Aborted at the first Ctrl-C: stop in order, keep what was recorded. */
  readonly signal: AbortSignal;
  /** Width of the terminal, undefined where stdout is a file or a pipe. */
  readonly columns: number | undefined;
}

export function createIo(surroundings: Surroundings, json: boolean): Io {
  const whole = (text: string) => (text.endsWith('\n') ? text : `${text}\n`);
  return {
    out: (text) => {
      if (!json) surroundings.stdout(whole(text));
    },
    err: (text) => surroundings.stderr(whole(text)),
    json: (document, form = 'pretty') => {
      if (json) surroundings.stdout(`${JSON.stringify(document, undefined, form === 'pretty' ? 2 : undefined)}\n`);
    },
    progress: (label, total) => startProgress(surroundings, label, total),
    signal: surroundings.signal,
    columns: surroundings.stdoutColumns,
  };
}
