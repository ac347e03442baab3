/** An alarm event as one line for people. */
import { type AlarmEvent, coreState, isActive, isRaised } from '../../models/contract/index.ts';
import { formatTime } from '../../models/kernel/index.ts';

export function alarmLine(event: AlarmEvent): string {
  const mark = isRaised(event) ? ['▲', '◆', '■', '●'][event.priority - 1] : ' ';
  const what = isRaised(event)
    ? 'raised'
    : event.under !== undefined && isActive(coreState(event))
      ? `${event.to} (${event.under})`
      : event.action === undefined && (event.to === 'normal' || event.to === 'returned')
        ? 'returned to normal'
        : event.to;
  const where = event.where ? placeText(event.where) : '';
  const rate = event.rate ? `, ${rateText(event.rate)}` : '';
  return `${mark} ${formatTime(event.timeUs)}  ${event.alarm} ${what}${where}${rate}: ${event.because}`;
}

function placeText({ position_m, sigma_m, place_m, source, probability }: NonNullable<AlarmEvent['where']>): string {
  if (!place_m)
    return position_m === undefined ? '' : ` at km ${(position_m / 1000).toFixed(2)} ± ${(sigma_m / 1000).toFixed(2)}`;
  const named = source === undefined ? '' : ` at ${source}`;
  const sure = probability === undefined || source === undefined ? '' : ` (${Math.round(100 * probability)} %)`;
  return `${named}${sure} at x ${place_m[0].toFixed(1)}, y ${place_m[1].toFixed(1)} ± ${sigma_m.toFixed(1)} m`;
}

/** Small rates, as gas has them, in kg/h. */
function rateText({ massRate_kg_s, sigma_kg_s, low_kg_s, high_kg_s }: NonNullable<AlarmEvent['rate']>): string {
  const [factor, unit] = massRate_kg_s < 0.01 && low_kg_s !== undefined ? [3600, 'kg/h'] : [1, 'kg/s'];
  const f = (v: number) => (v * factor).toFixed(2);
  return low_kg_s === undefined || high_kg_s === undefined
    ? `${f(massRate_kg_s)} ± ${f(sigma_kg_s)} ${unit}`
    : `${f(massRate_kg_s)} (${f(low_kg_s)} to ${f(high_kg_s)}) ${unit}`;
}
