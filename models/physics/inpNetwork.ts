/**
 * An EPANET network as a `NetworkSpec` at one moment: demands, reservoir heads and pump speeds by their patterns, simple
 * controls that hold at that moment applied. A shut pipe becomes a pipe with a shut valve `<pipe>/valve` at its end, a pipe
 * with a check valve one with a check valve there, so that both can act during a transient.
 */
import type { InpNetwork, InpStatus } from './inpTypes.ts';
import type { DemandSpec, FrictionSpec, LinkSpec, NetworkSpec, NodeSpec, OrificeSpec, PipeSpec } from './spec.ts';

export interface InpOptions {
  /** Wave speed a of all pipes [m/s], or by pipe. */
  readonly waveSpeed_m_s: number | ((pipeId: string) => number);
  /** Time within the patterns [s], default 0. */
  readonly time_s?: number;
  /** Demands as pressure-dependent q = c √(H − z) that give the nominal demand at this pressure head [m]; default: constant. */
  readonly demandHead_m?: number;
  /** How things stand at that moment where somebody knows better than the patterns and controls: another engine's solution. */
  readonly moment?: InpMoment;
  /** Pipes that may be shut and opened during the transient, besides those that are shut or have a check valve. */
  readonly armed?: ReadonlySet<string>;
}

export interface InpMoment {
  /** Nominal demand of a junction [m³/s]. */
  demand(junction: string): DemandSpec | undefined;
  /** Head of a reservoir [m]. */
  head_m(reservoir: string): number;
  level_m(tank: string): number;
  /** Of a pipe, pump or valve; undefined: as in the file. */
  status(link: string): InpStatus | undefined;
  /** Relative speed of a pump, 0 where it stands. */
  speed(pump: string): number;
}

const WATER_kg_m3 = 998.2;

/** The network at `time_s` as a spec to compile. */
export function inpToNetworkSpec(inp: InpNetwork, options: InpOptions): NetworkSpec {
  const time = options.time_s ?? 0;
  const at = (pattern: string | undefined): number => {
    const list = pattern === undefined ? undefined : inp.patterns.get(pattern);
    if (!list || list.length === 0) return 1;
    return list[Math.floor((time + inp.times.patternStart_s) / inp.times.patternStep_s) % list.length];
  };
  const wave = options.waveSpeed_m_s;
  const { moment } = options;
  const controlled = moment ? new Map<string, InpStatus>() : controlsAt(inp, time);
  const statusOf = (id: string, own: InpStatus) => moment?.status(id) ?? controlled.get(id) ?? own;
  const nodes: NodeSpec[] = [];
  const pipes: PipeSpec[] = [];
  const links: LinkSpec[] = [];
  const orifices: OrificeSpec[] = [];
  const elevation = new Map<string, number>();

  for (const j of inp.junctions) {
    const pattern = (name: string | undefined) => at(name ?? inp.defaultPattern);
    const flow = j.demands.reduce((sum, d) => sum + d.base_m3_s * pattern(d.pattern), 0) * inp.demandMultiplier;
    elevation.set(j.id, j.elevation_m);
    const demand = moment ? moment.demand(j.id) : flow === 0 ? undefined : demandOf(flow, options.demandHead_m);
    nodes.push({ id: j.id, kind: 'junction', elevation_m: j.elevation_m, ...(demand ? { demand } : {}) });
    if (j.emitter > 0) {
      // area of a hole with Cd 1 at g = 9.80665 and the same coefficient
      const area_m2 = j.emitter / Math.sqrt(2 * 9.80665);
      orifices.push({
        id: `${j.id}/emitter`,
        node: j.id,
        dischargeCoefficient: 1,
        area_m2,
        exponent: inp.emitterExponent,
      });
    }
  }
  for (const r of inp.reservoirs) {
    elevation.set(r.id, r.head_m);
    nodes.push({ id: r.id, kind: 'reservoir', head_m: moment ? moment.head_m(r.id) : r.head_m * at(r.pattern) });
  }
  for (const t of inp.tanks) {
    elevation.set(t.id, t.elevation_m);
    const { id, elevation_m, area_m2, minLevel_m } = t;
    const level_m = moment ? moment.level_m(t.id) : t.level_m;
    nodes.push({
      id,
      kind: 'tank',
      elevation_m,
      area_m2,
      level_m,
      minLevel_m,
      maxLevel_m: Math.max(t.maxLevel_m, minLevel_m + 1e-6),
    });
  }

  for (const p of inp.pipes) {
    const status = statusOf(p.id, p.status);
    const armed = p.checkValve || status === 'closed' || options.armed?.has(p.id) === true;
    const end = armed ? `${p.id}/end` : p.to;
    if (armed) {
      nodes.push({ id: end, kind: 'junction', elevation_m: elevation.get(p.to) ?? 0 });
      const link = { id: `${p.id}/valve`, from: end, to: p.to, diameter_m: p.diameter_m, lossCoefficient: 0 };
      if (p.checkValve && status !== 'closed') links.push({ ...link, kind: 'check-valve' });
      else links.push({ ...link, kind: 'valve', opening: status === 'closed' ? 0 : 1 });
    }
    pipes.push({
      id: p.id,
      from: p.from,
      to: end,
      length_m: p.length_m,
      diameter_m: p.diameter_m,
      waveSpeed_m_s: typeof wave === 'number' ? wave : wave(p.id),
      friction: frictionOf(inp, p.roughness),
      minorLoss: p.minorLoss,
    });
  }
  for (const p of inp.pumps) {
    const status = statusOf(p.id, p.status);
    const speed = status === 'closed' ? 0 : p.pattern === undefined ? p.speed : at(p.pattern);
    links.push({
      id: p.id,
      kind: 'pump',
      from: p.from,
      to: p.to,
      curve: p.curve ? { kind: 'points', points: p.curve } : { kind: 'power', power_W: p.power_W ?? 0 },
      speed: moment ? moment.speed(p.id) : speed,
    });
  }
  for (const v of inp.valves) links.push(valveOf(v, statusOf(v.id, v.status), elevation));
  return {
    name: inp.title.split('\n')[0],
    fluid: { density_kg_m3: WATER_kg_m3 * inp.specificGravity, kinematicViscosity_m2_s: inp.kinematicViscosity_m2_s },
    nodes,
    pipes,
    links,
    orifices,
  };
}

