/**
 * The EPANET 2.3 engine (epanet-js: the C code as WebAssembly) behind the few raw calls that the adapter makes. One module
 * per network: its linear memory then holds one project and nothing else, so that a copy of it is a snapshot. Each call
 * here returns EPANET's code: 0 fine, 1–6 a warning, above 100 an error; `check` turns errors that we made into throws.
 * The package is loaded with the first module, so that programs without water networks never do.
 * Source: EPANET Toolkit 2.3 (OpenWaterAnalytics), epanet2_2.h and epanet2_enums.h.
 */
/** The WebAssembly module as far as it is used here. Pointers are byte offsets into its memory. */
export interface EngineModule {
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  readonly HEAPF64: Float64Array;
  readonly FS: {
    writeFile(path: string, text: string): void;
    readFile(path: string, options: { encoding: 'utf8' }): string;
    unlink(path: string): void;
  };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  allocateUTF8(text: string): number;
  UTF8ToString(pointer: number): string;
  _EN_createproject(out: number): number;
  _EN_open(project: number, inp: number, report: number, output: number): number;
  _EN_close(project: number): number;
  _EN_deleteproject(project: number): number;
  _EN_openH(project: number): number;
  _EN_initH(project: number, flag: number): number;
  _EN_runH(project: number, outTime: number): number;
  _EN_nextH(project: number, outStep: number): number;
  _EN_closeH(project: number): number;
  _EN_setstatusreport(project: number, level: number): number;
  _EN_setreport(project: number, command: number): number;
  _EN_geterror(code: number, out: number, length: number): number;
  _EN_getcount(project: number, what: number, out: number): number;
  _EN_getflowunits(project: number, out: number): number;
  _EN_getdemandmodel(project: number, type: number, minimum: number, required: number, exponent: number): number;
  _EN_setdemandmodel(project: number, type: number, minimum: number, required: number, exponent: number): number;
  _EN_getoption(project: number, option: number, out: number): number;
  _EN_setoption(project: number, option: number, value: number): number;
  _EN_gettimeparam(project: number, parameter: number, out: number): number;
  _EN_settimeparam(project: number, parameter: number, value: number): number;
  _EN_getstatistic(project: number, what: number, out: number): number;
  _EN_getcontrol(
    project: number,
    index: number,
    type: number,
    link: number,
    setting: number,
    node: number,
    level: number,
  ): number;
  _EN_setcontrol(
    project: number,
    index: number,
    type: number,
    link: number,
    setting: number,
    node: number,
    level: number,
  ): number;
  _EN_setcontrolenabled(project: number, index: number, enabled: number): number;
  _EN_getnodeid(project: number, index: number, out: number): number;
  _EN_getnodetype(project: number, index: number, out: number): number;
  _EN_getnodevalue(project: number, index: number, property: number, out: number): number;
  _EN_getnodevalues(project: number, property: number, out: number): number;
  _EN_setnodevalue(project: number, index: number, property: number, value: number): number;
  _EN_getnumdemands(project: number, index: number, out: number): number;
  _EN_getbasedemand(project: number, index: number, category: number, out: number): number;
  _EN_setbasedemand(project: number, index: number, category: number, value: number): number;
  _EN_getlinkid(project: number, index: number, out: number): number;
  _EN_getlinktype(project: number, index: number, out: number): number;
  _EN_getlinknodes(project: number, index: number, outFrom: number, outTo: number): number;
  _EN_getlinkvalue(project: number, index: number, property: number, out: number): number;
  _EN_getlinkvalues(project: number, property: number, out: number): number;
  _EN_setlinkvalue(project: number, index: number, property: number, value: number): number;
}

export const COUNT = { node: 0, link: 2, control: 5 } as const;
export const NODE_PROPERTY = {
  elevation: 0,
  emitter: 3,
  demand: 9,
  head: 10,
  pressure: 11,
  tankVolume: 24,
  emitterFlow: 29,
  leakageFlow: 30,
  demandFlow: 31,
} as const;
export const LINK_PROPERTY = {
  diameter: 0,
  length: 1,
  initialStatus: 4,
  initialSetting: 5,
  flow: 8,
  status: 11,
  setting: 12,
  leakArea: 26,
} as const;
export const OPTION = {
  trials: 0,
  accuracy: 1,
  emitterExponent: 3,
  headError: 5,
  flowChange: 6,
  specificGravity: 12,
  emitterBackflow: 24,
  pressureUnits: 25,
} as const;
export const TIME = { duration: 0, hydraulicStep: 1, patternStep: 3, reportStep: 5 } as const;
export const STATISTIC = { iterations: 0, relativeError: 1, maxHeadError: 2 } as const;
/** Codes in `linkKind`. */
export const LINK_TYPE = {
  checkValvePipe: 0,
  pipe: 1,
  pump: 2,
  prv: 3,
  psv: 4,
  pbv: 5,
  fcv: 6,
  tcv: 7,
  gpv: 8,
  pcv: 9,
} as const;

