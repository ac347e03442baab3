/**
 * WebSocket messages. Server to client: `hello` (JSON), then every frame as one binary message (frame.ts), `end` (JSON)
 * when the run is over. Client to server: `detector` (declares itself owner of the ack), `alarm`, `ack` (JSON).
 */
import { z } from 'zod';
import { alarmEventSchema } from './alarm.ts';
import { layoutSchema } from './frame.ts';

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
]);
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('detector'), name: z.string().max(64) }),
  z.strictObject({ type: z.literal('alarm'), event: alarmEventSchema }),
  z.strictObject({ type: z.literal('ack'), seq: z.int().nonnegative() }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;
export type ClientMessage = z.infer<typeof clientMessageSchema>;
