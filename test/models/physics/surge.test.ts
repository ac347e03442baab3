import { describe, expect, it } from 'vitest';
import {
  airInflow,
  cloneState,
  compileNetwork,
  FLAG,
  gasVolume_m3,
  massBalanceError_m3,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  rootHead,
  type SurgeSpec,
  stepCharacteristics,
} from '../../../models/physics/index.ts';
import { moveReliefValves } from '../../../models/physics/surge.ts';
import { atRest, crudeLine, distance } from './networks.ts';

const G = 9.80665;
const L = 1000;
const D = 0.3;
const A = (Math.PI / 4) * D * D;
const WAVE = 1200;
const Q0 = 0.05;
const H0 = 60;

function line(device: SurgeSpec | undefined, outflow_m3_s = Q0, waveSpeed_m_s = WAVE): NetworkSpec {
  const friction = { kind: 'darcy', factor: 0 } as const;
  return {
    nodes: [
      { id: 'R', kind: 'reservoir', head_m: H0, elevation_m: 0 },
      { id: 'E', kind: 'junction', elevation_m: 0, outflow_m3_s },
    ],
    pipes: [{ id: 'P', from: 'R', to: 'E', length_m: L, diameter_m: D, waveSpeed_m_s, friction, reaches: 20 }],
    surge: device ? [device] : [],
  };
}

const start = (device: SurgeSpec | undefined, outflow = Q0, waveSpeed_m_s = WAVE) =>
  atRest(line(device, outflow, waveSpeed_m_s), { timeStep_s: L / waveSpeed_m_s / 20 });

/** Largest rise of the node above rest, and the time at which it comes back through rest. */
function swing(model: NetworkModel, state: NetworkState, seconds: number, value: () => number): [number, number] {
  let top = 0;
  let before = 0;
  for (let n = 1; n * model.timeStep_s < seconds; n++) {
    stepCharacteristics(model, state);
    const rise = value();
    top = Math.max(top, rise);
    if (rise < 0 && before > 0) return [top, (n - 1 + before / (before - rise)) * model.timeStep_s];
    before = rise;
  }
  return [top, Number.NaN];
}

describe('surge tank', () => {
  it('swings with z = V √(L A/(g As)) and T = 2π √(L As/(g A)) without friction', () => {
    const area = 30 * A;
    const { model, state } = start({ id: 'ST', kind: 'surge-tank', node: 'E', area_m2: area });
    state.boundaryFlow_m3_s[1] = 0;
    const height = (Q0 / A) * Math.sqrt((L * A) / (G * area));
    const period = 2 * Math.PI * Math.sqrt((L * area) / (G * A));
    const [top, half] = swing(model, state, period, () => state.surge.level_m[0] - H0);
    console.log(`surge tank: ${top} m, theory ${height} m; period ${2 * half} s, theory ${period} s`);
    expect(Math.abs(top / height - 1)).toBeLessThan(1e-3);
    expect(Math.abs((2 * half) / period - 1)).toBeLessThan(1e-3);
    expect(Math.abs(massBalanceError_m3(model, state))).toBeLessThan(1e-10);
  });

  it('agrees with the rigid column integrated on its own when a throttle damps it', () => {
    const area = 30 * A;
    const K = 20;
    const { model, state } = start({
      id: 'ST',
      kind: 'surge-tank',
      node: 'E',
      area_m2: area,
      connection: { diameter_m: D, lossIn: K, lossOut: 2 * K },
    });
    state.boundaryFlow_m3_s[1] = 0;
    let z = 0;
    let Q = Q0;
    let worst = 0;
    let top = 0;
    const slope = (at: number, q: number) => {
      const loss = ((q > 0 ? K : 2 * K) * q * Math.abs(q)) / (2 * G * A * A);
      return [q / area, (-G * A * (at + loss)) / L];
    };
    const dt = model.timeStep_s;
    for (let n = 0; n * dt < 300; n++) {
      const [z1, q1] = slope(z, Q);
      const [z2, q2] = slope(z + 0.5 * dt * z1, Q + 0.5 * dt * q1);
      z += dt * z2;
      Q += dt * q2;
      stepCharacteristics(model, state);
      worst = Math.max(worst, Math.abs(state.surge.level_m[0] - H0 - z));
      top = Math.max(top, z);
    }
    console.log(`throttled: top ${top.toFixed(4)} m, largest difference ${worst.toFixed(4)} m in 300 s`);
    expect(worst).toBeLessThan(0.01 * top);
  });

  it('spills over its rim, gives nothing below its floor, and keeps every drop', () => {
    const { model, state } = start({
      id: 'ST',
      kind: 'surge-tank',
      node: 'E',
      area_m2: 5 * A,
      bottom_m: 58,
      top_m: 62,
    });
    state.boundaryFlow_m3_s[1] = 0;
    let low = H0;
    for (let n = 0; n < 3000; n++) {
      stepCharacteristics(model, state);
      low = Math.min(low, state.surge.level_m[0]);
    }
    const error = massBalanceError_m3(model, state);
    console.log(`spilled ${state.surge.spilled_m3[0]} m³, lowest ${low} m, balance ${error} m³`);
    expect(state.surge.spilled_m3[0]).toBeGreaterThan(0.1);
    expect(low).toBeGreaterThan(58 - 1e-9);
    expect(state.surge.stepsAtLimit[0]).toBeGreaterThan(0);
    expect(Math.abs(error)).toBeLessThan(1e-9);
    expect(state.flags[FLAG.unconverged]).toBe(0);
  });
});

