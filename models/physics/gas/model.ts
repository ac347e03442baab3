/**
 * The compiled gas network (read-only) and its state (all that changes), as flat typed arrays: the map of the room.
 *
 * A pipe is cut into reaches by its leaks, a reach into equal cells. Points carry mass and pressure: first the nNode nodes of
 * the spec, then one joint per split, then the inner points of each reach in turn. Faces, midway between two points, carry
 * flow: reach r owns faces faceStart[r] … faceStart[r+1]−1 from its `from` point to its `to` point, and inner points
 * innerStart[r] … innerStart[r+1]−1. A point holds the half cells on both its sides; a node those of all its pipes.
 *
 * Shapes: nNode, nPipe, nReach, nFace, nPoint, nLink, nLeak, nHub (nodes and joints), nCluster (nodes and joints that links join).
 * Signs: faces and links positive from `from` to `to`; withdrawals and leaks positive out of the network, supply positive in.
 */
import type { Gas } from './realGas.ts';

/** Codes in `linkKind`. */
export const GAS_LINK = { shortPipe: 0, valve: 1, checkValve: 2, regulator: 3, compressor: 4, passage: 5 } as const;
/** Codes in `linkMode`: of regulators and compressors. */
export const GAS_MODE = { none: 0, downstream: 1, upstream: 2, flow: 3, ratio: 4, outlet: 5 } as const;

export interface GasCompileOptions {
  readonly timeStep_s: number;
  /** Longest cell wanted, default 500 m. */
  readonly cellLength_m?: number;
  /** Courant number of the inner steps, default 0.9; must be below 1. */
  readonly courant?: number;
  /** Default 9.80665. */
  readonly gravity_m_s2?: number;
  /** Inner steps between two refreshes of flow-dependent friction factors, default 20. */
  readonly frictionRefreshSteps?: number;
  /** Withdrawals give way below this pressure and end at the back pressure of 101325 Pa; default 2e5 Pa. */
  readonly starvationPressure_Pa?: number;
}

export interface GasModel {
  readonly timeStep_s: number;
  readonly substeps: number; // inner steps per step, so that the Courant number holds
  readonly innerStep_s: number;
  readonly gravity_m_s2: number;
  readonly frictionRefreshSteps: number;
  readonly starvationPressure_Pa: number;
  readonly gas: Gas;
  readonly heat: boolean; // the gas carries heat
  readonly waveSpeed_m_s: number; // largest isothermal wave speed the grid is made for

  readonly nodeIds: readonly string[];
  readonly pipeIds: readonly string[];
  readonly linkIds: readonly string[];
  readonly leakIds: readonly string[];
  readonly nodeIndex: ReadonlyMap<string, number>;
  readonly pipeIndex: ReadonlyMap<string, number>;
  readonly linkIndex: ReadonlyMap<string, number>;
  readonly leakIndex: ReadonlyMap<string, number>;
  readonly nNode: number;
  readonly nHub: number;
  readonly nPipe: number;
  readonly nReach: number;
  readonly nFace: number;
  readonly nPoint: number;
  readonly nLink: number; // links of the spec, then one passage per reach too short for the grid
  readonly nLeak: number;
  readonly nCluster: number;
  readonly nCell: number; // = nFace

  // points
  readonly pointVolume_m3: Float64Array; // (nPoint)
  readonly pointWall_m2: Float64Array; // inner wall of its half cells (nPoint)
  readonly pointElevation_m: Float64Array; // (nPoint)
  readonly pointTemperature0_K: Float64Array; // (nPoint)
  readonly pointGround_K: Float64Array; // ground temperature (nPoint)
  readonly pointHeatTransfer_W_m2K: Float64Array; // (nPoint)

  // nodes
  readonly nodePrescribed: Uint8Array; // 1: its pressure is given (nHub)
  readonly nodePressure0_Pa: Float64Array; // given, or where the steady solver starts (nHub)
  readonly nodeWithdrawal0_kg_s: Float64Array; // (nNode)
  readonly nodeSupplyTemperature_K: Float64Array; // of gas that enters from outside (nNode)
  readonly nodeCluster: Int32Array; // cluster of a node or joint, −1 none (nHub)

