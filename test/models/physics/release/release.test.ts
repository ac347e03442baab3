import { describe, expect, it } from 'vitest';
import { gasRelease } from '../../../../models/physics/gas/index.ts';
import {
  buoyancyFlux_m4_s3,
  compileSoil,
  createSoilState,
  dropFall_m_s,
  expandedJet,
  fauskeFlux,
  fittingArea_m2,
  jetAxis,
  jetEnd,
  jetReach_m,
  leungFlux,
  meanOpening,
  plumeRise_m,
  rainOut,
  SOIL,
  soilBalance_kg,
  stableDrop_m,
  stepSoil,
  VAPOURS,
  vaultConcentration_kg_m3,
} from '../../../../models/physics/release/index.ts';
import { vapourPressure_Pa } from '../../../../models/physics/tank/index.ts';

describe('substances', () => {
  it('boil at their boiling point by their own Antoine equation', () => {
    for (const v of Object.values(VAPOURS)) {
      const p = vapourPressure_Pa(v.antoine.A, v.antoine.B, v.antoine.C, v.boilingPoint_K);
      expect(Math.abs(p / 101_325 - 1), v.id).toBeLessThan(0.03);
    }
  });
});

describe('flashing flow', () => {
  // Chlorine at 20 °C, saturated.
  const inlet = {
    pressure_Pa: 6.72e5,
    saturationPressure_Pa: 6.72e5,
    temperature_K: 293.15,
    liquidDensity_kg_m3: 1410,
    vapourDensity_kg_m3: 20.9,
    latentHeat_J_kg: 2.52e5,
    liquidHeatCapacity_J_kgK: 960,
  };

  it('lies between gas and liquid, and no back pressure above it flows', () => {
    const both = leungFlux(inlet, 101_325).flux_kg_m2s;
    const liquid = Math.sqrt(2 * 1410 * (6.72e5 - 101_325));
    expect(both).toBeLessThan(liquid);
    expect(both).toBeGreaterThan(0.6 * Math.sqrt(6.72e5 * 20.9));
    expect(leungFlux(inlet, 7e5).flux_kg_m2s).toBe(0);
    expect(fauskeFlux(inlet, 7e5, 0.05)).toBe(0);
  });

  it('a longer passage and a nearer boiling point both give less', () => {
    let last = Number.POSITIVE_INFINITY;
    for (const length of [0, 0.02, 0.05, 0.1, 1]) {
      const g = fauskeFlux(inlet, 101_325, length);
      expect(g).toBeLessThanOrEqual(last);
      last = g;
    }
    last = Number.POSITIVE_INFINITY;
    for (const share of [0.05, 0.3, 0.6, 0.9, 0.97, 1]) {
      const g = leungFlux({ ...inlet, saturationPressure_Pa: share * 6.72e5 }, 101_325).flux_kg_m2s;
      expect(g).toBeLessThanOrEqual(last * (1 + 1e-9));
      last = g;
    }
  });
});

