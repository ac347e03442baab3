/**
 * Heat and batches in the transient solver against closed forms.
 *
 *   steady profile   T = T_g + (T_in − T_g) e^(−x A/(q τ))
 *   front            arrives when ∫ q dt = V                              plug flow
 *   shut-in line     dp/dT = −β ρ' /(1/K + c),  β = −(dρ/dT)/ρ            all of a pipe at one temperature between two shut ends
 *   waves            a = 1/√(ρ (1/K + c)) through T(x): t = ∫ dx/a
 *   ledger           what came in less what went out is what is in store
 *   batches          interface at x where ∫ A dx = ∫ q dt
 *
 * q actual flow, τ cooling time, c compliance of the wall, K bulk modulus. Sources: Sukhov 1951 (profile); Wylie & Streeter
 * (1993) §1-5 (wave speed), thermal packing by the definition of β and K.
 */
import {
  alpha15_per_K,
  compileNetwork,
  compileProduct,
  compressibilityAt_per_Pa,
  createState,
  densityAt_kg_m3,
  fastestWave_m_s,
  LEDGER,
  massBalanceError_m3,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  type ProductSpec,
  solveSteady,
  stepCharacteristics,
} from '../../models/physics/index.ts';
import { judge, type ValidationRow } from './table.ts';

const G = 9.80665;
const D = 0.489;
const A = (Math.PI / 4) * D * D;
const GROUND = 287.15;
const INLET = 308.15;
const COOLING_S = 60_000;
const WALL = (D * (1 - 0.09)) / (207e9 * 0.0095);
const STEP = 0.1;

const CRUDE: ProductSpec = {
  id: 'crude',
  density15_kg_m3: 860,
  expansion15_per_K: alpha15_per_K('crude', 860),
  bulkModulus15_Pa: 1.38e9,
  viscosity: [
    { temperature_K: 288.15, kinematic_m2_s: 18e-6 },
    { temperature_K: 313.15, kinematic_m2_s: 7.6e-6 },
  ],
};
const DIESEL: ProductSpec = {
  id: 'diesel',
  density15_kg_m3: 835,
  expansion15_per_K: alpha15_per_K('product', 835),
  bulkModulus15_Pa: 1.3e9,
  viscosity: [
    { temperature_K: 288.15, kinematic_m2_s: 5e-6 },
    { temperature_K: 313.15, kinematic_m2_s: 2.8e-6 },
  ],
};

/** Reservoir, pump, two pipes with an opening between, valve, reservoir. */
function line(products: readonly ProductSpec[], length_m = 10_000, insulated = false, hill_m = 30): NetworkSpec {
  const fastest = Math.max(...products.map((p) => fastestWave_m_s(compileProduct(p), 280, 315, WALL)));
  const pipe = (id: string, from: string, to: string) => ({
    id,
    from,
    to,
    length_m: length_m / 2,
    diameter_m: D,
    waveSpeed_m_s: fastest,
    friction: { kind: 'roughness', roughness_m: 5e-5 } as const,
    heat: { coolingTime_s: insulated ? 1e15 : COOLING_S, ground_K: GROUND, wall_per_Pa: WALL },
  });
  return {
    fluid: { density_kg_m3: 860, kinematicViscosity_m2_s: 1e-5, vapourHead_m: -8 },
    nodes: [
      { id: 'S', kind: 'reservoir', head_m: 60, elevation_m: 40 },
      { id: 'D', kind: 'junction', elevation_m: 40 },
      { id: 'M', kind: 'junction', elevation_m: 40 + hill_m },
      { id: 'E', kind: 'junction', elevation_m: 50 },
      { id: 'R', kind: 'reservoir', head_m: 70, elevation_m: 50 },
    ],
    pipes: [pipe('P1', 'D', 'M'), pipe('P2', 'M', 'E')],
    links: [
      {
        id: 'PU',
        kind: 'pump',
        from: 'S',
        to: 'D',
        curve: { kind: 'coefficients', A: 100, B: 400, C: 2 },
        inertia_kg_m2: 40,
      },
      { id: 'V', kind: 'valve', from: 'E', to: 'R', diameter_m: 0.3, lossCoefficient: 5, strokeTime_s: 20 },
    ],
    orifices: [{ id: 'L', node: 'M', dischargeCoefficient: 0.6 }],
    heat: { products, inlet_K: INLET },
  };
}

function start(spec: NetworkSpec, timeStep_s = STEP): { model: NetworkModel; state: NetworkState } {
  const compiled = compileNetwork(spec, {
    timeStep_s,
    gravity_m_s2: G,
    frictionRefreshSteps: Math.round(1 / timeStep_s),
  });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  const state = createState(compiled.value);
  solveSteady(compiled.value, state);
  return { model: compiled.value, state };
}

