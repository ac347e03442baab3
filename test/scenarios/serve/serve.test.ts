import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../scenarios/cli/commandLine.ts';
import { Folder, SHORT_LEAK } from '../run/short.ts';

const folder = new Folder();
const scenario = folder.write('short-leak.yaml', SHORT_LEAK);
const ci = process.env['CI'];
beforeAll(() => {
  delete process.env['CI'];
});
afterAll(() => {
  if (ci !== undefined) process.env['CI'] = ci;
  folder.remove();
});

describe('leaktwin serve', () => {
  it('tells its addresses in one line, plays the scenario over Modbus, shows the verdict and stays until it is stopped', async () => {
    const stop = new AbortController();
    let stdout = '';
    let listening: (line: string) => void = () => {};
    const first = new Promise<string>((resolve) => {
      listening = resolve;
    });
    const argv = [
      'serve',
      scenario,
      '--json',
      '--modbus-port',
      '0',
      '--http-port',
      '0',
      '--out',
      join(folder.path, 'run'),
    ];
    const ended = runCommandLine(argv, {
      stdout: (t) => {
        stdout += t;
        listening(t);
      },
      stderr: () => {},
      stderrIsTty: false,
      stderrColumns: () => 80,
      stdoutColumns: undefined,
      signal: stop.signal,
      verbose: true,
    });
    const ready = JSON.parse(await first);
    expect(ready).toMatchObject({ ready: true, plant: 'crude-line', modbus: { host: '127.0.0.1' } });
    expect(ready.modbus.port).toBeGreaterThan(0);
    const page = () => fetch(`${ready.http.url}/report`).then((r) => r.text());
    expect(await page()).toContain('short-leak');
    // Truth is not for whoever finds the port.
    expect((await fetch(`${ready.truth.url}/truth/events`)).status).toBe(401);
    let card: { status: string; transport: string; verdicts: { criterion: string; status: string }[] } | undefined;
    for (let i = 0; i < 600 && !card; i += 1) {
      const answer = await fetch(new URL('/api/card', ready.http.url));
      if (answer.ok) card = (await answer.json()) as typeof card;
      else await new Promise((r) => setTimeout(r, 100));
    }
    expect(card).toMatchObject({ status: 'valid', transport: 'modbus' });
    expect(card!.verdicts.find((v) => v.criterion === 'detected')!.status).toBe('pass');
    expect(await page()).toContain('<h2>Verdicts</h2>');
    stop.abort();
    expect(await ended).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });
});
