/**
 * What a tank farm gives to the air: the vapour of each bund's pool by product, and the breath of each vented tank or rim seal.
 * Rates are those of models/physics/tank, and leave the farm's ledger there.
 */
import { ROOF } from '../../models/physics/tank/index.ts';
import type { EmissionRates, EmissionSource } from '../plant/index.ts';
import type { TanksModel } from './model.ts';
import type { TanksSpec } from './spec.ts';
import type { TanksState } from './state.ts';

const ODOURLESS = 'water';

export interface TankEmissions {
  readonly sources: readonly EmissionSource[];
  fill(out: EmissionRates): void;
}

export function tankEmissions(spec: TanksSpec, { farm }: TanksModel, { farm: state }: TanksState): TankEmissions {
  const sources: EmissionSource[] = [];
  // Of each source: the pool and substance, or −1 and the tank.
  const pool: number[] = [];
  const which: number[] = [];
  spec.bunds.forEach((b, i) => {
    spec.products.forEach((p, s) => {
      if (p.like === ODOURLESS) return;
      sources.push({ id: `${b.id}/${p.id}`, element: b.id, species: p.like, height_m: 0 });
      pool.push(i);
      which.push(s);
    });
  });
  spec.tanks.forEach((t, i) => {
    const like = spec.products.find((p) => p.id === t.product)!.like;
    if (like === ODOURLESS || farm.tankRoof[i] === ROOF.closed) return;
    sources.push({ id: `${t.id}/vent`, element: t.id, species: like, height_m: t.height });
    pool.push(-1);
    which.push(i);
  });
  return {
    sources,
    fill(out) {
      for (let k = 0; k < pool.length; k += 1) {
        const b = pool[k]!;
        const i = which[k]!;
        out.massRate_kg_s[k] = b < 0 ? state.tankVent_kg_s[i]! : state.poolVapour_kg_s[b * farm.nSubstance + i]!;
        out.temperature_K[k] = b < 0 ? state.tankGas_K[i]! : state.poolTemperature_K[b]!;
        out.exitSpeed_m_s[k] = 0;
        out.pressure_Pa[k] = 0;
        out.radius_m[k] = b < 0 ? 0.25 * farm.tankDiameter_m[i]! : Math.sqrt(state.poolArea_m2[b]! / Math.PI);
      }
    },
  };
}
