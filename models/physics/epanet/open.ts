/**
 * Opens a network: leak sites into the text, text into a fresh engine, engine into a read-only model. What EPANET rejects
 * comes back as problems; nothing is opened by halves.
 */
import { digestJson } from '../../kernel/index.ts';
import type { InpProblem } from '../inpTypes.ts';
import { flowUnits, inpUnits } from '../inpUnits.ts';
import {
  COUNT,
  check,
  closeAndReport,
  count,
  type Engine,
  type EngineModule,
  LINK_PROPERTY,
  LINK_TYPE,
  linkId,
  linkValue,
  loadEngine,
  NODE_PROPERTY,
  nodeId,
  nodeValue,
  OPTION,
  openText,
  option,
  reserve,
  setOption,
  setReport,
  startEngine,
  TIME,
  timeParameter,
} from './engine.ts';
import { createEpanetState, type EpanetModel, type EpanetOptions, type EpanetUnits, type LeakSite } from './model.ts';
import { EpanetNetwork } from './network.ts';
import { reportProblems } from './problems.ts';
import { type SplitText, splitPipes } from './split.ts';

export type EpanetResult =
  | { readonly ok: true; readonly value: EpanetNetwork }
  | { readonly ok: false; readonly problems: readonly InpProblem[] };

/** Trials that a solution at a fine accuracy may need. */
const TRIALS = 200;
/** Largest change of any flow in the last trial. 1e-7 is what rounding leaves attainable in L-Town and Net3; it costs a tenth of the trials. */
const FLOW_CHANGE_m3_s = 1e-6;
/** Demand model of a file in [OPTIONS] DEMAND MODEL. */
const PRESSURE_DRIVEN = 1;
/** EPANET's own figures. */
const PSI_PER_FOOT = 0.4333;
const KPA_PER_PSI = 6.895;
const BAR_PER_PSI = 0.068948;
const FOOT_m = 0.3048;

/**
 * Opens the text of an .inp file in an engine of its own. Problems are those of EPANET (its number, sentence and the line)
 * and those of the options (leak sites, demand model).
 */
export async function openEpanet(text: string, options: EpanetOptions = {}): Promise<EpanetResult> {
  const split = splitPipes(text, options.leaks ?? [], fileOf(options));
  const opened = tryOpen(await loadEngine(), textOf(text, split));
  const plain = 'report' in opened && hasSites(options) ? tryOpen(await loadEngine(), text) : opened;
  return finish(text, options, split, opened, plain);
}

/** The same at once, in engines that were loaded before: `take` hands out a fresh one at each call, two calls at most. */
export function openEpanetIn(take: () => EngineModule, text: string, options: EpanetOptions = {}): EpanetResult {
  const split = splitPipes(text, options.leaks ?? [], fileOf(options));
  const opened = tryOpen(take(), textOf(text, split));
  const plain = 'report' in opened && hasSites(options) ? tryOpen(take(), text) : opened;
  return finish(text, options, split, opened, plain);
}

const fileOf = (options: EpanetOptions) => options.file ?? 'network.inp';
const hasSites = (options: EpanetOptions) => (options.leaks ?? []).length > 0;
// A file that EPANET rejects is reported as it stands, before anything is said about leaks in it.
const textOf = (text: string, split: SplitText) => (split.problems.length > 0 ? text : split.text);

type Opened = Engine | { readonly code: number; readonly report: string };

function finish(text: string, options: EpanetOptions, split: SplitText, opened: Opened, plain: Opened): EpanetResult {
  const file = fileOf(options);
  if ('report' in opened) {
    if ('report' in plain) return { ok: false, problems: reportProblems(text, file, plain.report, plain.code) };
    throw new Error(`the text with its leak sites was rejected: ${opened.report}`);
  }
  if (split.problems.length > 0) return { ok: false, problems: split.problems };
  const engine = reserve(opened, Math.max(count(opened, COUNT.node), count(opened, COUNT.link)));
  const problems = applyOptions(engine, options, file);
  if (problems.length > 0) return { ok: false, problems };
  const model = readModel(engine, options, digestJson({ text, options }));
  const started = start(engine);
  if (started !== 0) return { ok: false, problems: reportProblems(text, file, closeAndReport(engine), started) };
  const state = createEpanetState(model);
  return { ok: true, value: new EpanetNetwork(engine, model, state, options.lenient === true) };
}

function tryOpen(module: EngineModule, text: string): Opened {
  const engine = startEngine(module);
  const { code, report } = openText(engine, text);
  return code > 100 ? { code, report } : engine;
}

/** Opens the solver; EPANET finds faults of the whole network only here. Status reports would fill the file for nothing. */
function start(e: Engine): number {
  check('status report', e.module._EN_setstatusreport(e.project, 0));
  const opened = e.module._EN_openH(e.project);
  const code = opened > 100 ? opened : e.module._EN_initH(e.project, 0);
  if (code > 100) return code;
  setReport(e, 'MESSAGES NO');
  return 0;
}

