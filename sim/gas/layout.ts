/**
 * What leaves a gas plant beside the frames: where its tags lie, the controls that may be written, and the as-built data
 * that a detector may know, with their drawn errors.
 *
 * A gas line in the words of a liquid one: density = standard density, wave speed = isothermal c at the pipe's pressure at
 * the start. With H = p/(ρn g) the liquid formula of line pack, g A L/c² · H, then gives standard cubic metres, and Re with
 * ν = μ/ρn of standard flows is the true one. Head losses are not: they follow p1² − p2².
 */
import type { AsBuilt, Control } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import { gasWaveSpeed_m_s } from '../../models/physics/gas/index.ts';
import { elevationOf } from '../plant/index.ts';
import type { GasPlantModel } from './model.ts';
import type { PipeBuild } from './network.ts';
import type { GasPlantSpec } from './spec.ts';
import type { GasPlantState } from './state.ts';

export function drawAsBuilt(
  spec: GasPlantSpec,
  model: GasPlantModel,
  state: GasPlantState,
  pipes: readonly PipeBuild[],
  exact: boolean,
): AsBuilt {
  const { network } = model;
  const chance = seeded(spec['as-built'].seed).stream('as-built');
  const u = spec['as-built'];
  const factor = (name: string, sigma: number) => (exact ? 1 : 1 + sigma * chance.stream(name).normal(0));
  // One gas analysis serves the whole line, so most of the error is common; a third varies from pipe to pipe.
  const common = factor('wave-speed', u['wave-speed'] * Math.sqrt(8 / 9));
  const roughnessCommon = factor('roughness', u.roughness * Math.sqrt(8 / 9));
  const pressureOf = (node: string) => state.network.pointPressure_Pa[network.nodeIndex.get(node)!]!;
  const temperatureOf = (node: string) => state.network.pointTemperature_K[network.nodeIndex.get(node)!]!;
  const mean = (p: PipeBuild, of: (node: string) => number) => (of(p.from) + of(p.to)) / 2;
  const speed = (p: PipeBuild) => gasWaveSpeed_m_s(network.gas, mean(p, pressureOf), mean(p, temperatureOf));
  const first = pipes[0]!;
  // ρ c² of an isothermal gas.
  const density = mean(first, (n) => state.network.pointDensity_kg_m3[network.nodeIndex.get(n)!]!);
  return {
    plant: spec.plant,
    exact,
    designFlow_m3_s: spec['design-flow'],
    fluid: {
      density_kg_m3: model.standardDensity_kg_m3 * factor('density', u.density),
      kinematicViscosity_m2_s: network.gas.viscosity_Pa_s / model.standardDensity_kg_m3,
      bulkModulus_Pa: density * speed(first) ** 2,
    },
    nodes: [...spec.supplies, ...spec.nodes].map((n) => ({
      id: n.id,
      elevation_m: elevationOf(spec, n),
      ...(n.kp === undefined ? {} : { position_m: n.kp }),
    })),
    pipes: pipes.map((p) => ({
      id: p.id,
      from: p.from,
      to: p.to,
      length_m: p.length_m,
      insideDiameter_m: p.insideDiameter_m * factor(`diameter/${p.id}`, u.diameter),
      wallThickness_m: p.wall_m,
      roughness_m: p.roughness_m * roughnessCommon * factor(`roughness/${p.id}`, u.roughness / 3),
      waveSpeed_m_s: speed(p) * common * factor(`wave-speed/${p.id}`, u['wave-speed'] / 3),
      start_m: p.start_m,
    })),
    links: [
      ...spec.compressors.map((c) => ({ id: c.id, kind: 'compressor' as const, from: c.from, to: c.to })),
      ...spec.valves.map((v) => ({ id: v.id, kind: 'valve' as const, from: v.from, to: v.to })),
      ...spec.regulators.map((r) => ({ id: r.id, kind: 'regulator' as const, from: r.from, to: r.to })),
    ],
    uncertainty: { waveSpeed: u['wave-speed'], roughness: u.roughness, diameter: u.diameter, density: u.density },
  };
}

/** Distance along the line of the place where a tag sits [m]; a customer's meter sits beside the line and has none. */
export function positionsOf(spec: GasPlantSpec): (at: string) => number | undefined {
  const kpOf = new Map([...spec.supplies, ...spec.nodes].map((n) => [n.id, n.kp]));
  const ends = new Map(spec.pipes.flatMap((p) => [[p.id, p.from] as const, [`${p.id}/end`, p.to] as const]));
  for (const l of [...spec.compressors, ...spec.valves, ...spec.regulators]) ends.set(l.id, l.to);
  return (at) => kpOf.get(at) ?? kpOf.get(ends.get(at) ?? '');
}

export function buildControls(spec: GasPlantSpec): Control[] {
  const kpOf = new Map([...spec.supplies, ...spec.nodes].map((n) => [n.id, n.kp]));
  const stationAt = (node: string) => {
    const off = (s: { readonly kp?: number | undefined }) => Math.abs((s.kp ?? 0) - (kpOf.get(node) ?? 0));
    return spec.stations.reduce((best, s) => (off(s) < off(best) ? s : best), spec.stations[0]!).id;
  };
  return [
    ...spec.compressors.flatMap((c): Control[] => {
      const station = stationAt(c.to);
      const at = { station, element: c.id };
      return [
        {
          station,
          element: c.controller,
          property: 'setPoint',
          unit: 'bar',
          description: `discharge pressure of ${c.id}, gauge`,
        },
        { ...at, property: 'speed', unit: '%', description: `share of its lift that ${c.id} may give` },
        { ...at, property: 'run', unit: '', description: `${c.id}: 1 starts, 0 stops` },
        { ...at, property: 'trip', unit: '', description: `${c.id}: 1 trips` },
      ];
    }),
    ...spec.valves.map(
      (v): Control => ({
        station: stationAt(v.from),
        element: v.id,
        property: 'opening',
        unit: '%',
        description: `opening of ${v.id}`,
      }),
    ),
    ...spec.regulators.map(
      (r): Control => ({
        station: stationAt(r.to),
        element: r.id,
        property: 'setPoint',
        unit: 'bar',
        description: `downstream pressure of ${r.id}, gauge`,
      }),
    ),
    ...spec.withdrawals.map(
      (w): Control => ({
        station: stationAt(w.node),
        element: w.id,
        property: 'opening',
        unit: '%',
        description: `share of its demand that ${w.id} draws`,
      }),
    ),
  ];
}
