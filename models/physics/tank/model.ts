/**
 * The compiled tank farm (read-only) and its state (all that changes), as flat typed arrays. This header is the map of the
 * room: every array says its meaning, unit and shape. Shapes: nSubstance, nTank, nHole, nLine, nPool, nPoint (of all
 * strapping tables). Index −1 means the outside. Flows are positive out of a tank or pool, but line flows from `from` to `to`.
 */

/** Codes in `tankRoof`. */
export const ROOF = { closed: 0, vented: 1, floating: 2 } as const;
/** Codes in `poolSurface`. */
export const SURFACE = { bund: 0, ground: 1, water: 2 } as const;
/** Indices into `weather`. */
export const WEATHER = { air_K: 0, ground_K: 1, sky_K: 2, wind_m_s: 3, sun_W_m2: 4, pressure_Pa: 5 } as const;
export const WEATHER_SIZE = 6;

export interface TankFarmModel {
  readonly gravity_m_s2: number;

  // identities; index of an id in the arrays below
  readonly substanceIds: readonly string[];
  readonly tankIds: readonly string[];
  readonly holeIds: readonly string[];
  readonly lineIds: readonly string[];
  readonly poolIds: readonly string[];
  readonly substanceIndex: ReadonlyMap<string, number>;
  readonly tankIndex: ReadonlyMap<string, number>;
  readonly holeIndex: ReadonlyMap<string, number>;
  readonly lineIndex: ReadonlyMap<string, number>;
  readonly poolIndex: ReadonlyMap<string, number>;
  readonly nSubstance: number;
  readonly nTank: number;
  readonly nHole: number;
  readonly nLine: number;
  readonly nPool: number;

  // substances
  readonly substanceDensity15_kg_m3: Float64Array; // at 15 °C [kg/m³] (nSubstance)
  readonly substanceExpansion: Uint8Array; // EXPANSION code (nSubstance)
  readonly substanceAlpha_per_K: Float64Array; // expansion at 15 °C [1/K] (nSubstance)
  readonly substanceHeatCapacity_J_kgK: Float64Array; // (nSubstance)
  readonly substanceMolarMass_kg_mol: Float64Array; // (nSubstance)
  readonly substanceViscosity_m2_s: Float64Array; // kinematic, of the liquid (nSubstance)
  readonly substanceAntoine: Float64Array; // A, B, C of each; A = −Infinity: no vapour (3·nSubstance)
  readonly substanceLatentHeat_J_kg: Float64Array; // (nSubstance)
  readonly substanceDiffusivity_m2_s: Float64Array; // in air at 25 °C (nSubstance)

  // tanks
  readonly tableStart: Int32Array; // points of tank t: [tableStart[t] … tableStart[t + 1] − 1] (nTank + 1)
  readonly tableLevel_m: Float64Array; // (nPoint)
  readonly tableVolume_m3: Float64Array; // (nPoint)
  readonly tableArea_m2: Float64Array; // dV/dh (nPoint)
  readonly tankSubstance: Int32Array; // (nTank)
  readonly tankLevel0_m: Float64Array; // at the start (nTank)
  readonly tankTemperature0_K: Float64Array; // at the start (nTank)
  readonly tankMaxLevel_m: Float64Array; // (nTank)
  readonly tankSuctionLevel_m: Float64Array; // (nTank)
  readonly tankShellExpansion_per_K: Float64Array; // linear (nTank)
  readonly tankTableTemperature_K: Float64Array; // (nTank)
  readonly tankPool: Int32Array; // pool below, or −1 (nTank)
  readonly tankBase_m: Float64Array; // bottom above the pool's floor (nTank)
  readonly tankDiameter_m: Float64Array; // of the widest free surface as a circle (nTank)
  readonly tankRoof: Uint8Array; // ROOF code (nTank)
  readonly tankVentFactor: Float64Array; // K_P of vented tanks (nTank)
  readonly roofMass_kg: Float64Array; // of floating roofs (nTank)
  readonly roofLegs_m: Float64Array; // level at which the roof's bottom stands (nTank)
  readonly roofShare: Float64Array; // of the cross-section under the roof (nTank)
  readonly rimSeal: Float64Array; // K_Ra, K_Rb, n of each (3·nTank)
  readonly heatRoof_W_K: Float64Array; // to the air at any level (nTank)
  readonly heatWall_W_K: Float64Array; // to the air when full (nTank)
  readonly heatGround_W_K: Float64Array; // (nTank)
  readonly heatSun_m2: Float64Array; // absorptance × area (nTank)

  // holes
  readonly holeTank: Int32Array; // (nHole)
  readonly holeHeight_m: Float64Array; // above the tank's bottom (nHole)
  readonly holeDischarge: Float64Array; // Cd (nHole)
  readonly holeArea0_m2: Float64Array; // at the start (nHole)
  readonly holeGrowth0_m2_s: Float64Array; // at the start (nHole)
  readonly holeMaxArea_m2: Float64Array; // where growth ends (nHole)

  // lines
  readonly lineFrom: Int32Array; // tank or −1 (nLine)
  readonly lineTo: Int32Array; // tank or −1 (nLine)
  readonly lineSubstance: Int32Array; // (nLine)
  readonly lineMaxRate_m3_s: Float64Array; // (nLine)
  readonly lineRate0_m3_s: Float64Array; // at the start (nLine)
  readonly lineSource0_K: Float64Array; // at the start (nLine)

