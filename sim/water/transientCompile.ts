/**
 * A water plant's spec to the network of characteristics: the .inp at EPANET's moment, leaks split in, machines with their
 * inertia, and where each tag reads.
 *
 * Gravity is EPANET's 32.2 ft/s², so that friction is EPANET's to the last digit that matters; holes discharge with 9.80665 m/s² as
 * they do in EPANET's emitters.
 */
import { ProblemError, plainProblem } from '../../models/contract/index.ts';
import { secondsToUs, seeded } from '../../models/kernel/index.ts';
import {
  compileNetwork,
  type InpNetwork,
  inpToNetworkSpec,
  type LinkSpec,
  type NetworkSpec,
  simpleControls,
  splitPipe,
} from '../../models/physics/index.ts';
import type { CompilePlantOptions, LeakSite } from '../plant/index.ts';
import type { WaterSpec } from './spec.ts';
import type { Pulses, TransientLeak, TransientModel } from './transientModel.ts';
import { WAVE } from './transientModel.ts';
import { momentOf, type StartingPoint } from './transientStart.ts';

export const EPANET_GRAVITY_M_S2 = 32.2 * 0.3048;
const ORIFICE_SCALE = Math.sqrt(9.80665 / EPANET_GRAVITY_M_S2);
/** One tap per node may open in each of these. */
const PULSE_INTERVAL_S = 120;

interface Draw {
  readonly id: string;
  readonly nominal_m3_s: number;
  readonly parts: readonly { readonly flow_m3_s: number; readonly pattern: readonly number[] | undefined }[];
}

/** Junctions that draw, with the patterns that EPANET would give them. */
function drawsOf(inp: InpNetwork): Draw[] {
  return inp.junctions.flatMap((j) => {
    const parts = j.demands.map((d) => ({
      flow_m3_s: d.base_m3_s * inp.demandMultiplier,
      pattern: inp.patterns.get(d.pattern ?? inp.defaultPattern),
    }));
    const nominal_m3_s = parts.reduce((sum, p) => sum + Math.abs(p.flow_m3_s), 0);
    return nominal_m3_s > 0 ? [{ id: j.id, nominal_m3_s, parts }] : [];
  });
}

