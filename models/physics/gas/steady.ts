/**
 * Steady flow: the discrete equations of step.ts without change in time, solved by Newton on all pressures and flows at once.
 *
 *   faces   f = p_b − p_a + g Δz ρ_m + λ r F|F|/ρ_m = 0
 *   links   φ(p_a, p_b, Q) = 0                                   links.ts
 *   points  Σ F_in − Σ F_out − withdrawal(p) − leaks(p) = 0, or p given
 *
 * Flows are eliminated (δF = −(f + f_a δp_a + f_b δp_b)/f_F), so what is factored is a mass balance of the points (elimination.ts):
 * EPANET's global gradient method (Todini & Pilati 1988) for a compressible fluid, on the grid of the transient. Hence a
 * transient that starts from it stands still. Globalised by a floor under f_F (flows near 0) and a pseudo-time term
 * V/(c² τ) in the matrix alone, both fading; the latter also keeps the pressure of a part that is shut off.
 */
import { addAt, clearElimination, type Elimination, makeElimination, solveElimination } from './elimination.ts';
import { refreshFriction } from './friction.ts';
import { settleHeat } from './heat.ts';
import { compressorPowers, linkLaw } from './links.ts';
import { GAS_LINK, type GasModel, type GasState } from './model.ts';
import { deliverable_kg_s, deliverableSlope, leakAt_kg_s, leakSlope } from './opening.ts';
import { densityOf, waveSpeedSquared } from './realGas.ts';
import { endFlows, settleGasMasses } from './state.ts';

export interface GasSteadyOptions {
  /** Default 200. */
  readonly maxIterations?: number;
  /** Relative, of pressures and of the largest flow; default 1e-10. */
  readonly tolerance?: number;
}

export interface GasSteadyReport {
  readonly converged: boolean;
  readonly iterations: number;
  /** Largest imbalance of a point [kg/s], and largest error of a face or link relative to its pressures. */
  readonly massError_kg_s: number;
  readonly pressureError: number;
  /** Nodes whose pressure does not let them have what they want: the flow found is not the one asked for. */
  readonly starved: readonly string[];
  /** What is wrong and where, when it did not converge, a node is starved or gas would have to outrun sound. */
  readonly sentence?: string;
}

/** Scale of φ = αQ [Pa s/kg]. */
const ALPHA = 1e4;
const LEAST_SLOPE = 1e-4;

/**
 * Brings the state to its steady flow under its present settings and starts the ledger; equipment and leaks stand at once
 * where they are set. On failure the state holds the last iterate: do not run it.
 */
export function solveGasSteady(model: GasModel, state: GasState, options: GasSteadyOptions = {}): GasSteadyReport {
  for (let l = 0; l < model.nLink; l++) state.position[l] = Math.min(1, Math.max(0, state.positionSet[l]));
  for (let k = 0; k < model.nLeak; k++)
    state.leakArea_m2[k] = Math.min(Math.max(0, state.leakAreaSet_m2[k]), model.leakAreaLimit_m2[k]);
  for (let n = 0; n < model.nNode; n++)
    if (model.nodePrescribed[n]) state.pointPressure_Pa[n] = state.pressureSet_Pa[n];
  const matrix = makeElimination(model.nPoint, edgesOf(model));
  let report = newton(model, state, matrix, options);
  let iterations = report.iterations;
  for (let round = 0; model.heat && report.converged && round < 50; round++) {
    finish(model, state);
    const moved = settleHeat(model, state);
    report = newton(model, state, matrix, options);
    iterations += report.iterations;
    if (moved < 1e-9) break;
  }
  finish(model, state);
  return { ...report, ...verdict(model, state, report), iterations };
}

