// Bundles the command line into dist/ with one chunk per lazily loaded verb, so that `leaktwin --help` loads only the
// list of verbs. Packages stay outside the bundle: they are ordinary dependencies. Files that have not changed are left
// alone, so that building again under a running twin does no harm.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));
const outdir = join(root, 'dist');

const { outputFiles } = await build({
  entryPoints: { leaktwin: 'scenarios/cli/main.ts' },
  absWorkingDir: root,
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  sourcesContent: false,
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
  write: false,
});

const wanted = new Set(outputFiles.map((f) => f.path));
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}
for (const entry of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !wanted.has(path)) rmSync(path);
}
chmodSync(join(outdir, 'leaktwin.js'), 0o755);
