/**
 * A network in motion: solve at the present time, look at the state, advance to the next time, and again.
 *
 *   pipes      H_from − H_to = h(Q)      links of all kinds, by EPANET's global gradient algorithm
 *   junctions  Σ Q = demand + emitters + leakage
 *   leak       q = c √p,  c = Cd A √(2 g),  p = H − z [m];   no inflow at negative pressure
 *   tanks      V(t + Δt) = V(t) + Q Δt
 *
 * What a caller sets in the state (leak coefficients, demand multipliers) is taken over by the next solve; equipment is set
 * by calls. Nothing is allocated in a step. EPANET's traps that are handled here: the flow of an emitter whose coefficient
 * went back to 0 stays at its last value (so it is masked, and its share of the node's demand never read); `open` by status
 * sets a pump to speed 1 and a valve to fully open (so the set point is kept and put back); warnings hide one another (so
 * pressures and connections are looked at, not the warning code).
 * Source: Rossman et al., EPANET 2.2 User Manual (2020) ch. 12; toolkit 2.3.
 */

import {
  COUNT,
  check,
  count,
  type Engine,
  LINK_PROPERTY,
  LINK_TYPE,
  linkValue,
  NODE_PROPERTY,
  nodeValue,
  STATISTIC,
  sentenceOf,
  statistic,
  TIME,
} from './engine.ts';
import {
  clockText,
  inspect,
  isolatedDemand,
  isolatedPart,
  makeInspection,
  negativePressure,
  notConverged,
} from './faults.ts';
import type { EpanetFault, EpanetModel, EpanetState } from './model.ts';
import { NodeResults } from './results.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';

/** Coefficient c [m^2.5/s] of a hole: q = c √p with p in metres of head. */
export function leakCoefficient(dischargeCoefficient: number, area_m2: number, gravity_m_s2 = 9.80665): number {
  return dischargeCoefficient * area_m2 * Math.sqrt(2 * gravity_m_s2);
}

/** EPANET's warning that the trials ran out before the accuracy was reached. */
const UNBALANCED = 1;

export class EpanetNetwork {
  readonly model: EpanetModel;
  readonly state: EpanetState;
  private readonly engine: Engine;
  private readonly lenient: boolean;
  private readonly inspection;
  private readonly heads: NodeResults;
  private readonly demands: NodeResults;
  private found: EpanetFault | undefined;
  private closed = false;
  private view: Float64Array = new Float64Array(0);

  /** Use `openEpanet`. */
  constructor(engine: Engine, model: EpanetModel, state: EpanetState, lenient: boolean) {
    this.engine = engine;
    this.model = model;
    this.state = state;
    this.lenient = lenient;
    this.inspection = makeInspection(model);
    this.heads = new NodeResults(engine, NODE_PROPERTY.head, model.nNode);
    this.demands = new NodeResults(engine, NODE_PROPERTY.demandFlow, model.nNode);
    for (const l of model.equipment) {
      state.linkSetpoint[l] = linkValue(engine, l, LINK_PROPERTY.initialSetting) * this.settingScale(l);
    }
  }

  /** What made the run invalid; undefined as long as it is valid. In a lenient run the last fault. */
  get fault(): EpanetFault | undefined {
    return this.found;
  }

  /** Time of the last solve [s]. */
  get time_s(): number {
    return this.state.clock[0];
  }

  /** Trials and relative flow change of the last solve. */
  get convergence(): { iterations: number; relativeError: number } {
    return {
      iterations: statistic(this.engine, STATISTIC.iterations),
      relativeError: statistic(this.engine, STATISTIC.relativeError),
    };
  }