describe('jets, drops, rise and holes', () => {
  it('the three expansions keep the mass and agree in size', () => {
    const throat = gasRelease({
      pressure_Pa: 6e6,
      density_kg_m3: 45,
      temperature_K: 283,
      heatCapacityRatio: 1.3,
      area_m2: 7.85e-5,
      dischargeCoefficient: 0.9,
    });
    const jet = {
      diameter_m: 0.01,
      temperature_K: 283,
      heatCapacityRatio: 1.3,
      molarMass_kg_mol: 0.01738,
      ambientPressure_Pa: 101_325,
      throat,
    };
    const reaches = (['birch-1984', 'birch-1987', 'ewan-moodie'] as const).map((e) => {
      const s = expandedJet(jet, e);
      const flow = (Math.PI / 4) * s.diameter_m ** 2 * s.density_kg_m3 * s.velocity_m_s;
      expect(flow / throat.massFlow_kg_s).toBeCloseTo(1, 9);
      expect(jetAxis(s, 1.2, jetReach_m(s, 1.2, 0.044))).toBeCloseTo(0.044, 9);
      expect(jetEnd(s, 1.2, 5).distance_m).toBeLessThan(jetEnd(s, 1.2, 2).distance_m);
      return jetReach_m(s, 1.2, 0.044);
    });
    console.log(`LEL of a 10 mm jet at 60 bar reaches ${reaches.map((r) => r.toFixed(1)).join(', ')} m`);
    expect(Math.max(...reaches) / Math.min(...reaches)).toBeLessThan(1.5);
  });

  it('raindrops fall as they do', () => {
    // Gunn and Kinzer (1949): 1 mm 4.03 m/s, 0.2 mm 0.72 m/s.
    expect(dropFall_m_s(1e-3, 998)).toBeCloseTo(4.03, 0);
    expect(dropFall_m_s(2e-4, 998)).toBeCloseTo(0.72, 1);
    expect(stableDrop_m(0.0262, 100)).toBeGreaterThan(stableDrop_m(0.0262, 200));
    expect([rainOut(0), rainOut(0.2), rainOut(0.6)]).toEqual([1, 0.6, 0]);
  });

  it('a hot plume rises with distance, a dense one by its momentum alone, in any wind', () => {
    const stack = {
      volumeRate_m3_s: 10,
      density_kg_m3: 0.8,
      diameter_m: 1.5,
      airDensity_kg_m3: 1.2,
      airTemperature_K: 288,
      wind_m_s: 4,
      potentialGradient_K_m: 0,
    };
    expect(plumeRise_m(stack, 50)).toBeLessThan(plumeRise_m(stack, 300));
    expect(plumeRise_m(stack, 1e5)).toBeCloseTo(plumeRise_m(stack), 9);
    expect(buoyancyFlux_m4_s3({ ...stack, density_kg_m3: 2 })).toBeLessThan(0);
    expect(plumeRise_m({ ...stack, density_kg_m3: 2 })).toBeCloseTo((3 * 1.5 * (10 / (Math.PI * 0.5625))) / 4, 9);
    expect(plumeRise_m({ ...stack, wind_m_s: 0, potentialGradient_K_m: 0.01 })).toBeLessThan(1000);
  });

  it('a worse leak is no smaller', () => {
    for (const f of [
      'flange-fibre',
      'flange-spiral',
      'ring-joint',
      'small-bore',
      'valve-packing',
      'pump-seal',
      'tanker-hose',
    ] as const) {
      const [a, b, c] = (['steady', 'eroding', 'severe'] as const).map((s) => fittingArea_m2(f, s, 0.1));
      expect(a, f).toBeLessThanOrEqual(b);
      expect(b, f).toBeLessThanOrEqual(c);
    }
  });
});

describe('schedule', () => {
  it('misses no pulse: any stepping gives the same sum', () => {
    const s = { start_s: 1.7, end_s: 40, growth_s: 12, pulse: { period_s: 3.1, open_s: 0.4 } };
    const whole = 50 * meanOpening(s, 0, 50);
    for (const dt of [0.05, 0.5, 5]) {
      let sum = 0;
      for (let k = 0; k < 50 / dt; k++) sum += dt * meanOpening(s, k * dt, dt);
      expect(sum).toBeCloseTo(whole, 9);
    }
  });
});

describe('gas in soil', () => {
  const spec = {
    depth_m: 0.9,
    airPorosity: 0.25,
    porosity: 0.4,
    diffusivity_m2_s: 2e-5,
    gasDensity_kg_m3: 0.72,
    surface: 'open',
    vault: { distance_m: 1.3, depth_m: 0.9, wallArea_m2: 1, volume_m3: 3, ventilation_m3_s: 2e-4 },
  } as const;

  it('keeps its mass, never exceeds pure gas, and under pavement goes into the vault, not the air', () => {
    const inVault: number[] = [];
    for (const surface of ['open', 'sealed'] as const) {
      const model = compileSoil({ ...spec, surface });
      const state = createSoilState(model);
      let emerged = Number.NaN;
      for (let k = 0; k < 300; k++) {
        stepSoil(model, state, 5e-4, 60);
        if (Number.isNaN(emerged) && state.rates_kg_s[SOIL.surface] > 5e-5) emerged = k;
      }
      let worst = 0;
      state.gas_kg.forEach((m, i) => {
        worst = Math.max(worst, m / model.poreVolume_m3[i]);
        expect(m).toBeGreaterThanOrEqual(0);
      });
      inVault.push(vaultConcentration_kg_m3(model, state) / 0.72);
      console.log(
        `${surface}: at the surface after ${emerged} min, in the vault ${(100 * inVault[inVault.length - 1]).toFixed(2)} %`,
      );
      expect(worst).toBeLessThan(0.72 * (1 + 1e-9));
      expect(Math.abs(soilBalance_kg(state) / state.ledger_kg[SOIL.leaked])).toBeLessThan(1e-12);
      expect(Number.isNaN(emerged)).toBe(surface === 'sealed');
    }
    expect(inVault[1]).toBeGreaterThan(1.2 * inVault[0]);
  });

  it('says what is impossible', () => {
    expect(() => compileSoil({ ...spec, airPorosity: 0.5 })).toThrow('porosity');
    expect(() => compileSoil({ ...spec, depth_m: 0 })).toThrow('above 0');
  });
});
