import { createPipeline, readRecipe } from './detector/index.ts';
import { createFrame, isRaised, unwrap, incidentsOf } from './models/contract/index.ts';
import { ScenarioEngine } from './scenarios/engine/index.ts';
import { readInputs, resolveInputs } from './scenarios/run/index.ts';
import * as run from './scenarios/run/inputs.ts';
import { alarmLine } from './scenarios/run/alarmText.ts';
import { preparePlant } from './sim/index.ts';
const [rec, seeds, ...scs] = process.argv.slice(2);
for (const sc of scs) for (const seed of seeds!.split(',').map(Number)) {
  const inputs = unwrap(readInputs(sc));
  await preparePlant(inputs.plant.spec);
  const resolved = unwrap(run.resolveInputs(inputs, seed));
  const engine = new ScenarioEngine(resolved, inputs.plant.spec, {});
  const p = createPipeline(unwrap(readRecipe(rec!)), engine.layout, engine.asBuilt);
  const f = createFrame(engine.layout); const ev: any[] = []; const truth: any[] = [];
  while (engine.advance(f)) { truth.push(...engine.drainTruth()); ev.push(...p.step(f)); }
  console.log(`== ${sc} ${seed}: ${truth.filter(t=>/leak.(opened|closed)/.test(t.kind)).map(t=>`${t.kind} ${t.ref} ${t.timeUs/1e6} @${t.position_m}`).join(' ; ')}  events ${ev.length} raised ${ev.filter(isRaised).length} further ${ev.filter(e=>e.again==='further').length}`);
  if (process.env['ALL']) for (const e of ev) console.log(`   ${e.from}->${e.to}${e.under?'/'+e.under:''} ${e.again??''} ${e.incident??''} p${e.priority} ${alarmLine(e)}`);
  else for (const e of ev.filter(e=>e.again==='further')) console.log('  ', alarmLine(e));
  engine.close();
}
