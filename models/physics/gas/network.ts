/**
 * Compiles a gas network: checks it, cuts pipes at their leaks into reaches and cells, sizes the inner step.
 *
 *   Δt_inner = Δt/n,  n = ⌈c Δt/(C Δx)⌉ over all reaches but those shorter than half a wanted cell
 *   Σ_faces A/(Δx κ) ≤ 2 C² V/(c² Δt²)   at every point: the row-sum bound (Gershgorin) of the staggered leapfrog scheme
 *
 * c largest isothermal wave speed, C Courant number, V volume of a point. A reach too short for the inner step does not slow the
 * whole network down: a little too short, its inertia is raised by κ (`reachInertiaFactor`); far too short (κ > 2), it becomes a
 * passage without inertia in the implicit solver of stations. Friction, height and volume stay exact in both; what is lost is
 * the wave within less than a cell.
 */

import { checkGasNetwork } from './check.ts';
import { GAS_FRICTION } from './friction.ts';
import { GAS_LINK, GAS_MODE, type GasCompileOptions, type GasModel } from './model.ts';
import { densityOf, equationAt, type Gas, gasOf, waveSpeedSquared } from './realGas.ts';
import type { GasLinkSpec, GasNetworkSpec, GasPipeSpec } from './spec.ts';

export type GasCompileResult =
  | { readonly ok: true; readonly value: GasModel }
  | { readonly ok: false; readonly problems: readonly string[] };

const STANDARD_TEMPERATURE_K = 288.15;
const DEFAULT_CELL_m = 500;
const DEFAULT_PRESSURE_Pa = 5e6;
const HEAT_TRANSFER_W_m2K = 2;
/** A single cell whose inertia would have to be raised by more than this becomes a passage. */
const MOST_INERTIA = 2;
/** What a node holds where no pipe ends. */
const STATION_VOLUME_m3 = 1;

/** Compiles a spec; all problems at once as sentences. */
export function compileGasNetwork(spec: GasNetworkSpec, options: GasCompileOptions): GasCompileResult {
  const problems = checkGasNetwork(spec);
  const courant = options.courant ?? 0.9;
  const cell = options.cellLength_m ?? DEFAULT_CELL_m;
  if (!(options.timeStep_s > 0 && Number.isFinite(options.timeStep_s)))
    problems.push(`A time step of ${options.timeStep_s} s; expected a positive number.`);
  if (!(cell > 0)) problems.push(`A cell length of ${cell} m; expected a positive number.`);
  if (!(courant > 0 && courant < 1)) problems.push(`A Courant number of ${courant}; expected between 0 and 1.`);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: compile(spec, options, courant, cell) };
}

interface Reach {
  readonly pipe: number;
  readonly from: number;
  readonly to: number;
  readonly low: number; // fraction of the pipe where it starts
  readonly high: number;
  readonly cells: number;
  readonly cell_m: number;
}

