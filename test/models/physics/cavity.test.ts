import { describe, expect, it } from 'vitest';
import {
  type CompileOptions,
  cloneState,
  compileNetwork,
  FLAG,
  gasHead_m,
  gasVolume_m3,
  massBalanceError_m3,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  stepCharacteristics,
} from '../../../models/physics/index.ts';
import { validateCavity } from '../../../scenarios/validate/cavity.ts';
import { formatValidation } from '../../../scenarios/validate/table.ts';
import { atRest, crudeLine, distance } from './networks.ts';

const L = 36;
const D = 0.01905;
const A = (Math.PI / 4) * D * D;
const Q0 = 0.332 * A;

/** Simpson's line (1986): 36 m of 19.05 mm copper, a = 1280 m/s, V0 = 0.332 m/s under 23.41 m. */
function line(end: 'outflow' | 'valve' | 'hole', factor = 0, rise_m = 0): NetworkSpec {
  const pipe = { length_m: L, diameter_m: D, waveSpeed_m_s: 1280, friction: { kind: 'darcy', factor } } as const;
  return {
    fluid: { vapourHead_m: -10.25 },
    nodes: [
      { id: 'R', kind: 'reservoir', head_m: 23.41, elevation_m: 0 },
      { id: 'V', kind: 'junction', elevation_m: rise_m, ...(end === 'outflow' ? { outflow_m3_s: Q0 } : {}) },
      { id: 'S', kind: 'reservoir', head_m: 0, elevation_m: 0 },
    ],
    pipes: [{ id: 'p', from: 'R', to: 'V', ...pipe, reaches: 32 }],
    links:
      end === 'valve'
        ? [
            {
              id: 'XV',
              kind: 'valve',
              from: 'V',
              to: 'S',
              diameter_m: D,
              lossCoefficient: 23.41 / (0.332 ** 2 / 19.6133),
            },
          ]
        : [],
    orifices:
      end === 'hole'
        ? [{ id: 'hole', node: 'V', dischargeCoefficient: 1, area_m2: Q0 / Math.sqrt(2 * 9.80665 * (23.41 - rise_m)) }]
        : [],
  };
}

const OPTIONS: CompileOptions = { timeStep_s: L / 1280 / 32, cavitation: 'gas-cavity' };

function shut(model: NetworkModel, state: NetworkState): void {
  state.boundaryFlow_m3_s.fill(0);
  state.orificeArea_m2.fill(0);
  for (let l = 0; l < model.nLink; l++) {
    state.valveOpening[l] = 0;
    state.valveOpeningSet[l] = 0;
  }
}

function record(model: NetworkModel, state: NetworkState, seconds: number, node: number): Float64Array {
  const heads = new Float64Array(Math.round(seconds / model.timeStep_s));
  for (let i = 0; i < heads.length; i++) {
    stepCharacteristics(model, state);
    heads[i] = state.nodeHead_m[node];
  }
  return heads;
}

describe('the law of a cavity', () => {
  it('solves h (b1 + b2 h) = C without cancelling, whatever the branch', () => {
    for (const b1 of [-1e-3, -1e-9, 0, 1e-9, 1e-3]) {
      const h = gasHead_m(b1, 2e-8, 1e-10);
      expect(h).toBeGreaterThan(0);
      if (b1 >= 0) expect((h * (b1 + 2e-8 * h)) / 1e-10).toBeCloseTo(1, 12);
      else expect(h).toBeCloseTo((-b1 + Math.sqrt(b1 * b1 + 8e-18)) / 4e-8, 9);
    }
  });

  it('says what is wrong with its options', () => {
    const bad = compileNetwork(line('outflow'), { ...OPTIONS, gasFraction: 0, cavityWeight: 0.2 });
    expect(bad.ok ? [] : bad.problems).toEqual([
      'gasFraction is 0; expected more than 0 and at most 0.01.',
      'cavityWeight is 0.2; expected 0.5 … 1.',
    ]);
  });
});

