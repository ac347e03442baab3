/**
 * Compiles a network: names become indices, pipes become reaches, nodes joined by links without length become clusters.
 *
 *   N = max(1, round(L/(a Δt)))    reaches of a pipe; its wave speed becomes a' = L/(N Δt), so that waves cross one reach
 *                                  in exactly one step and the characteristics need no interpolation
 *   B = a'/(g A)                   impedance of a pipe [s/m²]
 */
import { compileGas } from './cavity.ts';
import { checkNetwork } from './check.ts';
import { compileHeat, heatReaches } from './heat/compile.ts';
import {
  type CompileOptions,
  FORM,
  FRICTION,
  HOLDS,
  LINK,
  type NetworkModel,
  NODE,
  type WaveSpeedReport,
} from './model.ts';
import {
  type Checked,
  elevationOf,
  type FrictionSpec,
  type LinkSpec,
  type NetworkSpec,
  type PumpCurveSpec,
} from './spec.ts';
import { compileSurge, reliefOrifices } from './surge.ts';

const WATER = { density_kg_m3: 998.2, kinematicViscosity_m2_s: 1.004e-6, vapourHead_m: -10.1 };

/** Compiles a spec into a read-only model, or returns all that is wrong with it. */
export function compileNetwork(spec: NetworkSpec, options: CompileOptions): Checked<NetworkModel> {
  const problems = checkNetwork(spec);
  if (!(options.timeStep_s > 0 && Number.isFinite(options.timeStep_s))) {
    problems.push(`timeStep_s is ${options.timeStep_s}; expected a positive number.`);
  }
  problems.push(...checkOptions(spec, options));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: compile(spec, options) };
}

function checkOptions(spec: NetworkSpec, options: CompileOptions): string[] {
  const problems: string[] = [];
  const { gasFraction = 1e-7, cavityWeight = 1 } = options;
  if (!(gasFraction > 0 && gasFraction <= 1e-2))
    problems.push(`gasFraction is ${gasFraction}; expected more than 0 and at most 0.01.`);
  if (!(cavityWeight >= 0.5 && cavityWeight <= 1)) problems.push(`cavityWeight is ${cavityWeight}; expected 0.5 … 1.`);
  if (spec.heat && options.cavitation === 'gas-cavity')
    problems.push('heat and gas cavities cannot be had together yet.');
  if (spec.heat && options.unsteadyFriction === 'brunone-vitkovsky')
    problems.push('heat and unsteady friction cannot be had together yet.');
  const vapour = spec.fluid?.vapourHead_m;
  if (options.cavitation === 'gas-cavity' && vapour !== undefined && !Number.isFinite(vapour))
    problems.push(`vapourHead_m is ${vapour}; cavities need a number.`);
  return problems;
}

