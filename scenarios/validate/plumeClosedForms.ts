/**
 * The puff model against closed forms, for when there is no folder of field data: the steady plume, a puff under a lid, the
 * dead calm, the line of sight and the balance of mass. The other side of each comparison is a formula or a quadrature of
 * one, never the model.
 */
import {
  type AirWeather,
  createPuffs,
  lateralSpread_m,
  plumeConcentration_kg_m3,
  puffConcentration_kg_m3,
  verticalSpread_m,
  windSpeed_m_s,
} from '../../models/physics/air/index.ts';
import { judge, type ValidationRow } from './table.ts';

const GRASS_m = 0.01;

function weatherOf(frictionVelocity_m_s: number, inverseObukhov_1_m: number, sigmaTheta_rad: number): AirWeather {
  const windHeight_m = 10;
  return {
    windU_m_s: windSpeed_m_s(windHeight_m, frictionVelocity_m_s, GRASS_m, inverseObukhov_1_m),
    windV_m_s: 0,
    windHeight_m,
    roughness_m: GRASS_m,
    frictionVelocity_m_s,
    inverseObukhov_1_m,
    mixingHeight_m: 1000,
    sigmaTheta_rad,
    temperature_K: 288,
    pressure_Pa: 101325,
    relativeHumidity: 0.5,
    solar_W_m2: 0,
    cloud: 0.5,
  };
}

const CALM: AirWeather = { ...weatherOf(0.05, 0, 0.2), windU_m_s: 0, frictionVelocity_m_s: 0.05 };

export function validatePlumeClosedForms(): ValidationRow[] {
  return [
    ...steady('neutral', weatherOf(0.3, 0, 0.1)),
    ...steady('stable', weatherOf(0.15, 0.03, 0.08)),
    ...steady('unstable', weatherOf(0.3, -0.02, 0.15)),
    ...calm(),
    lid(),
    lineOfSight(),
    balance(),
  ];
}

/** σz(x) solves σz = verticalSpread(u* x / U(z̄), u* / U(z̄)) with z̄ = σz√(2/π), by bisection; σy integrates σθ min(U, Uref) dt. */
function steady(name: string, w: AirWeather): ValidationRow[] {
  const { frictionVelocity_m_s: friction, inverseObukhov_1_m: inverse } = w;
  const meanSpeed = (sigma: number) => windSpeed_m_s(sigma * Math.sqrt(2 / Math.PI), friction, w.roughness_m, inverse);
  const spread = (x: number) => {
    let low = 1e-3;
    let high = 1e4;
    for (let i = 0; i < 80; i += 1) {
      const mid = Math.sqrt(low * high);
      const speed = meanSpeed(mid);
      if (verticalSpread_m((friction * x) / speed, friction / speed, inverse) > mid) low = mid;
      else high = mid;
    }
    return low;
  };
  const distances = [50, 100, 200, 400];
  const model = createPuffs({ species: 1, extent_m: 1000, calmSigmaV_m_s: 0.01 });
  for (let t = 0; t < 400; t += 1) {
    model.emit(0, 0, 0, 0, 0.001, 0, 0);
    model.step(w, 1);
  }
  let worst = 0;
  for (const x of distances) {
    const sigmaZ = spread(x);
    const speed = meanSpeed(sigmaZ);
    let time = 0;
    for (let i = 0; i < 200; i += 1) time += x / 200 / meanSpeed(spread(((i + 0.5) * x) / 200));
    const sigmaY = lateralSpread_m(w.sigmaTheta_rad * (x / time), time);
    const theirs = plumeConcentration_kg_m3(
      { rate_kg_s: 0.001, speed_m_s: speed, height_m: 0, sigmaY_m: sigmaY, sigmaZ_m: sigmaZ },
      0,
      1,
    );
    const ours = model.concentration_kg_m3(0, x, 0, 1);
    worst = Math.abs(ours / theirs - 1) > Math.abs(worst) ? ours / theirs - 1 : worst;
  }
  return [judge(`steady plume, ${name}`, 'worst of 50 to 400 m', worst, 0.03, 'relative', 'plume formula on the axis')];
}

