/**
 * Surge protection of a liquid plant as people write it: vessels, standpipes, air valves and relief valves at nodes, at most one
 * at each. In the steady state none of them carries flow. The physics is `models/physics/surge.ts`.
 */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import type { SurgeSpec } from '../../models/physics/index.ts';
import { type Checker, id, percent } from '../plant/index.ts';
import type { LiquidSpec } from './spec.ts';

const place = { id, at: id };
/** Throttle between line and device: loss coefficients in its bore. Absent: no loss. */
const connection = z
  .strictObject({
    diameter: quantity('length', { positive: true }),
    'loss-in': quantity('fraction', { min: 0 }),
    'loss-out': quantity('fraction', { min: 0 }).optional(),
  })
  .optional();

export const surgeShape = {
  /** Closed vessels of liquid under gas. */
  'surge-vessels': z
    .array(
      z.strictObject({
        ...place,
        /** Gas and liquid together. */
        volume: quantity('volume', { positive: true }),
        /** Gas at the pressure of the steady state. */
        gas: quantity('volume', { positive: true }),
        /** Of the gas: 1 isothermal … 1.4 adiabatic. */
        exponent: z.number().min(1).max(1.67).default(1.2),
        connection,
      }),
    )
    .default([]),
  /** Open standpipes; over their rim they spill. */
  'surge-tanks': z
    .array(
      z.strictObject({
        ...place,
        diameter: quantity('length', { positive: true }),
        /** Elevations; absent: the node's, and never reached. */
        bottom: quantity('length').optional(),
        top: quantity('length').optional(),
        connection,
      }),
    )
    .default([]),
  /** Let air in below atmospheric pressure and out again above it. */
  'air-valves': z
    .array(
      z.strictObject({
        ...place,
        inlet: quantity('length', { positive: true }),
        /** Bore that lets air out, small where it must not slam; absent: the inlet's. */
        outlet: quantity('length', { positive: true }).optional(),
        'discharge-coefficient': z.number().positive().max(1).default(0.6),
      }),
    )
    .default([]),
  /** Spring-loaded; what they let out leaves the plant. */
  'relief-valves': z
    .array(
      z.strictObject({
        ...place,
        'set-pressure': quantity('pressure', { positive: true }),
        /** Of the seat: the flow area at full lift. */
        diameter: quantity('length', { positive: true }),
        'discharge-coefficient': z.number().positive().max(1).default(0.7),
        /** Full lift so much above the set pressure. */
        overpressure: quantity('fraction', { positive: true, max: 1 }).prefault('10 %'),
        /** Shut again so much below it. */
        blowdown: percent(0.9).prefault('10 %'),
        'back-pressure': quantity('pressure', { min: 0 }).prefault('0 bar'),
        'opening-time': quantity('time', { min: 0 }).prefault('0 s'),
        'closing-time': quantity('time', { min: 0 }).prefault('0 s'),
      }),
    )
    .default([]),
};

const KEYS = Object.keys(surgeShape) as (keyof typeof surgeShape)[];

/** References, one device per node, and what physics asks of each; `declare` has the ids claimed. */
export function checkSurge(spec: LiquidSpec, { problems, problemAt, need, declare }: Checker): void {
  const nodes = spec.nodes.map((n) => n.id);
  const linked = new Map<string, string>();
  for (const l of [...spec.pumps, ...spec.valves, ...spec['check-valves']])
    for (const end of [l.from, l.to]) linked.set(end, l.id);
  const piped = new Set(spec.pipes.flatMap((p) => [p.from, p.to]));
  const taken = new Map<string, string>();
  for (const key of KEYS) {
    declare(spec[key], key);
    spec[key].forEach((d, i) => {
      need([key, i, 'at'], d.at, nodes, 'node');
      const other = taken.get(d.at);
      if (other) problems.push(problemAt([key, i, 'at'], `"${d.at}"`, 'a node without a device', `${other} is there`));
      taken.set(d.at, d.id);
    });
  }
  spec['surge-vessels'].forEach((v, i) => {
    if (v.gas > v.volume)
      problems.push(problemAt(['surge-vessels', i, 'gas'], `${v.gas} m3`, `no more than the vessel's ${v.volume} m3`));
  });
  spec['surge-tanks'].forEach((t, i) => {
    if (t.bottom !== undefined && t.top !== undefined && !(t.bottom < t.top))
      problems.push(problemAt(['surge-tanks', i, 'top'], `${t.top} m`, `more than its bottom, ${t.bottom} m`));
  });
  spec['air-valves'].forEach((v, i) => {
    if (!nodes.includes(v.at)) return;
    const by = linked.get(v.at);
    if (by)
      problems.push(
        problemAt(['air-valves', i, 'at'], `"${v.at}", where ${by} ends`, 'a node at which pipes alone meet'),
      );
    else if (!piped.has(v.at))
      problems.push(problemAt(['air-valves', i, 'at'], `"${v.at}", where no pipe ends`, 'a node at which pipes meet'));
  });
}

/** The devices for the network. `perMetre` is the pressure of a metre of the liquid [Pa/m]. */
export function buildSurge(spec: LiquidSpec, perMetre: number): SurgeSpec[] {
  const throttle = (c: { diameter: number; 'loss-in': number; 'loss-out'?: number | undefined } | undefined) =>
    c === undefined
      ? {}
      : {
          connection: {
            diameter_m: c.diameter,
            lossIn: c['loss-in'],
            ...(c['loss-out'] === undefined ? {} : { lossOut: c['loss-out'] }),
          },
        };
  return [
    ...spec['surge-vessels'].map(
      (v): SurgeSpec => ({
        id: v.id,
        kind: 'air-vessel',
        node: v.at,
        volume_m3: v.volume,
        gasVolume_m3: v.gas,
        polytropicExponent: v.exponent,
        ...throttle(v.connection),
      }),
    ),
    ...spec['surge-tanks'].map(
      (t): SurgeSpec => ({
        id: t.id,
        kind: 'surge-tank',
        node: t.at,
        area_m2: (Math.PI / 4) * t.diameter ** 2,
        ...(t.bottom === undefined ? {} : { bottom_m: t.bottom }),
        ...(t.top === undefined ? {} : { top_m: t.top }),
        ...throttle(t.connection),
      }),
    ),
    ...spec['air-valves'].map(
      (v): SurgeSpec => ({
        id: v.id,
        kind: 'air-valve',
        node: v.at,
        inflowDiameter_m: v.inlet,
        ...(v.outlet === undefined ? {} : { outflowDiameter_m: v.outlet }),
        dischargeCoefficient: v['discharge-coefficient'],
      }),
    ),
    ...spec['relief-valves'].map(
      (v): SurgeSpec => ({
        id: v.id,
        kind: 'relief-valve',
        node: v.at,
        setPressureHead_m: v['set-pressure'] / perMetre,
        area_m2: (Math.PI / 4) * v.diameter ** 2,
        dischargeCoefficient: v['discharge-coefficient'],
        overpressure: v.overpressure,
        blowdown: v.blowdown,
        backHead_m: v['back-pressure'] / perMetre,
        openingTime_s: v['opening-time'],
        closingTime_s: v['closing-time'],
      }),
    ),
  ];
}
