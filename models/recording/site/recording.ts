/** What a folder with a foreign recording of a site's air turns out to be, whatever its format. */
import type { AirAsBuilt, AsBuilt, Problem, TruthEvent } from '../../contract/index.ts';
import { unwrap } from '../../contract/index.ts';
import { readDocument } from '../../document/index.ts';
import { CSV_MAPPING_SCHEMA, type CsvMapping } from '../csvMapping.ts';

/** One file of frames. */
export interface SitePart {
  readonly path: string;
  readonly mapping: CsvMapping;
  /** From the beginning of the first part to the beginning of this one [µs]. */
  readonly offsetUs: number;
}

export interface SiteRecording {
  readonly name: string;
  readonly about: string;
  readonly asBuilt: AsBuilt;
  /** Files with the same tags, in time. */
  readonly parts: readonly SitePart[];
  /** Rows of side tables that could not be used, and what was assumed. */
  readonly remarks: readonly string[];
  readonly problems: readonly Problem[];
  /** Points of units of equipment, where a table tells them; for the judge, never for a detector. */
  readonly units?: readonly { readonly unit: string; readonly place_m: readonly [number, number, number] }[];
  /** What really happened; for the judge, never for a detector. */
  truth(): Promise<TruthEvent[]>;
}

export const METHANE = { id: 'methane', molarMass_kg_mol: 0.016043, lowerLimit: 0.044 } as const;
/** Of methane at 15 °C and 101,325 Pa, for a truth that tells volumes. */
export const METHANE_KG_M3 = 0.6785;

export function airOnly(plant: string, air: AirAsBuilt): AsBuilt {
  return {
    plant,
    exact: true,
    nodes: [],
    pipes: [],
    links: [],
    air,
    uncertainty: { waveSpeed: 0, roughness: 0, diameter: 0, density: 0 },
  };
}

/** A mapping made by a reader; JSON is YAML too. */
export function mappingOf(name: string, spec: object): CsvMapping {
  return unwrap(readDocument(`mapping of ${name}`, JSON.stringify(spec), CSV_MAPPING_SCHEMA));
}

/** Opening and closing of a release of constant rate, with its rate at both ends. */
export function releaseEvents(
  release: {
    readonly ref: string;
    readonly fromUs: number;
    readonly toUs: number;
    readonly massRate_kg_s: number;
    readonly place_m: readonly [number, number, number];
    readonly source?: string;
    readonly unit?: string;
  },
  endUs: number,
): TruthEvent[] {
  const { ref, fromUs, toUs, massRate_kg_s, place_m, source, unit = '' } = release;
  const rate = (timeUs: number): TruthEvent => ({
    kind: 'leak.rate',
    timeUs,
    ref,
    massRate_kg_s,
    volume_m3: (massRate_kg_s * (timeUs - fromUs) * 1e-6) / METHANE_KG_M3,
  });
  const lastUs = Math.min(toUs, endUs);
  return [
    {
      kind: 'leak.opened',
      timeUs: fromUs,
      ref,
      unit,
      position_m: 0,
      area_m2: 0,
      growth_s: 0,
      place_m: [...place_m],
      ...(source === undefined ? {} : { source }),
    },
    rate(fromUs),
    rate(lastUs),
    ...(toUs <= endUs
      ? [
          {
            kind: 'leak.closed' as const,
            timeUs: toUs,
            ref,
            volume_m3: (massRate_kg_s * (toUs - fromUs) * 1e-6) / METHANE_KG_M3,
          },
        ]
      : []),
  ];
}
