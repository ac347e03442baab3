/** A plan for people (Markdown, HTML) and for maps (GeoJSON, RFC 7946). The HTML holds all it needs, scripts none. */
import type { ResponsePlan } from '../../models/contract/index.ts';
import { formatTime } from '../../models/kernel/index.ts';

interface Part {
  readonly title: string;
  readonly lines: readonly string[];
  readonly rows?: { readonly heads: readonly string[]; readonly cells: readonly (readonly string[])[] };
}

const n = (v: number, digits = 3) => String(Number(v.toPrecision(digits)));
const span = (s: number) =>
  s < 120 ? `${Math.round(s)} s` : s < 7200 ? `${Math.round(s / 60)} min` : `${n(s / 3600)} h`;
const size = (m: number) => (m < 1000 ? `${n(m)} m` : `${n(m / 1000)} km`);

function title(p: ResponsePlan): string {
  const { position_m, element, place_m } = p.leak;
  const where =
    position_m !== undefined
      ? `km ${(position_m / 1000).toFixed(2)}`
      : (element ?? place_m?.join(', ') ?? 'unknown place');
  return `${p.plant}: leak ${p.incident} at ${where}`;
}

function parts(p: ResponsePlan): Part[] {
  const { leak, isolation, spill, hazard } = p;
  const found: Part[] = [
    {
      title: 'The leak',
      lines: [
        `Confirmed at ${formatTime(p.confirmed.atUs)} by ${p.confirmed.by.join(', ')}. Revision ${p.revision}, ${p.time ?? formatTime(p.timeUs)}.`,
        `${leak.element ?? 'Place not known'}${leak.sigma_m === undefined ? '' : `, ± ${size(leak.sigma_m)}`}${leak.massRate_kg_s === undefined ? '' : `; ${n(leak.massRate_kg_s)} kg/s ± ${n(leak.sigma_kg_s ?? 0, 2)} kg/s`}.`,
        ...(leak.at ? [`Latitude ${leak.at[1].toFixed(5)}, longitude ${leak.at[0].toFixed(5)}.`] : []),
      ],
    },
  ];
  if (p.warnings.length > 0) found.push({ title: 'What this plan does not know', lines: p.warnings });
  if (isolation)
    found.push({
      title: 'Isolation and shut-down',
      lines: [
        isolation.possible
          ? `Shut ${isolation.close.join(' and ') || 'nothing: no source reaches it'}: ${n(isolation.isolatedVolume_m3)} m3 in ${size(isolation.isolatedLength_m)} of pipe stay joined to the leak.`
          : 'It cannot be cut off.',
        `The first valve on every side instead: ${isolation.enclosing.close.join(', ') || 'none'} (${n(isolation.enclosing.isolatedVolume_m3)} m3).`,
        `Without supply: ${isolation.losesSupply.join(', ') || 'nobody'}.`,
        `Order: ${p.shutdown.rule} (${p.shutdown.source}). Shut in after ${span(p.shutdown.isolatedAfter_s)}, ${p.shutdown.automatic ? 'by the detector itself' : 'by people'}.`,
      ],
      rows: {
        heads: ['after', 'element', 'action', 'takes', 'because'],
        cells: p.shutdown.steps.map((s) => [span(s.at_s), s.element, s.action, span(s.takes_s), s.because]),
      },
    });
  if (spill)
    found.push({
      title: 'Spill',
      lines: [
        `So far ${n(spill.soFar_m3)} m3; until it is shut in ${n(spill.untilIsolation_m3)} m3; after that ${n(spill.afterIsolation_m3)} m3 more by its own weight (at most ${n(spill.atMost_m3)} m3) within ${span(spill.emptied_s)}.`,
        `Every hour of delay adds ${n(spill.perHourOfDelay_m3)} m3.`,
      ],
    });
  if (hazard)
    found.push({
      title: 'Hazard zones',
      lines: [
        `${hazard.substance}, ${n(hazard.source_kg_s)} kg/s into the air; wind ${n(hazard.wind_m_s)} m/s from ${Math.round((hazard.from_rad * 180) / Math.PI)} deg, stability ${hazard.stability} (${hazard.weather}).`,
        ...(hazard.zones.length === 0 ? ['No level is reached a metre away.'] : []),
      ],
      rows: {
        heads: ['level', 'share by volume', 'reach', 'area', 'people', 'inside'],
        cells: hazard.zones.map((z) => [
          z.level,
          `${n(1e6 * z.concentration)} ppm`,
          size(z.reach_m),
          `${n(z.area_m2)} m2`,
          String(z.people),
          z.inside.join(', '),
        ]),
      },
    });
  found.push(
    {
      title: 'Who comes',
      lines: [],
      rows: {
        heads: ['who', 'kind', 'contact', 'road', 'arrives after'],
        cells: p.resources.map((r) => [
          r.id,
          r.kind,
          r.contact,
          r.distance_m === undefined ? '' : size(r.distance_m),
          r.arrives_s === undefined ? '' : span(r.arrives_s),
        ]),
      },
    },
    {
      title: 'Whom to tell',
      lines: [],
      rows: {
        heads: ['who', 'role', 'by', 'within', 'because'],
        cells: p.notify.map((t) => [t.name, t.role, t.by.join(', '), span(t.within_s), t.because]),
      },
    },
    {
      title: 'Checklist',
      lines: [],
      rows: {
        heads: ['done', 'after', 'what', 'who'],
        cells: p.checklist.map((c) => ['☐', span(c.at_s), c.what, c.who]),
      },
    },
    { title: 'Before it runs again', lines: p.restart },
  );
  return found;
}

