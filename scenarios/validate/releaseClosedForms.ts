/** Source terms against closed forms and conservation: what must hold whatever the figures are. */
import { gasRelease } from '../../models/physics/gas/index.ts';
import {
  airDensity_kg_m3,
  compileSoil,
  createDenseCloud,
  createSoilState,
  criticalRatio,
  type DenseAir,
  densePlume,
  expandedJet,
  type FlashingInlet,
  fauskeFlux,
  flashFraction,
  handOver,
  leungFlux,
  meanOpening,
  mix,
  omega,
  omegaFlux,
  plumeRise_m,
  SOIL,
  soilBalance_kg,
  soilConcentration_kg_m3,
  startDenseCloud,
  stepDenseCloud,
  stepSoil,
  VAPOURS,
  vaultConcentration_kg_m3,
} from '../../models/physics/release/index.ts';
import { judge, type ValidationRow } from './table.ts';

/** Propane at 25 °C: saturation properties of the NIST Chemistry WebBook. */
const PROPANE: FlashingInlet = {
  pressure_Pa: 952_100,
  saturationPressure_Pa: 952_100,
  temperature_K: 298.15,
  liquidDensity_kg_m3: 492.4,
  vapourDensity_kg_m3: 20.62,
  latentHeat_J_kg: 3.351e5,
  liquidHeatCapacity_J_kgK: 2709,
};
const BACK_Pa = 101_325;

const AIR: DenseAir = {
  wind_m_s: 5,
  windHeight_m: 2,
  exponent: 0.1,
  frictionVelocity_m_s: 0.3,
  inverseObukhov_1_m: 0,
  temperature_K: 293.15,
  groundTemperature_K: 293.15,
  pressure_Pa: 101_325,
  relativeHumidity: 0,
};

/** Named groups of rows; each may throw without stopping the others. */
export const RELEASE_FORMS: readonly (readonly [string, () => ValidationRow[]])[] = [
  ['gas orifice', gas],
  ['flashing flow (omega)', flashing],
  ['flashing flow (equilibrium rate)', equilibriumRate],
  ['flash fraction', flash],
  ['jet expansion', expansion],
  ['plume rise', rise],
  ['opening schedule', schedule],
  ['mixing with air', mixing],
  ['dense plume', plume],
  ['dense cloud', cloud],
  ['gas in soil', soil],
  ['vault', vault],
];

function relative(name: string, metric: string, ours: number, exact: number, target: number): ValidationRow {
  const note = `${ours.toPrecision(7)}, closed form ${exact.toPrecision(7)}`;
  return judge(name, metric, ours / exact - 1, target, 'relative', note);
}

function gas(): ValidationRow[] {
  const input = {
    pressure_Pa: 2e6,
    density_kg_m3: 14,
    temperature_K: 293.15,
    heatCapacityRatio: 1.3,
    area_m2: 1e-4,
    dischargeCoefficient: 1,
  };
  const choked = gasRelease(input);
  const sonic = Math.sqrt((1.3 * choked.exitPressure_Pa) / choked.exitDensity_kg_m3);
  const edge = choked.exitPressure_Pa;
  const above = gasRelease({ ...input, backPressure_Pa: edge * (1 + 1e-6) });
  return [
    relative('gas orifice', 'throat speed against that of sound', choked.exitVelocity_m_s, sonic, 1e-9),
    relative('gas orifice', 'sub-critical meets choked', above.massFlow_kg_s, choked.massFlow_kg_s, 1e-9),
  ];
}

function flashing(): ValidationRow[] {
  const name = 'flashing flow (omega)';
  const w = omega(PROPANE);
  const eta = criticalRatio(w, 1);
  // Leung (1986): η² + (ω² − 2ω)(1 − η)² + 2ω² ln η + 2ω²(1 − η) = 0, G* = η/√ω.
  const residual = eta ** 2 + (w * w - 2 * w) * (1 - eta) ** 2 + 2 * w * w * (Math.log(eta) + 1 - eta);
  const subcooled = { ...PROPANE, pressure_Pa: 2.5e6, saturationPressure_Pa: 95_000 };
  const orifice = Math.sqrt(2 * 492.4 * (2.5e6 - BACK_Pa));
  return [
    judge(name, 'choking condition of Leung', residual, 1e-6, ''),
    relative(name, 'choked flux η/√ω', omegaFlux(w, 1, eta), eta / Math.sqrt(w), 1e-7),
    relative(name, 'ω = 1: critical ratio e^−½', criticalRatio(1, 1), Math.exp(-0.5), 1e-7),
    relative(name, 'ω → 0: Bernoulli', omegaFlux(1e-9, 1, 0.4), Math.sqrt(1.2), 1e-7),
    relative(name, 'cold liquid: Bernoulli', leungFlux(subcooled, BACK_Pa).flux_kg_m2s, orifice, 1e-12),
  ];
}

