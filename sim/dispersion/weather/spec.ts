/**
 * The weather as people write it. What each key does stands in series.ts; `recorded` takes its place where a file has data.
 */
import { z } from 'zod';
import { STABILITIES } from '../../../models/contract/index.ts';
import { quantity } from '../../../models/document/index.ts';
import { percent } from '../../plant/index.ts';

/** A file of recorded weather; its text is read beside the plant's file before anything is checked. */
export interface RecordedFile {
  readonly file: string;
  readonly text: string;
}

export const weatherSchema = z.strictObject({
  /** Time of day at which a run begins. */
  'starts-at': quantity('time', { min: 0, max: 86_400 }).prefault('6 h'),
  temperature: quantity('temperature', { positive: true }).prefault('15 degC'),
  /** Half of the daily rise and fall, warmest at three in the afternoon. */
  'daily-swing': quantity('temperature', { min: 0, max: 40 }).prefault('0 K'),
  /** Slow wander beside it, one standard deviation. */
  wander: quantity('temperature', { min: 0, max: 20 }).prefault('0 K'),
  'ground-temperature': quantity('temperature', { positive: true }).prefault('12 degC'),
  /** Mean at 10 m; 0 is a calm. */
  wind: quantity('speed', { min: 0, max: 75 }).prefault('3 m/s'),
  /** Where the wind comes from, clockwise from north. */
  from: quantity('angle').prefault('270 deg'),
  /** Of the logarithm of the mean wind from ten minutes to ten minutes, one standard deviation. */
  gustiness: percent(2).prefault('0 %'),
  /** Of the wind about that mean, one standard deviation, of the mean. */
  gusts: percent(1).prefault('0 %'),
  /** How long a gust lasts: its integral time. */
  'gust-time': quantity('time', { positive: true, max: 600 }).prefault('15 s'),
  /** Slow wander of the direction, one standard deviation. */
  meander: quantity('angle', { min: 0, max: Math.PI }).prefault('0 deg'),
  /** Its integral time. */
  'meander-time': quantity('time', { min: 60, max: 86_400 }).prefault('10 min'),
  /** Wander of the wind's vector that stays in a calm, one standard deviation of each component. */
  drift: quantity('speed', { min: 0, max: 5 }).prefault('0 m/s'),
  /** On the horizontal under a clear sky at noon. */
  'sun-W-m2': z.number().min(0).max(1400).default(0),
  /** Mean share of the sun that clouds take, one standard deviation around it being half as much. */
  clouds: percent().prefault('0 %'),
  /** At the mean temperature; the vapour in the air stays, so that a warm noon is drier. */
  humidity: percent().prefault('70 %'),
  pressure: quantity('pressure', { min: 50_000, max: 110_000 }).prefault('101325 Pa'),
  /** Half of its twelve-hour tide, highest at ten. */
  'pressure-tide': quantity('pressure', { min: 0, max: 1000 }).prefault('0 hPa'),
  /** Slow wander beside it, one standard deviation. */
  'pressure-wander': quantity('pressure', { min: 0, max: 5000 }).prefault('0 hPa'),
  /** Pasquill's class all day; absent: by sun, clouds and wind. */
  stability: z.enum(STABILITIES).optional(),
  /** Roughness of the ground that the wind comes over. */
  roughness: quantity('length', { positive: true, max: 3 }).prefault('5 cm'),
  /** Top of the mixed layer; absent: by wind and stability. */
  'mixing-height': quantity('length', { min: 20, max: 5000 }).optional(),
  /**
   * A CSV beside this file: time and at least one column, each with its unit in the header, as in "wind (m/s)". Gusts and
   * meander go on top of it: 0 where the record has its own.
   */
  recorded: z
    .string()
    .min(1)
    .transform((file): RecordedFile => ({ file, text: '' }))
    .optional(),
});

export type WeatherSpec = z.output<typeof weatherSchema>;
