/**
 * What the air over a site is, and what every dispersion model of it offers.
 *
 * Coordinates are metres, x east, y north, z up from the site's origin, ground at z = 0 (flat).
 * The wind is the vector of motion (u towards east, v towards north); "from" directions occur
 * only at the edge (YAML, instruments). Species go by index, mass in kg, concentration in kg/m³.
 */

/** The surface layer over a site, one for all of it; rewritten once per step. */
export interface AirWeather {
  /** At windHeight_m, instantaneous (meander included). */
  windU_m_s: number;
  windV_m_s: number;
  windHeight_m: number;
  roughness_m: number;
  frictionVelocity_m_s: number;
  /** 1/L: 0 neutral, > 0 stable. */
  inverseObukhov_1_m: number;
  mixingHeight_m: number;
  /** Of the wind's direction, over the averaging time of the series: what the series itself does not resolve. */
  sigmaTheta_rad: number;
  temperature_K: number;
  pressure_Pa: number;
  relativeHumidity: number;
  solar_W_m2: number;
  cloud: number;
}

/** What puffs and particles have alike; a site chooses one. All state in one buffer. */
export interface AirModel {
  /** Releases mass during the coming step (spread evenly over it). */
  emit(
    species: number,
    x_m: number,
    y_m: number,
    z_m: number,
    mass_kg: number,
    sigmaHorizontal_m: number,
    sigmaVertical_m: number,
  ): void;
  step(weather: AirWeather, dt_s: number): void;
  concentration_kg_m3(species: number, x_m: number, y_m: number, z_m: number): number;
  /** Many points at once: the scan path. points (n × 3), out (n). */
  concentrations(species: number, points: Float64Array, out: Float64Array): void;
  /** Mass per area along a segment [kg/m²] (the line integral of concentration). */
  column_kg_m2(
    species: number,
    x0_m: number,
    y0_m: number,
    z0_m: number,
    x1_m: number,
    y1_m: number,
    z1_m: number,
  ): number;
  /** Mass now in the air [kg], emitted so far, and lost over the edges of the domain or by culling [kg], for the balance. */
  mass_kg(species: number): { aloft_kg: number; emitted_kg: number; gone_kg: number };
  save(): Uint8Array;
  load(bytes: Uint8Array): void;
}
