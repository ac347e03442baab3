/**
 * Surge protection at nodes: compiled, brought to rest, solved with its node, settled after the step.
 *
 *   surge tank    A dE/dt = q                         H = E + R q|q|
 *   air vessel    dV/dt = −q,  h Vⁿ = constant        H = E + h − h_atm + R q|q|
 *   relief valve  q = Cd x A √(2g) (H − z − back)^½   lift x as below
 *   air valve     in cavity.ts: its air is the gas of the node
 *
 * H head at the node [m], E elevation of the surface [m], q flow into the device [m³/s], V gas volume [m³], h its absolute
 * head [m], n polytropic exponent, R = K/(2 g A²) of the connection, by direction [s²/m⁵]. Storage is trapezoidal, as in
 * tanks. Newton takes q as the unknown: H(q) is smooth and rises, so that q' = q + (H' − H(q))/(dH/dq).
 *
 * A relief valve pops at its set pressure, from then on its lift follows the line from 0 at the reseating pressure to 1 at
 * full lift, no faster than its times allow, until it reseats. It moves at the start of a step from the head at the end of
 * the last.
 * Sources: Wylie & Streeter (1993) §6-4 (accumulators), ch. 12 (surge tanks); Chaudhry (2014) §10.6–10.8, ch. 11; API
 * Standard 520-1 (set pressure, overpressure, blowdown).
 */
import { LEAST_SLOPE, SHUT } from './elements.ts';
import { type NetworkModel, type NetworkState, SURGE, type SurgeModel } from './model.ts';
import type { OrificeSpec } from './spec.ts';
import type { ConnectionSpec, ReliefValveSpec, SurgeSpec } from './surgeSpec.ts';

const AIR_DISCHARGE = 0.6;
const RELIEF_DISCHARGE = 0.7;
/** Share of its volume below which gas follows its tangent within a step: Newton may look there, the answer never lies there. */
const MOST_COMPRESSED = 0.1;
/** Least absolute head of a vessel's gas in a steady state [m]. */
const LEAST_GAS_HEAD = 0.1;

const KIND: Record<SurgeSpec['kind'], number> = {
  'air-vessel': SURGE.airVessel,
  'surge-tank': SURGE.surgeTank,
  'air-valve': SURGE.airValve,
  'relief-valve': SURGE.reliefValve,
};

/** The orifices that relief valves discharge through; they follow the spec's own. */
export function reliefOrifices(devices: readonly SurgeSpec[]): OrificeSpec[] {
  return devices
    .filter((d): d is ReliefValveSpec => d.kind === 'relief-valve')
    .map((d) => ({
      id: d.id,
      node: d.node,
      dischargeCoefficient: d.dischargeCoefficient ?? RELIEF_DISCHARGE,
      backHead_m: d.backHead_m ?? 0,
    }));
}

/** Compiles the devices; `firstOrifice` is the index of the first relief valve's orifice. */
export function compileSurge(
  devices: readonly SurgeSpec[],
  nodeIndex: ReadonlyMap<string, number>,
  elevation_m: Float64Array,
  gravity_m_s2: number,
  firstOrifice: number,
): SurgeModel {
  const f64 = (value: (d: SurgeSpec, z: number) => number) =>
    Float64Array.from(devices, (d) => value(d, elevation_m[nodeIndex.get(d.node) as number]));
  const node = Int32Array.from(devices, (d) => nodeIndex.get(d.node) as number);
  const nodeDevice = new Int32Array(elevation_m.length).fill(-1);
  const orifice = new Int32Array(devices.length).fill(-1);
  let next = firstOrifice;
  for (let s = 0; s < devices.length; s++) {
    const kind = devices[s].kind;
    if (kind === 'relief-valve') orifice[s] = next++;
    else if (kind !== 'air-valve') nodeDevice[node[s]] = s;
  }
  const relief = (value: (d: ReliefValveSpec) => number) =>
    f64((d, z) => (d.kind === 'relief-valve' ? z + d.setPressureHead_m * value(d) : 0));
  const rate = (time: number | undefined) => (time ? 1 / time : Number.POSITIVE_INFINITY);
  return {
    n: devices.length,
    ids: devices.map((d) => d.id),
    index: new Map(devices.map((d, s) => [d.id, s])),
    kind: Uint8Array.from(devices, (d) => KIND[d.kind]),
    node,
    nodeDevice,
    volume_m3: f64((d) => (d.kind === 'air-vessel' ? d.volume_m3 : 0)),
    gasVolume0_m3: f64((d) => (d.kind === 'air-vessel' ? d.gasVolume_m3 : 0)),
    exponent: f64((d) => (d.kind === 'air-vessel' ? (d.polytropicExponent ?? 1.2) : 1)),
    area_m2: f64((d) => (d.kind === 'air-valve' ? 0 : (d.area_m2 ?? Number.POSITIVE_INFINITY))),
    level0_m: f64((_, z) => z),
    bottom_m: f64((d, z) => (d.kind === 'surge-tank' ? (d.bottom_m ?? z) : 0)),
    top_m: f64((d) => (d.kind === 'surge-tank' ? (d.top_m ?? Number.POSITIVE_INFINITY) : 0)),
    lossIn_s2_m5: f64((d) => ('connection' in d ? loss(d.connection, d.connection?.lossIn, gravity_m_s2) : 0)),
    lossOut_s2_m5: f64((d) =>
      'connection' in d ? loss(d.connection, d.connection?.lossOut ?? d.connection?.lossIn, gravity_m_s2) : 0,
    ),
    airIn_m2: f64((d) => (d.kind === 'air-valve' ? airArea(d.inflowDiameter_m, d.dischargeCoefficient) : 0)),
    airOut_m2: f64((d) =>
      d.kind === 'air-valve' ? airArea(d.outflowDiameter_m ?? d.inflowDiameter_m, d.dischargeCoefficient) : 0,
    ),
    orifice,
    opensAt_m: relief(() => 1),
    fullAt_m: relief((d) => 1 + (d.overpressure ?? 0.1)),
    reseatsAt_m: relief((d) => 1 - (d.blowdown ?? 0.1)),
    opening_per_s: f64((d) => (d.kind === 'relief-valve' ? rate(d.openingTime_s) : 0)),
    closing_per_s: f64((d) => (d.kind === 'relief-valve' ? rate(d.closingTime_s) : 0)),
  };
}

