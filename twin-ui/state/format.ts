/** Numbers and times as people read them. */

/** `1:02:03.4`, without what is zero in front; tenths only where asked. */
export function clock(timeUs: number, tenths = false): string {
  const t = Math.max(0, timeUs) / 1e6;
  const h = Math.floor(t / 3600);
  const m = Math.floor(t / 60) % 60;
  const s = t % 60;
  const seconds = tenths ? s.toFixed(1).padStart(4, '0') : String(Math.floor(s)).padStart(2, '0');
  return `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}:${seconds}`;
}

/** `0:25`, `1:02:03`, `2 d 3 h`: how long. */
export function span(us: number): string {
  const t = Math.max(0, Math.round(us / 1e6));
  if (t >= 172_800) return `${Math.floor(t / 86_400)} d ${Math.floor((t % 86_400) / 3600)} h`;
  const h = Math.floor(t / 3600);
  const m = Math.floor(t / 60) % 60;
  const s = String(t % 60).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** As many digits as the range of an instrument makes worth reading. */
export function reading(value: number, range: readonly [number, number]): string {
  if (!Number.isFinite(value)) return '—';
  const digits = Math.max(0, Math.min(4, 3 - Math.ceil(Math.log10(Math.max(1e-9, range[1] - range[0])))));
  return value.toFixed(digits);
}

export function short(value: number | null, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return '—';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1);
  return String(Number(value.toPrecision(digits)));
}

/** Metres, or kilometres where there are many. */
export function distance(m: number): string {
  return Math.abs(m) >= 5000 ? `${(m / 1000).toFixed(2)} km` : `${Math.round(m)} m`;
}
