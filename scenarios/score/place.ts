/**
 * Places and rates as alarms give them, held against the truth: along a line by its distance, on a site by the distance over the ground.
 * Where both speak of a site, the site counts.
 */
import type { AlarmEvent } from '../../models/contract/index.ts';
import type { Leak } from './leak.ts';
import { number } from './text.ts';

type Where = NonNullable<AlarmEvent['where']>;
type Rate = NonNullable<AlarmEvent['rate']>;

/** Distance between what was said and what is [m], and the sentence behind "said"; undefined where they cannot be compared. */
export function placeError(where: Where, leak: Leak): { error_m: number; because: string } | undefined {
  const { place_m, position_m, sigma_m } = where;
  if (place_m && leak.place_m) {
    const error_m = Math.hypot(place_m[0] - leak.place_m[0], place_m[1] - leak.place_m[1]);
    const [x, y] = leak.place_m;
    return {
      error_m,
      because: `${placeText(where)}, the leak is at x ${number(x)}, y ${number(y)} m: ${number(error_m)} m from there.`,
    };
  }
  if (position_m === undefined) return undefined;
  const error_m = Math.abs(position_m - leak.position_m);
  const side = position_m >= leak.position_m ? 'beyond it' : 'short of it';
  const off = error_m === 0 ? 'exactly there' : `${number(error_m)} m ${side}`;
  return {
    error_m,
    because: `${number(position_m)} ± ${number(sigma_m)} m, the leak is at ${number(leak.position_m)} m: ${off}.`,
  };
}

/** `12.3 ± 4 m` along a line, `Tank (98 %), x 3.2, y −7.1 ± 6 m` on a site. */
export function placeText({ place_m, position_m, sigma_m, source, probability }: Where): string {
  if (!place_m) return `${number(position_m ?? Number.NaN)} ± ${number(sigma_m)} m`;
  const sure = probability === undefined || source === undefined ? '' : ` (${Math.round(100 * probability)} %)`;
  const named = source === undefined ? '' : `${source}${sure}, `;
  return `${named}x ${number(place_m[0])}, y ${number(place_m[1])} ± ${number(sigma_m)} m`;
}

export function rateText({ massRate_kg_s, sigma_kg_s, low_kg_s, high_kg_s }: Rate): string {
  return low_kg_s === undefined || high_kg_s === undefined
    ? `${number(massRate_kg_s)} ± ${number(sigma_kg_s)} kg/s`
    : `${number(massRate_kg_s)} kg/s (${number(low_kg_s)} to ${number(high_kg_s)})`;
}