describe('air vessel', () => {
  it.each([1, 1.2, 1.4])('oscillates with T = 2π √(L V/(g A n h)) when small, n = %d', (n) => {
    const V = 1;
    const q = 1e-4;
    const device = {
      id: 'AV',
      kind: 'air-vessel',
      node: 'E',
      volume_m3: 3,
      gasVolume_m3: V,
      polytropicExponent: n,
    } as const;
    const { model, state } = start(device, q);
    state.boundaryFlow_m3_s[1] = 0;
    const h = H0 + model.gas.atmosphere_m;
    const period = 2 * Math.PI * Math.sqrt((L * V) / (G * A * n * h));
    const height = q * Math.sqrt((L * n * h) / (G * A * V));
    const [top, half] = swing(model, state, period, () => state.nodeHead_m[1] - H0);
    console.log(`n ${n}: ${top} m, theory ${height} m; period ${2 * half} s, theory ${period} s`);
    // the pipe's own compressibility g A L/a² adds about 1/3 of 1 % to the gas's V/(n h)
    const elastic = (G * A * L) / (WAVE * WAVE) / (V / (n * h));
    expect(Math.abs((2 * half) / period - 1)).toBeLessThan(elastic);
    expect(Math.abs(top / height - 1)).toBeLessThan(elastic);
  });

  it('obeys energy: the gas takes the work that the column brings (large swing, isothermal)', () => {
    const V = 0.5;
    const device = {
      id: 'AV',
      kind: 'air-vessel',
      node: 'E',
      volume_m3: 2,
      gasVolume_m3: V,
      polytropicExponent: 1,
    } as const;
    const { model, state } = start(device, Q0, 5 * WAVE); // stiff, so that the pipe stores next to nothing
    state.boundaryFlow_m3_s[1] = 0;
    let least = V;
    for (let n = 0; n < 10_000; n++) {
      stepCharacteristics(model, state);
      least = Math.min(least, state.surge.gasVolume_m3[0]);
    }
    // ½ L Q²/(g A) = h0 V0 ln(V0/V) − h0 (V0 − V)
    const h = H0 + model.gas.atmosphere_m;
    const kinetic = (0.5 * L * Q0 * Q0) / (G * A);
    let [a, b] = [1e-3, V];
    for (let i = 0; i < 100; i++) {
      const mid = 0.5 * (a + b);
      if (h * V * Math.log(V / mid) - h * (V - mid) > kinetic) a = mid;
      else b = mid;
    }
    console.log(`least gas ${least} m³, by energy ${a} m³`);
    expect(Math.abs(least / a - 1)).toBeLessThan(1e-3);
    expect(Math.abs(massBalanceError_m3(model, state))).toBeLessThan(1e-10);
  });

  it('stands at a pump station, at rest moves nothing, and lifts the trough of a trip', () => {
    const surge: SurgeSpec[] = [
      {
        id: 'AV',
        kind: 'air-vessel',
        node: 'D1',
        volume_m3: 30,
        gasVolume_m3: 10,
        area_m2: 8,
        connection: { diameter_m: 0.3, lossIn: 5, lossOut: 1 },
      },
    ];
    const trough = [[], surge].map((devices) => {
      const { model, state } = atRest({ ...crudeLine(), surge: devices }, { timeStep_s: 0.05 });
      const before = state.nodeHead_m.slice();
      for (let i = 0; i < 400; i++) stepCharacteristics(model, state);
      expect(distance(before, state.nodeHead_m)).toBeLessThan(1e-6);
      state.pumpTripped.fill(1, 0, 2);
      let low = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 1200; i++) {
        stepCharacteristics(model, state);
        low = Math.min(low, state.nodeHead_m[1]);
      }
      const copy = cloneState(model, state);
      for (const s of [state, copy]) for (let i = 0; i < 200; i++) stepCharacteristics(model, s);
      expect(Buffer.from(copy.buffer).equals(Buffer.from(state.buffer))).toBe(true);
      state.pumpTripped.fill(0); // at once to full speed against the vessel
      for (let i = 0; i < 400; i++) stepCharacteristics(model, state);
      expect(state.nodeHead_m.every(Number.isFinite)).toBe(true);
      expect(state.flags[FLAG.unconverged]).toBe(0);
      return low;
    });
    console.log(`lowest head at the station: ${trough[0]} m bare, ${trough[1]} m with a vessel`);
    expect(trough[1]).toBeGreaterThan(trough[0] + 20);
  });
});

