/**
 * The compiled network (read-only) and its state (all that changes), as flat typed arrays. This header is the map of the
 * room: every array says its meaning, unit and shape. Shapes: nNode, nPipe, nLink, nOrifice, nSection = Σ (reaches + 1),
 * nCluster (groups of nodes that links join without length, and single nodes that need Newton for
 * their surge protection or cavity).
 *
 * Signs: pipe and link flows are positive from `from` to `to`; demands, orifice flows and boundary flows are positive out
 * of the network. Pipe p owns sections sectionStart[p] … sectionStart[p + 1] − 1, the first at its `from` node.
 */

import type { HeatModel, HeatState } from './heat/model.ts';

export type NodeKind = 'junction' | 'reservoir' | 'tank';
export type LinkKind = 'pump' | 'valve' | 'regulator' | 'check-valve' | 'orifice' | 'loss-curve';

export const NODE_KINDS: readonly NodeKind[] = ['junction', 'reservoir', 'tank'];
export const LINK_KINDS: readonly LinkKind[] = ['pump', 'valve', 'regulator', 'check-valve', 'orifice', 'loss-curve'];

/** Codes in `frictionKind`. */
export const FRICTION = { darcy: 0, roughness: 1, hazenWilliams: 2, manning: 3, haaland: 4 } as const;
/** Codes in `nodeKind`. */
export const NODE = { junction: 0, reservoir: 1, tank: 2 } as const;
/** Codes in `linkKind`. */
export const LINK = { pump: 0, valve: 1, regulator: 2, checkValve: 3, orifice: 4, lossCurve: 5 } as const;
/** Codes in `linkForm`: which formula the kind uses. */
export const FORM = { coefficients: 0, table: 1, power: 2, linear: 3, equalPercentage: 4, relativeFlow: 5 } as const;
/** Codes in `linkHolds` of regulators. */
export const HOLDS = { downstreamHead: 0, upstreamHead: 1, flow: 2, loss: 3 } as const;

export interface CompileOptions {
  readonly timeStep_s: number;
  /** Default 9.80665. */
  readonly gravity_m_s2?: number;
  /** `fixed`: as found by the steady state. `per-pipe`: one factor per pipe from its mean flow. `per-cell`: one per section. Default per-pipe. */
  readonly friction?: 'fixed' | 'per-pipe' | 'per-cell';
  /** Steps between two refreshes of friction factors and of the guards, default 20. */
  readonly frictionRefreshSteps?: number;
  /** `gas-cavity`: the columns part where the liquid boils (discrete gas cavity model, `cavity.ts`). Default none. */
  readonly cavitation?: 'none' | 'gas-cavity';
  /** Free gas by volume at atmospheric pressure, default 1e-7: little enough not to slow waves. */
  readonly gasFraction?: number;
  /** ψ of the cavities' volumes, 0.5 (trapezoid) … 1 (implicit); default 1, which damps their chatter. */
  readonly cavityWeight?: number;
  /** `brunone-vitkovsky`: friction that follows local and convective acceleration (`unsteady.ts`). Default none. */
  readonly unsteadyFriction?: 'none' | 'brunone-vitkovsky';
  /**
   * Largest |a' − a|/a that the grid may ask of a pipe; default no limit. A pipe that would need more keeps its wave speed and
   * impedance and holds waves for a whole number of steps all the same: as if it were longer or shorter, by half a reach at most
   * (by less than one where it is shorter than half a reach). Its friction stays that of its own length.
   */
  readonly waveSpeedLimit?: number;
}

/** How far the grid moved a pipe's wave speed: (a' − a)/a. */
export interface WaveSpeedReport {
  readonly pipe: string;
  readonly reaches: number;
  readonly waveSpeed_m_s: number;
  readonly waveSpeedAdjusted_m_s: number;
  /** (a' − a)/a. */
  readonly waveSpeedAdjustment: number;
  /** How much longer the pipe is to waves than it is [m]; 0 where the wave speed gave way. */
  readonly lengthAdjustment_m: number;
}

