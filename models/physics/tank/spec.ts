/**
 * What a tank farm is, before it is compiled: plain JSON-like data in SI units. Tanks hold one substance each and rise above
 * a pool: a bund, open ground or water, where what leaks or spills gathers (any mixture). Holes let liquid out of a tank,
 * lines pump it in, out or across. `checkTankFarm` says everything that is wrong with a spec.
 */

export interface TankFarmSpec {
  readonly name?: string;
  readonly substances: readonly SubstanceSpec[];
  readonly tanks: readonly TankSpec[];
  readonly holes?: readonly HoleSpec[];
  readonly lines?: readonly LineSpec[];
  readonly pools?: readonly PoolSpec[];
  readonly weather?: WeatherSpec;
}

/** A liquid and its vapour. */
export interface SubstanceSpec {
  readonly id: string;
  /** Density of the liquid at 15 °C [kg/m³]. */
  readonly density15_kg_m3: number;
  readonly expansion: ExpansionSpec;
  readonly heatCapacity_J_kgK: number;
  readonly molarMass_kg_mol: number;
  /** Of the liquid [m²/s], default 1e-6. */
  readonly kinematicViscosity_m2_s?: number;
  /** Without it the liquid neither breathes nor evaporates. log10(p/bar) = A − B/(T/K + C). */
  readonly antoine?: { readonly A: number; readonly B: number; readonly C: number };
  /** Of evaporation [J/kg], default 3.5e5 (light hydrocarbons). */
  readonly latentHeat_J_kg?: number;
  /** Of the vapour in air at 25 °C and 1 atm [m²/s], default 0.8e-5. */
  readonly diffusivity_m2_s?: number;
}

export type ExpansionSpec =
  /** V = V15 (1 + γ (T − 15 °C)). */
  | { readonly kind: 'constant'; readonly coefficient_per_K: number }
  /** API MPMS 11.1 (1980) Tables 54A (crude), 54B (products), 54D (lubricants). */
  | { readonly kind: 'api-54'; readonly group: 'crude' | 'product' | 'lubricant' }
  /** Kell (1975), air-free water at 1 atm. */
  | { readonly kind: 'water' };

/** End of a cylinder; depth is how far it bulges out. */
export type EndSpec =
  | { readonly kind: 'flat' }
  | { readonly kind: 'cone' | 'ellipsoidal' | 'spherical'; readonly depth_m: number };

export type ShapeSpec =
  /** Measured strapping table at the reference temperature; levels and volumes rise. */
  | { readonly kind: 'table'; readonly points: readonly { readonly level_m: number; readonly volume_m3: number }[] }
  /** `height_m` is the straight part; bottom and top bulge out of it. */
  | {
      readonly kind: 'vertical-cylinder';
      readonly diameter_m: number;
      readonly height_m: number;
      readonly bottom?: EndSpec;
      readonly top?: EndSpec;
    }
  /** `length_m` is the straight part; both ends alike; cones are for vertical tanks. */
  | {
      readonly kind: 'horizontal-cylinder';
      readonly diameter_m: number;
      readonly length_m: number;
      readonly ends?: EndSpec;
    };

export interface TankSpec {
  readonly id: string;
  readonly substance: string;
  readonly shape: ShapeSpec;
  readonly level_m: number;
  readonly temperature_K: number;
  /** Above this level liquid runs over [m above the bottom], default the top of the table. */
  readonly maxLevel_m?: number;
  /** Pumps out of the tank stop here [m], default 0. */
  readonly suctionLevel_m?: number;
  /** Linear expansion of the shell [1/K], default 1.116e-5 (low-carbon steel, API MPMS 12.1.1). */
  readonly shellExpansion_per_K?: number;
  /** Temperature at which the strapping table holds [K], default 288.15. */
  readonly tableTemperature_K?: number;
  /** Where leaks and overfills gather; without one they are lost to the outside. */
  readonly pool?: string;
  /** Height of the tank's bottom above the floor of its pool [m], default 0. */
  readonly base_m?: number;
  /** Floor that the tank takes from its bund [m²], default its circle (vertical) or 0 (table, horizontal: on saddles). */
  readonly footprint_m2?: number;
  readonly roof?: RoofSpec;
  readonly heat?: HeatSpec;
}

