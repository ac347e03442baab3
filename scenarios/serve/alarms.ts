/**
 * Alarms for people, on the plant's main port: what stands as incidents, and what an operator does. Events themselves are at
 * GET /api/alarms. Who may do what is not asked here.
 */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import {
  type AlarmEvent,
  alarmEventSchema,
  incidentsOf,
  type Operated,
  type OperatorAction,
  operatorActionSchema,
  plainProblem,
} from '../../models/contract/index.ts';

export interface AlarmRoom {
  /** The journal so far, in order. */
  readonly journal: readonly AlarmEvent[];
  operate(action: OperatorAction): Promise<Operated<AlarmEvent>>;
}

const incidentSchema = z.object({
  id: z.string(),
  first: alarmEventSchema,
  evidence: z.array(alarmEventSchema),
  annunciated: z.int(),
  priority: z.int(),
  where: alarmEventSchema.shape.where,
  rate: alarmEventSchema.shape.rate,
  onsetUs: z.int().optional(),
  lastUs: z.int(),
  standing: z.array(z.string()),
  acknowledged: z.boolean(),
});
const problemsSchema = z.object({ problems: z.array(z.record(z.string(), z.unknown())) });

export function addAlarms(app: OpenAPIHono, room: AlarmRoom): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/incidents',
      summary: 'Incidents: one per leak, with what each alarm said of it',
      responses: {
        200: {
          content: { 'application/json': { schema: z.object({ incidents: z.array(incidentSchema) }) } },
          description: 'oldest first',
        },
      },
    }),
    (c) => c.json({ incidents: incidentsOf(room.journal) as z.infer<typeof incidentSchema>[] }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/alarms/operate',
      summary:
        'A person acts on an alarm, or on all of an incident: acknowledge, shelve, suppress, take out of service, reset, comment',
      request: {
        body: {
          content: { 'application/json': { schema: operatorActionSchema } },
          required: true,
          description: 'the action',
        },
      },
      responses: {
        200: {
          content: { 'application/json': { schema: z.object({ events: z.array(alarmEventSchema) }) } },
          description: 'done at the scan that the events name',
        },
        400: { content: { 'application/json': { schema: problemsSchema } }, description: 'no action' },
        409: { content: { 'application/json': { schema: problemsSchema } }, description: 'refused, with the reason' },
      },
    }),
    async (c) => {
      const action = c.req.valid('json') as OperatorAction;
      const done = await room.operate(action);
      if (done.ok) return c.json({ events: [...done.events] }, 200);
      const problem = plainProblem(
        '/api/alarms/operate',
        action.action,
        done.because,
        'what can be done to this alarm now',
      );
      return c.json({ problems: [{ ...problem }] }, 409);
    },
  );
}
