/** A tank farm spec made into its read-only model: ids to indices, shapes to tables, defaults filled in. */
import { checkTankFarm, footprint_m2 } from './check.ts';
import { compileExpansion, REFERENCE_K } from './expansion.ts';
import { ROOF, SURFACE, type TankFarmModel, WEATHER_SIZE } from './model.ts';
import type { PoolSpec, TankFarmSpec } from './spec.ts';
import { strappingTable } from './strapping.ts';
import { MASS_TRANSFER } from './vapour.ts';

export type TankFarmResult =
  | { readonly ok: true; readonly value: TankFarmModel }
  | { readonly ok: false; readonly problems: readonly string[] };

export interface TankFarmOptions {
  /** Default 9.80665. */
  readonly gravity_m_s2?: number;
}

/** Low-carbon steel, API MPMS 12.1.1: 6.20e-6 per °F. */
const STEEL_PER_K = 1.116e-5;
/** Mechanical shoe, primary seal only, welded tank: AP-42 table 7.1-8. */
const SHOE = { still: 5.8, windy: 0.3, exponent: 2.1 };

/** Compiles a farm, or says everything that is wrong with it. */
export function compileTankFarm(spec: TankFarmSpec, options: TankFarmOptions = {}): TankFarmResult {
  const problems = checkTankFarm(spec);
  if (problems.length > 0) return { ok: false, problems };
  const { substances, tanks } = spec;
  const holes = spec.holes ?? [];
  const lines = spec.lines ?? [];
  const pools = spec.pools ?? [];
  const substanceIndex = index(substances);
  const tankIndex = index(tanks);
  const poolIndex = index(pools);
  const at = (map: ReadonlyMap<string, number>, id: string | undefined) => (id === undefined ? -1 : map.get(id)!);

  const expansions = substances.map((s) => compileExpansion(s.expansion, s.density15_kg_m3));
  const tables = tanks.map((t) => strappingTable(t.shape));
  const starts = [0];
  for (const table of tables) starts.push(starts[starts.length - 1] + table.level_m.length);
  const roofs = tanks.map((t) => (t.roof?.kind === 'floating' ? t.roof : undefined));
  const w = spec.weather ?? {};
  const air = w.airTemperature_K ?? REFERENCE_K;
  const weather0 = new Float64Array(WEATHER_SIZE);
  weather0.set([
    air,
    w.groundTemperature_K ?? REFERENCE_K,
    w.skyTemperature_K ?? air,
    w.wind_m_s ?? 2,
    w.sun_W_m2 ?? 0,
    w.pressure_Pa ?? 101325,
  ]);

  const model: TankFarmModel = {
    gravity_m_s2: options.gravity_m_s2 ?? 9.80665,
    substanceIds: substances.map((s) => s.id),
    tankIds: tanks.map((t) => t.id),
    holeIds: holes.map((h) => h.id),
    lineIds: lines.map((l) => l.id),
    poolIds: pools.map((p) => p.id),
    substanceIndex,
    tankIndex,
    holeIndex: index(holes),
    lineIndex: index(lines),
    poolIndex,
    nSubstance: substances.length,
    nTank: tanks.length,
    nHole: holes.length,
    nLine: lines.length,
    nPool: pools.length,

    substanceDensity15_kg_m3: f64(substances, (s) => s.density15_kg_m3),
    substanceExpansion: Uint8Array.from(expansions, (e) => e.kind),
    substanceAlpha_per_K: f64(expansions, (e) => e.alpha_per_K),
    substanceHeatCapacity_J_kgK: f64(substances, (s) => s.heatCapacity_J_kgK),
    substanceMolarMass_kg_mol: f64(substances, (s) => s.molarMass_kg_mol),
    substanceViscosity_m2_s: f64(substances, (s) => s.kinematicViscosity_m2_s ?? 1e-6),
    substanceAntoine: Float64Array.from(
      substances.flatMap((s) =>
        s.antoine ? [s.antoine.A, s.antoine.B, s.antoine.C] : [Number.NEGATIVE_INFINITY, 0, 0],
      ),
    ),
    substanceLatentHeat_J_kg: f64(substances, (s) => s.latentHeat_J_kg ?? 3.5e5),
    substanceDiffusivity_m2_s: f64(substances, (s) => s.diffusivity_m2_s ?? 0.8e-5),

    tableStart: Int32Array.from(starts),
    tableLevel_m: joined(tables.map((t) => t.level_m)),
    tableVolume_m3: joined(tables.map((t) => t.volume_m3)),
    tableArea_m2: joined(tables.map((t) => t.area_m2)),
    tankSubstance: Int32Array.from(tanks, (t) => substanceIndex.get(t.substance)!),
    tankLevel0_m: f64(tanks, (t) => t.level_m),
    tankTemperature0_K: f64(tanks, (t) => t.temperature_K),
    tankMaxLevel_m: f64(tanks, (t, i) => t.maxLevel_m ?? tables[i].level_m[tables[i].level_m.length - 1]),
    tankSuctionLevel_m: f64(tanks, (t) => t.suctionLevel_m ?? 0),
    tankShellExpansion_per_K: f64(tanks, (t) => t.shellExpansion_per_K ?? STEEL_PER_K),
    tankTableTemperature_K: f64(tanks, (t) => t.tableTemperature_K ?? REFERENCE_K),
    tankPool: Int32Array.from(tanks, (t) => at(poolIndex, t.pool)),
    tankBase_m: f64(tanks, (t) => t.base_m ?? 0),
    tankDiameter_m: f64(tables, (t) => Math.sqrt((4 * Math.max(...t.area_m2)) / Math.PI)),
    tankRoof: Uint8Array.from(tanks, (t) => ROOF[t.roof?.kind ?? 'closed']),
    tankVentFactor: f64(tanks, (t) => (t.roof?.kind === 'vented' ? (t.roof.productFactor ?? 1) : 1)),
    roofMass_kg: f64(roofs, (r) => r?.mass_kg ?? 0),
    roofLegs_m: f64(roofs, (r) => r?.legs_m ?? 0),
    roofShare: f64(roofs, (r) => r?.areaFraction ?? 0.98),
    rimSeal: Float64Array.from(roofs.flatMap((r) => Object.values({ ...SHOE, ...r?.rimSeal }))),
    heatRoof_W_K: f64(tanks, (t) => t.heat?.roofConductance_W_K ?? 0),
    heatWall_W_K: f64(tanks, (t) => t.heat?.wallConductance_W_K ?? 0),
    heatGround_W_K: f64(tanks, (t) => t.heat?.groundConductance_W_K ?? 0),
    heatSun_m2: f64(tanks, (t) => t.heat?.solarAperture_m2 ?? 0),

    holeTank: Int32Array.from(holes, (h) => tankIndex.get(h.tank)!),
    holeHeight_m: f64(holes, (h) => h.height_m ?? 0),
    holeDischarge: f64(holes, (h) => h.dischargeCoefficient ?? 0.61),
    holeArea0_m2: f64(holes, (h) => h.area_m2 ?? 0),
    holeGrowth0_m2_s: f64(holes, (h) => h.growth_m2_s ?? 0),
    holeMaxArea_m2: f64(holes, (h) => h.maxArea_m2 ?? 0.01),

    lineFrom: Int32Array.from(lines, (l) => at(tankIndex, l.from)),
    lineTo: Int32Array.from(lines, (l) => at(tankIndex, l.to)),
    lineSubstance: Int32Array.from(lines, (l) => {
      const end = tanks[tankIndex.get((l.from ?? l.to) as string)!];
      return substanceIndex.get(end.substance)!;
    }),
    lineMaxRate_m3_s: f64(lines, (l) => l.maxRate_m3_s ?? Number.POSITIVE_INFINITY),
    lineRate0_m3_s: f64(lines, (l) => l.rate_m3_s ?? 0),
    lineSource0_K: f64(lines, (l) => l.sourceTemperature_K ?? REFERENCE_K),

    poolOrder: overflowOrder(pools, poolIndex),
    poolSurface: Uint8Array.from(pools, (p) => SURFACE[p.surface]),
    poolFloor_m2: f64(pools, (p) => {
      const taken = tanks.filter((t) => t.pool === p.id).reduce((sum, t) => sum + footprint_m2(t), 0);
      return (p.floorArea_m2 ?? Number.POSITIVE_INFINITY) - (p.surface === 'bund' ? taken : 0);
    }),
    poolWall_m: f64(pools, (p) => (p.surface === 'bund' ? p.wallHeight_m! : Number.POSITIVE_INFINITY)),
    poolOverflow: Int32Array.from(pools, (p) => at(poolIndex, p.overflowTo)),
    poolDrain_m2: f64(pools, (p) => (p.drain ? p.drain.area_m2 * (p.drain.dischargeCoefficient ?? 0.61) : 0)),
    poolMinThickness_m: f64(pools, (p) => p.minThickness_m ?? (p.surface === 'water' ? 1e-4 : 0.005)),
    poolSoak: Float64Array.from(
      pools.flatMap((p) =>
        p.soak ? [p.soak.conductivity_m_s, p.soak.suction_m * p.soak.porosity, p.soak.porosity] : [0, 0, 1],
      ),
    ),
    poolGround_W_mK: f64(pools, (p) => p.groundConductivity_W_mK ?? 1.28),
    poolGroundDiffusivity_m2_s: f64(pools, (p) => p.groundDiffusivity_m2_s ?? 6.6e-7),
    poolWater_W_m2K: f64(pools, (p) => p.waterHeatTransfer_W_m2K ?? 500),
    poolAlbedo: f64(pools, (p) => p.albedo ?? 0.14),
    poolMassTransfer: Uint8Array.from(pools, (p) =>
      p.massTransfer === 'epa' ? MASS_TRANSFER.epa : MASS_TRANSFER.mackayMatsugu,
    ),
    weather0,
  };
  return { ok: true, value: model };
}

/** Every pool before the one that it runs over into; the check has refused rings. */
function overflowOrder(pools: readonly PoolSpec[], indices: ReadonlyMap<string, number>): Int32Array {
  const depth = pools.map((p) => {
    let n = 0;
    for (let q: PoolSpec | undefined = p; q?.overflowTo !== undefined; n++) q = pools[indices.get(q.overflowTo)!];
    return n;
  });
  return Int32Array.from(pools.map((_, i) => i).sort((a, b) => depth[b] - depth[a] || a - b));
}

function index(list: readonly { readonly id: string }[]): ReadonlyMap<string, number> {
  return new Map(list.map((e, i) => [e.id, i]));
}

function f64<T>(list: readonly T[], value: (e: T, i: number) => number): Float64Array {
  return Float64Array.from(list, value);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}