function loss(connection: ConnectionSpec | undefined, K: number | undefined, g: number): number {
  if (!connection || !K) return 0;
  const area = (Math.PI / 4) * connection.diameter_m ** 2;
  return K / (2 * g * area * area);
}

function airArea(diameter_m: number, coefficient = AIR_DISCHARGE): number {
  return coefficient * (Math.PI / 4) * diameter_m ** 2;
}

/** Puts the devices in balance with the heads in the state. */
export function startSurge(model: NetworkModel, state: NetworkState): void {
  const m = model.surge;
  const s = state.surge;
  for (let d = 0; d < m.n; d++) {
    const H = state.nodeHead_m[m.node[d]];
    s.flow_m3_s[d] = 0;
    s.lift[d] = 0;
    s.lifted[d] = 0;
    s.stepsAtLimit[d] = 0;
    if (m.orifice[d] >= 0) state.orificeArea_m2[m.orifice[d]] = 0;
    if (m.kind[d] === SURGE.surgeTank) s.level_m[d] = Math.min(Math.max(H, m.bottom_m[d]), m.top_m[d]);
    if (m.kind[d] !== SURGE.airVessel) continue;
    const head = Math.max(H - m.level0_m[d] + model.gas.atmosphere_m, LEAST_GAS_HEAD);
    s.level_m[d] = m.level0_m[d];
    s.gasVolume_m3[d] = m.gasVolume0_m3[d];
    s.gasConstant[d] = head * m.gasVolume0_m3[d] ** m.exponent[d];
  }
}

/** Lifts and reseats relief valves by the heads of the last step; called with the other equipment. */
export function moveReliefValves(model: NetworkModel, state: NetworkState): void {
  const m = model.surge;
  const s = state.surge;
  for (let d = 0; d < m.n; d++) {
    if (m.kind[d] !== SURGE.reliefValve) continue;
    const H = state.nodeHead_m[m.node[d]];
    if (H > m.opensAt_m[d]) s.lifted[d] = 1;
    else if (H <= m.reseatsAt_m[d]) s.lifted[d] = 0;
    const line = (H - m.reseatsAt_m[d]) / (m.fullAt_m[d] - m.reseatsAt_m[d]);
    const target = s.lifted[d] === 1 ? Math.min(1, Math.max(0, line)) : 0;
    const gap = target - s.lift[d];
    const most = (gap > 0 ? m.opening_per_s[d] : m.closing_per_s[d]) * model.timeStep_s;
    s.lift[d] = Math.abs(gap) <= most ? target : s.lift[d] + Math.sign(gap) * most;
    state.orificeArea_m2[m.orifice[d]] = s.lift[d] * m.area_m2[d];
  }
}

/**
 * Writes the head H(q) [m] that device d (vessel or surge tank) holds at its node when q [m³/s] flows into it at the step's
 * end to out[at], and dH/dq to out[at + 1].
 */
