import { describe, expect, it } from 'vitest';
import { createPuffs } from '../../../../models/physics/air/index.ts';
import {
  CLOUD,
  cloudConcentration_kg_m3,
  cloudPuff,
  createDenseCloud,
  type DenseAir,
  denseAirOf,
  denseConcentration_kg_m3,
  densePlume,
  emitCloud,
  emitPassive,
  fatality,
  flammableEnvelope,
  handOver,
  isPassive,
  lateralVariance_m2,
  mix,
  partsPerMillion,
  screenedPlume,
  screenedPlumeExtent,
  screenedPuff,
  startDenseCloud,
  stepDenseCloud,
  toxicLoad,
  VAPOURS,
} from '../../../../models/physics/release/index.ts';

const AIR: DenseAir = {
  wind_m_s: 3,
  windHeight_m: 2,
  exponent: 0.12,
  frictionVelocity_m_s: 0.2,
  inverseObukhov_1_m: 0,
  temperature_K: 288.15,
  groundTemperature_K: 288.15,
  pressure_Pa: 101_325,
  relativeHumidity: 0.7,
};
const CALM = {
  windU_m_s: 0,
  windV_m_s: 0,
  windHeight_m: 10,
  roughness_m: 0.03,
  frictionVelocity_m_s: 0.02,
  inverseObukhov_1_m: 0.1,
  mixingHeight_m: 100,
  sigmaTheta_rad: 0.5,
  temperature_K: 283,
  pressure_Pa: 101_325,
  relativeHumidity: 0.9,
  solar_W_m2: 0,
  cloud: 0,
};
const chlorine = densePlume({
  vapour: VAPOURS.chlorine,
  massRate_kg_s: 2,
  area_m2: 4,
  releaseTemperature_K: 239.1,
  air: AIR,
  reach_m: 3000,
});

describe('dense plume', () => {
  it('carries what the source gives through every section', () => {
    // Σ c u over a section by quadrature, against the rate.
    for (const x of [20, 200, 1500]) {
      const i = chlorine.x_m.findIndex((v) => v > x);
      const [wide, high] = [chlorine.flat_m[i] + 5 * chlorine.edge_m[i], 6 * chlorine.depth_m[i]];
      let flux = 0;
      const [dy, dz] = [wide / 100, high / 400];
      for (let y = dy / 2; y < wide; y += dy)
        for (let z = dz / 2; z < high; z += dz) {
          const c = denseConcentration_kg_m3(chlorine, x, y, z);
          flux += c * AIR.wind_m_s * (z / AIR.windHeight_m) ** AIR.exponent * 2 * dy * dz;
        }
      console.log(`chlorine through x = ${x} m: ${flux.toFixed(4)} of 2 kg/s`);
      expect(flux / 2).toBeCloseTo(1, 2);
    }
  });

  it('thins all the way and is handed over with its mass and moments', () => {
    const first = chlorine.x_m.findIndex((x) => x > 5);
    for (let i = first; i + 1 < chlorine.n; i++)
      expect(chlorine.concentration_kg_m3[i + 1]).toBeLessThan(chlorine.concentration_kg_m3[i]);
    const source = handOver(chlorine)!;
    expect(source.massRate_kg_s).toBe(2);
    expect(source.delay_s).toBeGreaterThan(source.x_m / 10);
    expect(source.sigmaHorizontal_m).toBeGreaterThan(source.sigmaVertical_m);
    const puffs = createPuffs({ species: 1, extent_m: 5000 });
    emitPassive(puffs, 0, source, 10, 20, 0, 1, 2);
    puffs.step(CALM, 1);
    expect(puffs.mass_kg(0).emitted_kg).toBeCloseTo(2, 9);
    // A Gaussian alone has the variance S²/2, a flat top alone b²/3.
    expect(lateralVariance_m2(0, 2)).toBeCloseTo(2, 12);
    expect(lateralVariance_m2(3, 1e-9)).toBeCloseTo(3, 6);
  });

  it('a calm, a trickle and nothing at all are simulated or empty, never NaN', () => {
    const calm = denseAirOf(CALM);
    const base = { vapour: VAPOURS.propane, area_m2: 1, releaseTemperature_K: 231, air: calm, reach_m: 500 };
    const slow = densePlume({ ...base, massRate_kg_s: 1 });
    expect([...slow.moleFraction].every((y) => y >= 0 && y <= 1 + 1e-12)).toBe(true);
    expect(densePlume({ ...base, massRate_kg_s: 1e-6 }).n).toBeGreaterThan(0);
    expect(densePlume({ ...base, massRate_kg_s: 0 }).n).toBe(0);
  });

  it('its flammable mass agrees with a sum over a lattice', () => {
    const plume = densePlume({
      vapour: VAPOURS.propane,
      massRate_kg_s: 5,
      area_m2: 20,
      releaseTemperature_K: 231,
      air: AIR,
      reach_m: 400,
    });
    const { lowerExplosiveLimit: lower, upperExplosiveLimit: upper } = VAPOURS.propane;
    const envelope = flammableEnvelope(plume, lower, upper);
    // The same limits on the axis fraction times the profile, counted cell by cell.
    let sum = 0;
    const [dy, dz] = [1, 0.1];
    for (let i = 0; i + 1 < plume.n; i++) {
      for (let y = dy / 2; y < 120; y += dy)
        for (let z = dz / 2; z < 8; z += dz) {
          const over = Math.max(0, y - plume.flat_m[i]) / plume.edge_m[i];
          const part = Math.exp(-over * over - (z / plume.depth_m[i]) ** (1 + plume.exponent));
          const fraction = plume.moleFraction[i] * part;
          if (fraction < lower || fraction > upper) continue;
          sum += plume.concentration_kg_m3[i] * part * 2 * dy * dz * (plume.x_m[i + 1] - plume.x_m[i]);
        }
    }
    console.log(
      `propane: LEL to ${envelope.lowerLimit_m.toFixed(0)} m, ${envelope.mass_kg.toFixed(1)} kg, lattice ${sum.toFixed(1)}`,
    );
    expect(envelope.mass_kg / sum).toBeCloseTo(1, 1);
    expect(envelope.lowerLimit_m).toBeGreaterThan(envelope.upperLimit_m);
  });
});