export function planMarkdown(plan: ResponsePlan): string {
  const cell = (text: string) => text.replace(/\|/g, '\\|');
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  const blocks = parts(plan).map(({ title: head, lines, rows }) =>
    [
      `## ${head}`,
      ...lines.map((l) => `- ${l}`),
      ...(rows && rows.cells.length > 0
        ? ['', row(rows.heads), row(rows.heads.map(() => '---')), ...rows.cells.map(row)]
        : []),
    ].join('\n'),
  );
  return `# ${title(plan)}\n\n${blocks.join('\n\n')}\n`;
}

export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

export function planHtml(plan: ResponsePlan): string {
  const e = escapeText;
  const sections = parts(plan).map(({ title: head, lines, rows }) => {
    const list = lines.map((l) => `<p>${e(l)}</p>`).join('');
    const table =
      rows && rows.cells.length > 0
        ? `<table><tr>${rows.heads.map((h) => `<th>${e(h)}</th>`).join('')}</tr>${rows.cells.map((c) => `<tr>${c.map((t) => `<td>${e(t)}</td>`).join('')}</tr>`).join('')}</table>`
        : '';
    return `<section><h2>${e(head)}</h2>${list}${table}</section>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${e(title(plan))}</title><style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:0 auto;padding:24px}
table{border-collapse:collapse;width:100%;margin-top:8px}td,th{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid #8884;vertical-align:top}
h2{font-size:15px;margin:22px 0 4px}p{margin:2px 0}</style></head><body><h1>${e(title(plan))}</h1>${sections.join('')}</body></html>\n`;
}

/** The leak and its zones as a FeatureCollection; empty where the owner has not said where the plant lies. */
export function planGeoJson(plan: ResponsePlan): Record<string, unknown> {
  const { leak, hazard } = plan;
  const feature = (geometry: unknown, properties: unknown) => ({ type: 'Feature', geometry, properties });
  return {
    type: 'FeatureCollection',
    features: [
      ...(leak.at
        ? [
            feature(
              { type: 'Point', coordinates: leak.at },
              { kind: 'leak', incident: plan.incident, plant: plan.plant },
            ),
          ]
        : []),
      ...(hazard?.zones ?? []).flatMap((z) =>
        z.outline
          ? [
              feature(
                { type: 'Polygon', coordinates: [z.outline] },
                { kind: 'hazard-zone', level: z.level, concentration: z.concentration, people: z.people },
              ),
            ]
          : [],
      ),
    ],
  };
}
