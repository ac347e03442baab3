/**
 * Rebuilds a TSNet case as a network of ours, with the exported wave speeds, reaches, friction factors, heads and velocities,
 * and with TSNet's own simplifications: tanks keep their head, demands are q = c √(H − z) and do not act next to a pump or
 * valve, a valve with no pipe behind it prescribes the velocity V0 s(t), a pump follows a parabola through its curve's points
 * with the nearest replaced by the operating point, and lets flow pass when its gain would be negative.
 * Source of these facts: TSNet 0.3.0 (Xing & Sela 2020), its documentation and PROVENANCE.md beside the cases.
 */
import {
  compileNetwork,
  createState,
  type LinkSpec,
  type NetworkModel,
  type NetworkState,
  type NodeSpec,
  type OrificeSpec,
  type PipeSpec,
  type PumpCurveSpec,
  resetLedger,
  stepCharacteristics,
} from '../../models/physics/index.ts';
import { type CaseFiles, numbers, texts } from './caseFiles.ts';
import { burstShare, inverseLoss, opening, pulse, pumpClosing, type Rule, valveClosing } from './schedules.ts';

const G = 9.8;
const NU = 1.004e-6;
/** K of TSNet's fully open gate valve. */
const OPEN_LOSS = 0.2;

export interface Rebuilt {
  readonly model: NetworkModel;
  readonly state: NetworkState;
  readonly steps: number;
  /** Sets what holds at step i, before it is taken. */
  schedule(i: number): void;
  /** Takes step i, with TSNet's by-pass of pumps whose gain turns negative. */
  take(i: number): void;
  /** A node with an opening whose head is below its elevation now: there TSNet's quadratic has no valid root. */
  drained(): string | undefined;
  /** Value of a recorded column at the present step; undefined if it has no counterpart. */
  value(column: string): number | undefined;
}

/** A sentence says why a case cannot be rebuilt. */
export class NotComparable extends Error {}

interface CaseNode {
  readonly id: string;
  readonly type: string;
  readonly elevation: number;
  readonly head: number;
  readonly demand: number; // c [m^2.5/s]
  readonly emitter: number; // c at the end [m^2.5/s]
}

