/** What the schema of a store cannot see: references, levels, states that cannot be. */
import type { Problem } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import { VAPOURS } from '../../models/physics/release/index.ts';
import { checkCommon, createChecker } from '../plant/index.ts';
import { STORED, type StoreSpec } from './spec.ts';

export function checkStore(doc: Located<StoreSpec>): Problem[] {
  const spec = doc.value;
  const checker = createChecker(doc);
  const { problems, problemAt, declare, need } = checker;
  const say = (path: PropertyKey[], found: string, expected: string, hint?: string) =>
    problems.push(problemAt(path, found, expected, hint));
  declare(spec.rooms, 'rooms');
  declare(spec.vessels, 'vessels');
  declare(spec.lines, 'lines');
  const ids = (list: readonly { readonly id: string }[]) => list.map((x) => x.id);
  const rooms = ids(spec.rooms);
  const vessels = ids(spec.vessels);
  const stations = ids(spec.stations);
  const taken = new Set([...rooms, ...vessels, ...ids(spec.lines)]);
  const once = (path: PropertyKey[], id: string) => {
    if (taken.has(id)) say(path, `"${id}"`, 'a new name');
    taken.add(id);
  };
  spec.rooms.forEach((r, i) => {
    once(['rooms', i, 'fan', 'id'], r.fan.id);
    need(['rooms', i, 'fan', 'station'], r.fan.station, stations, 'station');
    const held = new Set([
      ...spec.vessels.filter((v) => v.room === r.id).map((v) => v.holds),
      ...spec.lines
        .filter((l) => l.room === r.id)
        .flatMap((l) => spec.vessels.find((v) => v.id === l.from)?.holds ?? []),
    ]);
    if (held.size > 1) say(['rooms', i], [...held].join(' and '), 'one gas in a room');
  });
  spec.vessels.forEach((v, i) => {
    if (v.room !== undefined) need(['vessels', i, 'room'], v.room, rooms, 'room');
    const { boilingPoint_K } = VAPOURS[STORED[v.holds]];
    if (v.temperature <= boilingPoint_K)
      say(
        ['vessels', i, 'temperature'],
        `${(v.temperature - 273.15).toFixed(1)} degC`,
        `more than the boiling point of ${v.holds}, ${(boilingPoint_K - 273.15).toFixed(1)} degC`,
        'a store is kept under its own vapour pressure',
      );
    else if (v.temperature > 340) say(['vessels', i, 'temperature'], `${v.temperature} K`, 'at most 340 K');
  });
  spec.lines.forEach((l, i) => {
    need(['lines', i, 'from'], l.from, vessels, 'vessel');
    once(['lines', i, 'valve', 'id'], l.valve.id);
    need(['lines', i, 'valve', 'station'], l.valve.station, stations, 'station');
    if (l.room !== undefined) need(['lines', i, 'room'], l.room, rooms, 'room');
  });
  checkCommon(spec, checker, {
    pressure: vessels,
    level: vessels,
    temperature: vessels,
    flow: ids(spec.lines),
    opening: spec.lines.map((l) => l.valve.id),
    running: spec.rooms.map((r) => r.fan.id),
    concentration: rooms,
  });
  return problems;
}
