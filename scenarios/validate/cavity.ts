/**
 * Column separation, unsteady friction and surge protection against closed forms, an exact numerical solution and published
 * laboratory figures. g = 9.80665.
 *
 *   cavity at a valve shut at once, no friction (exact): in the k-th interval 2L/a after the first the column moves towards the
 *     valve with V_k = (2k − 1) g h/a − V0, h = H_R − z − h_v; the volume grows by −A V_k; when it is gone the head jumps to
 *     z + h_v + a V_k/g, and when that wave is back, 2h higher: the short-duration pulse
 *   the same, rigid column: volume A L V0²/(2 g h), duration 2 L V0/(g h)
 *   laminar unsteady friction: J = 32 ν V/(g D²) + 16 ν/(g D²) ∫ ∂V/∂t(u) W(t − u) du, W of Zielke
 *   surge tank  z = V0 √(L A/(g As)), T = 2π √(L As/(g A));  air vessel, small: T = 2π √(L V/(g A n h))
 *
 * Laboratory (tank, copper pipe 37.23 m × 22.1 mm, a = 1319 m/s, rising 2.03 m to a valve shut in 9 ms, tank head 22 m):
 * V0 = 0.30 m/s, highest pressure 1015 kPa absolute (their gas cavity model: 18 kPa from their own 1071 kPa); V0 = 1.40 m/s,
 * first collapse at 0.386 s, second peak 2057 kPa. Quasi-steady friction and 64 reaches, as there.
 * Sources: Simpson 1986 and Simpson & Wylie 1991 (J. Hydraul. Eng. 117, the line of 36 m and the exact solution's pulse);
 * Bergant & Simpson 1999 (J. Hydraul. Eng. 125, 835–848, the apparatus); its measured pressures as printed by He, Li & Guo
 * 2025 (Processes 13, 3510, §5 and fig. 4; the time is read off the figure); Zielke 1968 (W); Chaudhry (2014) §11.3, §10.6.
 */
import {
  type CompileOptions,
  compileNetwork,
  createState,
  gasVolume_m3,
  joukowsky_m,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  type PipeSpec,
  type SurgeSpec,
  solveSteady,
  stepCharacteristics,
} from '../../models/physics/index.ts';
import { judge, type ValidationRow } from './table.ts';

const G = 9.80665;
const KPA_PER_M = (998.2 * G) / 1000;
const ATMOSPHERE_KPA = 101.325;

/** All rows: cavities, unsteady friction, surge protection. */
export function validateCavity(): ValidationRow[] {
  return [...shutAtOnce(), ...rigidColumn(), ...laboratory(), ...laminarDamping(), ...protection()];
}

/** Reservoir – pipe – valve that a boundary shuts. */
export interface ShutLine {
  readonly length_m: number;
  readonly diameter_m: number;
  readonly waveSpeed_m_s: number;
  readonly velocity_m_s: number;
  readonly head_m: number;
  readonly reaches: number;
  readonly rise_m?: number;
  readonly friction?: PipeSpec['friction'];
  readonly kinematicViscosity_m2_s?: number;
  readonly closing_s?: number;
  readonly surge?: SurgeSpec;
  readonly options?: Partial<CompileOptions>;
}

export interface ShutTrace {
  readonly model: NetworkModel;
  readonly state: NetworkState;
  readonly head_m: Float64Array; // at the valve, one per step, the first after Δt
  readonly void_m3: Float64Array; // in all cavities
}

const VAPOUR_HEAD = -10.25;

