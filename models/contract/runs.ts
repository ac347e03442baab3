/**
 * Recorded runs as they are served: GET /api/runs lists them, /api/runs/<suite>/<run>/… gives layout, scene, frames in chunks,
 * alarms, truth and card of one. Frames come as in the WebSocket, one after the other without anything between.
 */
import { z } from 'zod';

export const runSummarySchema = z.strictObject({
  /** `<suite or scenario>/<run id>`: where it lies under the folder of runs. */
  id: z.string(),
  runId: z.string(),
  scenario: z.string(),
  about: z.string(),
  plant: z.string(),
  recipe: z.string(),
  seed: z.int(),
  frames: z.int(),
  firstUs: z.int(),
  lastUs: z.int(),
  /** Worst verdict, where there is a card. */
  verdict: z.enum(['pass', 'acceptable', 'fail', 'not-applicable']).optional(),
  status: z.string(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const scenarioSummarySchema = z.strictObject({
  scenario: z.string(),
  about: z.string(),
  plant: z.string(),
  duration_s: z.number(),
});
export type ScenarioSummary = z.infer<typeof scenarioSummarySchema>;

/** Most frames of one answer. */
export const MOST_FRAMES = 4096;

/** What the plant's window needs to know before it starts: GET /api/window. */
export const windowInfoSchema = z.strictObject({
  /** Of the plant that runs behind this page; absent where only recordings are shown. */
  live: z
    .strictObject({
      scenario: z.string(),
      about: z.string(),
      plant: z.string(),
      seed: z.int(),
      recipe: z.string(),
      runId: z.string(),
      durationUs: z.int(),
      modbus: z.string().optional(),
      /** Where truth is asked for, by those who have the token. */
      truth: z.string().optional(),
      /** The run under /api/runs once it is over. */
      recording: z.string().optional(),
    })
    .optional(),
});
export type WindowInfo = z.infer<typeof windowInfoSchema>;
