/**
 * The gas network of a plant spec in absolute pressures and mass flows, its leaks cut in at their exact places.
 *
 *   standard density  ρn = pn/(Zn R Tn);  mass flow = ρn · standard flow;  absolute = gauge + 101325 Pa
 */
import {
  compressibility,
  type Gas,
  type GasLeakSpec,
  type GasLinkSpec,
  type GasNetworkSpec,
  type GasNodeSpec,
  type GasPipeSpec,
  type GasSpec,
  gasOf,
} from '../../models/physics/gas/index.ts';
import { elevationOf, type LeakSite } from '../plant/index.ts';
import { demandShare } from './demand.ts';
import type { GasPlantSpec } from './spec.ts';

export const GRAVITY_M_S2 = 9.80665;
export const ATMOSPHERE_Pa = 101_325;

export interface PipeBuild {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly length_m: number;
  readonly insideDiameter_m: number;
  readonly wall_m: number;
  readonly roughness_m: number;
  /** Distance along the line of its `from` end. */
  readonly start_m: number;
}

export function gasSpecOf(spec: GasPlantSpec): GasSpec {
  const { gas } = spec;
  return {
    specificGravity: gas['specific-gravity'],
    compressibility: gas.compressibility,
    heatCapacityRatio: gas['heat-capacity-ratio'],
    viscosity_Pa_s: gas['viscosity-uPa-s'] * 1e-6,
    jouleThomson_K_Pa: gas['cooling-K-per-bar'] * 1e-5,
  };
}

/** Density at standard conditions: what a standard cubic metre weighs [kg/m³]. */
export function standardDensity_kg_m3(spec: GasPlantSpec, gas: Gas = gasOf(gasSpecOf(spec))): number {
  const p = spec.gas['standard-pressure'];
  const T = spec.gas['standard-temperature'];
  return p / (compressibility(gas, p, T) * gas.specificGasConstant_J_kgK * T);
}

export function buildPipes(spec: GasPlantSpec): PipeBuild[] {
  const kpOf = new Map([...spec.supplies, ...spec.nodes].map((n) => [n.id, n.kp]));
  let run_m = 0;
  return spec.pipes.map((p) => {
    const m = { ...spec['pipe-defaults'], ...p };
    const a = kpOf.get(p.from);
    const b = kpOf.get(p.to);
    const length_m = p.length ?? Math.abs(b! - a!);
    const start_m = a ?? run_m;
    run_m = start_m + length_m;
    return {
      id: p.id,
      from: p.from,
      to: p.to,
      length_m,
      insideDiameter_m: m['outside-diameter']! - 2 * m.wall!,
      wall_m: m.wall!,
      roughness_m: m.roughness!,
      start_m,
    };
  });
}

/** `wander` says how far each withdrawal is off its profile at the start (relative). */
export function buildNetwork(
  spec: GasPlantSpec,
  pipes: readonly PipeBuild[],
  sites: readonly LeakSite[],
  wander: readonly number[],
): GasNetworkSpec {
  const standard = standardDensity_kg_m3(spec);
  const ground = spec.gas['ground-temperature'];
  const draw = new Map(
    spec.withdrawals.map((w, i) => [
      w.node,
      standard * w.flow * w.opening * demandShare(w.day ?? [], spec['starts-at']) * (1 + wander[i]!),
    ]),
  );
  const nodes: GasNodeSpec[] = [
    ...spec.supplies.map(
      (s): GasNodeSpec => ({
        id: s.id,
        kind: 'pressure',
        pressure_Pa: s.pressure + ATMOSPHERE_Pa,
        elevation_m: elevationOf(spec, s),
        temperature_K: s.temperature ?? ground,
      }),
    ),
    ...spec.nodes.map(
      (n): GasNodeSpec => ({
        id: n.id,
        kind: 'junction',
        elevation_m: elevationOf(spec, n),
        withdrawal_kg_s: draw.get(n.id) ?? 0,
        ...(n['volume-m3'] === undefined ? {} : { volume_m3: n['volume-m3'] }),
      }),
    ),
  ];
  const links: GasLinkSpec[] = [
    ...spec.compressors.map(
      (c): GasLinkSpec => ({
        id: c.id,
        kind: 'compressor',
        from: c.from,
        to: c.to,
        mode: 'outlet-pressure',
        setting: c['discharge-pressure'] + ATMOSPHERE_Pa,
        maxRatio: c['max-ratio'],
        ...(c['max-power'] === undefined ? {} : { maxPower_W: c['max-power'] }),
        efficiency: c.efficiency,
        running: c.running,
        rampTime_s: c['ramp-time'],
        tripTime_s: c['trip-time'],
        bypass: c.bypass,
        ...(c['outlet-temperature'] === undefined ? {} : { outletTemperature_K: c['outlet-temperature'] }),
      }),
    ),
    ...spec.valves.map(
      (v): GasLinkSpec => ({
        id: v.id,
        kind: 'valve',
        from: v.from,
        to: v.to,
        diameter_m: v.diameter,
        lossCoefficient: v['loss-coefficient'],
        opening: v.opening,
        strokeTime_s: v['stroke-time'],
      }),
    ),
    ...spec.regulators.map(
      (r): GasLinkSpec => ({
        id: r.id,
        kind: 'regulator',
        from: r.from,
        to: r.to,
        diameter_m: r.diameter,
        lossCoefficient: r['loss-coefficient'],
        holds: 'downstream-pressure',
        setting: r['downstream-pressure'] + ATMOSPHERE_Pa,
      }),
    ),
  ];
  return {
    gas: gasSpecOf(spec),
    temperature_K: ground,
    heat: spec.heat,
    nodes,
    pipes: pipes.map((p) => pipeOf(spec, p, ground)),
    links,
    leaks: sites.map(
      (s): GasLeakSpec => ({
        id: s.id,
        pipe: s.pipe,
        at: s.fraction,
        area_m2: s.openArea_m2 ?? 0,
        dischargeCoefficient: s.dischargeCoefficient,
        backPressure_Pa: ATMOSPHERE_Pa + (s.backHead_m ?? 0) * standard * GRAVITY_M_S2,
      }),
    ),
  };
}

function pipeOf(spec: GasPlantSpec, p: PipeBuild, ground: number): GasPipeSpec {
  const inside = (spec.profile ?? [])
    .map((q) => ({ at: (q.kp - p.start_m) / p.length_m, elevation_m: q.elevation }))
    .filter((q) => q.at > 1e-9 && q.at < 1 - 1e-9);
  return {
    id: p.id,
    from: p.from,
    to: p.to,
    length_m: p.length_m,
    diameter_m: p.insideDiameter_m,
    friction: { kind: spec.friction, roughness_m: p.roughness_m },
    ...(inside.length > 0 ? { elevations: inside } : {}),
    groundTemperature_K: ground,
    heatTransfer_W_m2K: spec.gas['heat-transfer-W-per-m2-K'],
  };
}
