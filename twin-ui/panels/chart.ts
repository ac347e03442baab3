/**
 * One trend: least and greatest of every pixel's samples as a band, so that no spike is lost; unusable spans as gaps with
 * hatching; the instrument's range as limits; a second run as a dashed line. The scale follows the bulk of the values: one
 * rogue value does not flatten the rest, it is counted instead.
 */
import uPlot from 'uplot';
import { UNUSABLE } from '../../models/contract/index.ts';
import type { Tokens } from '../design/tokens.ts';
import type { Series } from '../player/index.ts';
import { bulk } from './bulk.ts';

export interface ChartData {
  readonly own: Series;
  /** Its times already moved onto this run's. */
  readonly other?: Series;
  readonly range: readonly [number, number];
  /** By hand; absent: by the values. */
  readonly scale?: readonly [number, number];
  readonly fromUs: number;
  readonly toUs: number;
  readonly nowUs: number;
}

export interface Chart {
  show(data: ChartData): void;
  resize(width: number, height: number): void;
  /** Values beyond the scale. */
  readonly outside: number;
  destroy(): void;
}

const AXIS_px = 46;

export function createChart(
  into: HTMLElement,
  tokens: () => Tokens,
  sync: string,
  seek: (timeUs: number) => void,
  clock: (timeUs: number) => string,
): Chart {
  let data: ChartData | undefined;
  let bounds: [number, number] = [0, 1];
  let outside = 0;
  const axis = { stroke: () => tokens().muted, grid: { stroke: () => `${tokens().line}66`, width: 1 } };
  const plot = new uPlot(
    {
      width: 200,
      height: 100,
      padding: [6, 6, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: sync }, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: false, auto: false }, y: { auto: false, range: () => bounds } },
      axes: [
        {
          ...axis,
          size: 18,
          font: '10px system-ui',
          values: (_u, splits) => splits.map((s) => clock(s * 1e6)),
          space: 70,
          ticks: { show: false },
        },
        { ...axis, size: AXIS_px, font: '10px system-ui', ticks: { show: false }, space: 24 },
      ],
      series: [
        {},
        { stroke: () => tokens().trace, width: 1, points: { show: false } },
        { stroke: () => tokens().trace, width: 1, points: { show: false } },
        { stroke: () => tokens().trace2, width: 1, dash: [4, 3], points: { show: false } },
      ],
      bands: [{ series: [1, 2], fill: () => `${tokens().trace}55` }],
      hooks: { drawClear: [drawBehind], draw: [drawBefore] },
    },
    [[], [], [], []],
    into,
  );
  plot.over.addEventListener('click', () => {
    const left = plot.cursor.left;
    if (left !== undefined && left !== null && left >= 0) seek(plot.posToVal(left, 'x') * 1e6);
  });

  function drawBehind(u: uPlot): void {
    if (!data) return;
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.strokeStyle = tokens().muted;
    ctx.lineWidth = 1;
    // Hatched where the value may not be used.
    const { timeUs, quality } = data.own;
    for (let i = 0; i < timeUs.length; i += 1) {
      if ((quality[i]! & UNUSABLE) === 0) continue;
      const a = u.valToPos((timeUs[i - 1] ?? timeUs[i]!) / 1e6, 'x', true);
      const b = Math.max(a + 2, u.valToPos(timeUs[i]! / 1e6, 'x', true));
      ctx.save();
      ctx.beginPath();
      ctx.rect(a, bbox.top, b - a, bbox.height);
      ctx.clip();
      ctx.globalAlpha = 0.5;
      ctx.beginPath();
      for (let x = Math.floor(a / 6) * 6 - bbox.height; x < b; x += 6) {
        ctx.moveTo(x, bbox.top + bbox.height);
        ctx.lineTo(x + bbox.height, bbox.top);
      }
      ctx.stroke();
      ctx.restore();
    }
    // The instrument's limits.
    ctx.setLineDash([2, 4]);
    for (const limit of data.range) {
      if (limit < bounds[0] || limit > bounds[1]) continue;
      const y = u.valToPos(limit, 'y', true);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }

  function drawBefore(u: uPlot): void {
    if (!data) return;
    const { ctx, bbox } = u;
    const x = u.valToPos(data.nowUs / 1e6, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.save();
    ctx.strokeStyle = tokens().mark;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }

  return {
    get outside() {
      return outside;
    },
    show(next) {
      data = next;
      const { own, other } = next;
      bounds = next.scale ? [...next.scale] : bulk(own, other);
      outside = 0;
      for (let i = 0; i < own.timeUs.length; i += 1)
        if (own.most[i] !== null && (own.most[i]! > bounds[1] || own.least[i]! < bounds[0])) outside += 1;
      const [x, low, high, second] = joined(own, other);
      plot.batch(() => {
        plot.setData([x, high, low, second] as uPlot.AlignedData, false);
        plot.setScale('x', { min: next.fromUs / 1e6, max: Math.max(next.toUs, next.fromUs + 1) / 1e6 });
        plot.setScale('y', { min: bounds[0], max: bounds[1] });
      });
    },
    resize(width, height) {
      if (plot.width !== width || plot.height !== height) plot.setSize({ width, height });
    },
    destroy: () => plot.destroy(),
  };
}

/** Both runs on one axis of times. */
function joined(own: Series, other: Series | undefined): (number | null)[][] {
  if (!other)
    return [
      own.timeUs.map((t) => t / 1e6),
      own.least as (number | null)[],
      own.most as (number | null)[],
      own.timeUs.map(() => null),
    ];
  const x: number[] = [];
  const low: (number | null | undefined)[] = [];
  const high: (number | null | undefined)[] = [];
  const second: (number | null | undefined)[] = [];
  let i = 0;
  let k = 0;
  while (i < own.timeUs.length || k < other.timeUs.length) {
    const a = own.timeUs[i] ?? Number.POSITIVE_INFINITY;
    const b = other.timeUs[k] ?? Number.POSITIVE_INFINITY;
    const at = Math.min(a, b);
    x.push(at / 1e6);
    // Undefined is no gap: the line goes on to the next own point.
    low.push(a === at ? own.least[i] : undefined);
    high.push(a === at ? own.most[i] : undefined);
    second.push(b === at ? other.last[k] : undefined);
    if (a === at) i += 1;
    if (b === at) k += 1;
  }
  return [x, low as (number | null)[], high as (number | null)[], second as (number | null)[]];
}
