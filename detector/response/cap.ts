/**
 * A plan as an alert of the Common Alerting Protocol 1.2 (OASIS CAP-V1.2, 1 July 2010), elements in the order of its
 * schema. Polygons are "latitude,longitude" pairs, the first again at the end.
 */
import type { ResponsePlan } from '../../models/contract/index.ts';
import { escapeText as e } from './render.ts';

export interface CapOptions {
  /** Who sends, such as an e-mail address; no spaces, commas, < or &. */
  readonly sender: string;
  /** When, ISO 8601 with a zone. */
  readonly sent: string;
  /** A drill says `Exercise`, a simulated plant `Test`. */
  readonly status: 'Actual' | 'Exercise' | 'Test';
  /** When the plan before this one was sent; makes this an update of it. */
  readonly before?: string;
}

export function planCap(plan: ResponsePlan, options: CapOptions): string {
  const { sender, status, before } = options;
  if (/[\s,<&]/.test(sender)) throw new RangeError(`"${sender}" is no sender of CAP: no spaces, commas, < or &`);
  const id = (revision: number) => `leaktwin.${plan.plant}.${plan.incident}.${revision}`.replace(/[\s,<&]/g, '-');
  // The standard forbids Z.
  const zone = (t: string) => t.replace(/\.\d+/, '').replace(/Z$/, '-00:00');
  const widest = plan.hazard?.zones.at(-1);
  const people = widest?.people ?? 0;
  const update = before !== undefined && plan.revision > 1;
  const at = plan.leak.at;
  const where =
    plan.leak.position_m === undefined
      ? (plan.leak.element ?? plan.plant)
      : `km ${(plan.leak.position_m / 1000).toFixed(2)}`;
  const description = [
    `Leak of ${plan.plant} at ${where}, confirmed by ${plan.confirmed.by.join(', ')}.`,
    ...(plan.spill ? [`${plan.spill.untilIsolation_m3.toFixed(1)} m3 until it is shut in.`] : []),
    ...(widest ? [`${people} people within ${Math.round(widest.reach_m)} m downwind.`] : []),
  ].join(' ');
  const area = [
    `<areaDesc>${e(`${plan.plant}, ${where}`)}</areaDesc>`,
    ...(widest?.outline
      ? [`<polygon>${widest.outline.map(([lon, lat]) => `${lat.toFixed(6)},${lon.toFixed(6)}`).join(' ')}</polygon>`]
      : []),
    ...(!widest?.outline && at ? [`<circle>${at[1].toFixed(6)},${at[0].toFixed(6)} 0.5</circle>`] : []),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
    `<identifier>${e(id(plan.revision))}</identifier>`,
    `<sender>${e(sender)}</sender>`,
    `<sent>${zone(options.sent)}</sent>`,
    `<status>${status}</status>`,
    `<msgType>${update ? 'Update' : 'Alert'}</msgType>`,
    '<scope>Restricted</scope>',
    '<restriction>For those who respond to this emergency</restriction>',
    ...(update ? [`<references>${e(`${sender},${id(plan.revision - 1)},${zone(before)}`)}</references>`] : []),
    '<info>',
    '<language>en</language>',
    '<category>Safety</category>',
    ...(people > 0 ? ['<category>CBRNE</category>'] : []),
    `<event>${e(`Leak of ${plan.hazard?.substance ?? 'a pipeline'}`)}</event>`,
    ...(people > 0 ? ['<responseType>Shelter</responseType>'] : []),
    '<responseType>Avoid</responseType>',
    `<urgency>Immediate</urgency>`,
    `<severity>${people > 0 ? 'Severe' : 'Moderate'}</severity>`,
    '<certainty>Observed</certainty>',
    `<headline>${e(`Leak of ${plan.plant} at ${where}`).slice(0, 160)}</headline>`,
    `<description>${e(description)}</description>`,
    `<instruction>${e('Stay away and upwind; indoors with windows shut; no flame, no engine.')}</instruction>`,
    '<area>',
    ...area,
    '</area>',
    '</info>',
    '</alert>',
    '',
  ].join('\n');
}
