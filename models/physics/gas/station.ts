/**
 * Nodes joined by links, implicit in time. For the nodes n and links l of a cluster:
 *
 *   V ρ(p_n) = M_n* + Δt (Σ ±Q_l − withdrawal(p_n) − leaks(p_n))      M_n* mass after pipes; p_n given at pressure nodes
 *   φ_l(p_from, p_to, Q_l) = 0                                        links.ts
 *
 * Newton on the flows alone: δp_n = (r_n + Σ ±δQ)/(V/(Δt c²) + ∂out/∂p), r_n = (M_n* − Vρ)/Δt + Σ ±Q − out, is put into the
 * linearised laws, so the matrix has the size of the cluster's links. A node may so pass on many times what it holds. Masses are then moved by the flows found: what a link takes from one node it
 * gives to the other, so what Newton leaves over never touches the balance.
 */
import { linkLaw } from './links.ts';
import { GAS_FLAG, type GasModel, type GasState } from './model.ts';
import { deliverable_kg_s, deliverableSlope, leakAt_kg_s, leakSlope } from './opening.ts';
import { densityOf, waveSpeedSquared } from './realGas.ts';

const ITERATIONS = 60;
/** Of the pressure. */
const TOLERANCE = 1e-11;

/** Solves cluster k over dt [s]: pointMass_kg holds M* at its nodes, pointPressure_Pa and linkFlow_kg_s the first guess. */
export function solveStation(model: GasModel, state: GasState, k: number, dt: number): void {
  const { clusterLinks, linkFrom, linkTo } = model;
  const { linkFlow_kg_s: Q, pointPressure_Pa: p, hubExcess_kg_s: excess, hubCompliance: soft, solver } = state;
  const low = model.clusterLinkStart[k];
  const size = model.clusterLinkStart[k + 1] - low;
  const rhs = size * size;
  const law = rhs + size; // φ and its derivatives, four numbers a link
  let settled = false;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    settled = balanceNodes(model, state, k, dt);
    for (let i = 0; i < size; i++) {
      const l = clusterLinks[low + i];
      const a = linkFrom[l];
      const b = linkTo[l];
      linkLaw(model, state, l, p[a], p[b], Q[l], Math.max(1, soft[a] + soft[b]), solver, law + 4 * i);
      if (!(Math.abs(solver[law + 4 * i]) <= TOLERANCE * (p[a] + p[b]))) settled = false;
    }
    if (settled) break;
    solver.fill(0, 0, rhs);
    for (let i = 0; i < size; i++) {
      const l = clusterLinks[low + i];
      const a = linkFrom[l];
      const b = linkTo[l];
      const at = law + 4 * i;
      const da = solver[at + 1] * soft[a];
      const db = solver[at + 2] * soft[b];
      solver[rhs + i] = -solver[at] - da * excess[a] - db * excess[b];
      for (let j = 0; j < size; j++) {
        const other = clusterLinks[low + j];
        const from = linkFrom[other];
        const to = linkTo[other];
        let slope = 0;
        if (to === a) slope += da;
        if (from === a) slope -= da;
        if (to === b) slope += db;
        if (from === b) slope -= db;
        solver[i * size + j] += slope;
      }
      solver[i * size + i] += solver[at + 3];
    }
    solveDense(solver, size, rhs);
    for (let i = 0; i < size; i++) {
      const l = clusterLinks[low + i];
      Q[l] += solver[rhs + i];
      excess[linkTo[l]] += solver[rhs + i];
      excess[linkFrom[l]] -= solver[rhs + i];
    }
    for (let j = model.clusterNodeStart[k]; j < model.clusterNodeStart[k + 1]; j++) {
      const n = model.clusterNodes[j];
      p[n] = Math.max(0.2 * p[n], p[n] + soft[n] * excess[n]);
    }
  }
  if (!settled) state.flags[GAS_FLAG.unsettledLink]++;
  for (let j = model.clusterNodeStart[k]; j < model.clusterNodeStart[k + 1]; j++) {
    const n = model.clusterNodes[j];
    state.pointMass_kg[n] -= dt * outflow(model, state, n);
  }
  for (let i = 0; i < size; i++) {
    const l = clusterLinks[low + i];
    state.pointMass_kg[linkFrom[l]] -= dt * Q[l];
    state.pointMass_kg[linkTo[l]] += dt * Q[l];
  }
}

