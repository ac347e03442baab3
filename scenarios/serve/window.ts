/**
 * The window (twin-ui) as it is served: the built page and its parts from dist/ui, what it must know before it starts, the
 * scenarios that there are, and the plain page where the window has not been built.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ScenarioSummary, WindowInfo } from '../../models/contract/index.ts';
import { libraryNames, packageRoot } from '../../models/document/index.ts';
import { readScenario } from '../engine/index.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
/** Nothing from elsewhere; sockets to this machine's other port, where truth is. Styles are set by the 3D library and by uPlot. */
const POLICY =
  "default-src 'self'; script-src 'self'; connect-src 'self' ws: wss: http: https:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:";

export const WINDOW_FOLDER = join(packageRoot, 'dist', 'ui');

/** Serves the window; false where it has not been built. */
export function addWindow(app: OpenAPIHono, info: () => WindowInfo, folder = WINDOW_FOLDER): boolean {
  app.get('/api/window', (c) => c.json(info()));
  let scenarios: ScenarioSummary[] | undefined;
  app.get('/api/scenarios', (c) => {
    scenarios ??= summaries();
    return c.json({ scenarios });
  });
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return false;
  app.get('/', (c) =>
    c.body(readFileSync(index), 200, {
      'content-type': TYPES['.html']!,
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
    }),
  );
  app.get('/ui/:file', (c) => {
    const file = c.req.param('file');
    const path = join(folder, 'ui', file);
    const type = TYPES[extname(file)];
    if (!/^[\w.-]+$/.test(file) || type === undefined || !existsSync(path)) return c.notFound();
    if (!realpathSync(path).startsWith(realpathSync(folder) + sep)) return c.notFound();
    // Their names hold a digest of what is in them.
    return c.body(readFileSync(path), 200, {
      'content-type': type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });
  return true;
}

/** A scenario that cannot be read is another verb's to complain about. */
function summaries(): ScenarioSummary[] {
  return libraryNames('scenario').flatMap((name) => {
    const read = readScenario(name);
    if (!read.ok) return [];
    const { scenario, about, plant, duration } = read.value.value;
    return [{ scenario, about, plant, duration_s: duration / 1e6 }];
  });
}
