/**
 * The EPANET adapter against series of the native engine, case by case. A case's name says its network and, where a leak is
 * opened, the emitter's coefficient ("C2", "C5gpm": the file's units or those named; "20mm": 0.6 A √(2 · 9.81)) and its
 * times ("24h-36h", "from3h"); the column `emitterflow_<node>` says where. What the name does not say is found in the series.
 * Columns: head, pressure, demand (consumers only), emitterflow, flow, status; units of the file.
 */
import { basename, join } from 'node:path';
import { type EpanetNetwork, flowUnits, inpUnits, openEpanet } from '../../models/physics/epanet/index.ts';
import { numbers, type Table } from './caseFiles.ts';
import { commonStep, Differences, NotComparable, networkOf, readNetwork, readTable } from './networkFiles.ts';
import { judge, skipped, type ValidationRow } from './table.ts';

const HEAD_TARGET_m = 1e-4;
/** Of the case's largest flow. */
const FLOW_TARGET = 1e-4;

interface Emitter {
  readonly node: string;
  /** In the file's units. */
  readonly coefficient: number;
  readonly from_s: number;
  readonly to_s: number;
  readonly note: string;
}

/** Rows of one case of `<dir>/epanet`. */
export async function validateNative(
  dataDir: string,
  name: string,
  networks: ReadonlyMap<string, string>,
): Promise<ValidationRow[]> {
  const path = networkOf(name, networks);
  const table = readTable(join(dataDir, 'epanet', `${name}.csv`));
  const time = numbers(table, 'time_s');
  if (!time || time.length === 0) throw new NotComparable('the series has no column time_s');
  const places = table.columns.filter((c) => c.startsWith('emitterflow_')).map((c) => c.slice('emitterflow_'.length));
  const open = (step_s?: number) =>
    openEpanet(readNetwork(path), {
      file: basename(path),
      accuracy: 'file',
      backflow: 'file',
      lenient: true,
      duration_s: Math.max(1, time[time.length - 1]),
      ...(step_s === undefined ? {} : { step_s }),
      leaks: places.map((node) => ({ id: `emitter ${node}`, node })),
    });
  let opened = await open();
  // A case may have been computed at another step than the file's.
  const step = commonStep(time);
  if (opened.ok && step > 0 && step !== opened.value.model.step_s) {
    opened.value.close();
    opened = await open(step);
  }
  if (!opened.ok) throw new NotComparable(opened.problems.map((p) => `${p.file}:${p.line}: ${p.found}`).join('; '));
  try {
    const emitters = places.map((node) => emitterOf(name, node, table, time, opened.value));
    return follow(name, table, time, opened.value, emitters);
  } finally {
    opened.value.close();
  }
}

function emitterOf(name: string, node: string, table: Table, time: Float64Array, network: EpanetNetwork): Emitter {
  const flow = numbers(table, `emitterflow_${node}`) as Float64Array;
  const named = namedCoefficient(name, network);
  const seen = named === undefined ? seenCoefficient(table, node, flow) : undefined;
  if (named === undefined && seen === undefined)
    throw new NotComparable(`neither name nor series say the coefficient of the emitter at ${node}`);
  const span = namedTimes(name) ?? seenTimes(time, flow);
  const note = named === undefined ? `emitter ${seen?.toPrecision(6)} found in the series` : '';
  return { node, coefficient: named ?? (seen as number), ...span, note };
}

/** The coefficient in the file's units that a name says. */
function namedCoefficient(name: string, network: EpanetNetwork): number | undefined {
  const u = network.model.units;
  const toFile = (si: number) => si / (u.flow_m3_s * Math.sqrt(u.emitterPressure_per_m));
  const c = /_C(\d+(?:[.p]\d+)?)([a-z]*)/.exec(name);
  if (c) {
    const value = Number(c[1].replace('p', '.'));
    const unit = flowUnits.find((f) => f === c[2].toUpperCase());
    if (!unit) return value;
    const other = inpUnits(unit, 1);
    return toFile(value * other.flow_m3_s * Math.sqrt(other.pressure_per_m));
  }
  const d = /(?:^|_)(\d+(?:[.p]\d+)?)mm/.exec(name);
  if (!d) return undefined;
  const diameter_m = Number(d[1].replace('p', '.')) / 1000;
  return toFile(0.6 * (Math.PI / 4) * diameter_m ** 2 * Math.sqrt(2 * 9.81));
}

/** flow/√pressure in the middle of the series; undefined where there is no pressure of this node. */
function seenCoefficient(table: Table, node: string, flow: Float64Array): number | undefined {
  const pressure = numbers(table, `pressure_${node}`);
  if (!pressure) return undefined;
  const found = Array.from(flow, (q, i) => q / Math.sqrt(pressure[i])).filter((c) => c > 0);
  return found.sort((a, b) => a - b)[found.length >> 1];
}

