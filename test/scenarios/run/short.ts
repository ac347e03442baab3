/** Short scenarios for tests, in a folder that goes away. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../../scenarios/cli/commandLine.ts';

export const SHORT_LEAK = `scenario: short-leak
about: 5 % of the flow escapes after 16 minutes.
plant: crude-line
duration: 19 min
seed: 3
timeline:
  - at: 16 min
    leak: leak-1
    on: { kp: { draw: uniform, from: 15 km, to: 20 km } }
    rate: 5 % of flow
expect:
  - detected: { of: leak-1 }
  - false-alarms: { at-most: 1 per day }
`;

export const SHORT_QUIET = `scenario: short-quiet
about: Nothing happens.
plant: crude-line
duration: 30 s
expect:
  - false-alarms: { at-most: 1 per day }
`;

export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'leaktwin-'));
  write(name: string, text: string): string {
    const path = join(this.path, name);
    writeFileSync(path, text);
    return path;
  }
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in this process. */
export async function leaktwin(argv: readonly string[], signal = new AbortController().signal): Promise<Said> {
  let stdout = '';
  let stderr = '';
  const code = await runCommandLine(argv, {
    stdout: (t) => {
      stdout += t;
    },
    stderr: (t) => {
      stderr += t;
    },
    stderrIsTty: false,
    stderrColumns: () => 80,
    stdoutColumns: undefined,
    signal,
    verbose: true,
  });
  return { code, stdout, stderr };
}
