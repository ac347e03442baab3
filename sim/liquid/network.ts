/**
 * The liquid network of a plant spec: pipes with their wave speeds, equipment as links, and leaks split in at their exact
 * places.
 */
import {
  type LinkSpec,
  type NetworkSpec,
  type NodeSpec,
  type PipeSpec,
  splitPipe,
  waveSpeed_m_s,
} from '../../models/physics/index.ts';
import { elevationOf, type LeakSite, profileAt } from '../plant/index.ts';
import { networkHeat, pipeHeat, tankDensity, vapourPressure_Pa } from './heat.ts';
import type { LiquidSpec } from './spec.ts';
import { buildSurge } from './surge.ts';

export const GRAVITY_M_S2 = 9.80665;

export interface PipeBuild {
  readonly spec: PipeSpec;
  readonly wall_m: number;
  readonly start_m: number;
  readonly roughness_m: number;
  /** The speed that its waves usually have; the solver's may be the fastest that may occur. */
  readonly waveSpeed_m_s: number;
}

export function buildPipes(spec: LiquidSpec): PipeBuild[] {
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp]));
  let run_m = 0;
  return spec.pipes.map((p) => {
    const m = { ...spec['pipe-defaults'], ...p };
    const wall_m = m.wall!;
    const diameter_m = m['outside-diameter']! - 2 * wall_m;
    const a = kpOf.get(p.from);
    const b = kpOf.get(p.to);
    const length_m = p.length ?? Math.abs(b! - a!);
    const start_m = a ?? run_m;
    run_m = start_m + length_m;
    const restraint = (
      { anchored: 'anchored-throughout', upstream: 'anchored-upstream', joints: 'expansion-joints' } as const
    )[m.restraint!];
    const wall = {
      bulkModulus_Pa: spec.fluid['bulk-modulus'],
      density_kg_m3: spec.fluid.density,
      youngsModulus_Pa: m['youngs-modulus']!,
      diameter_m,
      wallThickness_m: wall_m,
      poisson: m['poisson-ratio']!,
      restraint,
    };
    const own = spec.fluid.heat && pipeHeat(spec, wall, p['wave-speed'], start_m, length_m);
    const speed = own?.fastest_m_s ?? p['wave-speed'] ?? waveSpeed_m_s(wall);
    const roughness_m = m.roughness!;
    return {
      spec: {
        id: p.id,
        from: p.from,
        to: p.to,
        length_m,
        diameter_m,
        waveSpeed_m_s: speed,
        friction: { kind: 'roughness', roughness_m },
        ...(own ? { heat: own.heat } : {}),
      },
      wall_m,
      start_m,
      roughness_m,
      waveSpeed_m_s: own?.usual_m_s ?? speed,
    };
  });
}

