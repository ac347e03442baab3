/**
 * Heat and expansion of tanks.
 *
 *   T = T_a + (T0 − T_a) exp(−G t/(m c));  with sun: T_∞ = T_a + α A S/G;  with two paths: T_∞ weighted by conductance
 *   inflow = outflow: T = T_in + (T0 − T_in) exp(−q t/V)
 *   ΔV = V (CTL(T0)/CTL(T1) − 1)
 * Source: lumped heat balance; API MPMS 11.1 (1980) Table 54B computed apart; water density by CRC Handbook (IAPWS-95).
 */
import { alpha15_per_K, SUBSTANCES, setTank, WEATHER, waterDensity_kg_m3 } from '../../models/physics/tank/index.ts';
import { judge, type ValidationRow } from './table.ts';
import { BURIED, farm, oneTank, root, run, T15, type TankCase } from './tankFarms.ts';

const LITRE = 1000;

export function validateTankHeat(): TankCase[] {
  return [
    ['tank warms', warms],
    ['tank mixes', mixes],
    ['liquid expands', expands],
    ['density of water', water],
    ['Table 54B', bands],
  ];
}

function warms(): ValidationRow[] {
  const G = 2000;
  const ground = 500;
  const f = oneTank({
    level_m: 6,
    temperature_K: 280,
    heat: { roofConductance_W_K: G, groundConductance_W_K: ground, solarAperture_m2: 40 },
  });
  f.state.weather[WEATHER.air_K] = 303;
  f.state.weather[WEATHER.ground_K] = 285;
  f.state.weather[WEATHER.sun_W_m2] = 600;
  const rest = (G * 303 + ground * 285 + 40 * 600) / (G + ground);
  const tau = (f.state.tankMass_kg[0] * 2000) / (G + ground);
  let worst = 0;
  run(f, 5000, 600, (n) => {
    const T = rest + (280 - rest) * Math.exp((-n * 600) / tau);
    worst = Math.max(worst, Math.abs(f.state.tankTemperature_K[0] - T));
  });
  return [
    judge(
      'tank warms',
      'temperature, worst',
      worst,
      1e-9,
      'K',
      `air, ground and sun to ${rest.toFixed(2)} K, τ ${(tau / 86400).toFixed(1)} d`,
    ),
  ];
}

function mixes(): ValidationRow[] {
  const q = 0.02;
  const f = oneTank(
    { level_m: 2, temperature_K: 288.15 },
    {
      lines: [
        { id: 'out', from: 'T', rate_m3_s: q },
        { id: 'in', to: 'T', rate_m3_s: q, sourceTemperature_K: 298.15 },
      ],
    },
  );
  // Equal mass flows: the out rate follows the density of the warming tank.
  const mass = f.state.tankMass_kg[0];
  let worst = 0;
  let moved = 0;
  run(f, 7200, 5, () => {
    moved += f.state.lineFlow_kg_s[1] * 5;
    f.state.lineRate_m3_s[0] = (f.state.lineFlow_kg_s[1] * f.state.tankVolume_m3[0]) / f.state.tankMass_kg[0];
    const T = 298.15 - 10 * Math.exp(-moved / mass);
    worst = Math.max(worst, Math.abs(f.state.tankTemperature_K[0] - T));
  });
  return [judge('tank mixes', 'temperature, worst', worst, 1e-3, 'K', 'inflow 10 K warmer, stirred tank')];
}

function expands(): ValidationRow[] {
  const f = farm({
    substances: [SUBSTANCES.gasoline],
    tanks: [{ id: 'T', substance: 'gasoline', shape: BURIED, level_m: 2.2, temperature_K: T15 }],
  });
  const before = f.state.tankVolume_m3[0];
  const level = f.state.tankLevel_m[0];
  const mass = f.state.tankMass_kg[0];
  setTank(f.model, f.state, 0, level, T15 + 1);
  f.state.tankMass_kg[0] = mass;
  run(f, 1, 1);
  // Table 54B at 745 kg/m³, by hand: α = 346.4228/745² + 0.4388/745.
  const alpha = 346.4228 / (745 * 745) + 0.4388 / 745;
  const moved = (f.state.tankVolume_m3[0] - before) * LITRE;
  const theory = before * (Math.exp(alpha * (1 + 0.8 * alpha)) - 1) * LITRE;
  // Shell: (1 + 1.116e-5)² of the area; the level is the root of the circle's segment.
  const length = 40 / (Math.PI * 1.5625);
  const segment = (h: number) =>
    length * (1.5625 * Math.acos((1.25 - h) / 1.25) - (1.25 - h) * Math.sqrt(h * (2.5 - h)));
  const warm = (segment(level) + theory / LITRE) / (1 + 1.116e-5) ** 2;
  const rise = root((h) => segment(h) - warm, level, 2.5) - level;
  const note = `${moved.toFixed(2)} l in ${before.toFixed(1)} m³ of gasoline; in 40 m³ ${((moved * 40) / before).toFixed(1)} l`;
  return [
    judge('liquid expands', '1 K moves, less Table 54B', moved - theory, 1e-6, 'l', note),
    judge(
      'liquid expands',
      '1 K moves the level, shell included',
      (f.state.tankLevel_m[0] - level - rise) * 1000,
      1e-4,
      'mm',
      `${(rise * 1000).toFixed(3)} mm`,
    ),
    judge(
      'liquid expands',
      'per 40 m³ beyond the 33–50 l of practice',
      Math.max(0, 33 - (moved * 40) / before, (moved * 40) / before - 50),
      0,
      'l',
    ),
  ];
}

function water(): ValidationRow[] {
  const published = [
    [273.15 + 4, 999.975],
    [273.15 + 20, 998.207],
    [273.15 + 25, 997.047],
    [273.15 + 50, 988.035],
  ];
  const worst = Math.max(...published.map(([T, rho]) => Math.abs(waterDensity_kg_m3(T) - rho)));
  return [judge('density of water', 'worst of 4, 20, 25, 50 °C', worst, 0.03, 'kg/m³', 'Kell (1975) against IAPWS-95')];
}

function bands(): ValidationRow[] {
  const jump = (rho: number) =>
    Math.abs(alpha15_per_K('product', rho + 1e-6) / alpha15_per_K('product', rho - 1e-6) - 1);
  const worst = Math.max(jump(770.5), jump(787.5)) * 100;
  return [judge('Table 54B', 'step of α at 770.5 and 787.5 kg/m³', worst, 0.2, '%', 'the bands were fitted to join')];
}
