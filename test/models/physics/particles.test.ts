import { describe, expect, it } from 'vitest';
import { gammaP, hashIndex } from '../../../models/kernel/index.ts';
import { type AirWeather, eddyDiffusivity_m2_s, LATERAL_TERMS } from '../../../models/physics/air/index.ts';
import {
  compileWindField,
  createParticles,
  createSolids,
  type Solid,
  steadyConcentrations,
} from '../../../models/physics/air/particles/index.ts';
import { normalOf, normalOf16 } from '../../../models/physics/air/particles/normals.ts';

const weather = (change: Partial<AirWeather> = {}): AirWeather => ({
  windU_m_s: 3,
  windV_m_s: 0.5,
  windHeight_m: 10,
  roughness_m: 0.05,
  frictionVelocity_m_s: 0.3,
  inverseObukhov_1_m: 0,
  mixingHeight_m: 60,
  sigmaTheta_rad: 0.15,
  temperature_K: 290,
  pressure_Pa: 101325,
  relativeHumidity: 0.5,
  solar_W_m2: 0,
  cloud: 0.5,
  ...change,
});

const YARD: readonly Solid[] = [
  { kind: 'box', x_m: 0, y_m: 0, z0_m: 0, z1_m: 8, length_m: 12, width_m: 6, heading_rad: 0.4 },
  { kind: 'cylinder', x_m: 20, y_m: 8, z0_m: 0, z1_m: 10, radius_m: 5 },
  { kind: 'box', x_m: 18, y_m: -12, z0_m: 3, z1_m: 5, length_m: 30, width_m: 4, heading_rad: 0 },
];
const YARD_DOMAIN = { x0_m: -40, y0_m: -40, x1_m: 60, y1_m: 40 };

function yard(seed = 1, parcelsPerSecond = 100, capacity = 12_000) {
  const walls = createSolids(YARD);
  const flow = compileWindField({ solids: YARD, roughness_m: 0.05, cell_m: 4, directions: 8, margin_m: 30 });
  return {
    walls,
    model: createParticles({
      seed,
      walls,
      capacity,
      parcelsPerSecond,
      domain: YARD_DOMAIN,
      ...(flow ? { flow } : {}),
    }),
  };
}

