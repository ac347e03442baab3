/**
 * The command as people have it: built, in a checkout through npx, and installed from the packed tarball.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { command, installed, root } from './terminal.ts';

const scratch = mkdtempSync(join(tmpdir(), 'leaktwin-installed-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the built command', () => {
  it('--help loads no module of a verb and none of the packages but commander', () => {
    const packages = new Set<string>();
    const seen = new Set<string>();
    const load = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const m of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;"]*(?:from\s*)?"([^"]+)"/gm)) {
        if (m[1]!.startsWith('.')) load(join(dirname(file), m[1]!));
        else if (!m[1]!.startsWith('node:')) packages.add(m[1]!);
      }
    };
    load(command);
    expect([...packages]).toEqual(['commander']);
    const bytes = [...seen].reduce((sum, file) => sum + statSync(file).size, 0);
    console.log(`loaded before any verb: ${seen.size} files, ${Math.round(bytes / 1024)} KiB, and commander`);
    expect(bytes).toBeLessThan(40 * 1024);
  });

  it('ends quietly when its reader goes away', async () => {
    const child = spawn(process.execPath, [command, 'registers', 'crude-line'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (piece: Buffer) => {
      stderr += piece.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((done) => child.once('close', done));
    expect([code, stderr]).toEqual([0, '']);
  });

  it('works from any folder, and resolves plants of that folder', async () => {
    expect((await installed(['describe', 'crude-line'], { cwd: scratch })).stdout).toContain('plant crude-line');
    writeFileSync(join(scratch, 'bad.yaml'), 'plant: 7\n');
    const { code, stderr } = await installed(['registers', 'bad.yaml'], { cwd: scratch });
    expect(code).toBe(2);
    expect(stderr).toContain('bad.yaml:1:8: plant: found 7, expected text');
  });

  it('npx leaktwin in a checkout is its own build', () => {
    const out = execFileSync('npx', ['--no-install', 'leaktwin', '--version'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(out.trim()).toBe((JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }).version);
  });
});

describe('the packed tarball', () => {
  it('installs in an empty folder and runs, with its library and without tests or sources', async () => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch], { cwd: root, stdio: 'ignore' });
    const tarball = readdirSync(scratch).find((f) => f.endsWith('.tgz'))!;
    console.log(`tarball: ${Math.round(statSync(join(scratch, tarball)).size / 1024)} KiB`);
    const files = execFileSync('tar', ['-tzf', join(scratch, tarball)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((f) => f.replace(/^package\//, ''));
    for (const wanted of [
      'dist/leaktwin.js',
      'models/plants/crude-line.yaml',
      'models/schema/plant.schema.json',
      'models/recipes/balance.yaml',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
    ])
      expect(files).toContain(wanted);
    expect(files.some((f) => f.startsWith('scenarios/library/') && f.endsWith('.yaml'))).toBe(true);
    expect(files.filter((f) => /^(test|bench)\/|\.ts$/.test(f))).toEqual([]);

    const home = join(scratch, 'home');
    execFileSync(
      'npm',
      ['install', '--prefix', home, '--no-audit', '--no-fund', '--prefer-offline', join(scratch, tarball)],
      { stdio: 'ignore' },
    );
    const program = join(home, 'node_modules/.bin/leaktwin');
    const run = (...argv: string[]) => installed(argv, { cwd: scratch, program });
    expect((await run('--help')).stdout).toContain('leaktwin <verb>');
    expect((await run('registers', 'crude-line', '--station', 'gateway')).stdout).toContain('Modbus unit 255: gateway');
    expect((await run('validate', 'transient')).code).toBe(0);
    expect(JSON.parse((await run('describe', '--json')).stdout)).toHaveProperty('scenarios');
  }, 300_000);
});
