/** Soil over a buried main as people write it, and as models/physics/release/soil.ts knows it. */
import { z } from 'zod';
import { quantity } from '../../models/document/index.ts';
import { compileSoil, type SoilModel } from '../../models/physics/release/index.ts';
import { percent } from '../plant/index.ts';

/** Above this the ground breaks up and the gas comes straight out of a crater [kg/s]. */
export const BREAKS_UP_kg_s = 0.1;

export const soilSchema = z.strictObject({
  /** Of the main under the surface. */
  depth: quantity('length', { min: 0.3, max: 5 }),
  /** sealed: pavement or frost, so that gas creeps away below it. */
  surface: z.enum(['open', 'sealed']).default('open'),
  'air-porosity': percent(0.6).prefault('25 %'),
  porosity: percent(0.7).prefault('40 %'),
  /** Of the gas in free air [cm²/s]; methane's. */
  'diffusivity-cm2-s': z.number().positive().max(2).default(0.22),
  vault: z
    .strictObject({
      x: quantity('length'),
      y: quantity('length'),
      depth: quantity('length', { positive: true, max: 5 }).prefault('1 m'),
      wall: quantity('area', { positive: true }).prefault('4 m2'),
      volume: quantity('volume', { positive: true }).prefault('3 m3'),
      /** Through its cover. */
      ventilation: quantity('flow', { min: 0 }).prefault('1 m3/h'),
    })
    .optional(),
});
export type SoilSpec = z.output<typeof soilSchema>;

export function compileGround(spec: SoilSpec, molarMass_kg_mol: number, x_m: number, y_m: number): SoilModel {
  const { vault } = spec;
  return compileSoil({
    depth_m: spec.depth,
    airPorosity: spec['air-porosity'],
    porosity: spec.porosity,
    diffusivity_m2_s: spec['diffusivity-cm2-s'] * 1e-4,
    gasDensity_kg_m3: (101_325 * molarMass_kg_mol) / (8.314462618 * 283.15),
    surface: spec.surface,
    ...(vault === undefined
      ? {}
      : {
          vault: {
            distance_m: Math.hypot(vault.x - x_m, vault.y - y_m),
            depth_m: vault.depth,
            wallArea_m2: vault.wall,
            volume_m3: vault.volume,
            ventilation_m3_s: vault.ventilation,
          },
        }),
  });
}
