/**
 * WebSocket messages. Server to client: `hello` (JSON), then every frame as one binary message (frame.ts), `end` (JSON)
 * when the run is over. Client to server: `detector` (declares itself owner of the ack), `alarm`, `ack` (JSON).
 *
 * The same conversation as one request per scan, for programs that speak nothing but HTTP: POST /api/next carries the events
 * and the acknowledge of the scan that is done with, and is answered with the next scan or with the end.
 */
import { z } from 'zod';
import { alarmEventSchema } from './alarm.ts';
import { layoutSchema } from './frame.ts';
import { operatorActionSchema } from './operate.ts';

export const serverMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    protocol: z.int(),
    pace: z.string(),
    layout: layoutSchema,
    layoutDigest: z.string(),
  }),
  z.strictObject({ type: z.literal('end'), because: z.string() }),
  z.strictObject({ type: z.literal('error'), because: z.string() }),
  /** The answer to `operate`: done, with what it changed, or refused with the reason. */
  z.strictObject({
    type: z.literal('operated'),
    action: operatorActionSchema,
    events: z.array(alarmEventSchema),
    because: z.string().optional(),
  }),
]);
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('detector'), name: z.string().max(64) }),
  z.strictObject({ type: z.literal('alarm'), event: alarmEventSchema }),
  z.strictObject({ type: z.literal('ack'), seq: z.int().nonnegative() }),
  z.strictObject({ type: z.literal('operate'), action: operatorActionSchema }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const nextRequestSchema = z.strictObject({
  /** Who acknowledges: the same name in every request, and no other detector's. */
  detector: z.string().min(1).max(64).describe('your name, the same in every request'),
  /** Scan that is done with; absent in the first request. */
  ack: z.int().positive().optional().describe('the scan that you are done with; absent in the first request'),
  events: z
    .array(alarmEventSchema)
    .max(1000)
    .default([])
    .describe('alarm events of that scan, taken before its acknowledge'),
});
export const wireFrameSchema = z.strictObject({
  seq: z.int(),
  timeUs: z.int().describe('plant time, microseconds: the only clock of a detector'),
  stations: z.array(z.strictObject({ id: z.string(), timeUs: z.int() })),
  tags: z.array(
    z.strictObject({
      id: z.string(),
      unit: z.string(),
      quality: z.int().describe('0 good, 1 held, 2 clipped, 4 failed, 8 lost, 16 missing; flags'),
      values: z.array(z.number().nullable()).describe('oldest sample of the scan first; null where there is no number'),
    }),
  ),
});
export const nextAnswerSchema = z.union([
  z.strictObject({ over: z.literal(false), frame: wireFrameSchema }),
  z.strictObject({ over: z.literal(true), because: z.string() }),
]);
export type NextRequest = z.infer<typeof nextRequestSchema>;
export type NextAnswer = z.infer<typeof nextAnswerSchema>;
export type WireFrame = z.infer<typeof wireFrameSchema>;
