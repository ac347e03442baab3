/**
 * What a drawing of a site has wrong. Places of equipment and sensors are those of a survey, each off by a draw of its
 * declared uncertainty; a vane stands turned on its mast. Gas leaves where it truly leaves, and within a group of
 * equipment that is somewhere about its middle, not at it. All draws are the plant's own, by the seed of its drawing, save for
 * the spot of a leak, which is the run's.
 */
import { z } from 'zod';
import type { AirAsBuilt } from '../../models/contract/index.ts';
import { quantity } from '../../models/document/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import type { SiteSpec } from '../site/index.ts';

/** Standard deviations, each way. */
export const drawnSchema = z
  .strictObject({
    seed: z.int().default(1),
    equipment: quantity('length', { min: 0, max: 50 }).prefault('0.5 m'),
    sensors: quantity('length', { min: 0, max: 50 }).prefault('0.5 m'),
    /** Of the vane's zero. */
    vane: quantity('angle', { min: 0 }).prefault('2 deg'),
  })
  .prefault({});
export type DrawnSpec = z.output<typeof drawnSchema>;

type Place = [x_m: number, y_m: number, z_m: number];

/** The as-built data with their errors; none in exact mode. */
export function drawAir(air: AirAsBuilt, spec: DrawnSpec, site: SiteSpec | undefined, exact: boolean): AirAsBuilt {
  const outlines = site ? outlinesOf(site) : [];
  const shown = outlines.length > 0 ? { ...air, outlines } : air;
  if (exact) return shown;
  const chance = seeded(spec.seed);
  const off = (name: string, [x, y, height]: readonly [number, number, number], sigma_m: number): Place => {
    const stream = chance.stream(name);
    const say = (v: number) => Number(v.toFixed(3));
    // Heights are measured from the ground below; nobody has them wrong by much.
    return [say(x + sigma_m * stream.normal(0)), say(y + sigma_m * stream.normal(1)), height];
  };
  return {
    ...shown,
    uncertainty_m: { equipment: spec.equipment, sensors: spec.sensors },
    sensors: air.sensors.map((s) => ({
      ...s,
      place_m: off(`${s.tag}/place`, s.place_m, spec.sensors),
      ...(s.to_m ? { to_m: off(`${s.tag}/to`, s.to_m, spec.sensors) } : {}),
    })),
    equipment: air.equipment.map((e) => ({ ...e, place_m: off(`${e.id}/place`, e.place_m, spec.equipment) })),
  };
}

/** By which a vane reads too much, clockwise [rad]. */
export function vaneError_rad({ seed, vane }: DrawnSpec, tag: string): number {
  return vane * seeded(seed).stream(`${tag}/mounting`).normal(0);
}

/** Where about the middle of its group a leak is: anywhere on a disc, not within a wall. */
export function spotOf(
  middle: readonly [number, number, number],
  radius_m: number,
  seed: number,
  leak: string,
  inside: (x_m: number, y_m: number, z_m: number) => boolean,
): readonly [number, number, number] {
  if (!(radius_m > 0)) return middle;
  const chance = seeded(seed).stream(`${leak}/spot`);
  for (let k = 0; k < 16; k += 1) {
    const r = radius_m * Math.sqrt(chance.uniform(2 * k));
    const angle = 2 * Math.PI * chance.uniform(2 * k + 1);
    const [x, y] = [middle[0] + r * Math.cos(angle), middle[1] + r * Math.sin(angle)];
    if (!inside(x, y, middle[2])) return [x, y, middle[2]];
  }
  return middle;
}

/** What stands on the site as it is drawn on a plan. */
function outlinesOf(site: SiteSpec): NonNullable<AirAsBuilt['outlines']> {
  const box = (x: number, y: number, length: number, width: number, bearing_deg: number): [number, number][] => {
    const heading = ((90 - bearing_deg) * Math.PI) / 180;
    const [c, s] = [Math.cos(heading), Math.sin(heading)];
    return [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ].map(([l, w]) => {
      const [a, b] = [(l! * length) / 2, (w! * width) / 2];
      return [Number((x + a * c - b * s).toFixed(2)), Number((y + a * s + b * c).toFixed(2))];
    });
  };
  const strip = (from: { x: number; y: number }, to: { x: number; y: number }, width: number) => {
    const bearing = 90 - (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
    return box((from.x + to.x) / 2, (from.y + to.y) / 2, Math.hypot(to.x - from.x, to.y - from.y), width, bearing);
  };
  return [
    ...site.roads.map((r) => ({ id: r.id, kind: 'road' as const, corners_m: strip(r.from, r.to, r.width) })),
    ...site.bunds.map((b) => ({
      id: b.id,
      kind: 'bund' as const,
      corners_m: box(b.x, b.y, b.length, b.width, b['heading-deg']),
    })),
    ...site.buildings.map((b) => ({
      id: b.id,
      kind: 'building' as const,
      corners_m: box(b.x, b.y, b.length, b.width, b['heading-deg']),
    })),
    ...site.racks.map((r) => ({ id: r.id, kind: 'rack' as const, corners_m: strip(r.from, r.to, r.width) })),
    ...site.fences.map((f) => ({
      id: f.id,
      kind: 'fence' as const,
      corners_m: [
        [f.from.x, f.from.y],
        [f.to.x, f.to.y],
      ] as [number, number][],
    })),
    ...site.tanks.map((t) => ({
      id: t.id,
      kind: 'tank' as const,
      corners_m: [[t.x, t.y] as [number, number]],
      radius_m: t.diameter / 2,
    })),
  ];
}