function run(model: NetworkModel, state: NetworkState, seconds: number, each?: (time_s: number) => void): void {
  const steps = Math.round(seconds / model.timeStep_s);
  for (let n = 1; n <= steps; n++) {
    stepCharacteristics(model, state);
    each?.(n * model.timeStep_s);
  }
}

/** All rows of heat and batches. */
export function validateHeat(): ValidationRow[] {
  return [...profile(), ...front(), shutIn(), waves(), ...batch()];
}

function profile(): ValidationRow[] {
  const { model, state } = start(line([CRUDE], 50_000));
  const heat = state.heat;
  const before = Float64Array.from(state.sectionHead_m);
  const compare = () => {
    let worst = 0;
    let T = INLET;
    for (let p = 0; p < 2; p++) {
      const first = model.sectionStart[p];
      const q = state.sectionFlow_m3_s[first] * heat.pipeSpecificVolume[p];
      const length = 25_000 * (A / (q * COOLING_S));
      const n = model.pipeReaches[p];
      for (let j = 0; j < n; j++) {
        // mean of the exponential over the reach
        const exact =
          GROUND + ((T - GROUND) * (Math.exp((-j * length) / n) - Math.exp((-(j + 1) * length) / n))) / (length / n);
        worst = Math.max(worst, Math.abs(heat.reachTemperature_K[first + j] - exact));
      }
      T = GROUND + (T - GROUND) * Math.exp(-length);
    }
    return worst;
  };
  const atStart = compare();
  let moved = 0;
  run(model, state, 600);
  for (let i = 0; i < before.length; i++) moved = Math.max(moved, Math.abs(state.sectionHead_m[i] - before[i]));
  return [
    judge('steady cooling line, 50 km', 'temperature against the exponential (worst reach)', atStart, 1e-6, 'K'),
    judge('steady cooling line, 50 km', 'the same after ten minutes of plug flow', compare(), 1e-6, 'K'),
    judge('steady cooling line, 50 km', 'heads moved in ten minutes', moved, 1e-9, 'm'),
  ];
}

/** A step of inlet temperature in an insulated line: where it is after an hour. */
function front(): ValidationRow[] {
  const { model, state } = start(line([CRUDE], 10_000, true));
  const heat = state.heat;
  let volume = 0; // actual volume that has entered since the step
  heat.sourceTemperature_K.fill(INLET + 2);
  run(model, state, 3600, () => {
    volume +=
      model.timeStep_s *
      0.5 *
      (state.sectionFlow_m3_s[0] + state.sectionFlow_m3_s[model.sectionStart[1] - 1]) *
      heat.pipeSpecificVolume[0];
  });
  // the field moves at the beginning of a refresh's first step
  run(model, state, model.timeStep_s);
  let position = 0; // length of all liquid warmer than before, by its excess
  for (let p = 0; p < 2; p++)
    for (let j = 0; j < model.pipeReaches[p]; j++)
      position +=
        ((heat.reachTemperature_K[model.sectionStart[p] + j] - INLET) / 2) *
        (model.pipeLength_m[p] / model.pipeReaches[p]);
  const byHand = volume / A;
  const speed = byHand / 3600;
  return [
    judge(
      'temperature front, 1 h',
      'time of arrival against ∫ q dt',
      (position - byHand) / speed,
      0.5,
      's',
      `${position.toFixed(2)} m, by hand ${byHand.toFixed(2)} m; each pipe moves at its own mean density`,
    ),
  ];
}

/** A full line between two shut ends cools: pressure falls with it. */
function shutIn(): ValidationRow {
  const spec = line([CRUDE], 10_000, false, 0);
  const flat = {
    ...spec,
    nodes: [
      { id: 'D', kind: 'junction', elevation_m: 40 },
      { id: 'M', kind: 'junction', elevation_m: 40 },
      { id: 'E', kind: 'junction', elevation_m: 40 },
      { id: 'R', kind: 'reservoir', head_m: 300, elevation_m: 40 },
    ],
    links: [{ id: 'V', kind: 'valve', from: 'E', to: 'R', diameter_m: 0.3, lossCoefficient: 5 }],
    orifices: [],
  } as unknown as NetworkSpec;
  const { model, state } = start(flat);
  const heat = state.heat;
  state.valveOpeningSet[0] = 0;
  // all of it warm, at rest: as if it had just been pumped full
  for (let c = 0; c < heat.cellExcess_K.length; c++) heat.cellExcess_K[c] = 10;
  run(model, state, 5);
  run(model, state, 55);
  const first = model.sectionStart[0] + 20;
  // the sudden warmth set the column swinging: its mean does not take part
  const mean = () => {
    let sum = 0;
    for (let p = 0; p < 2; p++)
      for (let i = model.sectionStart[p]; i < model.sectionStart[p + 1] - 1; i++)
        sum += 0.5 * (state.sectionHead_m[i] + state.sectionHead_m[i + 1]);
    return sum / (model.pipeReaches[0] + model.pipeReaches[1]);
  };
  const [T0, H0] = [heat.reachTemperature_K[first], mean()];
  run(model, state, 600);
  const [T1, H1] = [heat.reachTemperature_K[first], mean()];
  // what a metre holds stays: ρ(T) + ρ(T) (1/K + c) p
  const product = compileProduct(CRUDE);
  const stiffness = (T: number) => densityAt_kg_m3(product, T) * (compressibilityAt_per_Pa(product, T) + WALL);
  const rhoAt = (T: number) => densityAt_kg_m3(product, T);
  const p0 = 860 * G * (H0 - 40);
  const p1 = (rhoAt(T0) - rhoAt(T1) + stiffness(T0) * p0) / stiffness(T1);
  const measured = 860 * G * (H1 - H0);
  return judge(
    'shut-in line that cools',
    'thermal pressure against the closed form',
    (100 * (measured - (p1 - p0))) / (p1 - p0),
    0.5,
    '%',
    `${(measured / 1e5).toFixed(4)} bar for ${(T1 - T0).toFixed(4)} K`,
  );
}