describe('particles', () => {
  it('normals of hashed bits have mean 0, variance 1 and the tails of a normal', () => {
    let [mean, square, fourth] = [0, 0, 0];
    const n = 400_000;
    for (let i = 0; i < n; i += 1) {
      const bits = hashIndex(1, 2, i);
      const z = i % 2 === 0 ? normalOf(bits) : normalOf16(bits);
      mean += z / n;
      square += z ** 2 / n;
      fourth += z ** 4 / n;
    }
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(fourth - 3)).toBeLessThan(0.06);
  });

  it.each([
    ['neutral', {}],
    ['stable', { inverseObukhov_1_m: 1 / 20, mixingHeight_m: 40 }],
    ['unstable', { inverseObukhov_1_m: -1 / 10, mixingHeight_m: 100 }],
  ])('a well-mixed box stays well mixed (%s)', (_, change) => {
    const air = weather({ windU_m_s: 0.5, windV_m_s: 0, ...change });
    const n = 4000;
    const model = createParticles({ seed: 3, capacity: n, domain: { x0_m: -1e6, y0_m: -1e6, x1_m: 1e6, y1_m: 1e6 } });
    const p = model.parcels;
    // Mixed over the height at the start: one parcel per n-th of it, velocities standard normal.
    p.head[0] = n;
    for (let i = 0; i < n; i += 1) {
      p.z[i] = air.roughness_m + ((i + 0.5) / n) * (air.mixingHeight_m - air.roughness_m);
      p.mass[i] = 1;
      p.ru[i] = normalOf(hashIndex(7, 1, i));
      p.rv[i] = normalOf(hashIndex(7, 2, i));
      p.rw[i] = normalOf(hashIndex(7, 3, i));
    }
    for (let k = 0; k < 150; k += 1) model.step(air, 1);
    const bins = new Float64Array(20);
    for (let i = 0; i < n; i += 1) {
      const f = (p.z[i]! - air.roughness_m) / (air.mixingHeight_m - air.roughness_m);
      bins[Math.min(19, Math.floor(f * 20))]! += 1;
    }
    const chi2 = bins.reduce((s, b) => s + (b - n / 20) ** 2 / (n / 20), 0);
    const p0 = 1 - gammaP(19 / 2, chi2 / 2);
    expect(p0, `chi2 ${chi2.toFixed(1)} of 19, ${[...bins].join(' ')}`).toBeGreaterThan(0.001);
  });

  it('keeps mass among obstacles and never lies in a solid in a million steps of parcels', () => {
    const { walls, model } = yard(1, 450, 20_000);
    let steps = 0;
    let inside = 0;
    for (let k = 0; k < 100; k += 1) {
      model.emit(0, 9, 8, 1, 0.5, 0.3, 0.3);
      model.step(weather(), 0.5);
      const p = model.parcels;
      for (let i = 0; i < p.capacity; i += 1) {
        if (p.mass[i] === 0) continue;
        steps += 1;
        if (walls.inside(p.x[i]!, p.y[i]!, p.z[i]!)) inside += 1;
      }
    }
    const { aloft_kg, emitted_kg, gone_kg } = model.mass_kg(0);
    expect(emitted_kg).toBeCloseTo(50, 9);
    expect(aloft_kg + gone_kg).toBeCloseTo(emitted_kg, 9);
    expect(gone_kg).toBeGreaterThan(0);
    expect(steps).toBeGreaterThan(1_000_000);
    console.log(`${steps} steps of parcels, ${inside} in a solid`);
    expect(inside).toBe(0);
  }, 60_000);

  it('gas does not pass through a wall', () => {
    // A closed room of four walls and a roof: what is released in it stays.
    const wall = (x_m: number, y_m: number, length_m: number, width_m: number): Solid => ({
      kind: 'box',
      x_m,
      y_m,
      z0_m: 0,
      z1_m: 4,
      length_m,
      width_m,
      heading_rad: 0,
    });
    const room: Solid[] = [
      wall(0, 5, 10.4, 0.2),
      wall(0, -5, 10.4, 0.2),
      wall(5, 0, 0.2, 10.4),
      wall(-5, 0, 0.2, 10.4),
      { kind: 'box', x_m: 0, y_m: 0, z0_m: 3.9, z1_m: 4.2, length_m: 10.4, width_m: 10.4, heading_rad: 0 },
    ];
    const model = createParticles({ seed: 5, walls: createSolids(room), capacity: 300, parcelsPerSecond: 300 });
    model.emit(0, 0, 0, 1, 1, 0.1, 0.1);
    for (let k = 0; k < 120; k += 1) model.step(weather(), 0.5);
    for (let i = 0; i < 300; i += 1) {
      expect(Math.max(Math.abs(model.parcels.x[i]!), Math.abs(model.parcels.y[i]!))).toBeLessThan(5);
      expect(model.parcels.z[i]).toBeLessThan(3.91);
    }
    expect(model.concentration_kg_m3(0, 6, 0, 1)).toBe(0);
    expect(model.mass_kg(0).aloft_kg).toBeCloseTo(1, 12);
  });

  it('the same seed gives the same bits, and a resumed run the same as an uninterrupted one', () => {
    const run = (model: ReturnType<typeof yard>['model'], from: number, to: number) => {
      for (let k = from; k < to; k += 1) {
        model.emit(0, 9, 8, 1, 0.5, 0.3, 0.3);
        model.step(weather({ windV_m_s: 0.1 * k }), 0.5);
      }
      return model.save();
    };
    const whole = run(yard().model, 0, 12);
    const first = run(yard().model, 0, 5);
    const second = yard().model;
    second.load(first);
    expect(Buffer.compare(Buffer.from(run(second, 5, 12)), Buffer.from(whole))).toBe(0);
    expect(Buffer.compare(Buffer.from(run(yard(2).model, 0, 12)), Buffer.from(whole))).not.toBe(0);
  });

  it('a column is the integral of the concentration along it', () => {
    const model = createParticles({ seed: 1, parcelsPerSecond: 400, capacity: 2000 });
    model.emit(0, 0, 0, 2, 1, 2, 1);
    for (let k = 0; k < 5; k += 1) model.step(weather(), 1);
    const n = 400;
    let sum = 0;
    for (let i = 0; i < n; i += 1) {
      const f = (i + 0.5) / n;
      sum += (model.concentration_kg_m3(0, 2 + 10 * f, -12 + 24 * f, 1 + 3 * f) * Math.hypot(10, 24, 3)) / n;
    }
    expect(model.column_kg_m2(0, 2, -12, 1, 12, 12, 4) / sum).toBeCloseTo(1, 2);
  });

  it('on open ground the plume carries what was released through every arc', () => {
    // ∫∫ c U dy dz = Q: at 60 m, with the wind of each height; within the Monte-Carlo error.
    const air = weather({ windU_m_s: 4, windV_m_s: 0, mixingHeight_m: 300 });
    const points: number[] = [];
    const [ny, nz] = [31, 24];
    for (let j = 0; j < ny; j += 1)
      for (let k = 0; k < nz; k += 1) points.push(60, (j - (ny - 1) / 2) * 2, (k + 0.5) * 1.0);
    const c = steadyConcentrations(
      {
        weather: air,
        rate_kg_s: 1,
        x_m: 0,
        y_m: 0,
        z_m: 2,
        parcels: 1200,
        options: { seed: 1, domain: { x0_m: -50, y0_m: -100, x1_m: 120, y1_m: 100 } },
        step_s: 0.5,
        growth: 0,
        most_s: 200,
      },
      Float64Array.from(points),
    );
    let flux = 0;
    for (let i = 0; i < c.length; i += 1) {
      const z = points[3 * i + 2]!;
      flux += c[i]! * 2 * 1.0 * 4 * (Math.log(z / 0.05) / Math.log(10 / 0.05));
    }
    // Streamwise fluctuations carry a few per cent of the flux themselves.
    expect(flux).toBeGreaterThan(0.88);
    expect(flux).toBeLessThan(1.12);
  });

  it('high above open ground, and young, it is the Gaussian plume within the Monte-Carlo error', () => {
    // Much younger than TL the spread is σ·t, and U, σ and Λ hardly vary over it: the closed form knows the answer.
    const air = weather({ windU_m_s: 5, windV_m_s: 0, mixingHeight_m: 2000, sigmaTheta_rad: 0.08 });
    const [z, x] = [200, 60];
    const U = (5 * Math.log(z / 0.05)) / Math.log(10 / 0.05);
    const t = x / U;
    const thin = 1 - (0.8 * z) / 2000;
    const sigmaW = 1.25 * 0.3 * thin;
    const TL = 1 / ((1.25 * 0.3) / eddyDiffusivity_m2_s(z, 0.3, 0) + 1 / 2000) / sigmaW;
    const taylor = (s: number, T: number) => s * T * Math.sqrt(2 * (t / T - 1 + Math.exp(-t / T)));
    const sy = Math.hypot(...LATERAL_TERMS.map((term) => taylor(Math.sqrt(term.share) * 0.08 * 5, term.time_s)));
    // The kernel smooths the profile upwards.
    const sz = Math.sqrt(1 + 0.25 ** 2) * taylor(sigmaW, TL);
    const gauss = (y: number, dz: number) =>
      Math.exp(-0.5 * ((y / sy) ** 2 + (dz / sz) ** 2)) / (2 * Math.PI * U * sy * sz);
    const places = [
      [0, 0],
      [4, 0],
      [0, -4],
    ] as const;
    const points = Float64Array.from(places.flatMap(([y, dz]) => [x, y, z + dz]));
    const runs = [1, 2, 3, 4, 5, 6].map((seed) =>
      steadyConcentrations(
        {
          weather: air,
          rate_kg_s: 1,
          x_m: 0,
          y_m: 0,
          z_m: z,
          parcels: 8000,
          options: { seed, domain: { x0_m: -50, y0_m: -100, x1_m: 90, y1_m: 100 } },
          step_s: 0.25,
          growth: 0,
          most_s: 40,
        },
        points,
      ),
    );
    places.forEach(([y, dz], i) => {
      const all = runs.map((r) => r[i]!);
      const mean = all.reduce((s, c) => s + c, 0) / all.length;
      const error = Math.sqrt(all.reduce((s, c) => s + (c - mean) ** 2, 0) / (all.length - 1) / all.length);
      const expected = gauss(y, dz);
      const off = `${mean.toPrecision(4)} ± ${error.toPrecision(2)}, closed form ${expected.toPrecision(4)}`;
      expect(error / expected, off).toBeLessThan(0.04);
      expect(Math.abs(mean - expected), off).toBeLessThan(4 * error);
    });
  });
});