/** What a converged flow may still be: less than was asked for, or faster than gas can flow. */
function verdict(model: GasModel, state: GasState, report: GasSteadyReport): Partial<GasSteadyReport> {
  if (!report.converged) return {};
  const starved = model.nodeIds.filter(
    (_, n) => !model.nodePrescribed[n] && state.delivered_kg_s[n] !== state.withdrawal_kg_s[n],
  );
  for (let r = 0; r < model.nReach; r++)
    for (let i = model.faceStart[r]; i < model.faceStart[r + 1]; i++) {
      const flow = state.faceFlow_kg_s[i];
      const up = flow > 0 ? leftOf(model, r, i) : rightOf(model, r, i);
      if (Math.abs(flow) <= model.reachSonic[r] * state.pointDensity_kg_m3[up]) continue;
      const sentence = `No steady flow: gas would have to outrun sound in pipe "${model.pipeIds[model.reachPipe[r]]}".`;
      return { converged: false, starved, sentence };
    }
  if (starved.length === 0) return { starved };
  const n = model.nodeIndex.get(starved[0]) as number;
  const figures = `wants ${state.withdrawal_kg_s[n].toPrecision(4)} kg/s and gets ${state.delivered_kg_s[n].toPrecision(4)}`;
  return { starved, sentence: `Node "${starved[0]}" ${figures}: its pressure would fall to the air's.` };
}

function edgesOf(model: GasModel): [number, number][] {
  const edges: [number, number][] = [];
  for (let r = 0; r < model.nReach; r++)
    for (let i = model.faceStart[r]; i < model.faceStart[r + 1]; i++)
      edges.push([leftOf(model, r, i), rightOf(model, r, i)]);
  for (let l = 0; l < model.linkIds.length; l++) edges.push([model.linkFrom[l], model.linkTo[l]]);
  return edges;
}

function leftOf(model: GasModel, r: number, i: number): number {
  return i === model.faceStart[r] ? model.reachFrom[r] : model.innerStart[r] + i - model.faceStart[r] - 1;
}

function rightOf(model: GasModel, r: number, i: number): number {
  return i === model.faceStart[r + 1] - 1 ? model.reachTo[r] : model.innerStart[r] + i - model.faceStart[r];
}

