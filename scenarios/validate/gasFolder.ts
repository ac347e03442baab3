/**
 * Gas cases as they lie in a folder: GasTranSim's JSON (network, boundary conditions, initial state, parameters) with its
 * snapshots as CSV, and morgen's `.net` tables (pipe, short pipe, valve, compressor) with an optional `.ini` of set values.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type {
  Compressibility,
  GasLinkSpec,
  GasNetworkSpec,
  GasNodeSpec,
  GasPipeSpec,
} from '../../models/physics/gas/index.ts';

/** A value over time: linear between its points, constant outside. */
export interface Course {
  readonly time_s: readonly number[];
  readonly value: readonly number[];
}

export interface GasCase {
  readonly name: string;
  readonly spec: GasNetworkSpec;
  readonly timeStep_s: number;
  readonly finalTime_s: number;
  readonly courant: number;
  readonly withdrawals: ReadonlyMap<string, Course>;
  readonly pressures: ReadonlyMap<string, Course>;
  /** Settings of compressors; their kind of control does not change. */
  readonly settings: ReadonlyMap<string, Course>;
  /** Initial pressures by node and flows by pipe, where given as single numbers. */
  readonly initialPressures: ReadonlyMap<string, number>;
  readonly initialFlows: ReadonlyMap<string, number>;
}

export interface Snapshot {
  readonly time_s: number;
  readonly pipe: string;
  readonly x_m: number;
  readonly pressure_Pa: number;
  readonly flowX_m: number;
  readonly flow_kg_s: number;
}

type Json = { readonly [key: string]: Json } & { readonly [index: number]: Json };
const SPECIFIC_GRAVITY = 0.6;
/** GasTranSim's constants. */
const GAS_CONSTANT_J_kmolK = 8314;
const BAR = 1e5;

/** The folder that holds gas cases, given the folder itself, the hydraulics folder or the reference's root. */
export function gasFolder(dataDir: string): string | undefined {
  const places = [dataDir, join(dataDir, 'gas'), join(dataDir, 'hydraulics', 'gas')];
  return places.find((p) => isFolder(p) && (caseFolders(p).length > 0 || netFiles(p).length > 0));
}

/** The worked examples nearest to the folder. */
export function workedExamples(dataDir: string): string | undefined {
  const tails = [[], ['worked_examples'], ['dispersion', 'worked_examples']];
  const up = ['.', '..', join('..', '..')];
  const places = up.flatMap((u) => tails.map((t) => join(dataDir, u, ...t, 'examples.json')));
  return places.find((p) => existsSync(p));
}

/** Case folders: every one with a network.json, the folder itself included. */
export function caseFolders(folder: string): string[] {
  const inside = readdirSync(folder)
    .map((f) => join(folder, f))
    .filter((f) => existsSync(join(f, 'network.json')));
  return (existsSync(join(folder, 'network.json')) ? [folder, ...inside] : inside).sort();
}

/** `.net` files of a folder. */
export function netFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((f) => f.endsWith('.net'))
    .map((f) => join(folder, f))
    .sort();
}

/** Snapshots of a case: a CSV in its folder, or one beside in `reference` whose name begins the case's. */
export function snapshotsOf(caseFolder: string): Snapshot[] | undefined {
  const name = basename(caseFolder);
  const beside = join(caseFolder, '..', 'reference');
  const series = (folder: string) =>
    isFolder(folder) ? readdirSync(folder).filter((f) => f.endsWith('.csv') && !f.endsWith('_nodes.csv')) : [];
  const own = series(caseFolder).map((f) => join(caseFolder, f));
  const others = series(beside)
    .filter((f) => name.startsWith(basename(f, '.csv')))
    .sort((a, b) => b.length - a.length)
    .map((f) => join(beside, f));
  const path = [...own, ...others][0];
  if (path === undefined) return undefined;
  const lines = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((l) => l.trim() !== '');
  const columns = lines[0].split(',').map((c) => c.trim());
  const at = (...names: string[]) => columns.findIndex((c) => names.includes(c));
  const [t, pipe, x, p, xf, f] = [
    at('time_s'),
    at('pipe'),
    at('x_p_m', 'x_m'),
    at('p_Pa'),
    at('x_f_m', 'x_m'),
    at('flow_kgps'),
  ];
  if ([t, pipe, x, p].some((c) => c < 0)) throw new Error(`${basename(path)} lacks time_s, pipe, x_p_m or p_Pa`);
  return lines.slice(1).map((line) => {
    const c = line.split(',');
    return {
      time_s: Number(c[t]),
      pipe: c[pipe].trim(),
      x_m: Number(c[x]),
      pressure_Pa: Number(c[p]),
      flowX_m: Number(c[xf] ?? Number.NaN),
      flow_kg_s: Number(c[f] ?? Number.NaN),
    };
  });
}

