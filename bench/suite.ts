/**
 * What suites cost: smoke on all cores, scenarios per minute, one worker against two, the judge's and the recorder's share of a
 * run, kept frames against new ones, and three leak-free years of crude-line by extrapolation from a sample. All ratios are of one run.
 *
 *   npx tsx bench/suite.ts [days of the sample, default 1]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createPipeline } from '../detector/index.ts';
import { type AlarmEvent, createFrame, unwrap } from '../models/contract/index.ts';
import { findDocument, packageRoot } from '../models/document/index.ts';
import { ScenarioEngine } from '../scenarios/engine/index.ts';
import { readSuite, resolveInputs, runScenario } from '../scenarios/run/index.ts';
import { codeDigest } from '../scenarios/run/inputs.ts';
import { doJob } from '../scenarios/run/job.ts';
import { preparePlant } from '../sim/index.ts';
import { printReport, type Row, rounded, rowText } from './report.ts';

/** 3 · 365.25 · 86,400 s in 2 · 600 s of processor. */
const NEEDED = 79_000;
const DAYS = Number(process.argv.slice(2).find((a) => !a.startsWith('-')) ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'leaktwin-bench-'));
const program = join(packageRoot, 'dist/leaktwin.js');
const rows: Row[] = [];
function tell(row: Row): void {
  rows.push(row);
  // Told at once too: on a busy machine the whole takes a while.
  console.error(rowText(row));
}

/** Seconds of processor of all threads of this process: what other programs on the machine hardly change. */
async function processor_s(work: () => unknown): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

interface Spent {
  readonly wall_s: number;
  /** Of the busiest of its processes. */
  readonly busiest_s: number;
}

function suite(name: string, workers: number, count: number): Spent {
  const out = join(folder, `${basename(name)}-${workers}`);
  const args = ['suite', name, '--count', `${count}`, '--workers', `${workers}`, '--out', out];
  const from = performance.now();
  try {
    execFileSync(process.execPath, [program, ...args], { stdio: 'ignore' });
  } catch (error) {
    // 1: some verdict failed, which is not what is measured here.
    if ((error as { status: number }).status !== 1) throw error;
  }
  const wall_s = (performance.now() - from) / 1000;
  const { processor_s } = JSON.parse(readFileSync(join(out, 'suite.json'), 'utf8')) as { processor_s: number[] };
  return { wall_s, busiest_s: Math.max(...processor_s) };
}

const cores = availableParallelism();
const smoke = suite('smoke', cores, 1);
for (const [what, s] of [
  ['', smoke.wall_s],
  [': processor time of the busiest process', smoke.busiest_s],
] as const)
  tell({
    name: `smoke, ${cores} workers${what}`,
    value: rounded(s),
    unit: 's',
    ratio: rounded(s / 60),
    against: 'one minute',
  });

// Against one worker twice: by the clock, which needs two idle cores, and by the processor time of the busiest process, which
// is what the clock would say on them.
const RUNS = 24;
const one = suite('crude-one-percent', 1, RUNS);
const two = suite('crude-one-percent', 2, RUNS);
tell({
  name: `crude-one-percent × ${RUNS}, one worker`,
  value: rounded((60 * RUNS) / one.wall_s),
  unit: 'scenarios/min',
});
tell({
  name: `crude-one-percent × ${RUNS}, two workers`,
  value: rounded((60 * RUNS) / two.wall_s),
  unit: 'scenarios/min',
  ratio: rounded(one.wall_s / two.wall_s),
  against: 'one worker',
});
tell({
  name: `crude-one-percent × ${RUNS}, two workers: processor time of the busier`,
  value: rounded(two.busiest_s),
  unit: 'CPU s',
  ratio: rounded(one.busiest_s / two.busiest_s),
  against: `one worker's ${rounded(one.busiest_s)} CPU s`,
});