function compile(spec: NetworkSpec, options: CompileOptions): NetworkModel {
  const g = options.gravity_m_s2 ?? 9.80665;
  const dt = options.timeStep_s;
  const fluid = { ...WATER, ...spec.fluid };
  const links = spec.links ?? [];
  const devices = spec.surge ?? [];
  const ownOrifices = spec.orifices ?? [];
  const orifices = [...ownOrifices, ...reliefOrifices(devices)];
  const nodeIndex = indexOf(spec.nodes);
  const nNode = spec.nodes.length;
  const nPipe = spec.pipes.length;
  const at = (id: string) => nodeIndex.get(id) as number;
  const f64 = <T>(list: readonly T[], value: (x: T) => number) => Float64Array.from(list, value);
  const i32 = <T>(list: readonly T[], value: (x: T) => number) => Int32Array.from(list, value);
  const u8 = <T>(list: readonly T[], value: (x: T) => number) => Uint8Array.from(list, value);

  const pipeReaches = i32(spec.pipes, (p) =>
    spec.heat ? heatReaches(p, dt) : (p.reaches ?? Math.max(1, Math.round(p.length_m / (p.waveSpeed_m_s * dt)))),
  );
  const limit = options.waveSpeedLimit ?? Number.POSITIVE_INFINITY;
  const pipeWaveSpeed_m_s = Float64Array.from(spec.pipes, (p, i) => {
    const adjusted = p.length_m / (pipeReaches[i] * dt);
    return Math.abs(adjusted / p.waveSpeed_m_s - 1) > limit ? p.waveSpeed_m_s : adjusted;
  });
  const pipeArea_m2 = f64(spec.pipes, (p) => (Math.PI / 4) * p.diameter_m ** 2);
  const pipeImpedance_s_m2 = pipeArea_m2.map((A, i) => pipeWaveSpeed_m_s[i] / (g * A));
  const pipeFrom = i32(spec.pipes, (p) => at(p.from));
  const pipeTo = i32(spec.pipes, (p) => at(p.to));
  const sectionStart = new Int32Array(nPipe + 1);
  for (let p = 0; p < nPipe; p++) sectionStart[p + 1] = sectionStart[p] + pipeReaches[p] + 1;

  const nodeElevation_m = f64(spec.nodes, elevationOf);
  const nodeConductance = new Float64Array(nNode);
  const ends: number[][] = spec.nodes.map(() => []);
  for (let p = 0; p < nPipe; p++) {
    nodeConductance[pipeFrom[p]] += 1 / pipeImpedance_s_m2[p];
    nodeConductance[pipeTo[p]] += 1 / pipeImpedance_s_m2[p];
    ends[pipeFrom[p]].push(2 * p);
    ends[pipeTo[p]].push(2 * p + 1);
  }
  const grouped: number[][] = spec.nodes.map(() => []);
  for (let o = 0; o < orifices.length; o++) grouped[at(orifices[o].node)].push(o);
  const [nodeEndStart, nodeEnds] = flatten(ends);
  const [nodeOrificeStart, nodeOrifices] = flatten(grouped);
  const orificeBase_m = f64(orifices, (o) => nodeElevation_m[at(o.node)] + (o.backHead_m ?? 0));
  const orificeExponent = f64(orifices, (o) => o.exponent ?? 0.5);

  const surge = compileSurge(devices, nodeIndex, nodeElevation_m, g, ownOrifices.length);
  const gas = compileGas({
    sections: options.cavitation === 'gas-cavity',
    fraction: options.gasFraction ?? 1e-7,
    weight: options.cavityWeight ?? 1,
    specificWeight_Pa_m: fluid.density_kg_m3 * g,
    vapourHead_m: fluid.vapourHead_m,
    nodeElevation_m,
    isJunction: u8(spec.nodes, (n) => (n.kind === 'junction' ? 1 : 0)),
    pipeFrom,
    pipeTo,
    pipeReachVolume_m3: pipeArea_m2.map((A, p) => (A * spec.pipes[p].length_m) / pipeReaches[p]),
    airValveNodes: devices.flatMap((d, s) => (d.kind === 'air-valve' ? [[at(d.node), s] as const] : [])),
  });
  // nodes whose head needs Newton though no link joins them
  const alone = spec.nodes.flatMap((node, n) => {
    const opens = grouped[n].length > 0 || (node.kind === 'junction' && node.demand?.kind === 'pressure');
    const newton = surge.nodeDevice[n] >= 0 || (gas.nodeGas_m4[n] > 0 && gas.nodeAirValve[n] < 0 && opens);
    return newton ? [n] : [];
  });
  const clusters = findClusters(
    nNode,
    links.map((l) => [at(l.from), at(l.to)]),
    alone,
  );
  const nodeSolve = Uint8Array.from(spec.nodes, (node, n) => {
    if (clusters.nodeSlot[n] >= 0) return 5;
    if (gas.nodeAirValve[n] >= 0) return 7;
    if (gas.nodeGas_m4[n] > 0) return 6;
    if (node.kind === 'reservoir') return 3;
    if (node.kind === 'tank') return 4;
    const pressure = node.demand?.kind === 'pressure';
    const bases = new Set(grouped[n].map((o) => orificeBase_m[o]));
    if (pressure) bases.add(nodeElevation_m[n]);
    if (bases.size === 0) return 0;
    const full = node.kind === 'junction' && node.demand?.kind === 'pressure' && node.demand.fullHead_m !== undefined;
    if (full && grouped[n].length > 0) return 2;
    return bases.size === 1 && grouped[n].every((o) => orificeExponent[o] === 0.5) ? 1 : 2;
  });

  const tables = links.map(tableOf);
  const curves = links.map((l) =>
    l.kind === 'pump' ? fitCurve(l.curve) : { form: 0, A: 0, B: 0, C: 2, D: 0, power_W: 0 },
  );
  const tableStart = new Int32Array(links.length + 1);
  for (let l = 0; l < links.length; l++) tableStart[l + 1] = tableStart[l] + tables[l].length;
  const linkArea_m2 = f64(links, areaOf);
  const frictionRefreshSteps = Math.max(1, Math.round(options.frictionRefreshSteps ?? 20));
  const shape = { timeStep_s: dt, frictionRefreshSteps, pipeReaches, pipeArea_m2, nLink: links.length };

  return {
    timeStep_s: dt,
    gravity_m_s2: g,
    density_kg_m3: fluid.density_kg_m3,
    kinematicViscosity_m2_s: fluid.kinematicViscosity_m2_s,
    vapourHead_m: fluid.vapourHead_m,
    friction: options.friction ?? 'per-pipe',
    frictionRefreshSteps,
    waveSpeeds: spec.pipes.map(
      (p, i): WaveSpeedReport => ({
        pipe: p.id,
        reaches: pipeReaches[i],
        waveSpeed_m_s: p.waveSpeed_m_s,
        waveSpeedAdjusted_m_s: pipeWaveSpeed_m_s[i],
        waveSpeedAdjustment: pipeWaveSpeed_m_s[i] / p.waveSpeed_m_s - 1,
        lengthAdjustment_m:
          pipeWaveSpeed_m_s[i] === p.waveSpeed_m_s ? pipeReaches[i] * p.waveSpeed_m_s * dt - p.length_m : 0,
      }),
    ),
    nodeIds: spec.nodes.map((n) => n.id),
    pipeIds: spec.pipes.map((p) => p.id),
    linkIds: links.map((l) => l.id),
    orificeIds: orifices.map((o) => o.id),
    nodeIndex,
    pipeIndex: indexOf(spec.pipes),
    linkIndex: indexOf(links),
    orificeIndex: indexOf(orifices),
    nNode,
    nPipe,
    nLink: links.length,
    nOrifice: orifices.length,
    nSection: sectionStart[nPipe],
    nCluster: clusters.nodeStart.length - 1,

    nodeKind: u8(spec.nodes, (n) => NODE[n.kind]),
    nodeElevation_m,
    nodeDemand_m3_s: f64(spec.nodes, (n) =>
      n.kind === 'junction' && n.demand?.kind === 'constant' ? n.demand.flow_m3_s : 0,
    ),
    nodeDemandCoefficient: f64(spec.nodes, (n) =>
      n.kind === 'junction' && n.demand?.kind === 'pressure' ? n.demand.coefficient : 0,
    ),
    nodeDemandFullHead_m: f64(spec.nodes, (n) =>
      n.kind === 'junction' && n.demand?.kind === 'pressure'
        ? (n.demand.fullHead_m ?? Number.POSITIVE_INFINITY)
        : Number.POSITIVE_INFINITY,
    ),
    nodeBoundaryFlow_m3_s: f64(spec.nodes, (n) => (n.kind === 'junction' ? (n.outflow_m3_s ?? 0) : 0)),
    nodeHead0_m: f64(spec.nodes, (n) =>
      n.kind === 'reservoir' ? n.head_m : n.kind === 'tank' ? n.elevation_m + n.level_m : n.elevation_m,
    ),
    nodeConductance,
    nodeEndStart,
    nodeEnds,
    nodeOrificeStart,
    nodeOrifices,
    nodeSolve,
    tankArea_m2: f64(spec.nodes, (n) => (n.kind === 'tank' ? n.area_m2 : 0)),
    tankMinLevel_m: f64(spec.nodes, (n) => (n.kind === 'tank' ? (n.minLevel_m ?? 0) : 0)),
    tankMaxLevel_m: f64(spec.nodes, (n) => (n.kind === 'tank' ? (n.maxLevel_m ?? Number.POSITIVE_INFINITY) : 0)),

    pipeFrom,
    pipeTo,
    pipeLength_m: f64(spec.pipes, (p) => p.length_m),
    pipeDiameter_m: f64(spec.pipes, (p) => p.diameter_m),
    pipeArea_m2,
    pipeWaveSpeed_m_s,
    pipeReaches,
    pipeImpedance_s_m2,
    pipeConductance_m2_s: pipeImpedance_s_m2.map((B) => 1 / B),
    pipeMinorLoss: f64(spec.pipes, (p) => p.minorLoss ?? 0),
    pipeConvection: f64(spec.pipes, (p) => p.convectionSlope ?? 0),
    frictionKind: u8(spec.pipes, (p) => frictionOf(p.friction)[0]),
    frictionParameter: f64(spec.pipes, (p) => frictionOf(p.friction)[1]),
    sectionStart,
    pipeSlope_m: Float64Array.from(
      spec.pipes,
      (_, p) => (nodeElevation_m[pipeTo[p]] - nodeElevation_m[pipeFrom[p]]) / pipeReaches[p],
    ),

    linkKind: u8(links, (l) => LINK_CODE[l.kind]),
    linkForm: Uint8Array.from(links, (l, i) =>
      l.kind === 'pump' ? curves[i].form : l.kind === 'valve' ? characteristicOf(l.characteristic?.kind) : 0,
    ),
    linkFrom: i32(links, (l) => at(l.from)),
    linkTo: i32(links, (l) => at(l.to)),
    linkCheck: u8(links, (l) =>
      l.kind === 'check-valve' || l.kind === 'regulator' || (l.kind === 'pump' && l.checkValve !== false) ? 1 : 0,
    ),
    linkLoss_s2_m5: Float64Array.from(links, (l, i) => lossOf(l, linkArea_m2[i], g)),
    linkArea_m2,
    linkHolds: u8(links, (l) => (l.kind === 'regulator' ? HOLDS_CODE[l.holds] : 0)),
    linkSetting: f64(links, (l) => (l.kind === 'regulator' ? l.setting : 0)),
    linkRate_per_s: f64(links, rateOf),
    linkPosition0: f64(links, (l) => (l.kind === 'pump' ? (l.speed ?? 1) : l.kind === 'valve' ? (l.opening ?? 1) : 1)),
    linkRangeability: f64(links, (l) =>
      l.kind === 'valve' && l.characteristic?.kind === 'equal-percentage' ? (l.characteristic.rangeability ?? 50) : 50,
    ),
    pumpA_m: Float64Array.from(curves, (c) => c.A),
    pumpB: Float64Array.from(curves, (c) => c.B),
    pumpC: Float64Array.from(curves, (c) => c.C),
    pumpD: Float64Array.from(curves, (c) => c.D),
    pumpPower_W: Float64Array.from(curves, (c) => c.power_W),
    pumpPasses: u8(links, (l) => (l.kind === 'pump' && l.whenStopped === 'passes' ? 1 : 0)),
    pumpInertia_kg_m2: f64(links, (l) => (l.kind === 'pump' ? (l.inertia_kg_m2 ?? 0) : 0)),
    pumpRatedSpeed_rad_s: f64(links, (l) =>
      l.kind === 'pump' ? (l.ratedSpeed_rad_s ?? (2 * Math.PI * 1480) / 60) : 1,
    ),
    pumpEfficiency: f64(links, (l) => (l.kind === 'pump' ? (l.efficiency ?? 0.75) : 1)),
    pumpIdlePower_W: Float64Array.from(links, (l, i) => idlePower(l, curves[i], fluid.density_kg_m3 * g)),
    tableStart,
    tableX: Float64Array.from(tables.flat(), (p) => p[0]),
    tableY: Float64Array.from(tables.flat(), (p) => p[1]),

    orificeNode: i32(orifices, (o) => at(o.node)),
    orificeDischarge: f64(orifices, (o) => o.dischargeCoefficient),
    orificeBase_m,
    orificeExponent,
    orificeArea0_m2: f64(orifices, (o) => o.area_m2 ?? 0),

    clusterNodeStart: clusters.nodeStart,
    clusterNodes: clusters.nodes,
    clusterLinkStart: clusters.linkStart,
    clusterLinks: clusters.links,
    nodeSlot: clusters.nodeSlot,
    clusterLargest: clusters.largest,

    unsteady: options.unsteadyFriction === 'brunone-vitkovsky',
    attached: gas.nodes || surge.n > 0,
    gas,
    surge,
    heat: spec.heat && compileHeat(spec, spec.heat, shape),
  };
}

