/**
 * Valves, regulators and compressors: links without length, each one law φ(p1, p2, Q) = 0 that rises with p2 and with Q.
 *
 *   loss           h = (p2² − p1²)/(p1° + p2°) + K (p/ρ) Q|Q|/(A² (p1° + p2°))          Δp = K ρ v²/2 at the mean density
 *   valve          φ = h,  K = K0 + ((1 − o)/(0.6 o))²,  o opening; shut: φ = αQ         Borda–Carnot behind a vena contracta
 *   check valve    φ = min(αQ, h)
 *   regulator      φ = min(αQ, max(h, g)),  g = p2 − p_set | p_set − p1 | α(Q − Q_set)
 *   passage        φ = (p2² − p1²)/(p1° + p2°) + g Δz ρ_m + λ r Q|Q|/ρ_m,  a reach too short for the grid
 *   compressor     φ = min(αQ, max(p2 − T, α(Q − Q_P))),  T = clamp(target, p1, r_max p1)
 *   its power      P = Q w(r),  w = k Z (r^m − 1)/(m η),  r = p2/p1,  m = (γ − 1)/γ,  so Q_P = P_max/w
 *   flow set       φ = min(αQ, mid(p2 − p1, p2 − r_max p1, α(Q − Q_set)))
 *
 * min and max choose between equations, not between values blended: a complementarity problem solved by semi-smooth Newton.
 * `o` and ε Q (ε = 0.01 Pa s/kg, which shares the flow of equal units in parallel) aside, nothing is smoothed.
 * p° pressures of the last solution, α [Pa s/kg] a scale, K0 loss fully open, k Z = p/ρ at the inlet, η efficiency.
 * Sources: power of a polytropic machine with isentropic exponent, Menon (2005) ch. 4; semi-smooth Newton: De Luca et al. 1996.
 */
import { GAS_LINK, GAS_MODE, type GasModel, type GasState } from './model.ts';

/** Series resistance that keeps equal parallel units from being undetermined [Pa s/kg]. */
const SHARE = 0.01;
/** An opening below this counts as shut. */
const SHUT = 1e-6;
const CONTRACTION = 0.6;

/** φ, ∂φ/∂p1, ∂φ/∂p2, ∂φ/∂Q of link l written to out[at…at+3]. */
export function linkLaw(
  model: GasModel,
  state: GasState,
  l: number,
  p1: number,
  p2: number,
  Q: number,
  alpha: number,
  out: Float64Array,
  at: number,
): void {
  const kind = model.linkKind[l];
  const position = state.position[l];
  if (kind === GAS_LINK.shortPipe) {
    write(out, at, p2 - p1 + SHARE * Q, -1, 1, SHARE);
    return;
  }
  if (kind === GAS_LINK.passage) {
    passageLaw(model, state, l, p1, p2, Q, out, at);
    return;
  }
  const shut = position <= SHUT;
  if (shut && (kind === GAS_LINK.valve || kind === GAS_LINK.regulator)) {
    blocked(out, at, alpha, Q);
    return;
  }
  if (kind === GAS_LINK.compressor) compressorLaw(model, state, l, p1, p2, Q, alpha, out, at);
  else {
    lossLaw(model, state, l, p1, p2, Q, position, out, at);
    if (kind === GAS_LINK.valve) return;
    if (kind === GAS_LINK.regulator) regulatorLaw(model, state, l, p1, p2, Q, alpha, out, at);
  }
  if (alpha * Q < out[at]) blocked(out, at, alpha, Q);
}

/** Moves openings and loads towards their settings over a time dt [s]. */
export function moveEquipment(model: GasModel, state: GasState, dt: number): void {
  for (let l = 0; l < model.nLink; l++) {
    const to = Math.min(1, Math.max(0, state.positionSet[l]));
    const by = to - state.position[l];
    const most = (by > 0 ? model.linkOpenRate_per_s[l] : model.linkCloseRate_per_s[l]) * dt;
    state.position[l] = Math.abs(by) <= most ? to : state.position[l] + Math.sign(by) * most;
  }
}

/** Shaft power of the compressors [W] at the present pressures and flows. */
export function compressorPowers(model: GasModel, state: GasState): void {
  const m = 1 - 1 / model.gas.heatCapacityRatio;
  for (let l = 0; l < model.nLink; l++) {
    if (model.linkKind[l] !== GAS_LINK.compressor) continue;
    const a = model.linkFrom[l];
    const ratio = state.pointPressure_Pa[model.linkTo[l]] / state.pointPressure_Pa[a];
    const head = ratio > 1 && state.position[l] > 0 ? (inletZ_k(state, a) * (ratio ** m - 1)) / m : 0;
    state.linkPower_W[l] = (Math.max(0, state.linkFlow_kg_s[l]) * head) / model.linkEfficiency[l];
  }
}

function inletZ_k(state: GasState, n: number): number {
  return state.pointPressure_Pa[n] / state.pointDensity_kg_m3[n];
}

function write(out: Float64Array, at: number, phi: number, d1: number, d2: number, dQ: number): void {
  out[at] = phi;
  out[at + 1] = d1;
  out[at + 2] = d2;
  out[at + 3] = dQ;
}

