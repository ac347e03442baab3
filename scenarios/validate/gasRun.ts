/** Runs a gas case on a grid: its schedules, its initial state, and what it shows at a place and time. */
import {
  compileGasNetwork,
  createGasState,
  type GasModel,
  type GasState,
  settleGasMasses,
  solveGasSteady,
  stepGas,
} from '../../models/physics/gas/index.ts';
import { type GasCase, valueAt } from './gasFolder.ts';

/** Published initial states are rounded and made with another wave speed: within this, the steady state is what they mean. */
const SAME_STATE = 0.05;

export interface GasRun {
  readonly model: GasModel;
  readonly state: GasState;
  /** How the run began. */
  readonly start: string;
  time_s: number;
}

/** Grid of a run: cells no longer than this, this share of the case's time step. */
export interface Grid {
  readonly cellLength_m: number;
  readonly timeStep_s: number;
  readonly courant?: number;
}

/** Compiles a case and brings it to its initial state; throws with a sentence. */
export function beginGasRun(files: GasCase, grid: Grid): GasRun {
  const compiled = compileGasNetwork(files.spec, grid);
  if (!compiled.ok) throw new Error(compiled.problems.join(' '));
  const model = compiled.value;
  const state = createGasState(model);
  apply(files, model, state, 0);
  const report = solveGasSteady(model, state);
  const given = givenState(files, model);
  if (report.converged && report.starved.length === 0) {
    let worst = 0;
    for (let n = 0; n < model.nNode; n++)
      if (given) worst = Math.max(worst, Math.abs(state.pointPressure_Pa[n] / given.pressures[n] - 1));
    if (!given || worst < SAME_STATE)
      return { model, state, start: `steady, initial pressures within ${(100 * worst).toFixed(2)} %`, time_s: 0 };
  } else if (!given) throw new Error(report.sentence);
  const fresh = createGasState(model);
  apply(files, model, fresh, 0);
  writeGiven(model, fresh, given as Given);
  return { model, state: fresh, start: 'as given: its boundaries are not in balance with it', time_s: 0 };
}

/** Runs until a time, boundaries taken in mid-step. */
export function runUntil(files: GasCase, run: GasRun, time_s: number): void {
  const dt = run.model.timeStep_s;
  const steps = Math.round((time_s - run.time_s) / dt);
  for (let i = 0; i < steps; i++) {
    apply(files, run.model, run.state, run.time_s + (i + 0.5) * dt, run.time_s + (i + 1) * dt);
    stepGas(run.model, run.state);
  }
  run.time_s += steps * dt;
}

/** Pressure [Pa] in a pipe at a distance [m] from its start, linear between points. */
export function pressureAt(model: GasModel, state: GasState, pipe: string, x_m: number): number {
  const p = model.pipeIndex.get(pipe);
  if (p === undefined) return Number.NaN;
  const r = model.pipeReachStart[p]; // cases have no leaks: one reach a pipe
  const cells = model.faceStart[r + 1] - model.faceStart[r];
  const place = Math.min(cells, Math.max(0, x_m / model.reachCell_m[r]));
  const i = Math.min(cells - 1, Math.floor(place));
  const point = (j: number) =>
    state.pointPressure_Pa[j === 0 ? model.reachFrom[r] : j === cells ? model.reachTo[r] : model.innerStart[r] + j - 1];
  return point(i) + (place - i) * (point(i + 1) - point(i));
}

/** Flow [kg/s] in a pipe between its first and last face, at the half step last made; NaN outside. */
export function flowBetweenFaces(model: GasModel, state: GasState, pipe: string, x_m: number): number {
  const p = model.pipeIndex.get(pipe);
  if (p === undefined) return Number.NaN;
  const r = model.pipeReachStart[p];
  const place = x_m / model.reachCell_m[r] - 0.5;
  const i = Math.floor(place);
  const first = model.faceStart[r] + i;
  if (i < 0 || first + 1 >= model.faceStart[r + 1]) return Number.NaN;
  return state.faceFlow_kg_s[first] + (place - i) * (state.faceFlow_kg_s[first + 1] - state.faceFlow_kg_s[first]);
}

function apply(files: GasCase, model: GasModel, state: GasState, flowTime_s: number, time_s = flowTime_s): void {
  for (const [id, course] of files.withdrawals) {
    const n = model.nodeIndex.get(id);
    if (n !== undefined && !model.nodePrescribed[n]) state.withdrawal_kg_s[n] = valueAt(course, flowTime_s);
  }
  for (const [id, course] of files.pressures) {
    const n = model.nodeIndex.get(id);
    if (n !== undefined && model.nodePrescribed[n]) state.pressureSet_Pa[n] = valueAt(course, time_s);
  }
  for (const [id, course] of files.settings) {
    const l = model.linkIndex.get(id);
    if (l !== undefined) state.setting[l] = valueAt(course, time_s);
  }
}

interface Given {
  readonly pressures: Float64Array; // (nNode)
  readonly flows: Float64Array; // (nPipe)
}

function givenState(files: GasCase, model: GasModel): Given | undefined {
  const pressures = Float64Array.from(model.nodeIds, (id) => files.initialPressures.get(id) ?? Number.NaN);
  const flows = Float64Array.from(model.pipeIds, (id) => files.initialFlows.get(id) ?? Number.NaN);
  return [...pressures, ...flows].some(Number.isNaN) ? undefined : { pressures, flows };
}

/** p² linear along each pipe and one flow: the steady profile of the given ends. */
function writeGiven(model: GasModel, state: GasState, given: Given): void {
  state.pointPressure_Pa.set(given.pressures);
  for (let r = 0; r < model.nReach; r++) {
    const cells = model.faceStart[r + 1] - model.faceStart[r];
    const a = given.pressures[model.reachFrom[r]] ** 2;
    const b = given.pressures[model.reachTo[r]] ** 2;
    for (let j = 1; j < cells; j++)
      state.pointPressure_Pa[model.innerStart[r] + j - 1] = Math.sqrt(a + ((b - a) * j) / cells);
    state.faceFlow_kg_s.fill(given.flows[model.reachPipe[r]], model.faceStart[r], model.faceStart[r + 1]);
  }
  settleGasMasses(model, state);
}