// Plant and detector alone, then what judges and records on top of them; processor time and the least of three, as others
// share the machine. The recorder's encoder has a thread of its own, which counts here and not in a run's wall time.
const read = unwrap(readSuite('crude-half-percent', { recipes: ['balance+wave'], count: 1, seed: 1 }));
const inputs = read.scenarios[0]!;
const recipe = read.recipes[0]![0]!;
const resolved = unwrap(resolveInputs(inputs, 1));
async function bare(): Promise<void> {
  await preparePlant(inputs.plant.spec);
  const engine = new ScenarioEngine(resolved, inputs.plant.spec);
  const pipeline = createPipeline(recipe, engine.layout, engine.asBuilt);
  const frame = createFrame(engine.layout);
  const alarms: AlarmEvent[] = [];
  while (engine.advance(frame)) {
    engine.drainTruth();
    alarms.push(...pipeline.step(frame));
  }
  engine.close();
}
const cache = join(folder, 'cache');
const times: Record<string, number[]> = { bare: [], judged: [], recorded: [], kept: [] };
await doJob(read, read.jobs[0]!, { cache });
for (let turn = 0; turn < 3; turn += 1) {
  times.bare!.push(await processor_s(bare));
  times.judged!.push(await processor_s(() => doJob(read, read.jobs[0]!)));
  times.recorded!.push(
    await processor_s(() =>
      runScenario({ inputs, recipe, transport: 'inproc', pace: { kind: 'lockstep' }, out: join(folder, 'run') }),
    ),
  );
  times.kept!.push(await processor_s(() => doJob(read, read.jobs[0]!, { cache })));
}
const least = (name: string) => Math.min(...times[name]!);
const against = 'plant and detector alone';
tell({ name: 'crude-half-percent (2 h): plant and detector alone', value: rounded(least('bare')), unit: 'CPU s' });
tell({
  name: 'the same, judged',
  value: rounded(least('judged')),
  unit: 'CPU s',
  ratio: rounded(least('judged') / least('bare')),
  against,
});
tell({
  name: 'the same, judged and recorded',
  value: rounded(least('recorded')),
  unit: 'CPU s',
  ratio: rounded(least('recorded') / least('bare')),
  against,
});
const bytes = (readdirSync(cache, { recursive: true }) as string[]).reduce(
  (n, f) => n + statSync(join(cache, f)).size,
  0,
);
tell({
  name: `the same, judged on kept frames (${rounded(bytes / 1e6)} MB)`,
  value: rounded(least('kept')),
  unit: 'CPU s',
  ratio: rounded(least('judged') / least('kept')),
  against: 'simulated anew',
});

// The line at one physics step a second and a scan in five, with the balance alone: a wave needs its 20 Hz.
const { text } = unwrap(findDocument('plant', 'crude-line'));
writeFileSync(
  join(folder, 'coarse.yaml'),
  text.replace('step: 50 ms, scan: 1 s', 'step: 1 s, scan: 5 s').replaceAll('rate: 20 Hz, ', ''),
);
const quiet = unwrap(findDocument('scenario', 'crude-quiet-day')).text;
writeFileSync(
  join(folder, 'coarse-day.yaml'),
  quiet
    .replace('plant: crude-line', 'plant: ./coarse.yaml')
    .replace('scenario: crude-quiet-day', 'scenario: coarse-day'),
);
writeFileSync(
  join(folder, 'coarse-days.yaml'),
  'suite: coarse-days\nabout: Days without a leak.\nscenarios: [coarse-day]\nrecipes: [balance]\nseeds: { from: 1, count: 1 }\n',
);
const coarse = unwrap(readSuite(join(folder, 'coarse-days.yaml'), { count: 4 }));
let core = 0;
for (const job of coarse.jobs) core = Math.max(core, 86_400 / (await processor_s(() => doJob(coarse, job))));
tell({
  name: 'a leak-free day of it, plant, instruments, detector and judge, on one core',
  value: rounded(core),
  unit: 'simulated s/CPU s',
  ratio: rounded(core / NEEDED),
  against: `the ${NEEDED} that make three years ten minutes of two cores`,
});
const { wall_s: coarse_s, busiest_s: coarseBusy_s } = suite(join(folder, 'coarse-days.yaml'), cores, 5 * cores * DAYS);
const coarse_h = ((3 * 365.25) / (5 * cores * DAYS)) * (coarse_s / 3600);
tell({
  name: `three leak-free years of crude-line at 1 s physics and 5 s scans, balance, from ${5 * cores * DAYS} days in ${rounded(coarse_s)} s on ${cores} cores`,
  value: rounded(coarse_h),
  unit: 'h',
  ratio: rounded(coarse_h * 6),
  against: 'ten minutes',
});
const busy_h = ((3 * 365.25) / (5 * cores * DAYS)) * (coarseBusy_s / 3600);
tell({
  name: 'the same by the processor time of the busiest process',
  value: rounded(busy_h),
  unit: 'h',
  ratio: rounded(busy_h * 6),
  against: 'ten minutes',
});

// The same as it ships, 50 ms physics and 1 s scans with 20 Hz pressures, balance and wave. Three years on all cores, from so many days; each worker simulates days of its own.
const { wall_s: sample_s } = suite('crude-quiet-day', cores, cores * DAYS);
const years_h = ((3 * 365.25) / (cores * DAYS)) * (sample_s / 3600);
tell({
  name: `three leak-free years of crude-line as it ships, from ${cores * DAYS} days in ${rounded(sample_s)} s on ${cores} cores`,
  value: rounded(years_h),
  unit: 'h',
  ratio: rounded(years_h * 6),
  against: 'ten minutes',
});
rmSync(folder, { recursive: true, force: true });
printReport({ bench: 'suite', code: codeDigest().slice(0, 12), load: loadavg().map(rounded), rows });