function compile(spec: GasNetworkSpec, options: GasCompileOptions, courant: number, cellLength: number): GasModel {
  const gas = gasOf(spec.gas);
  const temperature = spec.temperature_K ?? STANDARD_TEMPERATURE_K;
  const links = spec.links ?? [];
  const leaks = spec.leaks ?? [];
  const nodeIndex = indexOf(spec.nodes);
  const pipeIndex = indexOf(spec.pipes);
  const { nodes, pipes } = spec;
  const nNode = nodes.length;
  const nPipe = pipes.length;
  const index = (id: string) => nodeIndex.get(id) as number;

  // reaches, cut at leaks
  let nHub = nNode;
  const leakPoint = new Int32Array(leaks.length);
  leaks.forEach((leak, k) => {
    if (leak.node !== undefined) leakPoint[k] = index(leak.node);
  });
  const reaches: Reach[] = [];
  const pipeReachStart = new Int32Array(nPipe + 1);
  pipes.forEach((pipe, p) => {
    const on = leaks.flatMap((leak, k) => (leak.pipe === pipe.id ? [{ k, at: leak.at as number }] : []));
    const cuts = [...new Set(on.map((o) => o.at))].filter((at) => at > 0 && at < 1).sort((a, b) => a - b);
    const hubs = [index(pipe.from), ...cuts.map((_, i) => nHub + i), index(pipe.to)];
    nHub += cuts.length;
    const bounds = [0, ...cuts, 1];
    for (const { k, at } of on) leakPoint[k] = hubs[bounds.indexOf(at)];
    for (let i = 0; i + 1 < bounds.length; i++) {
      const length = (bounds[i + 1] - bounds[i]) * pipe.length_m;
      const wanted = pipe.cells === undefined ? length / cellLength : pipe.cells * (bounds[i + 1] - bounds[i]);
      const cells = Math.max(1, Math.round(wanted));
      const ends = { from: hubs[i], to: hubs[i + 1], low: bounds[i], high: bounds[i + 1] };
      reaches.push({ pipe: p, ...ends, cells, cell_m: length / cells });
    }
    pipeReachStart[p + 1] = reaches.length;
  });
  const nReach = reaches.length;
  const faceStart = new Int32Array(nReach + 1);
  const innerStart = new Int32Array(nReach + 1);
  innerStart[0] = nHub;
  reaches.forEach((r, i) => {
    faceStart[i + 1] = faceStart[i] + r.cells;
    innerStart[i + 1] = innerStart[i] + r.cells - 1;
  });
  const nFace = faceStart[nReach];
  const nPoint = innerStart[nReach];

  // points
  const f64 = (n: number, value = 0) => new Float64Array(n).fill(value);
  const volume = f64(nPoint);
  const wall = f64(nPoint);
  const elevation = f64(nPoint);
  const warmth = f64(nPoint);
  const weight = f64(nPoint);
  const ground = f64(nPoint);
  const transfer = f64(nPoint);
  const faceRise = f64(nFace);
  nodes.forEach((node, n) => {
    elevation[n] = node.elevation_m ?? 0;
  });
  reaches.forEach((r, i) => {
    const pipe = pipes[r.pipe];
    const area = (Math.PI / 4) * pipe.diameter_m ** 2;
    const height = along(pipe.elevations ?? [], 'elevation_m', elevation[index(pipe.from)], elevation[index(pipe.to)]);
    const warm = along(pipe.temperatures ?? [], 'temperature_K', undefined, undefined, temperature);
    const U = pipe.heatTransfer_W_m2K ?? HEAT_TRANSFER_W_m2K;
    let before = 0;
    for (let j = 0; j <= r.cells; j++) {
      const at = r.low + ((r.high - r.low) * j) / r.cells;
      const n = j === 0 ? r.from : j === r.cells ? r.to : innerStart[i] + j - 1;
      const share = j === 0 || j === r.cells ? 0.5 : 1;
      volume[n] += share * area * r.cell_m;
      const surface = share * Math.PI * pipe.diameter_m * r.cell_m;
      wall[n] += surface;
      warmth[n] += surface * warm(at);
      ground[n] += surface * (pipe.groundTemperature_K ?? temperature);
      transfer[n] += surface * U;
      weight[n] += surface;
      const z = height(at);
      if (n >= nNode) elevation[n] = z;
      if (j > 0) faceRise[faceStart[i] + j - 1] = z - before;
      before = z;
    }
  });
  const prescribed = new Uint8Array(nHub);
  const pressure0 = f64(nHub);
  const reference = Math.max(
    ...nodes.map((n) => (n.kind === 'pressure' ? n.pressure_Pa : (n.initialPressure_Pa ?? 0))),
  );
  const start = reference > 0 ? reference : DEFAULT_PRESSURE_Pa;
  const withdrawal = f64(nNode);
  const supplyTemperature = f64(nNode, temperature);
  for (let n = 0; n < nPoint; n++) {
    const w = weight[n];
    warmth[n] = w > 0 ? warmth[n] / w : temperature;
    ground[n] = w > 0 ? ground[n] / w : temperature;
    transfer[n] = w > 0 ? transfer[n] / w : 0;
    if (n >= nHub) continue;
    const node = n < nNode ? nodes[n] : undefined;
    pressure0[n] = start;
    if (node === undefined) continue;
    supplyTemperature[n] = node.temperature_K ?? temperature;
    if (node.kind === 'pressure') {
      prescribed[n] = 1;
      pressure0[n] = node.pressure_Pa;
      if (spec.heat === 'ground') warmth[n] = supplyTemperature[n];
    } else {
      withdrawal[n] = node.withdrawal_kg_s ?? 0;
      if (node.initialPressure_Pa !== undefined) pressure0[n] = node.initialPressure_Pa;
      volume[n] += node.volume_m3 ?? (w > 0 ? 0 : STATION_VOLUME_m3);
      if (volume[n] === 0) volume[n] = STATION_VOLUME_m3;
    }
  }

  // inner step and inertia
  const hottest = Math.max(temperature, ...warmth, ...supplyTemperature) + (spec.heat === 'ground' ? 60 : 0);
  const c = fastest(gas, hottest);
  const regular = reaches.filter((r) => r.cells * r.cell_m >= 0.5 * cellLength || pipes[r.pipe].cells !== undefined);
  const shortest = Math.min(...(regular.length > 0 ? regular : reaches).map((r) => r.cell_m));
  const substeps = nReach === 0 ? 1 : Math.max(1, Math.ceil((c * options.timeStep_s) / (courant * shortest) - 1e-9));
  const innerStep = options.timeStep_s / substeps;
  const areaOf = (r: Reach) => (Math.PI / 4) * pipes[r.pipe].diameter_m ** 2;
  const factor = Float64Array.from(reaches, (r) => Math.max(1, ((c * innerStep) / (courant * r.cell_m)) ** 2));
  const short = reaches.flatMap((r, i) => (r.cells === 1 && factor[i] > MOST_INERTIA ? [i] : []));
  const reachPassage = new Int32Array(nReach).fill(-1);
  short.forEach((r, k) => {
    reachPassage[r] = links.length + k;
    factor[r] = 1;
  });
  const load = f64(nHub);
  for (const [i, r] of reaches.entries())
    if (reachPassage[i] < 0) for (const n of [r.from, r.to]) load[n] += areaOf(r) / (r.cell_m * factor[i]);
  const over = (n: number) =>
    prescribed[n] ? 1 : load[n] / ((2 * courant * courant * volume[n]) / (c * innerStep) ** 2);
  for (const [i, r] of reaches.entries()) if (reachPassage[i] < 0) factor[i] *= Math.max(1, over(r.from), over(r.to));

  const nLink = links.length + short.length;
  const linkFrom = Int32Array.from([...links.map((l) => index(l.from)), ...short.map((r) => reaches[r].from)]);
  const linkTo = Int32Array.from([...links.map((l) => index(l.to)), ...short.map((r) => reaches[r].to)]);
  const linkColumn = (value: (l: GasLinkSpec) => number, passage = 0) =>
    Float64Array.from({ length: nLink }, (_, l) => (l < links.length ? value(links[l]) : passage));
  const compressor = (value: (l: Extract<GasLinkSpec, { kind: 'compressor' }>) => number, other: number) =>
    linkColumn((l) => (l.kind === 'compressor' ? value(l) : other), other);
  const openTime = (l: GasLinkSpec) =>
    l.kind === 'valve' ? (l.strokeTime_s ?? 0) : l.kind === 'compressor' ? (l.rampTime_s ?? 60) : 0;
  const closeTime = (l: GasLinkSpec) => (l.kind === 'compressor' ? (l.tripTime_s ?? 5) : openTime(l));
  const clusters = clustersOf(nHub, linkFrom, linkTo);
  const pipeColumn = (value: (p: GasPipeSpec) => number) => Float64Array.from(pipes, value);

  return {
    timeStep_s: options.timeStep_s,
    substeps,
    innerStep_s: innerStep,
    gravity_m_s2: options.gravity_m_s2 ?? 9.80665,
    frictionRefreshSteps: options.frictionRefreshSteps ?? 20,
    starvationPressure_Pa: options.starvationPressure_Pa ?? 2e5,
    gas,
    heat: spec.heat === 'ground',
    waveSpeed_m_s: c,
    nodeIds: nodes.map((n) => n.id),
    pipeIds: pipes.map((p) => p.id),
    linkIds: links.map((l) => l.id),
    leakIds: leaks.map((l) => l.id),
    nodeIndex,
    pipeIndex,
    linkIndex: indexOf(links),
    leakIndex: indexOf(leaks),
    nNode,
    nHub,
    nPipe,
    nReach,
    nFace,
    nPoint,
    nLink,
    nLeak: leaks.length,
    nCell: nFace,
    pointVolume_m3: volume,
    pointWall_m2: wall,
    pointElevation_m: elevation,
    pointTemperature0_K: warmth,
    pointGround_K: ground,
    pointHeatTransfer_W_m2K: transfer,
    nodePrescribed: prescribed,
    nodePressure0_Pa: pressure0,
    nodeWithdrawal0_kg_s: withdrawal,
    nodeSupplyTemperature_K: supplyTemperature,
    pipeReachStart,
    pipeFrom: Int32Array.from(pipes, (p) => index(p.from)),
    pipeTo: Int32Array.from(pipes, (p) => index(p.to)),
    pipeLength_m: pipeColumn((p) => p.length_m),
    pipeDiameter_m: pipeColumn((p) => p.diameter_m),
    pipeArea_m2: pipeColumn((p) => (Math.PI / 4) * p.diameter_m ** 2),
    pipeFrictionKind: Uint8Array.from(pipes, (p) => GAS_FRICTION[p.friction.kind]),
    pipeFrictionParameter: pipeColumn((p) =>
      p.friction.kind === 'darcy' ? p.friction.factor : p.friction.roughness_m / p.diameter_m,
    ),
    pipeDragFactor: pipeColumn((p) => (p.friction.kind === 'aga' ? (p.friction.dragFactor ?? 0.96) : 1)),
    reachPipe: Int32Array.from(reaches, (r) => r.pipe),
    reachFrom: Int32Array.from(reaches, (r) => r.from),
    reachTo: Int32Array.from(reaches, (r) => r.to),
    reachCell_m: Float64Array.from(reaches, (r) => r.cell_m),
    reachInertance: Float64Array.from(reaches, (r, i) => areaOf(r) / (r.cell_m * factor[i])),
    reachInertiaFactor: factor,
    reachPassage,
    reachResistance: Float64Array.from(reaches, (r) => r.cell_m / (2 * pipes[r.pipe].diameter_m * areaOf(r) ** 2)),
    reachSonic: Float64Array.from(reaches, (r) => areaOf(r) * c),
    faceStart,
    innerStart,
    faceRise_m: faceRise,
    level: faceRise.every((z) => z === 0),
    linkKind: Uint8Array.from(linkColumn(kindOf, GAS_LINK.passage)),
    linkMode: Uint8Array.from(linkColumn(modeOf)),
    linkFrom,
    linkTo,
    linkReach: Int32Array.from({ length: nLink }, (_, l) => (l < links.length ? -1 : short[l - links.length])),
    linkArea_m2: linkColumn((l) => ('diameter_m' in l ? (Math.PI / 4) * l.diameter_m ** 2 : 0)),
    linkLoss: linkColumn((l) => ('diameter_m' in l ? (l.lossCoefficient ?? 0.2) : 0)),
    linkSetting0: linkColumn((l) => ('setting' in l ? l.setting : 0)),
    linkPosition0: linkColumn((l) =>
      l.kind === 'valve' ? (l.opening ?? 1) : l.kind === 'compressor' && l.running === false ? 0 : 1,
    ),
    linkOpenRate_per_s: linkColumn((l) => 1 / openTime(l)),
    linkCloseRate_per_s: linkColumn((l) => 1 / closeTime(l)),
    linkMaxRatio: compressor((l) => l.maxRatio ?? 4, 1),
    linkMaxPower_W: compressor((l) => l.maxPower_W ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    linkEfficiency: compressor((l) => l.efficiency ?? 0.8, 1),
    linkBypass: Uint8Array.from(linkColumn((l) => (l.kind === 'compressor' && l.bypass === false ? 0 : 1))),
    linkOutletTemperature_K: compressor((l) => l.outletTemperature_K ?? Number.NaN, Number.NaN),
    ...clusters,
    leakPoint,
    ...leaksOf(nHub, leakPoint),
    leakDischarge: Float64Array.from(leaks, (l) => l.dischargeCoefficient ?? 0.85),
    leakBackPressure_Pa: Float64Array.from(leaks, (l) => l.backPressure_Pa ?? 101325),
    leakArea0_m2: Float64Array.from(leaks, (l) => l.area_m2 ?? 0),
    leakAreaLimit_m2: Float64Array.from(leaks, (l, k) => {
      const near = reaches.filter((r) =>
        l.pipe === undefined ? r.from === leakPoint[k] || r.to === leakPoint[k] : pipes[r.pipe].id === l.pipe,
      );
      return near.length > 0 ? Math.max(...near.map(areaOf)) : Number.POSITIVE_INFINITY;
    }),
  };
}

function indexOf(list: readonly { readonly id: string }[]): Map<string, number> {
  return new Map(list.map((x, i) => [x.id, i]));
}

/** Largest isothermal wave speed [m/s] up to 10 MPa. */
function fastest(gas: Gas, temperature_K: number): number {
  const e = new Float64Array(gas.stride);
  equationAt(gas, temperature_K, e, 0);
  let top = 0;
  for (let p = 1e5; p <= 1e7; p += 1e5) {
    const square = waveSpeedSquared(gas.equation, e, 0, densityOf(gas.equation, e, 0, p));
    if (square > top) top = square;
  }
  return Math.sqrt(top);
}

/** Linear between the points of a profile; `first` and `last` hold at its ends unless it says otherwise, else its outer points. */
function along<K extends string>(
  list: readonly ({ readonly at: number } & { readonly [key in K]: number })[],
  key: K,
  first: number | undefined,
  last: number | undefined,
  other = 0,
): (at: number) => number {
  const points = list
    .map((p) => ({ at: p.at, value: p[key] as number }))
    .filter((p) => first === undefined || (p.at > 0 && p.at < 1));
  if (first !== undefined) points.unshift({ at: 0, value: first });
  if (last !== undefined) points.push({ at: 1, value: last });
  return (at) => {
    if (points.length === 0) return other;
    const i = points.findIndex((p) => p.at >= at);
    if (i === -1) return points[points.length - 1].value;
    if (i === 0) return points[0].value;
    const share = (at - points[i - 1].at) / (points[i].at - points[i - 1].at);
    return points[i - 1].value + share * (points[i].value - points[i - 1].value);
  };
}

function kindOf(l: GasLinkSpec): number {
  if (l.kind === 'short-pipe') return GAS_LINK.shortPipe;
  if (l.kind === 'valve') return GAS_LINK.valve;
  if (l.kind === 'check-valve') return GAS_LINK.checkValve;
  return l.kind === 'regulator' ? GAS_LINK.regulator : GAS_LINK.compressor;
}

function modeOf(l: GasLinkSpec): number {
  if (l.kind === 'regulator')
    return { 'downstream-pressure': GAS_MODE.downstream, 'upstream-pressure': GAS_MODE.upstream, flow: GAS_MODE.flow }[
      l.holds
    ];
  if (l.kind === 'compressor')
    return { ratio: GAS_MODE.ratio, 'outlet-pressure': GAS_MODE.outlet, flow: GAS_MODE.flow }[l.mode];
  return GAS_MODE.none;
}

/** Leaks grouped by the hub they are at. */
function leaksOf(nHub: number, leakPoint: Int32Array) {
  const lists: number[][] = Array.from({ length: nHub }, () => []);
  leakPoint.forEach((n, k) => {
    lists[n].push(k);
  });
  return { hubLeakStart: startsOf(lists), hubLeaks: Int32Array.from(lists.flat()) };
}

function startsOf(lists: readonly (readonly number[])[]): Int32Array {
  const out = new Int32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) out[i + 1] = out[i] + list.length;
  return out;
}

