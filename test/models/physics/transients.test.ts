import { describe, expect, it } from 'vitest';
import {
  burstHead_m,
  cloneState,
  compileNetwork,
  createState,
  FLAG,
  LEDGER,
  massBalanceError_m3,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  resetLedger,
  splitPipe,
  stepCharacteristics,
} from '../../../models/physics/index.ts';
import { atRest, crudeLine, distance } from './networks.ts';

const G = 9.80665;

function shortLine(): NetworkSpec {
  const pipe = { length_m: 500, diameter_m: 0.3, waveSpeed_m_s: 1200, friction: { kind: 'darcy', factor: 0 } } as const;
  return {
    nodes: [
      { id: 'R', kind: 'reservoir', head_m: 200, elevation_m: 0 },
      { id: 'M', kind: 'junction', elevation_m: 10 },
      { id: 'E', kind: 'junction', elevation_m: 0, outflow_m3_s: 0.05 },
    ],
    pipes: [
      { id: 'P1', from: 'R', to: 'M', ...pipe },
      { id: 'P2', from: 'M', to: 'E', ...pipe },
    ],
    orifices: [{ id: 'hole', node: 'M', dischargeCoefficient: 0.6 }],
  };
}

function run(model: NetworkModel, state: NetworkState, seconds: number, each?: (t: number) => void): void {
  const n = Math.round(seconds / model.timeStep_s);
  for (let i = 1; i <= n; i++) {
    each?.(i * model.timeStep_s);
    stepCharacteristics(model, state);
  }
}

describe('characteristics against closed forms', () => {
  it('an instantaneous closure raises the head by a V0/g (Joukowsky)', () => {
    const { model, state } = atRest(shortLine(), { timeStep_s: 1 / 48 });
    state.boundaryFlow_m3_s[2] = 0;
    stepCharacteristics(model, state);
    const rise = state.nodeHead_m[2] - 200;
    const theory = (1200 * (0.05 / model.pipeArea_m2[0])) / G;
    console.log(`Joukowsky: ${rise} m, theory ${theory} m`);
    expect(Math.abs(rise / theory - 1)).toBeLessThan(1e-12);
  });

  it.each([2, 4, 8])('a linear closure in %d s raises it by (2L/a)/tc of that (Michaud)', (tc) => {
    const { model, state } = atRest(shortLine(), { timeStep_s: 1 / 48 });
    let top = 0;
    run(model, state, tc + 4, (t) => {
      state.boundaryFlow_m3_s[2] = 0.05 * Math.max(0, 1 - t / tc);
      top = Math.max(top, state.nodeHead_m[2] - 200);
    });
    const theory = ((1200 * (0.05 / model.pipeArea_m2[0])) / G) * (2000 / 1200 / tc);
    console.log(`Michaud ${tc} s: ${top} m, theory ${theory} m`);
    expect(Math.abs(top / theory - 1)).toBeLessThan(1e-4);
  });

  it('a burst at mid-pipe solves H = H0 − (a/2gA) c √(H − z) until the first reflection', () => {
    const { model, state } = atRest(shortLine(), { timeStep_s: 1 / 48 });
    state.orificeArea_m2[0] = 4e-4;
    const theory = burstHead_m(200, 10, 0.6 * 4e-4 * Math.sqrt(2 * G), 1200, model.pipeArea_m2[0], G);
    let worst = 0;
    for (let i = 0; i < 38; i++) {
      stepCharacteristics(model, state);
      worst = Math.max(worst, Math.abs(state.nodeHead_m[1] - theory));
    }
    console.log(`burst: ${state.nodeHead_m[1]} m, theory ${theory} m, worst difference ${worst} m`);
    expect(worst).toBeLessThan(1e-9);
  });

  it('several openings with different pressures outside agree with the one-root form when they coincide', () => {
    const one = atRest(shortLine(), { timeStep_s: 1 / 48 });
    const spec = shortLine();
    const many = atRest(
      {
        ...spec,
        orifices: [
          { id: 'a', node: 'M', dischargeCoefficient: 0.6 },
          { id: 'b', node: 'M', dischargeCoefficient: 0.6, backHead_m: 1e-9 },
        ],
      },
      { timeStep_s: 1 / 48 },
    );
    one.state.orificeArea_m2[0] = 4e-4;
    many.state.orificeArea_m2.fill(2e-4);
    for (let i = 0; i < 200; i++) {
      stepCharacteristics(one.model, one.state);
      stepCharacteristics(many.model, many.state);
    }
    expect(distance(one.state.nodeHead_m, many.state.nodeHead_m)).toBeLessThan(1e-7);
  });

  it('a valve in a cluster gives the head and flow of the quadratic', () => {
    const spec = shortLine();
    const valved: NetworkSpec = {
      ...spec,
      nodes: [...spec.nodes, { id: 'V', kind: 'junction', elevation_m: 10 }],
      pipes: [spec.pipes[0], { ...spec.pipes[1], from: 'V' }],
      links: [{ id: 'valve', kind: 'valve', from: 'M', to: 'V', diameter_m: 0.3, lossCoefficient: 0.2 }],
      orifices: [],
    };
    const { model, state } = atRest(valved, { timeStep_s: 1 / 48 });
    state.valveOpening[0] = 0.02;
    state.valveOpeningSet[0] = 0.02;
    stepCharacteristics(model, state);
    const Q = state.linkFlow_m3_s[0];
    const drop = state.nodeHead_m[1] - state.nodeHead_m[3];
    const K = 0.2 / 0.02 ** 2;
    const A = model.linkArea_m2[0];
    const B = model.pipeImpedance_s_m2[0];
    console.log(`throttled: Q ${Q} m³/s, drop ${drop} m`);
    expect(drop).toBeCloseTo((K * Q * Q) / (2 * G * A * A) + 1e-3 * Q, 9);
    const before = (0.2 * 0.05 * 0.05) / (2 * G * A * A) + 1e-3 * 0.05;
    expect(drop).toBeCloseTo(before + 2 * B * (0.05 - Q), 9);
  });
});