/** Runs a closure from rest for `seconds`. */
export function runShutLine(line: ShutLine, seconds: number): ShutTrace {
  const A = (Math.PI / 4) * line.diameter_m ** 2;
  const spec: NetworkSpec = {
    fluid: {
      vapourHead_m: VAPOUR_HEAD,
      ...(line.kinematicViscosity_m2_s ? { kinematicViscosity_m2_s: line.kinematicViscosity_m2_s } : {}),
    },
    nodes: [
      { id: 'R', kind: 'reservoir', head_m: line.head_m, elevation_m: 0 },
      { id: 'V', kind: 'junction', elevation_m: line.rise_m ?? 0, outflow_m3_s: line.velocity_m_s * A },
    ],
    pipes: [
      {
        id: 'P',
        from: 'R',
        to: 'V',
        length_m: line.length_m,
        diameter_m: line.diameter_m,
        waveSpeed_m_s: line.waveSpeed_m_s,
        friction: line.friction ?? { kind: 'darcy', factor: 0 },
        reaches: line.reaches,
      },
    ],
    surge: line.surge ? [line.surge] : [],
  };
  const timeStep_s = line.length_m / line.waveSpeed_m_s / line.reaches;
  const compiled = compileNetwork(spec, { timeStep_s, gravity_m_s2: G, ...line.options });
  if (!compiled.ok) throw new Error(compiled.problems.join(' '));
  const model = compiled.value;
  const state = createState(model);
  solveSteady(model, state);
  const steps = Math.round(seconds / timeStep_s);
  const head_m = new Float64Array(steps);
  const void_m3 = new Float64Array(steps);
  for (let i = 0; i < steps; i++) {
    const open = line.closing_s ? Math.max(0, 1 - ((i + 1) * timeStep_s) / line.closing_s) : 0;
    state.boundaryFlow_m3_s[1] = line.velocity_m_s * A * open;
    stepCharacteristics(model, state);
    head_m[i] = state.nodeHead_m[1];
    void_m3[i] = gasVolume_m3(model, state);
  }
  return { model, state, head_m, void_m3 };
}

/** The exact cavity: largest volume [m³], when it is gone and when its pulse begins and ends [s], head of the pulse [m]. */
export function exactCavity(line: ShutLine): { volume: number; gone: number; from: number; to: number; pulse: number } {
  const round = (2 * line.length_m) / line.waveSpeed_m_s;
  const h = line.head_m - VAPOUR_HEAD;
  const A = (Math.PI / 4) * line.diameter_m ** 2;
  let volume = 0;
  let largest = 0;
  for (let k = 1; ; k++) {
    const V = ((2 * k - 1) * G * h) / line.waveSpeed_m_s - line.velocity_m_s;
    const next = volume - A * V * round;
    if (next <= 0) {
      const gone = k * round + volume / (A * V);
      const pulse = VAPOUR_HEAD + joukowsky_m(line.waveSpeed_m_s, V, G) + 2 * h;
      return { volume: largest, gone, from: (k + 1) * round, to: gone + round, pulse };
    }
    volume = next;
    largest = Math.max(largest, next);
  }
}

const CAVITIES = { cavitation: 'gas-cavity' } as const;
const SIMPSON = { length_m: 36, diameter_m: 0.01905, waveSpeed_m_s: 1280, velocity_m_s: 0.332, head_m: 23.41 };

/** First time after `since` at which the head is above a value [s]. */
function reaches(trace: ShutTrace, head: number, since: number): number {
  const dt = trace.model.timeStep_s;
  for (let i = Math.ceil(since / dt); i < trace.head_m.length; i++) if (trace.head_m[i] > head) return (i + 1) * dt;
  return Number.NaN;
}

/** Highest head between two times [m], or highest mean over `mean_s`. */
function highest(trace: ShutTrace, from: number, to: number, mean_s = 0): number {
  const dt = trace.model.timeStep_s;
  const width = Math.max(1, Math.round(mean_s / dt));
  let top = Number.NEGATIVE_INFINITY;
  for (let i = Math.floor(from / dt); i + width <= Math.floor(to / dt); i++) {
    const sum = trace.head_m.subarray(i, i + width).reduce((a, b) => a + b, 0);
    top = Math.max(top, sum / width);
  }
  return top;
}

