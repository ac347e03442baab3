/**
 * One step of a gas network. Isothermal (or with heat, heat.ts), one-dimensional, without the convective term ∂(F²/ρA)/∂x,
 * which is of the order of the squared Mach number (2 % at 50 m/s):
 *
 *   A ∂ρ/∂t + ∂F/∂x = 0
 *   ∂F/∂t + A ∂p/∂x = −λ F|F|/(2 D A ρ) − ρ A g dz/dx
 *   p = Z(p, T) ρ R T
 *
 * Explicit, staggered in space (ρ at points, F at faces) and time (leapfrog), second order, conservative: Gyrya & Zlotnik,
 * Appl. Math. Modelling 65 (2019) 34. A node holds the half cells of all its pipes; what flows through a face leaves one point
 * and enters the next with the same number. For each inner step Δt:
 *
 *   1 faces    F ← F + Δt I (p_a − p_b − g Δz ρ_m) − Δt I λ r F|F|/ρ_m,  ρ_m = (ρ_a + ρ_b)/2, half of friction old, half new
 *              (more of it new where it is stiff), solved as a quadratic; |F| ≤ ρ_up A c, for nothing outruns sound
 *   2 inner    heat (heat.ts), M ← M + Δt (F_in − F_out)
 *   3 nodes    withdrawals, leaks (opening.ts), given pressures, then stations (station.ts)
 *   4 state    ρ = M/V, p = p(ρ, T); ledger
 *
 * Why explicit: a step costs the same per cell in any network, needs no matrix, and waves of a rupture keep their front. Steady
 * states satisfy p1² − p2² = λ L a² (F/A)²/D to rounding when Z is constant and the pipe level, on any grid.
 * I = A/(Δx κ), r = Δx/(2 D A²). Pipe end flows are given at the node itself.
 */
import { refreshFriction } from './friction.ts';
import { stepHeat } from './heat.ts';
import { compressorPowers, moveEquipment } from './links.ts';
import { GAS_FLAG, GAS_LEDGER, type GasModel, type GasState } from './model.ts';
import { deliverable_kg_s, leakAt_kg_s, leakSlope } from './opening.ts';
import { densityOf, EQUATION, pressureOf, waveSpeedSquared } from './realGas.ts';
import { book, endFlows } from './state.ts';
import { solveStation } from './station.ts';

/** Advances the state by one time step of the model. Reads what commands have set, allocates nothing. */
export function stepGas(model: GasModel, state: GasState): void {
  const dt = model.innerStep_s;
  moveEquipment(model, state, model.timeStep_s);
  growLeaks(model, state, model.timeStep_s);
  for (let k = 0; k < model.substeps; k++) {
    if (state.steps[1] % model.frictionRefreshSteps === 0) refreshFriction(model, state);
    sweepFaces(model, state, dt);
    if (model.heat) stepHeat(model, state, dt);
    sweepMasses(model, state, dt);
    stepNodes(model, state, dt);
    sweepPressures(model, state);
    state.steps[1]++;
  }
  endFlows(model, state, dt);
  compressorPowers(model, state);
  state.steps[0]++;
}

/** Momentum of every face. */
function sweepFaces(model: GasModel, state: GasState, dt: number): void {
  const { pointPressure_Pa: P, pointDensity_kg_m3: R, faceFlow_kg_s: F, faceFriction, hubInflow_kg_s: inflow } = state;
  const { faceRise_m, level, gravity_m_s2: g } = model;
  inflow.fill(0);
  for (let r = 0; r < model.nReach; r++) {
    if (model.reachPassage[r] >= 0) continue;
    const first = model.faceStart[r];
    const last = model.faceStart[r + 1] - 1;
    const inner = model.innerStart[r] - first;
    const push = dt * model.reachInertance[r];
    const loss = push * model.reachResistance[r];
    const sonic = model.reachSonic[r];
    const from = model.reachFrom[r];
    const to = model.reachTo[r];
    let pa = P[from];
    let ra = R[from];
    for (let i = first; i <= last; i++) {
      const b = i === last ? to : inner + i;
      const pb = P[b];
      const rb = R[b];
      const rm = 0.5 * (ra + rb);
      const old = F[i];
      const B = (loss * faceFriction[i]) / rm;
      const drag = B * Math.abs(old);
      const explicit = drag > 1 ? 0.5 / drag : 0.5;
      let flow = old + push * (level ? pa - pb : pa - pb - g * faceRise_m[i] * rm) - explicit * drag * old;
      flow = (2 * flow) / (1 + Math.sqrt(1 + 4 * (1 - explicit) * B * Math.abs(flow)));
      const most = sonic * (flow > 0 ? ra : rb);
      F[i] = Math.min(most, Math.max(-most, flow));
      pa = pb;
      ra = rb;
    }
    inflow[from] -= F[first];
    inflow[to] += F[last];
  }
}

/** Masses of the inner points. */
function sweepMasses(model: GasModel, state: GasState, dt: number): void {
  const { faceFlow_kg_s: F, pointMass_kg: M } = state;
  for (let r = 0; r < model.nReach; r++) {
    const last = model.faceStart[r + 1] - 1;
    let n = model.innerStart[r];
    for (let i = model.faceStart[r]; i < last; i++) M[n++] += dt * (F[i] - F[i + 1]);
  }
}