export function evaluateDevice(
  model: NetworkModel,
  state: NetworkState,
  d: number,
  flow: number,
  out: Float64Array,
  at: number,
): void {
  const m = model.surge;
  const s = state.surge;
  const half = 0.5 * model.timeStep_s;
  const least = leastFlow(model, state, d);
  const q = Math.max(flow, least);
  const R = q > 0 ? m.lossIn_s2_m5[d] : m.lossOut_s2_m5[d];
  const moved = half * (s.flow_m3_s[d] + q);
  let head: number;
  let slope: number;
  if (m.kind[d] === SURGE.surgeTank) {
    const level = s.level_m[d] + moved / m.area_m2[d];
    const spills = level > m.top_m[d];
    head = spills ? m.top_m[d] : level;
    slope = spills ? 0 : half / m.area_m2[d];
  } else {
    const volume = s.gasVolume_m3[d] - moved;
    const least_m3 = MOST_COMPRESSED * s.gasVolume_m3[d];
    const held = Math.max(volume, least_m3);
    const gas = s.gasConstant[d] * held ** -m.exponent[d];
    const steepness = (m.exponent[d] * gas) / held;
    head = s.level_m[d] + moved / m.area_m2[d] + gas + steepness * (held - volume) - model.gas.atmosphere_m;
    slope = half * (steepness + 1 / m.area_m2[d]);
  }
  out[at] = head + (R * Math.abs(q) + LEAST_SLOPE) * q;
  out[at + 1] = slope + 2 * R * Math.abs(q) + LEAST_SLOPE;
  if (flow < least) {
    out[at] += (flow - least) / SHUT;
    out[at + 1] = 1 / SHUT;
  }
}

/** Scratch of a device in a cluster: its flow, the flow at the present head, its conductance. */
export const DEVICE_WORK = 3;

/** Adds the tangent of device d to the row of its node n: it takes q = flow + y δ when the head moves by δ. */
export function addDevice(
  model: NetworkModel,
  state: NetworkState,
  n: number,
  d: number,
  work: Float64Array,
  at: number,
  diagonal: number,
  right: number,
  spare: number,
): void {
  evaluateDevice(model, state, d, work[at], work, spare);
  const y = 1 / work[spare + 1];
  const flow = work[at] + y * (state.nodeHead_m[n] - work[spare]);
  work[at + 1] = flow;
  work[at + 2] = y;
  work[diagonal] += y;
  work[right] -= flow;
}

/** Moves a device's flow along its tangent by the head's correction δ [m]; returns its change [m³/s]. */
export function moveDevice(work: Float64Array, at: number, correction: number): number {
  const before = work[at];
  work[at] = work[at + 1] + work[at + 2] * correction;
  return Math.abs(work[at] - before);
}

/** The flow (negative: out of the device) that empties it within this step [m³/s]. */
function leastFlow(model: NetworkModel, state: NetworkState, d: number): number {
  const m = model.surge;
  const s = state.surge;
  const left =
    m.kind[d] === SURGE.surgeTank ? (s.level_m[d] - m.bottom_m[d]) * m.area_m2[d] : m.volume_m3[d] - s.gasVolume_m3[d];
  return Math.min(0, -Math.max(0, left) * (2 / model.timeStep_s) - s.flow_m3_s[d]);
}

/** Takes the flow q [m³/s] that the node's solution gave device d. */
export function settleDevice(model: NetworkModel, state: NetworkState, d: number, q: number): void {
  const m = model.surge;
  const s = state.surge;
  const moved = 0.5 * model.timeStep_s * (s.flow_m3_s[d] + q);
  if (q < 0 && q <= leastFlow(model, state, d)) s.stepsAtLimit[d]++;
  s.flow_m3_s[d] = q;
  s.level_m[d] += moved / m.area_m2[d];
  if (m.kind[d] === SURGE.airVessel) s.gasVolume_m3[d] -= moved;
  else if (s.level_m[d] > m.top_m[d]) {
    s.spilled_m3[d] += (s.level_m[d] - m.top_m[d]) * m.area_m2[d];
    s.level_m[d] = m.top_m[d];
    s.stepsAtLimit[d]++;
  }
}

/** Shows the flows of relief and air valves beside those of the other devices. */
export function showValveFlows(model: NetworkModel, state: NetworkState): void {
  const m = model.surge;
  for (let d = 0; d < m.n; d++) {
    if (m.kind[d] === SURGE.reliefValve) state.surge.flow_m3_s[d] = state.orificeFlow_m3_s[m.orifice[d]];
    else if (m.kind[d] === SURGE.airValve) state.surge.flow_m3_s[d] = state.gas.nodeCavityFlow_m3_s[m.node[d]];
  }
}

/** Liquid in vessels and surge tanks [m³], a surge tank's from its bottom. */
export function surgeVolume_m3(model: NetworkModel, state: NetworkState): number {
  const m = model.surge;
  let volume = 0;
  for (let d = 0; d < m.n; d++) {
    if (m.kind[d] === SURGE.airVessel) volume += m.volume_m3[d] - state.surge.gasVolume_m3[d];
    else if (m.kind[d] === SURGE.surgeTank) volume += (state.surge.level_m[d] - m.bottom_m[d]) * m.area_m2[d];
  }
  return volume;
}