function shutAtOnce(): ValidationRow[] {
  const name = 'cavity at a valve shut at once';
  const line = { ...SIMPSON, reaches: 64 };
  const exact = exactCavity(line);
  const little = runShutLine({ ...line, options: { ...CAVITIES, gasFraction: 1e-9 } }, exact.gone);
  const usual = runShutLine({ ...line, options: CAVITIES }, 0.3);
  const volume = little.void_m3.reduce((a, b) => Math.max(a, b), 0);
  const gone = reaches(usual, 0, exact.gone - 0.03);
  const pulse = highest(usual, exact.from, exact.to);
  const pulses = [32, 128].map((n) =>
    highest(runShutLine({ ...line, reaches: n, options: CAVITIES }, 0.2), exact.from, exact.to),
  );
  return [
    judge(
      name,
      'largest volume, α0 = 1e-9',
      100 * (volume / exact.volume - 1),
      3,
      '%',
      `${(volume * 1e6).toFixed(4)} ml, exact ${(exact.volume * 1e6).toFixed(4)} ml`,
    ),
    judge(
      name,
      'time of first collapse',
      100 * (gone / exact.gone - 1),
      1,
      '%',
      `${gone.toFixed(5)} s, exact ${exact.gone.toFixed(5)} s`,
    ),
    judge(
      name,
      'short-duration pulse',
      100 * (pulse / exact.pulse - 1),
      1,
      '%',
      `${pulse.toFixed(2)} m, exact ${exact.pulse.toFixed(2)} m; Joukowsky alone ${(SIMPSON.head_m + joukowsky_m(1280, 0.332, G)).toFixed(2)} m`,
    ),
    judge(
      name,
      'pulse, 32 and 128 reaches against 64',
      100 * Math.max(...pulses.map((p) => Math.abs(p / pulse - 1))),
      2,
      '%',
      pulses.map((p) => `${p.toFixed(2)} m`).join(', '),
    ),
  ];
}

function rigidColumn(): ValidationRow[] {
  const name = 'cavity and rigid column, V0 = 2.5 m/s';
  const line = { ...SIMPSON, velocity_m_s: 2.5, reaches: 32, options: { ...CAVITIES, gasFraction: 1e-9 } };
  const h = line.head_m - VAPOUR_HEAD;
  const A = (Math.PI / 4) * line.diameter_m ** 2;
  const volume = (A * line.length_m * line.velocity_m_s ** 2) / (2 * G * h);
  const lasts = (2 * line.length_m * line.velocity_m_s) / (G * h);
  const begins = (2 * line.length_m) / line.waveSpeed_m_s;
  const trace = runShutLine(line, begins + 1.2 * lasts);
  const most = trace.void_m3.reduce((a, b) => Math.max(a, b), 0);
  const gone = reaches(trace, 20, begins + 0.5 * lasts) - begins;
  return [
    judge(
      name,
      'largest volume',
      100 * (most / volume - 1),
      2,
      '%',
      `${(most * 1e6).toFixed(2)} ml, theory ${(volume * 1e6).toFixed(2)} ml`,
    ),
    judge(name, 'duration', 100 * (gone / lasts - 1), 2, '%', `${gone.toFixed(4)} s, theory ${lasts.toFixed(4)} s`),
  ];
}

/** Error allowed against the laboratory [%]: the published gas cavity model is itself 4–7 % from the measured 1015 kPa. */
const LABORATORY_TARGET = 8;
/** Peaks are means over this time: spikes of a single step are the model's own (Bergant & Simpson 1999), no gauge shows them. */
const FILTER_S = 0.002;

function laboratory(): ValidationRow[] {
  const name = 'Bergant & Simpson apparatus';
  const line = (velocity_m_s: number): ShutLine => ({
    length_m: 37.23,
    diameter_m: 0.0221,
    waveSpeed_m_s: 1319,
    velocity_m_s,
    head_m: 22,
    rise_m: 2.03,
    closing_s: 0.009,
    reaches: 64,
    friction: { kind: 'roughness', roughness_m: 1.5e-6 },
    options: CAVITIES,
  });
  const pressure = (head: number) => (head - 2.03) * KPA_PER_M + ATMOSPHERE_KPA;
  const active = runShutLine(line(0.3), 0.5);
  const passive = runShutLine(line(1.4), 0.6);
  const peak = pressure(highest(active, 0.07, 0.5, FILTER_S));
  const first = pressure(highest(passive, 0, 0.06));
  const gone = reaches(passive, 10, 0.2);
  const second = pressure(highest(passive, 0.3, 0.5, FILTER_S));
  const versus = (unit: string, ours: string, theirs: string) => `${ours} ${unit}, measured ${theirs} ${unit}`;
  const joukowsky = pressure(22 + joukowsky_m(1319, 1.4, G));
  return [
    judge(
      name,
      'V0 = 0.30: highest pressure, after the first collapse',
      100 * (peak / 1015 - 1),
      LABORATORY_TARGET,
      '%',
      versus('kPa', peak.toFixed(0), '1015'),
    ),
    judge(
      name,
      'V0 = 1.40: first surge against Joukowsky',
      100 * (first / joukowsky - 1),
      2,
      '%',
      `${first.toFixed(0)} kPa with line packing, theory ${joukowsky.toFixed(0)} kPa`,
    ),
    judge(
      name,
      'V0 = 1.40: time of first collapse',
      100 * (gone / 0.386 - 1),
      LABORATORY_TARGET,
      '%',
      versus('s', gone.toFixed(3), '0.386 (read off the figure)'),
    ),
    judge(
      name,
      'V0 = 1.40: peak after the first collapse',
      100 * (second / 2057 - 1),
      LABORATORY_TARGET,
      '%',
      versus('kPa', second.toFixed(0), '2057'),
    ),
  ];
}