/** Densities, compliances and excesses of a cluster's nodes at their present pressures; true where all balance. */
function balanceNodes(model: GasModel, state: GasState, k: number, dt: number): boolean {
  const { equation, stride } = model.gas;
  const { hubExcess_kg_s: excess, hubCompliance: soft, pointPressure_Pa: p, pointDensity_kg_m3: density } = state;
  for (let j = model.clusterNodeStart[k]; j < model.clusterNodeStart[k + 1]; j++) {
    const n = model.clusterNodes[j];
    density[n] = densityOf(equation, state.equation, n * stride, p[n], density[n]);
    const V = model.pointVolume_m3[n];
    const c2 = waveSpeedSquared(equation, state.equation, n * stride, density[n]);
    const given = model.nodePrescribed[n] === 1;
    let stiffness = V / (dt * c2);
    if (n < model.nNode && !given) {
      state.delivered_kg_s[n] = deliverable_kg_s(model, state.withdrawal_kg_s[n], p[n]);
      stiffness += deliverableSlope(model, state.withdrawal_kg_s[n], p[n]);
    }
    for (let i = model.hubLeakStart[n]; i < model.hubLeakStart[n + 1]; i++) {
      const leak = model.hubLeaks[i];
      const flow = leakAt_kg_s(model, state, leak, p[n], density[n]);
      state.leakFlow_kg_s[leak] = flow;
      if (flow > 0) stiffness += leakSlope(model, state, leak, p[n], density[n], c2, flow);
    }
    soft[n] = given ? 0 : 1 / stiffness;
    excess[n] = given ? 0 : (state.pointMass_kg[n] - V * density[n]) / dt - outflow(model, state, n);
  }
  for (let i = model.clusterLinkStart[k]; i < model.clusterLinkStart[k + 1]; i++) {
    const l = model.clusterLinks[i];
    excess[model.linkTo[l]] += state.linkFlow_kg_s[l];
    excess[model.linkFrom[l]] -= state.linkFlow_kg_s[l];
  }
  for (let j = model.clusterNodeStart[k]; j < model.clusterNodeStart[k + 1]; j++) {
    const n = model.clusterNodes[j];
    if (!(Math.abs(soft[n] * excess[n]) <= TOLERANCE * p[n])) return false;
  }
  return true;
}

/** Withdrawal and leaks of a node [kg/s] as last evaluated. */
function outflow(model: GasModel, state: GasState, n: number): number {
  let flow = n < model.nNode && model.nodePrescribed[n] === 0 ? state.delivered_kg_s[n] : 0;
  for (let i = model.hubLeakStart[n]; i < model.hubLeakStart[n + 1]; i++)
    flow += state.leakFlow_kg_s[model.hubLeaks[i]];
  return flow;
}

/** Gaussian elimination with row pivoting of the matrix at 0, row by row; the right side at `rhs` becomes the solution. */
function solveDense(a: Float64Array, size: number, rhs: number): void {
  for (let c = 0; c < size; c++) {
    let top = c;
    for (let r = c + 1; r < size; r++) if (Math.abs(a[r * size + c]) > Math.abs(a[top * size + c])) top = r;
    if (top !== c) {
      for (let j = 0; j < size; j++) {
        const x = a[c * size + j];
        a[c * size + j] = a[top * size + j];
        a[top * size + j] = x;
      }
      const x = a[rhs + c];
      a[rhs + c] = a[rhs + top];
      a[rhs + top] = x;
    }
    const pivot = a[c * size + c];
    for (let r = c + 1; r < size; r++) {
      const g = a[r * size + c] / pivot;
      if (g === 0) continue;
      for (let j = c; j < size; j++) a[r * size + j] -= g * a[c * size + j];
      a[rhs + r] -= g * a[rhs + c];
    }
  }
  for (let r = size - 1; r >= 0; r--) {
    let x = a[rhs + r];
    for (let j = r + 1; j < size; j++) x -= a[r * size + j] * a[rhs + j];
    a[rhs + r] = x / a[r * size + r];
  }
}
