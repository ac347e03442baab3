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
 * culling at 4.25 σ the concentration of a steady release changes by less than 1 % (test/models/physics/air/puffs.test.ts).
 * Culling: see puffSums.ts; and puffs that leave the domain are gone, and counted.
 */
import type { AirModel, AirWeather } from './air.ts';
import { createPuffMotion } from './puffMotion.ts';
import { createPuffState, MOST_RELEASES, movePuff, type PuffState } from './puffState.ts';
import { sumColumn_kg_m2, sumConcentrations } from './puffSums.ts';
import { CALM_SIGMA_V_m_s } from './turbulence.ts';

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
  /** Distance in σh beyond which a puff is not felt; Infinity: always felt. Default 4.25. */
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
const LIKE_SIGMA = 1.1;
/** Makes the air as puffs; throws when an option is out of range. */
export function createPuffs(options: PuffOptions): PuffModel {
  const capacity = options.capacity ?? 4096;
  const extent = options.extent_m ?? 5000;
  const interval = options.puffInterval_s ?? 1;
  const mergeSpacing = options.mergeSpacing ?? 0.4;
  const cut = options.cut_sigmas ?? 4.25;
  const calm = options.calmSigmaV_m_s ?? CALM_SIGMA_V_m_s;
  if (!(capacity >= 2 && extent > 0 && interval > 0 && mergeSpacing >= 0 && cut > 0 && calm > 0))
    throw new RangeError('puffs: capacity ≥ 2, extent, interval, cut and calm > 0 and mergeSpacing ≥ 0 are needed');
  const s = createPuffState(capacity, options.species);
  const { x_m: xs, y_m: ys, sigmaH_m: sigmasH } = s;
  const motion = createPuffMotion(s, extent, calm);
  const last = new Int32Array(MOST_RELEASES);
  const onePoint = new Float64Array(3);
  const oneValue = new Float64Array(1);

  /** Whether two puffs whose centres are near are also of one height, one size and one layer. */
  function alike(a: number, b: number, spacing: number): boolean {
    if (s.stretchX_m[a] !== 0 || s.stretchY_m[a] !== 0 || s.stretchX_m[b] !== 0 || s.stretchY_m[b] !== 0) return false;
    if (s.species[a] !== s.species[b]) return false;
    const sigma = Math.min(s.sigmaH_m[a], s.sigmaH_m[b]);
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

  /** One pass over the puffs: merges neighbours, closes the gaps. */
  function gather(spacing: number): void {
    last.fill(-1);
    const count = s.counts[0];
    let kept = 0;
    for (let i = 0; i < count; i += 1) {
      const release = s.release[i];
      const before = last[release];
      if (before >= 0) {
        const dx = xs[before] - xs[i];
        const dy = ys[before] - ys[i];
        const far = spacing * Math.min(sigmasH[before], sigmasH[i]);
        if (dx * dx + dy * dy <= far * far && alike(before, i, spacing)) {
          merge(before, i);
          // It has had its turn: a row must not fall into one puff within a step.
          last[release] = -1;
          continue;
        }
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
        s.x_m[i] = s.asked[at];
        s.y_m[i] = s.asked[at + 1];
        s.height_m[i] = Math.max(s.asked[at + 2], 0);
        s.mass_kg[i] = mass / parts;
        s.sigmaH_m[i] = Math.max(s.asked[at + 4], LEAST_SIGMA_m);
        s.sigmaZ_m[i] = Math.max(s.asked[at + 5], LEAST_SIGMA_m);
        s.lid_m[i] = w.mixingHeight_m > 0 ? w.mixingHeight_m : Number.POSITIVE_INFINITY;
        s.species[i] = species;
        s.release[i] = r;
        const ratio = motion.windRatio(s.height_m[i], s.sigmaZ_m[i]);
        s.windRatio[i] = ratio;
        s.stretchX_m[i] = 0.5 * span * w.windU_m_s * ratio;
        s.stretchY_m[i] = 0.5 * span * w.windV_m_s * ratio;
        s.counts[0] = motion.move(i, i + 1, dt_s - (part + 0.5) * span);
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
      motion.set(w);
      s.counts[0] = motion.move(0, s.counts[0], dt_s);
      if (mergeSpacing > 0) gather(mergeSpacing);
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
