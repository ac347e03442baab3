/**
 * A steady source in steady weather by one release: what all parcels of a short release do to a point in the course of time is
 * what a steady source does to it at any time (superposition), so each parcel counts on its whole way.
 */
import type { AirWeather } from '../air.ts';
import { createParticles, type ParticleOptions } from './particles.ts';

export interface SteadySource {
  readonly weather: AirWeather;
  readonly rate_kg_s: number;
  readonly x_m: number;
  readonly y_m: number;
  readonly z_m: number;
  /** Parcels in all. */
  readonly parcels: number;
  readonly options: ParticleOptions;
  /** Steps last this share of the time since release, at least `step_s` [s]. */
  readonly step_s: number;
  readonly growth: number;
  readonly most_s: number;
}

/** Concentrations at points (n × 3) [kg/m³]. */
export function steadyConcentrations(source: SteadySource, points: Float64Array): Float64Array {
  const model = createParticles({
    ...source.options,
    capacity: source.parcels,
    parcelsPerSecond: source.parcels / source.step_s,
  });
  const now = new Float64Array(points.length / 3);
  const sum = new Float64Array(now.length);
  model.emit(0, source.x_m, source.y_m, source.z_m, source.rate_kg_s, 0, 0);
  // 1 % of the parcels may dawdle.
  for (let t = 0; t < source.most_s && (t === 0 || model.count() > 0.01 * source.parcels); ) {
    const dt = Math.max(source.step_s, source.growth * t);
    model.step(source.weather, dt);
    t += dt;
    model.concentrations(0, points, now);
    for (let i = 0; i < now.length; i += 1) sum[i] = sum[i]! + now[i]! * dt;
  }
  return sum;
}
