/**
 * The air as Gaussian puffs in an unsteady wind.
 *
 * A release is cut into puffs, one per step or per `puffInterval_s` if that is shorter. A puff moves with the wind at its mean
 * height, keeps its height of release and spreads by turbulence.ts: each step finds the virtual time at which the weather of
 * now would have given its σ and follows that weather's curve, so a change of weather never makes it jump.
 *   horizontal  σv = max(σθ U(z̄), calm), U not above the vane's; σh grows as Draxler's curve of σv
 *   vertical    q grows by u* dt/D, D = 1 + (d ln q/d ln r)(d ln U/d ln z)(d ln z̄/d ln σz): a rising puff travels farther per σ
 * Because σθ holds only what the wind series leaves unresolved, a series with its own meander wants a small σθ, and a ten-minute
 * mean wind the σθ of ten minutes: then the average over the series is the plume of that averaging time.
 * Calm: σh = σv t with σv from `calmSigmaV_m_s` (small eddies; AERMOD's floor for all eddies is 0.2 m/s), u* ≥ 2 cm/s.
 *
 * A puff younger than the wind needs to close the gap to the next is stretched (puffSums.ts), so that a steady release is
 * steady from its first metre, whatever the step.
 *
 * Merging: neighbours of one release whose centres are within m σ of each other and whose σ differ by at most a tenth become
 * one with the same mass and centre and the mean square of their σ. Spacings then stay below m σ; the row that a merged puff
 * stands for has a variance of at most (mσ)²/12 along the wind, which is left out (1.3 % of σ² at m = 0.4), none across it. With
 * culling at 4 σ the concentration of a steady release changes by less than 1 % (test/models/physics/air/puffs.test.ts).
 * Culling: see puffSums.ts; and puffs that leave the domain are gone, and counted.
 */
import type { AirModel, AirWeather } from './air.ts';
import { createPuffState, MOST_RELEASES, movePuff, type PuffState } from './puffState.ts';
import { sumColumn_kg_m2, sumConcentrations } from './puffSums.ts';
import { LEAST_FRICTION_VELOCITY_m_s } from './surfaceLayer.ts';
import {
  CALM_SIGMA_V_m_s,
  dragElasticity,
  dragRatio,
  heightElasticity,
  LARGEST_DRAG,
  lateralSpread_m,
  lateralTime_s,
  lateralVelocity_m_s,
  meanHeightCubed_m3,
  verticalSpread_m,
  verticalTravel_m,
} from './turbulence.ts';
import { createWindTable } from './windTable.ts';

export interface PuffOptions {
  /** Number of species. */
  readonly species: number;
  /** Puffs at most; merged more boldly when that is not enough. Default 4096. */
  readonly capacity?: number;
  /** Half the side of the square about the origin beyond which puffs are gone. Default 5000 m. */
  readonly extent_m?: number;
  /** Longest time that one puff stands for at its birth. Default 1 s. */
  readonly puffInterval_s?: number;
  /** Spacing in σh below which neighbours merge; 0: never. Default 0.4. */
  readonly mergeSpacing?: number;
  /** Distance in σh beyond which a puff is not felt; Infinity: always felt. Default 4. */
  readonly cut_sigmas?: number;
  /** Least lateral velocity of the small eddies. Default 0.1 m/s. */
  readonly calmSigmaV_m_s?: number;
}

export interface PuffModel extends AirModel {
  readonly state: PuffState;
  /** Puffs now in the air. */
  readonly count: number;
}

const LEAST_SIGMA_m = 0.01;
/** |1/L| beyond which the profiles have no measurements behind them. */
const MOST_INVERSE_OBUKHOV_1_m = 1;
/** A stretch this short in σh is lost in the overlap of neighbours: their sum ripples by less than 10⁻⁴. */
const ROUND = 0.7;
/** A layer is evenly mixed by two of its depths. */
const MOST_SIGMA_LIDS = 2;
const LID_SIGMAS = 3;
const LIKE_SIGMA = 1.1;
/** A step of growth covers at most this plus a quarter of a puff's age. */
const FIRST_STEP_s = 0.5;
const MOST_SUBSTEPS = 64;