describe('relief valve', () => {
  const device: SurgeSpec = {
    id: 'RV',
    kind: 'relief-valve',
    node: 'E',
    setPressureHead_m: 80,
    area_m2: 6.5e-4,
    overpressure: 0.1,
    blowdown: 0.15,
  };

  it('holds a sudden closure at the head where it passes what the column brings', () => {
    const bare = start(undefined);
    bare.state.boundaryFlow_m3_s[1] = 0;
    stepCharacteristics(bare.model, bare.state);
    const { model, state } = start(device);
    state.boundaryFlow_m3_s[1] = 0;
    for (let n = 0; n < 10; n++) stepCharacteristics(model, state);
    const c = 0.7 * 6.5e-4 * Math.sqrt(2 * G);
    const S = (G * A) / WAVE;
    const x = rootHead(S, c, S * H0 + Q0);
    console.log(`closure: ${bare.state.nodeHead_m[1]} m bare, ${state.nodeHead_m[1]} m relieved, theory ${x * x} m`);
    expect(state.surge.lift[0]).toBe(1);
    expect(state.nodeHead_m[1]).toBeCloseTo(x * x, 9);
    expect(state.surge.flow_m3_s[0]).toBeCloseTo(c * x, 12);
    expect(x * x).toBeLessThan(0.8 * bare.state.nodeHead_m[1]);
  });

  it('pops at its set pressure and reseats below it, no faster than its times', () => {
    const { model, state } = start({ ...device, openingTime_s: 0.5, closingTime_s: 2 } as SurgeSpec);
    const dt = model.timeStep_s;
    const hold = (head: number, steps: number) => {
      state.nodeHead_m[1] = head;
      for (let n = 0; n < steps; n++) moveReliefValves(model, state);
      return state.surge.lift[0];
    };
    expect(hold(79.9, 50)).toBe(0);
    expect(hold(80.1, 2)).toBeCloseTo((2 * dt) / 0.5, 12); // on its way
    expect(hold(80.1, 50)).toBeCloseTo(12.1 / 20, 12); // between 68 m (shut) and 88 m (full)
    expect(hold(90, 50)).toBe(1);
    expect(hold(78, 200)).toBeCloseTo(0.5, 12); // blowing down below the set pressure
    expect(hold(67, 2)).toBeCloseTo(0.5 - (2 * dt) / 2, 12);
    expect(hold(67, 200)).toBe(0);
    expect(hold(78, 50)).toBe(0); // seated: it waits for the set pressure
    expect(state.orificeArea_m2[0]).toBe(0);
  });
});

