import { expect, test } from 'vitest';
import { fastExp, fastLog2 } from '../../../../models/physics/air/elementary.ts';
import { profileFactor } from '../../../../models/physics/air/surfaceLayer.ts';
import { climbAt, createWindTable, ratioAt, rowOf } from '../../../../models/physics/air/windTable.ts';

test('logarithm and exponential out of tables keep their stated errors', () => {
  let log = 0;
  for (let x = 1e-12; x < 1e15; x *= 1.000713) log = Math.max(log, Math.abs(fastLog2(x) - Math.log2(x)));
  for (let k = -30; k < 40; k += 1) log = Math.max(log, Math.abs(fastLog2(2 ** k) - k));
  let exp = Math.abs(fastExp(0) - 1);
  for (let x = -690; x < 0; x += 0.00917) exp = Math.max(exp, Math.abs(fastExp(x) / Math.exp(x) - 1));
  console.log(`log2 within ${log.toExponential(1)}, exp within ${exp.toExponential(1)} of itself`);
  expect(log).toBeLessThan(1e-11);
  expect(exp).toBeLessThan(1e-10);
  expect(fastExp(-1000)).toBe(0);
});

test('the table of the wind is its profile', () => {
  for (const inverse of [0, -1 / 20, -1, 1 / 200, 1 / 20, 1]) {
    const table = createWindTable();
    table.set(10, 0.03, inverse);
    let worst = 0;
    let corner = 0;
    let slope = 0;
    for (let log2 = -3.4; log2 < 11.9; log2 += 0.0137) {
      const z = 2 ** log2;
      const exact = profileFactor(z, 0.03, inverse) / profileFactor(10, 0.03, inverse);
      const off = Math.abs(ratioAt(table.rows, rowOf(log2)) / exact - 1);
      // The profile has corners at 3 z0 and at ζ = 1, which a smooth interpolation rounds.
      const sharp = [0.09, 1 / inverse].some((at) => Math.abs(Math.log2(z / at)) < 0.26);
      if (sharp) corner = Math.max(corner, off);
      else worst = Math.max(worst, off);
      const h = 1e-4;
      const above = profileFactor(z * (1 + h), 0.03, inverse) - profileFactor(z * (1 - h), 0.03, inverse);
      const steep = above / (2 * h * profileFactor(10, 0.03, inverse));
      if (!sharp) slope = Math.max(slope, Math.abs(climbAt(table.rows, rowOf(log2)) / steep - 1));
    }
    console.log(
      `1/L ${inverse.toFixed(3)}: within ${worst.toExponential(1)}, at corners ${corner.toExponential(1)}, slope within ${slope.toExponential(1)}`,
    );
    expect(worst, `1/L ${inverse}`).toBeLessThan(1e-5);
    expect(corner, `1/L ${inverse}`).toBeLessThan(1.5e-3);
    expect(slope, `1/L ${inverse}`).toBeLessThan(1e-3);
  }
});