export interface NetworkModel {
  readonly timeStep_s: number;
  readonly gravity_m_s2: number;
  readonly density_kg_m3: number;
  readonly kinematicViscosity_m2_s: number;
  readonly vapourHead_m: number;
  readonly friction: 'fixed' | 'per-pipe' | 'per-cell';
  readonly frictionRefreshSteps: number;
  readonly waveSpeeds: readonly WaveSpeedReport[];

  // identities; index of an id in the arrays below
  readonly nodeIds: readonly string[];
  readonly pipeIds: readonly string[];
  readonly linkIds: readonly string[];
  readonly orificeIds: readonly string[];
  readonly nodeIndex: ReadonlyMap<string, number>;
  readonly pipeIndex: ReadonlyMap<string, number>;
  readonly linkIndex: ReadonlyMap<string, number>;
  readonly orificeIndex: ReadonlyMap<string, number>;
  readonly nNode: number;
  readonly nPipe: number;
  readonly nLink: number;
  readonly nOrifice: number;
  readonly nSection: number;
  readonly nCluster: number;

  // nodes
  readonly nodeKind: Uint8Array; // NODE code (nNode)
  readonly nodeElevation_m: Float64Array; // z [m] (nNode)
  readonly nodeDemand_m3_s: Float64Array; // constant demand before its multiplier [m³/s] (nNode)
  readonly nodeDemandCoefficient: Float64Array; // c of q = c √(H − z) [m^2.5/s] (nNode)
  readonly nodeDemandFullHead_m: Float64Array; // H − z above which that grows no more, ∞: without end (nNode)
  readonly nodeBoundaryFlow_m3_s: Float64Array; // prescribed outflow at the start [m³/s] (nNode)
  readonly nodeHead0_m: Float64Array; // reservoir head, or tank bottom + level at the start [m] (nNode)
  readonly nodeConductance: Float64Array; // Σ 1/B of the pipe ends [m²/s] (nNode)
  readonly nodeEndStart: Int32Array; // pipe ends of node n: nodeEnds[nodeEndStart[n] … nodeEndStart[n+1]−1] (nNode + 1)
  readonly nodeEnds: Int32Array; // 2·pipe for its start, 2·pipe + 1 for its end (2·nPipe)
  readonly nodeOrificeStart: Int32Array; // orifices of node n in nodeOrifices (nNode + 1)
  readonly nodeOrifices: Int32Array; // orifice indices grouped by node (nOrifice)
  readonly nodeSolve: Uint8Array; // 0 linear, 1 closed form with one √, 2 Newton, 3 reservoir, 4 tank, 5 in a cluster, 6 linear with a cavity, 7 with an air valve (nNode)
  readonly tankArea_m2: Float64Array; // cross-section [m²], 0 elsewhere (nNode)
  readonly tankMinLevel_m: Float64Array; // [m] above its bottom (nNode)
  readonly tankMaxLevel_m: Float64Array; // [m] above its bottom (nNode)

  // pipes
  readonly pipeFrom: Int32Array; // node (nPipe)
  readonly pipeTo: Int32Array; // node (nPipe)
  readonly pipeLength_m: Float64Array; // L [m] (nPipe)
  readonly pipeDiameter_m: Float64Array; // D [m] (nPipe)
  readonly pipeArea_m2: Float64Array; // A = π D²/4 [m²] (nPipe)
  readonly pipeWaveSpeed_m_s: Float64Array; // adjusted a' = L/(N Δt) [m/s] (nPipe)
  readonly pipeReaches: Int32Array; // N (nPipe)
  readonly pipeImpedance_s_m2: Float64Array; // B = a'/(g A) [s/m²] (nPipe)
  readonly pipeConductance_m2_s: Float64Array; // 1/B [m²/s] (nPipe)
  readonly pipeMinorLoss: Float64Array; // Σ K (nPipe)
  readonly pipeConvection: Float64Array; // slope θ of the V·θ term, 0 leaves it out (nPipe)
  readonly frictionKind: Uint8Array; // FRICTION code (nPipe)
  readonly frictionParameter: Float64Array; // f, ε [m], C, n or KD by kind (nPipe)
  readonly sectionStart: Int32Array; // first section of each pipe (nPipe + 1)
  readonly pipeSlope_m: Float64Array; // rise of the pipe axis per reach [m] (nPipe)

