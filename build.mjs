// Bundles the command line into dist/ with one chunk per lazily loaded verb, so that `leaktwin --help` loads only
// the list of verbs. Packages stay outside the bundle: they are ordinary dependencies.
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const outdir = new URL('./dist', import.meta.url).pathname;
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: { leaktwin: 'scenarios/cli/main.ts' },
  absWorkingDir: new URL('.', import.meta.url).pathname,
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
});