export function buildNetwork(spec: LiquidSpec, pipes: readonly PipeBuild[]): NetworkSpec {
  const nodes: NodeSpec[] = [
    ...spec.nodes.map((n): NodeSpec => ({ id: n.id, kind: 'junction', elevation_m: elevationOf(spec, n) })),
    ...spec.tanks.map(
      (t): NodeSpec => ({
        id: t.id,
        kind: 'tank',
        elevation_m: elevationOf(spec, t),
        area_m2: (Math.PI / 4) * t.diameter ** 2,
        // the solver's levels are of the reference density
        level_m: t.level * tankDensity(spec, t.product),
        minLevel_m: 0,
        maxLevel_m: t['max-level'] * tankDensity(spec, t.product),
      }),
    ),
  ];
  const links: LinkSpec[] = [
    ...spec.pumps.map(
      (p): LinkSpec => ({
        id: p.id,
        kind: 'pump',
        from: p.from,
        to: p.to,
        curve: { kind: 'points', points: p.curve.map(([flow_m3_s, head_m]) => ({ flow_m3_s, head_m })) },
        checkValve: p['check-valve'],
        speed: p.running ? p.speed : 0,
        rampPerS: 1 / p['start-time'],
        ...(p.inertia === undefined ? {} : { inertia_kg_m2: p.inertia }),
        ratedSpeed_rad_s: p['rated-speed'],
        efficiency: p.efficiency,
      }),
    ),
    ...spec.valves.map(
      (v): LinkSpec => ({
        id: v.id,
        kind: 'valve',
        from: v.from,
        to: v.to,
        diameter_m: v.diameter,
        lossCoefficient: v['loss-coefficient'],
        characteristic: { kind: v.characteristic },
        opening: v.opening,
        strokeTime_s: v['stroke-time'],
      }),
    ),
    ...spec['check-valves'].map(
      (v): LinkSpec => ({
        id: v.id,
        kind: 'check-valve',
        from: v.from,
        to: v.to,
        diameter_m: v.diameter,
        lossCoefficient: v['loss-coefficient'],
      }),
    ),
  ];
  const atmosphere_Pa = 101_325;
  const surge = buildSurge(spec, spec.fluid.density * GRAVITY_M_S2);
  return {
    name: spec.plant,
    fluid: {
      density_kg_m3: spec.fluid.density,
      kinematicViscosity_m2_s: spec.fluid.viscosity,
      vapourHead_m: (vapourPressure_Pa(spec) - atmosphere_Pa) / (spec.fluid.density * GRAVITY_M_S2),
    },
    nodes,
    pipes: pipes.map((p) => p.spec),
    links,
    ...networkHeat(spec),
    ...(surge.length > 0 ? { surge } : {}),
  };
}

/** Splits every leak's pipe at its exact place; several leaks may share a pipe, and a leak may sit on a pipe's end. */
export function addLeaks(
  spec: LiquidSpec,
  base: NetworkSpec,
  pipes: readonly PipeBuild[],
  sites: readonly LeakSite[],
): { network: NetworkSpec; places: { site: LeakSite; node: string; position_m: number; elevation_m: number }[] } {
  let network = base;
  const places: { site: LeakSite; node: string; position_m: number; elevation_m: number }[] = [];
  for (const pipe of pipes) {
    const own = sites.filter((s) => s.pipe === pipe.spec.id).sort((a, b) => a.fraction - b.fraction);
    let rest = pipe.spec.id;
    let done = 0;
    let lastNode = pipe.spec.from;
    for (const site of own) {
      const position_m = pipe.start_m + site.fraction * pipe.spec.length_m;
      if (site.fraction <= 0 || site.fraction >= 1 || site.fraction === done) {
        const node = site.fraction <= 0 ? pipe.spec.from : site.fraction >= 1 ? pipe.spec.to : lastNode;
        const at = network.nodes.find((n) => n.id === node);
        places.push({ site, node, position_m, elevation_m: at && at.kind !== 'reservoir' ? at.elevation_m : 0 });
        continue;
      }
      const node = `leak:${site.id}`;
      const split = splitPipe(network, rest, (site.fraction - done) / (1 - done), node);
      if (!split.ok) throw new Error(split.problems.join(' '));
      const elevation_m = spec.profile ? profileAt(spec, position_m) : interpolated(split.value, node);
      network = {
        ...split.value,
        nodes: split.value.nodes.map((n) => (n.id === node && n.kind === 'junction' ? { ...n, elevation_m } : n)),
      };
      places.push({ site, node, position_m, elevation_m });
      rest = `${rest}.b`;
      done = site.fraction;
      lastNode = node;
    }
  }
  const orifices = places.map((p) => ({
    id: p.site.id,
    node: p.node,
    dischargeCoefficient: p.site.dischargeCoefficient,
    backHead_m: p.site.backHead_m ?? 0,
    area_m2: p.site.openArea_m2 ?? 0,
  }));
  return { network: { ...network, orifices }, places };
}

function interpolated(network: NetworkSpec, node: string): number {
  const n = network.nodes.find((x) => x.id === node);
  return n && n.kind === 'junction' ? n.elevation_m : 0;
}
