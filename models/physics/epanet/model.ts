/**
 * A network in the EPANET engine as flat typed arrays, in SI whatever the file's units are. Shapes: nNode, nLink, nTank,
 * nSource (reservoirs and tanks), nLeak. Node and link indices are EPANET's, from 0.
 *
 * Signs: link flow is positive from the link's start to its end node; demands, leaks and leakage are positive out of the
 * network; `sourceFlow` is positive into the network.
 */
import { type Arena, bindArena } from '../../kernel/index.ts';

/** Where a leak can be opened. Sites inside a pipe become a node of the same name before the file is opened. */
export type LeakSite =
  | {
      readonly id: string;
      readonly pipe: string;
      /** 0 at the pipe's start node, 1 at its end node. */
      readonly fraction: number;
    }
  | { readonly id: string; readonly node: string };

export interface EpanetOptions {
  /** Name of the file in problems. Default `network.inp`. */
  readonly file?: string;
  readonly leaks?: readonly LeakSite[];
  /**
   * Sum of flow changes over sum of flows at which a solution counts as found; no single flow may then change by more than
   * 1e-6 m³/s either. Default 1e-5, EPANET's least: coarser ones make leaks wrong. `file`: both as in the file.
   */
  readonly accuracy?: number | 'file';
  /** Whether emitters let water in where the pressure is negative. Default false. */
  readonly backflow?: boolean | 'file';
  /** End of the run [s], default that of the file. */
  readonly duration_s?: number;
  /** Hydraulic step [s], default that of the file; times are its multiples and the events of patterns, tanks and controls. */
  readonly step_s?: number;
  /** Default that of the file. Pressures are heads above the node [m]. */
  readonly demandModel?:
    | { readonly kind: 'demand-driven' }
    | {
        readonly kind: 'pressure-driven';
        readonly minimum_m: number;
        readonly required_m: number;
        /** Default 0.5. */
        readonly exponent?: number;
      };
  /** Faults are noted and the run goes on, as EPANET itself does. Only to be compared with EPANET. Default false. */
  readonly lenient?: boolean;
}

/** Factors from the file's units to SI. */
export interface EpanetUnits {
  readonly flow_m3_s: number;
  readonly length_m: number;
  readonly diameter_m: number;
  /** Pressure unit per metre of head: that of valve settings and required pressures. */
  readonly pressure_per_m: number;
  /** The same for emitter coefficients, which are per psi or metre whatever [OPTIONS] PRESSURE says. */
  readonly emitterPressure_per_m: number;
}

export interface EpanetModel {
  /** Of the text and the options: a snapshot fits networks of the same digest. */
  readonly digest: string;
  readonly units: EpanetUnits;
  readonly pressureDriven: boolean;
  readonly step_s: number;
  readonly duration_s: number;
  readonly nNode: number;
  readonly nLink: number;
  readonly nTank: number;
  readonly nSource: number;
  readonly nLeak: number;
  readonly nodeIds: readonly string[];
  readonly linkIds: readonly string[];
  readonly leakIds: readonly string[];
  readonly nodeIndex: ReadonlyMap<string, number>;
  readonly linkIndex: ReadonlyMap<string, number>;
  readonly leakIndex: ReadonlyMap<string, number>;
  readonly nodeKind: Uint8Array; // 0 junction, 1 reservoir, 2 tank (nNode)
  readonly nodeElevation_m: Float64Array; // z; of a reservoir its head (nNode)
  readonly linkKind: Uint8Array; // LINK_TYPE code (nLink)
  readonly linkFrom: Int32Array; // node (nLink)
  readonly linkTo: Int32Array; // node (nLink)
  readonly linkLength_m: Float64Array; // 0 for pumps and valves (nLink)
  readonly linkDiameter_m: Float64Array; // 0 for pumps (nLink)
  readonly equipment: Int32Array; // links that are pumps or valves
  readonly tankNode: Int32Array; // node (nTank)
  readonly sourceNode: Int32Array; // node (nSource)
  readonly leakNode: Int32Array; // node (nLeak)
  readonly leakPipeArea_m2: Float64Array; // bore of the pipe; of a node, of its widest pipe (nLeak)
  readonly emitterNode: Int32Array; // nodes with a leak site or an emitter of the file
  readonly emitterOwn: Float64Array; // coefficient that the file itself gives them [file units] (emitterNode)
  readonly demandStart: Int32Array; // demands of node n: demandBase[demandStart[n] … demandStart[n+1]−1] (nNode + 1)
  readonly demandBase: Float64Array; // [file units]
  readonly hasLeakage: boolean; // the file has background leakage of its own ([LEAKAGE], FAVAD)
  /** Area of the links at each node: linkAt[linkAtStart[n] … linkAtStart[n+1]−1] (nNode + 1). */
  readonly linkAtStart: Int32Array;
  readonly linkAt: Int32Array;
}

