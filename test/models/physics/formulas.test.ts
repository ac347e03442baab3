import { describe, expect, it } from 'vitest';
import { bindArena } from '../../../models/kernel/index.ts';
import {
  colebrook,
  darcyFactor,
  discharge_m3_s,
  haaland,
  hazenWilliamsLoss_m,
  restraintFactor,
  swameeJain,
  waveSpeed_m_s,
} from '../../../models/physics/index.ts';

describe('friction', () => {
  // f from the implicit Colebrook–White equation; Moody chart readings agree to its two digits
  it.each([
    [1e5, 1e-4, 0.0185],
    [1e6, 1e-4, 0.0134],
    [1e5, 1e-3, 0.0222],
    [1e7, 1e-3, 0.0196],
    [1e4, 1e-2, 0.0431],
  ])('Colebrook at Re %d, ε/D %d reads %d on the Moody chart', (re, rough, chart) => {
    const f = colebrook(re, rough);
    const x = 1 / Math.sqrt(f);
    expect(Math.abs(x + 2 * Math.log10(rough / 3.7 + (2.51 / re) * x))).toBeLessThan(1e-12);
    expect(f).toBeCloseTo(chart, 3);
  });

  it('Swamee–Jain stays within 3 % of Colebrook in its range', () => {
    let worst = 0;
    for (const re of [5e3, 1e4, 1e5, 1e6, 1e7, 1e8]) {
      for (const rough of [1e-6, 1e-5, 1e-4, 1e-3, 1e-2])
        worst = Math.max(worst, Math.abs(swameeJain(re, rough) / colebrook(re, rough) - 1));
    }
    console.log(`Swamee–Jain: worst ${(100 * worst).toFixed(2)} %`);
    expect(worst).toBeLessThan(0.035);
  });

  it('the transition meets 64/Re and Swamee–Jain without a step', () => {
    for (const rough of [0, 1e-4, 1e-2]) {
      expect(darcyFactor(2000, rough)).toBeCloseTo(darcyFactor(2000.001, rough), 5);
      expect(darcyFactor(3999.999, rough)).toBeCloseTo(darcyFactor(4000, rough), 5);
    }
  });

  it('Haaland with KD = (ε/3.7D)^1.11 lies within 2 % of Colebrook', () => {
    const worst = [1e5, 1e6].flatMap((re) =>
      [1e-4, 1e-3].map((r) => Math.abs(haaland(re, (r / 3.7) ** 1.11) / colebrook(re, r) - 1)),
    );
    expect(Math.max(...worst)).toBeLessThan(0.02);
  });

  it("Hazen–Williams gives EPANET's loss", () => {
    // 1000 ft of 12 in pipe, C 100, 1000 gpm = 2.228 cfs: 4.727·C^-1.852·d^-4.871·L·q^1.852 = 4.12 ft
    const loss = hazenWilliamsLoss_m(1000 * 6.30901964e-5, 100, 304.8, 0.3048) / 0.3048;
    console.log(`Hazen–Williams: ${loss} ft`);
    expect(loss).toBeCloseTo(4.727 * 100 ** -1.852 * 1000 * (1000 * 6.30901964e-5 * 35.3146667) ** 1.852, 4);
  });
});

describe('fluid and orifice', () => {
  it('water in steel travels at about 1,200 m/s, slower where joints let it stretch', () => {
    const pipe = {
      bulkModulus_Pa: 2.19e9,
      density_kg_m3: 998.2,
      youngsModulus_Pa: 207e9,
      diameter_m: 0.5,
      wallThickness_m: 0.01,
      wall: 'thin',
    } as const;
    const a = waveSpeed_m_s(pipe);
    const joints = waveSpeed_m_s({ ...pipe, restraint: 'expansion-joints' });
    console.log(`a = ${a.toFixed(1)} m/s anchored, ${joints.toFixed(1)} m/s with joints`);
    expect(restraintFactor(pipe)).toBeCloseTo(0.91, 12);
    expect(restraintFactor({ ...pipe, restraint: 'anchored-upstream' })).toBeCloseTo(0.85, 12);
    expect(a).toBeCloseTo(Math.sqrt(2.19e9 / 998.2 / (1 + (2.19 / 207) * 50 * 0.91)), 9);
    expect(joints).toBeLessThan(a);
  });

  it('a rigid wall leaves the speed of sound', () => {
    const a = waveSpeed_m_s({
      bulkModulus_Pa: 2.19e9,
      density_kg_m3: 1000,
      youngsModulus_Pa: 1e20,
      diameter_m: 0.5,
      wallThickness_m: 0.01,
    });
    expect(a).toBeCloseTo(Math.sqrt(2.19e6), 3);
  });

  it('a hole lets nothing back in', () => {
    expect(discharge_m3_s(0.6, 1e-4, 20, 9.81)).toBeCloseTo(0.6 * 1e-4 * Math.sqrt(2 * 9.81 * 20), 12);
    expect(discharge_m3_s(0.6, 1e-4, -20, 9.81)).toBe(0);
  });
});

describe('arena', () => {
  it('binds all views to one buffer, aligned to 8 bytes', () => {
    const { buffer, views } = bindArena((a) => ({ a: a.u8(3), b: a.f64(2), c: a.i32(1), d: a.f32(5) }));
    expect(new Set(Object.values(views).map((v) => v.buffer))).toEqual(new Set([buffer]));
    expect(Object.values(views).map((v) => v.byteOffset % 8)).toEqual([0, 0, 0, 0]);
    expect(views.b.byteOffset).toBe(8);
    expect(buffer.byteLength).toBe(8 + 16 + 8 + 24);
    views.b[1] = 7;
    expect(new Float64Array(buffer.slice(0))[2]).toBe(7);
  });
});
