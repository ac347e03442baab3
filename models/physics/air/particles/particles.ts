/**
 * Gas as parcels: the AirModel for sites with obstacles, and a second opinion on open ground. Releases wait for the step,
 * become parcels at even times of it, and move as motion.ts says; concentrations are as estimate.ts says. Chance is a hash
 * of (seed, parcel, step): two runs of one seed give the same bits, and a resumed run goes on as if it had not stopped.
 * All that changes lies in the parcels' buffer; tables and the flow of the moment are rewritten by every step.
 */
import { hashIndex, hashText } from '../../../kernel/index.ts';
import type { AirModel, AirWeather } from '../air.ts';
import { CALM_SIGMA_V_m_s, lateralVelocity_m_s } from '../turbulence.ts';
import { addConcentrations, columnOf, type Kernel } from './estimate.ts';
import type { FlowGrid } from './flow.ts';
import { memory, moveParcel, type Surroundings } from './motion.ts';
import { normalOf } from './normals.ts';
import { createParcels, HEAD, MAX_PENDING, type Parcels, PENDING } from './parcels.ts';
import { createTurbulence, MIDDLE, MIDDLE_TIME_s, SLOW, SLOW_TIME_s, tabulate } from './turbulence.ts';
import type { Walls } from './walls.ts';

export interface ParticleOptions {
  readonly seed: number;
  /** How many species; 1 if absent. */
  readonly species?: number;
  /** Places in the ring; when it is full the oldest parcels go. 40,000 if absent. */
  readonly capacity?: number;
  /** Parcels per second of each release; 20 if absent. Each release makes at least one in a step. */
  readonly parcelsPerSecond?: number;
  readonly walls?: Walls;
  readonly flow?: FlowGrid;
  /** Beyond it parcels are gone [m]; 2 km around the origin if absent. */
  readonly domain?: { readonly x0_m: number; readonly y0_m: number; readonly x1_m: number; readonly y1_m: number };
  readonly kernel?: Partial<Kernel>;
  /**
   * What σθ holds beyond the quick turbulence: 'each' parcel its own slower velocities (the mean over many hours alike: open
   * ground), or the wind as a whole swings ('together': one hour, as a flow around obstacles needs; eddies of half a minute
   * are larger than a site). By default the latter with a flow, the former without.
   */
  readonly meander?: 'each' | 'together';
  /** Least lateral velocity of the small eddies; 0.1 m/s if absent. */
  readonly calmSigmaV_m_s?: number;
  /** Below it Λ grows no smaller [m]; absent: 0.1 on open ground, half a cell's height with a flow; at least 3 roughness lengths. */
  readonly floor_m?: number;
}

export interface ParticleModel extends AirModel {
  /** Monte-Carlo standard error of a concentration [kg/m³]. */
  error_kg_m3(species: number, x_m: number, y_m: number, z_m: number): number;
  /** Read only: for pictures and tests. */
  readonly parcels: Parcels;
  /** How many parcels are in the air. */
  count(): number;
}

/** One of the standard normals that a parcel starts with. */
const start = (key: number, stepKey: number, which: number): number => normalOf(hashIndex(key, stepKey, -2 - which));