describe('column separation at a shut valve', () => {
  it('is the same whether a boundary, a valve or a hole in the wall shuts', () => {
    const heads = (['outflow', 'valve', 'hole'] as const).map((end) => {
      const { model, state } = atRest(line(end), OPTIONS);
      shut(model, state);
      const trace = record(model, state, 0.3, 1); // first collapse, its pulse and the second

      expect(state.flags[FLAG.unconverged]).toBe(0);
      return trace;
    });
    const surge = Math.max(...heads[0]);
    const valve = distance(heads[0], heads[1]);
    const hole = distance(heads[0], heads[2]);
    console.log(
      `surge ${surge.toFixed(3)} m; valve differs by ${valve.toExponential(1)} m, hole by ${hole.toExponential(1)} m`,
    );
    expect(surge).toBeGreaterThan(110);
    expect(Math.max(valve, hole)).toBeLessThan(2e-3 * surge);
  });

  it('keeps every drop: pipe, cavities and boundaries, to rounding without friction, for every ψ', () => {
    for (const cavityWeight of [0.5, 0.7, 1]) {
      const { model, state } = atRest(line('outflow', 0, 3), { ...OPTIONS, cavityWeight });
      shut(model, state);
      let most = 0;
      for (let i = 0; i < 1500; i++) {
        stepCharacteristics(model, state);
        most = Math.max(most, gasVolume_m3(model, state));
      }
      const error = massBalanceError_m3(model, state);
      console.log(`ψ ${cavityWeight}: most ${most.toExponential(2)} m³ of void, balance ${error.toExponential(1)} m³`);
      expect(most).toBeGreaterThan(1e-6);
      expect(Math.abs(error)).toBeLessThan(1e-10 * most);
    }
  });

  it('never lets pressure fall below the vapour, also along a slope and over a knee, with friction', () => {
    const base = line('outflow', 0.03);
    const half = { ...base.pipes[0], length_m: L / 2, reaches: 16 };
    const knee: NetworkSpec = {
      ...base,
      nodes: [...base.nodes, { id: 'K', kind: 'junction', elevation_m: 15 }],
      pipes: [
        { ...half, id: 'up', from: 'R', to: 'K' },
        { ...half, id: 'down', from: 'K', to: 'V' },
      ],
    };
    const { model, state } = atRest(knee, OPTIONS);
    shut(model, state);
    let least = Number.POSITIVE_INFINITY;
    let atKnee = 0;
    for (let i = 0; i < 1000; i++) {
      stepCharacteristics(model, state);
      for (let p = 0; p < 2; p++) {
        for (let s = 0; s <= 16; s++) {
          const z = p === 0 ? (15 * s) / 16 : 15 * (1 - s / 16);
          least = Math.min(least, state.sectionHead_m[model.sectionStart[p] + s] - z + 10.25);
        }
      }
      atKnee = Math.max(atKnee, state.gas.nodeCavity_m3[3]);
    }
    console.log(
      `least head above vapour ${least.toExponential(1)} m; cavity at the knee ${atKnee.toExponential(2)} m³`,
    );
    expect(least).toBeGreaterThan(-1e-12);
    expect(atKnee).toBeGreaterThan(1e-7);
    expect(state.flags[FLAG.belowVapour]).toBe(0);
  });
});

/** The crude line with its second station low enough not to boil at rest. */
function lowCrudeLine(delivery: 'reservoir' | 'tank', leak_m2?: number): NetworkSpec {
  const spec = crudeLine({ delivery, leak_m2 });
  return {
    ...spec,
    nodes: spec.nodes.map((n) => (/^[SD]2$/.test(n.id) ? { ...n, elevation_m: 30 } : n)) as NetworkSpec['nodes'],
  };
}

describe('against closed forms and the laboratory', () => {
  it('every row of the validation passes', () => {
    const rows = validateCavity();
    console.log(formatValidation(rows));
    expect(rows.filter((r) => r.status !== 'pass').map((r) => `${r.case}: ${r.metric} ${r.actual}`)).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(15);
  });
});

describe('a line that does not cavitate', () => {
  it('runs as without the model, but for the gas that it assumes', () => {
    const plain = atRest(lowCrudeLine('reservoir', 1e-3), { timeStep_s: 0.05 });
    const parted = atRest(lowCrudeLine('reservoir', 1e-3), {
      timeStep_s: 0.05,
      cavitation: 'gas-cavity',
      gasFraction: 1e-9,
    });
    let worst = 0;
    for (const m of [plain, parted]) m.state.orificeArea_m2[0] = 4e-3;
    for (let i = 0; i < 1200; i++) {
      stepCharacteristics(plain.model, plain.state);
      stepCharacteristics(parted.model, parted.state);
      worst = Math.max(worst, distance(plain.state.nodeHead_m, parted.state.nodeHead_m));
    }
    console.log(`60 s after a leak: ${worst.toExponential(1)} m apart`);
    expect(worst).toBeLessThan(1e-2);
    expect(parted.state.flags[FLAG.unconverged]).toBe(0);
  });

  it('stays at rest, resumes bit-identically and survives a trip of all pumps', () => {
    const { model, state } = atRest(lowCrudeLine('reservoir'), { timeStep_s: 0.05, cavitation: 'gas-cavity' });
    const before = state.nodeHead_m.slice();
    for (let i = 0; i < 200; i++) stepCharacteristics(model, state);
    expect(distance(before, state.nodeHead_m)).toBeLessThan(1e-6);
    state.pumpTripped.fill(1);
    let most = 0;
    for (let i = 0; i < 1000; i++) {
      stepCharacteristics(model, state);
      most = Math.max(most, gasVolume_m3(model, state));
    }
    const copy = cloneState(model, state);
    for (let i = 0; i < 1000; i++) {
      stepCharacteristics(model, state);
      stepCharacteristics(model, copy);
    }
    console.log(
      `trip: most void ${most.toExponential(2)} m³, balance ${massBalanceError_m3(model, state).toExponential(1)} m³`,
    );
    expect(Buffer.from(copy.buffer).equals(Buffer.from(state.buffer))).toBe(true);
    expect(state.flags[FLAG.unconverged]).toBe(0);
    expect(state.nodeHead_m.every(Number.isFinite)).toBe(true);
  });
});
