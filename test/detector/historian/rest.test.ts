import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { expect, it } from 'vitest';
import { Historian } from '../../../detector/historian/index.ts';
import { addHistory } from '../../../scenarios/serve/index.ts';
import { EPOCH_US, madeAlarm, madeLayout, makeFrame } from './made.ts';

const layout = madeLayout();

it('REST shows what was stored a moment ago, tells mistakes, and has no way to truth', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leaktwin-history-'));
  const historian = await Historian.open(folder);
  try {
    const app = new OpenAPIHono();
    addHistory(app, historian);
    const get = async (path: string) => {
      const answer = await app.request(`/api/history${path}`);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const feed = historian.begin({ runId: 'r', layout, epochUs: EPOCH_US });
    for (let seq = 1; seq <= 130; seq += 1) feed.frame(makeFrame(layout, seq));
    feed.alarm(madeAlarm(makeFrame(layout, 130)));
    feed.truth({ kind: 'leak.closed', timeUs: 50e6, ref: 'leak-1', volume_m3: 1 });
    expect(await get('')).toMatchObject({
      status: 200,
      body: { healthy: true, lostFrames: 0, runs: [{ run: 'r', frames: 130 }] },
    });
    expect(await get('/tags?tags=PT-*')).toMatchObject({ body: { tags: [{ tag: 'PT-101', unit: 'bar' }, {}, {}] } });
    expect(await get(`/series?tags=PT-101&points=1000&to=${EPOCH_US + 20e6}`)).toMatchObject({
      body: { series: [{ samples: 20, decimated: false }] },
    });
    expect(await get('/rollup?tags=PT-101')).toMatchObject({
      body: { rollups: [{ from: '1min', rows: [{}, {}, {}] }] },
    });
    expect(((await get('/as-of?tags=PT-101,FT-102&limit=5')).body['rows'] as unknown[]).length).toBe(5);
    const { body } = await get('/events');
    expect(body).toMatchObject({ events: [{ kind: 'alarm', event: { alarm: 'LD-MADE' } }] });
    expect(
      JSON.stringify([body, await get('/events?truth=true'), await get('/events?kinds=leak.closed')]),
    ).not.toContain('leak-1');
    expect(await get('/series?tags=PT-1O1')).toMatchObject({
      status: 400,
      body: { problems: [{ hint: 'did you mean "PT-101"?' }] },
    });
    const described = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 't', version: '1' } });
    expect(Object.keys(described.paths!).sort()).toEqual(
      ['', '/as-of', '/events', '/rollup', '/series', '/tags'].map((p) => `/api/history${p}`),
    );
  } finally {
    await historian.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