/** Groups of nodes and joints that links join. */
function clustersOf(nHub: number, from: Int32Array, to: Int32Array) {
  const root = Int32Array.from({ length: nHub }, (_, n) => n);
  const find = (n: number): number => {
    let at = n;
    while (root[at] !== at) at = root[at];
    return at;
  };
  from.forEach((n, l) => {
    root[find(n)] = find(to[l]);
  });
  const names = new Map<number, number>();
  const nodeCluster = new Int32Array(nHub).fill(-1);
  const nodes: number[][] = [];
  const links: number[][] = [];
  from.forEach((n, l) => {
    const name = find(n);
    const k = names.get(name) ?? names.size;
    if (k === names.size) {
      names.set(name, k);
      nodes.push([]);
      links.push([]);
    }
    links[k].push(l);
    for (const end of [n, to[l]])
      if (nodeCluster[end] < 0) {
        nodeCluster[end] = k;
        nodes[k].push(end);
      }
  });
  return {
    nCluster: names.size,
    nodeCluster,
    clusterNodeStart: startsOf(nodes),
    clusterNodes: Int32Array.from(nodes.flat()),
    clusterLinkStart: startsOf(links),
    clusterLinks: Int32Array.from(links.flat()),
    clusterLargest: Math.max(0, ...links.map((l) => l.length)),
  };
}
