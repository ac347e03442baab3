/**
 * A tank farm's spec to its read-only model: tanks and pools with a hole for each place that may leak, and where tags read.
 */
import { ProblemError, plainProblem } from '../../models/contract/index.ts';
import { secondsToUs, seeded } from '../../models/kernel/index.ts';
import {
  compileTankFarm,
  cylinderHeat,
  type RoofSpec,
  SUBSTANCES,
  type TankFarmSpec,
  type TankSpec,
} from '../../models/physics/tank/index.ts';
import { compileWeather, WeatherSeries } from '../dispersion/weather/index.ts';
import type { CompilePlantOptions, LeakSite } from '../plant/index.ts';
import { SOURCE, type TankLeak, type TanksModel } from './model.ts';
import type { TanksSpec } from './spec.ts';

/** Where a tag reads the weather. */
export const AIR = 'weather';
export const WIND = 'weather/wind';

const fill = <T>(list: readonly T[], f: (item: T, i: number) => number) => Float64Array.from(list, f);

/** The farm as the physics knows it. */
export function buildFarm(spec: TanksSpec, weather: WeatherSeries, sites: readonly LeakSite[]): TankFarmSpec {
  return {
    name: spec.plant,
    substances: spec.products.map((p) => ({
      ...SUBSTANCES[p.like],
      id: p.id,
      ...(p.density === undefined ? {} : { density15_kg_m3: p.density }),
    })),
    tanks: spec.tanks.map(
      (t): TankSpec => ({
        id: t.id,
        substance: t.product,
        shape: { kind: 'vertical-cylinder', diameter_m: t.diameter, height_m: t.height },
        level_m: t.level,
        temperature_K: t.temperature,
        maxLevel_m: t['max-level'] ?? t.height,
        suctionLevel_m: t['suction-level'],
        ...(t.bund === undefined ? {} : { pool: t.bund }),
        roof: roofOf(t),
        heat: cylinderHeat({
          diameter_m: t.diameter,
          height_m: t.height,
          roof_W_m2K: t.heat['roof-W-m2K'],
          wall_W_m2K: t.heat['wall-W-m2K'],
          ground_W_m2K: t.heat['ground-W-m2K'],
          absorptance: t.heat.absorptance,
        }),
      }),
    ),
    holes: sites.map((site) => {
      const tank = spec.tanks.find((t) => t.id === site.pipe)!;
      return {
        id: site.id,
        tank: site.pipe,
        height_m: holeHeight_m(tank, site.fraction),
        maxArea_m2: largestHole_m2(tank),
        dischargeCoefficient: site.dischargeCoefficient,
      };
    }),
    lines: spec.transfers.map((t) => ({
      id: t.id,
      ...(t.from === undefined ? {} : { from: t.from }),
      ...(t.to === undefined ? {} : { to: t.to }),
      rate_m3_s: t.running ? t.rate * t.speed : 0,
      sourceTemperature_K: t['source-temperature'],
    })),
    pools: spec.bunds.map((b) => ({
      id: b.id,
      surface: 'bund' as const,
      floorArea_m2: b.floor,
      wallHeight_m: b.wall,
      ...(b['overflow-to'] === undefined ? {} : { overflowTo: b['overflow-to'] }),
      ...(b.drain === undefined ? {} : { drain: { area_m2: (Math.PI / 4) * b.drain.diameter ** 2 } }),
    })),
    weather: {
      airTemperature_K: weather.air.temperature_K,
      groundTemperature_K: weather.state.ground_K[0]!,
      skyTemperature_K: weather.air.temperature_K,
      wind_m_s: weather.state.meanWind_m_s[0]!,
      sun_W_m2: weather.air.solar_W_m2,
      pressure_Pa: weather.air.pressure_Pa,
    },
  };
}

function roofOf(t: TanksSpec['tanks'][number]): RoofSpec {
  const { roof } = t;
  if (roof.kind !== 'floating') return { kind: roof.kind };
  return { kind: 'floating', mass_kg: roof['mass-kg']!, legs_m: roof.legs! };
}

/** A share of the wall, 0 the bottom; the rim itself is the last place that a hole may have. */
function holeHeight_m(tank: TanksSpec['tanks'][number], fraction: number): number {
  return tank.height * Math.min(fraction, 1 - 1e-9);
}

