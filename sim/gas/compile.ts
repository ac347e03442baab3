/**
 * A gas plant's spec to its read-only model: the network with its leaks cut in, its equipment, and where each tag reads.
 */
import { ProblemError, plainProblem } from '../../models/contract/index.ts';
import { type Stream, secondsToUs, seeded } from '../../models/kernel/index.ts';
import { compileGasNetwork } from '../../models/physics/gas/index.ts';
import type { CompilePlantOptions, LeakModel } from '../plant/index.ts';
import { wanderAt } from './demand.ts';
import { type GasPlantModel, SOURCE } from './model.ts';
import {
  ATMOSPHERE_Pa,
  buildNetwork,
  buildPipes,
  GRAVITY_M_S2,
  type PipeBuild,
  standardDensity_kg_m3,
} from './network.ts';
import type { GasPlantSpec } from './spec.ts';

const fill = <T>(list: readonly T[], f: (item: T, i: number) => number) => Float64Array.from(list, f);
const ints = <T>(list: readonly T[], f: (item: T, i: number) => number) => Int32Array.from(list, f);

/** Throws on what `checkGas` should have refused. */
export function compileGas(
  spec: GasPlantSpec,
  options: CompilePlantOptions,
): { model: GasPlantModel; pipes: PipeBuild[] } {
  const tick_s = options.tick_s ?? spec.time.step;
  const pipes = buildPipes(spec);
  const sites = options.leaks ?? [];
  const run = seeded(options.seed);
  const drawStream: Stream[] = spec.withdrawals.map((w) => run.stream(`${w.id}/wander`));
  const wander = spec.withdrawals.map((w, i) => w.wander * wanderAt(drawStream[i]!, w['wander-every'], 0));
  const compiled = compileGasNetwork(buildNetwork(spec, pipes, sites, wander), {
    timeStep_s: tick_s,
    cellLength_m: spec.cell,
    gravity_m_s2: GRAVITY_M_S2,
    ...(spec['starvation-pressure'] === undefined
      ? {}
      : { starvationPressure_Pa: spec['starvation-pressure'] + ATMOSPHERE_Pa }),
  });
  if (!compiled.ok)
    throw new ProblemError(compiled.problems.map((p) => plainProblem(spec.plant, '', p, 'a plant that can be solved')));
  const network = compiled.value;
  const standard = standardDensity_kg_m3(spec, network.gas);
  const link = (id: string) => network.linkIndex.get(id)!;
  const compressors = spec.compressors.map((c) => c.id);
  const draws = spec.withdrawals.map((w) => w.id);
  const sources = spec.instruments.map((t): [number, number] => {
    switch (t.measures) {
      case 'pressure':
        return [SOURCE.nodePressure, network.nodeIndex.get(t.at)!];
      case 'temperature':
        return [SOURCE.nodeTemperature, network.nodeIndex.get(t.at)!];
      case 'flow': {
        if (t.at.endsWith('/end')) return [SOURCE.pipeEnd, network.pipeIndex.get(t.at.slice(0, -4))!];
        const pipe = network.pipeIndex.get(t.at);
        if (pipe !== undefined) return [SOURCE.pipeStart, pipe];
        const draw = draws.indexOf(t.at);
        return draw >= 0
          ? [SOURCE.draw, network.nodeIndex.get(spec.withdrawals[draw]!.node)!]
          : [SOURCE.link, link(t.at)];
      }
      case 'opening': {
        const draw = draws.indexOf(t.at);
        return draw >= 0 ? [SOURCE.drawOpening, draw] : [SOURCE.position, link(t.at)];
      }
      case 'running':
        return [SOURCE.running, compressors.indexOf(t.at)];
      case 'other':
        return [SOURCE.power, link(t.at)];
      default:
        return [SOURCE.position, link(t.at)];
    }
  });
  const leaks = sites.map((s): LeakModel => {
    const pipe = pipes.find((p) => p.id === s.pipe)!;
    return {
      id: s.id,
      on: s.pipe,
      position_m: pipe.start_m + s.fraction * pipe.length_m,
      dischargeCoefficient: s.dischargeCoefficient,
      openArea_m2: s.openArea_m2 ?? 0,
    };
  });
  const settings = [...spec.compressors, ...spec.regulators];
  const model: GasPlantModel = {
    tickUs: secondsToUs(tick_s),
    network,
    leaks,
    standardDensity_kg_m3: standard,
    startsAt_s: spec['starts-at'],
    compressorId: compressors,
    compressorLink: ints(compressors, link),
    compressorOn0: Uint8Array.from(spec.compressors, (c) => (c.running ? 1 : 0)),
    settingId: settings.map((s) => ('controller' in s ? s.controller : s.id)),
    settingLink: ints(settings, (s) => link(s.id)),
    settingRate_Pa_s: fill(settings, (s) => s['set-point-per-minute'] / 60),
    valveLink: ints(spec.valves, (v) => link(v.id)),
    drawId: draws,
    drawNode: ints(spec.withdrawals, (w) => network.nodeIndex.get(w.node)!),
    drawFlow_kg_s: fill(spec.withdrawals, (w) => w.flow * standard),
    drawOpening0: fill(spec.withdrawals, (w) => w.opening),
    drawRate_per_s: fill(spec.withdrawals, (w) => 1 / w['ramp-time']),
    drawDay: spec.withdrawals.map((w) => w.day ?? []),
    drawWander: fill(spec.withdrawals, (w) => w.wander),
    drawEvery_s: fill(spec.withdrawals, (w) => w['wander-every']),
    drawStream,
    tagSource: Uint8Array.from(sources, (s) => s[0]),
    tagElement: ints(sources, (s) => s[1]),
  };
  return { model, pipes };
}