const LONGEST_ID = 64;
const LONGEST_SENTENCE = 256;

/** An open project in a module of its own, with scratch memory inside the module. */
export interface Engine {
  readonly module: EngineModule;
  readonly project: number;
  /** 64 bytes for single results. */
  readonly out: number;
  /** Bytes for bulk results: one double per node or link, whichever are more; 0 until `reserve`. */
  readonly bulk: number;
}

/** A fresh module: an engine without a network. Loading waits; opening a network in it does not. */
export async function loadEngine(): Promise<EngineModule> {
  const { Workspace } = await import('epanet-js');
  const workspace = new Workspace();
  await workspace.loadModule();
  return workspace.instance as unknown as EngineModule;
}

/** Makes an empty project in a fresh module. */
export function startEngine(module: EngineModule): Engine {
  const out = module._malloc(LONGEST_SENTENCE);
  check('create', module._EN_createproject(out));
  return { module, project: module.HEAP32[out >> 2], out, bulk: 0 };
}

/** Opens the text of an .inp file; returns EPANET's code and, where it is not 0, what its report says. */
export function openText(e: Engine, text: string): { code: number; report: string } {
  const { module, project } = e;
  module.FS.writeFile('network.inp', text);
  const names = ['network.inp', 'network.rpt', ''].map((name) => module.allocateUTF8(name));
  const code = module._EN_open(project, names[0], names[1], names[2]);
  for (const pointer of names) module._free(pointer);
  module.FS.unlink('network.inp');
  return { code, report: code === 0 ? '' : closeAndReport(e) };
}

/** Closes the project, which writes out its report, and reads that. */
export function closeAndReport(e: Engine): string {
  e.module._EN_close(e.project);
  return e.module.FS.readFile('network.rpt', { encoding: 'utf8' });
}

/** Throws where EPANET says that a call of ours was wrong. */
export function check(what: string, code: number): void {
  if (code > 100) throw new Error(`EPANET refused ${what} with error ${code}`);
}

/** EPANET's own sentence for a code, without "Error n:". */
export function sentenceOf(e: Engine, code: number): string {
  e.module._EN_geterror(code, e.out, LONGEST_SENTENCE);
  return e.module.UTF8ToString(e.out).replace(/^\s*(Error \d+:|WARNING:)\s*/i, '');
}

export function setReport(e: Engine, command: string): void {
  const pointer = e.module.allocateUTF8(command);
  check(command, e.module._EN_setreport(e.project, pointer));
  e.module._free(pointer);
}

export function count(e: Engine, what: number): number {
  check('count', e.module._EN_getcount(e.project, what, e.out));
  return e.module.HEAP32[e.out >> 2];
}

export function option(e: Engine, which: number): number {
  check('option', e.module._EN_getoption(e.project, which, e.out));
  return e.module.HEAPF64[e.out >> 3];
}

export function setOption(e: Engine, which: number, value: number): void {
  check(`option ${which} = ${value}`, e.module._EN_setoption(e.project, which, value));
}

export function timeParameter(e: Engine, which: number): number {
  check('time parameter', e.module._EN_gettimeparam(e.project, which, e.out));
  return e.module.HEAP32[e.out >> 2];
}

export function statistic(e: Engine, which: number): number {
  check('statistic', e.module._EN_getstatistic(e.project, which, e.out));
  return e.module.HEAPF64[e.out >> 3];
}

/** Value of one property of a node; indices start at 0 here and at 1 in EPANET. */
export function nodeValue(e: Engine, node: number, property: number): number {
  const code = e.module._EN_getnodevalue(e.project, node + 1, property, e.out);
  if (code > 100) check('node value', code);
  return e.module.HEAPF64[e.out >> 3];
}

export function linkValue(e: Engine, link: number, property: number): number {
  const code = e.module._EN_getlinkvalue(e.project, link + 1, property, e.out);
  if (code > 100) check('link value', code);
  return e.module.HEAPF64[e.out >> 3];
}

export function nodeId(e: Engine, node: number): string {
  check('node id', e.module._EN_getnodeid(e.project, node + 1, e.out));
  return e.module.UTF8ToString(e.out);
}

export function linkId(e: Engine, link: number): string {
  check('link id', e.module._EN_getlinkid(e.project, link + 1, e.out));
  return e.module.UTF8ToString(e.out);
}

/** Memory for one double per node or link; it stays for the life of the module. */
export function reserve(e: Engine, n: number): Engine {
  return { ...e, bulk: e.module._malloc(8 * Math.max(n, LONGEST_ID)) };
}