/** Wind nil: σh = lateralSpread(0.1 m/s), σz = verticalSpread(u*t), nothing moves. */
function calm(): ValidationRow[] {
  const sigmaV = 0.1;
  const drag = 0.364;
  const spreads = (t: number) => ({
    sigmaX_m: lateralSpread_m(sigmaV, t),
    sigmaY_m: lateralSpread_m(sigmaV, t),
    sigmaZ_m: verticalSpread_m(CALM.frictionVelocity_m_s * t, drag, 0),
  });
  const once = createPuffs({ species: 1 });
  once.emit(0, 0, 0, 0, 1, 0, 0);
  for (let t = 0; t < 600; t += 1) once.step(CALM, 1);
  const puff = puffConcentration_kg_m3({ mass_kg: 1, height_m: 0, ...spreads(599.5) }, 5, 0, 1);
  const steady = createPuffs({ species: 1 });
  for (let t = 0; t < 600; t += 1) {
    steady.emit(0, 0, 0, 0, 1, 0, 0);
    steady.step(CALM, 1);
  }
  let sum = 0;
  const parts = 20_000;
  for (let i = 0; i < parts; i += 1) {
    const t = ((i + 0.5) * 600) / parts;
    sum += (600 / parts) * puffConcentration_kg_m3({ mass_kg: 1, height_m: 0, ...spreads(t) }, 5, 0, 1);
  }
  let ring = 0;
  for (let x = -40; x <= 40; x += 2)
    for (let y = -40; y <= 40; y += 2)
      if (x !== 0 || y !== 0) ring = Math.max(ring, steady.concentration_kg_m3(0, x, y, 0.5));
  const peak = steady.concentration_kg_m3(0, 0, 0, 0.5);
  return [
    judge('calm, one puff', 'at 5 m after 10 min', once.concentration_kg_m3(0, 5, 0, 1) / puff - 1, 0.01, 'relative'),
    judge('calm, 10 min release', 'at 5 m', steady.concentration_kg_m3(0, 5, 0, 1) / sum - 1, 0.01, 'relative'),
    judge(
      'calm, 10 min release',
      'largest beside the source',
      ring / peak,
      1,
      'of the source',
      'below 1: peak at source',
    ),
  ];
}

/** A puff long under a lid at 20 m is evenly mixed. */
function lid(): ValidationRow {
  const w = { ...weatherOf(0.4, 0, 0.1), mixingHeight_m: 20, windU_m_s: 0, frictionVelocity_m_s: 0.4 };
  const model = createPuffs({ species: 1 });
  model.emit(0, 0, 0, 2, 1, 0, 0);
  for (let t = 0; t < 300; t += 1) model.step(w, 1);
  const sigma = lateralSpread_m(0.1, 299.5);
  const even = 1 / (2 * Math.PI * sigma * sigma * 20);
  return judge('under a lid', 'at 19 m', model.concentration_kg_m3(0, 0, 0, 19) / even - 1, 0.01, 'relative');
}

/** A slanted line of sight against 4000 points on it. */
function lineOfSight(): ValidationRow {
  const w = { ...weatherOf(0.3, 0, 0.1), mixingHeight_m: 30 };
  const model = createPuffs({ species: 1, cut_sigmas: 8 });
  for (let t = 0; t < 60; t += 1) {
    model.emit(0, 0, 0, 2, 1, 0, 0);
    model.step(w, 1);
  }
  const [a, b] = [
    [10, -30, 1],
    [70, 25, 12],
  ];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  let sum = 0;
  const parts = 4000;
  for (let i = 0; i < parts; i += 1) {
    const s = (i + 0.5) / parts;
    const at = a.map((from, k) => from + s * (b[k] - from));
    sum += (length / parts) * model.concentration_kg_m3(0, at[0], at[1], at[2]);
  }
  const ours = model.column_kg_m2(0, a[0], a[1], a[2], b[0], b[1], b[2]);
  return judge('line of sight', 'column', ours / sum - 1, 0.005, 'relative', 'quadrature of 4000 points');
}

/** In a turning wind, with merging and a domain that loses puffs: emitted = aloft + gone. */
function balance(): ValidationRow {
  const w = { ...weatherOf(0.3, -0.01, 0.1) };
  const model = createPuffs({ species: 1, extent_m: 200, capacity: 64 });
  for (let t = 0; t < 1200; t += 1) {
    const turn = 0.005 * t;
    model.emit(0, 0, 0, 1, 0.01, 0, 0);
    model.step({ ...w, windU_m_s: 2 * Math.cos(turn), windV_m_s: 2 * Math.sin(turn) }, 1);
  }
  const m = model.mass_kg(0);
  const note = `${m.emitted_kg.toFixed(3)} kg emitted, ${m.gone_kg.toFixed(3)} kg left the domain`;
  return judge('mass', 'balance', (m.aloft_kg + m.gone_kg) / m.emitted_kg - 1, 1e-12, 'relative', note);
}
