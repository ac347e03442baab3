/**
 * From what a company has to a line that can run: places along the stationing become nodes, changes of pipe split it, tags
 * say where pumps, valves and tanks are. What nobody exports (curves, tanks, fluid) is assumed, and every assumption is
 * written down; sizing.ts finds pump heads and the delivery valve from them.
 */

import type { Measure, Trade } from './columns.ts';
import type { ModbusMap } from './modbusMap.ts';
import type { PipeClass, Profile } from './profile.ts';
import type { LineFluid } from './sizing.ts';
import type { ImportedTag } from './tags.ts';

/** Places closer than this [m] are one: a reach at 50 ms is some 55 m long, and a shorter pipe would get a wrong wave speed. */
const SAME_PLACE_M = 60;

/** A place along the line, with the ends of what arrives there and what leaves. */
export interface Place {
  readonly kp: Measure;
  readonly arrives: string;
  readonly leaves: string;
  readonly pipe: PipeClass;
}

export interface LineNode {
  readonly id: string;
  readonly kp: Measure;
  readonly comment: string;
}

export interface LinePipe {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly pipe: PipeClass;
}

export interface LinePump {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kp_m: number;
  readonly running: boolean;
  readonly ratedSpeed_rpm: number | undefined;
}

export interface LineValve {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly pipe: PipeClass;
  readonly use: 'isolation' | 'delivery';
}

export interface LineInstrument {
  readonly tag: ImportedTag;
  readonly at: string;
}

export interface LineStation {
  readonly id: string;
  readonly unitId: number;
  readonly kp: Measure;
}

export interface Line {
  readonly places: readonly Place[];
  readonly nodes: readonly LineNode[];
  readonly pipes: readonly LinePipe[];
  readonly pumps: readonly LinePump[];
  readonly valves: readonly LineValve[];
  readonly bypasses: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly pipe: PipeClass;
  }[];
  readonly stations: readonly LineStation[];
  readonly instruments: readonly LineInstrument[];
}

export interface LineInput {
  readonly profile: Profile;
  readonly tags: readonly ImportedTag[];
  readonly map: ModbusMap | undefined;
  readonly trade: Trade;
  readonly fluid: LineFluid;
}

export const INLET_TANK = 'TK-IN';
export const OUTLET_TANK = 'TK-OUT';

const SUCTION = /suction|inlet|upstream|incoming|arriv/i;

/** Lays the line out. Tags beyond its ends complain by themselves; `assumptions` and `left` are for the user to read. */
export function layOut(input: LineInput, assumptions: string[], left: string[]): Line {
  const { profile, tags } = input;
  const spots = spotsOf(profile, tags, assumptions);
  const names = new Names();
  const b: Building = {
    nodes: [],
    pipes: [],
    pumps: [],
    valves: [],
    bypasses: [],
    places: [],
    pumpOf: new Map(),
    valveOf: new Map(),
    names,
    assumptions,
    left,
  };
  spots.forEach((spot, i) => {
    const kind = i === 0 ? 'origin' : i === spots.length - 1 ? 'end' : 'middle';
    buildPlace(b, spot, kind);
    const before = b.places[i - 1];
    const here = b.places[i]!;
    if (before) b.pipes.push({ id: `P-${i}`, from: before.leaves, to: here.arrives, pipe: before.pipe });
  });
  const instruments = spots.flatMap((spot, i) =>
    spot.tags.flatMap((tag): LineInstrument[] => {
      const at = placeOf(tag, i, b);
      if (at === undefined) return [];
      return [{ tag, at }];
    }),
  );
  // The company's own order is what its people recognise.
  const order = new Map(tags.map((t, i) => [t.tag, i]));
  instruments.sort((x, y) => order.get(x.tag.tag)! - order.get(y.tag.tag)!);
  return { ...b, instruments, stations: stationsOf(instruments, input.map, assumptions) };
}

interface Spot {
  readonly kp: Measure;
  readonly tags: ImportedTag[];
  readonly pipe: PipeClass;
}

