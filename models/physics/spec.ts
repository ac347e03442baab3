/**
 * What a liquid network is, before it is compiled: plain JSON-like data in SI units. Nodes carry heads, pipes carry waves,
 * links (pumps, valves and kin) join two nodes without length, orifices let liquid out of a node, surge protection stands at one. Heads are piezometric,
 * in metres of the liquid above the datum: H = z + p/(ρ g).
 */
import type { HeatSpec, PipeHeatSpec } from './heat/model.ts';
import type { SurgeSpec } from './surgeSpec.ts';

export interface NetworkSpec {
  readonly name?: string;
  readonly fluid?: FluidSpec;
  readonly nodes: readonly NodeSpec[];
  readonly pipes: readonly PipeSpec[];
  readonly links?: readonly LinkSpec[];
  readonly orifices?: readonly OrificeSpec[];
  /** Surge protection: devices at junctions. */
  readonly surge?: readonly SurgeSpec[];
  /** Temperatures, and products that follow each other; every pipe then needs its own `heat`. */
  readonly heat?: HeatSpec;
}

/** Defaults: water at 20 °C. */
export interface FluidSpec {
  /** Density ρ [kg/m³], default 998.2. */
  readonly density_kg_m3?: number;
  /** Kinematic viscosity ν [m²/s], default 1.004e-6. */
  readonly kinematicViscosity_m2_s?: number;
  /** Gauge pressure head at which the liquid boils [m], default −10.1 (water at sea level). */
  readonly vapourHead_m?: number;
}

export type NodeSpec = JunctionSpec | ReservoirSpec | TankSpec;

/** A node whose head follows from continuity. */
export interface JunctionSpec {
  readonly id: string;
  readonly kind: 'junction';
  readonly elevation_m: number;
  /** Drawn from the node; scaled at run time by `state.demandMultiplier[node]`. */
  readonly demand?: DemandSpec;
  /** Prescribed outflow [m³/s] at the start (negative: inflow); at run time it is `state.boundaryFlow_m3_s[node]`. */
  readonly outflow_m3_s?: number;
}

export type DemandSpec =
  | { readonly kind: 'constant'; readonly flow_m3_s: number }
  /** q = coefficient · √(H − z), nothing when H < z and no more than at H − z = fullHead_m (default: no end). In m^2.5/s and m. */
  | { readonly kind: 'pressure'; readonly coefficient: number; readonly fullHead_m?: number };

/** A node whose head is prescribed: `state.reservoirHead_m[node]` at run time. */
export interface ReservoirSpec {
  readonly id: string;
  readonly kind: 'reservoir';
  readonly head_m: number;
  /** Default: the head, so that the surface is the node. */
  readonly elevation_m?: number;
}

/** An open tank of constant cross-section; head = elevation of its bottom + level. Full: it spills. Empty: it gives nothing. */
export interface TankSpec {
  readonly id: string;
  readonly kind: 'tank';
  readonly elevation_m: number;
  readonly area_m2: number;
  readonly level_m: number;
  readonly minLevel_m?: number;
  readonly maxLevel_m?: number;
}

export interface PipeSpec {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly length_m: number;
  readonly diameter_m: number;
  readonly waveSpeed_m_s: number;
  readonly friction: FrictionSpec;
  /** Σ K of fittings, spread over the length; default 0. */
  readonly minorLoss?: number;
  /** Number of reaches; default max(1, round(L/(a·Δt))). The wave speed is adjusted to L/(N·Δt) either way. */
  readonly reaches?: number;
  /**
   * Slope θ = sin α of the convective term V·θ in the head equation, default 0. It belongs with V ∂H/∂x, which the method of
   * characteristics drops as small, so leaving out both is the consistent choice; some codes keep it, and to be compared
   * with them it can be given.
   */
  readonly convectionSlope?: number;
  /** With heat the wave speed is the fastest that may occur; the local one follows from temperature, product and wall. */
  readonly heat?: PipeHeatSpec;
}