/** Weighting function W of dimensionless time 4νt/D² (Zielke 1968, eqs. 33 and 34). */
function weighting(tau: number): number {
  if (tau > 0.02) return [26.3744, 70.8493, 135.0198, 218.9216, 322.5544].reduce((s, n) => s + Math.exp(-n * tau), 0);
  const series = [0.282095, -1.25, 1.057855, 0.9375, 0.396696, -0.351563];
  return series.reduce((s, m, i) => s + m * tau ** ((i - 1) / 2), 0);
}

/** Heads at the valve of a laminar closure at once with the full convolution: its own characteristics, none of ours. */
export function weightingFunctionHeads(line: ShutLine, viscosity: number, steps: number): Float64Array {
  const { length_m: L, diameter_m: D, waveSpeed_m_s: a, reaches: N } = line;
  const dt = L / a / N;
  const dx = L / N;
  const b = a / G;
  const quasi = (32 * viscosity) / (G * D * D);
  const W = Float64Array.from({ length: steps }, (_, j) => weighting((4 * viscosity * (j + 0.5) * dt) / (D * D)));
  let V = new Float64Array(N + 1).fill(line.velocity_m_s);
  let H = Float64Array.from({ length: N + 1 }, (_, i) => line.head_m - quasi * line.velocity_m_s * i * dx);
  const changes: Float64Array[] = [];
  const heads = new Float64Array(steps);
  for (let s = 0; s < steps; s++) {
    const loss = V.map((v, i) => {
      let memory = 0;
      for (let j = 0; j < s; j++) memory += changes[s - 1 - j][i] * W[j];
      return dx * quasi * (v + 0.5 * memory);
    });
    const plus = (i: number) => H[i] + b * V[i] - loss[i];
    const minus = (i: number) => H[i] - b * V[i] + loss[i];
    const nextH = H.map((_, i) => (i === 0 ? line.head_m : i === N ? plus(N - 1) : 0.5 * (plus(i - 1) + minus(i + 1))));
    const nextV = V.map((_, i) =>
      i === 0 ? (line.head_m - minus(1)) / b : i === N ? 0 : (0.5 / b) * (plus(i - 1) - minus(i + 1)),
    );
    changes.push(nextV.map((v, i) => v - V[i]));
    V = nextV;
    H = nextH;
    heads[s] = H[N];
  }
  return heads;
}

/** The line of Bergant, Simpson & Vítkovský 2001: 37.23 m of copper, Re = 1870. */
export const LAMINAR_LINE: ShutLine = {
  length_m: 37.23,
  diameter_m: 0.0221,
  waveSpeed_m_s: 1319,
  velocity_m_s: 0.1,
  head_m: 32,
  reaches: 16,
  kinematicViscosity_m2_s: 1.182e-6,
  friction: { kind: 'roughness', roughness_m: 0 },
  options: { friction: 'per-cell', frictionRefreshSteps: 1, unsteadyFriction: 'brunone-vitkovsky' },
};

