/**
 * Transient cases whose answer is a formula, for when no reference folder is at hand. Frictionless line of 1000 m, 0.3 m,
 * a = 1200 m/s, V0 = 0.707 m/s; g = 9.80665.
 *
 *   Joukowsky   ΔH = a V0/g                      shut at once
 *   Michaud     ΔH = a V0/g · min(1, (2L/a)/tc)  shut linearly in tc
 *   burst       H = H0 − (a/2gA) c √(H − z)      sudden opening in mid-pipe, before reflections
 *   surge tank  z_max = V0 √(L A/(g A_t)), T = 2π √(L A_t/(g A))   rigid column between tank and reservoir
 * Source: Wylie & Streeter (1993) §1-2, §3-3; Chaudhry (2014) §11.3 (surge tank).
 */
import {
  burstHead_m,
  compileNetwork,
  createState,
  joukowsky_m,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  solveSteady,
  stepCharacteristics,
} from '../../models/physics/index.ts';
import { judge, type ValidationRow } from './table.ts';

const G = 9.80665;
const L = 1000;
const D = 0.3;
const A = (Math.PI / 4) * D * D;
const WAVE = 1200;
const Q0 = 0.05;
const STEP = 1 / 48; // 40 reaches

/** All closed-form cases. */
export function validateClosedForms(): ValidationRow[] {
  return [closure(0), closure(1), closure(4), burst(), stillLeak(), ...surgeTank()];
}

function line(extra: Partial<NetworkSpec> = {}, head_m = 200): NetworkSpec {
  const pipe = { length_m: L / 2, diameter_m: D, waveSpeed_m_s: WAVE, friction: { kind: 'darcy', factor: 0 } } as const;
  return {
    nodes: [
      { id: 'R', kind: 'reservoir', head_m, elevation_m: 0 },
      { id: 'M', kind: 'junction', elevation_m: 0 },
      { id: 'E', kind: 'junction', elevation_m: 0, outflow_m3_s: Q0 },
    ],
    pipes: [
      { id: 'P1', from: 'R', to: 'M', ...pipe },
      { id: 'P2', from: 'M', to: 'E', ...pipe },
    ],
    ...extra,
  };
}

function start(spec: NetworkSpec, timeStep_s: number): { model: NetworkModel; state: NetworkState } {
  const compiled = compileNetwork(spec, { timeStep_s, gravity_m_s2: G });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  const state = createState(compiled.value);
  solveSteady(compiled.value, state);
  return { model: compiled.value, state };
}

function closure(tc: number): ValidationRow {
  const { model, state } = start(line(), STEP);
  let top = 0;
  for (let n = 1; n * STEP < tc + 6; n++) {
    const share = tc === 0 ? 1 : Math.min(1, (n * STEP) / tc);
    state.boundaryFlow_m3_s[2] = Q0 * (1 - share);
    stepCharacteristics(model, state);
    top = Math.max(top, state.nodeHead_m[2] - 200);
  }
  const theory = joukowsky_m(WAVE, Q0 / A, G) * (tc === 0 ? 1 : Math.min(1, (2 * L) / WAVE / tc));
  const name = tc === 0 ? 'Joukowsky: shut at once' : `Michaud: shut in ${tc} s`;
  return judge(
    name,
    'surge maximum',
    (top / theory - 1) * 100,
    0.01,
    '%',
    `${top.toFixed(6)} m, theory ${theory.toFixed(6)} m`,
  );
}

function burst(): ValidationRow {
  const c = 1e-3;
  const { model, state } = start(line({ orifices: [{ id: 'hole', node: 'M', dischargeCoefficient: 1 }] }), STEP);
  state.orificeArea_m2[0] = c / Math.sqrt(2 * G);
  let worst = 0;
  const theory = burstHead_m(200, 0, c, WAVE, A, G);
  for (let n = 1; n <= 38; n++) {
    stepCharacteristics(model, state);
    worst = Math.max(worst, Math.abs(state.nodeHead_m[1] - theory));
  }
  return judge(
    'burst at mid-pipe',
    'head until the first reflection',
    (worst / (200 - theory)) * 100,
    0.01,
    '%',
    `H ${theory.toFixed(4)} m`,
  );
}

function stillLeak(): ValidationRow {
  const { model, state } = start(
    line({ orifices: [{ id: 'hole', node: 'M', dischargeCoefficient: 0.6, area_m2: 5e-4 }] }),
    STEP,
  );
  const before = state.nodeHead_m.slice();
  let worst = 0;
  for (let n = 0; n < 960; n++) {
    stepCharacteristics(model, state);
    for (let i = 0; i < 3; i++) worst = Math.max(worst, Math.abs(state.nodeHead_m[i] - before[i]));
  }
  return judge('leak open from the start', 'head change in 20 s', (worst / 200) * 100, 1e-4, '%', 'of the static head');
}

function surgeTank(): ValidationRow[] {
  const At = 50 * A;
  const spec: NetworkSpec = {
    nodes: [
      { id: 'R', kind: 'reservoir', head_m: 50, elevation_m: 0 },
      { id: 'T', kind: 'tank', elevation_m: 0, area_m2: At, level_m: 50 },
    ],
    pipes: [
      {
        id: 'P',
        from: 'R',
        to: 'T',
        length_m: L,
        diameter_m: D,
        waveSpeed_m_s: WAVE,
        friction: { kind: 'darcy', factor: 0 },
      },
    ],
  };
  const { model, state } = start(spec, L / WAVE / 4);
  state.sectionFlow_m3_s.fill(Q0);
  state.nodeStorageFlow_m3_s[1] = Q0;
  const dt = model.timeStep_s;
  const period = 2 * Math.PI * Math.sqrt((L * At) / (G * A));
  let top = 0;
  let crossing = 0;
  let before = 0;
  for (let n = 1; crossing === 0 && n * dt < period; n++) {
    stepCharacteristics(model, state);
    const rise = state.tankLevel_m[1] - 50;
    top = Math.max(top, rise);
    if (rise < 0) crossing = (n - 1 + before / (before - rise)) * dt;
    before = rise;
  }
  const height = (Q0 / A) * Math.sqrt((L * A) / (G * At));
  return [
    judge(
      'tank and rigid column',
      'first upsurge',
      (top / height - 1) * 100,
      0.05,
      '%',
      `${top.toFixed(4)} m, theory ${height.toFixed(4)} m`,
    ),
    judge(
      'tank and rigid column',
      'period',
      ((2 * crossing) / period - 1) * 100,
      0.05,
      '%',
      `${(2 * crossing).toFixed(2)} s, theory ${period.toFixed(2)} s`,
    ),
  ];
}
