/** What an EPANET file holds, in SI, and what can be wrong with one. */
import type { FlowUnit } from './inpUnits.ts';

export interface InpProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Section and element, such as `PIPES/P1/length`. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  readonly hint?: string;
}

export type InpStatus = 'open' | 'closed' | 'active';

export interface InpNetwork {
  readonly title: string;
  readonly units: FlowUnit;
  readonly headloss: 'H-W' | 'D-W' | 'C-M';
  readonly specificGravity: number;
  readonly kinematicViscosity_m2_s: number;
  readonly demandMultiplier: number;
  readonly emitterExponent: number;
  readonly defaultPattern: string;
  /** Under `pressure-driven`, D of a junction becomes D ((p − minimum)/(required − minimum))^exponent, from 0 to D. */
  readonly demandModel: 'demand-driven' | 'pressure-driven';
  /** Pressure heads [m] and exponent of pressure-driven demands. */
  readonly pressureDemand: { readonly minimum_m: number; readonly required_m: number; readonly exponent: number };
  readonly junctions: readonly {
    readonly id: string;
    readonly elevation_m: number;
    readonly demands: readonly { readonly base_m3_s: number; readonly pattern?: string }[];
    /** q = coefficient · p^exponent, p in m [m³/s at 1 m]. */
    readonly emitter: number;
  }[];
  readonly reservoirs: readonly { readonly id: string; readonly head_m: number; readonly pattern?: string }[];
  readonly tanks: readonly {
    readonly id: string;
    readonly elevation_m: number;
    readonly level_m: number;
    readonly minLevel_m: number;
    readonly maxLevel_m: number;
    readonly area_m2: number;
    /** It has a volume curve; `area_m2` is then that at the first level. */
    readonly volumeCurve?: boolean;
  }[];
  readonly pipes: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly length_m: number;
    readonly diameter_m: number;
    /** C, Manning's n, or sand roughness [m], by `headloss`. */
    readonly roughness: number;
    readonly minorLoss: number;
    readonly status: InpStatus;
    readonly checkValve: boolean;
  }[];
  readonly pumps: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly curve?: readonly { readonly flow_m3_s: number; readonly head_m: number }[];
    /** Name of the head curve; pumps may share one. */
    readonly curveId?: string;
    readonly power_W?: number;
    readonly speed: number;
    readonly pattern?: string;
    readonly status: InpStatus;
  }[];
  readonly valves: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly diameter_m: number;
    readonly type: 'PRV' | 'PSV' | 'PBV' | 'FCV' | 'TCV' | 'GPV' | 'PCV';
    /** Pressure head or loss [m], flow [m³/s] or loss coefficient, by type. */
    readonly setting: number;
    readonly curve?: readonly { readonly flow_m3_s: number; readonly loss_m: number }[];
    readonly minorLoss: number;
    readonly status: InpStatus;
  }[];
  readonly patterns: ReadonlyMap<string, readonly number[]>;
  readonly controls: readonly string[];
  readonly rules: readonly string[];
  readonly times: {
    readonly duration_s: number;
    readonly hydraulicStep_s: number;
    readonly patternStep_s: number;
    readonly patternStart_s: number;
    readonly startClock_s: number;
  };
  /** Line of an element by `SECTION/id`, such as `VALVES/V1`; of a control or rule by `CONTROLS/0`, `RULES/0`, in their order. */
  readonly lines: ReadonlyMap<string, number>;
  readonly coordinates: ReadonlyMap<string, readonly [number, number]>;
}

export type InpResult =
  | { readonly ok: true; readonly value: InpNetwork }
  | { readonly ok: false; readonly problems: readonly InpProblem[] };