/** Everything but `startError_m`, which the physics knows once it has found its steady state. */
export function compileTransient(
  spec: WaterSpec,
  inp: InpNetwork,
  start: StartingPoint,
  options: CompilePlantOptions,
): Omit<TransientModel, 'startError_m'> {
  const tick_s = options.tick_s ?? spec.time.step;
  const t = spec.transient;
  const { controls } = simpleControls(inp, spec.network.file);
  const draws = drawsOf(inp);
  const nominal = new Map(draws.map((d) => [d.id, d]));
  const { required_m } = inp.pressureDemand;
  const moment = momentOf(start, inp, (id) => {
    const d = nominal.get(id);
    if (!d) return undefined;
    const draws_m3_s = d.nominal_m3_s;
    if (inp.demandModel === 'demand-driven' || d.parts.some((p) => p.flow_m3_s < 0))
      return { kind: 'constant', flow_m3_s: draws_m3_s };
    return { kind: 'pressure', coefficient: draws_m3_s / Math.sqrt(required_m), fullHead_m: required_m };
  });
  const speeds = new Map(t['wave-speeds'].map((w) => [w.pipe, w.speed]));
  const base = inpToNetworkSpec(inp, {
    waveSpeed_m_s: (id) => speeds.get(id) ?? t['wave-speed'],
    moment,
    armed: new Set(controls.flatMap((c) => (c.kind === 'pipe' ? [c.link] : []))),
  });
  const machines = { ...base, links: (base.links ?? []).map((l) => withMachine(l, spec)) };
  const split = addLeaks(machines, inp, options.leaks ?? []);
  const network = compileNetwork(split.network, {
    timeStep_s: tick_s,
    gravity_m_s2: EPANET_GRAVITY_M_S2,
    friction: options.friction ?? t.friction,
    unsteadyFriction: t['unsteady-friction'],
    cavitation: t.cavitation,
    frictionRefreshSteps: Math.max(1, Math.round(Math.min(1, spec.time.scan) / tick_s)),
    waveSpeedLimit: t['wave-speed-limit'],
  });
  if (!network.ok)
    throw new ProblemError(
      network.problems.map((p) => plainProblem(spec.network.file, '', p, 'a network that can be solved')),
    );
  const net = network.value;
  const node = (id: string) => net.nodeIndex.get(id)!;
  const link = (id: string) => net.linkIndex.get(id)!;
  const throttles = inp.valves.filter((v) => v.type === 'TCV');
  const pressureValves = inp.valves.filter((v) => v.type === 'PRV' || v.type === 'PSV');
  const elevation = (id: string) => net.nodeElevation_m[node(id)]!;
  const sources = spec.instruments.map(({ measures, at }): [number, number] => {
    switch (measures) {
      case 'pressure':
        return [WAVE.pressure, node(at)];
      case 'flow':
        if (net.linkIndex.has(at)) return [WAVE.link, link(at)];
        if (split.first.has(at)) return [WAVE.pipeStart, net.pipeIndex.get(split.first.get(at)!)!];
        if (at.endsWith('/end')) return [WAVE.pipeEnd, net.pipeIndex.get(split.last.get(at.slice(0, -4))!)!];
        return [WAVE.demand, node(at)];
      case 'level':
        return [WAVE.level, node(at)];
      case 'speed':
        return [WAVE.speed, link(at)];
      case 'running':
        return [WAVE.running, link(at)];
      case 'opening':
        return [WAVE.opening, link(at)];
      default:
        return [WAVE.setPoint, link(at)];
    }
  });
  const patterned = inp.reservoirs.filter((r) => r.pattern !== undefined);
  const shareAt = (pattern: readonly number[] | undefined, time_s: number) => {
    if (!pattern || pattern.length === 0) return 1;
    return pattern[Math.floor((time_s + inp.times.patternStart_s) / inp.times.patternStep_s) % pattern.length]!;
  };
  const pumpId = inp.pumps.map((p) => p.id);
  return {
    tickUs: secondsToUs(tick_s),
    tick_s,
    network: net,
    leaks: split.places.map(
      ({ site, node: at, bore_m2, position_m }): TransientLeak => ({
        id: site.id,
        on: site.pipe,
        position_m,
        dischargeCoefficient: site.dischargeCoefficient,
        openArea_m2: site.openArea_m2 ?? 0,
        node: node(at),
        orifice: net.orificeIndex.get(site.id)!,
        bore_m2,
        elevation_m: elevation(at),
        backHead_m: site.backHead_m ?? 0,
      }),
    ),
    density_kg_m3: spec.density,
    start_s: t.start,
    startClock_s: inp.times.startClock_s,
    noise: start.noise,
    noiseSize: start.epanet.model.nNode,
    every_s: spec.demands.every,
    drawNode: Int32Array.from(draws, (d) => node(d.id)),
    drawNoise: Int32Array.from(draws, (d) => start.epanet.model.nodeIndex.get(d.id)!),
    drawNominal_m3_s: Float64Array.from(draws, (d) => d.nominal_m3_s),
    drawShare(d, time_s) {
      let sum = 0;
      for (const part of draws[d]!.parts) sum += part.flow_m3_s * shareAt(part.pattern, time_s);
      return sum / draws[d]!.nominal_m3_s;
    },
    reservoirNode: Int32Array.from(patterned, (r) => node(r.id)),
    reservoirHead: (i, time_s) => patterned[i]!.head_m * shareAt(inp.patterns.get(patterned[i]!.pattern!), time_s),
    pulses: pulsesOf(spec, draws, options.seed),
    pumpId,
    pumpLink: Int32Array.from(pumpId, link),
    pumpSpeed0: Float64Array.from(pumpId, (id) => moment.speed(id)),
    pumpRated: Float64Array.from(inp.pumps, (p) => (p.speed > 0 ? p.speed : 1)),
    throttleId: throttles.map((v) => v.id),
    throttleLink: Int32Array.from(throttles, (v) => link(v.id)),
    regulator: new Map(
      pressureValves.flatMap((v) =>
        v.status === 'active'
          ? [[v.id, { link: link(v.id), base_m: elevation(v.type === 'PRV' ? v.to : v.from) }] as const]
          : [],
      ),
    ),
    controls: controls.map((c) => ({
      pump: c.kind === 'pump' ? pumpId.indexOf(c.link) : -1,
      link: link(c.kind === 'pump' ? c.link : `${c.link}/valve`),
      setting: c.setting,
      kind: c.when.kind,
      tank: c.when.kind === 'level' ? node(c.when.tank) : -1,
      above: c.when.kind === 'level' && c.when.above,
      at: c.when.kind === 'level' ? c.when.level_m : c.when.time_s,
    })),
    tagSource: Uint8Array.from(sources, ([source]) => source),
    tagElement: Int32Array.from(sources, ([, element]) => element),
  };
}

