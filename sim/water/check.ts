/**
 * Reading what a water plant names beside itself, and what its schema cannot see: the network's own mistakes with the line
 * of the .inp file, and references from the plant into the network.
 */
import { dirname, join } from 'node:path';
import type { Problem, Result } from '../../models/contract/index.ts';
import { type Located, readBeside } from '../../models/document/index.ts';
import { type InpNetwork, readInp } from '../../models/physics/index.ts';
import { type Checker, checkCommon, createChecker } from '../plant/index.ts';
import type { WaterSpec } from './spec.ts';
import { checkTransient } from './transientCheck.ts';

/** The plant with the text of its network. */
export function gatherWater(doc: Located<WaterSpec>): Result<Located<WaterSpec>> {
  const { file } = doc.value.network;
  const read = readBeside(doc.file, file);
  if (!read.ok) {
    // Without the path of this machine.
    const why = read.problems[0]!.found.replace(/, open '.*$/, '');
    const expected = 'an .inp file, by its path from this one';
    return { ok: false, problems: [doc.problemAt(['network'], `"${file}" (${why})`, expected)] };
  }
  return { ok: true, value: { ...doc, value: { ...doc.value, network: { file, text: read.value.text } } } };
}

export function checkWater(doc: Located<WaterSpec>): Problem[] {
  const spec = doc.value;
  const read = readInp(spec.network.text, join(dirname(doc.file), spec.network.file));
  if (!read.ok) return [...read.problems];
  const inp = read.value;
  const checker = createChecker(doc);
  const { problems } = checker;
  if (spec.solver === 'transient')
    problems.push(...checkTransient(spec, inp, join(dirname(doc.file), spec.network.file), checker));
  else checkPeriods(spec, checker);
  checkCommon(spec, checker, placesOf(inp));
  return problems;
}

/** The clock of extended-period hydraulics. */
function checkPeriods(spec: WaterSpec, { problems, problemAt }: Checker): void {
  for (const key of ['step', 'scan'] as const)
    if (!Number.isInteger(spec.time[key]))
      problems.push(problemAt(['time', key], `${spec.time[key]} s`, 'whole seconds, which EPANET counts'));
  if (!Number.isInteger(spec.demands.every / spec.time.step))
    problems.push(problemAt(['demands', 'every'], `${spec.demands.every} s`, `a multiple of the step`));
}

/** Where each quantity may be measured. */
function placesOf(inp: InpNetwork) {
  const junctions = inp.junctions.map((n) => n.id);
  const tanks = inp.tanks.map((n) => n.id);
  const pumps = inp.pumps.map((p) => p.id);
  const regulating = inp.valves.filter((v) => v.type === 'PRV' || v.type === 'PSV').map((v) => v.id);
  const throttles = inp.valves.filter((v) => v.type === 'TCV').map((v) => v.id);
  return {
    pressure: [...junctions, ...tanks],
    flow: [
      ...inp.pipes.flatMap((p) => [p.id, `${p.id}/end`]),
      ...pumps,
      ...inp.valves.map((v) => v.id),
      // A customer's meter.
      ...junctions,
    ],
    level: tanks,
    speed: pumps,
    running: pumps,
    opening: throttles,
    // The set point of a pressure valve.
    other: regulating,
  };
}
