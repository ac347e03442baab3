/**
 * What leaves a liquid plant beside the frames: where its tags lie, the controls that may be written, and the as-built data
 * that a detector may know, with their drawn errors.
 */
import type { AsBuilt, Control } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import { elevationOf } from '../plant/index.ts';
import { asBuiltHeat } from './heatAsBuilt.ts';
import type { PipeBuild } from './network.ts';
import type { LiquidSpec } from './spec.ts';

export function drawAsBuilt(spec: LiquidSpec, pipes: readonly PipeBuild[], exact: boolean): AsBuilt {
  const chance = seeded(spec['as-built'].seed).stream('as-built');
  const u = spec['as-built'];
  const factor = (name: string, sigma: number) => (exact ? 1 : 1 + sigma * chance.stream(name).normal(0));
  // One survey and one fluid sample serve the whole line, so most of the error is common; a third varies from pipe to pipe.
  const common = factor('wave-speed', u['wave-speed'] * Math.sqrt(8 / 9));
  const roughnessCommon = factor('roughness', u.roughness * Math.sqrt(8 / 9));
  return {
    plant: spec.plant,
    exact,
    designFlow_m3_s: spec['design-flow'],
    fluid: {
      density_kg_m3: spec.fluid.density * factor('density', u.density),
      kinematicViscosity_m2_s: spec.fluid.viscosity,
      bulkModulus_Pa: spec.fluid['bulk-modulus'] * factor('bulk-modulus', u['bulk-modulus']),
      ...asBuiltHeat(spec, factor),
    },
    nodes: [...spec.nodes, ...spec.tanks].map((n) => ({
      id: n.id,
      elevation_m: elevationOf(spec, n),
      ...(n.kp === undefined ? {} : { position_m: n.kp }),
    })),
    pipes: pipes.map((p) => ({
      id: p.spec.id,
      from: p.spec.from,
      to: p.spec.to,
      length_m: p.spec.length_m,
      insideDiameter_m: p.spec.diameter_m * factor(`diameter/${p.spec.id}`, u.diameter),
      wallThickness_m: p.wall_m,
      roughness_m: p.roughness_m * roughnessCommon * factor(`roughness/${p.spec.id}`, u.roughness / 3),
      waveSpeed_m_s: p.waveSpeed_m_s * common * factor(`wave-speed/${p.spec.id}`, u['wave-speed'] / 3),
      start_m: p.start_m,
    })),
    links: [
      ...spec.pumps.map((p) => ({ id: p.id, kind: 'pump' as const, from: p.from, to: p.to })),
      ...spec.valves.map((v) => ({ id: v.id, kind: 'valve' as const, from: v.from, to: v.to })),
      ...spec['check-valves'].map((v) => ({ id: v.id, kind: 'check-valve' as const, from: v.from, to: v.to })),
    ],
    uncertainty: {
      waveSpeed: u['wave-speed'],
      roughness: u.roughness,
      diameter: u.diameter,
      density: u.density,
      ...(spec.fluid.heat
        ? { expansion: u.expansion, bulkModulus: u['bulk-modulus'], coolingLength: u['cooling-length'] }
        : {}),
    },
  };
}

/** Distance along the line of the place where a tag sits, where it has one [m]. */
export function positionsOf(spec: LiquidSpec): (at: string) => number | undefined {
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp]));
  const ends = new Map(spec.pipes.flatMap((p) => [[p.id, p.from] as const, [`${p.id}/end`, p.to] as const]));
  for (const l of [...spec.pumps, ...spec.valves]) ends.set(l.id, l.to);
  return (at) => kpOf.get(at) ?? kpOf.get(ends.get(at) ?? '');
}

export function buildControls(spec: LiquidSpec): Control[] {
  const stationAt = (kp: number | undefined) =>
    spec.stations.reduce(
      (best, s) => (Math.abs((s.kp ?? 0) - (kp ?? 0)) < Math.abs((best.kp ?? 0) - (kp ?? 0)) ? s : best),
      spec.stations[0]!,
    ).id;
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp]));
  return [
    ...spec.pumps.flatMap((p): Control[] => {
      const station = stationAt(kpOf.get(p.to));
      return [
        { station, element: p.id, property: 'speed', unit: '%', description: `speed set point of ${p.id}` },
        { station, element: p.id, property: 'run', unit: '', description: `${p.id}: 1 starts, 0 stops` },
        { station, element: p.id, property: 'trip', unit: '', description: `${p.id}: 1 trips` },
      ];
    }),
    ...spec.valves.map(
      (v): Control => ({
        station: stationAt(kpOf.get(v.from)),
        element: v.id,
        property: 'opening',
        unit: '%',
        description: `opening of ${v.id}`,
      }),
    ),
    ...(spec.fluid.heat && spec.fluid.products.length > 0 ? spec.tanks : []).map(
      (t): Control => ({
        station: stationAt(t.kp),
        element: t.id,
        property: 'product',
        unit: '',
        description: `product that ${t.id} gives, by its number`,
      }),
    ),
    ...spec.controllers.map(
      (c): Control => ({
        station: stationAt(kpOf.get(c.node)),
        element: c.id,
        property: 'setPoint',
        unit: 'bar',
        description: `set point of ${c.id}`,
      }),
    ),
  ];
}