export type RoofSpec =
  /** A closed tank that gives nothing to the air. */
  | { readonly kind: 'closed' }
  /** Breathes by AP-42; turnover factor K_P 1 (0.75 for crude oils). */
  | { readonly kind: 'vented'; readonly productFactor?: number }
  /** Floats; stands on its legs below `legs_m`. `areaFraction` of the cross-section lies under it (default 0.98). */
  | {
      readonly kind: 'floating';
      readonly mass_kg: number;
      readonly legs_m: number;
      readonly areaFraction?: number;
      /** Rim seal, AP-42 table 7.1-8: default mechanical shoe, primary only. */
      readonly rimSeal?: { readonly still: number; readonly windy: number; readonly exponent: number };
    };

/** Heat paths of a tank; all default to 0. `cylinderHeat` makes them from areas and coefficients. */
export interface HeatSpec {
  /** Roof and whatever does not change with level [W/K] to the air. */
  readonly roofConductance_W_K?: number;
  /** The wall when full [W/K] to the air; it counts by level over maximum level. */
  readonly wallConductance_W_K?: number;
  readonly groundConductance_W_K?: number;
  /** Absorptance times the area that faces the sun [m²]. */
  readonly solarAperture_m2?: number;
}

export interface HoleSpec {
  readonly id: string;
  readonly tank: string;
  /** Above the tank's bottom [m], default 0. */
  readonly height_m?: number;
  /** At the start [m²], default 0 (shut). */
  readonly area_m2?: number;
  /** Default 0. */
  readonly growth_m2_s?: number;
  /** Where growth ends [m²], default 0.01 m². */
  readonly maxArea_m2?: number;
  /** Default 0.61 (sharp-edged). */
  readonly dischargeCoefficient?: number;
}

/** A pumped line; `from` and `to` name tanks, absent means the outside. */
export interface LineSpec {
  readonly id: string;
  readonly from?: string;
  readonly to?: string;
  /** At the temperature of the source [m³/s], default 0. */
  readonly rate_m3_s?: number;
  /** The pump gives no more than this [m³/s], default no limit. */
  readonly maxRate_m3_s?: number;
  /** Of what comes from outside [K], default 288.15. */
  readonly sourceTemperature_K?: number;
}

export interface PoolSpec {
  readonly id: string;
  readonly surface: 'bund' | 'ground' | 'water';
  /** Bund floor inside the walls, before tank footprints [m²]; for ground and water the free area there is. Default no limit. */
  readonly floorArea_m2?: number;
  /** Bund wall [m]. */
  readonly wallHeight_m?: number;
  /** Pool that takes what runs over the wall; absent: the outside. */
  readonly overflowTo?: string;
  readonly drain?: { readonly area_m2: number; readonly dischargeCoefficient?: number };
  /** Thickness below which the liquid does not spread [m], default 0.005 (bund, ground) or 1e-4 (water). */
  readonly minThickness_m?: number;
  /** Green–Ampt infiltration into the ground, for the liquid at hand; absent: none. */
  readonly soak?: { readonly conductivity_m_s: number; readonly suction_m: number; readonly porosity: number };
  /** Of the ground [W/(m K)], default 1.28 (concrete); ignored on water. */
  readonly groundConductivity_W_mK?: number;
  /** Of the ground [m²/s], default 6.6e-7 (concrete). */
  readonly groundDiffusivity_m2_s?: number;
  /** Water to pool [W/(m² K)], default 500. */
  readonly waterHeatTransfer_W_m2K?: number;
  /** Share of sunlight reflected, default 0.14. */
  readonly albedo?: number;
  /** Correlation of mass transfer, default `mackay-matsugu`. */
  readonly massTransfer?: 'mackay-matsugu' | 'epa';
}

/** What is around; at run time it is `state.weather`. */
export interface WeatherSpec {
  readonly airTemperature_K?: number; // default 288.15
  readonly groundTemperature_K?: number; // of ground or water, default 288.15
  readonly skyTemperature_K?: number; // for long-wave radiation, default the air's
  readonly wind_m_s?: number; // at 10 m, default 2
  readonly sun_W_m2?: number; // on the horizontal, default 0
  readonly pressure_Pa?: number; // default 101325
}