  // links
  readonly linkKind: Uint8Array; // LINK code (nLink)
  readonly linkForm: Uint8Array; // FORM code (nLink)
  readonly linkFrom: Int32Array; // node (nLink)
  readonly linkTo: Int32Array; // node (nLink)
  readonly linkCheck: Uint8Array; // 1: no reverse flow (nLink)
  readonly linkLoss_s2_m5: Float64Array; // K/(2 g A²) fully open [s²/m⁵] (nLink)
  readonly linkArea_m2: Float64Array; // own bore [m²], 0 for pumps (nLink)
  readonly linkHolds: Uint8Array; // HOLDS code (nLink)
  readonly linkSetting: Float64Array; // regulator setting at the start [m or m³/s] (nLink)
  readonly linkRate_per_s: Float64Array; // speed ramp or 1/stroke time [1/s], Infinity: at once (nLink)
  readonly linkPosition0: Float64Array; // speed or opening at the start (nLink)
  readonly linkRangeability: Float64Array; // R of equal-percentage valves (nLink)
  readonly pumpA_m: Float64Array; // A (nLink)
  readonly pumpB: Float64Array; // B [m/(m³/s)^C] (nLink)
  readonly pumpC: Float64Array; // C (nLink)
  readonly pumpD: Float64Array; // D [s/m²] (nLink)
  readonly pumpPower_W: Float64Array; // hydraulic power of constant-power pumps [W] (nLink)
  readonly pumpPasses: Uint8Array; // 1: a stopped pump lets flow through (nLink)
  readonly pumpInertia_kg_m2: Float64Array; // I, 0 if none given (nLink)
  readonly pumpRatedSpeed_rad_s: Float64Array; // (nLink)
  readonly pumpEfficiency: Float64Array; // (nLink)
  readonly pumpIdlePower_W: Float64Array; // shaft power at no flow and rated speed [W] (nLink)
  readonly tableStart: Int32Array; // points of link l: tableX, tableY [tableStart[l] … tableStart[l+1]−1] (nLink + 1)
  readonly tableX: Float64Array; // flow [m³/s] or opening
  readonly tableY: Float64Array; // head [m], loss [m] or relative conductance

  // orifices
  readonly orificeNode: Int32Array; // node (nOrifice)
  readonly orificeDischarge: Float64Array; // Cd (nOrifice)
  readonly orificeBase_m: Float64Array; // z + back head [m] (nOrifice)
  readonly orificeExponent: Float64Array; // n (nOrifice)
  readonly orificeArea0_m2: Float64Array; // area at the start [m²] (nOrifice)

  // clusters
  readonly clusterNodeStart: Int32Array; // nodes of cluster k in clusterNodes (nCluster + 1)
  readonly clusterNodes: Int32Array; // members, whatever their kind
  readonly clusterLinkStart: Int32Array; // links of cluster k in clusterLinks (nCluster + 1)
  readonly clusterLinks: Int32Array; // (nLink)
  readonly nodeSlot: Int32Array; // position of a node within its cluster, −1 elsewhere (nNode)
  readonly clusterLargest: number; // nodes of the largest cluster

  // options; their arrays are empty where they are not used
  readonly unsteady: boolean; // unsteady friction
  readonly attached: boolean; // some node has gas or a device
  readonly gas: GasModel;
  readonly surge: SurgeModel;
  readonly heat: HeatModel | undefined; // temperatures and products (heat/)
}

/** Free gas: cavities at computing sections and nodes, and the air that air valves let in. */
export interface GasModel {
  readonly sections: boolean; // cavities at sections, and at junctions with pipes
  readonly nodes: boolean; // some node holds gas: a cavity, or the air of an air valve
  readonly weight: number; // ψ
  readonly atmosphere_m: number; // absolute head of the atmosphere [m]
  readonly pipeGas_m4: Float64Array; // h V of the gas of an inner section [m⁴] (nPipe)
  readonly nodeGas_m4: Float64Array; // h V of a node's gas, the least where an air valve is; 0: no gas [m⁴] (nNode)
  readonly nodeGasBase_m: Float64Array; // head H at which the gas has no pressure [m] (nNode)
  readonly nodeAirValve: Int32Array; // device, −1 where none (nNode)
}