  /**
   * Solves for the present time and fills the state. Returns false where the run has become invalid: `fault` says why, and
   * the numbers in the state are not to be used. Throws when it is called again after that.
   */
  solve(): boolean {
    this.mustBeValid();
    this.takeOver();
    const { engine, state } = this;
    const { module, project } = engine;
    const code = module._EN_runH(project, engine.out);
    if (code > 100) return this.fail(this.engineFault(code));
    state.clock[0] = module.HEAP32[engine.out >> 2];
    state.clock[1] = state.clock[0];
    this.read();
    if (code === UNBALANCED && !this.fail(notConverged(this.model, state, this.worstLink(), this.convergence)))
      return false;
    if (this.model.pressureDriven) return true;
    if (inspect(this.model, state, this.inspection) && !this.fail(isolatedDemand(this.model, state, this.inspection)))
      return false;
    if (this.inspection.negative > 0) return this.fail(negativePressure(this.model, state));
    return true;
  }

  /**
   * Moves to the next time at which something happens: the hydraulic step, a pattern, a tank, a control, or `limit_s` from
   * now, whichever comes first. Tanks fill or empty meanwhile. `limit_s` is a whole number of seconds, at least 1.
   * Returns the seconds moved, 0 at the end of the run.
   */
  advance(limit_s = this.model.step_s): number {
    this.mustBeValid();
    const { engine, state } = this;
    const { module, project } = engine;
    const step = Math.min(limit_s, this.model.step_s);
    if (!(step >= 1)) throw new RangeError(`a step of ${limit_s} s: EPANET counts whole seconds`);
    if (step !== this.stepSet()) {
      check('hydraulic step', module._EN_settimeparam(project, TIME.hydraulicStep, Math.floor(step)));
    }
    check('next step', module._EN_nextH(project, engine.out));
    const moved = module.HEAP32[engine.out >> 2];
    state.clock[1] = state.clock[0] + moved;
    return moved;
  }

  /** Opens or closes a pipe, pump or valve, now. A pump or valve that opens comes back to its set point. */
  setLinkOpen(link: number, open: boolean): void {
    const { module, project } = this.engine;
    const kind = this.model.linkKind[link];
    if (kind === LINK_TYPE.checkValvePipe) throw new RangeError(`${this.model.linkIds[link]} is a check valve`);
    // A set point of 0 is one that the file does not give: [STATUS] opens or closes the valve.
    const setpoint = this.state.linkSetpoint[link];
    if (open && setpoint > 0 && this.hasSetting(link)) this.setLinkSetting(link, setpoint);
    else check('status', module._EN_setlinkvalue(project, link + 1, LINK_PROPERTY.status, open ? 1 : 0));
  }

  /** Opens a valve fully: it no longer regulates. */
  setValveFullyOpen(link: number): void {
    const { module, project } = this.engine;
    check('status', module._EN_setlinkvalue(project, link + 1, LINK_PROPERTY.status, 1));
  }

  /**
   * Sets a pump's relative speed (0 stops it) or a valve's setting: pressure head [m] of PRV, PSV, PBV; flow [m³/s] of FCV;
   * loss coefficient of TCV; opening [%] of PCV. The valve regulates from then on.
   */
  setLinkSetting(link: number, setting: number): void {
    if (!this.hasSetting(link)) throw new RangeError(`${this.model.linkIds[link]} has no setting`);
    if (!(setting >= 0)) throw new RangeError(`a setting of ${setting} for ${this.model.linkIds[link]}`);
    const { module, project } = this.engine;
    const value = setting / this.settingScale(link);
    check('setting', module._EN_setlinkvalue(project, link + 1, LINK_PROPERTY.setting, value));
    // A pump that was stopped comes back to the speed that it had.
    if (setting > 0 || this.model.linkKind[link] !== LINK_TYPE.pump) this.state.linkSetpoint[link] = setting;
  }

  /** Lets the simple controls of the file that move this link act, or holds them off. Rules are not concerned. */
  setControlsActive(link: number, active: boolean): void {
    const { engine } = this;
    for (let c = 1; c <= count(engine, COUNT.control); c++)
      if (this.controlledLink(c) === link)
        check('control', engine.module._EN_setcontrolenabled(engine.project, c, active ? 1 : 0));
  }

