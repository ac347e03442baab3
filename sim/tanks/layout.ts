/**
 * What leaves a tank farm beside the frames: the controls that may be written, and the as-built data that a detector may
 * know, with their drawn errors.
 */
import type { AsBuilt, Control } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import { EXPANSION, ROOF } from '../../models/physics/tank/index.ts';
import type { TanksModel } from './model.ts';
import type { TanksSpec } from './spec.ts';

const EXPANSION_NAME = {
  [EXPANSION.constant]: 'constant',
  [EXPANSION.api54]: 'api-54',
  [EXPANSION.water]: 'water',
} as const;

/** Strapping tables err by a common factor per tank, which an owner's calibration leaves; densities by one per product. */
export function drawAsBuilt(spec: TanksSpec, { farm }: TanksModel, exact: boolean): AsBuilt {
  const chance = seeded(spec['as-built'].seed).stream('as-built');
  const u = spec['as-built'];
  const factor = (name: string, sigma: number) => (exact ? 1 : 1 + sigma * chance.stream(name).normal(0));
  return {
    plant: spec.plant,
    exact,
    designFlow_m3_s: spec['design-flow'],
    nodes: [],
    pipes: [],
    links: [],
    tanks: spec.tanks.map((t, i) => {
      const s = farm.tankSubstance[i]!;
      return {
        id: t.id,
        product: t.product,
        density15_kg_m3: farm.substanceDensity15_kg_m3[s]! * factor(`density/${t.product}`, u.density),
        expansion: EXPANSION_NAME[farm.substanceExpansion[s] as keyof typeof EXPANSION_NAME],
        expansion_per_K: farm.substanceAlpha_per_K[s]!,
        // The area goes with the square of the diameter.
        diameter_m: t.diameter * Math.sqrt(factor(`strapping/${t.id}`, u.strapping)),
        height_m: t.height,
        maxLevel_m: farm.tankMaxLevel_m[i]!,
        shellExpansion_per_K: farm.tankShellExpansion_per_K[i]!,
        ...(farm.tankRoof[i] === ROOF.floating
          ? { roofMass_kg: farm.roofMass_kg[i]!, roofLegs_m: farm.roofLegs_m[i]! }
          : {}),
        ...(t.bund === undefined ? {} : { bund: t.bund }),
      };
    }),
    transfers: spec.transfers.map((t) => ({
      id: t.id,
      ...(t.from === undefined ? {} : { from: t.from }),
      ...(t.to === undefined ? {} : { to: t.to }),
    })),
    bunds: spec.bunds.map((b, i) => ({
      id: b.id,
      floor_m2: farm.poolFloor_m2[i]!,
      sumpArea_m2: b.sump.area,
      sumpDepth_m: b.sump.depth,
      ...(b.drain === undefined ? {} : { drain: b.drain.id }),
    })),
    uncertainty: { waveSpeed: 0, roughness: 0, diameter: u.strapping / 2, density: u.density },
  };
}

export function buildControls(spec: TanksSpec): Control[] {
  return [
    ...spec.transfers.flatMap((t): Control[] => {
      const about = `${t.id}, ${t.from ?? 'outside'} to ${t.to ?? 'outside'}`;
      const base = { station: t.station, element: t.id } as const;
      return [
        {
          ...base,
          property: 'speed',
          unit: '%',
          description: `rate of ${about}, of ${Math.round(t.rate * 3600)} m3/h`,
        },
        { ...base, property: 'run', unit: '', description: `${about}: 1 starts, 0 stops` },
        { ...base, property: 'trip', unit: '', description: `${about}: 1 trips` },
      ];
    }),
    ...spec.bunds.flatMap((b): Control[] =>
      b.drain
        ? [
            {
              station: b.drain.station,
              element: b.drain.id,
              property: 'opening',
              unit: '%',
              description: `opening of ${b.drain.id}, the drain of ${b.id}`,
            },
          ]
        : [],
    ),
  ];
}
