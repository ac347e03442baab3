/**
 * Pools: spreading against the closed forms of the named models, evaporation against values worked apart, heat balance
 * against the psychrometer.
 *
 *   Briscoe–Shaw  r² = r0² + t √(8 g' V/π);  fed at q:  r = (32 g' q/(9 π))^¼ t^¾
 *   Huppert       r = 0.894 (g V³ t/(3 ν))^⅛, ξ = (1024/(81 π³))^⅛;  Fay  r = 1.45 (Δ g V² t^{3/2}/√ν_w)^{1/6}
 *   Mackay–Matsugu, Yellow Book eq. 3.24, Sc 0.8, 293.15 K: figures computed apart in IEEE double precision
 *   EPA Technical Guidance for Hazards Analysis (1987) p. G-2: QR = 60 M K A p 929/(82.05 T 760 454), K = 0.67 u^0.78 (18/M)^⅓ cm/s
 *   wet bulb: e_w(T_w) = 6.62e-4 P (T − T_w) (WMO's coefficient of the aspirated psychrometer), dry air
 */
import {
  mackayMatsugu_m_s,
  type PoolSpec,
  SUBSTANCES,
  type SubstanceSpec,
  saturated_kg_m3,
  substancePressure_Pa,
  type WeatherSpec,
} from '../../models/physics/tank/index.ts';
import { judge, type ValidationRow } from './table.ts';
import { type Farm, farm, G, integral, OIL, root, run, T15, type TankCase } from './tankFarms.ts';

export function validateTankPools(): TankCase[] {
  return [
    ['pool on water, inertia (Briscoe–Shaw)', inertial],
    ['pool on water, fed (Briscoe–Shaw)', fed],
    ['pool on ground, viscosity (Huppert)', viscous],
    ['slick on water, viscosity (Fay)', slick],
    ['pool of minimum thickness', thin],
    ['evaporation (Mackay–Matsugu)', correlation],
    ['evaporation (EPA equation)', epa],
    ['evaporation, mass and depth', evaporates],
    ['pool temperature', balance],
    ['wet bulb', wetBulb],
    ['soaking (Green–Ampt)', soaks],
  ];
}

/** A pool with a volume dropped into it at once. */
function pool(
  liquid: SubstanceSpec,
  spec: Partial<PoolSpec>,
  volume_m3: number,
  temperature_K = T15,
  weather: WeatherSpec = {},
): Farm {
  const f = farm({ substances: [liquid], tanks: [], pools: [{ id: 'P', surface: 'ground', ...spec }], weather });
  f.state.poolMass_kg[0] = volume_m3 * liquid.density15_kg_m3;
  f.state.poolTemperature_K[0] = temperature_K;
  return f;
}

const radius = (f: Farm) => Math.sqrt(f.state.poolArea_m2[0] / Math.PI);

function inertial(): ValidationRow[] {
  const V = 50;
  const f = pool(OIL, { surface: 'water', minThickness_m: 0 }, V);
  const reduced = G * (1 - 860 / 998.2);
  let worst = 0;
  run(f, 10, 1, (n) => {
    const r = Math.sqrt(n * Math.sqrt((8 * reduced * V) / Math.PI));
    worst = Math.max(worst, Math.abs(radius(f) / r - 1));
  });
  return [judge('pool on water, inertia (Briscoe–Shaw)', 'radius, worst', worst * 100, 1e-6, '%', '50 m³ at once')];
}

function fed(): ValidationRow[] {
  const q = 2;
  const f = pool({ ...OIL, kinematicViscosity_m2_s: 1e-12 }, { surface: 'ground', minThickness_m: 0 }, 0);
  const c = OIL.heatCapacity_J_kgK;
  for (let n = 1; n <= 1000; n++) {
    f.state.poolIn_kg[0] = q * 860 * 0.05;
    f.state.poolInHeat_J[0] = f.state.poolIn_kg[0] * c * T15;
    run(f, 1, 0.05);
  }
  const r = ((32 * G * q) / (9 * Math.PI)) ** 0.25 * 50 ** 0.75;
  return [
    judge(
      'pool on ground, fed (Briscoe–Shaw)',
      'radius after 50 s',
      (radius(f) / r - 1) * 100,
      0.01,
      '%',
      `${r.toFixed(2)} m, 2 m³/s, no viscosity`,
    ),
  ];
}

function viscous(): ValidationRow[] {
  const V = 5;
  const nu = 1e-3;
  const f = pool({ ...OIL, kinematicViscosity_m2_s: nu }, { minThickness_m: 0 }, V);
  const t = 20_000;
  run(f, t, 1);
  const r = (1024 / (81 * Math.PI ** 3)) ** 0.125 * ((G * V ** 3 * t) / (3 * nu)) ** 0.125;
  return [
    judge(
      'pool on ground, viscosity (Huppert)',
      'radius after 20 000 s',
      (radius(f) / r - 1) * 100,
      0.05,
      '%',
      `${r.toFixed(3)} m, 5 m³ of 1000 mm²/s`,
    ),
  ];
}

