/**
 * Before the first test of a run: dist/ is built from the sources as they are now, so that tests of the installed command
 * never judge yesterday's code. Building changes nothing where nothing changed. Where it fails, dist/ goes, so that the
 * tests that need it fail and say so, and all others still run.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export default function setup(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  try {
    execFileSync(process.execPath, [`${root}build.mjs`], { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch {
    rmSync(`${root}dist`, { recursive: true, force: true });
    process.stderr.write('dist/ could not be built: every test of the installed command will fail\n');
  }
}