function equilibriumRate(): ValidationRow[] {
  const name = 'flashing flow (equilibrium rate)';
  const w = omega(PROPANE);
  const long = fauskeFlux(PROPANE, BACK_Pa, 0.1);
  // Saturated liquid: the homogeneous model gives η_c times the equilibrium rate.
  const homogeneous = leungFlux(PROPANE, BACK_Pa).flux_kg_m2s;
  const orifice = Math.sqrt(2 * PROPANE.liquidDensity_kg_m3 * (PROPANE.pressure_Pa - BACK_Pa));
  return [
    relative(name, 'no passage: plain orifice', fauskeFlux(PROPANE, BACK_Pa, 0), orifice, 1e-12),
    relative(name, 'homogeneous over equilibrium rate is η_c', homogeneous / long, criticalRatio(w, 1), 1e-6),
  ];
}

function flash(): ValidationRow[] {
  const { liquidHeatCapacity_J_kgK: c, latentHeat_J_kg: h } = VAPOURS.chlorine;
  return [
    relative('flash fraction', 'small superheat: c ΔT/h', flashFraction(240.01, 240, c, h), (c * 0.01) / h, 1e-4),
  ];
}

function expansion(): ValidationRow[] {
  const [M, T, g, pressure, diameter] = [0.016043, 293.15, 1.306, 5e6, 0.01];
  const area = (Math.PI / 4) * diameter ** 2;
  const density = (pressure * M) / (8.314462618 * T);
  const throat = gasRelease({
    pressure_Pa: pressure,
    density_kg_m3: density,
    temperature_K: T,
    heatCapacityRatio: g,
    area_m2: area,
    dischargeCoefficient: 0.85,
  });
  const source = expandedJet({
    diameter_m: diameter,
    temperature_K: T,
    heatCapacityRatio: g,
    molarMass_kg_mol: M,
    ambientPressure_Pa: BACK_Pa,
    throat,
  });
  const flow = (Math.PI / 4) * source.diameter_m ** 2 * source.density_kg_m3 * source.velocity_m_s;
  const thrust = throat.massFlow_kg_s * throat.exitVelocity_m_s + (throat.exitPressure_Pa - BACK_Pa) * area;
  return [
    relative('jet expansion', 'mass kept (Birch 1987)', flow, throat.massFlow_kg_s, 1e-9),
    relative('jet expansion', 'momentum kept (Birch 1987)', flow * source.velocity_m_s, thrust, 1e-9),
  ];
}

function rise(): ValidationRow[] {
  const release = {
    volumeRate_m3_s: 20,
    density_kg_m3: 0.7,
    diameter_m: 10,
    airDensity_kg_m3: 1.2,
    airTemperature_K: 293.15,
    wind_m_s: 4,
    potentialGradient_K_m: 0,
  };
  const F = (9.80665 * (1 - 0.7 / 1.2) * 20) / Math.PI;
  const s = (9.80665 / 293.15) * 0.02;
  const stable = { ...release, potentialGradient_K_m: 0.02 };
  return [
    relative('plume rise', 'neutral, final: 21.425 F^¾/u', plumeRise_m(release), (21.425 * F ** 0.75) / 4, 2e-3),
    relative('plume rise', 'stable, final: 2.6 (F/us)^⅓', plumeRise_m(stable), 2.6 * Math.cbrt(F / (4 * s)), 1e-9),
  ];
}

function schedule(): ValidationRow[] {
  const pulses = { start_s: 3.3, end_s: 57, growth_s: 20, pulse: { period_s: 0.7, open_s: 0.13 } };
  let sum = 0;
  for (let t = 0; t < 60; t++) sum += meanOpening(pulses, t, 1);
  return [relative('opening schedule', 'seconds add up to the minute', sum, 60 * meanOpening(pulses, 0, 60), 1e-12)];
}

function mixing(): ValidationRow[] {
  const spec = {
    vapour: VAPOURS.methane,
    releaseTemperature_K: 111.66,
    airTemperature_K: 293.15,
    pressure_Pa: 101_325,
  };
  const out = { temperature_K: 0, density_kg_m3: 0, moleFraction: 0, liquidFraction: 0 };
  mix(spec, 1, 3, 0, out);
  const T = (2220 * 111.66 + 3 * 1006 * 293.15) / (2220 + 3 * 1006);
  const moles = 1 / 0.016043 + 3 / 0.02896;
  return [
    relative('mixing with air', 'temperature of dry adiabatic mixing', out.temperature_K, T, 1e-9),
    relative('mixing with air', 'density', out.density_kg_m3, (4 * 101_325) / (moles * 8.314462618 * T), 1e-9),
  ];
}

/** Gas as heavy as air, so that only the surface layer's mixing is left. */
const NEUTRAL = { ...VAPOURS.methane, molarMass_kg_mol: 0.02896, gasHeatCapacity_J_kgK: 1006, boilingPoint_K: 20 };

