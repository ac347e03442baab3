/**
 * A plant spec to a read-only model: the network with its leaks split in, and the instruments with their drawn errors.
 */
import { createLayout } from '../../models/contract/index.ts';
import { digestJson, type Stream, secondsToUs, seeded, UNITS } from '../../models/kernel/index.ts';
import { compileNetwork } from '../../models/physics/index.ts';
import { buildControls, buildLayout, drawAsBuilt } from './layout.ts';
import { type LeakModel, type PlantModel, SOURCE } from './model.ts';
import { addLeaks, buildNetwork, buildPipes, GRAVITY_M_S2, type LeakSite } from './network.ts';
import type { InstrumentSpec, PlantSpec } from './spec.ts';

const YEAR_US = 31_557_600e6;

export interface CompilePlantOptions {
  readonly seed: number;
  readonly leaks?: readonly LeakSite[];
  /** Overrides the plant's own tick. */
  readonly tick_s?: number;
  readonly friction?: 'fixed' | 'per-pipe' | 'per-cell';
  /** As-built data equal the simulator's own, clocks and instruments keep their errors. */
  readonly exact?: boolean;
}

const fill = <T>(list: readonly T[], f: (item: T, i: number) => number) => Float64Array.from(list, f);
const ints = <T>(list: readonly T[], f: (item: T, i: number) => number) => Int32Array.from(list, f);

