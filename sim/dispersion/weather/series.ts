/**
 * The weather over a plant: a function of the time and the run's seed, apart from what commands have changed.
 *
 *   air      T = T_mean + S cos(2π (t − 15 h)/24 h) + W w(t)      t time of day, S half the daily range
 *   mean     U = u_mean exp(σ w(t) − σ²/2)                         log-normal, so its mean is u_mean
 *   speed    s = U max(0, 1 + g G(t))                              G gusts, Kaimal's spectrum
 *   vector   (u, v) = −s (sin φ, cos φ) + d (D1(t), D2(t))         φ = from + m M(t); M, D fade as e^(−t/T): slow wander
 *   sun      G = G_clear max(0, sin(2π (t − 6 h)/24 h)) (1 − c(t)) an equinox day; c = c_mean (1 + w(t)/2), kept in 0 … 1
 *   humidity RH = RH_mean e_s(T_mean)/e_s(T), at most 1            the vapour stays; e_s by Magnus (Alduchov & Eskridge 1996)
 *   pressure p = p_mean + P cos(2π (t − 10 h)/12 h) + Q w(t)       the tide of the air
 *
 * Each w(t) runs as a straight line between independent standard normals at even knots (air 3 h, mean wind 10 min, clouds
 * 30 min, pressure 12 h), so its variance lies between 1/2 and 1. G, M and D are sums of waves (harmonics.ts) of variance 1:
 * G from 10 min to 2 s, M and D from a hundred integral times to one minute. What turns faster than that is turbulence and
 * stands in sigmaTheta. u*, 1/L and the mixed layer follow from U, sun and clouds (models/physics/air/surfaceLayer.ts) or from
 * the class that is given. Ground temperature is constant; the sky is as warm as the air. Nothing here is a forecast.
 */
import type { TruthEvent } from '../../../models/contract/index.ts';
import { type Stream, seeded } from '../../../models/kernel/index.ts';
import type { AirWeather } from '../../../models/physics/air/index.ts';
import type { Weather as PlantWeather, WeatherCommand } from '../../plant/index.ts';
import { compileHarmonics, fadingSpectrum, type Harmonics, harmonicsAt, kaimalSpectrum } from './harmonics.ts';
import { RECORDED, type Recorded, readRecorded, recordedAt } from './recorded.ts';
import type { WeatherSpec } from './spec.ts';
import { layerOf } from './stability.ts';
import { CHANGE, createWeatherState, type WeatherState } from './state.ts';

const DAY_US = 86_400e6;
const HOUR_US = 3600e6;
const AIR_KNOT_US = 3 * HOUR_US;
const WIND_KNOT_US = HOUR_US / 6;
const CLOUD_KNOT_US = HOUR_US / 2;
const PRESSURE_KNOT_US = 12 * HOUR_US;
const FASTEST_MEANDER_HZ = 1 / 60;
const WAVES = 32;

export interface WeatherModel {
  readonly spec: WeatherSpec;
  readonly startUs: number;
  readonly recorded: Recorded | undefined;
  readonly airStream: Stream;
  readonly windStream: Stream;
  readonly cloudStream: Stream;
  readonly pressureStream: Stream;
  readonly gust: Harmonics;
  readonly meander: Harmonics;
  readonly driftEast: Harmonics;
  readonly driftNorth: Harmonics;
}

/** Throws a ProblemError where a recorded file is no weather. */
export function compileWeather(spec: WeatherSpec, seed: number): WeatherModel {
  const chance = seeded(seed).stream('weather');
  const T = spec['meander-time'];
  const slow = (name: string) =>
    compileHarmonics(chance.stream(name), fadingSpectrum(T), 1 / (100 * T), FASTEST_MEANDER_HZ, WAVES);
  return {
    spec,
    startUs: spec['starts-at'] * 1e6,
    recorded: spec.recorded && readRecorded(spec.recorded.file, spec.recorded.text),
    airStream: chance.stream('air'),
    windStream: chance.stream('wind'),
    cloudStream: chance.stream('clouds'),
    pressureStream: chance.stream('pressure'),
    gust: compileHarmonics(chance.stream('gusts'), kaimalSpectrum(spec['gust-time']), 1 / 600, 1 / 2, WAVES),
    meander: slow('meander'),
    driftEast: slow('drift/east'),
    driftNorth: slow('drift/north'),
  };
}

/** The weather with its state, as a plant owns it. `state.buffer` belongs into the plant's snapshot. */
export class WeatherSeries implements PlantWeather {
  readonly model: WeatherModel;
  readonly state: WeatherState;
  readonly air: AirWeather;

  constructor(model: WeatherModel) {
    this.model = model;
    this.state = createWeatherState();
    this.air = this.state.air;
    this.moveTo(0);
  }

