/**
 * Marks and measures that all pictures of the report share: the sheet they are drawn on, the shapes of alarms and the
 * dimension line.
 */
import { escapeXml } from './text.ts';

/** Width of the sheet, and of the part of it that time or distance runs along. */
export const WIDTH = 1180;
export const X0 = 138;
export const X1 = 1080;

/** Priority by shape: 1 triangle, 2 diamond, 3 square, 4 disc; `r` is about half its size. */
export function alarmPath(priority: number, r: number): string {
  if (priority === 1) return `M0 ${f(-r)}L${f(r)} ${f(r * 0.8)}H${f(-r)}Z`;
  if (priority === 2) return `M0 ${f(-r)}L${f(r)} 0L0 ${f(r)}L${f(-r)} 0Z`;
  if (priority === 3) return `M${f(-r * 0.8)} ${f(-r * 0.8)}h${f(r * 1.6)}v${f(r * 1.6)}h${f(-r * 1.6)}Z`;
  return `M${f(-r * 0.8)} 0a${f(r * 0.8)} ${f(r * 0.8)} 0 1 0 ${f(r * 1.6)} 0a${f(r * 0.8)} ${f(r * 0.8)} 0 1 0 ${f(-r * 1.6)} 0Z`;
}

/** A dimension line as on a drawing: arrows inside where there is room, outside where there is not. */
export function dimension(a: number, b: number, y: number, text: string, right = X1): string {
  const ends = `M${f(a)} ${y - 6}v12M${f(b)} ${y - 6}v12`;
  const arrow = (at: number, way: number) => `M${f(at)} ${y}l${6 * way} -3v6z`;
  const span = b - a;
  if (span >= text.length * 7 + 34) {
    const half = (text.length * 7 + 10) / 2;
    const m = (a + b) / 2;
    return `<g class="dimension"><path class="line" d="${ends}M${f(a)} ${y}H${f(m - half)}M${f(m + half)} ${y}H${f(b)}"/><path class="head" d="${arrow(a, 1)}${arrow(b, -1)}"/><text x="${f(m)}" y="${y + 4}" text-anchor="middle">${escapeXml(text)}</text></g>`;
  }
  const flip = b + 30 + text.length * 7 > right;
  const tail = flip
    ? `<text x="${f(a - 26)}" y="${y + 4}" text-anchor="end">${escapeXml(text)}</text>`
    : `<text x="${f(b + 26)}" y="${y + 4}">${escapeXml(text)}</text>`;
  return `<g class="dimension"><path class="line" d="${ends}M${f(a - 20)} ${y}H${f(a)}M${f(b)} ${y}H${f(b + 20)}"/><path class="head" d="${arrow(a, -1)}${arrow(b, 1)}"/>${tail}</g>`;
}

export function laneLabel(text: string, y: number, second = ''): string {
  const more = second === '' ? '' : `<text class="lane" x="0" y="${y + 15}">${second}</text>`;
  return `<text class="lane" x="0" y="${y}">${text}</text>${more}`;
}

export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** Coordinates with one decimal: a tenth of a pixel is more than a screen shows. */
export function f(value: number): string {
  return String(Math.round(value * 10) / 10);
}