function applyOptions(e: Engine, options: EpanetOptions, file: string): InpProblem[] {
  const problems: InpProblem[] = [];
  const say = (path: string, found: string, expected: string, hint?: string) =>
    problems.push({ file, line: 0, column: 0, path, found, expected, ...(hint ? { hint } : {}) });
  if (options.accuracy !== 'file') {
    const accuracy = options.accuracy ?? 1e-5;
    if (accuracy >= 1e-5 && accuracy <= 0.1) setOption(e, OPTION.accuracy, accuracy);
    else say('accuracy', `${accuracy}`, 'a number from 1e-5 to 0.1, the range that EPANET takes');
    setOption(e, OPTION.trials, Math.max(TRIALS, option(e, OPTION.trials)));
    // Accuracy is relative to the sum of all flows: in a large network it says nothing about one small leak.
    setOption(e, OPTION.flowChange, FLOW_CHANGE_m3_s / readUnits(e).flow_m3_s);
  }
  if (options.backflow !== 'file') setOption(e, OPTION.emitterBackflow, options.backflow ? 1 : 0);
  if ((options.leaks?.length ?? 0) > 0 && option(e, OPTION.emitterExponent) !== 0.5) {
    const own = Array.from({ length: count(e, COUNT.node) }, (_, n) => n).filter(
      (n) => nodeValue(e, n, NODE_PROPERTY.emitter) > 0,
    );
    if (own.length === 0) setOption(e, OPTION.emitterExponent, 0.5);
    else
      say(
        'leaks',
        `emitters with exponent ${option(e, OPTION.emitterExponent)} at ${own.length} nodes of the file`,
        'emitter exponent 0.5, the law of a hole, because EPANET has one exponent for all',
        'set EMITTER EXPONENT 0.5 in [OPTIONS] or take the emitters out',
      );
  }
  const whole = (path: string, value: number | undefined, ...parameters: readonly number[]) => {
    if (value === undefined) return;
    if (!Number.isInteger(value) || value < 1 || value >= 2 ** 31) say(path, `${value}`, 'a whole number of seconds');
    else for (const p of parameters) check(path, e.module._EN_settimeparam(e.project, p, value));
  };
  whole('duration_s', options.duration_s, TIME.duration);
  // After a tank or a control has broken the rhythm, EPANET finds back to multiples of the report step.
  whole('step_s', options.step_s, TIME.reportStep, TIME.hydraulicStep);
  const demand = options.demandModel;
  if (demand) {
    const { pressure_per_m } = readUnits(e);
    const [minimum, required, exponent] =
      demand.kind === 'pressure-driven'
        ? [demand.minimum_m * pressure_per_m, demand.required_m * pressure_per_m, demand.exponent ?? 0.5]
        : [0, 0.1, 0.5];
    const type = demand.kind === 'pressure-driven' ? PRESSURE_DRIVEN : 0;
    if (e.module._EN_setdemandmodel(e.project, type, minimum, required, exponent) > 100)
      say('demandModel', JSON.stringify(demand), 'minimum_m ≥ 0, required_m at least 0.1 above it, exponent > 0');
  }
  return problems;
}

function readUnits(e: Engine): EpanetUnits {
  check('flow units', e.module._EN_getflowunits(e.project, e.out));
  const { flow_m3_s, length_m, diameter_m } = inpUnits(flowUnits[e.module.HEAP32[e.out >> 2]], 1);
  const gravity = option(e, OPTION.specificGravity);
  const psi = (PSI_PER_FOOT * gravity) / FOOT_m;
  // By EPANET's code. Metres and feet are of the liquid itself.
  const pressures = [psi, KPA_PER_PSI * psi, 1, BAR_PER_PSI * psi, 1 / FOOT_m];
  return {
    flow_m3_s,
    length_m,
    diameter_m,
    pressure_per_m: pressures[option(e, OPTION.pressureUnits)],
    emitterPressure_per_m: length_m === FOOT_m ? psi : 1,
  };
}

