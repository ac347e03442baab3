/**
 * What the schema of a tank farm cannot see: references between its parts, levels against heights, bunds against tanks, and
 * whatever else the physics of tanks would refuse.
 */
import type { Problem } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import { checkTankFarm } from '../../models/physics/tank/index.ts';
import { checkCommon, createChecker } from '../plant/index.ts';
import { AIR, buildFarm, compileFarmWeather, WIND } from './compile.ts';
import type { TanksSpec } from './spec.ts';

export function checkTanks(doc: Located<TanksSpec>): Problem[] {
  const spec = doc.value;
  const checker = createChecker(doc);
  const { problems, problemAt, declare, need } = checker;
  const say = (path: PropertyKey[], found: string, expected: string, hint?: string) =>
    problems.push(problemAt(path, found, expected, hint));
  declare(spec.products, 'products');
  declare(spec.bunds, 'bunds');
  declare(spec.tanks, 'tanks');
  declare(spec.transfers, 'transfers');
  const names = (list: readonly { readonly id: string }[]) => list.map((x) => x.id);
  const tanks = names(spec.tanks);
  const stations = names(spec.stations);
  const drains = new Set<string>();
  const taken = new Set([...names(spec.products), ...names(spec.bunds), ...tanks, ...names(spec.transfers)]);
  spec.bunds.forEach((b, i) => {
    if (b['overflow-to'] !== undefined) need(['bunds', i, 'overflow-to'], b['overflow-to'], names(spec.bunds), 'bund');
    if (b.sump.area >= b.floor)
      say(['bunds', i, 'sump', 'area'], `${b.sump.area} m2`, `less than the floor of ${b.floor} m2`);
    const taken_m2 = spec.tanks
      .filter((t) => t.bund === b.id)
      .reduce((sum, t) => sum + (Math.PI / 4) * t.diameter ** 2, 0);
    if (taken_m2 >= b.floor)
      say(
        ['bunds', i, 'floor'],
        `${b.floor} m2`,
        `more than the ${taken_m2.toPrecision(4)} m2 that its tanks stand on`,
      );
    if (!b.drain) return;
    if (drains.has(b.drain.id) || taken.has(b.drain.id))
      say(['bunds', i, 'drain', 'id'], `"${b.drain.id}"`, 'a new name');
    drains.add(b.drain.id);
    need(['bunds', i, 'drain', 'station'], b.drain.station, stations, 'station');
  });
  spec.tanks.forEach((t, i) => {
    need(['tanks', i, 'product'], t.product, names(spec.products), 'product');
    if (t.bund !== undefined) need(['tanks', i, 'bund'], t.bund, names(spec.bunds), 'bund');
    const most = t['max-level'] ?? t.height;
    if (most > t.height) say(['tanks', i, 'max-level'], `${most} m`, `at most the height of the tank, ${t.height} m`);
    if (t.level > most) say(['tanks', i, 'level'], `${t.level} m`, `at most the highest level, ${most} m`);
    if (t['suction-level'] >= most)
      say(['tanks', i, 'suction-level'], `${t['suction-level']} m`, `less than the highest level, ${most} m`);
    for (const key of ['mass-kg', 'legs'] as const) {
      if (t.roof.kind === 'floating' && t.roof[key] === undefined)
        say(['tanks', i, 'roof'], `a floating roof without ${key}`, `its ${key}`);
      if (t.roof.kind !== 'floating' && t.roof[key] !== undefined)
        say(['tanks', i, 'roof', key], `${key} of a ${t.roof.kind} roof`, 'it only of a floating roof', 'remove it');
    }
  });
  spec.transfers.forEach((t, i) => {
    need(['transfers', i, 'station'], t.station, stations, 'station');
    if (t.from === undefined && t.to === undefined)
      say(['transfers', i], `"${t.id}" between no tanks`, 'a tank under "from", "to" or both');
    for (const key of ['from', 'to'] as const)
      if (t[key] !== undefined) need(['transfers', i, key], t[key], tanks, 'tank');
    if (t.from !== undefined && t.from === t.to) say(['transfers', i, 'to'], `"${t.to}"`, 'another tank than "from"');
    const product = (id: string | undefined) => {
      const held = spec.tanks.find((x) => x.id === id)?.product;
      return spec.products.some((p) => p.id === held) ? held : undefined;
    };
    const [a, b] = [product(t.from), product(t.to)];
    if (a !== undefined && b !== undefined && a !== b)
      say(['transfers', i, 'to'], `"${t.to}" with ${b}`, `a tank of ${a}: a tank holds one product`);
    for (const [key, end] of [
      ['trip-above', 'to'],
      ['trip-below', 'from'],
    ] as const)
      if (t[key] !== undefined && t[end] === undefined)
        say(['transfers', i, key], `"${key}" without "${end}"`, `a tank under "${end}" whose level it looks at`);
  });
  const transfers = names(spec.transfers);
  checkCommon(spec, checker, {
    level: [...tanks, ...names(spec.bunds)],
    temperature: [...tanks, AIR],
    other: [WIND],
    flow: transfers,
    speed: transfers,
    running: transfers,
    opening: [...drains],
  });
  // What is left is said by the physics, in sentences of its own.
  if (problems.length === 0)
    for (const sentence of checkTankFarm(buildFarm(spec, compileFarmWeather(spec, 0), [])))
      say(['tanks'], sentence, 'a farm that can be computed');
  return problems;
}
