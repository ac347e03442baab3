/**
 * The air over a plant as people write it: which model carries the gas, where the plant's parts stand on the site, and the
 * instruments that smell it. Metres east, north and up from the site's origin.
 */
import { z } from 'zod';
import { addIssue, quantity } from '../../models/document/index.ts';
import { FORMS, GASES } from '../instruments/gas/index.ts';
import { fieldShape, id, percent } from '../plant/index.ts';
import { type SiteSpec, siteSchema } from '../site/index.ts';
import { cameraSchema } from './cameraSpec.ts';
import { drawnSchema } from './drawn.ts';
import { soilSchema } from './ground.ts';
import { weatherSchema } from './weather/index.ts';

const names = <T extends string>(list: readonly T[]) => list as readonly [T, ...T[]];

const at = {
  x: quantity('length'),
  y: quantity('length'),
  z: quantity('length').prefault('0 m'),
};
const pointSchema = z.strictObject(at);
export type Point = z.output<typeof pointSchema>;

const common = fieldShape.instruments.element.shape;

const instrumentSchema = z
  .strictObject({
    tag: common.tag,
    station: common.station,
    form: z.enum(names(FORMS.map((f) => f.form))),
    /** What it is calibrated with; of gas detectors. */
    gas: z.enum(names(Object.keys(GASES))).optional(),
    place: pointSchema.optional(),
    /** Instead of a place: carried on this round of the site. */
    patrol: id.optional(),
    /** Instead of a place: it hangs in the vault beside this buried part. */
    vault: id.optional(),
    /** The other end of a beam. */
    to: pointSchema.optional(),
    unit: common.unit,
    range: common.range,
    /** 90 % of a step, where it is not the form's own. */
    t90: quantity('time', { positive: true, max: 3600 }).optional(),
    /** Noise of the place, of ultrasonic detectors. */
    background: quantity('sound-level', { min: 0, max: 140 }).prefault('60 dB'),
    rate: common.rate,
    noise: common.noise,
    accuracy: common.accuracy,
    drift: common.drift,
    bits: common.bits,
    jitter: common.jitter,
    deadband: common.deadband,
    'report-at-least': common['report-at-least'],
  })
  .superRefine((t, ctx) => {
    const said = (['place', 'patrol', 'vault'] as const).filter((k) => t[k] !== undefined);
    if (said.length !== 1)
      addIssue(
        ctx,
        {
          found: said.length === 0 ? `${t.tag} without a place` : said.join(' and '),
          expected: 'one of place, patrol, vault',
        },
        said.length === 0 ? [] : [said[1]!],
      );
  })
  .transform((t) => ({ ...t, place: t.place ?? { x: 0, y: 0, z: 1 } }));

export const airSchema = z.strictObject({
  /** puffs: open ground, fast; particles: among the site's buildings. */
  model: z.enum(['puffs', 'particles']).default('puffs'),
  step: quantity('time', { positive: true, max: 60 }).prefault('1 s'),
  /** What the site is mainly watched for: the as-built data's gas. */
  gas: z.enum(names(Object.keys(GASES))),
  /** Of a plant that has no weather of its own. */
  weather: weatherSchema.optional(),
  /** Beyond it gas is lost sight of. */
  bounds: z.strictObject({
    west: quantity('length'),
    south: quantity('length'),
    east: quantity('length'),
    north: quantity('length'),
    top: quantity('length', { positive: true }).prefault('200 m'),
  }),
  /** Where the plant's elements stand; with `to`, the far end of a pipe. What has no place gives its gas to no air. */
  places: z
    .record(
      id,
      z.strictObject({
        ...at,
        radius: quantity('length', { min: 0 }).prefault('0 m'),
        to: pointSchema.optional(),
        /** The part of a pipe that lies on this site, `place` to `to`; leaks elsewhere give it no gas. Absent: all of it. */
        stretch: z.tuple([percent(), percent()]).optional(),
        /** Where a jet points: a compass bearing and an elevation; absent: with the wind. */
        jet: z
          .strictObject({
            'bearing-deg': z.number().min(-360).max(360),
            'up-deg': z.number().min(-90).max(90).default(0),
          })
          .optional(),
        /** It lies in the ground. */
        soil: soilSchema.optional(),
      }),
    )
    .default({}),
  /** Of particles, of each source. */
  'parcels-per-second': z.number().positive().max(1000).default(20),
  /** What is in the air anyway, by volume. */
  background: z.partialRecord(z.enum(names(Object.keys(GASES))), percent()).default({}),
  /** A source gathers this much before it lets it go, so that the breath of a tank is not a puff a second. */
  'portion-kg': z.number().min(0).default(0),
  instruments: z.array(instrumentSchema).default([]),
  cameras: z.array(cameraSchema).default([]),
  /** How well the owner's drawing of the site is known to be. */
  'as-built': drawnSchema,
});

/** The keys that a plant of any kind may have. */
export const airShape = { air: airSchema.optional(), site: siteSchema.optional() };

export type AirSpec = z.output<typeof airSchema>;
export type AirInstrumentSpec = AirSpec['instruments'][number];
/** What a kind of plant has once it may stand in the air. */
export interface InAir {
  readonly air?: AirSpec | undefined;
  readonly site?: SiteSpec | undefined;
  readonly weather?: z.output<typeof weatherSchema> | undefined;
}
