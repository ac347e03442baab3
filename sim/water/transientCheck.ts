/**
 * What the transient solver cannot do with a network that EPANET takes, each with its line in the .inp file, and what a plant may
 * not ask of it. A network that passes runs as EPANET's does, or says at its start that it does not.
 */
import type { Problem } from '../../models/contract/index.ts';
import { type InpNetwork, simpleControls } from '../../models/physics/index.ts';
import type { Checker } from '../plant/index.ts';
import type { WaterSpec } from './spec.ts';

/** Longest step [s]: a reach of 100 m. */
const LONGEST_STEP_S = 0.1;
/** Share of all pipe length that may be longer or shorter to waves than it is. */
const LENGTH_CHANGED = 0.05;
/** Of taps [s]; one may open in each, and shut again. */
const PULSE_INTERVAL_S = 120;

export function checkTransient(spec: WaterSpec, inp: InpNetwork, file: string, checker: Checker): Problem[] {
  const { problemAt, need } = checker;
  const t = spec.transient;
  const problems: Problem[] = [...simpleControls(inp, file).problems];
  const refuse = (at: string, path: string, found: string, expected: string) =>
    problems.push({
      file,
      line: inp.lines.get(at) ?? inp.lines.get('TITLE/0') ?? 1,
      column: 1,
      path,
      found,
      expected,
      hint: 'the transient solver cannot follow it; `solver: extended-period` can',
    });
  for (const p of inp.pumps)
    if (p.pattern !== undefined)
      refuse(`PUMPS/${p.id}`, `PUMPS/${p.id}`, 'a pattern of speeds', 'a pump of steady speed');
  for (const v of inp.valves)
    if (v.type === 'PCV') refuse(`VALVES/${v.id}`, `VALVES/${v.id}`, 'a PCV', 'a PRV, PSV, PBV, FCV, TCV or GPV');
  for (const tank of inp.tanks)
    if (tank.volumeCurve) refuse(`TANKS/${tank.id}`, `TANKS/${tank.id}`, 'a volume curve', 'an upright tank');
  const { minimum_m, exponent } = inp.pressureDemand;
  if (inp.demandModel === 'pressure-driven') {
    if (minimum_m !== 0) refuse('OPTIONS/MINIMUM', 'OPTIONS/MINIMUM PRESSURE', `${minimum_m} m`, '0');
    if (exponent !== 0.5) refuse('OPTIONS/PRESSURE', 'OPTIONS/PRESSURE EXPONENT', `${exponent}`, '0.5');
  }
  for (const [at] of inp.lines)
    if (at.startsWith('LEAKAGE/')) {
      refuse(at, 'LEAKAGE', 'background leakage', 'none; leaks are opened by scenarios');
      break;
    }

  if (!(spec.time.step <= LONGEST_STEP_S))
    problems.push(
      problemAt(
        ['time', 'step'],
        `${spec.time.step} s`,
        `at most ${LONGEST_STEP_S} s, since waves cross a pipe in less than a second`,
        'such as time: { step: 20 ms, scan: 1 s }',
      ),
    );
  if (!Number.isInteger(t.start / spec.demands.every))
    problems.push(
      problemAt(['transient', 'start'], `${t.start} s`, `a multiple of demands.every, ${spec.demands.every} s`),
    );
  const pipes = inp.pipes.map((p) => p.id);
  t['wave-speeds'].forEach((w, i) => {
    need(['transient', 'wave-speeds', i, 'pipe'], w.pipe, pipes, 'pipe');
  });
  if (t.pulses && t.pulses.lasts + 2 * t.pulses.edge > PULSE_INTERVAL_S)
    problems.push(
      problemAt(
        ['transient', 'pulses'],
        `taps of ${t.pulses.lasts} s with edges of ${t.pulses.edge} s`,
        `no more than ${PULSE_INTERVAL_S} s in all`,
      ),
    );
  if (problems.length === 0) problems.push(...checkGrid(spec, inp, checker));
  return problems;
}

/** Whether the step is short enough for the pipes. */
function checkGrid(spec: WaterSpec, inp: InpNetwork, { problemAt }: Checker): Problem[] {
  const t = spec.transient;
  const speeds = new Map(t['wave-speeds'].map((w) => [w.pipe, w.speed]));
  let all_m = 0;
  let changed_m = 0;
  for (const p of inp.pipes) {
    const reach_m = (speeds.get(p.id) ?? t['wave-speed']) * spec.time.step;
    const reaches = Math.max(1, Math.round(p.length_m / reach_m));
    all_m += p.length_m;
    if (Math.abs(p.length_m / (reaches * reach_m) - 1) > t['wave-speed-limit'])
      changed_m += Math.abs(reaches * reach_m - p.length_m);
  }
  if (changed_m <= LENGTH_CHANGED * all_m) return [];
  return [
    problemAt(
      ['time', 'step'],
      `${spec.time.step} s, for which pipes would have to change their length by ${((100 * changed_m) / all_m).toFixed(0)} % in all`,
      `a step for which it is at most ${100 * LENGTH_CHANGED} %`,
      'a shorter step, or a wider transient.wave-speed-limit',
    ),
  ];
}