function demandOf(flow_m3_s: number, head_m: number | undefined) {
  if (head_m === undefined || flow_m3_s < 0) return { kind: 'constant', flow_m3_s } as const;
  return { kind: 'pressure', coefficient: flow_m3_s / Math.sqrt(head_m) } as const;
}

function frictionOf(inp: InpNetwork, roughness: number): FrictionSpec {
  if (inp.headloss === 'D-W') return { kind: 'roughness', roughness_m: roughness };
  return { kind: inp.headloss === 'H-W' ? 'hazen-williams' : 'manning', coefficient: roughness };
}

function valveOf(v: InpNetwork['valves'][number], status: InpStatus, elevation: ReadonlyMap<string, number>): LinkSpec {
  const link = { id: v.id, from: v.from, to: v.to, diameter_m: v.diameter_m, lossCoefficient: v.minorLoss };
  const open = status === 'open' ? { opening: 1 } : status === 'closed' ? { opening: 0 } : {};
  if (status !== 'active') return { ...link, kind: 'valve', ...open };
  switch (v.type) {
    case 'PRV':
      return { ...link, kind: 'regulator', holds: 'downstream-head', setting: v.setting + (elevation.get(v.to) ?? 0) };
    case 'PSV':
      return { ...link, kind: 'regulator', holds: 'upstream-head', setting: v.setting + (elevation.get(v.from) ?? 0) };
    case 'PBV':
      return { ...link, kind: 'regulator', holds: 'loss', setting: v.setting };
    case 'FCV':
      return { ...link, kind: 'regulator', holds: 'flow', setting: v.setting };
    case 'GPV':
      return { id: v.id, from: v.from, to: v.to, kind: 'loss-curve', points: v.curve ?? [] };
    default:
      return { ...link, kind: 'valve', lossCoefficient: Math.max(v.setting, v.minorLoss) };
  }
}

/** What the simple controls say at a time, with tanks at their first levels: `LINK x OPEN|CLOSED AT TIME t` and `IF NODE n ABOVE|BELOW v`. */
function controlsAt(inp: InpNetwork, time: number): Map<string, InpStatus> {
  const tanks = new Map(inp.tanks.map((t) => [t.id, t.level_m]));
  const feet = ['CFS', 'GPM', 'MGD', 'IMGD', 'AFD'].includes(inp.units) ? 0.3048 : 1;
  const result = new Map<string, InpStatus>();
  for (const text of inp.controls) {
    const w = text.split(/\s+/);
    const upper = w.map((x) => x.toUpperCase());
    if (upper[0] !== 'LINK' || (upper[2] !== 'OPEN' && upper[2] !== 'CLOSED')) continue;
    const status = upper[2] === 'OPEN' ? 'open' : 'closed';
    if (upper[3] === 'AT' && upper[4] === 'TIME') {
      const [h, m = '0'] = (w[5] ?? '').split(':');
      if (Number(h) * 3600 + Number(m) * 60 <= time) result.set(w[1], status);
    } else if (upper[3] === 'IF' && upper[4] === 'NODE') {
      const level = tanks.get(w[5]);
      const limit = Number(w[7]) * feet;
      if (level !== undefined && (upper[6] === 'ABOVE' ? level > limit : level < limit)) result.set(w[1], status);
    }
  }
  return result;
}
