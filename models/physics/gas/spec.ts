/**
 * A gas network as it is written down, in SI: what `compileGasNetwork` reads. Flows are mass flows; pressures are absolute.
 */

/** `ideal` Z = 1; `papay` Papay 1968; `cnga` California Natural Gas Association; `dranchuk-abou-kassem` 1975. See realGas.ts. */
export type Compressibility = 'ideal' | 'papay' | 'cnga' | 'dranchuk-abou-kassem';

export interface GasSpec {
  /** Molar mass over that of air (28.96 kg/kmol); default 0.6. */
  readonly specificGravity?: number;
  /** Overrides `specificGravity` in the gas constant. */
  readonly molarMass_kg_kmol?: number;
  /** Molar gas constant, default 8314.462618 J/(kmol K). */
  readonly gasConstant_J_kmolK?: number;
  /** Default `papay`. */
  readonly compressibility?: Compressibility;
  /** Pseudo-critical point; default Sutton 1985 by gravity. */
  readonly criticalPressure_Pa?: number;
  readonly criticalTemperature_K?: number;
  /** γ = cp/cv of orifices and compressors, default 1.3. */
  readonly heatCapacityRatio?: number;
  /** Dynamic viscosity, default 1.1e-5 Pa s. */
  readonly viscosity_Pa_s?: number;
  /** cp of the heat option, default 2200 J/(kg K). */
  readonly specificHeat_J_kgK?: number;
  /** Joule–Thomson coefficient of the heat option, default 0 K/Pa (natural gas about 4e-6). */
  readonly jouleThomson_K_Pa?: number;
}

export interface GasJunction {
  readonly id: string;
  readonly kind: 'junction';
  readonly elevation_m?: number;
  /** Mass flow taken out at the start; negative is an injection. Default 0. */
  readonly withdrawal_kg_s?: number;
  /** Temperature of injected gas, default the spec's. */
  readonly temperature_K?: number;
  /** Station piping at the node besides its pipes; default 0, or 1 m³ where no pipe ends (a node must hold gas). */
  readonly volume_m3?: number;
  /** Where `solveGasSteady` starts, and what a part that is shut off from every pressure keeps. */
  readonly initialPressure_Pa?: number;
}

/** A node whose pressure is prescribed: a source, a delivery under pressure control, a large store. */
export interface GasPressureNode {
  readonly id: string;
  readonly kind: 'pressure';
  readonly pressure_Pa: number;
  readonly elevation_m?: number;
  readonly temperature_K?: number;
}

export type GasNodeSpec = GasJunction | GasPressureNode;

/** `darcy` a given factor; `roughness` Swamee–Jain to Colebrook; `aga` the AGA 1965 law with its drag factor (default 0.96). */
export type GasFrictionSpec =
  | { readonly kind: 'darcy'; readonly factor: number }
  | { readonly kind: 'roughness'; readonly roughness_m: number }
  | { readonly kind: 'aga'; readonly roughness_m: number; readonly dragFactor?: number };

export interface GasPipeSpec {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly length_m: number;
  readonly diameter_m: number;
  readonly friction: GasFrictionSpec;
  /** Cells of this pipe (each piece that a leak cuts off has at least one); default by `cellLength_m`. */
  readonly cells?: number;
  /** Heights between the end nodes, by rising fraction 0 < at < 1. */
  readonly elevations?: readonly { readonly at: number; readonly elevation_m: number }[];
  /** Gas temperature along the pipe (kept, without the heat option; the start, with it), by rising fraction 0…1. */
  readonly temperatures?: readonly { readonly at: number; readonly temperature_K: number }[];
  /** Ground around the pipe, default the spec's temperature. */
  readonly groundTemperature_K?: number;
  /** Overall coefficient on the inner wall, default 2 W/(m² K). */
  readonly heatTransfer_W_m2K?: number;
}

interface LinkEnds {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

/** Two nodes that are one place: no length, no loss. */
export interface GasShortPipeSpec extends LinkEnds {
  readonly kind: 'short-pipe';
}

export interface GasValveSpec extends LinkEnds {
  readonly kind: 'valve';
  readonly diameter_m: number;
  /** K fully open, default 0.2. */
  readonly lossCoefficient?: number;
  /** 0…1, default 1. */
  readonly opening?: number;
  /** Time from shut to open, default 0 (at once). */
  readonly strokeTime_s?: number;
}

export interface GasCheckValveSpec extends LinkEnds {
  readonly kind: 'check-valve';
  readonly diameter_m: number;
  readonly lossCoefficient?: number;
}

/** Self-acting: throttles to hold its setting, opens fully when it cannot, lets nothing back. */
export interface GasRegulatorSpec extends LinkEnds {
  readonly kind: 'regulator';
  readonly diameter_m: number;
  readonly lossCoefficient?: number;
  readonly holds: 'downstream-pressure' | 'upstream-pressure' | 'flow';
  /** Pa or kg/s. */
  readonly setting: number;
}

/** Lets nothing back; with a by-pass check valve gas flows past it when it stands or when the inlet is above its target. */
export interface GasCompressorSpec extends LinkEnds {
  readonly kind: 'compressor';
  readonly mode: 'ratio' | 'outlet-pressure' | 'flow';
  /** Ratio, Pa or kg/s. */
  readonly setting: number;
  /** Default 4. */
  readonly maxRatio?: number;
  /** Shaft power at which the ratio gives way; default no limit. */
  readonly maxPower_W?: number;
  /** Isentropic times mechanical, default 0.8. */
  readonly efficiency?: number;
  /** Default true. */
  readonly running?: boolean;
  /** From standing to full load, default 60 s. */
  readonly rampTime_s?: number;
  /** From full load to standing after a trip, default 5 s. */
  readonly tripTime_s?: number;
  /** By-pass with check valve, default true. */
  readonly bypass?: boolean;
  /** After-cooler's outlet for the heat option; default the isentropic rise over the efficiency. */
  readonly outletTemperature_K?: number;
}

export type GasLinkSpec = GasShortPipeSpec | GasValveSpec | GasCheckValveSpec | GasRegulatorSpec | GasCompressorSpec;

/** A hole: at a fraction of a pipe, which is split there, or at a junction. Its area may be set and grown at any time. */
export interface GasLeakSpec {
  readonly id: string;
  readonly pipe?: string;
  /** Fraction 0…1 of the pipe from its `from` node. */
  readonly at?: number;
  readonly node?: string;
  /** Open area at the start, default 0 (shut). */
  readonly area_m2?: number;
  /** Cd, default 0.85. */
  readonly dischargeCoefficient?: number;
  /** Absolute, default 101325 Pa. */
  readonly backPressure_Pa?: number;
}

export interface GasNetworkSpec {
  readonly gas?: GasSpec;
  /** Gas and ground temperature where nothing else is said, default 288.15 K. */
  readonly temperature_K?: number;
  /** `isothermal`: temperatures stay as written; `ground`: gas carries heat and exchanges it with the ground. Default isothermal. */
  readonly heat?: 'isothermal' | 'ground';
  readonly nodes: readonly GasNodeSpec[];
  readonly pipes: readonly GasPipeSpec[];
  readonly links?: readonly GasLinkSpec[];
  readonly leaks?: readonly GasLeakSpec[];
}
