/**
 * Links without length: head loss h(Q) = H_from − H_to and its slope dh/dQ. The steady solver and the transient step both
 * read their physics here, so that a steady state is a fixed point of the step.
 *
 *   valve, check valve, in-line orifice   h = R Q |Q|,  R = K/(2 g A²) or 1/(2 g Cd² A²)
 *   throttled valve                       R/τ², τ = opening | r^(opening−1) | table
 *   pump                                  −h = A s² + D s Q − B s^(2−C) Q^C, or a table scaled by (Q s, H s²), or P/(ρ g Q)
 *   shut                                  h = Q/ε;  Q < 0 behind a check valve: h(0) + Q/ε
 *
 * s relative speed, τ relative conductance (Cv/Cv open), ε `SHUT` [m²/s]. Every law is made strictly increasing by a least
 * slope, so that Newton's matrix stays positive definite; both are far below what any gauge could see.
 * Sources: EPANET 2.2 manual §12 (pumps, valves); Wylie & Streeter (1993) §3-6 and ch. 7; IEC 60534-2-4 (characteristics).
 */
import { FORM, LINK, type NetworkModel, type NetworkState } from './model.ts';

/** Conductance of a shut link [m²/s]: 1 km of head drives 1e-9 m³/s through it. */
export const SHUT = 1e-12;
/** Least slope of a loss law [s/m²]. */
export const LEAST_SLOPE = 1e-3;
/** Head [m] at which a constant-power pump stops following P/(ρ g Q) and goes on along the tangent. */
const POWER_HEAD_LIMIT = 300;
/** Speed below which a stopped, passing pump keeps its impeller's resistance. */
const LEAST_SPEED = 0.05;

/** Writes h [m] to out[at] and dh/dQ [s/m²] to out[at + 1] for link l at flow Q [m³/s]. */
export function evaluateLink(
  model: NetworkModel,
  state: NetworkState,
  l: number,
  flow: number,
  out: Float64Array,
  at: number,
): void {
  if (flow < 0 && model.linkCheck[l] === 1) {
    evaluateLink(model, state, l, 0, out, at);
    out[at] += flow / SHUT;
    out[at + 1] = 1 / SHUT;
    return;
  }
  // with heat: Q and H belong to ρ0, the element works on what passes it: Q ρ0/ρ, and its head is of that liquid
  const density = model.heat ? state.heat.linkDensity[l] : 1;
  switch (model.linkKind[l]) {
    case LINK.pump:
      pump(model, state, l, model.heat ? flow / density : flow, out, at);
      if (model.heat) out[at] *= density;
      break;
    case LINK.valve:
    case LINK.regulator: {
      const tau = relativeConductance(model, l, state.valveOpening[l]);
      if (tau <= 0) shut(flow, out, at);
      else quadratic(model.linkLoss_s2_m5[l] / (tau * tau * density), flow, out, at);
      break;
    }
    case LINK.lossCurve:
      lossCurve(model, l, flow, out, at);
      break;
    default:
      quadratic(model.linkLoss_s2_m5[l] / density, flow, out, at);
  }
}

/** Relative conductance τ of a valve at an opening 0…1; 0 when shut. */
export function relativeConductance(model: NetworkModel, l: number, opening: number): number {
  if (opening <= 0) return 0;
  switch (model.linkForm[l]) {
    case FORM.equalPercentage:
      return model.linkRangeability[l] ** (Math.min(opening, 1) - 1);
    case FORM.relativeFlow:
      return Math.max(0, interpolate(model, l, opening));
    default:
      return opening;
  }
}

function shut(flow: number, out: Float64Array, at: number): void {
  out[at] = flow / SHUT;
  out[at + 1] = 1 / SHUT;
}

function quadratic(resistance: number, flow: number, out: Float64Array, at: number): void {
  const q = Math.abs(flow);
  out[at] = resistance * flow * q + LEAST_SLOPE * flow;
  out[at + 1] = 2 * resistance * q + LEAST_SLOPE;
}

function pump(model: NetworkModel, state: NetworkState, l: number, flow: number, out: Float64Array, at: number): void {
  const speed = state.pumpSpeed[l];
  if (speed <= 0 && model.pumpPasses[l] === 0) shut(flow, out, at);
  else if (model.linkForm[l] === FORM.table) pumpTable(model, l, speed, flow, out, at);
  else if (model.linkForm[l] === FORM.power) pumpPower(model, l, flow, out, at);
  else pumpCurve(model, l, speed, flow, out, at);
}

function pumpCurve(model: NetworkModel, l: number, speed: number, flow: number, out: Float64Array, at: number): void {
  const q = Math.abs(flow);
  const C = model.pumpC[l];
  const s = Math.max(speed, LEAST_SPEED);
  const drag = model.pumpB[l] * (C === 2 ? 1 : s ** (2 - C));
  const power = C === 2 ? q : q ** (C - 1);
  const linear = LEAST_SLOPE - model.pumpD[l] * speed;
  out[at] = -model.pumpA_m[l] * speed * speed + drag * power * flow + linear * flow;
  out[at + 1] = Math.max(C * drag * power + linear, LEAST_SLOPE);
}

function pumpTable(model: NetworkModel, l: number, speed: number, flow: number, out: Float64Array, at: number): void {
  const s = Math.max(speed, LEAST_SPEED);
  const x = Math.max(flow, 0) / s;
  const i = segment(model, l, x);
  const slope = (model.tableY[i + 1] - model.tableY[i]) / (model.tableX[i + 1] - model.tableX[i]);
  const gain = model.tableY[i] + slope * (x - model.tableX[i]);
  const steep = Math.max(-slope * s, LEAST_SLOPE);
  out[at] = -gain * speed * speed + (flow < 0 ? steep * flow : 0);
  out[at + 1] = Math.max((-slope * speed * speed) / s, LEAST_SLOPE);
}

function pumpPower(model: NetworkModel, l: number, flow: number, out: Float64Array, at: number): void {
  const work = model.pumpPower_W[l] / (model.density_kg_m3 * model.gravity_m_s2);
  const least = work / POWER_HEAD_LIMIT;
  if (flow >= least) {
    out[at] = -work / flow;
    out[at + 1] = work / (flow * flow);
  } else {
    out[at] = -POWER_HEAD_LIMIT * (2 - flow / least);
    out[at + 1] = POWER_HEAD_LIMIT / least;
  }
}

function lossCurve(model: NetworkModel, l: number, flow: number, out: Float64Array, at: number): void {
  const q = Math.abs(flow);
  const i = segment(model, l, q);
  const slope = (model.tableY[i + 1] - model.tableY[i]) / (model.tableX[i + 1] - model.tableX[i]);
  const loss = model.tableY[i] + slope * (q - model.tableX[i]);
  out[at] = Math.sign(flow) * loss + LEAST_SLOPE * flow;
  out[at + 1] = Math.max(slope, 0) + LEAST_SLOPE;
}

function interpolate(model: NetworkModel, l: number, x: number): number {
  const i = segment(model, l, x);
  const share = (x - model.tableX[i]) / (model.tableX[i + 1] - model.tableX[i]);
  return model.tableY[i] + Math.min(Math.max(share, 0), 1) * (model.tableY[i + 1] - model.tableY[i]);
}

/** First point of the segment of link l's table that x falls into; the ends go on straight. */
function segment(model: NetworkModel, l: number, x: number): number {
  let i = model.tableStart[l];
  const last = model.tableStart[l + 1] - 2;
  while (i < last && x > model.tableX[i + 1]) i++;
  return i;
}
