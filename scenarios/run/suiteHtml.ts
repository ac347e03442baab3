/** The page of a suite: its summary as the terminal shows it, and a line per run that leads to the run's own report. */
import { html } from 'hono/html';
import { type Card, overall } from '../../models/contract/index.ts';
import { formatSummary, type SummaryRow } from '../score/index.ts';

export function suiteHtml(name: string, about: string, summary: readonly SummaryRow[], cards: readonly Card[]): string {
  const runs = cards.map(
    (
      c,
    ) => html`<tr><td>${overall(c)}</td><td>${c.scenario}</td><td>${c.recipe}</td><td>${c.seed}</td><td>${c.status}</td>
<td><a href="${encodeURIComponent(c.runId)}/report.html">${c.runId}</a></td></tr>
`,
  );
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
pre, .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
</style>
</head>
<body>
<h1>${name}</h1>
<p>${about}</p>
<pre>${formatSummary(summary)}</pre>
<h2>Runs</h2>
<div class="scroll"><table>
<tr><th>verdict</th><th>scenario</th><th>recipe</th><th>seed</th><th>run</th><th>report</th></tr>
${runs}</table></div>
</body>
</html>
`);
}
