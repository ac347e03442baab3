/**
 * Recorded runs over REST, so that a window shows one exactly as it shows a live plant: GET /api/runs lists them, and below
 * /api/runs/<suite>/<run> stand layout, scene, frames (in chunks, as bytes), alarms, truth and card of one.
 *
 * Truth and cards are given to who has the truth token, and to anybody while no plant runs behind this port: a detector that
 * is being judged could otherwise read up what leaked the last time that its scenario was played.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  type AlarmEvent,
  type Card,
  encodeFrame,
  frameByteLength,
  layoutSpec,
  MOST_FRAMES,
  overall,
  PROTOCOL_VERSION,
  ProblemError,
  plainProblem,
  type RunSummary,
  type TruthEvent,
} from '../../models/contract/index.ts';
import { findDocument } from '../../models/document/index.ts';
import { openRun, RECORDING_FILES, type Recording, type RunManifest } from '../../models/recording/index.ts';
import { plantScene, readPlant } from '../../sim/index.ts';

export interface RunsOptions {
  /** The folder of runs: <suite or scenario>/<run id> below it. */
  readonly root: string;
  /** A run outside of it that is shown too, once it is over. */
  readonly own?: () => string | undefined;
  /** Whether this request may see what really happened. */
  mayKnow(c: Context): boolean;
}

const NAME = /^[\w][\w.+-]{0,99}$/;
const SHOWN = 500;

export function addRuns(app: OpenAPIHono, options: RunsOptions): void {
  const opened = new Map<string, Promise<Recording>>();

  app.get('/api/runs', (c) => c.json({ runs: list(options, options.mayKnow(c)) }));

  const one = (what: string, serve: (c: Context, run: Recording, folder: string) => Promise<Response>, truth = false) =>
    app.get(`/api/runs/:suite/:run/${what}`, async (c) => {
      const { suite, run } = c.req.param() as { suite: string; run: string };
      const folder = folderOf(options, suite, run);
      if (folder === undefined)
        return refuse(c, 404, `${suite}/${run}`, 'a run of /api/runs', 'names of folders, without . and ..');
      if (truth && !options.mayKnow(c))
        return refuse(c, 403, 'no token', 'the truth token, while a plant runs behind this port');
      const recording = opened.get(folder) ?? openRun(folder);
      opened.set(folder, recording);
      // A folder may be completed later; a list of refused ones would only grow.
      if (opened.size > 16) opened.delete(opened.keys().next().value!);
      try {
        return await serve(c, await recording, folder);
      } catch (error) {
        opened.delete(folder);
        if (!(error instanceof ProblemError)) throw error;
        return c.json({ problems: error.problems.map((p) => ({ ...p, file: `${suite}/${run}` })) }, 409);
      }
    });

  one('layout', async (c, { layout, manifest }) =>
    c.json({
      protocol: PROTOCOL_VERSION,
      layoutDigest: layout.digest,
      layout: layoutSpec(layout),
      run: summaryOf(c.req.param('suite') ?? '', c.req.param('run') ?? '', manifest, undefined),
    }),
  );
  one('scene', async (c, run) => c.json(sceneOf(run)));
  one('frames', async (c, run) => {
    const first = Number(c.req.query('from') ?? 1);
    const count = Math.min(Number(c.req.query('count') ?? MOST_FRAMES), MOST_FRAMES);
    if (!Number.isSafeInteger(first) || first < 0 || !Number.isSafeInteger(count) || count < 1)
      return refuse(c, 400, c.req.url.split('?')[1] ?? '', 'from and count, whole and above 0');
    return c.body(await frameBytes(run, first, count), 200, { 'content-type': 'application/octet-stream' });
  });
  one('alarms', async (c, run) => {
    const events: AlarmEvent[] = [];
    for await (const e of run.alarms()) events.push(e);
    return c.json({ events });
  });
  one(
    'truth',
    async (c, run) => {
      const events: TruthEvent[] = [];
      for await (const e of run.truth()) events.push(e);
      return c.json({ events });
    },
    true,
  );
  one(
    'card',
    async (c, _run, folder) => {
      const card = cardOf(folder);
      return card ? c.json(card) : refuse(c, 404, 'no card', 'a run that was judged');
    },
    true,
  );
}

