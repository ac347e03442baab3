/**
 * Where the leak was and where the detector said it was: a strip along the line, with a magnified piece under it where the
 * error is too small to be seen on the whole line.
 */
import type { AlarmEvent, FrameLayout } from '../../models/contract/index.ts';
import type { Leak } from './leak.ts';
import { alarmPath, dimension, f, WIDTH, X0, X1 } from './mark.ts';
import type { Matching } from './matching.ts';
import { ticks } from './scale.ts';
import { escapeXml, number } from './text.ts';

/** Estimates drawn per leak: the match and its first repeats that give a place. */
const MOST = 4;

type Where = NonNullable<AlarmEvent['where']>;
type Placed = AlarmEvent & { readonly where: Where & { readonly position_m: number } };

/** One strip per found leak with a place; empty where there is none. */
export function locationStrips(layout: FrameLayout, matching: Matching): string {
  return matching.matches
    .map((m) => {
      const about = [m.alarm, ...matching.repeats.filter((r) => r.leak === m.leak).map((r) => r.alarm)];
      const placed = about.filter((a): a is Placed => a.where?.position_m !== undefined).slice(0, MOST);
      return placed.length === 0 ? '' : strip(layout, m.leak, placed);
    })
    .join('\n');
}

function strip(layout: FrameLayout, leak: Leak, placed: readonly Placed[]): string {
  const known = [...layout.tags.map((t) => t.position_m), ...layout.stations.map((s) => s.position_m)];
  const places = [...known.filter((p) => p !== undefined), leak.position_m, ...placed.map((p) => p.where.position_m)];
  const from = Math.min(...places);
  const to = Math.max(...places);
  const reach =
    Math.max(10, ...placed.map((a) => Math.abs(a.where.position_m - leak.position_m) + 2.2 * a.where.sigma_m)) * 1.25;
  const zoomed = 2 * reach < 0.4 * (to - from);
  const out: string[] = [];
  let y = 16;

  const whole = (m: number) => X0 + ((m - from) / Math.max(1, to - from)) * (X1 - X0);
  out.push(`<text class="lane" x="0" y="${y + 5}">the line</text>`);
  out.push(`<line class="pipe" x1="${X0}" y1="${y}" x2="${X1}" y2="${y}"/>`);
  for (const s of layout.stations) {
    if (s.position_m === undefined) continue;
    const at = f(whole(s.position_m));
    out.push(
      `<path class="station" d="M${at} ${y - 5}v10"/><text class="tick halo" x="${at}" y="${y + 20}" text-anchor="middle">${escapeXml(s.id)}</text>`,
    );
  }
  const truthMark = (at: number, yAt: number) => `<path class="truth" d="M${f(at)} ${yAt}l-5.5 -10h11z"/>`;
  out.push(truthMark(whole(leak.position_m), y - 1));
  if (!zoomed) {
    y = estimates(out, leak, placed, whole, y + 30);
    return picture(out, y, leak);
  }
  // The magnified piece
  const low = leak.position_m - reach;
  const high = leak.position_m + reach;
  const near = (m: number) => X0 + ((m - low) / (high - low)) * (X1 - X0);
  const a = whole(low);
  const b = whole(high);
  out.unshift(`<path class="lens" d="M${f(a)} ${y + 4}L${X0} ${y + 42}H${X1}L${f(b)} ${y + 4}Z"/>`);
  y += 60;
  out.push(`<text class="lane" x="0" y="${y + 5}">magnified</text>`);
  out.push(`<line class="pipe" x1="${X0}" y1="${y}" x2="${X1}" y2="${y}"/>`);
  for (const m of ticks(low, high, 8)) {
    const at = f(near(m));
    out.push(
      `<path class="station" d="M${at} ${y}v5"/><text class="tick" x="${at}" y="${y + 18}" text-anchor="middle">${number(m)} m</text>`,
    );
  }
  out.push(truthMark(near(leak.position_m), y - 1));
  y = estimates(out, leak, placed, near, y + 26);
  return picture(out, y, leak);
}

function estimates(
  out: string[],
  leak: Leak,
  placed: readonly Placed[],
  x: (m: number) => number,
  top: number,
): number {
  let y = top;
  const truth = x(leak.position_m);
  for (const [i, a] of placed.entries()) {
    const { position_m, sigma_m } = a.where;
    const at = x(position_m);
    const mid = y + 11;
    out.push(`<text class="label" x="${X0 - 7}" y="${mid + 4}" text-anchor="end">${escapeXml(a.alarm)}</text>`);
    out.push(
      `<g class="estimate p${a.priority}"><line class="thin" x1="${f(x(position_m - 2 * sigma_m))}" y1="${mid}" x2="${f(x(position_m + 2 * sigma_m))}" y2="${mid}"/><line class="thick" x1="${f(x(position_m - sigma_m))}" y1="${mid}" x2="${f(x(position_m + sigma_m))}" y2="${mid}"/></g>`,
    );
    out.push(
      `<g class="alarm p${a.priority} match" transform="translate(${f(at)} ${mid})"><path d="${alarmPath(a.priority, 7)}"/></g>`,
    );
    const error_m = Math.abs(position_m - leak.position_m);
    const end = x(position_m + 2 * sigma_m) + 10;
    const said = `${number(position_m)} ± ${number(sigma_m)} m`;
    const fits = end + said.length * 7 < X1 + 90;
    out.push(
      `<text class="label halo" x="${f(fits ? end : x(position_m - 2 * sigma_m) - 10)}" y="${mid + 4}" text-anchor="${fits ? 'start' : 'end'}">${said}</text>`,
    );
    y += 24;
    // One dimension line, for the estimate that is judged; more would say the same thing twice.
    if (i === 0) {
      out.push(dimension(Math.min(truth, at), Math.max(truth, at), y + 8, `${number(error_m)} m`, X1 + 90));
      y += 22;
    }
  }
  out.unshift(`<line class="witness" x1="${f(truth)}" y1="${top - 26}" x2="${f(truth)}" y2="${y}"/>`);
  return y;
}

function picture(out: readonly string[], bottom: number, leak: Leak): string {
  const label = `Place of ${escapeXml(leak.ref)} along the line and what the detector said`;
  return `<figure><figcaption><b>${escapeXml(leak.ref)}</b> truly at ${number(leak.position_m)} m (▼); bars are one and two standard deviations that the detector claims</figcaption>
<svg class="strip" viewBox="0 -4 ${WIDTH} ${bottom + 10}" role="img" aria-label="${label}">
${out.join('\n')}
</svg></figure>`;
}
