/**
 * REST under /api, with its OpenAPI 3.1 document at /api/openapi.json: what a plant shows to anybody, takes from an
 * operator and takes from a detector. Leaks and faults are not for the operator's port, and not even their names: they go
 * to the truth port. Errors are `{ problems }`, all at once.
 */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import {
  type AlarmEvent,
  alarmEventSchema,
  asBuiltSchema,
  type Command,
  commandSchema,
  layoutSchema,
  layoutSpec,
  PROTOCOL_VERSION,
  type Problem,
  plainProblem,
  sceneSchema,
  wireFrameSchema,
} from '../../models/contract/index.ts';
import { plantScene } from '../index.ts';
import type { AlarmDesk } from './alarmDesk.ts';
import type { Drive } from './drive.ts';
import type { Notices } from './notices.ts';
import type { Publication } from './publication.ts';
import type { PlantRun } from './run.ts';

const BODY_LIMIT_bytes = 1024 * 1024;

const problemSchema = z
  .object({
    file: z.string(),
    line: z.int(),
    column: z.int(),
    path: z.string(),
    found: z.string(),
    expected: z.string(),
    hint: z.string().optional(),
  })
  .openapi('Problem');
const problemsSchema = z.object({ problems: z.array(problemSchema) }).openapi('Problems');

const layoutAnswerSchema = z
  .object({ protocol: z.int(), layoutDigest: z.string(), layout: layoutSchema })
  .openapi('Layout');

const statusSchema = z
  .object({
    plant: z.string(),
    pace: z.string(),
    phase: z.enum(['ready', 'running', 'over']),
    seq: z.int(),
    timeUs: z.int(),
    acked: z.int(),
    detector: z.string().nullable(),
    end: z.object({ reason: z.string(), because: z.string(), frames: z.int() }).nullable(),
    notices: z.array(z.string()),
  })
  .openapi('Status');

const alarmsSchema = z.object({ events: z.array(alarmEventSchema) }).openapi('Alarms');
const commandsSchema = z.object({ commands: z.array(commandSchema).min(1).max(1000) }).openapi('Commands');
const takenSchema = z.object({ taken: z.int() }).openapi('Taken');

export interface RestPlant {
  readonly drive: Drive;
  readonly publication: Publication;
  readonly run: PlantRun;
  readonly desk: AlarmDesk;
  readonly notices: Notices;
  readonly paceName: string;
}

function json<T extends z.ZodType>(schema: T, description: string) {
  return { content: { 'application/json': { schema } }, description };
}

const REFUSED = json(problemsSchema, 'refused; nothing of the request was done unless a problem says so');

/** An app whose every error is `{ problems }`, validation of bodies included. */
export function createApp(): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook(result, c) {
      if (result.success) return undefined;
      const problems = result.error.issues.map((issue) =>
        plainProblem(c.req.path, issue.path.join('.'), 'code' in issue ? issue.code : 'a mistake', issue.message),
      );
      return c.json({ problems }, 400);
    },
  });
  app.use(
    bodyLimit({
      maxSize: BODY_LIMIT_bytes,
      onError: (c) =>
        c.json({ problems: [plainProblem(c.req.path, '', 'a longer body', `at most ${BODY_LIMIT_bytes} bytes`)] }, 413),
    }),
  );
  app.notFound((c) =>
    c.json({ problems: [plainProblem(c.req.path, '', 'nothing here', 'a path of /api/openapi.json')] }, 404),
  );
  app.onError((fault, c) => {
    // A body that is not JSON throws inside the validator; it is the caller's mistake. The rest is ours.
    const status = 'status' in fault && typeof fault.status === 'number' ? fault.status : 500;
    const found = status < 500 ? fault.message : 'an internal error';
    return c.json({ problems: [plainProblem(c.req.path, '', found, 'a request that can be served')] }, status as 400);
  });
  return app;
}

