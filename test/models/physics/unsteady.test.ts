import { describe, expect, it } from 'vitest';
import {
  brunoneFactor,
  cloneState,
  FLAG,
  massBalanceError_m3,
  shearDecay,
  stepCharacteristics,
} from '../../../models/physics/index.ts';
import {
  crests,
  LAMINAR_LINE,
  runShutLine,
  type ShutLine,
  weightingFunctionHeads,
} from '../../../scenarios/validate/cavity.ts';
import { atRest, crudeLine, distance } from './networks.ts';

const G = 9.80665;

describe("Brunone's coefficient from Vardy's decay", () => {
  it('has the published values', () => {
    // Vardy & Brown 1996: C* = 7.41/Re^κ, κ = log10(14.3/Re^0.05); laminar 0.00476
    expect(shearDecay(1000)).toBe(0.00476);
    expect(brunoneFactor(1000)).toBeCloseTo(0.0345, 4);
    // κ(1e4) = log10(14.3/1.5849) = 0.95534
    expect(shearDecay(1e4)).toBeCloseTo(7.41 / 10 ** (4 * 0.95534), 7);
    expect(brunoneFactor(1e6)).toBeLessThan(brunoneFactor(1e5));
  });
});

describe('unsteady friction', () => {
  it('damps a laminar closure as the full convolution of Zielke does, on every grid', () => {
    for (const reaches of [8, 16, 32]) {
      const line = { ...LAMINAR_LINE, reaches };
      const steps = 10 * 4 * reaches;
      const exact = crests(weightingFunctionHeads(line, 1.182e-6, steps), 32, 4 * reaches);
      const seconds = (steps * line.length_m) / line.waveSpeed_m_s / reaches;
      const ours = crests(runShutLine(line, seconds).head_m, 32, 4 * reaches);
      const plain = { ...line, options: { ...line.options, unsteadyFriction: 'none' } } as ShutLine;
      const bare = crests(runShutLine(plain, seconds).head_m, 32, 4 * reaches);
      console.log(
        `${reaches} reaches, 10th crest: Zielke ${exact[9].toFixed(2)} m, ours ${ours[9].toFixed(2)} m, quasi-steady ${bare[9].toFixed(2)} m`,
      );
      for (let k = 0; k < 10; k++) expect(Math.abs(ours[k] / exact[k] - 1)).toBeLessThan(0.03);
      expect(bare[9] / exact[9]).toBeGreaterThan(1.3);
    }
  });

  it('leaves the first front at Joukowsky and only takes energy', () => {
    const line: ShutLine = {
      length_m: 1000,
      diameter_m: 0.3,
      waveSpeed_m_s: 1200,
      velocity_m_s: 0.7,
      head_m: 200,
      reaches: 40,
      options: { unsteadyFriction: 'brunone-vitkovsky' },
    };
    const { head_m, model, state } = runShutLine(line, 40);
    const rise = (1200 * 0.7) / G;
    expect(head_m[0] - 200).toBeCloseTo(rise, 9);
    // on the plateau behind it the two halves of J_u cancel but for the discrete front, less than k/2
    const half = 0.5 * state.unsteady.pipeFactor[0];
    for (let i = 0; i < 79; i++) expect(Math.abs((head_m[i] - 200) / rise - 1)).toBeLessThan(half);
    const tops = crests(head_m, 200, 160);
    const k = state.unsteady.pipeFactor[0];
    console.log(`k ${k}; crests ${tops.map((t) => (t / rise).toFixed(4)).join(', ')} of a V0/g`);
    for (let i = 1; i < tops.length; i++) expect(tops[i]).toBeLessThan(tops[i - 1]);
    // Energy, no friction otherwise: of the four fronts of a period the two that speed flow up are resisted, with k/g ∂V/∂t;
    // each takes ½ k ρ A L V0² of the wave's ½ ρ A L V0², so the amplitude falls by the share k per period.
    const decay = 1 - (tops[9] / tops[1]) ** (1 / 8);
    console.log(`decay per period ${decay}, by energy ${k}`);
    expect(Math.abs(decay / k - 1)).toBeLessThan(0.03);
    console.log(`balance ${massBalanceError_m3(model, state).toExponential(1)} m³`);
  });

  it('vanishes at rest, resumes bit-identically, and runs with cavities', () => {
    for (const cavitation of ['none', 'gas-cavity'] as const) {
      const spec = crudeLine();
      const low = { ...spec, nodes: spec.nodes.map((n) => (/^[SD]2$/.test(n.id) ? { ...n, elevation_m: 30 } : n)) };
      const { model, state } = atRest(low as typeof spec, {
        timeStep_s: 0.05,
        unsteadyFriction: 'brunone-vitkovsky',
        cavitation,
      });
      const before = state.nodeHead_m.slice();
      for (let i = 0; i < 200; i++) stepCharacteristics(model, state);
      expect(distance(before, state.nodeHead_m)).toBeLessThan(1e-6);
      state.pumpTripped.fill(1);
      for (let i = 0; i < 1000; i++) stepCharacteristics(model, state);
      const copy = cloneState(model, state);
      for (const s of [state, copy]) for (let i = 0; i < 500; i++) stepCharacteristics(model, s);
      expect(Buffer.from(copy.buffer).equals(Buffer.from(state.buffer))).toBe(true);
      expect(state.flags[FLAG.unconverged]).toBe(0);
      expect(state.nodeHead_m.every(Number.isFinite)).toBe(true);
    }
  });
});
