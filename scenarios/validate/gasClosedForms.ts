/**
 * Gas cases whose answer is a formula, for when no reference folder is at hand.
 *
 *   steady pipe     p2 = √(p1² − λ L a² (F/A)²/D)                        a² = R T
 *   column          p2 = p1 e^(−g z/(R T))                               still gas
 *   blow-down       p = p0 e^(−t/τ), τ = V/(Cd A_h C a)                  choked, isothermal; C = √(γ (2/(γ+1))^((γ+1)/(γ−1)))
 *   wave            c = √(∂p/∂ρ)_T, Δp = c ΔF/A                          without friction (Z = 1: c = √(R T))
 *   sub-critical    m = Cd A ρ_t √(2 γ/(γ−1) (p/ρ) (1 − r^((γ−1)/γ))), ρ_t = ρ r^(1/γ)   isentropic energy balance
 *   heat            T = T_g + (T1 − T_g) e^(−x U π D/(F cp))              Shukhov
 * Sources: Osiadacz, Simulation and Analysis of Gas Networks (1987) ch. 3–4; Perry's Handbook, 7th ed., eq. 6-119.
 */
import {
  compileGasNetwork,
  createGasState,
  type GasModel,
  type GasNetworkSpec,
  type GasState,
  gasBalanceError_kg,
  gasInventory_kg,
  gasOf,
  gasOrificeFlow_kg_s,
  gasWaveSpeed_m_s,
  solveGasSteady,
  stepGas,
} from '../../models/physics/gas/index.ts';
import { judge, type ValidationRow } from './table.ts';

const IDEAL = { specificGravity: 0.6, compressibility: 'ideal', heatCapacityRatio: 1.3 } as const;
const T = 288.15;
const K = gasOf(IDEAL).specificGasConstant_J_kgK * T;

/** All closed-form cases. */
export function validateGasClosedForms(): ValidationRow[] {
  return [steadyPipe(), column(), blowDown(), ...wave('ideal'), ...wave('papay'), ...orifices(), shukhov(), day()];
}

function start(
  spec: GasNetworkSpec,
  timeStep_s: number,
  cellLength_m: number,
  solve = true,
): { model: GasModel; state: GasState } {
  const compiled = compileGasNetwork(spec, { timeStep_s, cellLength_m });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  const state = createGasState(compiled.value);
  const report = solve ? solveGasSteady(compiled.value, state) : undefined;
  if (report && !report.converged) throw new Error(report.sentence);
  return { model: compiled.value, state };
}

function steadyPipe(): ValidationRow {
  const D = 0.6;
  const { state } = start(
    {
      gas: IDEAL,
      temperature_K: T,
      nodes: [
        { id: 'A', kind: 'pressure', pressure_Pa: 6e6 },
        { id: 'B', kind: 'junction', withdrawal_kg_s: 80 },
      ],
      pipes: [
        { id: 'P', from: 'A', to: 'B', length_m: 80e3, diameter_m: D, friction: { kind: 'darcy', factor: 0.011 } },
      ],
    },
    1,
    500,
  );
  const flux = 80 / ((Math.PI / 4) * D * D);
  const theory = Math.sqrt(6e6 ** 2 - (0.011 * 80e3 * K * flux * flux) / D);
  const actual = state.pointPressure_Pa[1];
  return judge(
    'steady pipe, 80 km',
    'outlet pressure',
    actual / theory - 1,
    1e-6,
    'relative',
    `${actual.toFixed(2)} Pa`,
  );
}

function column(): ValidationRow {
  const { state } = start(
    {
      gas: IDEAL,
      temperature_K: T,
      nodes: [
        { id: 'A', kind: 'pressure', pressure_Pa: 5e6 },
        { id: 'B', kind: 'junction', elevation_m: 800 },
      ],
      pipes: [
        {
          id: 'P',
          from: 'A',
          to: 'B',
          length_m: 10e3,
          diameter_m: 0.5,
          friction: { kind: 'roughness', roughness_m: 1e-5 },
        },
      ],
    },
    1,
    500,
  );
  const theory = 5e6 * Math.exp((-9.80665 * 800) / K);
  const actual = state.pointPressure_Pa[1];
  return judge(
    'still column of 800 m',
    'top pressure',
    actual / theory - 1,
    1e-6,
    'relative',
    `${actual.toFixed(2)} Pa`,
  );
}