function refuse(c: Context, status: 400 | 403 | 404, found: string, expected: string, hint?: string) {
  return c.json({ problems: [plainProblem(c.req.path, '', found, expected, hint)] }, status);
}

/** The folder of a run; undefined where the names lead nowhere, or out of the folder of runs. */
function folderOf(options: RunsOptions, suite: string, run: string): string | undefined {
  if (!NAME.test(suite) || !NAME.test(run)) return undefined;
  const own = options.own?.();
  if (own !== undefined && suite === 'live' && run === 'run') return own;
  const folder = join(options.root, suite, run);
  if (!existsSync(join(folder, RECORDING_FILES.manifest))) return undefined;
  const inside = realpathSync(options.root) + sep;
  const real = realpathSync(folder);
  return real.startsWith(inside) && manifestOf(real)?.complete ? real : undefined;
}

function list(options: RunsOptions, mayKnow: boolean): RunSummary[] {
  const found: { at: number; run: RunSummary }[] = [];
  const add = (suite: string, name: string, folder: string) => {
    const manifest = manifestOf(folder);
    if (!manifest?.complete) return;
    const card = mayKnow ? cardOf(folder) : undefined;
    const at = statSync(join(folder, RECORDING_FILES.manifest)).mtimeMs;
    found.push({ at, run: summaryOf(suite, name, manifest, card) });
  };
  const own = options.own?.();
  if (own !== undefined) add('live', 'run', own);
  for (const suite of folders(options.root))
    for (const name of folders(join(options.root, suite)))
      if (NAME.test(suite) && NAME.test(name)) add(suite, name, join(options.root, suite, name));
  return found
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN)
    .map((f) => f.run);
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name);
}

function manifestOf(folder: string): RunManifest | undefined {
  return json(join(folder, RECORDING_FILES.manifest)) as RunManifest | undefined;
}

function cardOf(folder: string): Card | undefined {
  return json(join(folder, 'card.json')) as Card | undefined;
}

/** Undefined where there is no such file or it is being written. */
function json(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function summaryOf(suite: string, name: string, manifest: RunManifest, card: Card | undefined): RunSummary {
  const text = (key: string) => (typeof manifest[key] === 'string' ? manifest[key] : '');
  return {
    id: `${suite}/${name}`,
    runId: text('runId'),
    scenario: text('scenario'),
    about: text('about'),
    plant: text('plant'),
    recipe: text('recipe'),
    seed: typeof manifest['seed'] === 'number' ? manifest['seed'] : 0,
    frames: manifest.frames,
    firstUs: manifest.firstUs ?? 0,
    lastUs: manifest.lastUs ?? 0,
    status: text('status'),
    ...(card ? { verdict: overall(card) } : {}),
  };
}

function sceneOf({ asBuilt, layout, manifest }: Recording) {
  const name = typeof manifest['plant'] === 'string' ? manifest['plant'] : '';
  const file = NAME.test(name) ? findDocument('plant', name) : undefined;
  const plant = file?.ok ? readPlant(file.value.file) : undefined;
  return plantScene({
    layout,
    asBuilt: asBuilt ?? {
      plant: name,
      exact: false,
      nodes: [],
      pipes: [],
      links: [],
      uncertainty: { waveSpeed: 0, roughness: 0, diameter: 0, density: 0 },
    },
    ...(plant?.ok && plant.value.value.plant === name ? { spec: plant.value.value } : {}),
  });
}

async function frameBytes(run: Recording, first: number, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const size = frameByteLength(run.layout);
  const bytes = new Uint8Array(count * size);
  const view = new DataView(bytes.buffer);
  let n = 0;
  for await (const frame of run.frames({ first, count })) {
    if (n === count) break;
    encodeFrame(frame, view, n * size);
    n += 1;
  }
  return bytes.subarray(0, n * size);
}
