/** What is in the air over a site as puffs, for pictures. Looking changes nothing. */
import { MOST_PUFFS, type Plume, type PlumeSpecies, PUFF_FLOATS } from '../../models/contract/index.ts';
import type { AirModel, PuffModel } from '../../models/physics/air/index.ts';
import type { ParticleModel } from '../../models/physics/air/particles/index.ts';
import { GASES } from '../instruments/gas/index.ts';
import type { Weather } from '../plant/index.ts';
import type { PlantAir } from './air.ts';

export interface SitePlume {
  readonly species: readonly PlumeSpecies[];
  /** Fills all but seq and time. Where there are more than can be drawn, every k-th stands for k of its kind. */
  look(out: Plume): void;
}

export function sitePlume(air: PlantAir, weather: Weather): SitePlume {
  const { gas } = air;
  return {
    species: air.plant.species.map(({ id, molarMass_kg_mol }) => {
      const lowerLimit = (GASES as Readonly<Record<string, { readonly lowerLimit?: number }>>)[id]?.lowerLimit;
      return { id, molarMass_kg_mol, ...(lowerLimit === undefined ? {} : { lowerLimit }) };
    }),
    look(out) {
      out.windU_m_s = weather.air.windU_m_s;
      out.windV_m_s = weather.air.windV_m_s;
      out.count = isPuffs(gas) ? puffs(gas, out.puffs) : parcels(gas as ParticleModel, out.puffs);
    },
  };
}

function isPuffs(gas: AirModel): gas is PuffModel {
  return 'state' in gas;
}

function puffs(gas: PuffModel, to: Float32Array): number {
  const { state: s, count } = gas;
  const every = Math.ceil(count / MOST_PUFFS) || 1;
  let n = 0;
  for (let i = 0; i < count; i += every, n += 1) {
    const at = n * PUFF_FLOATS;
    to[at] = s.x_m[i]!;
    to[at + 1] = s.y_m[i]!;
    to[at + 2] = s.height_m[i]!;
    to[at + 3] = s.sigmaH_m[i]!;
    to[at + 4] = s.sigmaZ_m[i]!;
    to[at + 5] = s.mass_kg[i]! * every;
    to[at + 6] = s.species[i]!;
  }
  return n;
}

/** A parcel is drawn as a puff as wide as its own part of the cloud's spread, as the model's concentrations see it, or half a metre. */
function parcels(gas: ParticleModel, to: Float32Array): number {
  const { parcels: p } = gas;
  const every = Math.ceil(gas.count() / MOST_PUFFS) || 1;
  let n = 0;
  let seen = 0;
  for (let i = 0; i < p.capacity && n < MOST_PUFFS; i += 1) {
    if (!(p.mass[i]! > 0)) continue;
    seen += 1;
    if (seen % every !== 0) continue;
    const at = n * PUFF_FLOATS;
    to[at] = p.x[i]!;
    to[at + 1] = p.y[i]!;
    to[at + 2] = p.z[i]!;
    to[at + 3] = Math.max(0.5, 0.25 * Math.sqrt(p.spreadH[i]!));
    to[at + 4] = Math.max(0.5, 0.25 * Math.sqrt(p.spreadV[i]!));
    to[at + 5] = p.mass[i]! * every;
    to[at + 6] = p.species[i]!;
    n += 1;
  }
  return n;
}
