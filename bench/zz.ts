import { readPlant, preparePlant, createSim, type TransientSpec } from '../sim/index.ts';
import { unwrap, createFrame, formatProblem } from '../models/contract/index.ts';
import { massBalanceError_m3 } from '../models/physics/index.ts';
const r = readPlant('models/plants/district-transient.yaml');
if (!r.ok) { console.log(r.problems.map(formatProblem).join('\n')); process.exit(1); }
const spec = r.value.value as TransientSpec;
const calm = process.argv.includes('calm') ? { ...spec, demands: { ...spec.demands, variation: 0, daily: [1], weekly: undefined }, transient: { ...spec.transient, pulses: undefined } } : spec;
await preparePlant(spec);
let t0 = performance.now();
const sim = createSim(calm, { seed: 1, leaks: [{ id: 'leak-1', pipe: 'A12', fraction: 0.4, dischargeCoefficient: 0.6 }] });
console.log('start', (performance.now() - t0).toFixed(0), 'ms; error', sim.physics.model.startError_m, 'sections', sim.physics.model.network.nSection);
const w = sim.physics.model.network.waveSpeeds; console.log('adj', Math.max(...w.map(x=>Math.abs(x.waveSpeedAdjustment))), w.filter(x=>x.lengthAdjustment_m!==0).map(x=>`${x.pipe} ${x.lengthAdjustment_m.toFixed(1)}`).join(' '));
const frame = createFrame(sim.layout);
const h0 = Float64Array.from(sim.physics.state.network.nodeHead_m);
t0 = performance.now();
const N=Number(process.argv[2]??60);
for (let i=0;i<N;i++) { sim.scan(frame); if (i===0||i===9||i===59||i%600===599) { let m=0; sim.physics.state.network.nodeHead_m.forEach((h,n)=>{m=Math.max(m,Math.abs(h-h0[n]!))}); console.log(i+1,'s: moved',m.toExponential(2),'defect',sim.physics.massDefect().toExponential(2), massBalanceError_m3(sim.physics.model.network, sim.physics.state.network).toExponential(2), sim.violations().join(';')); } }
console.log('wall per simulated s', ((performance.now()-t0)/N).toFixed(3),'ms');
