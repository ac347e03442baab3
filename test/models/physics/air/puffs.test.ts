import { expect, test } from 'vitest';
import {
  type AirWeather,
  classOf,
  createPuffs,
  inverseObukhovOfClass_1_m,
  lateralSpread_m,
  lateralTime_s,
  PASQUILL_CLASSES,
  roughnessOf_m,
  surfaceLayer,
  verticalShare_1_m,
  verticalSpread_m,
  verticalTravel_m,
  windSpeed_m_s,
} from '../../../../models/physics/air/index.ts';

const WEATHER: AirWeather = {
  windU_m_s: 4,
  windV_m_s: 0,
  windHeight_m: 2,
  roughness_m: 0.006,
  frictionVelocity_m_s: 0.3,
  inverseObukhov_1_m: -0.05,
  mixingHeight_m: 800,
  sigmaTheta_rad: 0.3,
  temperature_K: 293,
  pressure_Pa: 101325,
  relativeHumidity: 0.5,
  solar_W_m2: 0,
  cloud: 1,
};

test('merging and culling change a steady concentration by less than a per cent', () => {
  const run = (options: object) => {
    const model = createPuffs({ species: 1, extent_m: 1000, ...options });
    const points = Float64Array.from([10, 50, 100, 200, 400].flatMap((x) => [x, 0.1 * x, 1.5]));
    const now = new Float64Array(5);
    const mean = new Float64Array(5);
    for (let t = 0; t < 240; t += 1) {
      model.emit(0, 0, 0, 0.5, 0.001, 0, 0);
      model.step(WEATHER, 1);
      if (t < 180) continue;
      model.concentrations(0, points, now);
      for (let i = 0; i < 5; i += 1) mean[i] += now[i] / 60;
    }
    return mean;
  };
  const exact = run({ mergeSpacing: 0, cut_sigmas: Number.POSITIVE_INFINITY });
  run({}).forEach((c, i) => {
    expect(Math.abs(c / exact[i] - 1)).toBeLessThan(0.01);
  });
});

test('a resumed run has the same bits as an uninterrupted one', () => {
  const step = (m: ReturnType<typeof createPuffs>, t: number) => {
    m.emit(0, 0, 0, 1, 0.01, 0.1, 0.1);
    m.step({ ...WEATHER, windV_m_s: Math.sin(t / 9) }, 1);
  };
  const whole = createPuffs({ species: 1, capacity: 64 });
  for (let t = 0; t < 90; t += 1) step(whole, t);
  const first = createPuffs({ species: 1, capacity: 64 });
  for (let t = 0; t < 40; t += 1) step(first, t);
  const second = createPuffs({ species: 1, capacity: 64 });
  second.load(first.save());
  for (let t = 40; t < 90; t += 1) step(second, t);
  expect(second.save()).toEqual(whole.save());
});

test('the integral of concentration over the air is the mass', () => {
  const model = createPuffs({ species: 2, cut_sigmas: 8 });
  for (let t = 0; t < 30; t += 1) {
    model.emit(1, 0, 0, 3, 0.1, 1, 1);
    model.step({ ...WEATHER, mixingHeight_m: 25 }, 1);
  }
  let sum = 0;
  for (let x = -60; x < 240; x += 3)
    for (let y = -100; y < 100; y += 3)
      for (let z = 0.5; z < 25; z += 1) sum += 9 * model.concentration_kg_m3(1, x + 1.5, y + 1.5, z);
  expect(sum).toBeCloseTo(3, 2);
  expect(model.mass_kg(1).aloft_kg).toBeCloseTo(3, 10);
  expect(model.mass_kg(0).aloft_kg).toBe(0);
});

test('curves of spread and their inverses agree', () => {
  for (const inverse of [-0.1, 0, 0.002, 0.2])
    expect(verticalTravel_m(verticalSpread_m(37, 0.07, inverse), 0.07, inverse)).toBeCloseTo(37, 7);
  expect(lateralTime_s(0.4, lateralSpread_m(0.4, 123))).toBeCloseTo(123, 9);
});

test('images and cosines under a lid meet', () => {
  for (const z of [0, 7, 20])
    expect(verticalShare_1_m(z, 20, 10 - 1e-12, 20)).toBeCloseTo(verticalShare_1_m(z, 20, 10 + 1e-12, 20), 11);
});

test('classes, roughness and profile come back', () => {
  for (const c of PASQUILL_CLASSES) expect(classOf(inverseObukhovOfClass_1_m(c, 0.1), 0.1)).toBe(c);
  expect(roughnessOf_m(windSpeed_m_s(2, 0.3, 0.02, -0.03), 2, 0.3, -0.03)).toBeCloseTo(0.02, 9);
});

test('sun makes the surface layer unstable, a clear night stable, and a calm is no error', () => {
  const at = (windSpeed: number, solar: number) =>
    surfaceLayer({
      windSpeed_m_s: windSpeed,
      windHeight_m: 10,
      roughness_m: 0.05,
      solar_W_m2: solar,
      cloud: 0,
      temperature_K: 290,
      pressure_Pa: 101325,
    });
  expect(at(3, 700).inverseObukhov_1_m).toBeLessThan(-0.01);
  expect(at(3, 0).inverseObukhov_1_m).toBeGreaterThan(0.005);
  for (const solar of [0, 700])
    for (const figure of Object.values(at(0, solar))) expect(Number.isFinite(figure)).toBe(true);
});