/** Parameter files of a case: `params.json` first. */
export function parameterFiles(caseFolder: string): string[] {
  return readdirSync(caseFolder)
    .filter((f) => /^params.*\.json$/.test(f))
    .sort((a, b) => a.length - b.length);
}

/** Reads a GasTranSim case; throws with a sentence when something is missing. */
export function readGasCase(folder: string, parameters: string, compressibility: Compressibility): GasCase {
  const read = (file: string): Json | undefined => {
    const path = join(folder, file);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  };
  const network = read('network.json') as Json;
  const all = read(parameters)?.simulation_params;
  const bc = read('bc.json');
  if (!all || !bc) throw new Error(`${!bc ? 'bc.json' : `simulation_params in ${parameters}`} is missing`);
  const parameter = (start: string, other: number) => {
    const key = Object.keys(all).find((k) => k.toLowerCase().startsWith(start));
    return key === undefined ? other : Number(all[key]);
  };
  if (parameter('units', 0) !== 0) throw new Error('it is in US units; only SI cases are read');
  const ic = read('ic.json');
  const controls = bc.boundary_compressor;
  const pressures = courses(bc.boundary_pslack);
  const nodes = Object.values(network.nodes).map((n): GasNodeSpec => {
    const id = String(n.node_id);
    const course = pressures.get(id);
    if (Number(n.slack_bool) === 1) {
      if (!course) throw new Error(`slack node ${id} has no pressure in bc.json`);
      return { id, kind: 'pressure', pressure_Pa: valueAt(course, 0) };
    }
    return { id, kind: 'junction' };
  });
  const pipes = Object.values(network.pipes).map(
    (p): GasPipeSpec => ({
      id: String(p.pipe_id),
      from: String(p.from_node),
      to: String(p.to_node),
      length_m: Number(p.length),
      diameter_m: Number(p.diameter),
      friction: { kind: 'darcy', factor: Number(p.friction_factor) },
    }),
  );
  const links = Object.values(network.compressors ?? {}).map((c): GasLinkSpec => {
    const id = String(c.comp_id);
    const control = controls?.[id];
    if (!control) throw new Error(`compressor ${id} has no control in bc.json`);
    const types = new Set(Object.values(control.control_type ?? {}).map(Number));
    if (types.size > 1) throw new Error(`compressor ${id} changes its kind of control`);
    const mode = (['ratio', 'outlet-pressure', 'flow'] as const)[[...types][0] ?? 0];
    const setting = Number(control.value[0]);
    const ends = { from: String(c.from_node), to: String(c.to_node) };
    return { id: `c${id}`, kind: 'compressor', ...ends, mode, setting, maxRatio: 10, rampTime_s: 0, tripTime_s: 0 };
  });
  const specificGravity = parameter('gas specific gravity', SPECIFIC_GRAVITY);
  return {
    name: basename(folder),
    spec: {
      gas: {
        specificGravity,
        gasConstant_J_kmolK: GAS_CONSTANT_J_kmolK,
        compressibility,
        heatCapacityRatio: parameter('specific heat capacity ratio', 1.4),
      },
      temperature_K: parameter('temperature', 288.706),
      nodes,
      pipes,
      links,
    },
    timeStep_s: parameter('discretization time step', 1),
    finalTime_s: parameter('final time', 3600),
    courant: parameter('courant number', 0.9),
    withdrawals: courses(bc.boundary_nonslack_flow),
    pressures,
    settings: new Map([...courses(controls)].map(([id, c]) => [`c${id}`, c])),
    initialPressures: singles(ic?.initial_nodal_pressure),
    initialFlows: singles(ic?.initial_pipe_flow),
  };
}