const LINK_CODE: Record<LinkSpec['kind'], number> = {
  pump: LINK.pump,
  valve: LINK.valve,
  regulator: LINK.regulator,
  'check-valve': LINK.checkValve,
  orifice: LINK.orifice,
  'loss-curve': LINK.lossCurve,
};
const HOLDS_CODE = {
  'downstream-head': HOLDS.downstreamHead,
  'upstream-head': HOLDS.upstreamHead,
  flow: HOLDS.flow,
  loss: HOLDS.loss,
} as const;

function characteristicOf(kind: string | undefined): number {
  if (kind === 'equal-percentage') return FORM.equalPercentage;
  return kind === 'relative-flow' || kind === 'loss' ? FORM.relativeFlow : FORM.linear;
}

function frictionOf(f: FrictionSpec): readonly [number, number] {
  switch (f.kind) {
    case 'darcy':
      return [FRICTION.darcy, f.factor];
    case 'roughness':
      return [FRICTION.roughness, f.roughness_m];
    case 'hazen-williams':
      return [FRICTION.hazenWilliams, f.coefficient];
    case 'manning':
      return [FRICTION.manning, f.coefficient];
    case 'haaland':
      return [FRICTION.haaland, f.roughnessTerm];
  }
}

function areaOf(l: LinkSpec): number {
  if (l.kind === 'orifice') return l.area_m2;
  return 'diameter_m' in l ? (Math.PI / 4) * l.diameter_m ** 2 : 0;
}

