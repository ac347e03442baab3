/** Sulphide of a rising main against sums by hand, in the units of the manual. */
import { describe, expect, it } from 'vitest';
import {
  hydrogenSulphide_kg_s,
  hydrogenSulphideShare,
  type RisingMain,
  sulphideAt_kg_m3,
  sulphideRate_kg_m3_s,
} from '../../../models/physics/index.ts';

const MAIN: RisingMain = { diameter_m: 0.4, temperature_K: 293.15, bod5_kg_m3: 0.25 };

describe('sulphide build-up in a full pipe', () => {
  it('is M [EBOD] (4/d + 1.57): 250 mg/L in 0.4 m at 20 °C for two hours give 5.785 mg/L', () => {
    // 1e-3 m/h · 250 mg/L · (10 + 1.57)/m = 2.8925 mg/(L h).
    expect(sulphideRate_kg_m3_s(MAIN) * 3600 * 1000).toBeCloseTo(2.8925, 10);
    expect(sulphideAt_kg_m3(MAIN, 7200) * 1000).toBeCloseTo(5.785, 10);
    expect(sulphideAt_kg_m3(MAIN, 7200, 0.001) * 1000).toBeCloseTo(6.785, 10);
  });

  it('grows by 7 % per kelvin, with the BOD, and with the wall per volume', () => {
    const rate = (change: Partial<RisingMain>) =>
      sulphideRate_kg_m3_s({ ...MAIN, ...change }) / sulphideRate_kg_m3_s(MAIN);
    expect(rate({ temperature_K: 294.15 })).toBeCloseTo(1.07, 10);
    expect(rate({ temperature_K: 283.15 })).toBeCloseTo(1.07 ** -10, 10);
    expect(rate({ bod5_kg_m3: 0.5 })).toBeCloseTo(2, 12);
    expect(rate({ diameter_m: 0.2 })).toBeCloseTo(21.57 / 11.57, 12);
    expect(rate({ flux_m_s: 0.5e-3 / 3600 })).toBeCloseTo(0.5, 12);
  });

  it('is the same summed over short stays as over a long one', () => {
    let sulphide = 0;
    for (let i = 0; i < 60; i += 1) sulphide = sulphideAt_kg_m3(MAIN, 60, sulphide);
    expect(sulphide).toBeCloseTo(sulphideAt_kg_m3(MAIN, 3600), 12);
  });
});

describe('hydrogen sulphide at the outfall', () => {
  it('is half of the dissolved sulphide at the pK, ten elevenths a pH unit below and one above', () => {
    expect(hydrogenSulphideShare(7.05)).toBe(0.5);
    expect(hydrogenSulphideShare(6.05)).toBeCloseTo(10 / 11, 12);
    expect(hydrogenSulphideShare(8.05)).toBeCloseTo(1 / 11, 12);
  });

  it('is a mass of H2S, not of sulphur: 0.05 m³/s with 4 mg/L at the pK give 0.1063 g/s', () => {
    expect(hydrogenSulphide_kg_s(0.05, 0.004, 7.05) * 1000).toBeCloseTo(0.05 * 4 * 0.5 * (34.08 / 32.06), 12);
    expect(hydrogenSulphide_kg_s(-0.05, 0.004, 7.05)).toBe(0);
  });
});
