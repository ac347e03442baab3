/** An emission of a scenario against its plant: a gas that is known, a place within the air. */
import { nearest } from '../../models/kernel/index.ts';
import { type EmitterSite, GASES } from '../../sim/index.ts';
import type { BoundAction, Report } from './bind.ts';
import type { PlantContext } from './plant.ts';
import { pulseOf } from './pulse.ts';
import type { EntrySpec } from './spec.ts';

export function bindEmission(
  entry: Extract<EntrySpec, { emission: string }>,
  path: readonly PropertyKey[],
  { spec }: PlantContext,
  report: Report,
): BoundAction {
  const { species, place, to, over, radius, pulse } = entry;
  const bounds = spec.air?.bounds;
  if (!bounds) report([...path, 'emission'], 'an emission', 'a plant with air', `${spec.plant} has none`);
  if (!(species in GASES)) {
    const near = nearest(species, Object.keys(GASES));
    const hint = near ? `did you mean "${near}"?` : `known: ${Object.keys(GASES).join(', ')}`;
    report([...path, 'species'], `"${species}"`, 'a gas that detectors know', hint);
  }
  for (const [key, p] of [
    ['place', place],
    ['to', to],
  ] as const) {
    if (!p || !bounds) continue;
    if (p.x < bounds.west || p.x > bounds.east || p.y < bounds.south || p.y > bounds.north)
      report([...path, key], `(${p.x}, ${p.y}) m`, 'a place within the bounds of the air');
  }
  const from_m = [place.x, place.y, place.z] as const;
  const site: EmitterSite = {
    id: entry.emission,
    species,
    from_m,
    radius_m: radius,
    ...(entry.growth > 0 ? { growth_s: entry.growth } : {}),
    ...pulseOf(pulse),
    ...(to === undefined ? {} : { to_m: [to.x, to.y, to.z] as const, over_s: over! }),
    ...(entry.is === 'leak' ? { isLeak: true } : {}),
  };
  return { kind: 'emission', site, rate: entry.rate, ...(entry.for === undefined ? {} : { lasts: entry.for }) };
}