export type FrictionSpec =
  /** Fixed Darcy–Weisbach factor f. */
  | { readonly kind: 'darcy'; readonly factor: number }
  /** Sand roughness ε [m]: laminar 64/Re, Swamee–Jain above Re 4000, Dunlop's cubic between. */
  | { readonly kind: 'roughness'; readonly roughness_m: number }
  | { readonly kind: 'hazen-williams'; readonly coefficient: number }
  | { readonly kind: 'manning'; readonly coefficient: number }
  /** f = (−1.8·log10(6.9/Re + KD))⁻² with a dimensionless KD: the quasi-steady form of TSNet. */
  | { readonly kind: 'haaland'; readonly roughnessTerm: number };

export type LinkSpec = PumpSpec | ValveSpec | RegulatorSpec | CheckValveSpec | InlineOrificeSpec | LossCurveSpec;

/** Pump from suction to discharge. Speeds are relative to the rated speed. */
export interface PumpSpec {
  readonly id: string;
  readonly kind: 'pump';
  readonly from: string;
  readonly to: string;
  readonly curve: PumpCurveSpec;
  /** Built-in non-return valve at the discharge; default true. */
  readonly checkValve?: boolean;
  /** At speed 0 the pump `blocks` (its valve is shut, as in EPANET) or `passes` flow through a stopped impeller; default blocks. */
  readonly whenStopped?: 'blocks' | 'passes';
  /** Relative speed at the start, default 1; 0 is off. */
  readonly speed?: number;
  /** Greatest change of relative speed per second under power; default: at once. */
  readonly rampPerS?: number;
  /** Inertia I of pump, motor and liquid inside [kg m²]; absent: a trip follows `rampPerS`. */
  readonly inertia_kg_m2?: number;
  /** Rated speed [rad/s], default 2π·1480/60. */
  readonly ratedSpeed_rad_s?: number;
  /** Efficiency at all flows, default 0.75. */
  readonly efficiency?: number;
  /** Shaft power at no flow as a fraction of rated, default 0.3: what still slows a tripped pump behind a closed valve. */
  readonly idlePowerFraction?: number;
}

export type PumpCurveSpec =
  /** Gain = A ω² + D ω Q − B ω^(2−C) Q^C; A [m], B [m/(m³/s)^C], D [s/m²], default 0. */
  | { readonly kind: 'coefficients'; readonly A: number; readonly B: number; readonly C: number; readonly D?: number }
  /** 1 point: A = 4/3 H, zero at 2 Q; 3 points starting at no flow: power curve; else piecewise linear (as EPANET does). */
  | { readonly kind: 'points'; readonly points: readonly { readonly flow_m3_s: number; readonly head_m: number }[] }
  /** Constant hydraulic power: gain = P/(ρ g Q). */
  | { readonly kind: 'power'; readonly power_W: number };

/** Throttling valve: h = K(opening) V|V|/(2 g), V in its own bore; shut at opening 0. */
export interface ValveSpec {
  readonly id: string;
  readonly kind: 'valve';
  readonly from: string;
  readonly to: string;
  readonly diameter_m: number;
  /** K when fully open. */
  readonly lossCoefficient: number;
  /** Default linear. */
  readonly characteristic?: ValveCharacteristicSpec;
  /** Opening 0…1 at the start, default 1. */
  readonly opening?: number;
  /** Time from open to shut [s]; default: at once. */
  readonly strokeTime_s?: number;
}

export type ValveCharacteristicSpec =
  /** Relative conductance τ = opening; K = Kopen/τ². */
  | { readonly kind: 'linear' }
  /** τ = R^(opening − 1), R = 50 by default. */
  | { readonly kind: 'equal-percentage'; readonly rangeability?: number }
  /** Opening 0…1 → τ (relative Cv), linear between points. */
  | {
      readonly kind: 'relative-flow';
      readonly points: readonly { readonly opening: number; readonly relativeFlow: number }[];
    }
  /** Opening 0…1 → K, interpolated in 1/√K. */
  | {
      readonly kind: 'loss';
      readonly points: readonly { readonly opening: number; readonly lossCoefficient: number }[];
    };