function newton(model: GasModel, state: GasState, matrix: Elimination, options: GasSteadyOptions): GasSteadyReport {
  const { nPoint, nFace, gas } = model;
  const nLink = model.linkIds.length; // passages are faces here
  const { pointPressure_Pa: p, pointDensity_kg_m3: density, faceFlow_kg_s: F, linkFlow_kg_s: Q } = state;
  const tolerance = options.tolerance ?? 1e-10;
  const most = options.maxIterations ?? 200;
  const stiff = new Float64Array(nPoint); // 1/c²
  const b = new Float64Array(nPoint);
  const balance = new Float64Array(nPoint);
  const edges = edgesOf(model);
  const slots = edges.map(([x, y]) => [matrix.slotOf(x, y), matrix.slotOf(y, x)]);
  const law = new Float64Array(4 * (nFace + nLink));
  const faceReach = new Int32Array(nFace);
  for (let r = 0; r < model.nReach; r++) faceReach.fill(r, model.faceStart[r], model.faceStart[r + 1]);
  const scale = Math.max(1e-3, ...state.withdrawal_kg_s.map(Math.abs));
  let massError = 0;
  let pressureError = 0;
  let worstPoint = 0;
  let iterations = 0;
  for (; iterations < most; iterations++) {
    refreshFriction(model, state);
    for (let n = 0; n < nPoint; n++) {
      density[n] = densityOf(gas.equation, state.equation, n * gas.stride, p[n], density[n]);
      stiff[n] = 1 / waveSpeedSquared(gas.equation, state.equation, n * gas.stride, density[n]);
    }
    const fading = 0.2 ** iterations;
    clearElimination(matrix);
    balance.fill(0);
    pressureError = 0;
    let largest = scale;
    for (let e = 0; e < nFace + nLink; e++) {
      const [x, y] = edges[e];
      if (e < nFace) faceLaw(model, state, e, faceReach[e], x, y, stiff, fading, law, 4 * e);
      else linkLaw(model, state, e - nFace, p[x], p[y], Q[e - nFace], ALPHA, law, 4 * e);
      const flow = e < nFace ? F[e] : Q[e - nFace];
      largest = Math.max(largest, Math.abs(flow));
      balance[x] -= flow;
      balance[y] += flow;
      pressureError = Math.max(pressureError, Math.abs(law[4 * e]) / (p[x] + p[y]));
      const slope = law[4 * e + 3];
      const ga = law[4 * e + 1] / slope;
      const gb = law[4 * e + 2] / slope;
      matrix.diagonal[x] += ga;
      matrix.diagonal[y] -= gb;
      addAt(matrix, slots[e][0], gb);
      addAt(matrix, slots[e][1], -ga);
    }
    openings(model, state, stiff, balance, matrix);
    massError = 0;
    for (let n = 0; n < nPoint; n++) {
      const given = n < model.nHub && model.nodePrescribed[n] === 1;
      if (!given && !(Math.abs(balance[n]) <= massError)) {
        massError = Math.abs(balance[n]);
        worstPoint = n;
      }
      b[n] = -balance[n];
    }
    if (iterations > 0 && massError <= tolerance * largest && pressureError <= tolerance) break;
    if (Number.isNaN(massError) || Number.isNaN(pressureError)) break;
    for (let e = 0; e < nFace + nLink; e++) {
      const [x, y] = edges[e];
      const share = law[4 * e] / law[4 * e + 3];
      b[x] -= share;
      b[y] += share;
    }
    fixGiven(model, matrix, edges, slots, b);
    const tau = 1e3 * 10 ** Math.min(12, iterations);
    for (let n = 0; n < nPoint; n++) matrix.diagonal[n] -= (model.pointVolume_m3[n] * stiff[n]) / tau;
    solveElimination(matrix, b);
    let damp = 1;
    for (let n = 0; n < nPoint; n++) if (b[n] < -0.6 * p[n]) damp = Math.min(damp, (-0.6 * p[n]) / b[n]);
    for (let n = 0; n < nPoint; n++) if (b[n] > 3 * p[n]) damp = Math.min(damp, (3 * p[n]) / b[n]);
    for (let e = 0; e < nFace + nLink; e++) {
      const [x, y] = edges[e];
      const at = 4 * e;
      const change = -(law[at] + law[at + 1] * b[x] + law[at + 2] * b[y]) / law[at + 3];
      if (e < nFace) F[e] += damp * change;
      else Q[e - nFace] += damp * change;
    }
    for (let n = 0; n < nPoint; n++) p[n] += damp * b[n];
  }
  const converged = iterations < most && Number.isFinite(massError) && Number.isFinite(pressureError);
  const figures = { converged, iterations, massError_kg_s: massError, pressureError, starved: [] };
  if (converged) return figures;
  const lowest = p.indexOf(p.reduce((x, y) => Math.min(x, y), Number.POSITIVE_INFINITY));
  return {
    ...figures,
    sentence: `No steady flow was found in ${iterations} iterations: the balance ${placeOf(model, worstPoint)} is off by ${massError.toPrecision(3)} kg/s, and the lowest pressure, ${placeOf(model, Math.max(0, lowest))}, is ${(p[Math.max(0, lowest)] / 1e5).toPrecision(3)} bar; more is withdrawn than the pipes can bring, or a part is shut off.`,
  };
}

function faceLaw(
  model: GasModel,
  state: GasState,
  i: number,
  r: number,
  a: number,
  b: number,
  stiff: Float64Array,
  fading: number,
  out: Float64Array,
  at: number,
): void {
  const { pointPressure_Pa: p, pointDensity_kg_m3: density } = state;
  const F = state.faceFlow_kg_s[i];
  const rm = 0.5 * (density[a] + density[b]);
  const loss = (state.faceFriction[i] * model.reachResistance[r]) / rm;
  const weight = model.gravity_m_s2 * model.faceRise_m[i];
  const byDensity = 0.5 * (weight - (loss * F * Math.abs(F)) / rm);
  // The floor is what a flow of 5 m/s would give, fading to almost none.
  const floor = fading * 5 * rm * model.pipeArea_m2[model.reachPipe[r]] + 1e-6;
  out[at] = p[b] - p[a] + weight * rm + loss * F * Math.abs(F);
  out[at + 1] = byDensity * stiff[a] - 1;
  out[at + 2] = byDensity * stiff[b] + 1;
  out[at + 3] = Math.max(LEAST_SLOPE * fading + 1e-9, 2 * loss * Math.max(Math.abs(F), floor));
}