  /** Sets a pump's relative speed for good: now where it runs, later where it stands, also when a simple control starts it. */
  setPumpSpeed(link: number, speed: number): void {
    const { engine, state } = this;
    const { module, project, out } = engine;
    if (!(speed > 0)) throw new RangeError(`a speed of ${speed} for ${this.model.linkIds[link]}`);
    for (let c = 1; c <= count(engine, COUNT.control); c++) {
      if (this.controlledLink(c) !== link || module.HEAPF64[(out + 8) >> 3] === 0) continue;
      const [type, node] = [module.HEAP32[out >> 2], module.HEAP32[(out + 16) >> 2]];
      const level = module.HEAPF64[(out + 24) >> 3];
      check('control', module._EN_setcontrol(project, c, type, link + 1, speed, node, level));
    }
    if (state.linkOpen[link] === 1) this.setLinkSetting(link, speed);
    else state.linkSetpoint[link] = speed;
  }

  /** Opens a hole of this area at a leak site from the next solve on; 0 shuts it. Throws where it is larger than the pipe's bore. */
  setLeakArea(leak: number, area_m2: number, dischargeCoefficient: number, gravity_m_s2?: number): void {
    const bore_m2 = this.model.leakPipeArea_m2[leak];
    if (!(area_m2 >= 0 && area_m2 <= bore_m2))
      throw new RangeError(`${this.model.leakIds[leak]}: a hole of ${area_m2} m² in a pipe of ${bore_m2} m²`);
    this.state.leakCoefficient[leak] = leakCoefficient(dischargeCoefficient, area_m2, gravity_m_s2);
  }

  /** All that changes: the state and the engine's memory. Not after a fault. */
  snapshot(): Uint8Array {
    this.mustBeValid();
    return takeSnapshot(this.engine, this.model, this.state);
  }

  /** Goes back, or forth, to a snapshot of a network opened from the same text and options; clears a fault. */
  restore(bytes: Uint8Array): void {
    restoreSnapshot(this.engine, this.model, this.state, bytes);
    this.state.closedLinks[0] = -1; // the inspection is no state: let it look anew
    this.found = undefined;
  }

  /** Frees the engine's project. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.engine.module._EN_close(this.engine.project);
    this.engine.module._EN_deleteproject(this.engine.project);
  }

  /** The link that simple control c (from 1) moves; its type, setting, node and level are left at `out`. */
  private controlledLink(c: number): number {
    const { module, project, out } = this.engine;
    check('control', module._EN_getcontrol(project, c, out, out + 4, out + 8, out + 16, out + 24));
    return module.HEAP32[(out >> 2) + 1] - 1;
  }

  private mustBeValid(): void {
    if (this.closed) throw new Error('the network is closed');
    if (this.found && !this.lenient) throw new Error(`the run is invalid: ${this.found.sentence}`);
  }

  private fail(fault: EpanetFault): boolean {
    this.found = fault;
    return this.lenient;
  }

  private stepSet(): number {
    const { module, project, out } = this.engine;
    check('hydraulic step', module._EN_gettimeparam(project, TIME.hydraulicStep, out));
    return module.HEAP32[out >> 2];
  }

  /** Hands the engine what the caller changed in the state. */
  private takeOver(): void {
    const { model, state, engine } = this;
    const { module, project } = engine;
    const { nodeDemandMultiplier: wanted, multiplierTaken: taken } = state;
    for (let n = 0; n < model.nNode; n++) {
      if (wanted[n] === taken[n]) continue;
      if (!(wanted[n] >= 0)) throw new RangeError(`a demand multiplier of ${wanted[n]} at ${model.nodeIds[n]}`);
      const start = model.demandStart[n];
      for (let k = start; k < model.demandStart[n + 1]; k++) {
        const value = model.demandBase[k] * wanted[n];
        check('demand', module._EN_setbasedemand(project, n + 1, k - start + 1, value));
      }
      taken[n] = wanted[n];
    }
    let moved = false;
    for (let i = 0; i < model.nLeak; i++) {
      const c = state.leakCoefficient[i];
      if (c === state.coefficientTaken[i]) continue;
      if (!(c >= 0)) throw new RangeError(`a leak coefficient of ${c} at ${model.leakIds[i]}`);
      state.coefficientTaken[i] = c;
      moved = true;
    }
    if (!moved) return;
    const { flow_m3_s, emitterPressure_per_m } = model.units;
    for (let k = 0; k < model.emitterNode.length; k++) {
      const node = model.emitterNode[k];
      const value = model.emitterOwn[k] + this.leaksAt(node) / (flow_m3_s * Math.sqrt(emitterPressure_per_m));
      check('emitter', module._EN_setnodevalue(project, node + 1, NODE_PROPERTY.emitter, value));
    }
  }

