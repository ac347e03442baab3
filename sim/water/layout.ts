/**
 * What leaves a water plant beside the frames: the controls that may be written, and the as-built data that a detector may
 * know, with their drawn errors. A geographic system knows lengths well, diameters by their nominal size and the roughness of
 * an old pipe hardly at all.
 */
import type { AsBuilt, Control } from '../../models/contract/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import type { InpNetwork } from '../../models/physics/index.ts';
import type { WaterSpec } from './spec.ts';

/** Of water; carried for those who ask what the liquid is, not used by the hydraulics. */
const BULK_MODULUS_PA = 2.1e9;

export function drawAsBuilt(spec: WaterSpec, inp: InpNetwork, exact: boolean): AsBuilt {
  const chance = seeded(spec['as-built'].seed).stream('as-built');
  const u = spec['as-built'];
  const factor = (name: string, sigma: number) =>
    exact ? 1 : Math.max(0.1, 1 + sigma * chance.stream(name).normal(0));
  const roughness = (id: string, value: number) => {
    // A Hazen–Williams C or a Manning n is known as a roughness is: by a guess at the pipe's age.
    const drawn = value * factor(`roughness/${id}`, u.roughness);
    if (inp.headloss === 'D-W') return { roughness_m: drawn };
    return inp.headloss === 'H-W' ? { hazenWilliams: drawn } : { manning: drawn };
  };
  return {
    plant: spec.plant,
    exact,
    designFlow_m3_s: spec['design-flow'],
    fluid: {
      density_kg_m3: spec.density,
      kinematicViscosity_m2_s: inp.kinematicViscosity_m2_s,
      bulkModulus_Pa: BULK_MODULUS_PA,
    },
    nodes: [
      ...inp.junctions.map((n) => ({ id: n.id, elevation_m: n.elevation_m })),
      ...inp.reservoirs.map((n) => ({ id: n.id, elevation_m: n.head_m })),
      ...inp.tanks.map((n) => ({ id: n.id, elevation_m: n.elevation_m })),
    ],
    pipes: inp.pipes.map((p) => ({
      id: p.id,
      from: p.from,
      to: p.to,
      length_m: p.length_m,
      insideDiameter_m: p.diameter_m * factor(`diameter/${p.id}`, u.diameter),
      ...roughness(p.id, p.roughness),
    })),
    links: [
      ...inp.pumps.map((p) => ({ id: p.id, kind: 'pump' as const, from: p.from, to: p.to })),
      ...inp.valves.map((v) => ({ id: v.id, kind: 'valve' as const, from: v.from, to: v.to })),
    ],
    uncertainty: { waveSpeed: 0, roughness: u.roughness, diameter: u.diameter, density: 0 },
  };
}

/** Each control belongs to the station that has an instrument on the element or, failing that, at one of its ends. */
export function buildControls(spec: WaterSpec, inp: InpNetwork): Control[] {
  const stationOf = (element: { id: string; from: string; to: string }) => {
    const places = [element.id, element.to, element.from];
    for (const place of places) {
      const tag = spec.instruments.find((t) => t.at === place);
      if (tag) return tag.station;
    }
    return spec.stations[0]!.id;
  };
  return [
    ...inp.pumps.flatMap((p): Control[] => {
      const base = { station: stationOf(p), element: p.id };
      return [
        { ...base, property: 'speed', unit: '%', description: `speed set point of ${p.id}` },
        {
          ...base,
          property: 'run',
          unit: '',
          description: `${p.id}: 1 starts and leaves it to its level control, 0 stops`,
        },
        { ...base, property: 'trip', unit: '', description: `${p.id}: 1 trips` },
      ];
    }),
    ...inp.valves.flatMap((v): Control[] => {
      const base = { station: stationOf(v), element: v.id };
      if (v.type === 'TCV') return [{ ...base, property: 'opening', unit: '%', description: `opening of ${v.id}` }];
      if (v.type === 'PRV' || v.type === 'PSV')
        return [{ ...base, property: 'setPoint', unit: 'bar', description: `set point of ${v.id}` }];
      return [];
    }),
  ];
}