function readModel(e: Engine, options: EpanetOptions, digest: string): EpanetModel {
  const units = readUnits(e);
  const nNode = count(e, COUNT.node);
  const nLink = count(e, COUNT.link);
  const nodeIds = Array.from({ length: nNode }, (_, n) => nodeId(e, n));
  const linkIds = Array.from({ length: nLink }, (_, l) => linkId(e, l));
  const nodeIndex = new Map(nodeIds.map((id, n) => [id, n]));
  const linkIndex = new Map(linkIds.map((id, l) => [id, l]));
  const int = (call: (out: number) => number): number => {
    check('model', call(e.out));
    return e.module.HEAP32[e.out >> 2];
  };
  const { module, project } = e;
  const nodeKind = Uint8Array.from(nodeIds, (_, n) => int((out) => module._EN_getnodetype(project, n + 1, out)));
  const linkKind = Uint8Array.from(linkIds, (_, l) => int((out) => module._EN_getlinktype(project, l + 1, out)));
  const linkFrom = new Int32Array(nLink);
  const linkTo = new Int32Array(nLink);
  for (let l = 0; l < nLink; l++) {
    check('link nodes', module._EN_getlinknodes(project, l + 1, e.out, e.out + 4));
    linkFrom[l] = module.HEAP32[e.out >> 2] - 1;
    linkTo[l] = module.HEAP32[(e.out >> 2) + 1] - 1;
  }
  const isPipe = (l: number) => linkKind[l] <= LINK_TYPE.pipe;
  const property = (l: number, which: number, wanted: boolean) => (wanted ? linkValue(e, l, which) : 0);
  const linkDiameter_m = Float64Array.from(
    linkIds,
    (_, l) => property(l, LINK_PROPERTY.diameter, linkKind[l] !== LINK_TYPE.pump) * units.diameter_m,
  );
  const { linkAtStart, linkAt } = incidence(nNode, linkFrom, linkTo);
  const indices = (n: number, test: (i: number) => boolean) =>
    Int32Array.from(Array.from({ length: n }, (_, i) => i).filter(test));
  const sites = options.leaks ?? [];
  const leakNode = Int32Array.from(sites, (s) => nodeIndex.get('node' in s ? s.node : s.id) ?? -1);
  const own = Float64Array.from(nodeIds, (_, n) => (nodeKind[n] === 0 ? nodeValue(e, n, NODE_PROPERTY.emitter) : 0));
  const emitterNode = indices(nNode, (n) => own[n] > 0 || leakNode.includes(n));
  check('demand model', module._EN_getdemandmodel(project, e.out, e.out + 8, e.out + 16, e.out + 24));
  const pressureDriven = module.HEAP32[e.out >> 2] === PRESSURE_DRIVEN;
  return {
    digest,
    units,
    pressureDriven,
    step_s: timeParameter(e, TIME.hydraulicStep),
    duration_s: timeParameter(e, TIME.duration),
    nNode,
    nLink,
    nTank: nodeKind.filter((k) => k === 2).length,
    nSource: nodeKind.filter((k) => k > 0).length,
    nLeak: sites.length,
    nodeIds,
    linkIds,
    leakIds: sites.map((s) => s.id),
    nodeIndex,
    linkIndex,
    leakIndex: new Map(sites.map((s, i) => [s.id, i])),
    nodeKind,
    nodeElevation_m: Float64Array.from(nodeIds, (_, n) => nodeValue(e, n, NODE_PROPERTY.elevation) * units.length_m),
    linkKind,
    linkFrom,
    linkTo,
    linkLength_m: Float64Array.from(linkIds, (_, l) => property(l, LINK_PROPERTY.length, isPipe(l)) * units.length_m),
    linkDiameter_m,
    equipment: indices(nLink, (l) => !isPipe(l)),
    tankNode: indices(nNode, (n) => nodeKind[n] === 2),
    sourceNode: indices(nNode, (n) => nodeKind[n] > 0),
    leakNode,
    leakPipeArea_m2: Float64Array.from(sites, (s: LeakSite, i) => {
      const widest = () => {
        let widest = 0;
        for (let k = linkAtStart[leakNode[i]]; k < linkAtStart[leakNode[i] + 1]; k++)
          widest = Math.max(widest, linkDiameter_m[linkAt[k]]);
        return widest;
      };
      const diameter = 'pipe' in s ? linkDiameter_m[linkIndex.get(s.pipe) ?? 0] : widest();
      return (Math.PI / 4) * diameter ** 2;
    }),
    emitterNode,
    emitterOwn: Float64Array.from(emitterNode, (n) => own[n]),
    ...demands(e, nodeKind),
    hasLeakage: linkIds.some((_, l) => isPipe(l) && linkValue(e, l, LINK_PROPERTY.leakArea) > 0),
    linkAtStart,
    linkAt,
  };
}

function incidence(nNode: number, from: Int32Array, to: Int32Array) {
  const linkAtStart = new Int32Array(nNode + 1);
  for (let l = 0; l < from.length; l++) {
    linkAtStart[from[l] + 1]++;
    linkAtStart[to[l] + 1]++;
  }
  for (let n = 0; n < nNode; n++) linkAtStart[n + 1] += linkAtStart[n];
  const linkAt = new Int32Array(2 * from.length);
  const next = linkAtStart.slice(0, nNode);
  for (let l = 0; l < from.length; l++) {
    linkAt[next[from[l]]++] = l;
    linkAt[next[to[l]]++] = l;
  }
  return { linkAtStart, linkAt };
}

function demands(e: Engine, nodeKind: Uint8Array): { demandStart: Int32Array; demandBase: Float64Array } {
  const demandStart = new Int32Array(nodeKind.length + 1);
  const base: number[] = [];
  nodeKind.forEach((kind, n) => {
    if (kind === 0) {
      check('demands', e.module._EN_getnumdemands(e.project, n + 1, e.out));
      const categories = e.module.HEAP32[e.out >> 2];
      for (let k = 1; k <= categories; k++) {
        check('demand', e.module._EN_getbasedemand(e.project, n + 1, k, e.out));
        base.push(e.module.HEAPF64[e.out >> 3]);
      }
    }
    demandStart[n + 1] = base.length;
  });
  return { demandStart, demandBase: Float64Array.from(base) };
}