describe('a steady state is a fixed point of the step', () => {
  it('a leak open from the start causes no transient on a 50 km line with two stations', () => {
    const { model, state } = atRest(crudeLine(), { timeStep_s: 0.05 });
    const before = state.nodeHead_m.slice();
    let worst = 0;
    run(model, state, 60, () => {
      worst = Math.max(worst, distance(state.nodeHead_m, before));
    });
    const static_m = Math.max(...before);
    console.log(
      `flow ${state.linkFlow_m3_s[0] * 2} m³/s, leak ${state.orificeFlow_m3_s[0]} m³/s, moved ${worst} m of ${static_m} m in 60 s`,
    );
    expect(state.linkFlow_m3_s[0] * 2).toBeGreaterThan(0.27);
    expect(worst / static_m).toBeLessThan(1e-6);
    expect(state.flags[FLAG.frictionNumber]).toBeLessThan(0.5);
    expect(state.flags[FLAG.unconverged]).toBe(0);
  });

  it.each(['fixed', 'per-pipe', 'per-cell'] as const)('with %s friction', (friction) => {
    const { model, state } = atRest(crudeLine(), { timeStep_s: 0.1, friction, frictionRefreshSteps: 1 });
    const before = state.nodeHead_m.slice();
    run(model, state, 30);
    const moved = distance(state.nodeHead_m, before);
    console.log(`${friction}: moved ${moved} m`);
    expect(moved).toBeLessThan(1e-6);
  });

  it('a pipe split at any fraction carries the same steady state', () => {
    const whole = atRest(crudeLine(), { timeStep_s: 0.05 });
    const split = splitPipe(crudeLine(), 'p3', 0.371, 'X');
    if (!split.ok) throw new Error(split.problems.join());
    const parts = atRest(split.value, { timeStep_s: 0.05 });
    const d = Math.abs(whole.state.nodeHead_m[4] - parts.state.nodeHead_m[4]);
    console.log(
      `split: ${d} m apart; adjustments ${parts.model.waveSpeeds.map((w) => w.waveSpeedAdjustment.toExponential(1)).join(', ')}`,
    );
    expect(d).toBeLessThan(1e-8);
    expect(split.value.nodes.at(-1)).toMatchObject({ id: 'X', elevation_m: 80 * (1 - 0.371) + 40 * 0.371 });
    expect(splitPipe(crudeLine(), 'nothing', 2, 'L').ok).toBe(false);
  });
});

