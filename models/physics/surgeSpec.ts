/**
 * Surge protection as part of a network's spec: devices at junctions, at most one each. In a steady state none of them
 * carries flow: a vessel's gas takes the line's pressure, a surge tank's surface its head; valves are shut.
 */

export type SurgeSpec = AirVesselSpec | SurgeTankSpec | AirValveSpec | ReliefValveSpec;

/** Closed vessel of liquid under gas that follows h Vⁿ = constant. Without liquid left it gives nothing. */
export interface AirVesselSpec {
  readonly id: string;
  readonly kind: 'air-vessel';
  readonly node: string;
  /** Gas and liquid together [m³]. */
  readonly volume_m3: number;
  /** Gas in the steady state [m³]. */
  readonly gasVolume_m3: number;
  /** n, 1 (isothermal) … 1.4 (adiabatic); default 1.2. */
  readonly polytropicExponent?: number;
  /** Plan area, if the height of the surface is to be followed [m²]; default: it stays at the node's elevation. */
  readonly area_m2?: number;
  readonly connection?: ConnectionSpec;
}

/** Open standpipe. Over its rim it spills. */
export interface SurgeTankSpec {
  readonly id: string;
  readonly kind: 'surge-tank';
  readonly node: string;
  readonly area_m2: number;
  /** Elevation of its floor, below which it gives nothing; default the node's. */
  readonly bottom_m?: number;
  /** Elevation of its rim; default: never reached. */
  readonly top_m?: number;
  readonly connection?: ConnectionSpec;
}

/** Throttle between line and device: h = K V|V|/(2 g), V in the bore. Default: no loss. */
export interface ConnectionSpec {
  readonly diameter_m: number;
  /** K of flow into the device. */
  readonly lossIn: number;
  /** K of flow out of it; default as inwards. */
  readonly lossOut?: number;
}

/** Lets air in below atmospheric pressure and out again above it; shuts before the liquid. */
export interface AirValveSpec {
  readonly id: string;
  readonly kind: 'air-valve';
  readonly node: string;
  /** Bore that lets air in [m]. */
  readonly inflowDiameter_m: number;
  /** Bore that lets air out [m]; default as inwards. */
  readonly outflowDiameter_m?: number;
  /** Default 0.6. */
  readonly dischargeCoefficient?: number;
}

/** Spring-loaded valve that lifts at a set pressure and reseats below it. */
export interface ReliefValveSpec {
  readonly id: string;
  readonly kind: 'relief-valve';
  readonly node: string;
  /** Gauge pressure head at which it lifts [m]. */
  readonly setPressureHead_m: number;
  /** Full lift at (1 + this) · set pressure, default 0.1. */
  readonly overpressure?: number;
  /** Shut again at (1 − this) · set pressure, default 0.1. */
  readonly blowdown?: number;
  /** Flow area at full lift [m²]. */
  readonly area_m2: number;
  /** Default 0.7. */
  readonly dischargeCoefficient?: number;
  /** Pressure head behind it [m], default 0. */
  readonly backHead_m?: number;
  /** Time from shut to full lift [s], default: at once. */
  readonly openingTime_s?: number;
  /** Time from full lift to shut [s], default: at once. */
  readonly closingTime_s?: number;
}

/** Says what is wrong with the devices; `kinds` are the nodes' kinds, `piped` and `linked` the nodes where pipes and links end. */
export function checkSurge(
  devices: readonly SurgeSpec[],
  kinds: ReadonlyMap<string, string>,
  piped: ReadonlySet<string>,
  linked: ReadonlySet<string>,
  say: (sentence: string) => void,
): void {
  const taken = new Map<string, string>();
  for (const d of devices) {
    const name = `${d.kind} "${d.id}"`;
    const kind = kinds.get(d.node);
    if (kind === undefined) say(`${name} is at "${d.node}", which is no node.`);
    else if (kind !== 'junction') say(`${name} is at ${kind} "${d.node}"; expected a junction.`);
    else if (d.kind === 'air-valve' && !piped.has(d.node))
      say(`${name} is at "${d.node}", where no pipe ends; its air needs a pipe to stand in.`);
    else if (d.kind === 'air-valve' && linked.has(d.node))
      say(`${name} is at "${d.node}", where a pump or valve ends; expected a junction of pipes alone.`);
    const other = taken.get(d.node);
    if (other !== undefined)
      say(`${name} is at node "${d.node}", where "${other}" is already; expected one device per node.`);
    taken.set(d.node, d.id);
    checkDevice(d, name, say);
  }
}

function checkDevice(d: SurgeSpec, name: string, say: (sentence: string) => void): void {
  const positive = (x: number | undefined, what: string) => {
    if (x !== undefined && !(x > 0 && Number.isFinite(x))) say(`${name}: ${what} is ${x}; expected a positive number.`);
  };
  const notNegative = (x: number | undefined, what: string) => {
    if (x !== undefined && !(x >= 0 && Number.isFinite(x))) say(`${name}: ${what} is ${x}; expected 0 or more.`);
  };
  if (d.kind === 'air-vessel' || d.kind === 'surge-tank') {
    positive(d.area_m2, 'area_m2');
    positive(d.connection?.diameter_m, 'connection.diameter_m');
    notNegative(d.connection?.lossIn, 'connection.lossIn');
    notNegative(d.connection?.lossOut, 'connection.lossOut');
  }
  switch (d.kind) {
    case 'air-vessel': {
      positive(d.volume_m3, 'volume_m3');
      positive(d.gasVolume_m3, 'gasVolume_m3');
      if (!(d.gasVolume_m3 <= d.volume_m3))
        say(`${name}: gasVolume_m3 ${d.gasVolume_m3} is more than its volume_m3 ${d.volume_m3}.`);
      const n = d.polytropicExponent ?? 1.2;
      if (!(n >= 1 && n <= 1.67)) say(`${name}: polytropicExponent is ${n}; expected 1 … 1.67.`);
      return;
    }
    case 'surge-tank':
      if (d.bottom_m !== undefined && d.top_m !== undefined && !(d.bottom_m < d.top_m))
        say(`${name}: bottom_m ${d.bottom_m} is not below top_m ${d.top_m}.`);
      return;
    case 'air-valve':
      positive(d.inflowDiameter_m, 'inflowDiameter_m');
      positive(d.outflowDiameter_m, 'outflowDiameter_m');
      positive(d.dischargeCoefficient, 'dischargeCoefficient');
      return;
    case 'relief-valve':
      positive(d.setPressureHead_m, 'setPressureHead_m');
      positive(d.area_m2, 'area_m2');
      positive(d.dischargeCoefficient, 'dischargeCoefficient');
      positive(d.overpressure, 'overpressure');
      if (d.blowdown !== undefined && !(d.blowdown >= 0 && d.blowdown < 1))
        say(`${name}: blowdown is ${d.blowdown}; expected 0 or more and less than 1.`);
      notNegative(d.openingTime_s, 'openingTime_s');
      notNegative(d.closingTime_s, 'closingTime_s');
  }
}