  /** Writes the weather of an instant into the state. */
  moveTo(timeUs: number): void {
    const { model, state } = this;
    const { spec, recorded } = model;
    const { air, change } = state;
    const time_s = timeUs * 1e-6;
    const day = (2 * Math.PI * (model.startUs + timeUs)) / DAY_US;
    const seen = (row: number, otherwise: number) => {
      if (!recorded) return otherwise;
      const value = recordedAt(recorded, row, time_s);
      return Number.isNaN(value) ? otherwise : value;
    };

    let T = spec.temperature + spec['daily-swing'] * Math.cos(day - (2 * Math.PI * 15) / 24);
    if (spec.wander > 0) T += spec.wander * between(model.airStream, timeUs, AIR_KNOT_US);
    T = change.at(CHANGE.temperature, seen(RECORDED.temperature, T), timeUs);
    air.temperature_K = T;
    state.ground_K[0] = spec['ground-temperature'];

    const g = spec.gustiness;
    const windier = g > 0 ? Math.exp(g * between(model.windStream, timeUs, WIND_KNOT_US) - (g * g) / 2) : 1;
    const recordedWind = seen(RECORDED.wind, Number.NaN);
    const wind_m_s = change.at(CHANGE.wind, Number.isNaN(recordedWind) ? spec.wind : recordedWind, timeUs);
    const mean_m_s = change.standing(CHANGE.wind) || Number.isNaN(recordedWind) ? wind_m_s * windier : wind_m_s;
    state.meanWind_m_s[0] = mean_m_s;

    const height = Math.sin(day - Math.PI / 2);
    let sun = spec['sun-W-m2'] > 0 && height > 0 ? spec['sun-W-m2'] * height : 0;
    let cover = seen(RECORDED.cloud, spec.clouds);
    if (cover > 0 && spec.clouds === cover) cover *= 1 + between(model.cloudStream, timeUs, CLOUD_KNOT_US) / 2;
    cover = change.at(CHANGE.cloud, Math.min(1, Math.max(0, cover)), timeUs);
    if (sun > 0 && cover > 0) sun *= 1 - cover;
    sun = seen(RECORDED.sun, sun);
    air.solar_W_m2 = sun;
    air.cloud = cover;

    const vapour = spec.humidity * saturation_Pa(spec.temperature);
    const humidity = Math.min(1, vapour / saturation_Pa(T));
    air.relativeHumidity = change.at(CHANGE.humidity, seen(RECORDED.humidity, humidity), timeUs);
    let p = spec.pressure;
    if (spec['pressure-tide'] > 0) p += spec['pressure-tide'] * Math.cos(2 * (day - (2 * Math.PI * 10) / 24));
    if (spec['pressure-wander'] > 0)
      p += spec['pressure-wander'] * between(model.pressureStream, timeUs, PRESSURE_KNOT_US);
    air.pressure_Pa = seen(RECORDED.pressure, p);

    const gusts = change.at(CHANGE.gusts, spec.gusts, timeUs);
    const meander = change.at(CHANGE.meander, spec.meander, timeUs);
    let from = change.at(CHANGE.from, seen(RECORDED.from, spec.from), timeUs);
    const speed = gusts > 0 ? mean_m_s * Math.max(0, 1 + gusts * harmonicsAt(model.gust, time_s)) : mean_m_s;
    if (meander > 0) from += meander * harmonicsAt(model.meander, time_s);
    air.windU_m_s = -speed * Math.sin(from);
    air.windV_m_s = -speed * Math.cos(from);
    if (spec.drift > 0) {
      air.windU_m_s += spec.drift * harmonicsAt(model.driftEast, time_s);
      air.windV_m_s += spec.drift * harmonicsAt(model.driftNorth, time_s);
    }
    air.windHeight_m = 10;
    air.roughness_m = spec.roughness;
    state.sunHeight[0] = height;
  }

  /** Adds the surface layer to the weather of the instant: for those who have air over the plant. */
  settle(): void {
    const { spec } = this.model;
    const { air, change, meanWind_m_s } = this.state;
    layerOf(
      air,
      meanWind_m_s[0]!,
      this.state.sunHeight[0]!,
      change.stability() ?? spec.stability,
      spec['mixing-height'],
    );
  }

  apply(command: WeatherCommand, timeUs: number, truth: TruthEvent[]): string | undefined {
    const { spec } = this.model;
    const { change } = this.state;
    const { kind: _, stability, over_s = 0, ...values } = command;
    const said = Object.entries(values).filter(([, v]) => v !== undefined) as [string, number][];
    for (const [name, value] of said)
      if (!Number.isFinite(value)) return `weather: ${name} of ${value} is not a number`;
    if (said.length === 0 && stability === undefined) return 'weather: nothing is said of it';
    const untilUs = timeUs + Math.round(over_s * 1e6);
    const set = (row: number, value: number | undefined, now: number) => {
      if (value !== undefined) change.set(row, now, value, timeUs, untilUs);
    };
    const now = (row: number, otherwise: number) => change.at(row, otherwise, timeUs);
    set(CHANGE.wind, values.wind_m_s, now(CHANGE.wind, spec.wind));
    if (values.from_rad !== undefined) {
      const old = now(CHANGE.from, spec.from);
      // The short way round.
      const turn = Math.atan2(Math.sin(values.from_rad - old), Math.cos(values.from_rad - old));
      set(CHANGE.from, old + turn, old);
    }
    set(CHANGE.gusts, values.gusts, now(CHANGE.gusts, spec.gusts));
    set(CHANGE.meander, values.meander_rad, now(CHANGE.meander, spec.meander));
    set(CHANGE.temperature, values.temperature_K, this.air.temperature_K);
    set(CHANGE.humidity, values.humidity, this.air.relativeHumidity);
    set(CHANGE.cloud, values.cloud, this.air.cloud);
    if (stability !== undefined) change.setStability(stability);
    const what = [...said.map(([name, v]) => `${name} ${Number(v.toPrecision(6))}`), ...(stability ? [stability] : [])];
    truth.push({ kind: 'disturbance', timeUs, ref: 'weather', what: `weather ${what.join(', ')}` });
    return undefined;
  }
}

function between(stream: Stream, timeUs: number, knotUs: number): number {
  const knot = Math.floor(timeUs / knotUs);
  const share = timeUs / knotUs - knot;
  return stream.normal(knot) * (1 - share) + stream.normal(knot + 1) * share;
}

/** Over water [Pa], Magnus's form with the coefficients of Alduchov and Eskridge (J. Appl. Meteor. 35 (1996) 601, eq. 21). */
export function saturation_Pa(temperature_K: number): number {
  const t = temperature_K - 273.15;
  return 610.94 * Math.exp((17.625 * t) / (t + 243.04));
}
