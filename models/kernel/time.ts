/**
 * Simulated time: an integer count of microseconds since the scenario's start. Never a float of seconds, never a Date:
 * sums of integers below 2^53 are exact, so two transports and two machines agree on every instant.
 */
export type TimeUs = number & { readonly __brand: 'TimeUs' };

export const US_PER_S = 1_000_000;

/** Marks a number as simulated time; throws where it is not a safe integer, because that is our mistake. */
export function timeUs(value: number): TimeUs {
  if (!Number.isSafeInteger(value)) throw new RangeError(`time must be an integer count of microseconds, got ${value}`);
  return value as TimeUs;
}

/** Seconds to the nearest microsecond. */
export function secondsToUs(seconds: number): TimeUs {
  return timeUs(Math.round(seconds * US_PER_S));
}

export function usToSeconds(us: number): number {
  return us / US_PER_S;
}

/** `02:14:05.20`, with days in front where there are any: `3d 02:14:05.20`. */
export function formatTime(us: number): string {
  const sign = us < 0 ? '-' : '';
  const total = Math.abs(us);
  const days = Math.floor(total / 86_400e6);
  const hours = Math.floor(total / 3_600e6) % 24;
  const minutes = Math.floor(total / 60e6) % 60;
  const centis = Math.floor(total / 10_000) % 6000;
  const two = (n: number) => String(n).padStart(2, '0');
  const day = days > 0 ? `${days}d ` : '';
  return `${sign}${day}${two(hours)}:${two(minutes)}:${two(Math.floor(centis / 100))}.${two(centis % 100)}`;
}

/** A span for people: `850 ms`, `61.0 s`, `12 min 5 s`, `4 h 2 min`, `3 d 4 h`. */
export function formatSpan(us: number): string {
  const s = Math.abs(us) / US_PER_S;
  const sign = us < 0 ? '-' : '';
  if (s < 0.9995) return `${sign}${Math.round(s * 1000)} ms`;
  if (s < 119.95) return `${sign}${s.toFixed(1)} s`;
  // Rounded to the smaller unit first, so that it never reads "2 h 60 min".
  const whole = Math.round(s);
  if (whole < 7200) return `${sign}${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 48 * 60) return `${sign}${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(s / 3600);
  return `${sign}${Math.floor(hours / 24)} d ${hours % 24} h`;
}