/** Codes in `SurgeModel.kind`. */
export const SURGE = { airVessel: 0, surgeTank: 1, airValve: 2, reliefValve: 3 } as const;

/** Surge protection: devices at nodes, in the order of the spec. Shape nSurge unless said otherwise. */
export interface SurgeModel {
  readonly n: number;
  readonly ids: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  readonly kind: Uint8Array; // SURGE code
  readonly node: Int32Array;
  readonly nodeDevice: Int32Array; // vessel or surge tank of a node, −1 where none (nNode)
  readonly volume_m3: Float64Array; // of a vessel, gas and liquid
  readonly gasVolume0_m3: Float64Array; // of a vessel in the steady state
  readonly exponent: Float64Array; // polytropic n of a vessel
  readonly area_m2: Float64Array; // plan area of tank or vessel, ∞: the level stays; lift area of a relief valve
  readonly level0_m: Float64Array; // elevation of a vessel's surface in the steady state [m]
  readonly bottom_m: Float64Array; // elevation below which a surge tank gives nothing
  readonly top_m: Float64Array; // elevation of its rim
  readonly lossIn_s2_m5: Float64Array; // R of the connection, flow into the device
  readonly lossOut_s2_m5: Float64Array; // R of the connection, flow out of it
  readonly airIn_m2: Float64Array; // Cd A of an air valve, inwards
  readonly airOut_m2: Float64Array; // Cd A of an air valve, outwards
  readonly orifice: Int32Array; // of a relief valve, −1 elsewhere
  readonly opensAt_m: Float64Array; // piezometric head at which a relief valve lifts
  readonly fullAt_m: Float64Array; // head of full lift
  readonly reseatsAt_m: Float64Array; // head at which it shuts again
  readonly opening_per_s: Float64Array; // 1/opening time
  readonly closing_per_s: Float64Array; // 1/closing time
}

/** All that changes. Snapshot: copy `buffer`; restore: copy it back. */
export interface NetworkState {
  readonly buffer: ArrayBuffer;
  readonly numbers: Float64Array; // all of it as numbers: what a sweep reads its arrays through

  // set from outside: commands and schedules write here, the step reads
  readonly demandMultiplier: Float64Array; // scales both demand forms, 1 at first (nNode)
  readonly boundaryFlow_m3_s: Float64Array; // prescribed outflow [m³/s] (nNode)
  readonly reservoirHead_m: Float64Array; // of reservoirs [m] (nNode)
  readonly orificeArea_m2: Float64Array; // 0 shuts a leak [m²] (nOrifice)
  readonly pumpSpeedSet: Float64Array; // relative speed wanted (nLink)
  readonly pumpTripped: Uint8Array; // 1: no shaft power, the pump runs down by its inertia (nLink)
  readonly valveOpeningSet: Float64Array; // opening wanted 0…1 (nLink)
  readonly regulatorSetting: Float64Array; // head [m], flow [m³/s] or loss [m] (nLink)

  // moved by equipment (may be set too: no ramp or stroke then)
  readonly pumpSpeed: Float64Array; // relative speed now (nLink)
  readonly valveOpening: Float64Array; // opening now 0…1; of regulators too (nLink)

  // solved by stepCharacteristics or solveSteady
  readonly nodeHead_m: Float64Array; // H [m] (nNode)
  readonly nodeDemandFlow_m3_s: Float64Array; // demand delivered [m³/s] (nNode)
  readonly nodeStorageFlow_m3_s: Float64Array; // into a tank, or into a reservoir [m³/s] (nNode)
  readonly tankSpillFlow_m3_s: Float64Array; // over the rim of a full tank [m³/s] (nNode)
  readonly tankLevel_m: Float64Array; // above its bottom [m] (nNode)
  readonly orificeFlow_m3_s: Float64Array; // out of the network [m³/s] (nOrifice)
  readonly linkFlow_m3_s: Float64Array; // (nLink)
  readonly sectionHead_m: Float64Array; // H [m] (nSection)
  readonly sectionFlow_m3_s: Float64Array; // Q [m³/s] (nSection)
  readonly pipeFriction: Float64Array; // Darcy factor f now (nPipe)
  readonly pipeResistance_s2_m5: Float64Array; // R of one reach, minor losses included [s²/m⁵] (nPipe)
  readonly sectionResistance_s2_m5: Float64Array; // R per section [s²/m⁵] (nSection for per-cell friction, else 0)