  // pools
  readonly poolOrder: Int32Array; // every pool before the one that it runs over into (nPool)
  readonly poolSurface: Uint8Array; // SURFACE code (nPool)
  readonly poolFloor_m2: Float64Array; // free floor, footprints taken off; Infinity: open (nPool)
  readonly poolWall_m: Float64Array; // Infinity: none (nPool)
  readonly poolOverflow: Int32Array; // pool or −1 (nPool)
  readonly poolDrain_m2: Float64Array; // Cd × area of the drain (nPool)
  readonly poolMinThickness_m: Float64Array; // (nPool)
  readonly poolSoak: Float64Array; // conductivity [m/s], suction × porosity [m], porosity of each (3·nPool)
  readonly poolGround_W_mK: Float64Array; // conductivity of the ground (nPool)
  readonly poolGroundDiffusivity_m2_s: Float64Array; // (nPool)
  readonly poolWater_W_m2K: Float64Array; // from water below (nPool)
  readonly poolAlbedo: Float64Array; // (nPool)
  readonly poolMassTransfer: Uint8Array; // MASS_TRANSFER code (nPool)

  readonly weather0: Float64Array; // WEATHER indices (WEATHER_SIZE)
}

/** All that changes. Snapshot: copy `buffer`; restore: copy it back. */
export interface TankFarmState {
  readonly buffer: ArrayBuffer;

  // set from outside: commands and schedules write here, the step reads
  readonly weather: Float64Array; // WEATHER indices (WEATHER_SIZE)
  readonly holeArea_m2: Float64Array; // 0 shuts a leak; grows by holeGrowth (nHole)
  readonly holeGrowth_m2_s: Float64Array; // (nHole)
  readonly lineRate_m3_s: Float64Array; // wanted, at the source's temperature (nLine)
  readonly lineSource_K: Float64Array; // temperature of what comes from outside (nLine)
  readonly drainOpening: Float64Array; // 0 shut … 1 open (nPool)

  // tanks, solved by stepTanks
  readonly tankMass_kg: Float64Array; // liquid (nTank)
  readonly tankMassCarry_kg: Float64Array; // rounding that tankMass left behind (nTank)
  readonly tankTemperature_K: Float64Array; // of the liquid (nTank)
  readonly tankLevel_m: Float64Array; // in the gauge well, a floating roof's displacement included (nTank)
  readonly tankVolume_m3: Float64Array; // of the liquid, at its temperature (nTank)
  readonly tankGas_K: Float64Array; // temperature of the vapour space (nTank)
  readonly tankVent_kg_s: Float64Array; // vapour out of vent or rim seal (nTank)
  readonly tankSpill_kg_s: Float64Array; // over the rim (nTank)
  readonly holeFlow_kg_s: Float64Array; // (nHole)
  readonly lineFlow_kg_s: Float64Array; // what really flowed (nLine)

  // pools, solved by stepTanks
  readonly poolMass_kg: Float64Array; // of each substance in each pool (nPool·nSubstance)
  readonly poolMassCarry_kg: Float64Array; // (nPool·nSubstance)
  readonly poolTemperature_K: Float64Array; // (nPool)
  readonly poolArea_m2: Float64Array; // wetted (nPool)
  readonly poolDepth_m: Float64Array; // mean (nPool)
  readonly poolWetTime_s: Float64Array; // since liquid first lay there (nPool)
  readonly poolSoaked_m3: Float64Array; // in the ground so far (nPool)
  readonly poolVapour_kg_s: Float64Array; // evaporation of each substance (nPool·nSubstance)
  readonly poolDrained_kg_s: Float64Array; // through the drain (nPool)
  readonly poolOverflow_kg_s: Float64Array; // over the wall (nPool)
  readonly poolSoak_kg_s: Float64Array; // into the ground (nPool)

  // counters
  readonly steps: Float64Array; // steps taken and seconds stepped (2)
  readonly ledger_kg: Float64Array; // LEDGER index × nSubstance + substance (TANK_LEDGER_SIZE·nSubstance)
  readonly ledgerCarry_kg: Float64Array; // rounding left behind (as ledger_kg)

  // scratch of a step; in the buffer so that nothing is hidden
  readonly tankIn_kg_s: Float64Array; // by lines (nTank)
  readonly tankInHeat: Float64Array; // Σ line flow × temperature [kg K/s] (nTank)
  readonly tankOut_kg_s: Float64Array; // by lines (nTank)
  readonly poolIn_kg: Float64Array; // gathered for this step, or for the next (nPool·nSubstance)
  readonly poolInHeat_J: Float64Array; // Σ mass × heat capacity × temperature (nPool)
}

/** Rows of `ledger_kg`: masses since the last reset, and what was held then. */
export const TANK_LEDGER = {
  lineIn: 0,
  lineOut: 1,
  vented: 2,
  evaporated: 3,
  soaked: 4,
  drained: 5,
  /** Leaks and overfills without a pool, and overflow to the outside. */
  lost: 6,
  heldAtReset: 7,
} as const;
export const TANK_LEDGER_SIZE = 8;