function slick(): ValidationRow[] {
  const V = 10;
  const f = pool(OIL, { surface: 'water', minThickness_m: 0 }, V);
  const t = 20_000;
  run(f, t, 1);
  const reduced = G * (1 - 860 / 998.2);
  const r = 1.45 * ((reduced * V * V * t ** 1.5) / Math.sqrt(1.004e-6)) ** (1 / 6);
  return [
    judge(
      'slick on water, viscosity (Fay)',
      'radius after 20 000 s',
      (radius(f) / r - 1) * 100,
      0.5,
      '%',
      `${r.toFixed(1)} m; began with inertia`,
    ),
  ];
}

function thin(): ValidationRow[] {
  const thickness = 0.01;
  const V = 3;
  const nu = 1e-4;
  const f = pool({ ...OIL, kinematicViscosity_m2_s: nu }, { minThickness_m: thickness }, V);
  run(f, 20_000, 1);
  // 4 x³ dx/dt = 8 (128/243) g ((V − thickness π x)/π)³/ν with x = r²: the time to the area that was reached.
  const x = f.state.poolArea_m2[0] / Math.PI;
  const speed = (8 * (128 / 243) * G) / nu;
  const time = integral((y) => (4 * y ** 3) / (speed * (V / Math.PI - thickness * y) ** 3), 0, x);
  const note = `${f.state.poolArea_m2[0].toFixed(1)} m² of the 300 m² that 3 m³ cover at 10 mm`;
  return [judge('pool of minimum thickness', 'time to its area', (time / 20_000 - 1) * 100, 0.2, '%', note)];
}

function correlation(): ValidationRow[] {
  // [diameter m, wind m/s, Sc, pressure Pa, molar mass, k m/s, flux kg/(m² s)]
  const worked = [
    [10, 5, 0.8, 16000, 0.08618, WORKED.k[0], WORKED.flux[0]],
    [3, 2, 0.8, 2900, 0.09214, WORKED.k[1], WORKED.flux[1]],
    [20, 8, 1.2, 13000, 0.03204, WORKED.k[2], WORKED.flux[2]],
  ];
  let worst = 0;
  for (const [d, u, sc, p, M, k, flux] of worked) {
    const ours = mackayMatsugu_m_s(u, d, sc);
    worst = Math.max(worst, Math.abs(ours / k - 1), Math.abs((ours * saturated_kg_m3(M, p, 293.15)) / flux - 1));
  }
  return [
    judge(
      'evaporation (Mackay–Matsugu)',
      'k and flux, worst of 3',
      worst * 100,
      1e-3,
      '%',
      'Yellow Book eq. 3.24 evaluated apart',
    ),
  ];
}

/** Worked apart (Python), to 7 digits. */
const WORKED = { k: [0.01513906, 0.008457119, 0.01542475], flux: [0.008564488, 0.0009271384, 0.002635906] };

function epa(): ValidationRow[] {
  // Acrylonitrile at 25 °C: 108 mmHg, 53.06 g/mol; 1.5 m/s over 12,200 ft²; the equation in its own units.
  const T = 298.15;
  const K = 0.67 * 1.5 ** 0.78 * (18 / 53.06) ** (1 / 3);
  const published = (60 * 53.06 * K * 12_200 * 108 * 929) / (82.05 * T * 760 * 454);
  const area = 12_200 * 0.3048 ** 2;
  const nitrile: SubstanceSpec = {
    id: 'acrylonitrile',
    density15_kg_m3: 806,
    expansion: { kind: 'constant', coefficient_per_K: 0 },
    heatCapacity_J_kgK: 2000,
    molarMass_kg_mol: 0.05306,
    antoine: { A: Math.log10(108 * 133.322e-5), B: 1e-9, C: 0 },
  };
  const weather = { airTemperature_K: T, groundTemperature_K: T, wind_m_s: 1.5 };
  const spec = { massTransfer: 'epa', minThickness_m: 0.01, groundConductivity_W_mK: 1e9 } as const;
  const f = pool(nitrile, spec, area * 0.01, T, weather);
  f.state.poolArea_m2[0] = area;
  run(f, 1, 1);
  const rate = f.state.poolVapour_kg_s[0] / (0.45359237 / 60);
  const note = `${rate.toFixed(1)} lb/min, the equation in lb, ft², mmHg ${published.toFixed(1)}`;
  return [judge('evaporation (EPA equation)', 'rate', (rate / published - 1) * 100, 0.2, '%', note)];
}