  // counters and guards
  readonly steps: Float64Array; // steps taken (1)
  readonly ledger_m3: Float64Array; // cumulative volumes, indices LEDGER (LEDGER_SIZE)
  readonly ledgerFlow_m3_s: Float64Array; // the flows at the last step that the ledger integrates (LEDGER_SIZE)
  readonly flags: Float64Array; // indices FLAG (FLAG_SIZE)

  // options; empty where they are not used
  readonly gas: GasState;
  readonly unsteady: UnsteadyState;
  readonly surge: SurgeState;
  readonly heat: HeatState;

  // scratch of a step; in the buffer so that nothing is hidden
  readonly endCharacteristic_m: Float64Array; // C− at pipe starts, C+ at pipe ends [m] (2·nPipe)
  readonly solver: Float64Array; // dense matrix and vectors of a cluster
}

/** Solved with the sections and nodes. With cavities `sectionFlow_m3_s` is what arrives at a section from its `from` side. */
export interface GasState {
  readonly sectionFlowOut_m3_s: Float64Array; // what leaves a section on its `to` side (nSection)
  readonly sectionCavity_m3: Float64Array; // gas and vapour at inner sections (nSection)
  readonly nodeCavity_m3: Float64Array; // gas, vapour or air at nodes (nNode)
  readonly nodeCavityFlow_m3_s: Float64Array; // liquid that fills it, −dV/dt (nNode)
  readonly air_m4: Float64Array; // h V of an air valve's air: its mass (nSurge)
}

/** What unsteady friction remembers, and the characteristics of the sweep that options share. */
export interface UnsteadyState {
  readonly pipeFactor: Float64Array; // Brunone's k now (nPipe)
  readonly pipeMeanFlow_m3_s: Float64Array; // slow mean of |Q|, which k follows (nPipe)
  readonly flowBefore_m3_s: Float64Array; // sectionFlow one step ago (nSection)
  readonly flowOutBefore_m3_s: Float64Array; // sectionFlowOut one step ago (nSection with cavities)
  readonly plus_m: Float64Array; // C+ that leaves a section: scratch (nSection)
  readonly minus_m: Float64Array; // C− that leaves a section: scratch (nSection)
}

/** Surge protection (nSurge each). */
export interface SurgeState {
  readonly flow_m3_s: Float64Array; // into the device; of a relief valve and an air valve out of the line (of an air valve: −dV/dt)
  readonly gasVolume_m3: Float64Array; // in a vessel
  readonly gasConstant: Float64Array; // h Vⁿ of a vessel
  readonly level_m: Float64Array; // elevation of the surface
  readonly spilled_m3: Float64Array; // over the rim of a surge tank since the ledger was reset
  readonly lift: Float64Array; // of a relief valve, 0…1
  readonly lifted: Uint8Array; // 1: the relief valve has popped and not reseated
  readonly stepsAtLimit: Float64Array; // steps in which a vessel or tank was empty, or a tank spilled
}

/** Indices into `ledger_m3` [m³]: volumes into (reservoir) and out of the network since the last reset, and what was stored then. */
export const LEDGER = {
  reservoirIn: 0,
  demandOut: 1,
  orificeOut: 2,
  boundaryOut: 3,
  tankSpill: 4,
  storedAtReset: 5,
} as const;
export const LEDGER_SIZE = 6;

/** Indices into `flags`. */
export const FLAG = {
  /** Largest R|Q|/B at the last check; must stay below 0.5. */
  frictionNumber: 0,
  /** Sections below vapour pressure at the last check. */
  belowVapour: 1,
  /** Checks so far at which some section was below vapour pressure. */
  belowVapourChecks: 2,
  /** Steps so far in which a cluster or node did not converge within its iteration limit. */
  unconverged: 3,
  /** Steps so far in which a tank was empty (gave nothing) or full (spilled). */
  tankAtLimit: 4,
} as const;
export const FLAG_SIZE = 5;
