/**
 * The EPANET adapter against WNTR's own simulator, demand-driven and pressure-driven, with leaks of a given area:
 * q = Cd A √(2 g p), g = 9.81. Parameters come from the JSON beside each series (network, mode, steps, required and minimum
 * pressure, leak nodes, area, Cd, start, end); the leak becomes an emitter of the same law. SI: `head_<node>_m`,
 * `demand_<node>_m3s` (of a tank or reservoir: what flows into it), `leak_<node>_m3s`, `flow_<link>_m3s`.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type EpanetNetwork, leakCoefficient, openEpanet } from '../../models/physics/epanet/index.ts';
import { numbers } from './caseFiles.ts';
import { actOnLevels, secondsToLevel, takeLevelControls } from './networkControls.ts';
import { Differences, NotComparable, networkName, networkOf, readNetwork, readTable } from './networkFiles.ts';
import { judge, skipped, type ValidationRow } from './table.ts';

const HEAD_TARGET_m = 1e-3;
const FLOW_TARGET_m3_s = 1e-6;
const WNTR_GRAVITY = 9.81;

interface Parameters {
  readonly net?: string;
  readonly mode?: string;
  readonly duration_s?: number;
  readonly hyd_step_s?: number;
  readonly required_pressure?: number;
  readonly minimum_pressure?: number;
  readonly leak_nodes?: readonly string[];
  readonly area_m2?: number | readonly number[] | Readonly<Record<string, number>>;
  readonly Cd?: number;
  readonly start_s?: number | null;
  readonly end_s?: number | null;
}

/** Rows of one case of `<dir>/wntr`. */
export async function validateWntr(
  dataDir: string,
  name: string,
  networks: ReadonlyMap<string, string>,
): Promise<ValidationRow[]> {
  const p = JSON.parse(readFileSync(join(dataDir, 'wntr', `${name}.json`), 'utf8')) as Parameters;
  const path = networkOf(p.net === undefined ? name : networkName(p.net), networks);
  const table = readTable(join(dataDir, 'wntr', `${name}.csv`));
  const time = numbers(table, 'time_s');
  if (!time || time.length === 0) throw new NotComparable('the series has no column time_s');
  const nodes = (p.leak_nodes ?? []).map(String);
  const required_m = p.required_pressure ?? 0.07;
  const file = basename(path);
  const { text, controls } = takeLevelControls(readNetwork(path), file);
  const opened = await openEpanet(text, {
    file,
    lenient: true,
    duration_s: p.duration_s ?? time[time.length - 1],
    ...(p.hyd_step_s === undefined ? {} : { step_s: p.hyd_step_s }),
    leaks: nodes.map((node) => ({ id: `leak ${node}`, node })),
    demandModel: /^PD/i.test(p.mode ?? 'DD')
      ? { kind: 'pressure-driven', minimum_m: p.minimum_pressure ?? 0, required_m }
      : { kind: 'demand-driven' },
  });
  if (!opened.ok) throw new NotComparable(opened.problems.map((x) => `${x.file}:${x.line}: ${x.found}`).join('; '));
  const network = opened.value;
  try {
    const coefficients = nodes.map((node, i) => leakCoefficient(p.Cd ?? 0.75, areaOf(p, node, i), WNTR_GRAVITY));
    const columns = table.columns.flatMap((column) => {
      const read = reader(network, column);
      return read ? [{ ...read, column, reference: numbers(table, column) as Float64Array }] : [];
    });
    const worst = new Differences();
    let row = 0;
    let common = 0;
    let moved = 0;
    do {
      const now = network.state.clock[1];
      const on = now >= (p.start_s ?? 0) && now < (p.end_s ?? Number.POSITIVE_INFINITY);
      coefficients.forEach((c, i) => {
        network.state.leakCoefficient[i] = on ? c : 0;
      });
      actOnLevels(network, controls);
      network.solve();
      while (row < time.length && time[row] < now) row++;
      if (time[row] === now) {
        common++;
        for (const c of columns) worst.add(c.kind, c.value() - c.reference[row], `${c.column} at ${now} s`);
      }
      // WNTR stops at the very second of a leak, too.
      const limit = [p.start_s, p.end_s].reduce<number>(
        (least, t) => (t != null && t > now ? Math.min(least, t - now) : least),
        network.model.step_s,
      );
      moved = network.advance(secondsToLevel(network, controls, Math.ceil(limit)));
    } while (moved > 0);

    const rows = [
      judge(name, 'times of solution missed', time.length - common, 0, '', `${time.length} in the reference`),
    ];
    const add = (kind: string, metric: string, target: number, unit: string) => {
      const w = worst.get(kind);
      if (w) rows.push(judge(name, metric, w.difference, target, unit, `${w.place}; ${w.n} values`));
    };
    add('head', 'head, worst', HEAD_TARGET_m, 'm');
    add('pressure', 'pressure, worst', HEAD_TARGET_m, 'm');
    add('flow', 'flow, worst', FLOW_TARGET_m3_s, 'm³/s');
    add('demand', 'demand, worst', FLOW_TARGET_m3_s, 'm³/s');
    add('leak', 'leak, worst', FLOW_TARGET_m3_s, 'm³/s');
    const known = new Set([...columns.map((c) => c.column), 'time_s']);
    const missing = table.columns.filter((c) => !known.has(c));
    if (missing.length > 0) rows.push(skipped(name, 'other columns', `no counterpart here: ${missing.join(', ')}`));
    return rows;
  } finally {
    network.close();
  }
}

function areaOf(p: Parameters, node: string, i: number): number {
  const area = p.area_m2;
  const found =
    typeof area === 'number' ? area : Array.isArray(area) ? area[i] : (area as Record<string, number>)?.[node];
  if (!(Number(found) >= 0)) throw new NotComparable(`the parameters give no area_m2 for node ${node}`);
  return Number(found);
}

function reader(network: EpanetNetwork, column: string) {
  const { model, state } = network;
  const m = /^(head|pressure|demand|leak|flow)_(.+)_(?:m|m3s)$/.exec(column);
  if (!m) return undefined;
  const [, kind, id] = m;
  const node = model.nodeIndex.get(id) ?? -1;
  const link = model.linkIndex.get(id) ?? -1;
  if (kind === 'flow') return link < 0 ? undefined : { kind, value: () => state.linkFlow_m3_s[link] };
  if (node < 0) return undefined;
  if (kind === 'head') return { kind, value: () => state.nodeHead_m[node] };
  if (kind === 'pressure') return { kind, value: () => state.nodeHead_m[node] - model.nodeElevation_m[node] };
  if (kind === 'leak') return { kind, value: () => state.nodeEmitterFlow_m3_s[node] };
  const source = model.sourceNode.indexOf(node);
  return { kind, value: () => (source < 0 ? state.nodeDemand_m3_s[node] : -state.sourceFlow_m3_s[source]) };
}
