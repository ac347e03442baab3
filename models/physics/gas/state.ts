/**
 * The state of a gas network, what can be read off it, and the ledger of masses.
 *
 *   line pack of a pipe  = Σ ρ V over its inner points + ρ times the half cells at its ends [kg]
 *   mass balance         = supplied − withdrawn − leaked − (Σ mass now − Σ mass at reset)      0 but for rounding
 *
 * The scheme moves each face's mass once, out of one point and into the next, and the ledger books what crosses the rim with
 * the same numbers, so the balance closes to rounding whatever the flow does.
 */
import { bindArena } from '../../kernel/index.ts';
import { refreshFriction } from './friction.ts';
import { GAS_FLAG_SIZE, GAS_LEDGER, GAS_LEDGER_SIZE, GAS_LINK, type GasModel, type GasState } from './model.ts';
import { densityOf, equationAt, pressureOf } from './realGas.ts';

/** A state at rest at the starting pressures with the settings of the spec; `solveGasSteady` brings it to its steady flow. */
export function createGasState(model: GasModel): GasState {
  const { nNode, nHub, nPipe, nFace, nPoint, nLink, nLeak, clusterLargest: m } = model;
  const { buffer, views } = bindArena((a) => ({
    withdrawal_kg_s: a.f64(nNode),
    pressureSet_Pa: a.f64(nNode),
    positionSet: a.f64(nLink),
    setting: a.f64(nLink),
    leakAreaSet_m2: a.f64(nLeak),
    leakGrowth_m2_s: a.f64(nLeak),
    position: a.f64(nLink),
    leakArea_m2: a.f64(nLeak),
    pointMass_kg: a.f64(nPoint),
    pointDensity_kg_m3: a.f64(nPoint),
    pointPressure_Pa: a.f64(nPoint),
    pointTemperature_K: a.f64(nPoint),
    equation: a.f64(nPoint * model.gas.stride),
    faceFlow_kg_s: a.f64(nFace),
    faceFriction: a.f64(nFace),
    linkFlow_kg_s: a.f64(nLink),
    linkPower_W: a.f64(nLink),
    delivered_kg_s: a.f64(nNode),
    supply_kg_s: a.f64(nNode),
    leakFlow_kg_s: a.f64(nLeak),
    leaked_kg: a.f64(nLeak),
    pipeInFlow_kg_s: a.f64(nPipe),
    pipeOutFlow_kg_s: a.f64(nPipe),
    steps: a.f64(2),
    ledger_kg: a.f64(GAS_LEDGER_SIZE),
    ledgerCarry_kg: a.f64(GAS_LEDGER_SIZE),
    flags: a.f64(GAS_FLAG_SIZE),
    hubInflow_kg_s: a.f64(nHub),
    hubExcess_kg_s: a.f64(nHub),
    hubCompliance: a.f64(nHub),
    hubDensityBefore_kg_m3: a.f64(nHub),
    solver: a.f64(m * m + 5 * m),
    arriving_kg_s: a.f64(model.heat ? nPoint : 0),
    arrivingHeat_K_kg_s: a.f64(model.heat ? nPoint : 0),
  }));
  const state: GasState = { buffer, ...views };
  state.withdrawal_kg_s.set(model.nodeWithdrawal0_kg_s);
  state.pressureSet_Pa.set(model.nodePressure0_Pa.subarray(0, nNode));
  state.positionSet.set(model.linkPosition0);
  state.position.set(model.linkPosition0);
  state.setting.set(model.linkSetting0);
  state.leakAreaSet_m2.set(model.leakArea0_m2);
  state.leakArea_m2.set(model.leakArea0_m2);
  state.leakGrowth_m2_s.fill(Number.POSITIVE_INFINITY);
  state.pointTemperature_K.set(model.pointTemperature0_K);
  updateEquation(model, state);
  for (let r = 0; r < model.nReach; r++) {
    const from = model.nodePressure0_Pa[model.reachFrom[r]];
    const to = model.nodePressure0_Pa[model.reachTo[r]];
    const first = model.innerStart[r];
    const cells = model.faceStart[r + 1] - model.faceStart[r];
    for (let j = 1; j < cells; j++) state.pointPressure_Pa[first + j - 1] = from + ((to - from) * j) / cells;
  }
  for (let n = 0; n < nHub; n++) state.pointPressure_Pa[n] = model.nodePressure0_Pa[n];
  settleGasMasses(model, state);
  refreshFriction(model, state);
  return state;
}

/** A state over a copy of another's buffer: equal now, independent from here on. */
export function cloneGasState(model: GasModel, state: GasState): GasState {
  const copy = createGasState(model);
  new Uint8Array(copy.buffer).set(new Uint8Array(state.buffer));
  return copy;
}

