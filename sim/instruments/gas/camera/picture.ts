/**
 * A camera's picture for people: enlarged, with a strip below that says whose it is, when, and what its colours mean. The
 * infrared one is grey, warm is bright; gas that the camera sees lies over it in colour, by its column on a logarithmic
 * scale from blue to yellow, lightness rising all the way so that it reads in grey and by the colour-blind too.
 */

import type { InfraredImage } from './infrared.ts';
import { drawText, textWidth } from './letters.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** (3 · width · height) */
  readonly rgb: Uint8Array;
}

const WIDE = 640;
const STRIP = 56;
/** A dark picture is brightened so much at most, as a camera's own exposure does. */
const MOST_GAIN = 6;
const BRIGHT = 225;
const INK: readonly [number, number, number] = [232, 234, 236];
const DIM: readonly [number, number, number] = [150, 156, 162];
/** Ends of the scale of columns [part·m]: 30 ppm·m and 30 000 ppm·m. */
const FIRST = 3e-5;
const LAST = 3e-2;
/** Anchors of the palette, even in lightness. */
const PALETTE = [
  [46, 24, 130],
  [120, 28, 150],
  [196, 52, 108],
  [240, 104, 56],
  [250, 172, 40],
  [252, 244, 140],
] as const;
const LEAST_SPAN_K = 4;

export function paletteAt(level: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, level)) * (PALETTE.length - 1);
  const i = Math.min(PALETTE.length - 2, Math.floor(at));
  const f = at - i;
  return [0, 1, 2].map((c) => Math.round(PALETTE[i]![c]! + f * (PALETTE[i + 1]![c]! - PALETTE[i]![c]!))) as [
    number,
    number,
    number,
  ];
}

function levelOf(column_part_m: number): number {
  return Math.log(Math.max(column_part_m, FIRST) / FIRST) / Math.log(LAST / FIRST);
}

export interface Caption {
  readonly left: string;
  readonly right: string;
}

export function infraredPicture(image: InfraredImage, width: number, height: number, caption: Caption): Picture {
  const { thermal_K, column_part_m } = image;
  const sorted = Float32Array.from(thermal_K).sort();
  const n = sorted.length;
  const low = sorted[Math.floor(0.02 * (n - 1))]!;
  const high = Math.max(low + LEAST_SPAN_K, sorted[Math.floor(0.98 * (n - 1))]!);
  // Zero outside the plume, one inside: its outline is where this is a half.
  const mask = Float32Array.from(column_part_m, (v) => (v > 0 ? 1 : 0));
  const level = Float32Array.from(column_part_m, (v) => (v > 0 ? levelOf(v) : 0));
  const picture = enlarged(width, height, (at, out) => {
    const grey = 26 + 200 * Math.min(1, Math.max(0, (at(thermal_K) - low) / (high - low)));
    const inside = at(mask);
    out.fill(grey);
    if (inside <= 0.35) return;
    const colour = paletteAt(at(level) / inside);
    const cover = 0.82;
    for (let c = 0; c < 3; c += 1) out[c] = grey * (1 - cover) + colour[c]! * cover;
  });
  write(picture, caption);
  scale(picture);
  return picture;
}

export function visiblePicture(rgb: Uint8Array, width: number, height: number, caption: Caption): Picture {
  const planes = [0, 1, 2].map((c) => Float32Array.from({ length: width * height }, (_, p) => rgb[3 * p + c]!));
  const sorted = Float32Array.from(planes[1]!).sort();
  const gain = Math.min(MOST_GAIN, Math.max(1, BRIGHT / Math.max(1, sorted[Math.floor(0.98 * (sorted.length - 1))]!)));
  const picture = enlarged(width, height, (at, out) => {
    for (let c = 0; c < 3; c += 1) out[c] = Math.min(255, gain * at(planes[c]!));
  });
  write(picture, caption);
  return picture;
}

/** Each point between the four pixels around it. */
function enlarged(
  width: number,
  height: number,
  paint: (at: (plane: Float32Array) => number, out: Float64Array) => void,
): Picture {
  const k = Math.max(1, Math.round(WIDE / width));
  const wide = k * width;
  const high = k * height;
  const rgb = new Uint8Array(3 * wide * (high + STRIP)).fill(18);
  const out = new Float64Array(3);
  const low = (v: number, most: number) => Math.min(most, Math.max(0, v));
  for (let y = 0; y < high; y += 1) {
    const v = low((y + 0.5) / k - 0.5, height - 1);
    const j = Math.min(height - 2, Math.floor(v));
    for (let x = 0; x < wide; x += 1) {
      const u = low((x + 0.5) / k - 0.5, width - 1);
      const i = Math.min(width - 2, Math.floor(u));
      const p = j * width + i;
      const [fu, fv] = [u - i, v - j];
      paint(
        (plane) =>
          (1 - fv) * ((1 - fu) * plane[p]! + fu * plane[p + 1]!) +
          fv * ((1 - fu) * plane[p + width]! + fu * plane[p + width + 1]!),
        out,
      );
      const o = 3 * (y * wide + x);
      for (let c = 0; c < 3; c += 1) rgb[o + c] = Math.round(out[c]!);
    }
  }
  return { width: wide, height: high + STRIP, rgb };
}

function write({ rgb, width, height }: Picture, { left, right }: Caption): void {
  const top = height - STRIP + 7;
  drawText(rgb, width, left, 10, top, 2, INK);
  drawText(rgb, width, right, Math.max(10, width - 10 - textWidth(right, 2)), top, 2, INK);
}

/** The palette with its columns, in the strip's second line. */
function scale({ rgb, width, height }: Picture): void {
  const top = height - STRIP + 25;
  const from = 90;
  const to = width - 40;
  for (let x = from; x < to; x += 1) {
    const colour = paletteAt((x - from) / (to - from));
    for (let y = top; y < top + 8; y += 1) rgb.set(colour, 3 * (y * width + x));
  }
  drawText(rgb, width, 'ppm·m', 10, top + 13, 2, DIM);
  for (const ppm_m of [30, 100, 300, 1000, 3000, 10000, 30000]) {
    const x = Math.round(from + levelOf(ppm_m * 1e-6) * (to - from));
    for (let y = top + 8; y < top + 11; y += 1) rgb.set(INK, 3 * (y * width + Math.min(x, to - 1)));
    drawText(rgb, width, String(ppm_m), x - Math.round(textWidth(String(ppm_m), 2) / 2), top + 13, 2, INK);
  }
}
