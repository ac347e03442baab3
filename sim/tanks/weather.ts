/**
 * The weather over a farm, a pure function of the time and the run's seed.
 *
 *   air    T = T_mean + S cos(2π (t − 15 h)/24 h) + W w(t)        t time of day, S half the daily range
 *   wind   u = u_mean exp(σ w(t) − σ²/2)                           log-normal, so its mean is u_mean
 *   sun    G = G_clear max(0, sin(2π (t − 6 h)/24 h)) (1 − c(t))   an equinox day; c = c_mean (1 + w(t)/2), kept in 0 … 1
 *
 * Each w(t) runs as a straight line between independent standard normals at even knots (air 3 h, wind 10 min, clouds 30 min),
 * so its variance lies between 1/2 and 1. Ground temperature is constant; the sky is as warm as the air.
 * Source: for the shapes, any text on building physics; nothing here is a forecast.
 */
import { type Stream, seeded } from '../../models/kernel/index.ts';
import { WEATHER, WEATHER_SIZE } from '../../models/physics/tank/index.ts';
import type { TanksSpec } from './spec.ts';

const DAY_US = 86_400e6;
const HOUR_US = 3600e6;
const AIR_KNOT_US = 3 * HOUR_US;
const WIND_KNOT_US = HOUR_US / 6;
const CLOUD_KNOT_US = HOUR_US / 2;

export interface Weather {
  readonly startUs: number;
  readonly mean_K: number;
  readonly swing_K: number;
  readonly wander_K: number;
  readonly ground_K: number;
  readonly wind_m_s: number;
  readonly gustiness: number;
  readonly sun_W_m2: number;
  readonly clouds: number;
  readonly airStream: Stream;
  readonly windStream: Stream;
  readonly cloudStream: Stream;
}

export function compileWeather(spec: TanksSpec['weather'], seed: number): Weather {
  const chance = seeded(seed).stream('weather');
  return {
    startUs: spec['starts-at'] * 1e6,
    mean_K: spec.temperature,
    swing_K: spec['daily-swing'],
    wander_K: spec.wander,
    ground_K: spec['ground-temperature'],
    wind_m_s: spec.wind,
    gustiness: spec.gustiness,
    sun_W_m2: spec['sun-W-m2'],
    clouds: spec.clouds,
    airStream: chance.stream('air'),
    windStream: chance.stream('wind'),
    cloudStream: chance.stream('clouds'),
  };
}

/** Writes the weather of an instant into `out` (WEATHER indices). */
export function weatherAt(w: Weather, timeUs: number, out: Float64Array): void {
  const day = (2 * Math.PI * (w.startUs + timeUs)) / DAY_US;
  let air = w.mean_K + w.swing_K * Math.cos(day - (2 * Math.PI * 15) / 24);
  if (w.wander_K > 0) air += w.wander_K * wander(w.airStream, timeUs, AIR_KNOT_US);
  out[WEATHER.air_K] = air;
  out[WEATHER.ground_K] = w.ground_K;
  out[WEATHER.sky_K] = air;
  const g = w.gustiness;
  out[WEATHER.wind_m_s] =
    g > 0 ? w.wind_m_s * Math.exp(g * wander(w.windStream, timeUs, WIND_KNOT_US) - (g * g) / 2) : w.wind_m_s;
  const height = Math.sin(day - Math.PI / 2);
  let sun = w.sun_W_m2 > 0 && height > 0 ? w.sun_W_m2 * height : 0;
  if (sun > 0 && w.clouds > 0) {
    const cover = w.clouds * (1 + wander(w.cloudStream, timeUs, CLOUD_KNOT_US) / 2);
    sun *= 1 - Math.min(1, Math.max(0, cover));
  }
  out[WEATHER.sun_W_m2] = sun;
  out[WEATHER.pressure_Pa] = 101_325;
}

/** The weather at the start, for the state that a farm is made with. */
export function weatherAtStart(w: Weather) {
  const at = new Float64Array(WEATHER_SIZE);
  weatherAt(w, 0, at);
  return {
    airTemperature_K: at[WEATHER.air_K]!,
    groundTemperature_K: at[WEATHER.ground_K]!,
    skyTemperature_K: at[WEATHER.sky_K]!,
    wind_m_s: at[WEATHER.wind_m_s]!,
    sun_W_m2: at[WEATHER.sun_W_m2]!,
    pressure_Pa: at[WEATHER.pressure_Pa]!,
  };
}

function wander(stream: Stream, timeUs: number, knotUs: number): number {
  const knot = Math.floor(timeUs / knotUs);
  const share = timeUs / knotUs - knot;
  return stream.normal(knot) * (1 - share) + stream.normal(knot + 1) * share;
}
