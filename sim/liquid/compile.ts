/**
 * A liquid plant's spec to its read-only model: the network with its leaks split in, and where each tag reads.
 */
import { ProblemError, plainProblem } from '../../models/contract/index.ts';
import { secondsToUs, seeded } from '../../models/kernel/index.ts';
import { compileNetwork } from '../../models/physics/index.ts';
import type { CompilePlantOptions } from '../plant/index.ts';
import { heatOutside, productsOf, tankDensity } from './heat.ts';
import { createInflow } from './inflow.ts';
import { type LiquidLeak, type LiquidModel, SOURCE } from './model.ts';
import { addLeaks, buildNetwork, buildPipes, GRAVITY_M_S2, type PipeBuild } from './network.ts';
import type { LiquidSpec } from './spec.ts';

const fill = <T>(list: readonly T[], f: (item: T, i: number) => number) => Float64Array.from(list, f);
const ints = <T>(list: readonly T[], f: (item: T, i: number) => number) => Int32Array.from(list, f);

/** Throws on what `checkLiquid` should have refused. */
export function compileLiquid(
  spec: LiquidSpec,
  options: CompilePlantOptions,
): { model: LiquidModel; pipes: PipeBuild[] } {
  const tick_s = options.tick_s ?? spec.time.step;
  const pipes = buildPipes(spec);
  const sites = options.leaks ?? [];
  const { network: networkSpec, places } = addLeaks(spec, buildNetwork(spec, pipes), pipes, sites);
  const compiled = compileNetwork(networkSpec, {
    timeStep_s: tick_s,
    gravity_m_s2: GRAVITY_M_S2,
    friction: options.friction ?? spec.friction,
    cavitation: spec.cavitation,
    unsteadyFriction: spec['unsteady-friction'],
    frictionRefreshSteps: Math.max(1, Math.round(spec.time.scan / tick_s)),
  });
  if (!compiled.ok)
    throw new ProblemError(
      compiled.problems.map((p) => plainProblem(spec.plant, '', p, 'a network that can be solved')),
    );
  const network = compiled.value;
  const run = seeded(options.seed);
  const tags = spec.instruments;
  const kpOf = new Map([...spec.nodes, ...spec.tanks].map((n) => [n.id, n.kp ?? 0]));
  const link = (id: string) => network.linkIndex.get(id)!;
  /** A pipe that leaks split: its first part carries the start, its last part the end. */
  const firstPart = (id: string): number => network.pipeIndex.get(id) ?? firstPart(`${id}.a`);
  const lastPart = (id: string): number => network.pipeIndex.get(id) ?? lastPart(`${id}.b`);
  const sources = tags.map((t): [number, number] => {
    switch (t.measures) {
      case 'pressure':
        return [SOURCE.nodePressure, network.nodeIndex.get(t.at)!];
      case 'flow':
        if (t.at.endsWith('/end')) return [SOURCE.pipeEnd, lastPart(t.at.slice(0, -4))];
        return network.linkIndex.has(t.at) ? [SOURCE.link, link(t.at)] : [SOURCE.pipeStart, firstPart(t.at)];
      case 'temperature':
        return [SOURCE.temperature, network.nodeIndex.get(t.at)!];
      case 'density':
        return [SOURCE.density, network.nodeIndex.get(t.at)!];
      case 'level':
        return [SOURCE.tankLevel, network.nodeIndex.get(t.at)!];
      case 'opening':
        return [SOURCE.opening, link(t.at)];
      case 'running':
        return [SOURCE.running, link(t.at)];
      default:
        return [SOURCE.speed, link(t.at)];
    }
  });
  const nodeOf = ([source, e]: [number, number]): number => {
    if (source === SOURCE.pipeStart) return network.pipeFrom[e]!;
    if (source === SOURCE.pipeEnd) return network.pipeTo[e]!;
    if (source === SOURCE.link) return network.linkFrom[e]!;
    return source === SOURCE.tankLevel ? spec.tanks.findIndex((t) => network.nodeIndex.get(t.id) === e) : 0;
  };
  const productIds = productsOf(spec).map((p) => p.id);
  const leaks = places.map(
    (p): LiquidLeak => ({
      id: p.site.id,
      on: p.site.pipe,
      position_m: p.position_m,
      node: network.nodeIndex.get(p.node)!,
      orifice: network.orificeIndex.get(p.site.id)!,
      dischargeCoefficient: p.site.dischargeCoefficient,
      elevation_m: p.elevation_m,
      bore_m2: (Math.PI / 4) * pipes.find((b) => b.spec.id === p.site.pipe)!.spec.diameter_m ** 2,
      openArea_m2: p.site.openArea_m2 ?? 0,
    }),
  );
  const model: LiquidModel = {
    tickUs: secondsToUs(tick_s),
    network,
    networkSpec,
    leaks,
    density_kg_m3: spec.fluid.density,
    pumpLink: ints(spec.pumps, (p) => link(p.id)),
    pumpSpeed0: fill(spec.pumps, (p) => (p.running ? p.speed : 0)),
    pumpSpeedRunning: fill(spec.pumps, (p) => p.speed),
    pumpWander: fill(spec.pumps, (p) => p['speed-wander']),
    pumpStream: spec.pumps.map((p) => run.stream(`${p.id}/wander`)),
    valveLink: ints(spec.valves, (v) => link(v.id)),
    tankNode: ints(spec.tanks, (t) => network.nodeIndex.get(t.id)!),
    tankLevel0_m: fill(spec.tanks, (t) => t.level * tankDensity(spec, t.product)),
    tankHold_s: fill(spec.tanks, (t) => t['hold-level-over'] ?? 0),
    tankInflow: spec.tanks.map((t) => (t.inflow ? createInflow(t.inflow, run.stream(`${t.id}/inflow`)) : undefined)),
    switches: spec['level-switches'].map((s) => ({
      tank: network.nodeIndex.get(s.tank)!,
      pumps: s.pumps.map((id) => spec.pumps.findIndex((p) => p.id === id)),
      start_m: s.start,
      stop_m: s.stop,
    })),
    controllerId: spec.controllers.map((c) => c.id),
    controllerLink: ints(spec.controllers, (c) => link(c.valve)),
    controllerNode: ints(spec.controllers, (c) => network.nodeIndex.get(c.node)!),
    controllerGain_per_Pa: fill(spec.controllers, (c) => c['gain-per-bar'] / 1e5),
    controllerIntegral_s: fill(spec.controllers, (c) => c['integral-time']),
    inletTemperature_K: spec.fluid['inlet-temperature'],
    groundTemperature_K: spec.fluid['ground-temperature'],
    coolingLength_m: spec.fluid['cooling-length'],
    outside: heatOutside(spec, run.stream('inlet-temperature')),
    tankDensity: fill(spec.tanks, (t) => tankDensity(spec, t.product)),
    tankProduct0: ints(spec.tanks, (t) => Math.max(0, productIds.indexOf(t.product ?? ''))),

    tagSource: Uint8Array.from(sources, (s) => s[0]),
    tagElement: ints(sources, (s) => s[1]),
    tagPosition_m: fill(tags, (t) => kpOf.get(t.at) ?? 0),
    tagStandard: Uint8Array.from(tags, (t) => (t.basis === 'standard' ? 1 : 0)),
    tagNode: ints(sources, nodeOf),
  };
  return { model, pipes };
}
