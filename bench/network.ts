/**
 * What the EPANET adapter costs: L-Town for 7 days at 5 min through it (heads, demands, flows, tanks, equipment read in SI at
 * every step, connections and pressures inspected) against the same steps on the bare engine, which reads nothing. Then what
 * leaks, finer accuracy, stochastic demands and snapshots add. Rounds alternate; each figure is the best of them.
 * Needs the reference data (LEAKTWIN_REFERENCE or ../shared/reference). `npx tsx bench/network.ts [--json]`
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadEngine, openText, startEngine } from '../models/physics/epanet/engine.ts';
import { type EpanetOptions, leakCoefficient, openDemands, openEpanet } from '../models/physics/epanet/index.ts';
import { printReport, type Report, type Row } from './report.ts';

const ROUNDS = 15;
const DAYS = 7;
const FILE: EpanetOptions = { accuracy: 'file', backflow: 'file', duration_s: DAYS * 86400 };

/** Seconds per step of the engine alone: run, next, and nothing else. */
async function bare(text: string): Promise<{ seconds: number; steps: number }> {
  const engine = startEngine(await loadEngine());
  if (openText(engine, text).code > 0) throw new Error('the network was not opened');
  const { module, project, out } = engine;
  module._EN_setstatusreport(project, 0);
  module._EN_openH(project);
  module._EN_initH(project, 0);
  let steps = 0;
  const start = performance.now();
  do {
    module._EN_runH(project, out);
    steps++;
    module._EN_nextH(project, out);
  } while (module.HEAP32[out >> 2] > 0);
  const seconds = (performance.now() - start) / 1000 / steps;
  module._EN_close(project);
  return { seconds, steps };
}

/** Seconds per step through the adapter. */
async function adapted(
  text: string,
  options: EpanetOptions,
  act: 'nothing' | 'leak' | 'demands' = 'nothing',
): Promise<{ seconds: number; steps: number }> {
  const opened = await openEpanet(text, options);
  if (!opened.ok) throw new Error(opened.problems[0].found);
  const network = opened.value;
  const { state, model } = network;
  const demands = openDemands(1, model.nodeIds, { step_s: 300, variation: 0.2 });
  let steps = 0;
  const start = performance.now();
  do {
    if (act === 'leak') state.leakCoefficient[0] = steps % 500 > 250 ? leakCoefficient(0.6, 1e-4) : 0;
    if (act === 'demands') demands.fill(demands.index(state.clock[1]), state.nodeDemandMultiplier);
    network.solve();
    steps++;
  } while (network.advance() > 0);
  const seconds = (performance.now() - start) / 1000 / steps;
  network.close();
  return { seconds, steps };
}

async function snapshotCost(text: string): Promise<{ seconds: number; bytes: number }> {
  const opened = await openEpanet(text, FILE);
  if (!opened.ok) throw new Error(opened.problems[0].found);
  opened.value.solve();
  const start = performance.now();
  let bytes = 0;
  for (let i = 0; i < 20; i++) {
    const kept = opened.value.snapshot();
    opened.value.restore(kept);
    bytes = kept.length;
  }
  return { seconds: (performance.now() - start) / 1000 / 20, bytes };
}

export async function benchNetwork(text: string): Promise<Report> {
  const best = { bare: Infinity, adapter: Infinity, fine: Infinity, leak: Infinity, demands: Infinity };
  let steps = 0;
  const leaks = [{ id: 'leak', pipe: 'p400', fraction: 0.5 }];
  for (let round = 0; round < ROUNDS; round++) {
    const engine = await bare(text);
    const adapter = await adapted(text, FILE);
    if (engine.steps !== adapter.steps) throw new Error(`${engine.steps} steps against ${adapter.steps}`);
    steps = engine.steps;
    best.bare = Math.min(best.bare, engine.seconds);
    best.adapter = Math.min(best.adapter, adapter.seconds);
    if (round > 1) continue;
    const fine = { duration_s: DAYS * 86400 };
    best.fine = Math.min(best.fine, (await adapted(text, fine)).seconds);
    best.leak = Math.min(best.leak, (await adapted(text, { ...fine, leaks }, 'leak')).seconds);
    best.demands = Math.min(best.demands, (await adapted(text, fine, 'demands')).seconds);
  }
  const snapshot = await snapshotCost(text);
  const row = (name: string, seconds: number, of: number, against: string): Row => ({
    name,
    value: seconds * 1e6,
    unit: 'µs/step',
    ratio: seconds / of,
    against,
  });
  return {
    bench: 'network',
    rows: [
      row(`bare epanet-js, L-Town, ${DAYS} days, ${steps} steps`, best.bare, best.bare, 'itself'),
      row('adapter, the same steps', best.adapter, best.bare, 'bare epanet-js (target 1.2)'),
      row('adapter at Accuracy 1e-5', best.fine, best.adapter, "adapter at the file's 0.01"),
      row('  with a leak that opens and closes', best.leak, best.fine, 'without'),
      row('  with stochastic demands at every node', best.demands, best.fine, 'without'),
      {
        name: `snapshot and restore, ${(snapshot.bytes / 1e6).toFixed(1)} MB`,
        value: snapshot.seconds * 1e3,
        unit: 'ms',
        ratio: snapshot.seconds / best.adapter,
        against: 'a step of the adapter',
      },
    ],
  };
}

const reference = process.env.LEAKTWIN_REFERENCE ?? resolve(import.meta.dirname, '../../shared/reference');
const path = join(reference, 'hydraulics', 'networks', 'L-TOWN.inp');

async function main(): Promise<void> {
  if (!existsSync(path)) {
    console.error(`the bench needs L-TOWN.inp, which is not at ${path}: set LEAKTWIN_REFERENCE`);
    process.exitCode = 2;
    return;
  }
  printReport(await benchNetwork(readFileSync(path, 'utf8')));
}

await main();