  /** Σ c of the leaks at a node [m^2.5/s]. */
  private leaksAt(node: number): number {
    const { leakNode } = this.model;
    let sum = 0;
    for (let i = 0; i < leakNode.length; i++) if (leakNode[i] === node) sum += this.state.coefficientTaken[i];
    return sum;
  }

  /** Copies the engine's results into the state, in SI. */
  private read(): void {
    const { model, state, engine } = this;
    const { module, project, bulk } = engine;
    const { flow_m3_s, length_m } = model.units;
    const { nodeHead_m, nodeDemand_m3_s, linkFlow_m3_s, linkOpen } = state;
    const { inspection, heads, demands } = this;
    const { HEAPF64 } = module;
    const { floor_m } = inspection;
    const values = this.bulkView();
    const headAt = heads.locate();
    if (headAt >= 0) {
      const { factor } = heads;
      for (let n = 0; n < nodeHead_m.length; n++) nodeHead_m[n] = HEAPF64[headAt + n] * factor * length_m;
    } else {
      check('heads', module._EN_getnodevalues(project, NODE_PROPERTY.head, bulk));
      heads.witness(values);
      for (let n = 0; n < nodeHead_m.length; n++) nodeHead_m[n] = values[n] * length_m;
    }
    const demandAt = demands.locate();
    let negative = 0;
    if (demandAt >= 0) {
      const { factor } = demands;
      for (let n = 0; n < nodeHead_m.length; n++) {
        const demand = HEAPF64[demandAt + n] * factor * flow_m3_s;
        nodeDemand_m3_s[n] = demand;
        if (nodeHead_m[n] < floor_m[n] && demand > 0) negative++;
      }
    } else {
      check('demands', module._EN_getnodevalues(project, NODE_PROPERTY.demandFlow, bulk));
      demands.witness(values);
      for (let n = 0; n < nodeHead_m.length; n++) {
        const demand = values[n] * flow_m3_s;
        nodeDemand_m3_s[n] = demand;
        if (nodeHead_m[n] < floor_m[n] && demand > 0) negative++;
      }
    }
    check('flows', module._EN_getlinkvalues(project, LINK_PROPERTY.flow, bulk));
    let closed = 0;
    let closedSum = 0;
    linkOpen.fill(1);
    for (let l = 0; l < linkFlow_m3_s.length; l++) {
      const Q = values[l];
      linkFlow_m3_s[l] = Q * flow_m3_s;
      if (Q !== 0) continue; // EPANET gives exactly 0 for closed links only
      linkOpen[l] = 0;
      closed++;
      closedSum += (l + 1) * (l + 1);
    }
    inspection.negative = negative;
    inspection.closed = closed;
    inspection.closedSum = closedSum;
    for (let k = 0; k < model.equipment.length; k++) {
      const l = model.equipment[k];
      state.linkOpen[l] = linkValue(engine, l, LINK_PROPERTY.status) === 0 ? 0 : 1;
      state.linkSetting[l] = linkValue(engine, l, LINK_PROPERTY.setting) * this.settingScale(l);
    }
    if (model.hasLeakage) {
      check('leakage', module._EN_getnodevalues(project, NODE_PROPERTY.leakageFlow, bulk));
      for (let n = 0; n < model.nNode; n++) state.nodeLeakage_m3_s[n] = values[n] * flow_m3_s;
    }
    for (let i = 0; i < model.nSource; i++)
      state.sourceFlow_m3_s[i] = -nodeValue(engine, model.sourceNode[i], NODE_PROPERTY.demand) * flow_m3_s;
    for (let i = 0; i < model.nTank; i++) {
      const node = model.tankNode[i];
      state.tankLevel_m[i] = state.nodeHead_m[node] - model.nodeElevation_m[node];
      state.tankVolume_m3[i] = nodeValue(engine, node, NODE_PROPERTY.tankVolume) * length_m ** 3;
    }
    this.readLeaks();
  }

