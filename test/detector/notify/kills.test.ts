/** Ten deaths of the sender, by signal 9 at chosen moments of sending and writing, and receivers ill in all ways meanwhile. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../models/document/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import { type Health, Receiver } from './made.ts';

const home = mkdtempSync(join(tmpdir(), 'sender-'));
const program = join(home, 'sender.mjs');
beforeAll(async () => {
  writeFileSync(join(home, 'package.json'), '{"name":"leaktwin","type":"module"}');
  symlinkSync(join(packageRoot, 'node_modules'), join(home, 'node_modules'));
  await build({
    entryPoints: [fileURLToPath(new URL('./sender.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
});
afterAll(() => rmSync(home, { recursive: true }));

const LIVES: readonly (Health | 'refuse')[] = [
  'refuse',
  '500',
  'nonsense',
  'hang',
  'deaf',
  'well',
  'deaf',
  'well',
  'hang',
  'well',
];
const PER_LIFE = 12;

describe('an outbox whose process is killed ten times', () => {
  it('delivers every notification once by its key', async () => {
    const receiver = await new Receiver().open();
    const chance = seeded(20_260_105).stream('kills');
    const total = PER_LIFE * (LIVES.length + 1);
    let stored = 0;
    let torn = 0;
    const start = (to: number, hear: (line: string) => void): ChildProcessWithoutNullStreams => {
      const child = spawn(process.execPath, [program, join(home, 'box'), receiver.url, String(stored), String(to)]);
      child.stderr.pipe(process.stderr);
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('stored ')) stored = Number(line.slice(7)) + 1;
        hear(line);
      });
      return child;
    };
    const ended = (child: ChildProcessWithoutNullStreams) =>
      new Promise<void>((done) => child.on('close', () => done()));
    for (const [life, health] of LIVES.entries()) {
      const moment = 1 + Math.floor(chance.uniform(life) * (PER_LIFE - 2));
      if (health === 'refuse') await receiver.refuse();
      else if (life === 1) await receiver.open();
      // Of a deaf receiver all but the last answer arrive.
      receiver.health = health === 'deaf' || health === 'refuse' ? 'well' : health;
      let requests = 0;
      let lines = 0;
      const child = start((life + 1) * PER_LIFE, (line) => {
        lines += line.startsWith('stored ') ? 1 : 0;
        // In mid-write of the next one, while others are being sent.
        if (health === 'well' && lines === moment) child.kill('SIGKILL');
        if (health === 'refuse' && line.includes('ECONNREFUSED') && lines > 0) child.kill('SIGKILL');
      });
      receiver.onRequest = () => {
        requests += 1;
        if (health === 'deaf' && requests === moment) receiver.health = 'deaf';
        else if (health === 'deaf' && requests > moment) child.kill('SIGKILL');
        else if (health === 'hang' || requests === 3) if (health !== 'well' && health !== 'deaf') child.kill('SIGKILL');
      };
      await ended(child);
      expect(child.signalCode).toBe('SIGKILL');
      if (stored < (life + 1) * PER_LIFE) torn += 1;
    }
    receiver.health = 'well';
    const child = start(total, () => {});
    await new Promise<void>((done) => {
      receiver.onRequest = () => {
        if (receiver.taken.size === total) done();
      };
    });
    child.stdin.end();
    await ended(child);
    expect(child.exitCode).toBe(0);
    expect(new Set(receiver.taken.keys())).toEqual(new Set(Array.from({ length: total }, (_, n) => `key-${n}`)));
    // Its answers were lost with the process; the key told the receiver so.
    expect(receiver.repeats).toBeGreaterThanOrEqual(2);
    const { tries } = receiver;
    const after = start(total, () => {});
    after.stdin.end();
    await ended(after);
    expect(receiver.tries).toBe(tries);
    await receiver.refuse();
    console.log(
      `${total} notifications, ${LIVES.length} kills (${torn} before all was stored), ${tries} requests: each taken once, ${receiver.repeats} known again by key`,
    );
  }, 60_000);
});
