/**
 * What a line of liquid gives to the air.
 *
 *   leak    of a volatile liquid, the share of it that evaporates where it comes out                ṁ · share
 *   sewer   hydrogen sulphide that the inflow of a wet well brings and its fall strips out: q S(age) of H2S, times the share
 *           that escapes; the age is that of plug flow in the full main before it, V/q               models/physics/sewer.ts
 */
import { hydrogenSulphide_kg_s, type RisingMain, sulphideAt_kg_m3 } from '../../models/physics/index.ts';
import type { EmissionRates, EmissionSource } from '../plant/index.ts';
import type { LiquidModel } from './model.ts';
import type { LiquidSpec } from './spec.ts';
import type { LiquidState } from './state.ts';

/** A pool in the open lies over some metres; a hatch is half a metre wide. */
const POOL_RADIUS_m = 2;
const HATCH_RADIUS_m = 0.5;

export interface LiquidEmissions {
  readonly sources: readonly EmissionSource[];
  fill(out: EmissionRates, timeUs: number): void;
}

export function liquidEmissions(spec: LiquidSpec, model: LiquidModel, state: LiquidState): LiquidEmissions | undefined {
  const { vapour } = spec.fluid;
  const leaks = vapour ? model.leaks : [];
  const wells = spec.tanks.flatMap((t, i) => (t.inflow?.septic ? [{ t, i, septic: t.inflow.septic }] : []));
  if (!vapour && wells.length === 0) return undefined;
  const mains = wells.map(({ septic }) => {
    const main: RisingMain = {
      diameter_m: septic.diameter,
      temperature_K: spec.fluid['inlet-temperature'],
      bod5_kg_m3: septic['bod5-mg-L'] * 1e-3,
    };
    return { main, volume_m3: (Math.PI / 4) * septic.diameter ** 2 * septic.length };
  });
  return {
    sources: [
      ...leaks.map((l) => ({ id: l.id, element: l.on, species: vapour!.like, height_m: 0 })),
      ...wells.map(({ t }) => ({ id: `${t.id}/hatch`, element: t.id, species: 'hydrogen-sulphide', height_m: 0 })),
    ],
    fill(out, timeUs) {
      for (let l = 0; l < leaks.length; l += 1) {
        const flow = state.network.orificeFlow_m3_s[model.leaks[l]!.orifice]!;
        out.massRate_kg_s[l] = Math.max(0, flow) * model.density_kg_m3 * vapour!.share;
        out.temperature_K[l] = spec.fluid['ground-temperature'];
        out.radius_m[l] = POOL_RADIUS_m;
      }
      wells.forEach(({ i, septic }, w) => {
        const k = leaks.length + w;
        const flow = model.tankInflow[i]!(timeUs);
        const { main, volume_m3 } = mains[w]!;
        const age_s = Math.min(86_400, volume_m3 / Math.max(1e-6, flow));
        const sulphide = sulphideAt_kg_m3(main, age_s);
        out.massRate_kg_s[k] = hydrogenSulphide_kg_s(flow, sulphide, septic.ph) * septic.stripped;
        out.temperature_K[k] = main.temperature_K;
        out.radius_m[k] = HATCH_RADIUS_m;
      });
    },
  };
}
