/**
 * A detector of somebody else's, in any language: started as a process that finds the plant's addresses in its
 * environment, watched while the plant runs, and gone when the run is over.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from './wallclock.ts';

export interface External {
  /** Settles with a sentence when the process ends before it was told to. */
  readonly died: Promise<string>;
  /** Ends it; true where it had ended by itself, or did so within the grace. */
  stop(): Promise<boolean>;
  /** Resident memory of it and its children; undefined where the system does not tell (no /proc). */
  memory_bytes(): number | undefined;
}

/** Patience with a process that has seen the end of the run, and between asking it to end and ending it. */
const GRACE_MS = 1_000;
const TAIL = 400;

/** `environment` is added to ours; what the process prints goes to `log`, line by line. */
export function startExternal(
  command: string,
  environment: Readonly<Record<string, string>>,
  log: (line: string) => void,
): External {
  // A group of its own, so that a shell's children end with it.
  const child = spawn(command, {
    shell: true,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let tail = '';
  let stopping = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL);
      for (const line of text.split('\n')) if (line.trim() !== '') log(`detector: ${line.trimEnd()}`);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`the detector could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      const last = tail.trim().split('\n').at(-1) ?? '';
      const said = last === '' ? '' : `; its last words: ${last}`;
      resolve(`the detector ended ${signal ? `by ${signal}` : `with code ${code}`} before the run did${said}`);
    });
  });
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (child.pid === undefined) return;
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // Gone already.
    }
  };
  // A run that dies must not leave a detector behind.
  const orphan = () => kill('SIGKILL');
  process.once('exit', orphan);
  return {
    died: ended.then((why) => (stopping ? new Promise<string>(() => {}) : why)),
    async stop() {
      stopping = true;
      let over = false;
      const gone = ended.then(() => {
        over = true;
      });
      let byItself = true;
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        await Promise.race([gone, sleep(GRACE_MS)]);
        if (over) break;
        byItself = false;
        kill(signal);
      }
      process.removeListener('exit', orphan);
      return byItself;
    },
    memory_bytes: () => (child.pid === undefined ? undefined : groupMemory_bytes(child.pid)),
  };
}

const PAGE_BYTES = 4096;

/** Resident set of all processes of a group, from /proc/<pid>/stat (proc(5): the group is field 5, the pages are field 24). */
function groupMemory_bytes(group: number): number | undefined {
  let pages = 0;
  let seen = false;
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      let stat: string;
      try {
        stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      } catch {
        continue;
      }
      // The second field is a name in brackets, which may hold anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[2]) !== group) continue;
      seen = true;
      pages += Number(fields[21]);
    }
  } catch {
    return undefined;
  }
  return seen ? pages * PAGE_BYTES : undefined;
}
