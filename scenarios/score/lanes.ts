/**
 * The lanes below the trends: what really happened (leaks, disturbances, faults) and what the detector said.
 */
import { type AlarmEvent, isRaised, type TruthEvent } from '../../models/contract/index.ts';
import { formatTime } from '../../models/kernel/index.ts';
import { type Leak, lossCurve } from './leak.ts';
import { alarmPath, cut, f, laneLabel, X0, X1 } from './mark.ts';
import type { Matching } from './matching.ts';
import { escapeXml, number } from './text.ts';

/** Alarm ids with a row of their own; the rest share one. */
const ALARM_ROWS = 7;

/** The leak as an area whose height is its rate, so that growth can be seen; grace is dotted. */
export function leakShape(
  leak: Leak,
  truth: readonly TruthEvent[],
  y: number,
  x: (us: number) => number,
  clamp: (us: number) => number,
  graceUs: number,
  id: string,
): string {
  const base = y + 42;
  const height = 24;
  const curve = lossCurve(truth, leak);
  const rates = curve?.timeUs.flatMap((t, i) => {
    const rate = curve.massRate_kg_s[i];
    return rate === undefined ? [] : [{ t, rate }];
  });
  const most = rates?.reduce((m, p) => Math.max(m, p.rate), 0) ?? 0;
  const points: string[] = [];
  if (rates && most > 0) {
    const at = (rate: number) => f(base - (height * rate) / most);
    let lastX = Number.NEGATIVE_INFINITY;
    for (const [i, p] of rates.entries()) {
      // The last point of each pixel is enough for a rate, and the very last one always counts.
      if (x(p.t) - lastX < 1 && i < rates.length - 1) continue;
      lastX = x(p.t);
      points.push(`${f(lastX)} ${at(p.rate)}`);
    }
    // A log's last rate stands until the leak closes.
    points.push(`${f(x(leak.closedUs))} ${at(rates.at(-1)!.rate)}`);
  } else points.push(`${f(x(leak.openedUs))} ${base - height}`, `${f(x(leak.closedUs))} ${base - height}`);
  const out = [
    `<path class="leak" clip-path="url(#${id}-clip)" d="M${f(x(leak.openedUs))} ${base}L${points.join('L')}L${f(x(leak.closedUs))} ${base}Z"/>`,
  ];
  if (leak.closed) {
    const from = clamp(leak.closedUs);
    const width = clamp(leak.closedUs + graceUs) - from;
    out.push(
      `<rect class="grace" x="${f(from)}" y="${base - 8}" width="${f(width)}" height="8" fill="url(#${id}-dots)"><title>grace: an alarm here still finds ${escapeXml(leak.ref)}</title></rect>`,
    );
  }
  const rate = most > 0 ? ` · up to ${number(most)} kg/s` : '';
  const lost = curve ? ` · ${number(curve.volume_m3.at(-1)!)} m³ lost` : '';
  const text = `${escapeXml(leak.ref)} · ${escapeXml(leak.unit)} at ${number(leak.position_m)} m${rate}${lost}`;
  const left = clamp(leak.openedUs);
  const right = clamp(leak.closedUs);
  // Near the right end there is no room to write towards it.
  const flip = left > X1 - text.length * 6.8;
  out.push(
    `<text class="label strong" x="${f(flip ? right - 4 : left + 4)}" y="${y + 12}" text-anchor="${flip ? 'end' : 'start'}">${text}</text>`,
  );
  return out.join('\n');
}

interface Happening {
  readonly fromUs: number;
  readonly toUs: number;
  readonly text: string;
  readonly kind: 'disturbance' | 'fault';
}

export function happenings(truth: readonly TruthEvent[], matching: Matching, endUs: number): Happening[] {
  const list: Happening[] = [];
  for (const e of truth) {
    if (e.kind === 'disturbance') {
      const text = e.what === e.ref ? e.what : `${e.what} ${e.ref}`;
      list.push({ fromUs: e.timeUs, toUs: e.timeUs, text, kind: 'disturbance' });
    } else if (e.kind === 'fault.began') {
      const cleared = truth.find((c) => c.kind === 'fault.cleared' && c.ref === e.ref && c.timeUs >= e.timeUs);
      const toUs = cleared?.timeUs ?? Math.max(endUs, ...matching.leaks.map((l) => l.closedUs));
      list.push({ fromUs: e.timeUs, toUs, text: `fault: ${e.target} ${e.form}`, kind: 'fault' });
    }
  }
  return list.sort((a, b) => a.fromUs - b.fromUs);
}

/** First row with room for the mark and its label; at most four rows, the last takes what is left. */
export function rowsOf(events: readonly Happening[], clamp: (us: number) => number): Happening[][] {
  const rows: { end: number; list: Happening[] }[] = [];
  for (const e of events) {
    const start = clamp(e.fromUs);
    const end = Math.max(clamp(e.toUs), start) + 14 + e.text.length * 6.6 + 10;
    let row = rows.find((r) => r.end <= start);
    if (!row && rows.length >= 4) row = rows.at(-1);
    if (!row) {
      row = { end: 0, list: [] };
      rows.push(row);
    }
    row.end = end;
    row.list.push(e);
  }
  return rows.map((r) => r.list);
}

