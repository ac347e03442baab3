/** Alarm figures as people read them: a line on a card, a table in a terminal, a table in HTML. */
import type { AlarmFigure, AlarmFigures } from '../../models/contract/index.ts';
import { formatSpan, US_PER_S } from '../../models/kernel/index.ts';
import { count, escapeXml, intervalText, number, STATUS, withUnit } from './text.ts';

const actual = (r: AlarmFigure) => (r.actual === null ? '–' : withUnit(number(r.actual), r.unit));
const limit = (r: AlarmFigure, value: number | null | undefined) =>
  value === null || value === undefined ? '' : `≤ ${withUnit(number(value), r.unit)}`;

/** What the operator had to listen to, in a line. */
export function alarmSummary(figures: AlarmFigures): string {
  const told = (name: string) => figures.rows.find((r) => r.figure === name);
  const parts = [
    `${count(figures.annunciated, 'alarm', 'alarms')} annunciated`,
    ...(figures.incidents > 0 ? [count(figures.incidents, 'incident', 'incidents')] : []),
    ...(figures.hidden > 0 ? [`${figures.hidden} recorded unheard`] : []),
    `${actual(told('alarms per 10 min')!)} per 10 min`,
    `peak ${actual(told('peak in 10 min')!)}`,
    `${actual(told('time in flood')!)} in flood`,
  ];
  return parts.join(' · ');
}

/** What stands beside the rows, in sentences. */
export function alarmRemarks(figures: AlarmFigures): string[] {
  const { answered, split, top } = figures;
  return [
    `${count(figures.recorded, 'event', 'events')} recorded in ${formatSpan(figures.span_s * US_PER_S)}; ${count(figures.hidden, 'alarm', 'alarms')} came hidden; ${count(figures.incidents, 'incident', 'incidents')}`,
    `by priority, 1 to 4: ${split.join(', ')}`,
    ...(top.length > 0 ? [`most frequent: ${top.map((t) => `${t.alarm} ${t.count}`).join(', ')}`] : []),
    answered.median_s === null
      ? 'nothing was acknowledged'
      : `${count(answered.count, 'alarm', 'alarms')} acknowledged, half of them within ${number(answered.median_s)} s`,
  ];
}

/** Rows of cells for a text table: status, figure, actual, target, acceptable, interval. */
export function alarmRows(figures: AlarmFigures): string[][] {
  return figures.rows.map((r) => [
    `${STATUS[r.status].mark} ${STATUS[r.status].word}`,
    r.figure,
    actual(r),
    limit(r, r.target),
    limit(r, r.acceptable),
    intervalText(r.interval),
    r.because,
  ]);
}

export const ALARM_HEADS = ['', 'figure', 'actual', 'target', 'acceptable', '95 %', 'because'] as const;

export function alarmHtml(figures: AlarmFigures): string {
  const rows = alarmRows(figures).map(
    (cells) =>
      `<tr>${cells.map((c, i) => `<td${i >= 2 && i <= 5 ? ' class="n"' : ''}>${escapeXml(c)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll"><table><thead><tr>${ALARM_HEADS.map((h, i) => `<th${i >= 2 && i <= 5 ? ' class="n"' : ''}>${h}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
<p class="rule">${alarmRemarks(figures).map(escapeXml).join('. ')}. Targets for one operator: ISA-18.2, IEC 62682, EEMUA 191.</p>`;
}