function lossOf(l: LinkSpec, area: number, g: number): number {
  if (l.kind === 'orifice') return 1 / (2 * g * (l.dischargeCoefficient * area) ** 2);
  // a regulator throttles relative to its open loss, which therefore cannot be nothing
  if (l.kind === 'regulator') return Math.max(l.lossCoefficient, 0.01) / (2 * g * area * area);
  return 'lossCoefficient' in l ? l.lossCoefficient / (2 * g * area * area) : 0;
}

function rateOf(l: LinkSpec): number {
  if (l.kind === 'pump') return l.rampPerS ?? Number.POSITIVE_INFINITY;
  if (l.kind === 'regulator') return 1 / (l.strokeTime_s ?? 30);
  return l.kind === 'valve' && l.strokeTime_s ? 1 / l.strokeTime_s : Number.POSITIVE_INFINITY;
}

/** A table's points; a valve's loss table becomes relative conductance τ = √(Kopen/K). */
function tableOf(l: LinkSpec): (readonly [number, number])[] {
  if (l.kind === 'loss-curve') return l.points.map((p) => [p.flow_m3_s, p.loss_m]);
  if (l.kind === 'pump' && fitCurve(l.curve).form === FORM.table && l.curve.kind === 'points') {
    return l.curve.points.map((p) => [p.flow_m3_s, p.head_m]);
  }
  if (l.kind === 'valve' && l.characteristic?.kind === 'relative-flow') {
    return l.characteristic.points.map((p) => [p.opening, p.relativeFlow]);
  }
  if (l.kind === 'valve' && l.characteristic?.kind === 'loss') {
    return l.characteristic.points.map((p) => [p.opening, Math.sqrt(l.lossCoefficient / p.lossCoefficient)]);
  }
  return [];
}

