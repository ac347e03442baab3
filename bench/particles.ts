/**
 * What particles among obstacles cost: 20,000 parcels among 60 boxes and cylinders at steps of half a second against real time,
 * and rays per second of the flat arrays and of Rapier over the same scene. `npx tsx bench/particles.ts [--json]`
 */
import { seeded } from '../models/kernel/index.ts';
import type { AirWeather } from '../models/physics/air/air.ts';
import { compileWindField, createParticles, createSolids, type Solid } from '../models/physics/air/particles/index.ts';
import { createColliders } from '../sim/site/index.ts';
import { printReport, type Row } from './report.ts';

const weather: AirWeather = {
  windU_m_s: 3,
  windV_m_s: 1,
  windHeight_m: 10,
  roughness_m: 0.1,
  frictionVelocity_m_s: 0.3,
  inverseObukhov_1_m: -0.01,
  mixingHeight_m: 600,
  sigmaTheta_rad: 0.2,
  temperature_K: 290,
  pressure_Pa: 101325,
  relativeHumidity: 0.5,
  solar_W_m2: 400,
  cloud: 0.3,
};

const chance = seeded(1).stream('yard');
const solids: Solid[] = [];
for (let i = 0; i < 60; i += 1) {
  const x_m = ((i % 10) - 4.5) * 30 + 6 * (chance.uniform(3 * i) - 0.5);
  const y_m = (Math.floor(i / 10) - 2.5) * 30 + 6 * (chance.uniform(3 * i + 1) - 0.5);
  const z1_m = 5 + 10 * chance.uniform(3 * i + 2);
  solids.push(
    i % 2 === 0
      ? { kind: 'cylinder', x_m, y_m, z0_m: 0, z1_m, radius_m: 7 }
      : { kind: 'box', x_m, y_m, z0_m: 0, z1_m, length_m: 14, width_m: 10, heading_rad: 0.1 * i },
  );
}

const rows: Row[] = [];
const timed = (work: () => void): number => {
  const from = performance.now();
  work();
  return (performance.now() - from) / 1000;
};

const walls = createSolids(solids);
let flow: ReturnType<typeof compileWindField>;
rows.push({
  name: 'wind field, 24 directions',
  value: timed(() => {
    flow = compileWindField({ solids, roughness_m: 0.1, margin_m: 40 });
  }),
  unit: 's',
});
rows.push({ name: 'its cells', value: flow ? flow.nx * flow.ny * flow.nz : 0, unit: '' });
const far = { x0_m: -1e5, y0_m: -1e5, x1_m: 1e5, y1_m: 1e5 };
const model = createParticles({
  seed: 1,
  capacity: 20_000,
  parcelsPerSecond: 2000,
  walls,
  domain: far,
  ...(flow ? { flow } : {}),
});
for (let k = 0; k < 20; k += 1) {
  model.emit(0, -120 + 12 * k, 15, 2, 1, 1, 1);
  model.step(weather, 0.5);
}
const before = model.count();
const steps = 20;
const took_s = timed(() => {
  for (let k = 0; k < steps; k += 1) model.step(weather, 0.5);
});
rows.push({ name: 'parcels among 60 obstacles', value: before, unit: '' });
rows.push({ name: 'simulated over wall time', value: (0.5 * steps) / took_s, unit: 'x real time' });

const n = 200_000;
const ends = Float64Array.from({ length: 6 * 4096 }, (_, i) => {
  const f = chance.uniform(1000 + i);
  return i % 3 === 2 ? 1 + 15 * f : (f - 0.5) * 300;
});
// From free air, as the contract of Walls asks: a ray out of a body hits it at once in Rapier and not at all in the arrays.
for (let o = 0; o < ends.length; o += 6)
  for (let k = 0; walls.inside(ends[o]!, ends[o + 1]!, ends[o + 2]!); k += 1)
    ends[o] = (chance.uniform(1e6 + o + 7e6 * k) - 0.5) * 300;
const colliders = await createColliders(walls);
for (const [name, cast] of [
  ['flat arrays', walls.cast],
  ['Rapier', colliders.cast],
] as const) {
  let hits = 0;
  const seconds = timed(() => {
    for (let i = 0; i < n; i += 1) {
      const o = 6 * (i & 4095);
      if (cast(ends[o]!, ends[o + 1]!, ends[o + 2]!, ends[o + 3]!, ends[o + 4]!, ends[o + 5]!) <= 1) hits += 1;
    }
  });
  rows.push({ name: `rays of 150 m, ${name} (${hits} hits)`, value: n / seconds / 1000, unit: 'thousand/s' });
}
colliders.free();

const camera = createParticles({ seed: 2, capacity: 5000, parcelsPerSecond: 250, walls, domain: far });
for (let k = 0; k < 40; k += 1) {
  camera.emit(0, -120, 15, 2, 1, 1, 1);
  camera.step(weather, 0.5);
}
let seen = 0;
const frame_s = timed(() => {
  for (let j = 0; j < 48; j += 1)
    for (let i = 0; i < 64; i += 1)
      if (camera.column_kg_m2(0, -150, -100, 3, -150 + (300 * i) / 63, 100, (25 * j) / 47) > 0) seen += 1;
});
rows.push({ name: `a frame of 64 × 48 columns, ${camera.count()} parcels (${seen} lit)`, value: frame_s, unit: 's' });
printReport({ bench: 'particles', rows });
