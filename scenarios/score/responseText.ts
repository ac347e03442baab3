/** What emergency response did, in sentences for a card. */
import type { ResponseFigures } from '../../models/contract/index.ts';
import { formatTime } from '../../models/kernel/index.ts';

const bar = (pressure_Pa: number | null) => (pressure_Pa === null ? '?' : (pressure_Pa / 1e5).toFixed(1));

export function responseSummary(r: ResponseFigures): string {
  if (r.incidents.length === 0)
    return `Response (${r.document}): no leak was confirmed; ${r.spilled_m3.toFixed(2)} m3 spilled.`;
  const confirmed = r.incidents.map(
    (i) => `${i.incident} confirmed at ${formatTime(i.confirmedUs)} by ${i.by.join(', ')}`,
  );
  const acted =
    r.written === 0
      ? 'nothing was written to the plant'
      : `${r.written} writes to the plant${r.refused > 0 ? `, ${r.refused} refused` : ''}; the leak fell from ${(r.rateBefore_kg_s ?? 0).toFixed(2)} to ${r.rateAtEnd_kg_s.toFixed(2)} kg/s; highest pressure ${bar(r.peakAfter_Pa)} bar after and ${bar(r.peakBefore_Pa)} bar before`;
  return `Response (${r.document}): ${confirmed.join('; ')}; ${acted}. Spilled ${r.spilled_m3.toFixed(2)} m3; ${r.withoutResponse_m3.toFixed(2)} m3 with nobody doing anything: ${r.saved_m3.toFixed(2)} m3 saved.`;
}