/** A network of morgen's `.net` form with the values of an `.ini` beside it, or 50 bar and 10 kg/s where there is none. */
export function readNet(path: string): { spec: GasNetworkSpec; values: string } {
  const stem = basename(path, '.net');
  const beside = join(path, '..', stem);
  const inside = isFolder(beside)
    ? readdirSync(beside)
        .filter((f) => f.endsWith('.ini'))
        .sort()
    : [];
  const training = inside.find((f) => f === 'training.ini') ?? inside[0];
  const places = [path.replace(/net$/, 'ini'), ...(training === undefined ? [] : [join(beside, training)])];
  const ini = places.find((p) => existsSync(p));
  const values = new Map<string, number[]>();
  for (const line of ini === undefined ? [] : readFileSync(ini, 'utf8').split(/\r?\n/)) {
    const [key, value] = line.split('=');
    if (value !== undefined)
      values.set(
        key.trim(),
        value
          .split('|')[0]
          .split(';')
          .map((x) => Number(x.trim())),
      );
  }
  const rows = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .map((l) => l.trim())
    .filter((l) => l !== '' && !l.startsWith('#'))
    .map((l) => l.split(',').map((x) => x.trim()));
  const unknown = rows.find((r) => !['P', 'S', 'V', 'C'].includes(r[0]));
  if (unknown) throw new Error(`row type "${unknown[0]}" is not P, S, V or C`);
  const from = new Set(rows.map((r) => r[1]));
  const to = new Set(rows.map((r) => r[2]));
  const ids = [...new Set(rows.flatMap((r) => [r[1], r[2]]))];
  // The order of supplies and demands in the .ini is that of the node numbers.
  const rank = (a: string, b: string) => Number(a) - Number(b);
  const supplies = ids.filter((id) => !to.has(id)).sort(rank);
  const demands = ids.filter((id) => !from.has(id)).sort(rank);
  const pick = (key: string, i: number, other: number) => values.get(key)?.[i] ?? other;
  const nodes = ids.map((id): GasNodeSpec => {
    const s = supplies.indexOf(id);
    if (s >= 0) return { id, kind: 'pressure', pressure_Pa: pick('up', s, 50) * BAR };
    const d = demands.indexOf(id);
    return { id, kind: 'junction', withdrawal_kg_s: d >= 0 ? pick('uq', d, 10) : 0 };
  });
  const pipes: GasPipeSpec[] = [];
  const links: GasLinkSpec[] = [];
  let compressors = 0;
  rows.forEach(([type, a, b, length, diameter, , roughness], i) => {
    const ends = { id: `${type}${i + 1}`, from: a, to: b };
    if (type === 'P')
      pipes.push({
        ...ends,
        length_m: Number(length),
        diameter_m: Number(diameter),
        friction: { kind: 'roughness', roughness_m: Number(roughness) },
      });
    else if (type === 'C') {
      const outlet = values.get('cp')?.[compressors++];
      const mode =
        outlet === undefined
          ? ({ mode: 'ratio', setting: 1.2 } as const)
          : ({ mode: 'outlet-pressure', setting: outlet * BAR } as const);
      links.push({ ...ends, kind: 'compressor', ...mode });
    } else links.push({ ...ends, kind: 'short-pipe' });
  });
  const molarMass_kg_kmol = 8314.462618 / (values.get('Rs')?.[0] ?? 518);
  const temperature_K = 273.15 + (values.get('T0')?.[0] ?? 15);
  return {
    spec: { gas: { molarMass_kg_kmol }, temperature_K, nodes, pipes, links },
    values:
      ini === undefined ? 'no .ini beside it: supplies at 50 bar, 10 kg/s at each demand, ratio 1.2' : basename(ini),
  };
}

/** The value of a course at a time. */
export function valueAt(course: Course, time_s: number): number {
  const { time_s: t, value } = course;
  const i = t.findIndex((x) => x > time_s);
  if (i === 0) return value[0];
  if (i === -1) return value[value.length - 1];
  return value[i - 1] + ((value[i] - value[i - 1]) * (time_s - t[i - 1])) / (t[i] - t[i - 1]);
}

function courses(of: Json | undefined): Map<string, Course> {
  return new Map(
    Object.entries(of ?? {}).map(([id, c]) => [
      id,
      { time_s: Object.values(c.time).map(Number), value: Object.values(c.value).map(Number) },
    ]),
  );
}

function singles(of: Json | undefined): Map<string, number> {
  return new Map(
    Object.entries(of ?? {}).flatMap(([id, v]) => (typeof v === 'number' ? [[id, v as number] as const] : [])),
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
