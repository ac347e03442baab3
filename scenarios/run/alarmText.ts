/** An alarm event as one line for people. */
import { type AlarmEvent, isRaised } from '../../models/contract/index.ts';
import { formatTime } from '../../models/kernel/index.ts';

export function alarmLine(event: AlarmEvent): string {
  const mark = isRaised(event) ? ['▲', '◆', '■', '●'][event.priority - 1] : ' ';
  const what = isRaised(event)
    ? 'raised'
    : event.to === 'normal' || event.to === 'returned'
      ? 'returned to normal'
      : event.to;
  const where = event.where
    ? ` at km ${(event.where.position_m / 1000).toFixed(2)} ± ${(event.where.sigma_m / 1000).toFixed(2)}`
    : '';
  const rate = event.rate ? `, ${event.rate.massRate_kg_s.toFixed(2)} ± ${event.rate.sigma_kg_s.toFixed(2)} kg/s` : '';
  return `${mark} ${formatTime(event.timeUs)}  ${event.alarm} ${what}${where}${rate}: ${event.because}`;
}
