/**
 * A water plant's spec to its read-only model: EPANET's network with the leaks split in, and where each tag reads.
 */
import { type Problem, ProblemError } from '../../models/contract/index.ts';
import { secondsToUs } from '../../models/kernel/index.ts';
import {
  type EpanetModel,
  type EpanetNetwork,
  LINK_TYPE,
  openDemands,
  openEpanetIn,
} from '../../models/physics/epanet/index.ts';
import { type InpNetwork, readInp } from '../../models/physics/index.ts';
import type { CompilePlantOptions, LeakSite } from '../plant/index.ts';
import { takeEngine } from './engines.ts';
import { SOURCE, type WaterLeak, type WaterModel } from './model.ts';
import type { WaterSpec } from './spec.ts';

/** Longer than any scenario: the plant stops when its scenario does. */
const DURATION_S = 20 * 366 * 86_400;

/** The network of a spec that was checked. */
export function networkOf(spec: WaterSpec): InpNetwork {
  const read = readInp(spec.network.text, spec.network.file);
  if (!read.ok) throw new ProblemError(read.problems as Problem[]);
  return read.value;
}

export function leaksOf(inp: InpNetwork, sites: readonly LeakSite[]): WaterLeak[] {
  const length = new Map(inp.pipes.map((p) => [p.id, p.length_m]));
  return sites.map((s) => ({
    id: s.id,
    on: s.pipe,
    position_m: s.fraction * (length.get(s.pipe) ?? 0),
    dischargeCoefficient: s.dischargeCoefficient,
    openArea_m2: s.openArea_m2 ?? 0,
    backHead_m: s.backHead_m ?? 0,
  }));
}

/** Throws a ProblemError where EPANET rejects what `checkWater` let pass. */
export function compileWater(
  spec: WaterSpec,
  inp: InpNetwork,
  options: CompilePlantOptions,
): { model: WaterModel; network: EpanetNetwork } {
  const tick_s = options.tick_s ?? spec.time.step;
  const sites = options.leaks ?? [];
  const opened = openEpanetIn(takeEngine, spec.network.text, {
    file: spec.network.file,
    leaks: sites.map(({ id, pipe, fraction }) => ({ id, pipe, fraction })),
    duration_s: DURATION_S,
    step_s: tick_s,
  });
  if (!opened.ok) throw new ProblemError(opened.problems as Problem[]);
  const network = opened.value;
  const epanet = network.model;
  const link = (id: string) => epanet.linkIndex.get(id)!;
  const node = (id: string) => epanet.nodeIndex.get(id)!;
  const endOf = new Map(inp.pipes.map((p) => [p.id, p.to]));
  const throttles = inp.valves.filter((v) => v.type === 'TCV');
  const throttleId = throttles.map((v) => v.id);
  const sources = spec.instruments.map(({ measures, at }): [number, number] => {
    switch (measures) {
      case 'pressure':
        return [SOURCE.pressure, node(at)];
      case 'flow':
        if (epanet.linkIndex.has(at)) return [SOURCE.flow, link(at)];
        if (at.endsWith('/end'))
          return [SOURCE.flow, lastPart(epanet, link(at.slice(0, -4)), endOf.get(at.slice(0, -4))!)];
        return [SOURCE.demand, node(at)];
      case 'level':
        return [SOURCE.level, epanet.tankNode.indexOf(node(at))];
      case 'speed':
        return [SOURCE.speed, link(at)];
      case 'running':
        return [SOURCE.running, link(at)];
      case 'opening':
        return [SOURCE.opening, throttleId.indexOf(at)];
      default:
        return [SOURCE.setPoint, link(at)];
    }
  });
  const d = spec.demands;
  const model: WaterModel = {
    tickUs: secondsToUs(tick_s),
    tick_s,
    epanet,
    leaks: leaksOf(inp, sites),
    density_kg_m3: spec.density,
    demands: openDemands(options.seed, epanet.nodeIds, {
      step_s: d.every,
      variation: d.variation,
      shared: d.shared,
      correlationTime_s: d['correlation-time'],
      daily: d.daily,
      ...(d.weekly === undefined ? {} : { weekly: d.weekly }),
    }),
    tagSource: Uint8Array.from(sources, ([source]) => source),
    tagElement: Int32Array.from(sources, ([, element]) => element),
    pumpId: inp.pumps.map((p) => p.id),
    pumpLink: Int32Array.from(inp.pumps, (p) => link(p.id)),
    throttleId,
    throttleLink: Int32Array.from(throttles, (v) => link(v.id)),
    throttleLoss: Float64Array.from(throttles, (v) => v.setting),
    regulator: new Map(inp.valves.filter((v) => v.type === 'PRV' || v.type === 'PSV').map((v) => [v.id, link(v.id)])),
  };
  return { model, network };
}

/** Leaks cut a pipe into parts in a row; the first keeps its name, the last ends at its end node. */
function lastPart(epanet: EpanetModel, first: number, end: string): number {
  const last = epanet.nodeIndex.get(end)!;
  let part = first;
  while (epanet.linkTo[part] !== last) {
    const cut = epanet.linkTo[part]!;
    const next = epanet.linkFrom.findIndex((from, l) => from === cut && epanet.linkKind[l] === LINK_TYPE.pipe);
    if (next < 0) throw new Error(`the parts of pipe ${epanet.linkIds[first]} do not lead to ${end}`);
    part = next;
  }
  return part;
}
