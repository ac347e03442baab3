/**
 * What a detector costs by itself: scans per second of processor of each recipe on frames made beforehand, of the plant that
 * it is meant for. `npx tsx bench/pipelines.ts [--json] [--scans N]`
 */
import { createPipeline, readRecipe } from '../detector/index.ts';
import { copyFrame, createFrame, type Frame, unwrap } from '../models/contract/index.ts';
import { ScenarioEngine } from '../scenarios/engine/index.ts';
import { resolveInputs } from '../scenarios/run/index.ts';
import { readInputs } from '../scenarios/run/inputs.ts';
import { preparePlant } from '../sim/index.ts';
import { printReport, type Row, rounded } from './report.ts';

const at = process.argv.indexOf('--scans');
const SCANS = at < 0 ? 3600 : Number(process.argv[at + 1]);
const ROUNDS = 7;
const TARGET = 100_000;
const SEED = 7;
const WATCHED: readonly (readonly [scenario: string, recipes: readonly string[]])[] = [
  ['crude-half-percent', ['null', 'balance', 'wave', 'balance+wave', 'tags-cusum', 'tags-ewma', 'threshold']],
  ['gas-five-percent', ['gas-balance']],
  ['lift-medium', ['lift-balance']],
  ['farm-leak-during-transfer', ['tank-cusum']],
  ['district-burst', ['district-flow', 'district-pressure']],
];

const rows: Row[] = [];
for (const [scenario, recipes] of WATCHED) {
  const { plant, ...inputs } = unwrap(readInputs(scenario));
  const resolved = unwrap(resolveInputs({ plant, ...inputs }, SEED));
  await preparePlant(plant.spec);
  const engine = new ScenarioEngine(resolved, plant.spec);
  const { layout, asBuilt } = engine;
  const frames: Frame[] = [];
  const frame = createFrame(layout);
  while (frames.length < SCANS && engine.advance(frame)) {
    const own = createFrame(layout);
    copyFrame(frame, own);
    frames.push(own);
  }
  engine.close();
  for (const name of recipes) {
    const recipe = unwrap(readRecipe(name));
    let best = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const pipeline = createPipeline(recipe, layout, asBuilt);
      const from = process.cpuUsage();
      for (const f of frames) pipeline.step(f);
      const { user, system } = process.cpuUsage(from);
      best = Math.max(best, (frames.length / (user + system)) * 1e6);
    }
    rows.push({
      name: `${name} on ${plant.spec.plant}: ${layout.tags.length} tags, ${layout.columns} columns`,
      value: rounded(best),
      unit: 'scans/CPU s',
      ratio: rounded(best / TARGET),
      against: `the target of ${TARGET}`,
    });
  }
}
printReport({ bench: 'pipelines', seed: SEED, scans: SCANS, rows });
