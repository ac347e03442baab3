/**
 * Where a run of waves starts: EPANET takes the network to the start hour, with the run's demands, the controls and the leaks that
 * are open already. The transient solver then finds its own steady state for the tanks, pumps and demands of that moment, which
 * must be EPANET's; how far they differ is kept.
 */
import { ProblemError } from '../../models/contract/index.ts';
import {
  type DemandNoise,
  type EpanetNetwork,
  LINK_TYPE,
  openDemands,
  openEpanetIn,
} from '../../models/physics/epanet/index.ts';
import type { InpMoment, InpNetwork } from '../../models/physics/index.ts';
import type { CompilePlantOptions } from '../plant/index.ts';
import { takeEngine } from './engines.ts';
import { faultAtStart } from './faultAtStart.ts';
import type { WaterSpec } from './spec.ts';

/** Hydraulic step on the way to the start; tanks and controls make their own events between. */
const STEP_S = 60;

export interface StartingPoint {
  readonly epanet: EpanetNetwork;
  readonly noise: DemandNoise;
}

/** EPANET's solution at the start. The caller closes the network. Throws where EPANET rejects the file or a run to there is invalid. */
export function epanetAtStart(spec: WaterSpec, inp: InpNetwork, options: CompilePlantOptions): StartingPoint {
  const sites = options.leaks ?? [];
  const start_s = spec.transient.start;
  const opened = openEpanetIn(takeEngine, spec.network.text, {
    file: spec.network.file,
    leaks: sites.map(({ id, pipe, fraction }) => ({ id, pipe, fraction })),
    duration_s: start_s + 86_400,
    step_s: STEP_S,
  });
  if (!opened.ok) throw new ProblemError([...opened.problems]);
  const epanet = opened.value;
  const d = spec.demands;
  const noise = openDemands(options.seed, epanet.model.nodeIds, {
    step_s: d.every,
    variation: d.variation,
    shared: d.shared,
    correlationTime_s: d['correlation-time'],
    daily: d.daily,
    ...(d.weekly === undefined ? {} : { weekly: d.weekly }),
  });
  sites.forEach((s, l) => {
    if ((s.openArea_m2 ?? 0) > 0) epanet.setLeakArea(l, s.openArea_m2!, s.dischargeCoefficient);
  });
  const { state } = epanet;
  for (;;) {
    noise.fill(noise.index(state.clock[1]!), state.nodeDemandMultiplier);
    if (!epanet.solve()) throw faultAtStart(spec, inp, epanet.fault!);
    if (state.clock[0]! >= start_s) return { epanet, noise };
    epanet.advance(start_s - state.clock[0]!);
  }
}

/** EPANET's moment in the words of the reader of .inp files. `demand` is by its nominal flow. */
export function momentOf({ epanet }: StartingPoint, inp: InpNetwork, demand: InpMoment['demand']): InpMoment {
  const { model, state } = epanet;
  const node = (id: string) => model.nodeIndex.get(id)!;
  const pumps = new Set(inp.pumps.map((p) => p.id));
  const checks = new Set(inp.pipes.filter((p) => p.checkValve).map((p) => p.id));
  const pipes = new Set(inp.pipes.map((p) => p.id));
  return {
    demand,
    head_m: (id) => state.nodeHead_m[node(id)]!,
    level_m: (id) => state.tankLevel_m[model.tankNode.indexOf(node(id))]!,
    speed(id) {
      const l = model.linkIndex.get(id)!;
      return state.linkOpen[l] === 1 ? state.linkSetting[l]! : 0;
    },
    // A valve that regulates is left to the solver; a check valve shuts by itself.
    status(id) {
      if (pumps.has(id) || !pipes.has(id) || checks.has(id)) return undefined;
      const l = model.linkIndex.get(id)!;
      return model.linkKind[l] === LINK_TYPE.pipe && state.linkOpen[l] === 0 ? 'closed' : 'open';
    },
  };
}