function blowDown(): ValidationRow {
  const [D, L, hole] = [1, 20, 1e-3];
  const { model, state } = start(
    {
      gas: IDEAL,
      temperature_K: T,
      nodes: [
        { id: 'A', kind: 'junction', initialPressure_Pa: 5e6 },
        { id: 'B', kind: 'junction', initialPressure_Pa: 5e6 },
      ],
      pipes: [{ id: 'P', from: 'A', to: 'B', length_m: L, diameter_m: D, friction: { kind: 'darcy', factor: 0.01 } }],
      leaks: [{ id: 'hole', pipe: 'P', at: 0.5, area_m2: hole, dischargeCoefficient: 0.85 }],
    },
    0.01,
    5,
    false,
  );
  const g = IDEAL.heatCapacityRatio;
  const C = Math.sqrt(g * (2 / (g + 1)) ** ((g + 1) / (g - 1)));
  const tau = ((Math.PI / 4) * D * D * L) / (0.85 * hole * C * Math.sqrt(K));
  const before = gasInventory_kg(model, state);
  let worst = 0;
  for (let n = 1; n * model.timeStep_s < 3 * tau; n++) {
    stepGas(model, state);
    const theory = Math.exp((-n * model.timeStep_s) / tau);
    worst = Math.max(worst, Math.abs(gasInventory_kg(model, state) / before / theory - 1));
  }
  return judge('isothermal blow-down', 'content until 5 %', worst * 100, 0.1, '%', `time constant ${tau.toFixed(2)} s`);
}

/** A small step of withdrawal at one end of a pipe without friction, seen at both. */
function wave(compressibility: 'ideal' | 'papay'): ValidationRow[] {
  const [D, L, step] = [0.5, 20e3, 0.5];
  const gas = { ...IDEAL, compressibility };
  const { model, state } = start(
    {
      gas,
      temperature_K: T,
      nodes: [
        { id: 'A', kind: 'pressure', pressure_Pa: 6e6 },
        { id: 'B', kind: 'junction' },
      ],
      pipes: [{ id: 'P', from: 'A', to: 'B', length_m: L, diameter_m: D, friction: { kind: 'darcy', factor: 0 } }],
    },
    0.05,
    25,
  );
  const c = gasWaveSpeed_m_s(gasOf(gas), 6e6, T);
  const rise = (c * step) / model.pipeArea_m2[0];
  const middle = model.innerStart[0] + model.nCell / 2 - 1;
  let arrival = 0;
  let mean = 0;
  let count = 0;
  for (let n = 1; n * model.timeStep_s < (1.5 * L) / c; n++) {
    // A ramp of 4 s, which the grid resolves.
    state.withdrawal_kg_s[1] = step * Math.min(1, ((n - 0.5) * model.timeStep_s) / 4);
    const before = 6e6 - state.pointPressure_Pa[middle];
    stepGas(model, state);
    const now = 6e6 - state.pointPressure_Pa[middle];
    if (arrival === 0 && now >= rise / 2) arrival = (n - 1 + (rise / 2 - before) / (now - before)) * model.timeStep_s;
    if (n * model.timeStep_s > 10) {
      mean += 6e6 - state.pointPressure_Pa[1];
      count++;
    }
  }
  const speed = L / 2 / (arrival - 2);
  const name = `wave in a frictionless pipe, ${compressibility === 'ideal' ? 'Z = 1' : 'Papay'}`;
  return [
    judge(name, 'speed', (speed / c - 1) * 100, 0.1, '%', `${speed.toFixed(3)} m/s, c = √(∂p/∂ρ) ${c.toFixed(3)} m/s`),
    judge(
      name,
      'height c ΔF/A',
      (mean / count / rise - 1) * 100,
      0.1,
      '%',
      `${(mean / count).toFixed(2)} Pa of ${rise.toFixed(2)} Pa`,
    ),
  ];
}

function orifices(): ValidationRow[] {
  const [g, p, density, area, Cd] = [1.3, 3e5, 2.3, 1e-4, 0.62];
  const isentropic = (r: number) =>
    Cd * area * density * r ** (1 / g) * Math.sqrt(((2 * g) / (g - 1)) * (p / density) * (1 - r ** ((g - 1) / g)));
  let worst = 0;
  for (const r of [0.56, 0.7, 0.85, 0.95, 0.999])
    worst = Math.max(worst, Math.abs(gasOrificeFlow_kg_s(Cd, area, p, density, g, r * p) / isentropic(r) - 1));
  // The choked flow is the largest that the energy balance gives at any throat pressure.
  let most = 0;
  for (let r = 0.3; r < 0.9; r += 1e-5) most = Math.max(most, isentropic(r));
  const choked = gasOrificeFlow_kg_s(Cd, area, p, density, g, 0.2 * p);
  return [
    judge('orifice, sub-critical', 'mass flow', worst, 1e-9, 'relative', 'at p_b/p 0.56 … 0.999'),
    judge('orifice, choked', 'mass flow', choked / most - 1, 1e-9, 'relative', `${choked.toPrecision(7)} kg/s`),
  ];
}

