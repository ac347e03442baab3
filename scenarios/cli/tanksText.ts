/** What a tank farm says of itself: its tanks, bunds and transfers. */
import type { TanksSpec } from '../../sim/index.ts';
import { inUnit, show, type Trade, unitOf } from './display.ts';
import type { KindText } from './plantText.ts';
import { textTable } from './table.ts';

export function tanksSections(spec: TanksSpec, trade: Trade): KindText {
  const m = unitOf('length', trade);
  const capacity_m3 = spec.tanks.reduce(
    (sum, t) => sum + (Math.PI / 4) * t.diameter ** 2 * (t['max-level'] ?? t.height),
    0,
  );
  return {
    document: { capacity_m3 },
    sections: [
      `${spec.tanks.length} tanks of ${Math.round(capacity_m3)} m3 in all; design flow ${show(spec['design-flow'], 'flow', trade)}`,
      textTable(
        ['tank', 'product', 'bund', `diameter [${m}]`, `height [${m}]`, 'roof', 'at the start'],
        spec.tanks.map((t) => [
          t.id,
          t.product,
          t.bund ?? '',
          inUnit(t.diameter, 'length', trade),
          inUnit(t.height, 'length', trade),
          t.roof.kind,
          `${show(t.level, 'length', trade)}, ${show(t.temperature, 'temperature', trade)}`,
        ]),
      ),
      textTable(
        ['bund', 'floor [m2]', `wall [${m}]`, 'drain'],
        spec.bunds.map((b) => [b.id, b.floor, inUnit(b.wall, 'length', trade), b.drain?.id ?? '']),
      ),
      textTable(
        ['transfer', 'from', 'to', `rated [${unitOf('flow', trade)}]`, 'at the start'],
        spec.transfers.map((t) => [
          t.id,
          t.from ?? 'outside',
          t.to ?? 'outside',
          inUnit(t.rate, 'flow', trade),
          t.running ? `runs at ${inUnit(t.speed, 'fraction', trade)} %` : 'stands by',
        ]),
      ),
    ],
  };
}