export function happeningShape(e: Happening, y: number, clamp: (us: number) => number, id: string): string {
  const a = clamp(e.fromUs);
  const b = clamp(e.toUs);
  const text = escapeXml(e.text);
  const title = `<title>${text} from ${formatTime(e.fromUs)}</title>`;
  const mark = e.kind === 'fault' ? b : a;
  const flip = mark > X1 - e.text.length * 6.6 - 16;
  const label = `<text class="label" x="${f(flip ? a - 8 : mark + 8)}" y="${y + 13}" text-anchor="${flip ? 'end' : 'start'}">${text}</text>`;
  if (e.kind === 'disturbance') {
    return `<path class="event" d="M${f(a)} ${y + 3}v13m0 -13l6 3.5l-6 3.5">${title}</path>${label}`;
  }
  return `<rect class="fault" x="${f(a)}" y="${y + 2}" width="${f(Math.max(2, b - a))}" height="15" fill="url(#${id}-hatch)">${title}</rect>${label}`;
}

export function alarmLane(
  inputs: {
    readonly fromUs: number;
    readonly toUs: number;
    readonly alarms: readonly AlarmEvent[];
    readonly matching: Matching;
  },
  top: number,
  x: (us: number) => number,
  clamp: (us: number) => number,
  isIn: (us: number) => boolean,
): { svg: string; bottom: number } {
  const { matching, alarms, toUs, fromUs } = inputs;
  const raised = alarms.filter(isRaised);
  const stood = standing(alarms, toUs).filter((s) => s.toUs >= fromUs && s.fromUs <= toUs);
  const shown = [...raised.filter((a) => isIn(a.timeUs)), ...stood].map((a) => a.alarm);
  const ids = [...new Set(raised.map((a) => a.alarm))].filter((alarm) => shown.includes(alarm));
  const rowOf = new Map(
    ids.map((alarm, i) => [alarm, ids.length > ALARM_ROWS && i >= ALARM_ROWS - 1 ? ALARM_ROWS - 1 : i]),
  );
  const rows = Math.min(ids.length, ALARM_ROWS);
  const out: string[] = [laneLabel('alarms', top + 14)];
  if (rows === 0) {
    out.push(`<line class="base" x1="${X0}" y1="${top + 10}" x2="${X1}" y2="${top + 10}"/>`);
    out.push(
      `<text class="label halo" x="${(X0 + X1) / 2}" y="${top + 14}" text-anchor="middle">no alarm was raised</text>`,
    );
    return { svg: out.join('\n'), bottom: top + 24 };
  }
  const texts: number[] = new Array<number>(rows).fill(Number.NEGATIVE_INFINITY);
  const middle = (alarm: string) => top + 10 + rowOf.get(alarm)! * 22;
  for (let r = 0; r < rows; r += 1) {
    const yRow = top + 10 + r * 22;
    const name = r === ALARM_ROWS - 1 && ids.length > ALARM_ROWS ? `${ids.length - r} more` : ids[r]!;
    out.push(`<line class="base" x1="${X0}" y1="${yRow}" x2="${X1}" y2="${yRow}"/>`);
    out.push(`<text class="label" x="${X0 - 7}" y="${yRow + 4}" text-anchor="end">${escapeXml(cut(name, 12))}</text>`);
  }
  for (const s of stood) {
    if (!rowOf.has(s.alarm)) continue;
    const yRow = middle(s.alarm);
    out.push(
      `<line class="standing p${s.priority} ${s.state}" x1="${f(clamp(s.fromUs))}" y1="${yRow}" x2="${f(clamp(s.toUs))}" y2="${yRow}"><title>${escapeXml(s.alarm)} ${s.state} ${formatTime(s.fromUs)} to ${formatTime(s.toUs)}</title></line>`,
    );
  }
  for (const a of raised) {
    if (!isIn(a.timeUs)) continue;
    const match = matching.matches.find((m) => m.alarm === a);
    const isRepeat = matching.repeats.some((r) => r.alarm === a);
    const at = x(a.timeUs);
    const yRow = middle(a.alarm);
    const fate = match ? `found ${match.leak.ref}` : isRepeat ? 'repeat' : 'false';
    const title = `${a.alarm} ${formatTime(a.timeUs)} · ${fate} · ${a.because}`;
    const kind = match ? 'match' : isRepeat ? 'repeat' : 'false';
    out.push(
      `<g class="alarm p${a.priority} ${kind}" transform="translate(${f(at)} ${yRow})"><path d="${alarmPath(a.priority, isRepeat ? 5 : 7.5)}"/><title>${escapeXml(title)}</title></g>`,
    );
    const r = rowOf.get(a.alarm)!;
    const width = fate.length * 6.6 + 16;
    if (kind !== 'repeat' && at - texts[r]! > 4) {
      const flip = at + width > X1;
      out.push(
        `<text class="label halo${match ? ' strong' : ''}" x="${f(flip ? at - 12 : at + 12)}" y="${yRow + 4}" text-anchor="${flip ? 'end' : 'start'}">${escapeXml(fate)}</text>`,
      );
      texts[r] = at + width;
    }
  }
  return { svg: out.join('\n'), bottom: top + rows * 22 + 2 };
}

interface Standing {
  readonly alarm: string;
  readonly state: 'unacknowledged' | 'acknowledged';
  readonly priority: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** How long each alarm stood, thick until it was acknowledged or returned. */
function standing(alarms: readonly AlarmEvent[], endUs: number): Standing[] {
  const list: Standing[] = [];
  const last = new Map<string, AlarmEvent>();
  const close = (e: AlarmEvent, toUs: number) => {
    if (e.to !== 'unacknowledged' && e.to !== 'acknowledged') return;
    list.push({ alarm: e.alarm, state: e.to, priority: e.priority, fromUs: e.timeUs, toUs });
  };
  for (const e of alarms) {
    const before = last.get(e.alarm);
    if (before) close(before, e.timeUs);
    last.set(e.alarm, e);
  }
  for (const e of last.values()) close(e, Math.max(e.timeUs, endUs));
  return list;
}