export function rebuild(files: CaseFiles): Rebuilt {
  const P = files.parameters;
  const dt = Number(P.get('dt_s'));
  const friction = String(P.get('friction') ?? 'steady');
  if (!(dt > 0)) throw new NotComparable('the case gives no dt_s');
  if (friction === 'unsteady') {
    throw new NotComparable(
      'unsteady friction: TSNet adds k/(2g)(∂V/∂t + a|∂V/∂x|) to the velocity without the time step, which is not the Vardy–Brunone equation, so there is nothing to agree on',
    );
  }
  if (friction !== 'steady' && friction !== 'quasi-steady')
    throw new NotComparable(`friction "${friction}" is not known here`);
  for (const key of P.keys()) {
    if (/surge_?tank|chamber|blockage/i.test(key))
      throw new NotComparable(`"${key}": surge tanks, chambers and blockages are not part of this solver yet`);
  }

  const nodes = readNodes(files);
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const pipes = readPipes(files, friction === 'quasi-steady');
  const piped = new Set(pipes.flatMap((p) => [p.spec.from, p.spec.to]));
  const inpLinks = [...(files.inp?.pumps ?? []), ...(files.inp?.valves ?? [])];
  if (inpLinks.length === 0 && files.inpProblem && mentionsLinks(P))
    throw new NotComparable(`the network is needed for its pumps and valves: ${files.inpProblem}`);

  const ruleOf = (pattern: RegExp) => findRule(P, pattern);
  const pumpKey = [...P.keys()].find((k) => /pump.*(rule|op)/i.test(k) && isRule(P.get(k)));
  const pumpRule = pumpKey === undefined ? undefined : (P.get(pumpKey) as unknown as Rule);
  const pumpStarts =
    /start|open/i.test(`${pumpKey ?? ''} ${String(P.get('kind') ?? '')} ${files.name}`) &&
    !/shut|stop|clos/i.test(`${pumpKey ?? ''} ${files.name}`);
  const pumpName =
    text(P, /^pump$|pump_name|pump_id/i) ?? (files.inp?.pumps.length === 1 ? files.inp.pumps[0].id : undefined);
  if (pumpRule && pumpStarts)
    throw new NotComparable(
      'pump start: TSNet scales its curve to zero speed, which leaves its own parabola undefined',
    );
  if (pumpRule && !pumpName) throw new NotComparable('a pump rule is given but not which pump');
  const links: LinkSpec[] = [];
  const velocityEnds: { node: string; valve: string; flow: number }[] = [];
  const bare = new Set<string>(); // nodes where TSNet lets no demand act
  const flowInto = (node: string) => {
    let q = 0;
    for (const p of pipes) q += (p.spec.to === node ? p.flow : 0) - (p.spec.from === node ? p.flow : 0);
    return q;
  };
  for (const v of files.inp?.valves ?? []) {
    const [a, b] = [piped.has(v.from), piped.has(v.to)];
    if (a && b) {
      const neighbour = pipes.find((p) => p.spec.from === v.to || p.spec.to === v.to);
      links.push({
        id: v.id,
        kind: 'valve',
        from: v.from,
        to: v.to,
        diameter_m: neighbour?.spec.diameter_m ?? v.diameter_m,
        lossCoefficient: OPEN_LOSS,
      });
      bare.add(v.from).add(v.to);
    } else if (a || b) {
      const node = a ? v.from : v.to;
      velocityEnds.push({ node, valve: v.id, flow: flowInto(node) });
      bare.add(node);
    }
  }
  const bypassed: { link: string; suction: string; discharge: string }[] = [];
  const curves = new Map<string, Point[]>();
  const pumpCurves = new Map<string, { own: Point[]; curve: string }>();
  for (const p of files.inp?.pumps ?? []) {
    const source = !piped.has(p.from) || byId.get(p.from)?.type !== 'Junction';
    const to = byId.get(p.to);
    const from = byId.get(p.from);
    if (!to || !from || !piped.has(p.to)) throw new NotComparable(`pump ${p.id} has no pipe at its discharge`);
    const flow = source ? -flowInto(p.to) : flowInto(p.from);
    const key = p.curveId ?? p.id;
    const own = operatingPoints(p.id, curves.get(key) ?? curvePoints(p), flow, Math.abs(to.head - from.head));
    curves.set(key, own);
    pumpCurves.set(p.id, { own, curve: key });
    bare.add(p.to);
    if (!source) {
      bare.add(p.from);
      bypassed.push({ link: p.id, suction: p.from, discharge: p.to });
    }
  }
  // a pump under a rule reads its curve anew, when all pumps that share it have left their operating points there
  for (const p of files.inp?.pumps ?? []) {
    const c = pumpCurves.get(p.id) as { own: Point[]; curve: string };
    const points = p.id === pumpName && pumpRule ? (curves.get(c.curve) as Point[]) : c.own;
    links.push({ id: p.id, kind: 'pump', from: p.from, to: p.to, curve: parabola(p.id, points) });
    if (!bypassed.some((x) => x.link === p.id)) {
      links.push({
        id: `${p.id}/by-pass`,
        kind: 'check-valve',
        from: p.from,
        to: p.to,
        diameter_m: 1,
        lossCoefficient: 0,
      });
    }
  }

  const linked = new Set(links.flatMap((l) => [l.from, l.to]));
  const present = nodes.filter((n) => piped.has(n.id) || linked.has(n.id));
  const specs: NodeSpec[] = present.map((n) =>
    n.type === 'Junction'
      ? {
          id: n.id,
          kind: 'junction',
          elevation_m: n.elevation,
          ...(bare.has(n.id) || n.demand === 0
            ? {}
            : { demand: { kind: 'pressure', coefficient: Math.abs(n.demand) } }),
        }
      : { id: n.id, kind: 'reservoir', head_m: n.head, elevation_m: n.elevation },
  );
  const burstNode =
    text(P, /burst.*node|node.*burst/i) ??
    (number(P, /final_burst_coeff/i) === undefined ? undefined : text(P, /^node$/i));
  const burstFinal = number(P, /burst.*coeff/i) ?? 0;
  const orifices: OrificeSpec[] = present
    .filter((n) => n.type === 'Junction' && !bare.has(n.id) && (n.emitter > 0 || n.id === burstNode))
    .map((n) => ({ id: n.id, node: n.id, dischargeCoefficient: 1, area_m2: 0 }));

  const compiled = compileNetwork(
    { fluid: { kinematicViscosity_m2_s: NU }, nodes: specs, pipes: pipes.map((p) => p.spec), links, orifices },
    {
      timeStep_s: dt,
      gravity_m_s2: G,
      friction: friction === 'steady' ? 'fixed' : 'per-cell',
      frictionRefreshSteps: 1,
    },
  );
  if (!compiled.ok) throw new NotComparable(compiled.problems.join(' '));
  const model = compiled.value;
  const state = createState(model);
  writeInitial(model, state, byId, pipes);

  const openRoot = Math.sqrt(2 * G);
  const emitterNow = new Map<string, number>();
  const demandNow = new Map<string, number>(nodes.map((n) => [n.id, n.demand]));
  const pulseNode =
    text(P, /pulse.*node|node.*pulse|demand_node/i) ?? (ruleOf(/pulse/i) ? text(P, /^node$/i) : undefined);
  const pulseRule = ruleOf(/pulse/i);
  const burstStart = number(P, /burst_ts|burst.*start/i) ?? number(P, /^ts$/) ?? 0;
  const burstTime = number(P, /burst_tc|burst.*duration/i) ?? number(P, /^tc$/) ?? 0;
  const valveName =
    text(P, /^valve$|valve_name|valve_id/i) ?? (files.inp?.valves.length === 1 ? files.inp.valves[0].id : undefined);
  const valveKey = [...P.keys()].find((k) => /valve.*(rule|op)/i.test(k) && isRule(P.get(k)));
  const valveRule = valveKey === undefined ? undefined : (P.get(valveKey) as unknown as Rule);
  const opens =
    /open/i.test(`${valveKey ?? ''} ${String(P.get('kind') ?? '')} ${files.name}`) &&
    !/clos/i.test(`${valveKey ?? ''} ${files.name}`);
  const curve = P.get('valve_curve');
  const valveTable =
    Array.isArray(curve) && curve.length === 2 && Array.isArray(curve[0])
      ? (curve as unknown as [number[], number[]])
      : undefined;
  const tf = Number(P.get('tf') ?? 0);
  const total = Math.trunc(tf / dt);

  const steps = Math.round((numbers(files.series, 'time_s')?.at(-1) ?? 0) / dt);
  const schedule = (i: number): void => {
    const t = i * dt;
    for (const id of model.orificeIds) {
      const n = byId.get(id) as CaseNode;
      const c = id === burstNode ? burstFinal * burstShare(burstStart, burstTime, t) : n.emitter;
      emitterNow.set(id, c);
      state.orificeArea_m2[model.orificeIndex.get(id) as number] = c / openRoot;
    }
    if (pulseRule && pulseNode) {
      const n = byId.get(pulseNode);
      const factor = 1 + pulse(pulseRule, total > 1 ? (tf * i) / (total - 1) : t);
      if (n) {
        demandNow.set(n.id, n.demand * factor);
        state.demandMultiplier[model.nodeIndex.get(n.id) as number] = factor;
      }
    }
    const share = (valve: string) =>
      valveRule && (valveName === undefined || valve === valveName)
        ? opens
          ? opening(valveRule, t)
          : valveClosing(valveRule, t)
        : 1;
    for (const end of velocityEnds)
      state.boundaryFlow_m3_s[model.nodeIndex.get(end.node) as number] = end.flow * share(end.valve);
    for (const v of files.inp?.valves ?? []) {
      const l = model.linkIndex.get(v.id);
      if (l === undefined) continue;
      const tau = Math.sqrt(OPEN_LOSS * inverseLoss(share(v.id), valveTable));
      state.valveOpening[l] = tau;
      state.valveOpeningSet[l] = tau;
    }
    if (pumpRule && pumpName !== undefined) {
      const l = model.linkIndex.get(pumpName);
      if (l === undefined) throw new NotComparable(`pump ${pumpName} is not in the network`);
      const s = pumpClosing(pumpRule, t);
      state.pumpSpeed[l] = s;
      state.pumpSpeedSet[l] = s;
    }
  };
  schedule(0);

  const rooted = (node: string, c: number | undefined): number | undefined => {
    const n = byId.get(node);
    const i = model.nodeIndex.get(node);
    if (!n || i === undefined || c === undefined) return undefined;
    return n.type === 'Junction' ? c * Math.sqrt(Math.max(0, state.nodeHead_m[i] - n.elevation)) : undefined;
  };
  const value = (column: string): number | undefined => {
    const m = /^(head|demand|emitter|qstart|qend|vstart|vend)_(.+)_(m|m3s|mps)$/.exec(column);
    if (!m) return undefined;
    const [, what, id] = m;
    if (what === 'head') {
      const n = model.nodeIndex.get(id);
      return n === undefined ? undefined : state.nodeHead_m[n];
    }
    if (what === 'demand') return rooted(id, demandNow.get(id));
    if (what === 'emitter') return rooted(id, emitterNow.get(id) ?? byId.get(id)?.emitter);
    const p = model.pipeIndex.get(id);
    if (p === undefined) return undefined;
    const section = what.endsWith('start') ? model.sectionStart[p] : model.sectionStart[p + 1] - 1;
    return state.sectionFlow_m3_s[section] / (what.startsWith('v') ? model.pipeArea_m2[p] : 1);
  };
  const take = (i: number): void => {
    schedule(i);
    stepCharacteristics(model, state);
    for (const b of bypassed) bypass(model, state, b.link, b.suction, b.discharge);
  };
  const openings = model.nodeIds
    .map((id, n) => ({ id, n, z: byId.get(id)?.elevation ?? 0 }))
    .filter(({ id, n }) => {
      return model.nodeDemandCoefficient[n] > 0 || model.orificeIndex.has(id);
    });
  const drained = () => openings.find(({ n, z }) => state.nodeHead_m[n] < z)?.id;
  return { model, state, steps, schedule, take, drained, value };
}

