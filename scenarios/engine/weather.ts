/**
 * The weather of a scenario: { wind: 2.5 m/s from 240 deg, stability: E, gusts: 20 % }, as the command that makes it so.
 */
import { z } from 'zod';
import { type Command, STABILITIES } from '../../models/contract/index.ts';
import { addIssue, quantity } from '../../models/document/index.ts';
import { parseQuantity } from '../../models/kernel/index.ts';

export type WeatherCommand = Extract<Command, { kind: 'weather' }>;

const wind = z
  .string()
  .transform((text, ctx) => {
    const [speedText = '', fromText, ...more] = text.split(/\bfrom\b/);
    const speed = parseQuantity(speedText.trim(), 'speed');
    const from = fromText === undefined ? undefined : parseQuantity(fromText.trim(), 'angle');
    const expected = 'a wind, such as "2.5 m/s from 240 deg", or "0 m/s" for a calm';
    const wrong = !speed.ok ? speed : from && !from.ok ? from : undefined;
    if (wrong || more.length > 0) {
      addIssue(ctx, { found: wrong?.found ?? `"${text}"`, expected, ...(wrong?.hint ? { hint: wrong.hint } : {}) });
      return z.NEVER;
    }
    const wind_m_s = speed.ok ? speed.value : 0;
    if (wind_m_s < 0 || wind_m_s > 75) {
      addIssue(ctx, { found: `"${text}"`, expected: 'a wind between 0 and 75 m/s' });
      return z.NEVER;
    }
    return { wind_m_s, ...(from?.ok ? { from_rad: from.value } : {}) };
  })
  .describe('a wind: "2.5 m/s from 240 deg"');

export const weatherShape = {
  wind: wind.optional(),
  stability: z.enum(STABILITIES).optional(),
  /** Of the mean wind, one standard deviation. */
  gusts: quantity('fraction', { min: 0, max: 1 }).optional(),
  /** Of the direction, one standard deviation. */
  meander: quantity('angle', { min: 0, max: Math.PI }).optional(),
  temperature: quantity('temperature', { positive: true }).optional(),
  humidity: quantity('fraction', { min: 0, max: 1 }).optional(),
  clouds: quantity('fraction', { min: 0, max: 1 }).optional(),
  /** Time that the change takes. */
  over: quantity('time', { min: 0 }).optional(),
};

export const weatherActionSchema = z.strictObject(weatherShape).transform((w, ctx) => weatherCommand(w, ctx));

/** What was written, as the command that makes it so. */
export function weatherCommand(
  w: Partial<z.output<z.ZodObject<typeof weatherShape>>>,
  ctx: z.RefinementCtx,
): WeatherCommand {
  if (Object.entries(w).every(([key, value]) => key === 'over' || value === undefined))
    addIssue(ctx, { found: 'a weather that says nothing', expected: 'wind, stability, gusts or another of its keys' });
  return {
    kind: 'weather',
    ...w.wind,
    ...(w.stability === undefined ? {} : { stability: w.stability }),
    ...(w.gusts === undefined ? {} : { gusts: w.gusts }),
    ...(w.meander === undefined ? {} : { meander_rad: w.meander }),
    ...(w.temperature === undefined ? {} : { temperature_K: w.temperature }),
    ...(w.humidity === undefined ? {} : { humidity: w.humidity }),
    ...(w.clouds === undefined ? {} : { cloud: w.clouds }),
    ...(w.over === undefined ? {} : { over_s: w.over }),
  };
}