/** A small, abrupt closure in still warm liquid: when half the front has passed the far end. */
function waves(): ValidationRow {
  const spec = line([CRUDE], 50_000, false, 0);
  const { model, state } = start(spec, 0.02);
  const product = compileProduct(CRUDE);
  let byHand = 0;
  for (let p = 0; p < 2; p++)
    for (let j = 0; j < model.pipeReaches[p]; j++) {
      const T = state.heat.reachTemperature_K[model.sectionStart[p] + j];
      const a = 1 / Math.sqrt(densityAt_kg_m3(product, T) * (compressibilityAt_per_Pa(product, T) + WALL));
      byHand += model.pipeLength_m[p] / model.pipeReaches[p] / a;
    }
  const D_ = model.nodeIndex.get('D') as number;
  const before = state.nodeHead_m[D_];
  state.valveOpeningSet[1] = 0.97;
  state.valveOpening[1] = 0.97;
  let top = 0;
  const heads: number[] = [];
  run(model, state, byHand + 1, () => heads.push(state.nodeHead_m[D_] - before));
  for (const h of heads) top = Math.max(top, Math.abs(h));
  const k = heads.findIndex((h) => Math.abs(h) > 0.5 * top);
  const time = (k + 0.5) * model.timeStep_s;
  return judge(
    'wave through a cooling line, 50 km',
    'travel time against ∫ dx/a',
    100 * (time / byHand - 1),
    0.1,
    '%',
    `${time.toFixed(2)} s, by hand ${byHand.toFixed(3)} s; the grid's own speed would give ${(50_000 / model.pipeWaveSpeed_m_s[0]).toFixed(2)} s`,
  );
}

/** A batch of diesel, a leak and a pump trip in one run. */
function batch(): ValidationRow[] {
  const { model, state } = start(line([CRUDE, DIESEL], 10_000));
  const heat = state.heat;
  const S = model.nodeIndex.get('S') as number;
  let moved = 0;
  let through = 0;
  for (let n = 0; n < model.nNode; n++) {
    heat.sourceFraction[2 * n] = 0;
    heat.sourceFraction[2 * n + 1] = 1;
  }
  const watch = () => {
    moved +=
      model.timeStep_s *
      0.5 *
      (state.sectionFlow_m3_s[0] + state.sectionFlow_m3_s[model.sectionStart[1] - 1]) *
      heat.pipeSpecificVolume[0];
    through += model.timeStep_s * Math.abs(state.nodeStorageFlow_m3_s[S]);
  };
  run(model, state, 1200, watch);
  const byHand = moved / A;
  run(model, state, model.timeStep_s, watch); // the field moves at the beginning of a refresh's first step
  let interface_m = 0;
  for (let p = 0; p < 2; p++)
    for (let j = 0; j < model.pipeReaches[p]; j++)
      interface_m +=
        heat.reachFraction[2 * (model.sectionStart[p] + j) + 1] * (model.pipeLength_m[p] / model.pipeReaches[p]);
  const place = judge(
    'batch of diesel behind crude',
    'interface against ∫ q dt after 20 min',
    interface_m - byHand,
    0.1,
    'm',
    `${interface_m.toFixed(2)} m, by hand ${byHand.toFixed(2)} m`,
  );
  state.orificeArea_m2[0] = 5e-4;
  run(model, state, 600, watch);
  state.pumpTripped[0] = 1;
  run(model, state, 1800, watch);
  state.pumpTripped[0] = 0;
  run(model, state, 600, watch);
  const error = massBalanceError_m3(model, state);
  return [
    place,
    judge(
      'batch, leak and pump trip',
      'mass balance, of throughput',
      error / through,
      1e-12,
      '1',
      `${error.toExponential(1)} m³ of ${through.toFixed(0)} m³; leaked ${state.ledger_m3[LEDGER.orificeOut].toFixed(2)} m³`,
    ),
  ];
}
