/**
 * What the assumed equipment must be, so that the line carries its design flow:
 *
 *   h = f (L/D) V²/2g                         friction between two places (Darcy–Weisbach, Swamee–Jain)
 *   H_pump = max over the stretch (z + margin + h) − suction head
 *   K_open = ¼ · 2 g Δh / V²                  a linear delivery valve that takes Δh when half open
 *
 * A pump station lifts the liquid over every summit up to the next station with `MARGIN_Pa` to spare.
 */
import { fromUnit } from '../../models/kernel/index.ts';
import { darcyFactor, reynolds } from '../../models/physics/index.ts';
import { INLET_TANK, type Line, OUTLET_TANK } from './line.ts';
import { elevationAt, type Profile } from './profile.ts';

const GRAVITY = 9.80665;
/** Least pressure kept above the ground profile and at a pump's suction [Pa]. */
const MARGIN_PA = 3e5;
/** Pressure that the delivery valve takes at design flow [Pa]. */
const DELIVERY_PA = 4e5;
const LEAST_PUMP_HEAD_M = 20;

export interface LineFluid {
  readonly density_kg_m3: number;
  readonly viscosity_m2_s: number;
}

export interface Tank {
  readonly id: string;
  readonly kp_m: number;
  readonly elevation_m: number;
  readonly level_m: number;
  readonly maxLevel_m: number;
}

export interface Sizing {
  /** Head of every pump station at design flow [m], by its place. */
  readonly pumpHead_m: ReadonlyMap<number, number>;
  readonly deliveryLossCoefficient: number;
  readonly deliveryOpening: number;
  readonly tanks: readonly Tank[];
}

export function insideDiameter_m(pipe: { outsideDiameter: { si: number }; wall: { si: number } }): number {
  return pipe.outsideDiameter.si - 2 * pipe.wall.si;
}

export function sizeEquipment(
  line: Line,
  profile: Profile,
  fluid: LineFluid,
  flow_m3_s: number,
  roughness_m: number,
): Sizing {
  const tanks = sizeTanks(line, profile);
  const head = (pressure_Pa: number) => pressure_Pa / (fluid.density_kg_m3 * GRAVITY);
  const end = line.places.at(-1)!.kp.si;
  const loss = (from_m: number, to_m: number) => frictionLoss_m(line, fluid, flow_m3_s, roughness_m, from_m, to_m);
  const stations = [...new Set(line.pumps.map((p) => p.kp_m))].sort((a, b) => a - b);
  const outlet = tanks[1]!.elevation_m + tanks[1]!.level_m;
  const pumpHead_m = new Map<number, number>();
  let suction = tanks[0]!.elevation_m + tanks[0]!.level_m;
  stations.forEach((at, i) => {
    const next = stations[i + 1] ?? end;
    const summits = profile.points
      .filter((p) => p.kp.si > at && p.kp.si <= next)
      .map((p) => p.elevation.si + head(MARGIN_PA) + loss(at, p.kp.si));
    const arrival =
      next === end && i === stations.length - 1
        ? outlet + head(DELIVERY_PA)
        : elevationAt(profile.points, next) + head(MARGIN_PA);
    const needed = Math.max(...summits, arrival + loss(at, next));
    const lift = Math.max(needed - suction, LEAST_PUMP_HEAD_M);
    pumpHead_m.set(at, lift);
    suction = suction + lift - loss(at, next);
  });
  const pipe = line.places.at(-1)!.pipe;
  const velocity = flow_m3_s / ((Math.PI / 4) * insideDiameter_m(pipe) ** 2);
  const drop = Math.max(suction - outlet, 1);
  return {
    pumpHead_m,
    deliveryLossCoefficient: (0.25 * 2 * GRAVITY * drop) / velocity ** 2,
    deliveryOpening: 0.5,
    tanks,
  };
}

/** Friction loss [m] between two distances along the line at a flow. */
function frictionLoss_m(
  line: Line,
  fluid: LineFluid,
  flow_m3_s: number,
  roughness_m: number,
  from_m: number,
  to_m: number,
): number {
  let sum = 0;
  for (let i = 0; i + 1 < line.places.length; i += 1) {
    const { kp, pipe } = line.places[i]!;
    const length = Math.min(to_m, line.places[i + 1]!.kp.si) - Math.max(from_m, kp.si);
    if (length <= 0) continue;
    const D = insideDiameter_m(pipe);
    const V = flow_m3_s / ((Math.PI / 4) * D * D);
    const f = darcyFactor(reynolds(V, D, fluid.viscosity_m2_s), (pipe.roughness?.si ?? roughness_m) / D);
    sum += (f * length * V * V) / (D * 2 * GRAVITY);
  }
  return sum;
}

/** A tank at each end, as high as its level gauge can see; half full. */
function sizeTanks(line: Line, profile: Profile): Tank[] {
  return [INLET_TANK, OUTLET_TANK].map((id, i) => {
    const kp_m = line.places.at(i === 0 ? 0 : -1)!.kp.si;
    const gauge = line.instruments.find((x) => x.at === id);
    const top = gauge ? fromUnit(gauge.tag.range[1], gauge.tag.unit) : 15;
    const maxLevel_m = Math.max(2, 0.95 * top);
    return { id, kp_m, elevation_m: elevationAt(profile.points, kp_m), level_m: maxLevel_m / 2, maxLevel_m };
  });
}