function readNodes(files: CaseFiles): CaseNode[] {
  const column = (...names: string[]) => numbers(files.nodes, ...names);
  const ids = texts(files.nodes, 'node');
  const types = texts(files.nodes, 'type');
  const z = column('elevation_m');
  const H = column('H0_m', 'head0_m');
  const c = column('demand_coeff');
  const e = column('emitter_coeff');
  if (!H) throw new NotComparable('the nodes carry no H0_m');
  return ids.map((id, i) => {
    const elevation = z && Number.isFinite(z[i]) ? z[i] : 0;
    // a pulse may have left its last value in the exported coefficient; the first demand has not
    const q0 = numbers(files.series, `demand_${id}_m3s`)?.[0];
    const root = Math.sqrt(Math.max(0, H[i] - elevation));
    const demand = types[i] === 'Junction' ? (q0 !== undefined && root > 0 ? q0 / root : (c?.[i] ?? 0)) : 0;
    return { id, type: types[i] ?? 'Junction', elevation, head: H[i], demand, emitter: e?.[i] || 0 };
  });
}

interface CasePipe {
  readonly spec: PipeSpec;
  readonly flow: number;
}

function readPipes(files: CaseFiles, quasiSteady: boolean): CasePipe[] {
  const column = (...names: string[]) => numbers(files.pipes, ...names);
  const need = (name: string, ...names: string[]) => {
    const found = column(name, ...names);
    if (!found) throw new NotComparable(`the pipes carry no ${name}`);
    return found;
  };
  const ids = texts(files.pipes, 'pipe');
  const from = texts(files.pipes, 'start');
  const to = texts(files.pipes, 'end');
  const L = need('length_m');
  const D = need('diameter_m');
  const a = need('wavespeed_adj_mps');
  const N = need('segments');
  const f = need('darcy_f');
  const V = need('V0_mps');
  const theta = column('theta');
  const KD = column('KD', 'roughness_height', 'kd');
  return ids.map((id, i) => ({
    flow: V[i] * (Math.PI / 4) * D[i] ** 2,
    spec: {
      id,
      from: from[i],
      to: to[i],
      length_m: L[i],
      diameter_m: D[i],
      waveSpeed_m_s: a[i],
      reaches: N[i],
      friction: quasiSteady
        ? { kind: 'haaland', roughnessTerm: KD?.[i] ?? roughnessTerm(f[i], (Math.abs(V[i]) * D[i]) / NU) }
        : { kind: 'darcy', factor: f[i] },
      convectionSlope: theta?.[i] ?? 0,
    },
  }));
}