describe('volume is kept', () => {
  it('exactly without friction: leak, tank, pump trip, demand and closing boundary', () => {
    const line = crudeLine({ delivery: 'tank', friction: 'none' });
    const spec = { ...line, nodes: line.nodes.map((n) => (n.id === 'L' ? { ...n, elevation_m: 0 } : n)) };
    const { model, state } = atRest(spec, { timeStep_s: 0.05 });
    run(model, state, 300, (t) => {
      state.orificeArea_m2[0] = t < 20 ? 0 : 1e-3;
      if (t > 40) state.pumpTripped[0] = 1;
      if (t > 60) state.pumpTripped[3] = 1;
      state.boundaryFlow_m3_s[3] = t > 100 && t < 120 ? 0.01 : 0;
    });
    const error = massBalanceError_m3(model, state);
    const L = state.ledger_m3;
    console.log(
      `mass balance: ${error} m³ of ${L[LEDGER.storedAtReset].toFixed(1)} m³; leak ${L[LEDGER.orificeOut].toFixed(3)} m³, in ${L[LEDGER.reservoirIn].toFixed(3)} m³`,
    );
    expect(L[LEDGER.orificeOut]).toBeGreaterThan(1);
    expect(Math.abs(error) / L[LEDGER.storedAtReset]).toBeLessThan(1e-12);
    expect(state.flags[FLAG.unconverged]).toBe(0);
  });

  it('to a few parts in a million of the line with friction, through a trip of all pumps', () => {
    const { model, state } = atRest(crudeLine({ delivery: 'tank' }), { timeStep_s: 0.05 });
    run(model, state, 20);
    state.pumpTripped.fill(1);
    run(model, state, 200);
    const error = massBalanceError_m3(model, state);
    console.log(`with friction: ${error} m³ of ${state.ledger_m3[LEDGER.storedAtReset].toFixed(0)} m³`);
    expect(Math.abs(error) / state.ledger_m3[LEDGER.storedAtReset]).toBeLessThan(5e-6);
  });

  it('when tanks run full and empty', () => {
    const spec: NetworkSpec = {
      nodes: [
        { id: 'high', kind: 'tank', elevation_m: 20, area_m2: 2, level_m: 3, minLevel_m: 1, maxLevel_m: 4 },
        { id: 'J', kind: 'junction', elevation_m: 0 },
        { id: 'low', kind: 'tank', elevation_m: 0, area_m2: 1, level_m: 1, minLevel_m: 0.5, maxLevel_m: 2 },
      ],
      pipes: [
        {
          id: 'a',
          from: 'high',
          to: 'J',
          length_m: 100,
          diameter_m: 0.1,
          waveSpeed_m_s: 1000,
          friction: { kind: 'darcy', factor: 0 },
          minorLoss: 0,
        },
        {
          id: 'b',
          from: 'J',
          to: 'low',
          length_m: 100,
          diameter_m: 0.1,
          waveSpeed_m_s: 1000,
          friction: { kind: 'darcy', factor: 0 },
        },
      ],
      orifices: [{ id: 'hole', node: 'low', dischargeCoefficient: 0.6, area_m2: 1e-3 }],
    };
    const compiled = compileNetwork(spec, { timeStep_s: 0.01 });
    if (!compiled.ok) throw new Error(compiled.problems.join());
    const model = compiled.value;
    const state = createState(model);
    state.sectionHead_m.fill(12);
    resetLedger(model, state);
    let spilled = false;
    let empty = false;
    run(model, state, 400, () => {
      spilled ||= state.tankSpillFlow_m3_s[2] > 0;
      empty ||= state.tankLevel_m[0] <= 1;
    });
    const error = massBalanceError_m3(model, state);
    console.log(
      `tanks: ${error} m³, spilled ${state.ledger_m3[LEDGER.tankSpill]} m³, levels ${state.tankLevel_m[0]}, ${state.tankLevel_m[2]}`,
    );
    expect(spilled && empty).toBe(true);
    expect(state.tankLevel_m[0]).toBeGreaterThan(0.9);
    expect(state.tankLevel_m[2]).toBeLessThanOrEqual(2);
    expect(Math.abs(error)).toBeLessThan(1e-9);
  });
});