/** Where something is or changes: the ends, every tag, every change of pipe; near ones are one. */
function spotsOf(profile: Profile, tags: readonly ImportedTag[], assumptions: string[]): Spot[] {
  const first = profile.points[0]!.kp;
  const last = profile.points.at(-1)!.kp;
  const spots: { kp: Measure; tags: ImportedTag[] }[] = [
    { kp: first, tags: [] },
    { kp: last, tags: [] },
  ];
  const nearestTo = (kp_m: number) =>
    spots.reduce((best, s) => (Math.abs(s.kp.si - kp_m) < Math.abs(best.kp.si - kp_m) ? s : best));
  for (const tag of tags) {
    if (tag.kp.si < first.si - SAME_PLACE_M || tag.kp.si > last.si + SAME_PLACE_M) {
      tag.complain(
        'kp',
        `${tag.kp.value} ${tag.kp.unit}`,
        `a place on the line, from ${first.value} to ${last.value} ${last.unit}`,
        'the stationing ends there; check the unit of both tables',
      );
      continue;
    }
    const near = nearestTo(tag.kp.si);
    const off = Math.abs(near.kp.si - tag.kp.si);
    if (off >= SAME_PLACE_M) spots.push({ kp: tag.kp, tags: [tag] });
    else {
      near.tags.push(tag);
      if (off > 1)
        assumptions.push(`${tag.tag} is taken to be at ${near.kp.value} ${near.kp.unit}, ${Math.round(off)} m away`);
    }
  }
  const changes = profile.classes.slice(1).map((c) => {
    const near = nearestTo(c.from_m);
    const off = Math.abs(near.kp.si - c.from_m);
    if (off < SAME_PLACE_M) {
      if (off > 1)
        assumptions.push(
          `the change of pipe at ${Math.round(c.from_m)} m is taken to be at ${near.kp.value} ${near.kp.unit}`,
        );
      return { from_m: near.kp.si, pipe: c };
    }
    const point = profile.points.find((p) => p.kp.si === c.from_m)!;
    spots.push({ kp: point.kp, tags: [] });
    return { from_m: c.from_m, pipe: c };
  });
  return spots
    .sort((a, b) => a.kp.si - b.kp.si)
    .map((s) => ({ ...s, pipe: changes.findLast((c) => c.from_m <= s.kp.si)?.pipe ?? profile.classes[0]! }));
}

interface Building {
  readonly nodes: LineNode[];
  readonly pipes: LinePipe[];
  readonly pumps: LinePump[];
  readonly valves: LineValve[];
  readonly bypasses: { id: string; from: string; to: string; pipe: PipeClass }[];
  readonly places: Place[];
  /** By tag: the pump or valve that it sits on. */
  readonly pumpOf: Map<string, string>;
  readonly valveOf: Map<string, string>;
  readonly names: Names;
  readonly assumptions: string[];
  readonly left: string[];
}

function buildPlace(b: Building, spot: Spot, kind: 'origin' | 'middle' | 'end'): void {
  const { kp, pipe } = spot;
  const label = `${Number(kp.value.toFixed(3))}`.replace(/^-/, 'm');
  const node = (letter: string, comment: string) => {
    const id = b.names.take(`${letter}-${label}`);
    b.nodes.push({ id, kp, comment });
    return id;
  };
  const pumpTags = spot.tags.filter((t) => t.quantity === 'speed' || t.quantity === 'running');
  const valveTags = spot.tags.filter((t) => t.quantity === 'opening');
  const wantsSuction = spot.tags.some(
    (t) => (t.quantity === 'pressure' || t.quantity === 'temperature') && SUCTION.test(t.description),
  );

  if (kind === 'end') {
    const id = node('N', 'end of the line');
    const valve = b.names.take(valveTags[0] ? `PCV-${loopOf(valveTags[0].tag)}` : 'PCV-OUT');
    b.valves.push({ id: valve, from: id, to: OUTLET_TANK, pipe, use: 'delivery' });
    if (valveTags[0]) b.valveOf.set(valveTags[0].tag, valve);
    leaveOut(b, valveTags.slice(1), 'a second valve at the end is not modelled');
    leaveOut(b, pumpTags, 'a pump at the very end has nothing to pump into');
    b.places.push({ kp, pipe, arrives: id, leaves: id });
    return;
  }
  const pumped = kind === 'origin' || pumpTags.length > 0;
  if (!pumped && valveTags.length === 0) {
    const id = node('N', '');
    b.places.push({ kp, pipe, arrives: id, leaves: id });
    return;
  }
  let arrives = INLET_TANK;
  if (kind === 'middle') arrives = node(pumped ? 'S' : 'U', pumped ? 'suction' : 'upstream of the valve');
  else if (wantsSuction) {
    arrives = node('S', 'suction');
    b.valves.push({ id: b.names.take('XV-IN'), from: INLET_TANK, to: arrives, pipe, use: 'isolation' });
    b.assumptions.push('an open valve XV-IN lies between the inlet tank and the suction of the first pumps');
  }
  const header = pumped && valveTags.length > 0 ? node('D', 'discharge header') : undefined;
  const leaves = node('N', pumped ? 'discharge' : 'downstream of the valve');
  if (pumped) {
    addPumps(b, pumpTags, arrives, header ?? leaves, kp);
    if (kind === 'middle')
      b.bypasses.push({ id: b.names.take(`NRV-${label}`), from: arrives, to: header ?? leaves, pipe });
  }
  if (valveTags[0]) {
    const id = b.names.take(`XV-${loopOf(valveTags[0].tag)}`);
    b.valves.push({ id, from: header ?? arrives, to: leaves, pipe, use: 'isolation' });
    b.valveOf.set(valveTags[0].tag, id);
    leaveOut(b, valveTags.slice(1), 'a second valve at the same place is not modelled');
  }
  b.places.push({ kp, pipe, arrives, leaves });
}

