/** `leaktwin serve` in this process, for tests of the window. */
import { runCommandLine } from '../../scenarios/cli/commandLine.ts';

export interface Served {
  readonly url: string;
  readonly token: string;
  readonly truth: string;
  stop(): Promise<void>;
}

/** Resolves once all ports listen. */
export async function serve(args: readonly string[]): Promise<Served> {
  const stop = new AbortController();
  const ci = process.env['CI'];
  delete process.env['CI'];
  let told: (line: string) => void = () => {};
  const first = new Promise<string>((resolve) => {
    told = resolve;
  });
  let stderr = '';
  const ended = runCommandLine(['serve', ...args, '--json', '--modbus-port', '0', '--http-port', '0'], {
    stdout: (t) => told(t),
    stderr: (t) => {
      stderr += t;
    },
    stderrIsTty: false,
    stderrColumns: () => 80,
    stdoutColumns: undefined,
    signal: stop.signal,
    verbose: true,
  });
  const early = ended.then((code) => {
    throw new Error(`serve ended with ${code} before it listened:\n${stderr}`);
  });
  const ready = JSON.parse(await Promise.race([first, early])) as {
    http: { url: string };
    truth: { url: string; token: string };
  };
  early.catch(() => {});
  return {
    url: ready.http.url,
    token: ready.truth.token,
    truth: ready.truth.url,
    async stop() {
      stop.abort();
      await ended;
      if (ci !== undefined) process.env['CI'] = ci;
    },
  };
}