  /** The engine's memory for bulk results; made anew only when that memory has grown and moved. */
  private bulkView(): Float64Array {
    const { buffer } = this.engine.module.HEAPF64;
    if (this.view.buffer !== buffer) {
      this.view = new Float64Array(buffer, this.engine.bulk, Math.max(this.model.nNode, this.model.nLink));
    }
    return this.view;
  }

  /** Emitter flows, 0 where the coefficient is 0 whatever EPANET says, and each leak's share of its node's. */
  private readLeaks(): void {
    const { model, state, engine } = this;
    const { flow_m3_s, emitterPressure_per_m } = model.units;
    const scale = flow_m3_s * Math.sqrt(emitterPressure_per_m);
    for (let k = 0; k < model.emitterNode.length; k++) {
      const node = model.emitterNode[k];
      const leaks = this.leaksAt(node);
      const all = leaks + model.emitterOwn[k] * scale;
      const flow = all > 0 ? nodeValue(engine, node, NODE_PROPERTY.emitterFlow) * flow_m3_s : 0;
      state.nodeEmitterFlow_m3_s[node] = flow;
      for (let i = 0; i < model.nLeak; i++) {
        if (model.leakNode[i] === node) state.leakFlow_m3_s[i] = all > 0 ? (flow * state.coefficientTaken[i]) / all : 0;
      }
    }
  }

  private hasSetting(link: number): boolean {
    const kind = this.model.linkKind[link];
    return kind >= LINK_TYPE.pump && kind !== LINK_TYPE.gpv;
  }

  /** SI per unit of a setting in the file's units. */
  private settingScale(link: number): number {
    const kind = this.model.linkKind[link];
    if (kind === LINK_TYPE.fcv) return this.model.units.flow_m3_s;
    if (kind === LINK_TYPE.prv || kind === LINK_TYPE.psv || kind === LINK_TYPE.pbv)
      return 1 / this.model.units.pressure_per_m;
    return 1;
  }

  /** EPANET gave up; where that is because a part hangs on nothing, says which. */
  private engineFault(code: number): EpanetFault {
    const { engine, model, state } = this;
    state.clock[0] = state.clock[1];
    const { module, project, bulk } = engine;
    check('status', module._EN_getlinkvalues(project, LINK_PROPERTY.status, bulk));
    for (let l = 0; l < model.nLink; l++) state.linkOpen[l] = module.HEAPF64[(bulk >> 3) + l] === 0 ? 0 : 1;
    state.nodeDemand_m3_s.fill(0);
    const isolated = isolatedPart(model, state, this.inspection);
    if (isolated) return isolated;
    return {
      kind: 'engine',
      time_s: state.clock[0],
      nodes: [],
      sentence: `at ${clockText(state.clock[0])} EPANET gave up with error ${code}: ${sentenceOf(engine, code)}`,
    };
  }

  /** The link whose flow still moves most when EPANET goes on from where its trials ran out. */
  private worstLink(): number {
    const { model, state, engine } = this;
    const { module, project, bulk } = engine;
    module._EN_runH(project, engine.out);
    check('flows', module._EN_getlinkvalues(project, LINK_PROPERTY.flow, bulk));
    let worst = 0;
    let most = -1;
    for (let l = 0; l < model.nLink; l++) {
      const change = Math.abs(module.HEAPF64[(bulk >> 3) + l] * model.units.flow_m3_s - state.linkFlow_m3_s[l]);
      if (change > most) [worst, most] = [l, change];
    }
    return worst;
  }
}