function plume(): ValidationRow[] {
  const p = densePlume({
    vapour: NEUTRAL,
    massRate_kg_s: 1,
    area_m2: 1,
    releaseTemperature_K: 293.15,
    air: AIR,
    reach_m: 2000,
  });
  // d(q)/dx = κ (1 + α) u*/0.88 while the width stands still; so S_z^(1+α) grows by a known amount per metre.
  const at = (x: number) => p.x_m.findIndex((v) => v >= x);
  const [i, j] = [at(1000), at(1500)];
  const flux = (k: number) => (AIR.wind_m_s / AIR.windHeight_m ** 0.1) * (p.depth_m[k] ** 1.1 / 1.1);
  const half = (k: number) => p.flat_m[k] + (Math.sqrt(Math.PI) / 2) * p.edge_m[k];
  const balance = 2 * half(j) * flux(j) * p.concentration_kg_m3[j];
  const air = (k: number) => 2 * half(k) * flux(k);
  let entrained = 0;
  for (let k = i; k < j; k++)
    entrained += ((p.x_m[k + 1] - p.x_m[k]) * (half(k) + half(k + 1)) * 0.35 * 1.1 * 0.3) / 0.88;
  return [
    relative('dense plume', 'substance through a section', balance, 1, 1e-9),
    relative('dense plume', 'neutral gas: air taken in by the surface layer', air(j) - air(i), entrained, 2e-3),
    relative('dense plume', 'handed over at once when neutral', handOver(p)!.massRate_kg_s, 1, 0),
  ];
}

function cloud(): ValidationRow[] {
  const state = createDenseCloud();
  const spec = {
    vapour: VAPOURS.propane,
    releaseTemperature_K: 293.15,
    airTemperature_K: 293.15,
    pressure_Pa: 101_325,
  };
  const still = { ...AIR, wind_m_s: 1e-6, frictionVelocity_m_s: 1e-3 };
  startDenseCloud(state, spec, still, 1000, 0, 0, 0);
  // d(R²)/dt = 2 · 1.15 √(g' V/π), and g' V is kept by dilution with air of the same temperature.
  const gV = (9.80665 * (VAPOURS.propane.molarMass_kg_mol / 0.02896 - 1) * 1000) / releaseDensity();
  const start = state.cloud[3] ** 2;
  for (let k = 0; k < 30; k++) stepDenseCloud(state, spec, still, 1, 0, 1);
  const exact = Math.sqrt(start + 60 * 1.15 * Math.sqrt(gV / Math.PI));
  return [relative('dense cloud', 'radius of an isothermal slump after 30 s', state.cloud[3], exact, 0.01)];
}

function releaseDensity(): number {
  return (airDensity_kg_m3(293.15, 101_325) * VAPOURS.propane.molarMass_kg_mol) / 0.02896;
}

const GROUND = {
  depth_m: 1,
  airPorosity: 0.25,
  porosity: 0.4,
  diffusivity_m2_s: 2e-5,
  gasDensity_kg_m3: 0.72,
  surface: 'open',
  cell_m: 0.2,
} as const;

function soil(): ValidationRow[] {
  // So little gas that only diffusion counts, long enough to be steady.
  const model = compileSoil({ ...GROUND, rings: 30, layers: 20 });
  const state = createSoilState(model);
  const leak = 1e-9;
  for (let k = 0; k < 200; k++) stepSoil(model, state, leak, 20_000);
  const r = 3.5 * model.cell_m;
  const depth = (Math.floor(1 / model.cell_m) + 0.5) * model.cell_m;
  const exact = (leak / (4 * Math.PI * model.effectiveDiffusivity_m2_s)) * (1 / r - 1 / Math.hypot(r, 2 * depth));
  return [
    relative(
      'gas in soil',
      'diffusion from a point, 3 cells away',
      soilConcentration_kg_m3(model, state, r, depth),
      exact,
      0.05,
    ),
    relative('gas in soil', 'steady: surface gives what leaks', state.rates_kg_s[SOIL.surface], leak, 0.02),
    judge('gas in soil', 'balance', soilBalance_kg(state) / state.ledger_kg[SOIL.leaked], 1e-9, 'of what leaked'),
  ];
}

function vault(): ValidationRow[] {
  const room = { distance_m: 1.1, depth_m: 1, wallArea_m2: 0.5, volume_m3: 2, ventilation_m3_s: 1e-3 };
  const model = compileSoil({ ...GROUND, surface: 'sealed', vault: room });
  const state = createSoilState(model);
  for (let k = 0; k < 240; k++) stepSoil(model, state, 1e-4, 600);
  const steady = state.rates_kg_s[SOIL.intoVault] / room.ventilation_m3_s;
  return [
    relative('vault', 'steady: J/n', vaultConcentration_kg_m3(model, state), steady, 1e-3),
    judge('vault', 'balance', soilBalance_kg(state) / state.ledger_kg[SOIL.leaked], 1e-9, 'of what leaked'),
  ];
}
