/**
 * The plain page of a live twin, at /report: the state of the run while it lasts, its report afterwards. The full screen is
 * the window's (window.ts); where that has not been built, this page stands in its place.
 */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { html } from 'hono/html';
import type { Card } from '../../models/contract/index.ts';
import { formatTime } from '../../models/kernel/index.ts';

/** Filled in by the verb while the run goes on. */
export interface LiveState {
  scenario: string;
  about: string;
  /** One line each: where the plant can be reached. */
  places: readonly string[];
  timeUs: number;
  durationUs: number;
  /** Newest last. */
  alarms: string[];
  card?: Card;
  html?: string;
}

const REFRESH_S = 1;

/** @param path where it stands: / where there is no window */
export function addPage(app: OpenAPIHono, state: LiveState, path: '/' | '/report'): void {
  app.get(path, (c) => c.html(state.html ?? liveHtml(state)));
  app.get('/api/card', (c) =>
    state.card
      ? c.json(state.card)
      : c.json(
          {
            problems: [
              { file: '/api/card', line: 0, column: 0, path: '', found: 'a run that goes on', expected: 'its end' },
            ],
          },
          404,
        ),
  );
}

function liveHtml(state: LiveState) {
  const share = Math.min(100, (100 * state.timeUs) / state.durationUs).toFixed(1);
  const list = (lines: readonly string[]) => html`<ul>${lines.map((l) => html`<li>${l}</li>`)}</ul>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_S}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${state.scenario} · ${share} %</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
progress { width: 100%; }
li { font-variant-numeric: tabular-nums; }
</style>
</head>
<body>
<h1>${state.scenario}</h1>
<p>${state.about}</p>
<p><progress max="100" value="${share}"></progress><br>${formatTime(state.timeUs)} of ${formatTime(state.durationUs)}; the report appears here at the end.</p>
<h2>Alarms</h2>
${state.alarms.length === 0 ? html`<p>None so far.</p>` : list(state.alarms.slice(-50).reverse())}
<h2>Where the plant can be reached</h2>
${list(state.places)}
</body>
</html>
`;
}