/** A valve that holds something: PRV (downstream head), PSV (upstream head), FCV (flow), PBV (loss). */
export interface RegulatorSpec {
  readonly id: string;
  readonly kind: 'regulator';
  readonly from: string;
  readonly to: string;
  readonly diameter_m: number;
  /** K when wide open. */
  readonly lossCoefficient: number;
  readonly holds: 'downstream-head' | 'upstream-head' | 'flow' | 'loss';
  /** Head above datum [m], flow [m³/s] or head loss [m]. */
  readonly setting: number;
  /** Time from open to shut [s] when it follows a disturbance; default 30. */
  readonly strokeTime_s?: number;
}

export interface CheckValveSpec {
  readonly id: string;
  readonly kind: 'check-valve';
  readonly from: string;
  readonly to: string;
  readonly diameter_m: number;
  readonly lossCoefficient: number;
}

/** Restriction in line: Q = Cd A √(2 g |Δh|). */
export interface InlineOrificeSpec {
  readonly id: string;
  readonly kind: 'orifice';
  readonly from: string;
  readonly to: string;
  readonly area_m2: number;
  readonly dischargeCoefficient: number;
}

/** Any head loss as a table of flow → loss, odd in the flow (EPANET's GPV). */
export interface LossCurveSpec {
  readonly id: string;
  readonly kind: 'loss-curve';
  readonly from: string;
  readonly to: string;
  readonly points: readonly { readonly flow_m3_s: number; readonly loss_m: number }[];
}

/** A leak or emitter at a node: q = Cd A √(2 g (H − z − backHead)), never inwards. Its area is `state.orificeArea_m2[orifice]`. */
export interface OrificeSpec {
  readonly id: string;
  readonly node: string;
  readonly dischargeCoefficient: number;
  /** Area at the start [m²], default 0 (shut). */
  readonly area_m2?: number;
  /** Pressure head outside [m], default 0. */
  readonly backHead_m?: number;
  /** Exponent n of the pressure head, q = Cd A √(2g) (H − z − backHead)^n; default 0.5. */
  readonly exponent?: number;
}

/** A value, or all sentences that say what is wrong. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Puts a junction into a pipe at `fraction` (0…1) of its length from `from`, elevation interpolated between the ends.
 * The parts are called `<pipe>.a` and `<pipe>.b`; minor losses go by length. A reservoir's elevation counts as its head
 * unless given.
 */
export function splitPipe(spec: NetworkSpec, pipeId: string, fraction: number, nodeId: string): Checked<NetworkSpec> {
  const pipe = spec.pipes.find((p) => p.id === pipeId);
  const problems: string[] = [];
  if (!pipe) problems.push(`There is no pipe "${pipeId}" to split.`);
  if (!(fraction > 0 && fraction < 1))
    problems.push(`Pipe "${pipeId}" cannot be split at ${fraction}: it must lie between 0 and 1.`);
  if (spec.nodes.some((n) => n.id === nodeId)) problems.push(`Node "${nodeId}" exists already.`);
  const from = spec.nodes.find((n) => n.id === pipe?.from);
  const to = spec.nodes.find((n) => n.id === pipe?.to);
  if (pipe && !(from && to)) problems.push(`Pipe "${pipeId}" has an end that is no node.`);
  if (problems.length > 0 || !pipe || !from || !to) return { ok: false, problems };
  const elevation_m = elevationOf(from) * (1 - fraction) + elevationOf(to) * fraction;
  const { reaches, ...plain } = pipe;
  const part = (suffix: string, start: string, end: string, share: number): PipeSpec => ({
    ...plain,
    id: `${pipe.id}.${suffix}`,
    from: start,
    to: end,
    length_m: pipe.length_m * share,
    minorLoss: (pipe.minorLoss ?? 0) * share,
    ...(reaches === undefined ? {} : { reaches: Math.max(1, Math.round(reaches * share)) }),
  });
  return {
    ok: true,
    value: {
      ...spec,
      nodes: [...spec.nodes, { id: nodeId, kind: 'junction', elevation_m }],
      pipes: spec.pipes.flatMap((p) =>
        p === pipe ? [part('a', pipe.from, nodeId, fraction), part('b', nodeId, pipe.to, 1 - fraction)] : [p],
      ),
    },
  };
}

/** Elevation of a node [m]; a reservoir without one lies at its surface. */
export function elevationOf(node: NodeSpec): number {
  return node.kind === 'reservoir' ? (node.elevation_m ?? node.head_m) : node.elevation_m;
}