/** A model without parcels. */
export function createParticles(options: ParticleOptions): ParticleModel {
  const species = options.species ?? 1;
  const p = createParcels(options.capacity ?? 40_000, species);
  const rate = options.parcelsPerSecond ?? 20;
  const kernel: Kernel = { share: 0.25, upShare: 0.25, least_m: 0.05, most_m: 1e9, ...options.kernel };
  const domain = options.domain ?? { x0_m: -2000, y0_m: -2000, x1_m: 2000, y1_m: 2000 };
  const floor_m = options.floor_m ?? (options.flow ? options.flow.cellZ_m / 2 : 0.1);
  const walls = options.walls;
  const calm_m_s = options.calmSigmaV_m_s ?? CALM_SIGMA_V_m_s;
  const turbulence = createTurbulence();
  const together = (options.meander ?? (options.flow ? 'together' : 'each')) === 'together';
  const surroundings: Surroundings = {
    turbulence,
    flow: options.flow,
    walls,
    slowEach: !together,
    moved: Math.sqrt(1 - kernel.share * kernel.share),
  };
  const seedKey = hashText('particles', options.seed);
  const swingKey = hashText('swing', options.seed);
  const one = { point: new Float64Array(3), sum: new Float64Array(1), squares: new Float64Array(1) };
  // The weather of the step with the swing of the wind in it: scratch.
  const felt: AirWeather = {
    windU_m_s: 0,
    windV_m_s: 0,
    windHeight_m: 0,
    roughness_m: 0,
    frictionVelocity_m_s: 0,
    inverseObukhov_1_m: 0,
    mixingHeight_m: 0,
    sigmaTheta_rad: 0,
    temperature_K: 0,
    pressure_Pa: 0,
    relativeHumidity: 0,
    solar_W_m2: 0,
    cloud: 0,
  };

  const remove = (n: number): void => {
    p.gone[p.species[n]!] = p.gone[p.species[n]!]! + p.mass[n]!;
    p.mass[n] = 0;
  };

  /** Copies the weather, swung as a whole by what of σθ the quick turbulence does not hold. */
  const feel = (weather: AirWeather, dt_s: number, stepKey: number): void => {
    felt.windU_m_s = weather.windU_m_s;
    felt.windV_m_s = weather.windV_m_s;
    felt.windHeight_m = weather.windHeight_m;
    felt.roughness_m = weather.roughness_m;
    felt.frictionVelocity_m_s = weather.frictionVelocity_m_s;
    felt.inverseObukhov_1_m = weather.inverseObukhov_1_m;
    felt.mixingHeight_m = weather.mixingHeight_m;
    felt.sigmaTheta_rad = weather.sigmaTheta_rad;
    if (!together) return;
    const swing = (slot: number, time_s: number, index: number): number => {
      const a = memory(dt_s, time_s);
      const next = a * p.head[slot]! + Math.sqrt(1 - a * a) * normalOf(hashIndex(swingKey, stepKey, index));
      p.head[slot] = next;
      return next;
    };
    const across = MIDDLE * swing(HEAD.swing, MIDDLE_TIME_s, 0) + SLOW * swing(HEAD.slowSwing, SLOW_TIME_s, 1);
    const u = weather.windU_m_s;
    const v = weather.windV_m_s;
    const speed = Math.sqrt(u * u + v * v);
    const spread = lateralVelocity_m_s(weather.sigmaTheta_rad, speed, speed, calm_m_s);
    const turn = speed > 0 ? across * Math.atan2(spread, speed) : 0;
    const c = Math.cos(turn);
    const s = Math.sin(turn);
    felt.windU_m_s = c * u - s * v;
    felt.windV_m_s = s * u + c * v;
  };

  const release = (at: number, dt_s: number, stepKey: number): void => {
    const e = p.pending;
    const n = Math.max(1, Math.round(rate * dt_s));
    const x = e[at + 1]!;
    const y = e[at + 2]!;
    const z = e[at + 3]!;
    for (let k = 0; k < n; k += 1) {
      const serial = p.head[HEAD.next]!;
      p.head[HEAD.next] = serial + 1;
      if (serial - p.head[HEAD.oldest]! >= p.capacity) {
        const last = p.head[HEAD.oldest]! % p.capacity;
        if (p.mass[last] !== 0) remove(last);
        p.head[HEAD.oldest] = p.head[HEAD.oldest]! + 1;
      }
      const i = serial % p.capacity;
      const key = hashIndex(seedKey, 0x7e1ea5e, serial);
      p.species[i] = e[at]!;
      p.mass[i] = e[at + 4]! / n;
      let px = x + e[at + 5]! * start(key, stepKey, 0);
      let py = y + e[at + 5]! * start(key, stepKey, 1);
      let pz = Math.abs(z + e[at + 6]! * start(key, stepKey, 2));
      pz = Math.min(turbulence.lid_m, Math.max(turbulence.ground_m, pz));
      // What would start inside a wall, or behind one, starts at the source itself.
      if (walls !== undefined && (walls.inside(px, py, pz) || walls.cast(x, y, Math.max(z, 0), px, py, pz) <= 1)) {
        px = x;
        py = y;
        pz = Math.min(turbulence.lid_m, Math.max(turbulence.ground_m, z));
      }
      p.x[i] = px;
      p.y[i] = py;
      p.z[i] = pz;
      p.ru[i] = start(key, stepKey, 3);
      p.rv[i] = start(key, stepKey, 4);
      p.rw[i] = start(key, stepKey, 5);
      p.sc[i] = start(key, stepKey, 6);
      p.sd[i] = start(key, stepKey, 7);
      p.age[i] = 0;
      p.spreadH[i] = e[at + 5]! ** 2;
      p.spreadV[i] = e[at + 6]! ** 2;
      moveParcel(p, i, (dt_s * (k + 0.5)) / n, surroundings, key, stepKey);
    }
    p.emitted[e[at]!] = p.emitted[e[at]!]! + e[at + 4]!;
  };

  const sumAt = (kind: number, x: number, y: number, z: number, squares: Float64Array | undefined): void => {
    one.sum[0] = 0;
    one.squares[0] = 0;
    one.point[0] = x;
    one.point[1] = y;
    one.point[2] = z;
    addConcentrations(p, kind, kernel, walls, one.point, 1, one.sum, squares);
  };

  return {
    parcels: p,
    emit(kind, x, y, z, mass, sigmaH, sigmaV) {
      if (mass === 0) return;
      const n = p.head[HEAD.pending]!;
      if (n >= MAX_PENDING) throw new RangeError(`more than ${MAX_PENDING} releases in one step`);
      const at = n * PENDING;
      p.pending[at] = kind;
      p.pending[at + 1] = x;
      p.pending[at + 2] = y;
      p.pending[at + 3] = z;
      p.pending[at + 4] = mass;
      p.pending[at + 5] = sigmaH;
      p.pending[at + 6] = sigmaV;
      p.head[HEAD.pending] = n + 1;
    },
    step(weather, dt_s) {
      const stepKey = hashIndex(seedKey, 0x57e9, p.head[HEAD.step]!);
      feel(weather, dt_s, stepKey);
      tabulate(turbulence, felt, Math.max(floor_m, 3 * felt.roughness_m), calm_m_s);
      p.head[HEAD.lid] = turbulence.lid_m;
      p.head[HEAD.ground] = turbulence.ground_m;
      options.flow?.set(Math.atan2(felt.windV_m_s, felt.windU_m_s), turbulence.speed_m_s, felt.windHeight_m);
      const next = p.head[HEAD.next]!;
      for (let serial = p.head[HEAD.oldest]!; serial < next; serial += 1) {
        const i = serial % p.capacity;
        if (p.mass[i] === 0) continue;
        moveParcel(p, i, dt_s, surroundings, hashIndex(seedKey, 0x7e1ea5e, serial), stepKey);
        const x = p.x[i]!;
        const y = p.y[i]!;
        if (!(x >= domain.x0_m && x <= domain.x1_m && y >= domain.y0_m && y <= domain.y1_m)) remove(i);
      }
      for (let k = 0; k < p.head[HEAD.pending]!; k += 1) release(k * PENDING, dt_s, stepKey);
      p.head[HEAD.pending] = 0;
      while (p.head[HEAD.oldest]! < p.head[HEAD.next]! && p.mass[p.head[HEAD.oldest]! % p.capacity] === 0)
        p.head[HEAD.oldest] = p.head[HEAD.oldest]! + 1;
      p.head[HEAD.step] = p.head[HEAD.step]! + 1;
    },
    concentration_kg_m3(kind, x, y, z) {
      if (z < 0 || walls?.inside(x, y, z)) return 0;
      sumAt(kind, x, y, z, undefined);
      return one.sum[0]!;
    },
    concentrations(kind, points, out) {
      out.fill(0);
      addConcentrations(p, kind, kernel, walls, points, out.length, out, undefined);
    },
    error_kg_m3(kind, x, y, z) {
      sumAt(kind, x, y, z, one.squares);
      return Math.sqrt(one.squares[0]!);
    },
    column_kg_m2: (kind, x0, y0, z0, x1, y1, z1) => columnOf(p, kind, kernel, walls, x0, y0, z0, x1, y1, z1),
    mass_kg(kind) {
      let aloft = 0;
      for (let i = 0; i < p.capacity; i += 1) if (p.species[i] === kind) aloft += p.mass[i]!;
      for (let k = 0; k < p.head[HEAD.pending]!; k += 1)
        if (p.pending[k * PENDING] === kind) aloft += p.pending[k * PENDING + 4]!;
      let waiting = 0;
      for (let k = 0; k < p.head[HEAD.pending]!; k += 1)
        if (p.pending[k * PENDING] === kind) waiting += p.pending[k * PENDING + 4]!;
      return { aloft_kg: aloft, emitted_kg: p.emitted[kind]! + waiting, gone_kg: p.gone[kind]! };
    },
    count() {
      let n = 0;
      for (let i = 0; i < p.capacity; i += 1) if (p.mass[i]! > 0) n += 1;
      return n;
    },
    save: () => new Uint8Array(p.buffer.slice(0)),
    load(bytes) {
      if (bytes.byteLength !== p.buffer.byteLength)
        throw new RangeError(`a snapshot of ${bytes.byteLength} bytes for a model of ${p.buffer.byteLength}`);
      new Uint8Array(p.buffer).set(bytes);
    },
  };
}