interface Curve {
  readonly form: number;
  readonly A: number;
  readonly B: number;
  readonly C: number;
  readonly D: number;
  readonly power_W: number;
}

/** EPANET's rules for pump curves (manual §3.2): one point, a power curve through three, else a table. */
function fitCurve(curve: PumpCurveSpec): Curve {
  const plain = { form: FORM.coefficients, A: 0, B: 0, C: 2, D: 0, power_W: 0 };
  if (curve.kind === 'coefficients') return { ...plain, A: curve.A, B: curve.B, C: curve.C, D: curve.D ?? 0 };
  if (curve.kind === 'power') return { ...plain, form: FORM.power, power_W: curve.power_W };
  const points = curve.points;
  if (points.length === 1) {
    const { flow_m3_s: q, head_m: h } = points[0];
    return { ...plain, A: (4 / 3) * h, B: h / 3 / (q * q), C: 2 };
  }
  if (points.length === 3 && points[0].flow_m3_s === 0) {
    const h4 = points[0].head_m - points[1].head_m;
    const h5 = points[0].head_m - points[2].head_m;
    const C = Math.log(h5 / h4) / Math.log(points[2].flow_m3_s / points[1].flow_m3_s);
    if (C > 0 && C <= 20) return { ...plain, A: points[0].head_m, B: h4 / points[1].flow_m3_s ** C, C };
  }
  return { ...plain, form: FORM.table };
}

