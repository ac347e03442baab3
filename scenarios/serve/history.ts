/**
 * The history of a live twin by REST. Truth is not there: this is the operator's port. What was stored a moment ago is
 * folded before a question is answered, so an answer lacks nothing that was acknowledged.
 */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { Archive, asOf, events, type Historian, rollup, series } from '../../detector/historian/index.ts';
import { ProblemError } from '../../models/contract/index.ts';

const MOST_POINTS = 100_000;

const us = z.coerce.number().int();
const span = { run: z.string().optional(), from: us.optional(), to: us.optional() };
const tags = z.string().min(1).openapi({ description: 'ids or patterns with * and ?, separated by commas' });
const limit = z.coerce.number().int().min(1).max(MOST_POINTS).default(10_000);
const anything = z.record(z.string(), z.unknown());

/** Routes under /api/history; times are UTC [µs since 1970]. */
export function addHistory(app: OpenAPIHono, historian: Historian): void {
  const archive = new Archive(historian.folder);
  let folding: Promise<unknown> | undefined;
  const fresh = async () => {
    // Many who ask at once wait for the same fold.
    folding ??= historian.fold().finally(() => {
      folding = undefined;
    });
    await folding;
  };
  const add = <Q extends z.ZodObject>(path: string, summary: string, query: Q, answer: (q: z.output<Q>) => unknown) => {
    app.openapi(
      createRoute({
        method: 'get',
        path,
        summary,
        request: { query },
        responses: {
          200: { content: { 'application/json': { schema: anything } }, description: summary },
          400: {
            content: { 'application/json': { schema: anything } },
            description: 'what is wrong with the question',
          },
        },
      }),
      async (c) => {
        try {
          await fresh();
          const value = await answer(c.req.valid('query' as never) as z.output<Q>);
          return c.json(value as Record<string, unknown>, 200);
        } catch (error) {
          if (error instanceof ProblemError) return c.json({ problems: [...error.problems] }, 400);
          throw error;
        }
      },
    );
  };
  const choice = (q: { run?: string | undefined; from?: number | undefined; to?: number | undefined }) => ({
    ...(q.run === undefined ? {} : { run: q.run }),
    ...(q.from === undefined ? {} : { fromUs: q.from }),
    ...(q.to === undefined ? {} : { toUs: q.to }),
  });
  const listed = (text: string) => text.split(',').map((t) => t.trim());

  add('/api/history', 'Runs of this history, and whether it can write', z.object({}), () => ({
    healthy: historian.healthy,
    lostFrames: historian.lostFrames,
    runs: archive.runs(),
  }));
  add('/api/history/tags', 'Tags by run', z.object({ run: z.string().optional(), tags: tags.default('*') }), (q) => ({
    tags: archive
      .chooseTags(archive.chooseRuns(archive.catalogue(), q.run), listed(q.tags))
      .map(({ run, tag }) => ({ run: run.run, tag: tag.id, quantity: tag.quantity, unit: tag.unit })),
  }));
  add(
    '/api/history/series',
    'Samples, or the least and greatest of spans where there are more than `points`: no spike is lost',
    z.object({ ...span, tags, points: z.coerce.number().int().min(4).max(MOST_POINTS).default(1000) }),
    async (q) => ({ series: await series(archive, { ...choice(q), tags: listed(q.tags), points: q.points }) }),
  );
  add(
    '/api/history/rollup',
    'Least, greatest, mean, count and qualities by span',
    z.object({ ...span, tags, every: us.positive().default(60_000_000) }),
    async (q) => ({ rollups: await rollup(archive, { ...choice(q), tags: listed(q.tags), everyUs: q.every }) }),
  );
  add(
    '/api/history/as-of',
    'Values of all tags at the instants of the first',
    z.object({ ...span, tags, limit, atMost: us.positive().optional() }),
    async (q) => ({
      rows: await asOf(archive, {
        ...choice(q),
        tags: listed(q.tags),
        limit: q.limit,
        ...(q.atMost === undefined ? {} : { atMostUs: q.atMost }),
      }),
    }),
  );
  add(
    '/api/history/events',
    'Alarms, operator actions, notices and gaps',
    z.object({ ...span, kinds: z.string().optional(), key: z.string().optional(), limit }),
    async (q) => ({
      events: await events(archive, {
        ...choice(q),
        limit: q.limit,
        ...(q.kinds === undefined ? {} : { kinds: listed(q.kinds) }),
        ...(q.key === undefined ? {} : { key: q.key }),
      }),
    }),
  );
}
