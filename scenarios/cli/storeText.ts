/** What a store of liquefied gas says of itself: vessels, lines and rooms. */
import type { StoreSpec } from '../../sim/index.ts';
import { inUnit, show, type Trade, unitOf } from './display.ts';
import type { KindText } from './plantText.ts';
import { textTable } from './table.ts';

export function storeSections(spec: StoreSpec, trade: Trade): KindText {
  const m = unitOf('length', trade);
  return {
    document: { vessels: spec.vessels.length, lines: spec.lines.length, rooms: spec.rooms.length },
    sections: [
      textTable(
        ['vessel', 'holds', 'volume [m3]', 'fill [%]', `height [${m}]`, 'room', 'at the start'],
        spec.vessels.map((v) => [
          v.id,
          v.holds,
          v.volume,
          Math.round(v.fill * 100),
          inUnit(v.height, 'length', trade),
          v.room ?? '',
          show(v.temperature, 'temperature', trade),
        ]),
      ),
      textTable(
        ['line', 'from', 'draws', `length [${m}]`, 'remote valve', 'room'],
        spec.lines.map((l) => [l.id, l.from, l.draws, inUnit(l.length, 'length', trade), l.valve.id, l.room ?? '']),
      ),
      ...(spec.rooms.length === 0
        ? []
        : [
            textTable(
              ['room', 'volume [m3]', 'fan', 'scrubber [%]'],
              spec.rooms.map((r) => [r.id, r.volume, r.fan.id, Math.round(r.scrubber * 1000) / 10]),
            ),
          ]),
    ],
  };
}