function shukhov(): ValidationRow {
  const [D, L, U, flow] = [0.5, 40e3, 3, 60];
  const { model, state } = start(
    {
      gas: IDEAL,
      temperature_K: 280,
      heat: 'ground',
      nodes: [
        { id: 'A', kind: 'pressure', pressure_Pa: 6e6, temperature_K: 320 },
        { id: 'B', kind: 'junction', withdrawal_kg_s: flow },
      ],
      pipes: [
        {
          id: 'P',
          from: 'A',
          to: 'B',
          length_m: L,
          diameter_m: D,
          friction: { kind: 'roughness', roughness_m: 2e-5 },
          heatTransfer_W_m2K: U,
        },
      ],
    },
    1,
    100,
  );
  let worst = 0;
  for (let j = 1; j < model.nCell; j++) {
    const x = j * model.reachCell_m[0];
    const theory = 280 + 40 * Math.exp((-x * U * Math.PI * D) / (flow * model.gas.specificHeat_J_kgK));
    worst = Math.max(worst, Math.abs(state.pointTemperature_K[model.innerStart[0] + j - 1] - theory));
  }
  return judge(
    'cooling to the ground',
    'temperature',
    (worst / 40) * 100,
    1,
    '%',
    `of 40 K; ${worst.toFixed(3)} K on 100 m cells`,
  );
}

/** A day of a line with a compressor, a valve, a regulator, swinging demand and a leak that grows. */
function day(): ValidationRow {
  const pipe = (id: string, from: string, to: string) => ({
    id,
    from,
    to,
    length_m: 20e3,
    diameter_m: 0.5,
    friction: { kind: 'roughness', roughness_m: 2e-5 } as const,
  });
  const { model, state } = start(
    {
      temperature_K: T,
      nodes: [
        { id: 'S', kind: 'pressure', pressure_Pa: 4.5e6 },
        ...['A', 'B', 'C', 'D', 'E', 'F'].map(
          (id, i) => ({ id, kind: 'junction', elevation_m: 30 * i, withdrawal_kg_s: id === 'F' ? 20 : 0 }) as const,
        ),
      ],
      pipes: [pipe('1', 'A', 'B'), pipe('2', 'C', 'D'), pipe('3', 'E', 'F')],
      links: [
        { id: 'K', kind: 'compressor', from: 'S', to: 'A', mode: 'ratio', setting: 1.3 },
        { id: 'V', kind: 'valve', from: 'B', to: 'C', diameter_m: 0.5, strokeTime_s: 60 },
        { id: 'R', kind: 'regulator', from: 'D', to: 'E', diameter_m: 0.3, holds: 'downstream-pressure', setting: 4e6 },
      ],
      leaks: [{ id: 'hole', pipe: '2', at: 0.37 }],
    },
    5,
    2000,
  );
  const n = model.nodeIndex.get('F') as number;
  state.leakGrowth_m2_s[0] = 1e-8;
  for (let i = 0; i * 5 < 86400; i++) {
    const t = i * 5;
    state.withdrawal_kg_s[n] = 20 + 8 * Math.sin(t / 7000);
    state.leakAreaSet_m2[0] = t > 20000 && t < 60000 ? 2e-4 : 0;
    state.positionSet[1] = t > 40000 && t < 41000 ? 0 : 1;
    state.positionSet[0] = t > 50000 && t < 53000 ? 0 : 1;
    stepGas(model, state);
  }
  const pack = gasInventory_kg(model, state);
  const error = gasBalanceError_kg(model, state) / pack;
  const note = `${pack.toFixed(0)} kg; leak ${state.leaked_kg[0].toFixed(0)} kg, valve stroke, trip; flags ${[...state.flags].join(', ')}`;
  return judge('day with upsets', 'mass balance', Math.abs(error), 1e-9, 'of line pack per day', note);
}