describe('dense cloud', () => {
  const spec = {
    vapour: VAPOURS.chlorine,
    releaseTemperature_K: 239.1,
    airTemperature_K: 288.15,
    pressure_Pa: 101_325,
  };

  it('slumps, keeps its mass, becomes passive, and resumes to the bit', () => {
    const state = createDenseCloud();
    startDenseCloud(state, spec, AIR, 500, 0, 0, 0);
    let copy: ArrayBuffer | undefined;
    let passiveAt = Number.NaN;
    for (let t = 0; t < 900; t++) {
      if (t === 100) copy = state.buffer.slice(0);
      stepDenseCloud(state, spec, AIR, 1, 0, 1);
      if (Number.isNaN(passiveAt) && isPassive(state)) passiveAt = t;
    }
    const c = state.cloud;
    const volume = Math.PI * c[CLOUD.radius_m] ** 2 * c[CLOUD.height_m];
    expect(cloudConcentration_kg_m3(state, c[CLOUD.x_m], 0, 0) * volume).toBeCloseTo(500, 6);
    console.log(`chlorine, 500 kg: passive after ${passiveAt} s, R ${c[CLOUD.radius_m].toFixed(0)} m after 900 s`);
    expect(passiveAt).toBeGreaterThan(5);
    expect(cloudPuff(state).sigmaHorizontal_m).toBe(c[CLOUD.radius_m] / 2);
    const again = createDenseCloud();
    new Uint8Array(again.buffer).set(new Uint8Array(copy!));
    for (let t = 100; t < 900; t++) stepDenseCloud(again, spec, AIR, 1, 0, 1);
    expect([...again.cloud]).toEqual([...state.cloud]);
    const puffs = createPuffs({ species: 1, extent_m: 5000 });
    emitCloud(puffs, 0, state);
    puffs.step(CALM, 1);
    expect(puffs.mass_kg(0).emitted_kg).toBeCloseTo(500, 6);
    expect(state.cloud[CLOUD.mass_kg]).toBe(0);
  });
});

describe('mixtures, screening and harm', () => {
  it('mist makes ammonia denser than air, though its gas is lighter', () => {
    const out = { temperature_K: 0, density_kg_m3: 0, moleFraction: 0, liquidFraction: 0 };
    const spec = { vapour: VAPOURS.ammonia, releaseTemperature_K: 239.8, airTemperature_K: 293, pressure_Pa: 101_325 };
    mix({ ...spec, liquidFraction: 0.8 }, 1, 5, 0, out);
    expect(out.density_kg_m3).toBeGreaterThan(1.25);
    expect(out.liquidFraction).toBeGreaterThan(0);
    mix({ ...spec, releaseTemperature_K: 293 }, 1, 5, 0, out);
    expect(out.density_kg_m3).toBeLessThan(1.2);
  });

  it('moist air is warmed by its own mist', () => {
    const out = { temperature_K: 0, density_kg_m3: 0, moleFraction: 0, liquidFraction: 0 };
    const spec = { vapour: VAPOURS.methane, releaseTemperature_K: 111.7, airTemperature_K: 300, pressure_Pa: 101_325 };
    mix(spec, 1, 5, 0, out);
    const dry = out.temperature_K;
    mix({ ...spec, relativeHumidity: 0.9 }, 1, 5, 0, out);
    expect(out.temperature_K).toBeGreaterThan(dry + 5);
  });

  it('the screening curves fall with distance and end outside the cloud', () => {
    const gas = { density_kg_m3: 3, temperature_K: 240, airDensity_kg_m3: 1.2, airTemperature_K: 293, wind10_m_s: 3 };
    const plume = { ...gas, volumeRate_m3_s: 2 };
    let last = 1;
    for (let x = 1; x < 3000; x *= 1.2) {
      const c = screenedPlume(plume, x);
      expect(c).toBeLessThanOrEqual(last + 1e-12);
      last = c;
    }
    expect(screenedPlumeExtent(plume, 100).halfWidth_m).toBeGreaterThan(screenedPlumeExtent(plume, 0).halfWidth_m);
    expect(screenedPuff({ ...gas, volume_m3: 100 }, 1000, 1)).toBe(0);
    // Gas as light as air has the passive end of the curves, not NaN.
    expect(screenedPlume({ ...plume, density_kg_m3: 0.7 }, 200)).toBeGreaterThan(0);
  });

  it('half an hour of chlorine by the probit of CCPS', () => {
    const { toxic, molarMass_kg_mol: M } = VAPOURS.chlorine;
    expect(partsPerMillion(1.2e-3, M, 293.15, 101_325)).toBeCloseTo(407.1, 0);
    // Pr = −8.29 + 0.92 ln(400² · 30) = 5.87: 81 of a hundred.
    expect(fatality(toxic, toxicLoad(toxic, 400, 1800))).toBeCloseTo(0.8081, 2);
    expect(fatality(toxic, 0)).toBe(0);
  });
});