/** Shaft power at rated speed and no flow [W]: a fraction of the largest hydraulic power on the curve, over efficiency. */
function idlePower(l: LinkSpec, c: Curve, weight: number): number {
  if (l.kind !== 'pump') return 0;
  let best = c.power_W;
  if (c.form === FORM.coefficients && c.B > 0) {
    const q = (c.A / (c.B * (c.C + 1))) ** (1 / c.C);
    best = weight * q * (c.A + c.D * q - c.B * q ** c.C);
  } else if (l.curve.kind === 'points') {
    best = Math.max(...l.curve.points.map((p) => weight * p.flow_m3_s * p.head_m));
  }
  return ((l.idlePowerFraction ?? 0.3) * best) / (l.efficiency ?? 0.75);
}

function indexOf(list: readonly { readonly id: string }[]): Map<string, number> {
  return new Map(list.map((x, i) => [x.id, i]));
}

/** Lists of lists as one array and the start of each. */
function flatten(lists: readonly (readonly number[])[]): [Int32Array, Int32Array] {
  const start = new Int32Array(lists.length + 1);
  for (let i = 0; i < lists.length; i++) start[i + 1] = start[i] + lists[i].length;
  return [start, Int32Array.from(lists.flat())];
}

/** Groups of nodes that links join, and the nodes `alone` that are solved like them. */
function findClusters(nNode: number, ends: readonly (readonly [number, number])[], alone: readonly number[]) {
  const root = Int32Array.from({ length: nNode }, (_, i) => i);
  const find = (n: number): number => {
    let r = n;
    while (root[r] !== r) r = root[r];
    return r;
  };
  for (const [a, b] of ends) root[find(b)] = find(a);
  const roots = [...new Set([...ends.map(([a]) => a), ...alone].map(find))].sort((a, b) => a - b);
  const slot = new Map(roots.map((r, k) => [r, k]));
  const nodes: number[][] = roots.map(() => []);
  const links: number[][] = roots.map(() => []);
  const touched = new Set([...ends.flat(), ...alone]);
  for (const n of [...touched].sort((a, b) => a - b)) nodes[slot.get(find(n)) as number].push(n);
  for (let l = 0; l < ends.length; l++) links[slot.get(find(ends[l][0])) as number].push(l);
  const nodeSlot = new Int32Array(nNode).fill(-1);
  for (const members of nodes) for (let i = 0; i < members.length; i++) nodeSlot[members[i]] = i;
  const [nodeStart, flatNodes] = flatten(nodes);
  const [linkStart, flatLinks] = flatten(links);
  return {
    nodeStart,
    nodes: flatNodes,
    linkStart,
    links: flatLinks,
    nodeSlot,
    largest: Math.max(0, ...nodes.map((m) => m.length)),
  };
}