/** KD that gives the factor f at the initial Reynolds number; TSNet takes 0 where it has no factor. */
function roughnessTerm(f: number, reynolds: number): number {
  return f > 0 && reynolds > 0 ? Math.max(0, 10 ** (-1 / 1.8 / Math.sqrt(f)) - 6.9 / reynolds) : 0;
}

function writeInitial(
  model: NetworkModel,
  state: NetworkState,
  nodes: ReadonlyMap<string, CaseNode>,
  pipes: readonly CasePipe[],
): void {
  for (let n = 0; n < model.nNode; n++) state.nodeHead_m[n] = nodes.get(model.nodeIds[n])?.head ?? 0;
  for (let p = 0; p < model.nPipe; p++) {
    const N = model.pipeReaches[p];
    const from = state.nodeHead_m[model.pipeFrom[p]];
    const to = state.nodeHead_m[model.pipeTo[p]];
    const A = model.pipeArea_m2[p];
    const D = model.pipeDiameter_m[p];
    state.pipeFriction[p] = model.frictionParameter[p];
    state.pipeResistance_s2_m5[p] =
      (state.pipeFriction[p] * model.pipeLength_m[p]) / (D * 2 * model.gravity_m_s2 * A * A * N);
    for (let i = 0; i <= N; i++) {
      state.sectionHead_m[model.sectionStart[p] + i] = from + (i * (to - from)) / N;
      state.sectionFlow_m3_s[model.sectionStart[p] + i] = pipes[p].flow;
    }
  }
  for (let l = 0; l < model.nLink; l++) {
    const to = model.linkTo[l];
    for (const p of pipes) if (p.spec.from === model.nodeIds[to]) state.linkFlow_m3_s[l] = Math.max(0, p.flow);
  }
  resetLedger(model, state);
}