function pulsesOf(spec: WaterSpec, draws: readonly Draw[], seed: number): Pulses | undefined {
  const p = spec.transient.pulses;
  if (!p) return undefined;
  const chance = seeded(seed).stream('taps');
  return {
    interval_s: PULSE_INTERVAL_S,
    chance: p.rate * PULSE_INTERVAL_S,
    flow_m3_s: p.flow,
    lasts_s: p.lasts + 2 * p.edge,
    edge_s: p.edge,
    stream: draws.map((d) => chance.stream(d.id)),
  };
}

/** What a file does not say of a machine: how fast it moves. */
function withMachine(l: LinkSpec, spec: WaterSpec): LinkSpec {
  const { pumps, 'valve-stroke': strokeTime_s } = spec.transient;
  if (l.kind === 'pump')
    return {
      ...l,
      rampPerS: 1 / pumps['start-time'],
      inertia_kg_m2: pumps.inertia,
      ratedSpeed_rad_s: pumps['rated-speed'],
    };
  return l.kind === 'valve' || l.kind === 'regulator' ? { ...l, strokeTime_s } : l;
}

interface Place {
  readonly site: LeakSite;
  readonly node: string;
  readonly bore_m2: number;
  readonly position_m: number;
}

/** Splits pipes at their leaks, several to a pipe if need be, and says what the first and last part of each pipe are called. */
function addLeaks(base: NetworkSpec, inp: InpNetwork, sites: readonly LeakSite[]) {
  let network = base;
  const places: Place[] = [];
  const first = new Map(inp.pipes.map((p) => [p.id, p.id]));
  const last = new Map(inp.pipes.map((p) => [p.id, p.id]));
  for (const pipe of inp.pipes) {
    const own = sites.filter((s) => s.pipe === pipe.id).sort((a, b) => a.fraction - b.fraction);
    let rest = pipe.id;
    let done = 0;
    let before = pipe.from;
    for (const site of own) {
      const place = { site, bore_m2: (Math.PI / 4) * pipe.diameter_m ** 2, position_m: site.fraction * pipe.length_m };
      if (site.fraction <= 0 || site.fraction >= 1 || site.fraction === done) {
        places.push({ ...place, node: site.fraction <= 0 ? pipe.from : site.fraction >= 1 ? pipe.to : before });
        continue;
      }
      const node = `leak:${site.id}`;
      const cut = splitPipe(network, rest, (site.fraction - done) / (1 - done), node);
      if (!cut.ok) throw new Error(cut.problems.join(' '));
      network = cut.value;
      if (done === 0) first.set(pipe.id, `${rest}.a`);
      rest = `${rest}.b`;
      last.set(pipe.id, rest);
      done = site.fraction;
      before = node;
      places.push({ ...place, node });
    }
  }
  const orifices = [
    ...(network.orifices ?? []),
    ...places.map((p) => ({
      id: p.site.id,
      node: p.node,
      dischargeCoefficient: p.site.dischargeCoefficient,
      backHead_m: p.site.backHead_m ?? 0,
      area_m2: p.site.openArea_m2 ?? 0,
    })),
  ].map((o) => ({ ...o, dischargeCoefficient: o.dischargeCoefficient * ORIFICE_SCALE }));
  // In the order of the sites, as everywhere.
  const ordered = sites.flatMap((s) => places.filter((p) => p.site === s));
  return { network: { ...network, orifices }, places: ordered, first, last };
}