/** Nodes and joints: what enters and leaves the network, and the stations; books it. */
function stepNodes(model: GasModel, state: GasState, dt: number): void {
  const { pointMass_kg: M, hubInflow_kg_s: inflow, pointPressure_Pa: p, pointDensity_kg_m3: density } = state;
  const { equation, stride } = model.gas;
  for (let n = 0; n < model.nHub; n++) {
    state.hubDensityBefore_kg_m3[n] = density[n];
    if (model.nodePrescribed[n]) p[n] = state.pressureSet_Pa[n];
    // A station finds what its nodes deliver and leak together with its links.
    if (model.nodeCluster[n] < 0) openNode(model, state, n, dt);
    M[n] += dt * inflow[n];
  }
  for (let k = 0; k < model.nCluster; k++) solveStation(model, state, k, dt);
  for (let l = model.linkIds.length; l < model.nLink; l++)
    state.faceFlow_kg_s[model.faceStart[model.linkReach[l]]] = state.linkFlow_kg_s[l];
  let supplied = 0;
  let withdrawn = 0;
  for (let n = 0; n < model.nNode; n++) {
    if (!model.nodePrescribed[n]) {
      withdrawn += state.delivered_kg_s[n];
      if (state.delivered_kg_s[n] !== state.withdrawal_kg_s[n]) state.flags[GAS_FLAG.starved]++;
      continue;
    }
    const mass = model.pointVolume_m3[n] * densityOf(equation, state.equation, n * stride, p[n], density[n]);
    state.supply_kg_s[n] = (mass - M[n]) / dt;
    supplied += mass - M[n];
    M[n] = mass;
  }
  let leaked = 0;
  for (let k = 0; k < model.nLeak; k++) {
    leaked += state.leakFlow_kg_s[k];
    state.leaked_kg[k] += dt * state.leakFlow_kg_s[k];
  }
  book(state, GAS_LEDGER.supplied, supplied);
  book(state, GAS_LEDGER.withdrawn, dt * withdrawn);
  book(state, GAS_LEDGER.leaked, dt * leaked);
}

/** Withdrawal and leaks of a node without links, taken from its inflow: the leaks at the pressure in mid-step, by their slope. */
function openNode(model: GasModel, state: GasState, n: number, dt: number): void {
  const { hubInflow_kg_s: inflow, pointPressure_Pa: p, pointDensity_kg_m3: density } = state;
  const given = model.nodePrescribed[n] === 1;
  if (n < model.nNode && !given) {
    state.delivered_kg_s[n] = deliverable_kg_s(model, state.withdrawal_kg_s[n], p[n]);
    inflow[n] -= state.delivered_kg_s[n];
  }
  for (let i = model.hubLeakStart[n]; i < model.hubLeakStart[n + 1]; i++) {
    const k = model.hubLeaks[i];
    const now = leakAt_kg_s(model, state, k, p[n], density[n]);
    let flow = now;
    if (!given && now > 0) {
      const c2 = waveSpeedSquared(model.gas.equation, state.equation, n * model.gas.stride, density[n]);
      const slope = leakSlope(model, state, k, p[n], density[n], c2, now);
      const soft = (0.5 * slope * dt * c2) / model.pointVolume_m3[n];
      flow = Math.max(0, (now + soft * inflow[n]) / (1 + soft));
    }
    state.leakFlow_kg_s[k] = flow;
    inflow[n] -= flow;
  }
}

/** Density and pressure of every point from its mass; raises the flags that make a run invalid. */
function sweepPressures(model: GasModel, state: GasState): void {
  const { pointMass_kg: M, pointDensity_kg_m3: R, pointPressure_Pa: P, equation: e } = state;
  const { pointVolume_m3: V, gas, nPoint } = model;
  const { equation, stride } = gas;
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < nPoint; n++) {
    if (V[n] === 0) {
      // A given pressure without any pipe holds no gas.
      R[n] = densityOf(equation, e, n * stride, P[n], R[n]);
      continue;
    }
    const density = M[n] / V[n];
    R[n] = density;
    P[n] = equation === EQUATION.ideal ? e[n] * density : pressureOf(equation, e, n * stride, density);
    sum += density;
    if (density < least) least = density;
  }
  if (Number.isNaN(sum)) state.flags[GAS_FLAG.notANumber]++;
  else if (!(least > 0)) state.flags[GAS_FLAG.emptied]++;
}

/** Moves the leaks' areas towards what is set; none grows beyond its pipe. */
function growLeaks(model: GasModel, state: GasState, dt: number): void {
  for (let k = 0; k < model.nLeak; k++) {
    let to = Math.max(0, state.leakAreaSet_m2[k]);
    if (to > model.leakAreaLimit_m2[k]) {
      to = model.leakAreaLimit_m2[k];
      state.flags[GAS_FLAG.leakClamped]++;
    }
    const by = to - state.leakArea_m2[k];
    const most = state.leakGrowth_m2_s[k] * dt;
    state.leakArea_m2[k] = Math.abs(by) <= most ? to : state.leakArea_m2[k] + Math.sign(by) * most;
  }
}