export interface EpanetState {
  readonly buffer: ArrayBuffer;
  // set by the caller, taken over at the next solve
  readonly nodeDemandMultiplier: Float64Array; // on top of the file's patterns, 1 at first (nNode)
  readonly leakCoefficient: Float64Array; // c of q = c √p [m^2.5/s], 0 shut (nLeak)
  // taken over
  readonly multiplierTaken: Float64Array; // (nNode)
  readonly coefficientTaken: Float64Array; // (nLeak)
  readonly linkSetpoint: Float64Array; // speed or setting in SI to come back to when opened again (nLink)
  // results of the last solve
  readonly clock: Float64Array; // time of the last solve, time of the next [s] (2)
  readonly nodeHead_m: Float64Array; // (nNode)
  readonly nodeDemand_m3_s: Float64Array; // drawn by consumers (nNode)
  readonly nodeEmitterFlow_m3_s: Float64Array; // all emitters of the node, 0 where shut (nNode)
  readonly nodeLeakage_m3_s: Float64Array; // background leakage of the file (nNode)
  readonly linkFlow_m3_s: Float64Array; // exactly 0 in a closed link (nLink)
  readonly linkOpen: Uint8Array; // 1 open or regulating (nLink)
  readonly linkSetting: Float64Array; // speed, m, m³/s or K of pumps and valves, in SI (nLink)
  readonly tankLevel_m: Float64Array; // (nTank)
  readonly tankVolume_m3: Float64Array; // (nTank)
  readonly sourceFlow_m3_s: Float64Array; // (nSource)
  readonly leakFlow_m3_s: Float64Array; // (nLeak)
  readonly closedLinks: Float64Array; // number of closed links and a sum that tells them apart, at the last walk (2)
}

/** What stops a run. */
export interface EpanetFault {
  readonly kind: 'not-converged' | 'disconnected' | 'negative-pressure' | 'engine';
  readonly time_s: number;
  /** Nodes concerned, at most ten. */
  readonly nodes: readonly string[];
  readonly sentence: string;
}

/** Zeroed state of a network; multipliers are 1. */
export function createEpanetState(m: EpanetModel): EpanetState {
  const { buffer, views } = bindArena((a: Arena) => ({
    nodeDemandMultiplier: a.f64(m.nNode),
    leakCoefficient: a.f64(m.nLeak),
    multiplierTaken: a.f64(m.nNode),
    coefficientTaken: a.f64(m.nLeak),
    linkSetpoint: a.f64(m.nLink),
    clock: a.f64(2),
    nodeHead_m: a.f64(m.nNode),
    nodeDemand_m3_s: a.f64(m.nNode),
    nodeEmitterFlow_m3_s: a.f64(m.nNode),
    nodeLeakage_m3_s: a.f64(m.nNode),
    linkFlow_m3_s: a.f64(m.nLink),
    linkOpen: a.u8(m.nLink),
    linkSetting: a.f64(m.nLink),
    tankLevel_m: a.f64(m.nTank),
    tankVolume_m3: a.f64(m.nTank),
    sourceFlow_m3_s: a.f64(m.nSource),
    leakFlow_m3_s: a.f64(m.nLeak),
    closedLinks: a.f64(2),
  }));
  views.nodeDemandMultiplier.fill(1);
  views.multiplierTaken.fill(1);
  views.closedLinks[0] = -1;
  return { buffer, ...views };
}