/**
 * TSNet's by-pass of an in-line pump: where the parabola's gain is negative, the discharge takes the head of the suction and
 * the suction's velocity, whatever arrives from downstream.
 */
function bypass(model: NetworkModel, state: NetworkState, link: string, suction: string, discharge: string): void {
  const l = model.linkIndex.get(link) as number;
  const from = model.nodeIndex.get(suction) as number;
  const to = model.nodeIndex.get(discharge) as number;
  const Q = state.linkFlow_m3_s[l];
  if (!(Q > 0 && state.nodeHead_m[to] < state.nodeHead_m[from])) return;
  state.nodeHead_m[to] = state.nodeHead_m[from];
  const before = model.nodeEnds[model.nodeEndStart[from]] >> 1;
  const end = model.nodeEnds[model.nodeEndStart[to]];
  const p = end >> 1;
  const section = (end & 1) === 0 ? model.sectionStart[p] : model.sectionStart[p + 1] - 1;
  state.sectionHead_m[section] = state.nodeHead_m[from];
  state.sectionFlow_m3_s[section] = ((end & 1) === 0 ? 1 : -1) * (Q / model.pipeArea_m2[before]) * model.pipeArea_m2[p];
}

type Point = readonly [number, number];

function curvePoints(pump: {
  readonly id: string;
  readonly curve?: readonly { readonly flow_m3_s: number; readonly head_m: number }[];
}): Point[] {
  const points = (pump.curve ?? []).map((p): Point => [p.flow_m3_s, p.head_m]);
  if (points.length !== 3)
    throw new NotComparable(`pump ${pump.id}: TSNet needs a curve of three points, this one has ${points.length}`);
  return points;
}

/** A curve's points with the one nearest to operation replaced by it. */
function operatingPoints(id: string, points: readonly Point[], flow: number, gain: number): Point[] {
  const distance = points.map(([q, h]) => Math.hypot(q - flow, h - gain));
  const nearest = distance.indexOf(Math.min(...distance));
  if (nearest < 0) throw new NotComparable(`pump ${id}: its curve has no points`);
  return [...points.filter((_, i) => i !== nearest), [flow, gain]];
}

/** The parabola through three points. */
function parabola(id: string, [[x1, y1], [x2, y2], [x3, y3]]: readonly Point[]): PumpCurveSpec {
  const d = (x1 - x2) * (x1 - x3) * (x2 - x3);
  const a = (x3 * (y2 - y1) + x2 * (y1 - y3) + x1 * (y3 - y2)) / d;
  const b = (x3 * x3 * (y1 - y2) + x2 * x2 * (y3 - y1) + x1 * x1 * (y2 - y3)) / d;
  const c = (x2 * x3 * (x2 - x3) * y1 + x3 * x1 * (x3 - x1) * y2 + x1 * x2 * (x1 - x2) * y3) / d;
  if (!Number.isFinite(a + b + c) || a >= 0 || c <= 0)
    throw new NotComparable(`pump ${id}: the parabola through its points does not fall`);
  return { kind: 'coefficients', A: c, B: -a, C: 2, D: b };
}

function isRule(x: unknown): x is Rule {
  return Array.isArray(x) && x.length === 4 && x.every((v) => typeof v === 'number');
}

function findRule(P: ReadonlyMap<string, unknown>, pattern: RegExp): Rule | undefined {
  for (const [key, x] of P) if (pattern.test(key) && isRule(x)) return x;
  return undefined;
}

function number(P: ReadonlyMap<string, unknown>, pattern: RegExp): number | undefined {
  for (const [key, x] of P) if (pattern.test(key) && typeof x === 'number') return x;
  return undefined;
}

function text(P: ReadonlyMap<string, unknown>, pattern: RegExp): string | undefined {
  for (const [key, x] of P) if (pattern.test(key) && typeof x === 'string') return x;
  return undefined;
}

function mentionsLinks(P: ReadonlyMap<string, unknown>): boolean {
  return [...P.keys()].some((k) => /valve|pump/i.test(k));
}