/** Applies commands; one problem per refusal, with the index of its command where that is known. */
export function doCommands(drive: Drive, commands: readonly Command[], where: string): Problem[] {
  return commands.flatMap((command, i) =>
    drive
      .command([command])
      .map((why) => plainProblem(where, `commands.${i}`, why, 'a command that this plant can do')),
  );
}

export function addRest(app: OpenAPIHono, plant: RestPlant): void {
  const { drive, publication, run, desk } = plant;
  const { layout } = drive;
  const scene = drive.scene ?? plantScene(drive);

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/layout',
      summary: 'Stations, tags and the order of the columns',
      responses: { 200: json(layoutAnswerSchema, 'the layout') },
    }),
    (c) => c.json({ protocol: PROTOCOL_VERSION, layoutDigest: layout.digest, layout: layoutSpec(layout) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/as-built',
      summary: 'What the owner of the plant knows of it',
      responses: { 200: json(asBuiltSchema, 'as-built data') },
    }),
    (c) => c.json(drive.asBuilt, 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/scene',
      summary: 'What the plant looks like: pipes, machines, tanks, buildings, instruments in metres',
      responses: { 200: json(sceneSchema, 'the scene') },
    }),
    (c) => c.json(scene, 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/frame',
      summary: 'The newest scan',
      responses: { 200: json(wireFrameSchema, 'the scan; seq 0 before the first') },
    }),
    (c) => c.json(publication.written(), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/status',
      summary: 'How far the run is, who the detector is, and what was refused',
      responses: { 200: json(statusSchema, 'the status') },
    }),
    (c) =>
      c.json(
        {
          plant: layout.plant,
          pace: plant.paceName,
          phase: run.phase,
          seq: publication.frame.seq,
          timeUs: publication.frame.timeUs,
          acked: run.acked,
          detector: run.owner?.name ?? null,
          end: run.end ?? null,
          notices: plant.notices.recent,
        },
        200,
      ),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/alarms',
      summary: 'Alarm events taken in, oldest first (the last 10 000)',
      responses: { 200: json(alarmsSchema, 'the events') },
    }),
    (c) => c.json({ events: desk.recent }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/alarms',
      summary: 'Posts alarm events of a detector; in lockstep before the ack of their scan',
      request: { body: { ...json(alarmsSchema, 'the events'), required: true } },
      responses: { 200: json(takenSchema, 'all taken'), 400: REFUSED, 409: REFUSED },
    }),
    (c) => {
      const events = c.req.valid('json').events as AlarmEvent[];
      const problems = events.flatMap((event, i) => {
        const why = desk.take(event);
        return why === undefined
          ? []
          : [plainProblem('/api/alarms', `events.${i}`, why, 'an event of a published scan')];
      });
      return problems.length > 0 ? c.json({ problems }, 409) : c.json({ taken: events.length }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/api/commands',
      summary: 'An operator acts: set points, pumps and valves',
      request: { body: { ...json(commandsSchema, 'the commands'), required: true } },
      responses: { 200: json(takenSchema, 'all done'), 400: REFUSED, 403: REFUSED, 409: REFUSED },
    }),
    (c) => {
      const commands = c.req.valid('json').commands as Command[];
      const foreign = commands.flatMap((command, i) =>
        command.kind === 'set' || command.kind === 'pump'
          ? []
          : [
              plainProblem(
                '/api/commands',
                `commands.${i}.kind`,
                command.kind,
                'set or pump',
                'leaks and faults are the instructor’s: POST /truth/commands on the truth port',
              ),
            ],
      );
      if (foreign.length > 0) return c.json({ problems: foreign }, 403);
      if (run.end)
        return c.json({ problems: [plainProblem('/api/commands', '', 'a run that is over', 'a running plant')] }, 409);
      const problems = doCommands(drive, commands, '/api/commands');
      return problems.length > 0 ? c.json({ problems }, 409) : c.json({ taken: commands.length }, 200);
    },
  );
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: `LeakTwin: ${layout.plant}`,
      version: String(PROTOCOL_VERSION),
      description: 'A plant on the wire. Binary frames are at the WebSocket /ws; docs/protocol.md has every byte.',
    },
  });
}
