// Bundles the command line into dist/ and the window into dist/ui/. The command line has one chunk per lazily loaded verb, so
// that `leaktwin --help` loads only the list of verbs; its packages stay outside the bundle, as ordinary dependencies. Files
// that have not changed are left alone, so that building again under a running twin does no harm.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));
const outdir = join(root, 'dist');

const { outputFiles } = await build({
  entryPoints: { leaktwin: 'scenarios/cli/main.ts', historian: 'detector/historian/thread.ts' },
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

// What of the program makes frames, and what judges them: a bundle mixes both, and a cache of frames must not go stale where
// only a detector changed. The sides are those of scenarios/run/inputs.ts.
const SIDES = { plant: ['models', 'sim', 'scenarios/engine'], judge: ['scenarios/score', 'scenarios/run/bound.ts'] };
const sides = Object.fromEntries(Object.entries(SIDES).map(([side, paths]) => [side, digestOf(paths)]));
const files = [
  ...outputFiles,
  { path: join(outdir, 'sides.json'), contents: Buffer.from(`${JSON.stringify(sides)}\n`) },
];

const ui = join(outdir, 'ui');
await buildWindow();

const wanted = new Set(files.map((f) => f.path));
for (const { path, contents } of files) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}
for (const entry of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !wanted.has(path) && !path.startsWith(ui + sep)) rmSync(path);
}
chmodSync(join(outdir, 'leaktwin.js'), 0o755);

/** The window takes seconds to bundle, so it is built only where something of it has changed. */
async function buildWindow() {
  const stamp = join(ui, '.sources');
  const sources = digestOf(['twin-ui', 'models/contract', 'models/kernel', 'build.mjs', 'package.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  const [{ build: bundle }, { preact }] = await Promise.all([import('vite'), import('@preact/preset-vite')]);
  await bundle({
    root: join(root, 'twin-ui'),
    configFile: false,
    logLevel: 'warn',
    base: './',
    plugins: [preact({ devToolsEnabled: false })],
    build: {
      outDir: ui,
      emptyOutDir: true,
      assetsDir: 'ui',
      target: 'es2022',
      chunkSizeWarningLimit: 1200,
    },
  });
  writeFileSync(stamp, sources);
  const parts = readdirSync(join(ui, 'ui')).map((f) => gzipSync(readFileSync(join(ui, 'ui', f))).length);
  const total_kB = parts.reduce((a, b) => a + b, 0) / 1000;
  console.log(`the window: ${parts.length} files, ${total_kB.toFixed(0)} kB gzip`);
}

function digestOf(paths) {
  const all = paths.flatMap((path) =>
    /\.\w+$/.test(path)
      ? [path]
      : readdirSync(join(root, path), { recursive: true })
          .filter((f) => /\.(tsx?|css|html)$/.test(f))
          .map((f) => join(path, f)),
  );
  const hash = createHash('sha256');
  for (const path of all.sort()) hash.update(`/${path}\n`).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}