/** Compiles a plant. Throws on what `parsePlant` should have refused. */
export function compilePlant(spec: PlantSpec, options: CompilePlantOptions): PlantModel {
  const tick_s = options.tick_s ?? spec.time.step;
  const pipes = buildPipes(spec);
  const sites = options.leaks ?? [];
  const { network: networkSpec, places } = addLeaks(spec, buildNetwork(spec, pipes), pipes, sites);
  const compiled = compileNetwork(networkSpec, {
    timeStep_s: tick_s,
    gravity_m_s2: GRAVITY_M_S2,
    friction: options.friction ?? spec.friction,
    frictionRefreshSteps: Math.max(1, Math.round(spec.time.scan / tick_s)),
  });
  if (!compiled.ok) throw new Error(compiled.problems.join(' '));
  const network = compiled.value;
  const layout = createLayout(buildLayout(spec));
  const run = seeded(options.seed);
  const calibration = seeded(spec['as-built'].seed).stream('calibration');
  const tags = spec.instruments;
  const span = (t: InstrumentSpec) => t.range[1] - t.range[0];
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
  const ring = new Int32Array(tags.length + 1);
  layout.tags.forEach((t, i) => {
    ring[i + 1] = ring[i]! + 2 * t.width;
  });
  const tagStreams = (kind: string): Stream[] => tags.map((t) => run.stream(`${t.tag}/${kind}`));
  const leaks = places.map(
    (p): LeakModel => ({
      id: p.site.id,
      on: p.site.pipe,
      position_m: p.position_m,
      node: network.nodeIndex.get(p.node)!,
      orifice: network.orificeIndex.get(p.site.id)!,
      dischargeCoefficient: p.site.dischargeCoefficient,
      elevation_m: p.elevation_m,
      openArea_m2: p.site.openArea_m2 ?? 0,
    }),
  );
  const clock = spec.stations.map((s) => run.stream(`${s.id}/clock`));
  return {
    name: spec.plant,
    about: spec.about,
    designFlow_m3_s: spec['design-flow'],
    tickUs: secondsToUs(tick_s),
    scanTicks: Math.round(spec.time.scan / tick_s),
    scanUs: layout.scanUs,
    network,
    networkSpec,
    layout,
    controls: buildControls(spec),
    asBuilt: drawAsBuilt(spec, pipes, options.exact ?? false),
    leaks,
    digest: digestJson({ spec, options: { ...options, tick_s } }),

    density_kg_m3: spec.fluid.density,
    pumpLink: ints(spec.pumps, (p) => link(p.id)),
    pumpSpeed0: fill(spec.pumps, (p) => (p.running ? p.speed : 0)),
    pumpSpeedRunning: fill(spec.pumps, (p) => p.speed),
    pumpWander: fill(spec.pumps, (p) => p['speed-wander']),
    pumpStream: spec.pumps.map((p) => run.stream(`${p.id}/wander`)),
    valveLink: ints(spec.valves, (v) => link(v.id)),
    tankNode: ints(spec.tanks, (t) => network.nodeIndex.get(t.id)!),
    tankLevel0_m: fill(spec.tanks, (t) => t.level),
    tankHold_s: fill(spec.tanks, (t) => t['hold-level-over'] ?? 0),
    controllerId: spec.controllers.map((c) => c.id),
    controllerLink: ints(spec.controllers, (c) => link(c.valve)),
    controllerNode: ints(spec.controllers, (c) => network.nodeIndex.get(c.node)!),
    controllerGain_per_Pa: fill(spec.controllers, (c) => c['gain-per-bar'] / 1e5),
    controllerIntegral_s: fill(spec.controllers, (c) => c['integral-time']),
    inletTemperature_K: spec.fluid['inlet-temperature'],
    groundTemperature_K: spec.fluid['ground-temperature'],
    coolingLength_m: spec.fluid['cooling-length'],

    tagSource: Uint8Array.from(sources, (s) => s[0]),
    tagElement: ints(sources, (s) => s[1]),
    tagPosition_m: fill(tags, (t) => kpOf.get(t.at) ?? 0),
    tagScale: fill(tags, (t) => (t.unit === '' ? 1 : 1 / UNITS[t.unit]!.factor)),
    tagOffset: fill(tags, (t) => (t.unit === '' ? 0 : -(UNITS[t.unit]!.offset ?? 0) / UNITS[t.unit]!.factor)),
    tagLag_us: fill(tags, (t) => t.lag * 1e6),
    tagLagGain: fill(tags, (t, i) => (t.lag > 0 ? 1 - Math.exp(-layout.tags[i]!.periodUs / (t.lag * 1e6)) : 1)),
    tagNoise: fill(tags, (t) => t.noise * span(t)),
    tagBias: fill(tags, (t) => t.accuracy * span(t) * calibration.stream(`${t.tag}/bias`).normal(0)),
    tagDrift_per_us: fill(tags, (t) => (t.drift * span(t) * calibration.stream(`${t.tag}/drift`).normal(0)) / YEAR_US),
    tagLow: fill(tags, (t) => t.range[0]),
    tagHigh: fill(tags, (t) => t.range[1]),
    tagStep: fill(tags, (t) => span(t) / (2 ** t.bits - 1)),
    tagDeadband: fill(tags, (t) => (t.deadband === undefined ? -1 : t.deadband * span(t))),
    tagSilence_us: fill(tags, (t) => t['report-at-least'] * 1e6),
    tagJitter_us: fill(tags, (t) => t.jitter * 1e6),
    tagPeriodUs: fill(layout.tags, (t) => t.periodUs),
    tagWidth: ints(layout.tags, (t) => t.width),
    tagRing: ring,
    tagStation: Int32Array.from(layout.stationOf),
    noiseStream: tagStreams('noise'),
    jitterStream: tagStreams('jitter'),
    faultStream: tagStreams('fault'),
    stationLatencyUs: fill(spec.stations, (s) => Math.round(s['poll-latency'] * 1e6)),
    stationOffsetUs: fill(spec.stations, (s, i) => Math.round(s['clock-offset'] * 1e6 * clock[i]!.normal(0))),
    stationDrift: fill(spec.stations, (s, i) => s['clock-drift'] * clock[i]!.normal(1)),
    tagIndex: new Map(tags.map((t, i) => [t.tag, i])),
    stationIndex: new Map(spec.stations.map((s, i) => [s.id, i])),
  };
}