/** One pump per loop number: ST-101 and XS-101 speak of the same one. The first runs, the others stand by. */
function addPumps(b: Building, tags: readonly ImportedTag[], from: string, to: string, kp: Measure): void {
  const loops = [...new Set(tags.map((t) => loopOf(t.tag)))];
  if (loops.length === 0) {
    loops.push('IN');
    b.assumptions.push('one pump PU-IN at the origin: the tag list shows none');
  }
  if (loops.length > 1)
    b.assumptions.push(`${loops.length} pumps in parallel at ${kp.value} ${kp.unit}: one runs, the others stand by`);
  loops.forEach((loop, i) => {
    const id = b.names.take(`PU-${loop}`);
    const own = tags.filter((t) => loopOf(t.tag) === loop);
    for (const t of own) b.pumpOf.set(t.tag, id);
    const rpm = own.find((t) => t.unit === 'rpm');
    if (rpm)
      b.assumptions.push(
        `the rated speed of ${id} is the end of ${rpm.tag}'s range, ${rpm.range[1]} rpm; the tag is published as % of it`,
      );
    b.pumps.push({ id, from, to, kp_m: kp.si, running: i === 0, ratedSpeed_rpm: rpm?.range[1] });
  });
}

function leaveOut(b: Building, tags: readonly ImportedTag[], because: string): void {
  for (const t of tags) b.left.push(`${t.tag}: ${because}`);
}

/** The element that a tag sits on; undefined where it is left out. */
function placeOf(tag: ImportedTag, i: number, b: Building): string | undefined {
  const place = b.places[i]!;
  const last = i === b.places.length - 1;
  const suction = SUCTION.test(tag.description);
  switch (tag.quantity) {
    case 'pressure':
    case 'temperature':
      return suction && place.arrives !== INLET_TANK ? place.arrives : place.leaves;
    case 'flow':
      return last || (suction && i > 0) ? `P-${i}/end` : `P-${i + 1}`;
    case 'level':
      if (i === 0) return INLET_TANK;
      if (last) return OUTLET_TANK;
      leaveOut(b, [tag], 'a tank in the middle of the line is not modelled');
      return undefined;
    case 'speed':
    case 'running':
      return b.pumpOf.get(tag.tag);
    case 'opening':
      return b.valveOf.get(tag.tag);
    default:
      return undefined;
  }
}

function stationsOf(
  instruments: readonly LineInstrument[],
  map: ModbusMap | undefined,
  assumptions: string[],
): LineStation[] {
  const stations: LineStation[] = [];
  const mapped = new Map(map?.tags.map((m) => [m.tag, m.unitId]));
  const free = (): number => {
    const used = new Set([...mapped.values(), ...stations.map((s) => s.unitId)]);
    let id = 1;
    while (used.has(id)) id += 1;
    return id;
  };
  for (const id of new Set(instruments.map((x) => x.tag.station))) {
    const own = instruments.filter((x) => x.tag.station === id);
    const known = own.map((x) => mapped.get(x.tag.tag)).find((u) => u !== undefined);
    // Two stations behind one gateway may share an id in the old map; the twin gives each its own.
    const clash = known !== undefined && stations.some((s) => s.unitId === known);
    if (known === undefined) assumptions.push(`station ${id} gets the first free Modbus unit id`);
    if (clash) assumptions.push(`station ${id} gets a Modbus unit id of its own: ${known} is taken by another station`);
    stations.push({ id, unitId: known === undefined || clash ? free() : known, kp: own[0]!.tag.kp });
  }
  return stations;
}

/** The part of an ISA-5.1 tag that names its loop: 101 of ST-101. */
function loopOf(tag: string): string {
  return /^[A-Za-z]+[-_.]?(.+)$/.exec(tag)?.[1] ?? tag;
}

/** Names that are given out once. */
class Names {
  readonly #taken = new Set<string>([INLET_TANK, OUTLET_TANK]);

  take(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.#taken.has(name); i += 1) name = `${wanted}-${i}`;
    this.#taken.add(name);
    return name;
  }
}