/** Coefficients of the equation of state from the present temperatures. */
export function updateEquation(model: GasModel, state: GasState): void {
  const stride = model.gas.stride;
  for (let n = 0; n < model.nPoint; n++) equationAt(model.gas, state.pointTemperature_K[n], state.equation, n * stride);
}

/** Densities and masses from the present pressures, and a new ledger: for callers that write pressures themselves. */
export function settleGasMasses(model: GasModel, state: GasState): void {
  const { equation, stride } = model.gas;
  for (let n = 0; n < model.nPoint; n++) {
    const density = densityOf(equation, state.equation, n * stride, state.pointPressure_Pa[n]);
    state.pointDensity_kg_m3[n] = density;
    state.pointMass_kg[n] = density * model.pointVolume_m3[n];
    state.pointPressure_Pa[n] = pressureOf(equation, state.equation, n * stride, density);
  }
  endFlows(model, state, 0);
  resetGasLedger(model, state);
}

/**
 * Flows at the very ends of the pipes from the faces next to them and the half cells between, whose density was
 * `hubDensityBefore_kg_m3` a time `dt` ago (0: nothing stored).
 */
export function endFlows(model: GasModel, state: GasState, dt: number): void {
  const { pointDensity_kg_m3: density, hubDensityBefore_kg_m3: before, faceFlow_kg_s: flow } = state;
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.pipeReachStart[p];
    const last = model.pipeReachStart[p + 1] - 1;
    const half = dt > 0 ? (0.5 * model.pipeArea_m2[p]) / dt : 0;
    const from = model.pipeFrom[p];
    const to = model.pipeTo[p];
    state.pipeInFlow_kg_s[p] =
      flow[model.faceStart[first]] + half * model.reachCell_m[first] * (density[from] - before[from]);
    state.pipeOutFlow_kg_s[p] =
      flow[model.faceStart[last + 1] - 1] - half * model.reachCell_m[last] * (density[to] - before[to]);
  }
}

/** Gas in a pipe [kg]. */
export function pipeLinePack_kg(model: GasModel, state: GasState, pipe: number): number {
  const { pointMass_kg: mass, pointDensity_kg_m3: density } = state;
  let sum = 0;
  for (let r = model.pipeReachStart[pipe]; r < model.pipeReachStart[pipe + 1]; r++) {
    for (let n = model.innerStart[r]; n < model.innerStart[r + 1]; n++) sum += mass[n];
    const half = 0.5 * model.pipeArea_m2[pipe] * model.reachCell_m[r];
    sum += half * (density[model.reachFrom[r]] + density[model.reachTo[r]]);
  }
  return sum;
}

/** All gas in the network [kg]: the pipes and what stations hold. */
export function gasInventory_kg(_model: GasModel, state: GasState): number {
  let sum = 0;
  let carry = 0;
  for (const mass of state.pointMass_kg) {
    const y = mass - carry;
    const t = sum + y;
    carry = t - sum - y;
    sum = t;
  }
  return sum;
}

/** What came in minus what went out minus what is more in store since the ledger was reset [kg]: rounding, and no more. */
export function gasBalanceError_kg(model: GasModel, state: GasState): number {
  const L = state.ledger_kg;
  const net = L[GAS_LEDGER.supplied] - L[GAS_LEDGER.withdrawn] - L[GAS_LEDGER.leaked];
  return net - (gasInventory_kg(model, state) - L[GAS_LEDGER.packAtReset]);
}

/** Starts ledger and flags anew from the present masses. `solveGasSteady` does so. */
export function resetGasLedger(model: GasModel, state: GasState): void {
  state.ledger_kg.fill(0);
  state.ledgerCarry_kg.fill(0);
  state.leaked_kg.fill(0);
  state.flags.fill(0);
  state.ledger_kg[GAS_LEDGER.packAtReset] = gasInventory_kg(model, state);
}

/** Books a mass [kg] to a ledger account without losing its small digits (Kahan). */
export function book(state: GasState, account: number, mass_kg: number): void {
  const y = mass_kg - state.ledgerCarry_kg[account];
  const t = state.ledger_kg[account] + y;
  state.ledgerCarry_kg[account] = t - state.ledger_kg[account] - y;
  state.ledger_kg[account] = t;
}

/** Pressure ratio of a link, outlet over inlet; 1 when it lets gas by. */
export function linkRatio(model: GasModel, state: GasState, link: number): number {
  return state.pointPressure_Pa[model.linkTo[link]] / state.pointPressure_Pa[model.linkFrom[link]];
}

/** Whether a compressor gets gas through its machine (rather than by-pass or standstill). */
export function compressorRuns(model: GasModel, state: GasState, link: number): boolean {
  return model.linkKind[link] === GAS_LINK.compressor && state.position[link] > 0 && state.linkPower_W[link] > 0;
}