function blocked(out: Float64Array, at: number, alpha: number, Q: number): void {
  write(out, at, alpha * Q, 0, 0, alpha);
}

function passageLaw(
  model: GasModel,
  state: GasState,
  l: number,
  p1: number,
  p2: number,
  Q: number,
  out: Float64Array,
  at: number,
): void {
  const r = model.linkReach[l];
  const face = model.faceStart[r];
  const scale = p1 + p2;
  const mean = 0.5 * (state.pointDensity_kg_m3[model.linkFrom[l]] + state.pointDensity_kg_m3[model.linkTo[l]]);
  const loss = (state.faceFriction[face] * model.reachResistance[r]) / mean;
  const weight = model.gravity_m_s2 * model.faceRise_m[face] * mean;
  const phi = (p2 * p2 - p1 * p1) / scale + weight + loss * Q * Math.abs(Q);
  write(out, at, phi, (-2 * p1) / scale, (2 * p2) / scale, Math.max(SHARE, 2 * loss * Math.abs(Q)));
}

function lossLaw(
  model: GasModel,
  state: GasState,
  l: number,
  p1: number,
  p2: number,
  Q: number,
  opening: number,
  out: Float64Array,
  at: number,
): void {
  const a = model.linkFrom[l];
  const scale = state.pointPressure_Pa[a] + state.pointPressure_Pa[model.linkTo[l]];
  const narrow = (1 - opening) / (CONTRACTION * opening);
  const area = model.linkArea_m2[l];
  const c = ((model.linkLoss[l] + narrow * narrow) * inletZ_k(state, a)) / (area * area * scale);
  const h = (p2 * p2 - p1 * p1) / scale + c * Q * Math.abs(Q) + SHARE * Q;
  write(out, at, h, (-2 * p1) / scale, (2 * p2) / scale, 2 * c * Math.abs(Q) + SHARE);
}

function regulatorLaw(
  model: GasModel,
  state: GasState,
  l: number,
  p1: number,
  p2: number,
  Q: number,
  alpha: number,
  out: Float64Array,
  at: number,
): void {
  const set = state.setting[l];
  const mode = model.linkMode[l];
  if (mode === GAS_MODE.downstream) {
    if (p2 - set + SHARE * Q > out[at]) write(out, at, p2 - set + SHARE * Q, 0, 1, SHARE);
  } else if (mode === GAS_MODE.upstream) {
    if (set - p1 + SHARE * Q > out[at]) write(out, at, set - p1 + SHARE * Q, -1, 0, SHARE);
  } else if (alpha * (Q - set) > out[at]) write(out, at, alpha * (Q - set), 0, 0, alpha);
}

function compressorLaw(
  model: GasModel,
  state: GasState,
  l: number,
  p1: number,
  p2: number,
  Q: number,
  alpha: number,
  out: Float64Array,
  at: number,
): void {
  const load = state.position[l];
  const set = state.setting[l];
  const highest = model.linkMaxRatio[l];
  if (load <= 0 && !model.linkBypass[l]) {
    blocked(out, at, alpha, Q);
    return;
  }
  const mode = model.linkMode[l];
  if (mode === GAS_MODE.flow && load > 0) {
    // mid of three: by-pass below, set flow between, largest ratio above
    const wanted = alpha * (Q - set * load);
    const low = p2 - p1 + SHARE * Q;
    const high = p2 - highest * p1 + SHARE * Q;
    if (wanted >= low) write(out, at, low, -1, 1, SHARE);
    else if (wanted <= high) write(out, at, high, -highest, 1, SHARE);
    else write(out, at, wanted, 0, 0, alpha);
  } else if (mode === GAS_MODE.outlet) {
    const target = p1 + load * (set - p1);
    if (target <= p1) write(out, at, p2 - p1 + SHARE * Q, -1, 1, SHARE);
    else if (target >= highest * p1) write(out, at, p2 - highest * p1 + SHARE * Q, -highest, 1, SHARE);
    else write(out, at, p2 - target + SHARE * Q, load - 1, 1, SHARE);
  } else {
    const ratio = mode === GAS_MODE.ratio ? Math.min(highest, 1 + load * (Math.max(1, set) - 1)) : 1;
    write(out, at, p2 - ratio * p1 + SHARE * Q, -ratio, 1, SHARE);
  }
  const limit = model.linkMaxPower_W[l];
  if (load <= 0 || !(p2 > p1) || limit === Number.POSITIVE_INFINITY) return;
  const m = 1 - 1 / model.gas.heatCapacityRatio;
  const lift = (p2 / p1) ** m;
  const most = (limit * model.linkEfficiency[l] * m) / (inletZ_k(state, model.linkFrom[l]) * (lift - 1));
  const phi = alpha * (Q - most);
  if (!(phi > out[at])) return;
  // The slope of (Q w − P_max)/w at the present w: linear in Q and nearly so in r, where Q − P_max/w would overshoot.
  const slope = (alpha * Math.max(0, Q) * m * lift) / (lift - 1);
  write(out, at, phi, -slope / p1, slope / p2, alpha);
}
