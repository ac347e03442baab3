/** What leaves a store beside its frames: controls, and what its owner knows. */
import type { AsBuilt, Control } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import { VAPOURS } from '../../models/physics/release/index.ts';
import { STORED, type StoreSpec } from './spec.ts';

export function buildControls(spec: StoreSpec): Control[] {
  return [
    ...spec.lines.map(
      (l): Control => ({
        station: l.valve.station,
        element: l.valve.id,
        property: 'opening',
        unit: '%',
        description: `opening of ${l.valve.id}, the remote valve of ${l.id}`,
      }),
    ),
    ...spec.rooms.flatMap(({ id, fan }): Control[] => [
      {
        station: fan.station,
        element: fan.id,
        property: 'speed',
        unit: '%',
        description: `speed of ${fan.id}, the fan of ${id}`,
      },
      { station: fan.station, element: fan.id, property: 'run', unit: '', description: `${fan.id}: 1 starts, 0 stops` },
      { station: fan.station, element: fan.id, property: 'trip', unit: '', description: `${fan.id}: 1 trips` },
    ]),
  ];
}

export function drawAsBuilt(spec: StoreSpec, exact: boolean): AsBuilt {
  const chance = seeded(spec['as-built'].seed).stream('as-built');
  const u = spec['as-built'];
  const factor = (name: string) => (exact ? 1 : 1 + u.diameter * chance.stream(name).normal(0));
  return {
    plant: spec.plant,
    exact,
    designFlow_m3_s: spec['design-flow'],
    nodes: [],
    pipes: spec.lines.map((l) => ({
      id: l.id,
      from: l.from,
      to: 'user',
      length_m: l.length,
      insideDiameter_m: l.bore * factor(`diameter/${l.id}`),
    })),
    links: [],
    tanks: spec.vessels.map((v) => ({
      id: v.id,
      product: v.holds,
      density15_kg_m3: v['liquid-density'] ?? VAPOURS[STORED[v.holds]].liquidDensity_kg_m3,
      expansion: 'constant',
      expansion_per_K: 0,
      // Of the upright cylinder of the same volume and height.
      diameter_m: Math.sqrt((4 * v.volume) / (Math.PI * v.height)) * factor(`diameter/${v.id}`),
      height_m: v.height,
      maxLevel_m: v.height,
      shellExpansion_per_K: 0,
    })),
    uncertainty: { waveSpeed: 0, roughness: 0, diameter: u.diameter, density: 0 },
  };
}