function largestHole_m2(tank: TanksSpec['tanks'][number]): number {
  return 0.1 * (Math.PI / 4) * tank.diameter ** 2;
}

/** A new one, at the start of a run. */
export function compileFarmWeather(spec: TanksSpec, seed: number): WeatherSeries {
  return new WeatherSeries(compileWeather(spec.weather, seed));
}

/** Throws on what `checkTanks` should have refused. */
export function compileTanks(spec: TanksSpec, options: CompilePlantOptions): TanksModel {
  const tick_s = options.tick_s ?? spec.time.step;
  const sites = options.leaks ?? [];
  for (const s of sites)
    if (!spec.tanks.some((t) => t.id === s.pipe)) throw new Error(`leak ${s.id}: there is no tank "${s.pipe}"`);
  const weather = compileFarmWeather(spec, options.seed);
  const compiled = compileTankFarm(buildFarm(spec, weather, sites));
  if (!compiled.ok)
    throw new ProblemError(compiled.problems.map((p) => plainProblem(spec.plant, '', p, 'a plant that can be solved')));
  const farm = compiled.value;
  const chance = seeded(options.seed);
  const drainOf = new Map(spec.bunds.flatMap((b, i) => (b.drain ? [[b.drain.id, i] as const] : [])));
  const sources = spec.instruments.map((t): [number, number] => {
    switch (t.measures) {
      case 'level': {
        const tank = farm.tankIndex.get(t.at);
        return tank === undefined ? [SOURCE.bundLevel, farm.poolIndex.get(t.at)!] : [SOURCE.tankLevel, tank];
      }
      case 'temperature':
        return t.at === AIR ? [SOURCE.airTemperature, 0] : [SOURCE.tankTemperature, farm.tankIndex.get(t.at)!];
      case 'other':
        return [SOURCE.wind, 0];
      case 'opening':
        return [SOURCE.opening, drainOf.get(t.at)!];
      case 'flow':
        return [SOURCE.flow, farm.lineIndex.get(t.at)!];
      case 'running':
        return [SOURCE.running, farm.lineIndex.get(t.at)!];
      default:
        return [SOURCE.speed, farm.lineIndex.get(t.at)!];
    }
  });
  const { transfers, bunds } = spec;
  return {
    tickUs: secondsToUs(tick_s),
    farm,
    weather,
    leaks: sites.map((site): TankLeak => {
      const tank = farm.tankIndex.get(site.pipe)!;
      return {
        id: site.id,
        on: site.pipe,
        position_m: farm.holeHeight_m[farm.holeIndex.get(site.id)!]!,
        dischargeCoefficient: site.dischargeCoefficient,
        openArea_m2: site.openArea_m2 ?? 0,
        tank,
        largest_m2: largestHole_m2(spec.tanks[tank]!),
        backHead_m: site.backHead_m ?? 0,
      };
    }),
    transferId: transfers.map((t) => t.id),
    transferRate_m3_s: fill(transfers, (t) => t.rate),
    transferSpeed0: fill(transfers, (t) => (t.running ? t.speed : 0)),
    transferSpeedRunning: fill(transfers, (t) => t.speed),
    transferStart_s: fill(transfers, (t) => t['start-time']),
    transferWander: fill(transfers, (t) => t['speed-wander']),
    transferStream: transfers.map((t) => chance.stream(`${t.id}/wander`)),
    transferTripAbove_m: fill(transfers, (t) => t['trip-above'] ?? Number.POSITIVE_INFINITY),
    transferTripBelow_m: fill(transfers, (t) => t['trip-below'] ?? Number.NEGATIVE_INFINITY),
    drainId: bunds.map((b) => b.drain?.id),
    drainOpening0: fill(bunds, (b) => b.drain?.opening ?? 0),
    drainStroke_s: fill(bunds, (b) => b.drain?.['stroke-time'] ?? 1),
    sumpArea_m2: fill(bunds, (b) => b.sump.area),
    sumpDepth_m: fill(bunds, (b) => b.sump.depth),
    heldBack_m3: fill(bunds, (b) => b.sump['held-back']),
    tagSource: Uint8Array.from(sources, (s) => s[0]),
    tagElement: Int32Array.from(sources, (s) => s[1]),
  };
}