function evaporates(): ValidationRow[] {
  // Held at one temperature by deep water below: a constant flux of a pure liquid.
  const T = 293.15;
  const spec = { surface: 'bund', floorArea_m2: 100, wallHeight_m: 1, groundConductivity_W_mK: 1e9 } as const;
  const weather = { airTemperature_K: T, groundTemperature_K: T, wind_m_s: 5 };
  const f = pool(SUBSTANCES.hexane, spec, 10, T, weather);
  f.state.poolArea_m2[0] = 100;
  const before = f.state.poolMass_kg[0];
  run(f, 3600, 1);
  const p = substancePressure_Pa(f.model, 0, T);
  const d = Math.sqrt(400 / Math.PI);
  const sc = 1.5e-5 / (0.75e-5 * (T / 298.15) ** 1.75);
  const k = 0.004786 * 5 ** 0.78 * d ** -0.11 * sc ** -0.67;
  const drift = (101325 / p) * Math.log(101325 / (101325 - p));
  const theory = ((k * p * 0.08618) / (8.314462618 * T)) * drift * 100 * 3600;
  const lost = before - f.state.poolMass_kg[0];
  return [
    judge(
      'evaporation, mass and depth',
      'hexane in 1 h',
      (lost / theory - 1) * 100,
      0.05,
      '%',
      `${theory.toFixed(1)} kg from 100 m², 5 m/s, 20 °C`,
    ),
  ];
}

function balance(): ValidationRow[] {
  const weather = { airTemperature_K: 298.15, groundTemperature_K: 291.15, wind_m_s: 3, sun_W_m2: 500 };
  const spec = { surface: 'water', minThickness_m: 0.05, waterHeatTransfer_W_m2K: 100 } as const;
  const f = pool(SUBSTANCES.benzene, spec, 40, 291.15, weather);
  f.state.poolArea_m2[0] = 400;
  run(f, 20_000, 1);
  // The balance written again: air by Chilton and Colburn, sky, sun, water below, evaporation with drift.
  const d = Math.sqrt((4 * f.state.poolArea_m2[0]) / Math.PI);
  const k = (sc: number) => 0.004786 * 3 ** 0.78 * d ** -0.11 * sc ** -0.67;
  const loss = (T: number) => {
    const p = 1e5 * 10 ** (4.01814 - 1203.835 / (T - 53.226));
    const drift = (101325 / p) * Math.log(101325 / (101325 - p));
    const vapour = (k(1.5e-5 / (0.93e-5 * (T / 298.15) ** 1.75)) * p * 0.07811 * drift) / (8.314462618 * T);
    const air = 1.2 * 1005 * k(0.71) * (298.15 - T);
    return 4.33e5 * vapour - air - 5.670374419e-8 * (298.15 ** 4 - T ** 4) - 0.86 * 500 - 100 * (291.15 - T);
  };
  const rest = root(loss, 250, 330);
  const ours = f.state.poolTemperature_K[0];
  return [
    judge(
      'pool temperature',
      'at rest, less the root of the balance',
      ours - rest,
      0.01,
      'K',
      `benzene ${rest.toFixed(2)} K`,
    ),
  ];
}

function wetBulb(): ValidationRow[] {
  const T = 298.15;
  const e = (x: number) => 611.2 * Math.exp((17.62 * (x - 273.15)) / (x - 30.03));
  const published = root((x) => e(x) - 6.62e-4 * 101325 * (T - x), 273.15, T);
  const weather = { airTemperature_K: T, skyTemperature_K: published, wind_m_s: 4 };
  const f = pool(SUBSTANCES.water, { groundConductivity_W_mK: 0, minThickness_m: 0.005 }, 0.05, 285, weather);
  run(f, 40_000, 1);
  const ours = f.state.poolTemperature_K[0];
  return [
    judge(
      'wet bulb',
      'dry air at 25 °C, less the psychrometer',
      ours - published,
      1,
      'K',
      `${(ours - 273.15).toFixed(2)} °C, WMO ${(published - 273.15).toFixed(2)} °C`,
    ),
  ];
}

function soaks(): ValidationRow[] {
  const soil = { conductivity_m_s: 2e-5, suction_m: 0.15, porosity: 0.35 };
  const f = pool(OIL, { floorArea_m2: 100, minThickness_m: 0.001, soak: soil }, 100);
  f.state.poolArea_m2[0] = 100;
  const t = 3600;
  run(f, t, 1);
  // The pond sinks as it soaks, h = 1 m − F: K t = F/a − b/a² ln(1 + a F/b), a = 1 − n, b = n (ψ + 1 m).
  const F = f.state.poolSoaked_m3[0] / 100;
  const a = 1 - 0.35;
  const b = 0.35 * (0.15 + 1);
  const time = (F / a - (b / (a * a)) * Math.log1p((a * F) / b)) / 2e-5;
  return [
    judge(
      'soaking (Green–Ampt)',
      'time to soak what was soaked',
      (time / t - 1) * 100,
      0.5,
      '%',
      `${(F * 1000).toFixed(0)} mm in 1 h`,
    ),
  ];
}