describe('air valve', () => {
  const device: SurgeSpec = { id: 'XA', kind: 'air-valve', node: 'E', inflowDiameter_m: 0.05, outflowDiameter_m: 0.01 };

  it('breathes like an orifice at small pressure differences and chokes at large ones', () => {
    const { model } = start(device);
    const h = model.gas.atmosphere_m;
    const airDensity = 101_325 / (287.05 * 288.15);
    const CdA = (0.6 * Math.PI * 0.05 ** 2) / 4;
    const drop = 0.005 * h;
    const volume = CdA * Math.sqrt((2 * 998.2 * G * drop) / airDensity);
    const small = airInflow(model, 0, h - drop) / h / volume;
    const choked = (CdA * 101_325 * 0.68473) / Math.sqrt(287.05 * 288.15);
    const mass = (airInflow(model, 0, 0.2 * h) * 998.2 * G) / (287.05 * 288.15);
    console.log(`small difference: ${small} of the incompressible law; choked ${mass} kg/s, textbook ${choked} kg/s`);
    expect(small).toBeGreaterThan(0.99);
    expect(small).toBeLessThan(1.001);
    expect(mass / choked).toBeCloseTo(1, 4);
    expect(airInflow(model, 0, h)).toBe(0);
    expect(airInflow(model, 0, 2 * h)).toBeLessThan(0);
  });

  it.each([false, true])('lets air in, pushes it out and slams shut, with cavities elsewhere: %s', (cavities) => {
    const spec: NetworkSpec = {
      nodes: [
        { id: 'R', kind: 'reservoir', head_m: 40, elevation_m: 0 },
        { id: 'E', kind: 'junction', elevation_m: 30 },
        { id: 'T', kind: 'reservoir', head_m: 10, elevation_m: 0 },
        { id: 'V', kind: 'junction', elevation_m: 0 },
      ],
      pipes: [
        {
          id: 'P',
          from: 'V',
          to: 'E',
          length_m: 500,
          diameter_m: D,
          waveSpeed_m_s: 1000,
          friction: { kind: 'darcy', factor: 0.02 },
        },
        {
          id: 'Q',
          from: 'E',
          to: 'T',
          length_m: 500,
          diameter_m: D,
          waveSpeed_m_s: 1000,
          friction: { kind: 'darcy', factor: 0.02 },
          minorLoss: 600,
        },
      ],
      links: [{ id: 'XV', kind: 'valve', from: 'R', to: 'V', diameter_m: D, lossCoefficient: 0.5 }],
      surge: [device],
    };
    const { model, state } = atRest(spec, { timeStep_s: 0.025, cavitation: cavities ? 'gas-cavity' : 'none' });
    state.valveOpeningSet[0] = 0;
    let most = 0;
    let least = Number.POSITIVE_INFINITY;
    let slam = 0;
    const air0 = state.gas.air_m4[0];
    const run = (seconds: number) => {
      for (let n = 0; n * 0.025 < seconds; n++) {
        stepCharacteristics(model, state);
        most = Math.max(most, state.gas.nodeCavity_m3[1]);
        least = Math.min(least, state.nodeHead_m[1] - 30);
        slam = Math.max(slam, state.nodeHead_m[1] - 30);
      }
    };
    run(20);
    const drawn = most;
    state.valveOpeningSet[0] = 1;
    run(200);
    const error = massBalanceError_m3(model, state);
    console.log(
      `air: ${drawn.toFixed(3)} m³ drawn in, ${state.gas.nodeCavity_m3[1].toExponential(1)} m³ left, lowest ${least.toFixed(3)} m, slam ${slam.toFixed(1)} m, void ${gasVolume_m3(model, state).toExponential(1)}, balance ${error.toExponential(1)} m³`,
    );
    expect(drawn).toBeGreaterThan(0.1);
    expect(state.gas.air_m4[0]).toBe(air0);
    expect(least).toBeGreaterThan(-1.5);
    expect(state.flags[FLAG.unconverged]).toBe(0);
    expect(Math.abs(error)).toBeLessThan(1e-4);
  });
});

describe('what a spec may not say', () => {
  it('is said in sentences', () => {
    const base = line(undefined);
    const bad = compileNetwork(
      {
        ...base,
        surge: [
          { id: 'a', kind: 'air-vessel', node: 'E', volume_m3: 1, gasVolume_m3: 2 },
          { id: 'b', kind: 'surge-tank', node: 'E', area_m2: -1 },
          { id: 'c', kind: 'relief-valve', node: 'nowhere', setPressureHead_m: 10, area_m2: 1, blowdown: 1 },
          { id: 'd', kind: 'surge-tank', node: 'R', area_m2: 1, bottom_m: 3, top_m: 2 },
        ],
      },
      { timeStep_s: 0.1 },
    );
    expect(bad.ok ? [] : bad.problems).toEqual([
      'air-vessel "a": gasVolume_m3 2 is more than its volume_m3 1.',
      'surge-tank "b" is at node "E", where "a" is already; expected one device per node.',
      'surge-tank "b": area_m2 is -1; expected a positive number.',
      'relief-valve "c" is at "nowhere", which is no node.',
      'relief-valve "c": blowdown is 1; expected 0 or more and less than 1.',
      'surge-tank "d" is at reservoir "R"; expected a junction.',
      'surge-tank "d": bottom_m 3 is not below top_m 2.',
    ]);
  });
});
