/**
 * A site from above: what stands on it, its gas instruments, where the gas truly left and where the detector said, with the
 * ellipse that it claims and the wind by which it judged. North is up; what the drawing has wrong is drawn wrong.
 */
import type { AirAsBuilt, AlarmEvent } from '../../models/contract/index.ts';
import type { Leak } from './leak.ts';
import { alarmPath, f, WIDTH } from './mark.ts';
import type { Matching } from './matching.ts';
import { placeError, rateText } from './place.ts';
import { escapeXml, number } from './text.ts';

const PLAN = 780;
const TALLEST = 620;
const MARGIN = 0.07;
const TEXT_X = PLAN + 36;

type Where = NonNullable<AlarmEvent['where']>;
type Placed = AlarmEvent & { readonly where: Where & { readonly place_m: readonly [number, number, number] } };

/** One plan per leak that an alarm gave a place on the site for; empty where there is none. */
export function sitePlans(air: AirAsBuilt | undefined, matching: Matching): string {
  return matching.matches
    .map((m, i) => {
      const about = [m.alarm, ...matching.repeats.filter((r) => r.leak === m.leak).map((r) => r.alarm)];
      // The one that the judge goes by: the surest, the first of equals.
      const best = about
        .filter((a): a is Placed => a.where?.place_m !== undefined)
        .reduce<Placed | undefined>(
          (b, a) => (b === undefined || (a.where.probability ?? 0) > (b.where.probability ?? 0) ? a : b),
          undefined,
        );
      return best && m.leak.place_m ? plan(air, m.leak, best, `plan-${i + 1}`) : '';
    })
    .filter((s) => s !== '')
    .join('\n');
}

interface Frame {
  x(east_m: number): number;
  y(north_m: number): number;
  readonly scale: number;
  readonly height: number;
}

function frameOf(air: AirAsBuilt | undefined, leak: Leak, { where }: Placed): Frame {
  const region = where.region ? where.region.axes_m[0] : 2 * where.sigma_m;
  const points: [number, number][] = [
    [leak.place_m![0], leak.place_m![1]],
    [where.place_m[0], where.place_m[1]],
    ...(air?.outlines ?? []).flatMap(({ corners_m, radius_m = 0 }) =>
      corners_m.flatMap(([x, y]): [number, number][] => [
        [x - radius_m, y - radius_m],
        [x + radius_m, y + radius_m],
      ]),
    ),
    ...(air?.sensors ?? []).flatMap((s): [number, number][] => [
      [s.place_m[0], s.place_m[1]],
      ...(s.to_m ? [[s.to_m[0], s.to_m[1]] as [number, number]] : []),
    ]),
  ];
  const [cx, cy] = where.region?.middle_m ?? where.place_m;
  const span = (k: 0 | 1) => {
    const list = points.map((p) => p[k]);
    return { from: Math.min(...list), to: Math.max(...list) };
  };
  const near = { x: span(0), y: span(1) };
  // A claim as large as the country must not make the site a dot.
  const reach = Math.min(region, 0.6 * Math.max(near.x.to - near.x.from, near.y.to - near.y.from, 20));
  const west = Math.min(near.x.from, cx - reach);
  const east = Math.max(near.x.to, cx + reach);
  const south = Math.min(near.y.from, cy - reach);
  const north = Math.max(near.y.to, cy + reach);
  const pad = MARGIN * Math.max(east - west, north - south, 10);
  const scale = Math.min(PLAN / (east - west + 2 * pad), TALLEST / (north - south + 2 * pad));
  const height = Math.max(300, scale * (north - south + 2 * pad));
  const left = (PLAN - scale * (east - west)) / 2;
  const top = (height - scale * (north - south)) / 2;
  return { x: (e) => left + scale * (e - west), y: (n) => top + scale * (north - n), scale, height };
}

