/** The model that carries the gas of a site, as its file chooses: puffs over open ground, or particles among its solids. */
import { type AirModel, createPuffs } from '../../models/physics/air/index.ts';
import { createParticles } from '../../models/physics/air/particles/index.ts';
import { type Scene, sceneWind } from '../site/index.ts';
import type { AirPlant } from './model.ts';

export function createCarrier(
  { spec, species, step_s }: AirPlant,
  scene: Scene | undefined,
  seed: number,
  roughness_m: number,
): AirModel {
  const { west, south, east, north } = spec.bounds;
  if (spec.model === 'puffs')
    return createPuffs({
      species: species.length,
      extent_m: Math.max(-west, -south, east, north),
      puffInterval_s: Math.max(1, step_s),
    });
  const flow = scene && sceneWind(scene, roughness_m);
  return createParticles({
    seed,
    species: species.length,
    parcelsPerSecond: spec['parcels-per-second'],
    domain: { x0_m: west, y0_m: south, x1_m: east, y1_m: north },
    ...(scene ? { walls: scene } : {}),
    ...(flow ? { flow } : {}),
  });
}
