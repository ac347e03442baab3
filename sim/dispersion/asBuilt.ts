/** What the owner of a site knows of its air: where the detectors hang, what may leak, and which tags say the wind. */
import type { AirAsBuilt } from '../../models/contract/index.ts';
import { GASES } from '../instruments/gas/index.ts';
import type { AirSpec, Point } from './spec.ts';

export function airAsBuilt(spec: AirSpec): AirAsBuilt {
  const gas = GASES[spec.gas]!;
  const place = ({ x, y, z }: Point): [number, number, number] => [x, y, z];
  const vane = spec.instruments.find((t) => t.form === 'vane');
  const anemometer = spec.instruments.find((t) => t.form === 'anemometer');
  const { west, south, east, north } = spec.bounds;
  return {
    gas: {
      id: gas.id,
      molarMass_kg_mol: gas.molarMass_kg_mol,
      ...(gas.lowerLimit === undefined ? {} : { lowerLimit: gas.lowerLimit }),
    },
    sensors: spec.instruments
      .filter((t) => t.gas !== undefined && t.patrol === undefined && t.vault === undefined)
      .map((t) => ({ tag: t.tag, place_m: place(t.place), ...(t.to ? { to_m: place(t.to) } : {}) })),
    equipment: Object.entries(spec.places).map(([id, p]) => ({ id, place_m: place(p), radius_m: p.radius })),
    bounds_m: [west, south, east, north],
    ...(vane && anemometer
      ? {
          wind: {
            speed: anemometer.tag,
            direction: vane.tag,
            reads: 'from-clockwise-of-north',
            ...(anemometer.place.z > 0 ? { height_m: anemometer.place.z } : {}),
          },
        }
      : {}),
  };
}