  // pipes and reaches
  readonly pipeReachStart: Int32Array; // reaches of pipe p (nPipe + 1)
  readonly pipeFrom: Int32Array; // node (nPipe)
  readonly pipeTo: Int32Array; // node (nPipe)
  readonly pipeLength_m: Float64Array; // (nPipe)
  readonly pipeDiameter_m: Float64Array; // (nPipe)
  readonly pipeArea_m2: Float64Array; // (nPipe)
  readonly pipeFrictionKind: Uint8Array; // GAS_FRICTION code (nPipe)
  readonly pipeFrictionParameter: Float64Array; // λ or ε/D (nPipe)
  readonly pipeDragFactor: Float64Array; // (nPipe)
  readonly reachPipe: Int32Array; // (nReach)
  readonly reachFrom: Int32Array; // hub (nReach)
  readonly reachTo: Int32Array; // hub (nReach)
  readonly reachCell_m: Float64Array; // Δx (nReach)
  readonly reachInertance: Float64Array; // A/(Δx κ) [m]: dF/dt per pressure difference (nReach)
  readonly reachInertiaFactor: Float64Array; // κ ≥ 1, above 1 where a cell is too short for the inner step (nReach)
  readonly reachPassage: Int32Array; // link that carries a reach of one cell far too short, −1 none (nReach)
  readonly reachResistance: Float64Array; // Δx/(2 D A²) [1/m⁴]: loss = λ r F|F|/ρ (nReach)
  readonly reachSonic: Float64Array; // A c [m³/s]: |F| ≤ ρ A c (nReach)
  readonly faceStart: Int32Array; // (nReach + 1)
  readonly innerStart: Int32Array; // (nReach + 1)
  readonly faceRise_m: Float64Array; // height gained over a cell (nFace)
  readonly level: boolean; // no face rises

  // links and their clusters
  readonly linkKind: Uint8Array; // GAS_LINK code (nLink)
  readonly linkMode: Uint8Array; // GAS_MODE code (nLink)
  readonly linkFrom: Int32Array; // hub (nLink)
  readonly linkTo: Int32Array; // hub (nLink)
  readonly linkReach: Int32Array; // reach of a passage, −1 else (nLink)
  readonly linkArea_m2: Float64Array; // bore, 0 without (nLink)
  readonly linkLoss: Float64Array; // K fully open (nLink)
  readonly linkSetting0: Float64Array; // (nLink)
  readonly linkPosition0: Float64Array; // opening or load at the start, 0…1 (nLink)
  readonly linkOpenRate_per_s: Float64Array; // 1/stroke or 1/ramp, Infinity: at once (nLink)
  readonly linkCloseRate_per_s: Float64Array; // 1/stroke or 1/trip time (nLink)
  readonly linkMaxRatio: Float64Array; // (nLink)
  readonly linkMaxPower_W: Float64Array; // Infinity: no limit (nLink)
  readonly linkEfficiency: Float64Array; // (nLink)
  readonly linkBypass: Uint8Array; // (nLink)
  readonly linkOutletTemperature_K: Float64Array; // after-cooler, NaN: none (nLink)
  readonly clusterNodeStart: Int32Array; // (nCluster + 1)
  readonly clusterNodes: Int32Array;
  readonly clusterLinkStart: Int32Array; // (nCluster + 1)
  readonly clusterLinks: Int32Array; // (nLink)
  readonly clusterLargest: number; // links of the largest cluster

  // leaks
  readonly leakPoint: Int32Array; // hub (nLeak)
  readonly hubLeakStart: Int32Array; // leaks of a hub in hubLeaks (nHub + 1)
  readonly hubLeaks: Int32Array; // (nLeak)
  readonly leakDischarge: Float64Array; // Cd (nLeak)
  readonly leakBackPressure_Pa: Float64Array; // (nLeak)
  readonly leakArea0_m2: Float64Array; // (nLeak)
  readonly leakAreaLimit_m2: Float64Array; // the pipe's area (nLeak)
}