function namedTimes(name: string): { from_s: number; to_s: number } | undefined {
  const seconds = (n: string, unit: string) => Number(n) * (unit === 's' ? 1 : unit === 'min' ? 60 : 3600);
  const span = /_(\d+(?:\.\d+)?)(h|min|s)?-(\d+(?:\.\d+)?)(h|min|s)(?=_|$)/.exec(name);
  if (span) return { from_s: seconds(span[1], span[2] ?? span[4]), to_s: seconds(span[3], span[4]) };
  const from = /_from_?(\d+(?:\.\d+)?)(h|min|s)(?=_|$)/.exec(name);
  return from ? { from_s: seconds(from[1], from[2]), to_s: Number.POSITIVE_INFINITY } : undefined;
}

function seenTimes(time: Float64Array, flow: Float64Array): { from_s: number; to_s: number } {
  const first = flow.findIndex((q) => q !== 0);
  if (first < 0) return { from_s: Number.POSITIVE_INFINITY, to_s: Number.POSITIVE_INFINITY };
  const after = flow.findIndex((q, i) => i > first && q === 0);
  return { from_s: time[first], to_s: after < 0 ? Number.POSITIVE_INFINITY : time[after] };
}

function follow(
  name: string,
  table: Table,
  time: Float64Array,
  network: EpanetNetwork,
  emitters: readonly Emitter[],
): ValidationRow[] {
  const { state, model } = network;
  const { units } = model;
  const columns = table.columns.flatMap((column) => {
    const read = reader(network, column);
    const reference = numbers(table, column) as Float64Array;
    return read ? [{ ...read, column, reference }] : [];
  });
  const known = new Set([...columns.map((c) => c.column), 'time_s', 'iterations', 'relerr']);
  const missing = table.columns.filter((c) => !known.has(c));
  const worst = new Differences();
  let row = 0;
  let common = 0;
  do {
    const now = state.clock[1];
    emitters.forEach((e, i) => {
      const on = now >= e.from_s && now < e.to_s;
      state.leakCoefficient[i] = on ? e.coefficient * units.flow_m3_s * Math.sqrt(units.emitterPressure_per_m) : 0;
    });
    network.solve();
    while (row < time.length && time[row] < now) row++;
    if (time[row] !== now) continue;
    common++;
    for (const c of columns) worst.add(c.kind, c.value() - c.reference[row] * c.scale, `${c.column} at ${now} s`);
  } while (network.advance() > 0);
  const flows = columns.filter((c) => c.kind === 'flow');
  let top = 0;
  for (const c of flows.length > 0 ? flows : columns.filter((x) => x.kind === 'demand'))
    for (const q of c.reference) top = Math.max(top, Math.abs(q) * c.scale);

  const notes = emitters.map((e) => e.note).filter((n) => n !== '');
  const rows = [
    judge(name, 'times of solution missed', time.length - common, 0, '', `${time.length} in the reference`),
  ];
  const add = (kind: string, metric: string, target: number, unit: string, scale = 1) => {
    const w = worst.get(kind);
    if (!w) return;
    const note = [`${w.place}; ${w.n} values`, ...notes].join('; ');
    rows.push(judge(name, metric, w.difference / scale, target, unit, note));
  };
  add('head', 'head, worst', HEAD_TARGET_m, 'm');
  add('pressure', 'pressure, worst', HEAD_TARGET_m, 'm');
  add('flow', 'flow, worst', FLOW_TARGET, 'of max', top);
  add('demand', 'demand, worst', FLOW_TARGET, 'of max', top);
  add('emitterflow', 'emitter flow, worst', FLOW_TARGET, 'of max', top);
  add('status', 'status, open or closed', 0, '');
  if (missing.length > 0) rows.push(skipped(name, 'other columns', `no counterpart here: ${missing.join(', ')}`));
  return rows;
}

/** How a column is read from the network; `scale` takes the reference to the same unit. */
function reader(network: EpanetNetwork, column: string) {
  const { model, state } = network;
  const { units } = model;
  const split = column.indexOf('_');
  const kind = column.slice(0, split);
  const id = column.slice(split + 1);
  const node = model.nodeIndex.get(id) ?? -1;
  const link = model.linkIndex.get(id) ?? -1;
  if (kind === 'head' && node >= 0) return { kind, scale: units.length_m, value: () => state.nodeHead_m[node] };
  if (kind === 'pressure' && node >= 0)
    return {
      kind,
      scale: 1 / units.pressure_per_m,
      value: () => state.nodeHead_m[node] - model.nodeElevation_m[node],
    };
  if (kind === 'demand' && node >= 0) return { kind, scale: units.flow_m3_s, value: () => state.nodeDemand_m3_s[node] };
  if (kind === 'emitterflow' && node >= 0)
    return { kind, scale: units.flow_m3_s, value: () => state.nodeEmitterFlow_m3_s[node] };
  if (kind === 'flow' && link >= 0) return { kind, scale: units.flow_m3_s, value: () => state.linkFlow_m3_s[link] };
  if (kind === 'status' && link >= 0) return { kind, scale: 1, value: () => state.linkOpen[link] };
  return undefined;
}