/** Withdrawals and leaks, with their slopes. */
function openings(
  model: GasModel,
  state: GasState,
  stiff: Float64Array,
  balance: Float64Array,
  matrix: Elimination,
): void {
  const { pointPressure_Pa: p, pointDensity_kg_m3: density } = state;
  for (let n = 0; n < model.nNode; n++) {
    if (model.nodePrescribed[n]) continue;
    state.delivered_kg_s[n] = deliverable_kg_s(model, state.withdrawal_kg_s[n], p[n]);
    balance[n] -= state.delivered_kg_s[n];
    matrix.diagonal[n] -= deliverableSlope(model, state.withdrawal_kg_s[n], p[n]);
  }
  for (let k = 0; k < model.nLeak; k++) {
    const n = model.leakPoint[k];
    const flow = leakAt_kg_s(model, state, k, p[n], density[n]);
    state.leakFlow_kg_s[k] = flow;
    if (flow === 0) continue;
    balance[n] -= flow;
    matrix.diagonal[n] -= leakSlope(model, state, k, p[n], density[n], 1 / stiff[n], flow);
  }
}

/** Rows of given pressures become δp = 0. */
function fixGiven(
  model: GasModel,
  matrix: Elimination,
  edges: readonly (readonly number[])[],
  slots: readonly (readonly number[])[],
  b: Float64Array,
): void {
  const given = model.nodePrescribed;
  edges.forEach(([x, y], e) => {
    if (x < model.nHub && given[x]) setZero(matrix, slots[e][0]);
    if (y < model.nHub && given[y]) setZero(matrix, slots[e][1]);
  });
  for (let n = 0; n < model.nHub; n++) {
    if (!given[n]) continue;
    matrix.diagonal[n] = -1;
    b[n] = 0;
  }
}

function setZero(matrix: Elimination, slot: number): void {
  if (slot >= 0) matrix.upper[slot] = 0;
  else matrix.lower[~slot] = 0;
}

/** Masses, supplies, end flows and ledger of the state found. */
function finish(model: GasModel, state: GasState): void {
  for (let l = 0; l < model.nLink; l++)
    if (model.linkKind[l] === GAS_LINK.valve && state.position[l] === 0) state.linkFlow_kg_s[l] = 0;
  const { hubInflow_kg_s: inflow, faceFlow_kg_s: F } = state;
  const own = model.linkIds.length;
  for (let l = own; l < model.nLink; l++) state.linkFlow_kg_s[l] = F[model.faceStart[model.linkReach[l]]];
  inflow.fill(0);
  for (let r = 0; r < model.nReach; r++) {
    inflow[model.reachFrom[r]] -= F[model.faceStart[r]];
    inflow[model.reachTo[r]] += F[model.faceStart[r + 1] - 1];
  }
  for (let l = 0; l < own; l++) {
    inflow[model.linkFrom[l]] -= state.linkFlow_kg_s[l];
    inflow[model.linkTo[l]] += state.linkFlow_kg_s[l];
  }
  for (let k = 0; k < model.nLeak; k++) inflow[model.leakPoint[k]] -= state.leakFlow_kg_s[k];
  for (let n = 0; n < model.nNode; n++) state.supply_kg_s[n] = model.nodePrescribed[n] ? -inflow[n] : 0;
  settleGasMasses(model, state);
  endFlows(model, state, 0);
  compressorPowers(model, state);
}

/** A point in words. */
export function placeOf(model: GasModel, point: number): string {
  if (point < model.nNode) return `at node "${model.nodeIds[point]}"`;
  for (let r = 0; r < model.nReach; r++)
    if (
      model.reachFrom[r] === point ||
      model.reachTo[r] === point ||
      (point >= model.innerStart[r] && point < model.innerStart[r + 1])
    )
      return `in pipe "${model.pipeIds[model.reachPipe[r]]}"`;
  return 'somewhere';
}
