/** The scale of a chart by the bulk of its values. */
import type { Series } from '../player/index.ts';

/** From the 0.5th to the 99.5th of a hundred values, with some room; at least a thousandth of their size. */
export function bulk(own: Series, other?: Series): [number, number] {
  const all: number[] = [];
  for (const s of other ? [own, other] : [own]) {
    for (let i = 0; i < s.timeUs.length; i += 1) {
      if (s.least[i] === null) continue;
      all.push(s.least[i]!, s.most[i]!);
    }
  }
  if (all.length === 0) return [0, 1];
  all.sort((a, b) => a - b);
  const cut = all.length >= 100 ? Math.floor(all.length * 0.005) : 0;
  const low = all[cut]!;
  const high = all[all.length - 1 - cut]!;
  const room = Math.max((high - low) * 0.12, Math.abs(high) * 1e-3, 1e-9);
  return [low - room, high + room];
}