function plan(air: AirAsBuilt | undefined, leak: Leak, alarm: Placed, id: string): string {
  const frame = frameOf(air, leak, alarm);
  const { x, y, scale, height } = frame;
  const { where, priority } = alarm;
  const out: string[] = [`<rect class="plot" x="0" y="0" width="${PLAN}" height="${f(height)}"/>`];
  for (const o of air?.outlines ?? []) out.push(outline(o, frame));
  for (const s of air?.sensors ?? []) out.push(sensor(s, frame));
  const suspects = where.suspects ?? [];
  for (const e of air?.equipment ?? []) {
    const p = suspects.find((s) => s.source === e.id)?.probability ?? 0;
    if (p === 0) continue;
    const r = Math.max(7, scale * (e.radius_m ?? 0));
    out.push(
      `<circle class="suspect p${priority}" cx="${f(x(e.place_m[0]))}" cy="${f(y(e.place_m[1]))}" r="${f(r)}" fill-opacity="${f(0.1 + 0.5 * p)}"/>`,
    );
  }
  const [ex, ey] = [x(where.place_m[0]), y(where.place_m[1])];
  const [tx, ty] = [x(leak.place_m![0]), y(leak.place_m![1])];
  out.push(claim(where, priority, frame));
  out.push(`<line class="witness" x1="${f(tx)}" y1="${f(ty)}" x2="${f(ex)}" y2="${f(ey)}"/>`);
  out.push(
    `<g class="alarm p${priority} match" transform="translate(${f(ex)} ${f(ey)})"><path d="${alarmPath(priority, 8)}"/></g>`,
  );
  out.push(`<path class="truth" d="M${f(tx)} ${f(ty)}l-6 -12h12z"/>`);
  out.push(
    `<text class="strong halo" x="${f(tx)}" y="${f(ty - 17)}" text-anchor="middle">${escapeXml(leak.ref)}</text>`,
  );
  if (where.wind_m_s) out.push(windArrow(where.wind_m_s, 58, height - 58));
  out.push(scaleBar(scale, height));
  const label = `Plan of the site: where ${escapeXml(leak.ref)} was and where ${escapeXml(alarm.alarm)} said`;
  return `<figure><figcaption><b>${escapeXml(leak.ref)}</b> truly at ▼; the filled mark is where the surest alarm put it, and the dashed line holds the place with 95 % as the detector claims</figcaption>
<svg class="strip plan" viewBox="0 -2 ${WIDTH} ${f(height + 4)}" role="img" aria-label="${label}"><clipPath id="${id}"><rect x="0" y="0" width="${PLAN}" height="${f(height)}"/></clipPath>
<g clip-path="url(#${id})">
${out.join('\n')}
</g>
${words(leak, alarm).join('\n')}
</svg></figure>`;
}

function outline(o: NonNullable<AirAsBuilt['outlines']>[number], { x, y, scale }: Frame): string {
  const [first] = o.corners_m;
  const [cx, cy] = [
    o.corners_m.reduce((sum, c) => sum + c[0], 0) / o.corners_m.length,
    o.corners_m.reduce((sum, c) => sum + c[1], 0) / o.corners_m.length,
  ];
  const shape =
    o.radius_m === undefined
      ? `<path class="${o.kind}" d="M${o.corners_m.map(([e, n]) => `${f(x(e))} ${f(y(n))}`).join('L')}${o.corners_m.length > 2 ? 'Z' : ''}"/>`
      : `<circle class="${o.kind}" cx="${f(x(first![0]))}" cy="${f(y(first![1]))}" r="${f(scale * o.radius_m)}"/>`;
  const named = o.kind === 'building' || o.kind === 'tank';
  return named
    ? `${shape}<text class="tick" x="${f(x(cx))}" y="${f(y(cy) + 4)}" text-anchor="middle">${escapeXml(o.id)}</text>`
    : shape;
}

function sensor(s: AirAsBuilt['sensors'][number], { x, y }: Frame): string {
  const [ax, ay] = [x(s.place_m[0]), y(s.place_m[1])];
  const name = (at: number, top: number) =>
    `<text class="tick halo" x="${f(at)}" y="${f(top)}" text-anchor="middle">${escapeXml(s.tag)}</text>`;
  if (!s.to_m) return `<circle class="sensor" cx="${f(ax)}" cy="${f(ay)}" r="3.5"/>${name(ax, ay + 16)}`;
  const [bx, by] = [x(s.to_m[0]), y(s.to_m[1])];
  return `<path class="beam" d="M${f(ax)} ${f(ay)}L${f(bx)} ${f(by)}"/>${name((ax + bx) / 2, (ay + by) / 2 - 5)}`;
}

