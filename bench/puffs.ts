/**
 * What the air as puffs costs: the open public case of a puff code (1 g/s from one point, a puff every second, 8 and 64
 * sensors in a ring of 40 to 50 m, a wind of 3 ± 2 m/s that turns, 6 h in steps of 1 s) in sensor-seconds per wall second on
 * one core, and by how much culling and merging change the sensors' means. Figures and their reference come from one run.
 * `npx tsx bench/puffs.ts [--json]`
 */
import { type AirWeather, createPuffs } from '../models/physics/air/index.ts';
import { printReport, type Report, type Row } from './report.ts';

const HOURS = 6;
/** The first ones are spent on compiling: the best counts. */
const ROUNDS = 10;

const GRASS: AirWeather = {
  windU_m_s: 3,
  windV_m_s: 0,
  windHeight_m: 3,
  roughness_m: 0.03,
  frictionVelocity_m_s: (0.4 * 3) / Math.log(3 / 0.03),
  inverseObukhov_1_m: 0,
  mixingHeight_m: 800,
  sigmaTheta_rad: 0.12,
  temperature_K: 288,
  pressure_Pa: 101325,
  relativeHumidity: 0.5,
  solar_W_m2: 300,
  cloud: 0.5,
};

/** Sensors at 1.5 … 2.5 m, 40 … 50 m from the source. */
function ring(n: number): Float64Array {
  return Float64Array.from(
    Array.from({ length: n }, (_, i) => {
      const angle = (2 * Math.PI * i) / n;
      const radius = 40 + (10 * ((i * 7) % n)) / n;
      return [radius * Math.cos(angle), radius * Math.sin(angle), 1.5 + (i % 3) * 0.5];
    }).flat(),
  );
}

interface Outcome {
  readonly seconds: number;
  readonly means: Float64Array;
  readonly puffs: number;
}

function spent(start: NodeJS.CpuUsage): number {
  return process.cpuUsage(start).user / 1e6;
}

function sixHours(points: Float64Array, exact: boolean): Outcome {
  const n = points.length / 3;
  // Merged twice as boldly as by default: the rows below say what that costs.
  const options = exact
    ? { mergeSpacing: 0, cut_sigmas: Number.POSITIVE_INFINITY, extent_m: 2000 }
    : { extent_m: 75, mergeSpacing: 0.8 };
  const model = createPuffs({ species: 1, ...options });
  const weather = { ...GRASS };
  const now = new Float64Array(n);
  const means = new Float64Array(n);
  let puffs = 0;
  const steps = HOURS * 3600;
  // Processor time: what else the machine does is not the puffs' doing.
  const start = process.cpuUsage();
  for (let t = 0; t < steps; t += 1) {
    // 3 ± 2 m/s over twenty minutes and two, all round the compass in three hours with swings of half a minute.
    const speed = 3 + 1.4 * Math.sin(t / 191) + 0.6 * Math.sin(t / 17);
    const heading = (2 * Math.PI * t) / 10800 + 0.3 * Math.sin(t / 29);
    weather.windU_m_s = speed * Math.cos(heading);
    weather.windV_m_s = speed * Math.sin(heading);
    model.emit(0, 0, 0, 2, 0.001, 0, 0);
    model.step(weather, 1);
    model.concentrations(0, points, now);
    for (let i = 0; i < n; i += 1) means[i] += now[i] / steps;
    puffs += model.count / steps;
  }
  return { seconds: spent(start), means, puffs };
}

function benchPuffs(): Report {
  const rows: Row[] = [];
  for (const n of [8, 64]) {
    const points = ring(n);
    let best = sixHours(points, false);
    for (let round = 1; round < ROUNDS; round += 1) {
      const again = sixHours(points, false);
      if (again.seconds < best.seconds) best = again;
    }
    const exact = sixHours(points, true);
    const change = best.means.map((m, i) => Math.abs(m / exact.means[i] - 1));
    const total = (a: Float64Array) => a.reduce((sum, m) => sum + m, 0);
    const rate = (o: Outcome) => (n * HOURS * 3600) / o.seconds / 1e6;
    rows.push(
      {
        name: `${n} sensors, ${best.puffs.toFixed(0)} puffs in the air`,
        value: rate(best),
        unit: 'M sensor-s per s',
        ratio: rate(best) / rate(exact),
        against: `every puff felt everywhere, none merged (${exact.puffs.toFixed(0)} puffs)`,
      },
      { name: '  change of the mean of all', value: 100 * (total(best.means) / total(exact.means) - 1), unit: '%' },
      { name: '  change of a mean, the worst', value: 100 * Math.max(...change), unit: '%' },
    );
  }
  return { bench: 'puffs', rows };
}

printReport(benchPuffs());