/** Makes the air as puffs; throws when an option is out of range. */
export function createPuffs(options: PuffOptions): PuffModel {
  const capacity = options.capacity ?? 4096;
  const extent = options.extent_m ?? 5000;
  const interval = options.puffInterval_s ?? 1;
  const mergeSpacing = options.mergeSpacing ?? 0.4;
  const cut = options.cut_sigmas ?? 4;
  const calm = options.calmSigmaV_m_s ?? CALM_SIGMA_V_m_s;
  if (!(capacity >= 2 && extent > 0 && interval > 0 && mergeSpacing >= 0 && cut > 0 && calm > 0))
    throw new RangeError('puffs: capacity ≥ 2, extent, interval, cut and calm > 0 and mergeSpacing ≥ 0 are needed');
  const s = createPuffState(capacity, options.species);
  const { x_m: xs, y_m: ys, height_m: heights, lid_m: lids, sigmaH_m: sigmasH, sigmaZ_m: sigmasZ } = s;
  const wind = createWindTable();
  const last = new Int32Array(MOST_RELEASES);
  const onePoint = new Float64Array(3);
  const oneValue = new Float64Array(1);

  // The weather of the step, unpacked once for all puffs: rewritten by `step` before any of them moves.
  const now = { windU: 0, windV: 0, speed: 0, friction: 0, inverse: 0, sigmaTheta: 0 };

  /** Moves puff i and lets it grow for a time. */
  function advance(i: number, dt_s: number): void {
    const { windU, windV, speed, friction, inverse, sigmaTheta } = now;
    const height = heights[i];
    const lid = lids[i];
    const under = lid > height && lid !== Number.POSITIVE_INFINITY;
    const highest = under ? 0.125 * lid * lid * lid : Number.POSITIVE_INFINITY;
    const mostSigma = under ? MOST_SIGMA_LIDS * lid : Number.POSITIVE_INFINITY;
    let sigmaH = sigmasH[i];
    let sigmaZ = sigmasZ[i];
    let left = dt_s;
    let travel = 0;
    let ratio = 1;
    for (let sub = 0; sub < MOST_SUBSTEPS && left > 0; sub += 1) {
      const cubed = meanHeightCubed_m3(height, sigmaZ);
      wind.look(Math.log2(cubed > highest ? Math.max(highest, height * height * height) : cubed) / 3);
      ratio = wind.ratio;
      const sigmaV = lateralVelocity_m_s(sigmaTheta, speed * ratio, speed, calm);
      const age = lateralTime_s(sigmaV, sigmaH);
      const dt = sub === MOST_SUBSTEPS - 1 ? left : Math.min(left, FIRST_STEP_s + 0.25 * age);
      sigmaH = Math.max(lateralSpread_m(sigmaV, age + dt), sigmaH);
      if (sigmaZ < mostSigma) {
        const drag = dragRatio(friction, speed * ratio);
        const q = verticalTravel_m(sigmaZ, drag, inverse);
        // In a calm there is no faster wind above to rise into.
        const windy = friction < LARGEST_DRAG * speed * ratio;
        const rising = windy ? dragElasticity(q, drag, inverse) * wind.slope * heightElasticity(cubed, sigmaZ) : 0;
        const grown = verticalSpread_m(q + (friction * dt) / (1 + rising), drag, inverse);
        sigmaZ = Math.min(Math.max(grown, sigmaZ), mostSigma);
      }
      travel += ratio * dt;
      left -= dt;
    }
    xs[i] += windU * travel;
    ys[i] += windV * travel;
    sigmasH[i] = sigmaH;
    sigmasZ[i] = sigmaZ;
    const ex = s.stretchX_m[i];
    const ey = s.stretchY_m[i];
    if (ex !== 0 || ey !== 0) {
      // Neighbours stand as far apart as the wind at their height carries them in an interval.
      const more = ratio / s.windRatio[i];
      const round = more * more * (ex * ex + ey * ey) < ROUND * ROUND * sigmaH * sigmaH;
      s.stretchX_m[i] = round ? 0 : ex * more;
      s.stretchY_m[i] = round ? 0 : ey * more;
    }
    s.windRatio[i] = ratio;
  }

  /** A lid comes down on a puff only as far as the puff has not yet passed it, and goes up with the layer. */
  function follow(i: number, mixing_m: number): void {
    const lid = s.lid_m[i];
    const filled = s.height_m[i] + LID_SIGMAS * s.sigmaZ_m[i];
    s.lid_m[i] = mixing_m >= lid ? mixing_m : Math.max(mixing_m, Math.min(lid, filled));
  }

  function mergeable(a: number, b: number, spacing: number): boolean {
    if (s.stretchX_m[a] !== 0 || s.stretchY_m[a] !== 0 || s.stretchX_m[b] !== 0 || s.stretchY_m[b] !== 0) return false;
    const sigma = Math.min(s.sigmaH_m[a], s.sigmaH_m[b]);
    const dx = s.x_m[a] - s.x_m[b];
    const dy = s.y_m[a] - s.y_m[b];
    const far = spacing * sigma;
    if (dx * dx + dy * dy > far * far) return false;
    const sigmaZ = Math.min(s.sigmaZ_m[a], s.sigmaZ_m[b]);
    if (Math.abs(s.height_m[a] - s.height_m[b]) > spacing * sigmaZ) return false;
    if (Math.max(s.sigmaH_m[a], s.sigmaH_m[b]) > LIKE_SIGMA * sigma) return false;
    if (Math.max(s.sigmaZ_m[a], s.sigmaZ_m[b]) > LIKE_SIGMA * sigmaZ) return false;
    // Both under the lid or both above it.
    return s.height_m[a] < s.lid_m[a] === s.height_m[b] < s.lid_m[b];
  }

  /** Puff b into puff a: mass, centre and mean square spread stay. */
  function merge(a: number, b: number): void {
    const mass = s.mass_kg[a] + s.mass_kg[b];
    const p = s.mass_kg[a] / mass;
    const q = s.mass_kg[b] / mass;
    const dz = s.height_m[a] - s.height_m[b];
    const mean = (u: number, v: number, apart2: number) => Math.sqrt(p * u * u + q * v * v + p * q * apart2);
    // The row's own length is left out: half of it would have to be given across, where the concentration feels it.
    s.sigmaH_m[a] = mean(s.sigmaH_m[a], s.sigmaH_m[b], 0);
    s.sigmaZ_m[a] = mean(s.sigmaZ_m[a], s.sigmaZ_m[b], dz * dz);
    s.x_m[a] = p * s.x_m[a] + q * s.x_m[b];
    s.y_m[a] = p * s.y_m[a] + q * s.y_m[b];
    s.height_m[a] = p * s.height_m[a] + q * s.height_m[b];
    s.lid_m[a] = Math.max(s.lid_m[a], s.lid_m[b]);
    s.windRatio[a] = p * s.windRatio[a] + q * s.windRatio[b];
    s.mass_kg[a] = mass;
  }

  /** One pass over the puffs: merges neighbours, drops who left, closes the gaps. */
  function gather(spacing: number): void {
    last.fill(-1);
    let kept = 0;
    for (let i = 0; i < s.counts[0]; i += 1) {
      if (Math.abs(s.x_m[i]) > extent || Math.abs(s.y_m[i]) > extent) {
        s.gone_kg[s.species[i]] += s.mass_kg[i];
        continue;
      }
      const release = s.release[i];
      const before = last[release];
      if (before >= 0 && spacing > 0 && s.species[before] === s.species[i] && mergeable(before, i, spacing)) {
        merge(before, i);
        // It has had its turn: a row must not fall into one puff within a step.
        last[release] = -1;
        continue;
      }
      if (i !== kept) movePuff(s, i, kept);
      last[release] = kept;
      kept += 1;
    }
    s.counts[0] = kept;
  }

  function makeRoom(): void {
    for (let spacing = Math.max(mergeSpacing, 0.25); s.counts[0] >= capacity && spacing < 8; spacing *= 1.5)
      gather(spacing);
    if (s.counts[0] < capacity) return;
    s.gone_kg[s.species[0]] += s.mass_kg[0];
    for (let i = 1; i < s.counts[0]; i += 1) movePuff(s, i, i - 1);
    s.counts[0] -= 1;
  }

  /** What was asked for since the last step enters the air, each part of the step's release with its own age. */
  function release(w: AirWeather, dt_s: number): void {
    const parts = Math.max(1, Math.ceil(dt_s / interval - 1e-9));
    const span = dt_s / parts;
    for (let r = 0; r < s.counts[1]; r += 1) {
      const at = 7 * r;
      const mass = s.asked[at + 3];
      if (!(mass > 0)) continue;
      const species = s.asked[at + 6];
      s.emitted_kg[species] += mass;
      for (let part = 0; part < parts; part += 1) {
        if (s.counts[0] >= capacity) makeRoom();
        const i = s.counts[0];
        s.counts[0] += 1;
        s.x_m[i] = s.asked[at];
        s.y_m[i] = s.asked[at + 1];
        s.height_m[i] = Math.max(s.asked[at + 2], 0);
        s.mass_kg[i] = mass / parts;
        s.sigmaH_m[i] = Math.max(s.asked[at + 4], LEAST_SIGMA_m);
        s.sigmaZ_m[i] = Math.max(s.asked[at + 5], LEAST_SIGMA_m);
        s.lid_m[i] = w.mixingHeight_m > 0 ? w.mixingHeight_m : Number.POSITIVE_INFINITY;
        s.species[i] = species;
        s.release[i] = r;
        wind.look(Math.log2(meanHeightCubed_m3(s.height_m[i], s.sigmaZ_m[i])) / 3);
        s.windRatio[i] = wind.ratio;
        s.stretchX_m[i] = 0.5 * span * w.windU_m_s * wind.ratio;
        s.stretchY_m[i] = 0.5 * span * w.windV_m_s * wind.ratio;
        advance(i, dt_s - (part + 0.5) * span);
      }
    }
    s.counts[1] = 0;
  }

  return {
    state: s,
    get count() {
      return s.counts[0];
    },
    emit(species, x_m, y_m, z_m, mass_kg, sigmaHorizontal_m, sigmaVertical_m) {
      if (!(mass_kg > 0)) return;
      if (!(species >= 0 && species < options.species)) throw new RangeError(`puffs: there is no species ${species}`);
      if (s.counts[1] >= MOST_RELEASES) throw new RangeError(`puffs: more than ${MOST_RELEASES} releases in one step`);
      const at = 7 * s.counts[1];
      s.asked[at] = x_m;
      s.asked[at + 1] = y_m;
      s.asked[at + 2] = z_m;
      s.asked[at + 3] = mass_kg;
      s.asked[at + 4] = sigmaHorizontal_m;
      s.asked[at + 5] = sigmaVertical_m;
      s.asked[at + 6] = species;
      s.counts[1] += 1;
    },
    step(w, dt_s) {
      if (!(dt_s > 0)) return;
      const most = MOST_INVERSE_OBUKHOV_1_m;
      const inverse = Math.min(Math.max(w.inverseObukhov_1_m, -most), most);
      wind.set(w.windHeight_m, w.roughness_m, inverse);
      now.windU = w.windU_m_s;
      now.windV = w.windV_m_s;
      now.speed = Math.sqrt(w.windU_m_s * w.windU_m_s + w.windV_m_s * w.windV_m_s);
      now.friction = Math.max(w.frictionVelocity_m_s, LEAST_FRICTION_VELOCITY_m_s);
      now.inverse = inverse;
      now.sigmaTheta = w.sigmaTheta_rad;
      const mixing = w.mixingHeight_m > 0 ? w.mixingHeight_m : Number.POSITIVE_INFINITY;
      for (let i = 0; i < s.counts[0]; i += 1) {
        if (s.lid_m[i] !== mixing) follow(i, mixing);
        advance(i, dt_s);
      }
      gather(mergeSpacing);
      release(w, dt_s);
    },
    concentration_kg_m3(species, x_m, y_m, z_m) {
      onePoint[0] = x_m;
      onePoint[1] = y_m;
      onePoint[2] = z_m;
      sumConcentrations(s, species, onePoint, oneValue, cut);
      return oneValue[0];
    },
    concentrations(species, points, out) {
      sumConcentrations(s, species, points, out, cut);
    },
    column_kg_m2(species, x0_m, y0_m, z0_m, x1_m, y1_m, z1_m) {
      return sumColumn_kg_m2(s, species, x0_m, y0_m, z0_m, x1_m, y1_m, z1_m, cut);
    },
    mass_kg(species) {
      let aloft = 0;
      for (let i = 0; i < s.counts[0]; i += 1) if (s.species[i] === species) aloft += s.mass_kg[i];
      return { aloft_kg: aloft, emitted_kg: s.emitted_kg[species], gone_kg: s.gone_kg[species] };
    },
    save() {
      return new Uint8Array(s.buffer.slice(0));
    },
    load(bytes) {
      if (bytes.length !== s.buffer.byteLength)
        throw new RangeError(`puffs: a state of ${bytes.length} bytes, this model has ${s.buffer.byteLength}`);
      new Uint8Array(s.buffer).set(bytes);
    },
  };
}