function claim(where: Placed['where'], priority: number, { x, y, scale }: Frame): string {
  const { middle_m, axes_m, angle_rad } = where.region ?? {
    middle_m: where.place_m,
    // Two standard deviations where the detector tells no more.
    axes_m: [2 * where.sigma_m, 2 * where.sigma_m],
    angle_rad: 0,
  };
  const turn = (-angle_rad * 180) / Math.PI;
  const [cx, cy] = [f(x(middle_m[0]!)), f(y(middle_m[1]!))];
  return `<ellipse class="claim p${priority}" cx="${cx}" cy="${cy}" rx="${f(Math.max(2, scale * axes_m[0]!))}" ry="${f(Math.max(2, scale * axes_m[1]!))}" transform="rotate(${f(turn)} ${cx} ${cy})"/>`;
}

/** Where the wind was thought to blow to. */
function windArrow([u, v]: readonly [number, number], cx: number, cy: number): string {
  const speed = Math.hypot(u, v);
  const from = ((Math.atan2(-u, -v) * 180) / Math.PI + 360) % 360;
  const turn = (Math.atan2(u, v) * 180) / Math.PI;
  const words = `${number(speed)} m/s from ${Math.round(from)}°`;
  return `<g class="wind"><circle cx="${cx}" cy="${f(cy)}" r="30"/><path transform="translate(${cx} ${f(cy)}) rotate(${f(turn)})" d="M0 -26L9 -8H3.2V24H-3.2V-8H-9Z"/><text class="label halo" x="${cx + 38}" y="${f(cy + 4)}">wind ${words}</text></g>`;
}

function scaleBar(scale: number, height: number): string {
  const wanted = 150 / scale;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const length = [5, 2, 1].map((k) => k * power).find((l) => l <= wanted) ?? power;
  const [to, top] = [PLAN - 18, height - 20];
  const from = to - length * scale;
  return `<path class="station" d="M${f(from)} ${f(top - 5)}v5H${f(to)}v-5"/><text class="tick halo" x="${f((from + to) / 2)}" y="${f(top - 6)}" text-anchor="middle">${number(length)} m</text><text class="strong halo" x="${PLAN - 24}" y="24" text-anchor="middle">N</text><path class="truth" d="M${PLAN - 24} 30l-5 14h10z"/>`;
}

/** Beside the plan: who is suspected, how far off, how much. */
function words(leak: Leak, alarm: Placed): string[] {
  const { where, rate } = alarm;
  const out: string[] = [];
  let y = 20;
  const say = (text: string, kind = 'label') => {
    out.push(`<text class="${kind}" x="${TEXT_X}" y="${y}">${escapeXml(text)}</text>`);
    y += 20;
  };
  say(`${alarm.alarm} on ${leak.ref}`, 'strong');
  const error = placeError(where, leak);
  if (error) say(`${number(error.error_m)} m from the true place`);
  if (rate) say(`said ${rateText(rate)}`);
  if (leak.source !== undefined) say(`truly on ${leak.source}`);
  const suspects = where.suspects ?? [];
  if (suspects.length === 0) return out;
  y += 12;
  say('suspects', 'lane');
  for (const { source, probability } of suspects) {
    const wide = 150 * probability;
    out.push(
      `<rect class="suspect p${alarm.priority}" fill-opacity="0.6" x="${TEXT_X + 96}" y="${y - 10}" width="${f(Math.max(1, wide))}" height="11"/>`,
    );
    out.push(`<text class="label" x="${f(TEXT_X + 102 + wide)}" y="${y}">${number(100 * probability)} %</text>`);
    say(source, source === leak.source ? 'strong' : 'label');
  }
  return out;
}
