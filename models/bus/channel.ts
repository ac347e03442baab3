/**
 * What is said on a bus, and under which subjects. One stream per channel, everything of a run in its order in it:
 *
 *   stream    LEAKTWIN_BUS_<channel>      a channel is a plant, or what its owner calls it
 *   subjects  leaktwin.bus.<channel>.<session>.hello     JSON, first: layout and as-built data
 *                                             .frame     bytes as on the WebSocket (contract/frame.ts), one message per scan
 *                                             .alarm     JSON: an alarm event that reached the plant
 *                                             .end       JSON, last: why the run is over
 *             leaktwin.alive.<channel>.<session>         every few seconds, kept nowhere: the plant is there
 *
 * A session is one run of a plant. Truth has no subject here.
 */
import { z } from 'zod';
import { asBuiltSchema, layoutSchema } from '../contract/index.ts';

export const BUS_VERSION = 1;
export const ALIVE_EVERY_S = 5;

export const busHelloSchema = z.strictObject({
  bus: z.int().describe('version of what is said on a bus: 1'),
  session: z.string(),
  runId: z.string(),
  pace: z.string(),
  layout: layoutSchema,
  layoutDigest: z.string(),
  asBuilt: asBuiltSchema.optional(),
});
export const busEndSchema = z.strictObject({
  because: z.string(),
  frames: z.int().describe('how many there were in all: the seq of the last one'),
});
export type BusHello = z.infer<typeof busHelloSchema>;
export type BusEnd = z.infer<typeof busEndSchema>;

export type BusKind = 'hello' | 'frame' | 'alarm' | 'end';

export const streamOf = (channel: string) => `LEAKTWIN_BUS_${channel}`;
export const subjectOf = (channel: string, session: string, kind: BusKind | '*') =>
  `leaktwin.bus.${channel}.${session}.${kind}`;
export const aliveOf = (channel: string, session: string) => `leaktwin.alive.${channel}.${session}`;
export const channelSubjects = (channel: string) => `leaktwin.bus.${channel}.*.*`;