/** Largest rise above rest in each period 4L/a [m]. */
export function crests(heads: Float64Array, rest: number, stepsPerPeriod: number): number[] {
  const tops: number[] = [];
  for (let i = 0; i + stepsPerPeriod <= heads.length; i += stepsPerPeriod)
    tops.push(heads.subarray(i, i + stepsPerPeriod).reduce((a, b) => Math.max(a, b), -1e9) - rest);
  return tops;
}

function laminarDamping(): ValidationRow[] {
  const name = 'unsteady friction, laminar closure';
  const line = LAMINAR_LINE;
  const periods = 10;
  const steps = periods * 4 * line.reaches;
  const seconds = (steps * line.length_m) / line.waveSpeed_m_s / line.reaches;
  const exact = crests(weightingFunctionHeads(line, 1.182e-6, steps), 32, 4 * line.reaches);
  const ours = runShutLine(line, seconds);
  const tops = crests(ours.head_m, 32, 4 * line.reaches);
  const plain = runShutLine({ ...line, options: { friction: 'per-cell', frictionRefreshSteps: 1 } }, seconds);
  const worst = Math.max(...tops.map((t, k) => Math.abs(t / exact[k] - 1)));
  const bare = crests(plain.head_m, 32, 4 * line.reaches)[periods - 1];
  const front = ours.head_m[0] - 32 + (32 * 1.182e-6 * 0.1 * 37.23) / (G * 0.0221 ** 2);
  const note = `10th crest ${tops[9].toFixed(2)} m, Zielke ${exact[9].toFixed(2)} m, quasi-steady alone ${bare.toFixed(2)} m`;
  return [
    judge(name, 'crests of 10 periods against Zielke (worst)', 100 * worst, 3, '%', note),
    judge(
      name,
      'first front against Joukowsky',
      100 * (front / joukowsky_m(1319, 0.1, G) - 1),
      0.1,
      '%',
      `${front.toFixed(4)} m`,
    ),
  ];
}

/** Half a swing of a device that a sudden stop sets going: highest rise [m] and period [s]. */
function swing(trace: ShutTrace, rest: number): { rise: number; period: number } {
  let rise = 0;
  for (let i = 1; i < trace.head_m.length; i++) {
    rise = Math.max(rise, trace.head_m[i] - rest);
    if (i > 20 && trace.head_m[i] < rest)
      return {
        rise,
        period:
          2 * trace.model.timeStep_s * (i + (rest - trace.head_m[i - 1]) / (trace.head_m[i] - trace.head_m[i - 1])),
      };
  }
  return { rise, period: Number.NaN };
}

function protection(): ValidationRow[] {
  const line = { length_m: 1000, diameter_m: 0.3, waveSpeed_m_s: 1200, head_m: 60, reaches: 20 };
  const A = (Math.PI / 4) * 0.09;
  const As = 30 * A;
  const V0 = 0.7;
  const tank = swing(
    runShutLine({ ...line, velocity_m_s: V0, surge: { id: 'ST', kind: 'surge-tank', node: 'V', area_m2: As } }, 200),
    60,
  );
  const height = V0 * Math.sqrt((1000 * A) / (G * As));
  const long = 2 * Math.PI * Math.sqrt((1000 * As) / (G * A));
  const vessel = { id: 'AV', kind: 'air-vessel', node: 'V', volume_m3: 10, gasVolume_m3: 5 } as const;
  const small = swing(runShutLine({ ...line, velocity_m_s: 1e-3, surge: vessel }, 60), 60);
  const h = 60 + ATMOSPHERE_KPA / KPA_PER_M;
  const short = 2 * Math.PI * Math.sqrt((1000 * 5) / (G * A * 1.2 * h));
  return [
    judge(
      'surge tank',
      'first upsurge',
      100 * (tank.rise / height - 1),
      0.1,
      '%',
      `${tank.rise.toFixed(4)} m, theory ${height.toFixed(4)} m`,
    ),
    judge(
      'surge tank',
      'period',
      100 * (tank.period / long - 1),
      0.1,
      '%',
      `${tank.period.toFixed(2)} s, theory ${long.toFixed(2)} s`,
    ),
    judge(
      'air vessel, n = 1.2',
      'period of a small swing',
      100 * (small.period / short - 1),
      0.5,
      '%',
      `${small.period.toFixed(3)} s, theory ${short.toFixed(3)} s`,
    ),
  ];
}