describe('robust equipment', () => {
  const finite = (state: NetworkState) =>
    state.nodeHead_m.every(Number.isFinite) && state.linkFlow_m3_s.every(Number.isFinite);

  it('pumps trip, check valves hold, pumps start against shut check valves, and the line comes back', () => {
    const { model, state } = atRest(crudeLine(), { timeStep_s: 0.05 });
    const before = state.nodeHead_m.slice();
    const flow = state.linkFlow_m3_s[0];
    let reverse = 0;
    const watch = () => {
      for (const q of state.linkFlow_m3_s) reverse = Math.min(reverse, q);
    };
    state.pumpTripped.fill(1);
    run(model, state, 120, watch);
    const stopped = state.linkFlow_m3_s[0];
    state.pumpTripped.fill(0, 2, 4);
    run(model, state, 60, watch);
    state.pumpTripped.fill(0);
    run(model, state, 1800, watch);
    const back = distance(state.nodeHead_m, before);
    console.log(`trip: flow ${flow} → ${stopped} m³/s, most reverse flow ${reverse}, back to ${back} m after 30 min`);
    expect(finite(state)).toBe(true);
    expect(stopped).toBeLessThan(0.5 * flow);
    expect(reverse).toBeGreaterThan(-1e-8);
    expect(back).toBeLessThan(1);
    expect(state.flags[FLAG.unconverged]).toBe(0);
  });

  it('one of two parallel pumps trips and starts again against its shut check valve', () => {
    const { model, state } = atRest(crudeLine(), { timeStep_s: 0.05 });
    state.pumpTripped[0] = 1;
    run(model, state, 100);
    expect(Math.abs(state.linkFlow_m3_s[0])).toBeLessThan(1e-8);
    expect(state.linkFlow_m3_s[1]).toBeGreaterThan(0.1);
    state.pumpTripped[0] = 0;
    state.pumpSpeed[0] = 0.3; // on its way up, still below the head of the other
    stepCharacteristics(model, state);
    run(model, state, 300);
    console.log(`parallel: ${state.linkFlow_m3_s[0]} and ${state.linkFlow_m3_s[1]} m³/s`);
    expect(state.linkFlow_m3_s[0]).toBeCloseTo(state.linkFlow_m3_s[1], 6);
    expect(state.flags[FLAG.unconverged]).toBe(0);
  });

  it('a valve in series with a pump closes to 0 and opens again', () => {
    const base = crudeLine();
    const spec: NetworkSpec = {
      ...base,
      nodes: [...base.nodes, { id: 'X', kind: 'junction', elevation_m: 80 }],
      links: [
        ...(base.links ?? []).map((l) => (l.id.startsWith('P2') ? { ...l, to: 'X' } : l)),
        {
          id: 'XV',
          kind: 'valve',
          from: 'X',
          to: 'D2',
          diameter_m: 0.489,
          lossCoefficient: 0.3,
          strokeTime_s: 20,
          characteristic: { kind: 'equal-percentage' },
        },
      ],
    };
    const { model, state } = atRest(spec, { timeStep_s: 0.05 });
    const xv = model.linkIndex.get('XV') as number;
    const before = state.linkFlow_m3_s[xv];
    state.valveOpeningSet[xv] = 0;
    run(model, state, 60);
    const shut = state.linkFlow_m3_s[xv];
    state.valveOpeningSet[xv] = 1;
    run(model, state, 1200);
    console.log(`valve: ${before} → ${shut} → ${state.linkFlow_m3_s[xv]} m³/s`);
    expect(Math.abs(shut)).toBeLessThan(1e-8);
    expect(state.linkFlow_m3_s[xv]).toBeCloseTo(before, 3);
    expect(finite(state)).toBe(true);
    expect(state.flags[FLAG.unconverged]).toBe(0);
  });
});

describe('the state is all there is', () => {
  it('a copy of the buffer continues bit-identically', () => {
    const { model, state } = atRest(crudeLine({ delivery: 'tank' }), { timeStep_s: 0.05, frictionRefreshSteps: 7 });
    state.orificeArea_m2[0] = 2e-4;
    state.pumpTripped[1] = 1;
    run(model, state, 33.35);
    const copy = cloneState(model, state);
    run(model, state, 50);
    run(model, copy, 50);
    expect(Buffer.from(copy.buffer).equals(Buffer.from(state.buffer))).toBe(true);
  });
});