/** Indices of the ledger, kg since it was reset. */
export const GAS_LEDGER = { supplied: 0, withdrawn: 1, leaked: 2, packAtReset: 3 } as const;
export const GAS_LEDGER_SIZE = 4;
/** Indices of `flags`: how often since the ledger was reset. Any `notANumber` or `emptied` means that the run is invalid. */
export const GAS_FLAG = { starved: 0, leakClamped: 1, unsettledLink: 2, emptied: 3, notANumber: 4 } as const;
export const GAS_FLAG_SIZE = 5;

/** All that changes. Snapshot: copy `buffer`; restore: copy it back. */
export interface GasState {
  readonly buffer: ArrayBuffer;

  // set from outside: commands and schedules write here, the step reads
  readonly withdrawal_kg_s: Float64Array; // wanted (nNode)
  readonly pressureSet_Pa: Float64Array; // of pressure nodes (nNode)
  readonly positionSet: Float64Array; // opening of valves, load of compressors (1 run, 0 stop or trip) 0…1 (nLink)
  readonly setting: Float64Array; // of regulators and compressors (nLink)
  readonly leakAreaSet_m2: Float64Array; // (nLeak)
  readonly leakGrowth_m2_s: Float64Array; // how fast the area follows, Infinity at first: at once (nLeak)

  // moved by equipment
  readonly position: Float64Array; // opening or load now (nLink)
  readonly leakArea_m2: Float64Array; // (nLeak)

  // solved by stepGas or solveGasSteady
  readonly pointMass_kg: Float64Array; // (nPoint): what is conserved
  readonly pointDensity_kg_m3: Float64Array; // (nPoint)
  readonly pointPressure_Pa: Float64Array; // (nPoint)
  readonly pointTemperature_K: Float64Array; // (nPoint)
  readonly equation: Float64Array; // coefficients of the equation of state (nPoint · gas.stride)
  readonly faceFlow_kg_s: Float64Array; // (nFace)
  readonly faceFriction: Float64Array; // λ (nFace)
  readonly linkFlow_kg_s: Float64Array; // (nLink)
  readonly linkPower_W: Float64Array; // shaft power of compressors (nLink)
  readonly delivered_kg_s: Float64Array; // withdrawal that the pressure allowed (nNode)
  readonly supply_kg_s: Float64Array; // into pressure nodes from outside (nNode)
  readonly leakFlow_kg_s: Float64Array; // (nLeak)
  readonly leaked_kg: Float64Array; // since the ledger was reset (nLeak)
  readonly pipeInFlow_kg_s: Float64Array; // at the very start of the pipe, half cell's storage included (nPipe)
  readonly pipeOutFlow_kg_s: Float64Array; // at its very end (nPipe)

  // counters and guards
  readonly steps: Float64Array; // steps taken, inner steps taken (2)
  readonly ledger_kg: Float64Array; // indices GAS_LEDGER
  readonly ledgerCarry_kg: Float64Array; // what rounding cut off the ledger (Kahan), same indices
  readonly flags: Float64Array; // indices GAS_FLAG

  // scratch of a step, kept here so that nothing is allocated
  readonly hubInflow_kg_s: Float64Array; // net inflow of a node from its pipes (nHub)
  readonly hubExcess_kg_s: Float64Array; // what a station's node has too much in the present iteration (nHub)
  readonly hubCompliance: Float64Array; // Δt c²/V [Pa s/kg] (nHub)
  readonly hubDensityBefore_kg_m3: Float64Array; // (nHub)
  readonly solver: Float64Array; // link solver
  readonly arriving_kg_s: Float64Array; // Σ flow into a point (nPoint with heat, else 0)
  readonly arrivingHeat_K_kg_s: Float64Array; // Σ flow times its temperature (the same)
}
