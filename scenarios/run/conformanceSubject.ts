/**
 * A detector under test, whatever it is: a recipe or a plug-in in this process, or a program on the wire. Both are handed a list
 * of frames and hand back what they said.
 */
import { resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type AlarmEvent,
  type AsBuilt,
  copyFrame,
  createFrame,
  type Frame,
  type FrameLayout,
  type Pipeline,
  ProblemError,
  plainProblem,
} from '../../models/contract/index.ts';
import { type Drive, startPlantServer } from '../../sim/io/index.ts';
import { keptFrame } from './conformanceFrames.ts';
import { startExternal } from './external.ts';
import { sleep, stopwatch } from './wallclock.ts';
import { webSocketUrl } from './wired.ts';

export interface Played {
  readonly events: readonly unknown[];
  /** Why it did not get to the end. */
  readonly failed?: string;
  readonly scans: number;
  readonly wall_s: number;
  /** After two fifths of the frames and after all of them. */
  readonly memory_bytes?: readonly [number, number];
  /** What it did that no detector may. */
  readonly trespass: readonly string[];
  /** Of programs: it ended by itself when the run was over. */
  readonly ended?: boolean;
}

export interface Subject {
  readonly name: string;
  readonly kind: 'recipe' | 'plug-in' | 'program';
  /** `weigh`: also how much memory it holds on the way and at the end. */
  play(frames: readonly Frame[], weigh?: boolean): Promise<Played>;
  /** A fresh one, of those that run in this process. */
  readonly make?: () => Pipeline;
}

const EARLY = 0.4;

export function pipelineSubject(
  name: string,
  kind: 'recipe' | 'plug-in',
  layout: FrameLayout,
  make: () => Pipeline,
): Subject {
  return {
    name,
    kind,
    make,
    async play(frames, weigh = false) {
      const events: AlarmEvent[] = [];
      const trespass = new Set<string>();
      const elapsed_s = stopwatch();
      const lent = createFrame(layout);
      let early = 0;
      let scans = 0;
      try {
        const pipeline = make();
        for (const frame of frames) {
          if (weigh && scans === Math.floor(frames.length * EARLY)) early = heap_bytes();
          copyFrame(frame, lent);
          for (const event of pipeline.step(lent)) events.push(structuredClone(event));
          if (!same(lent, frame)) trespass.add('it wrote into the frame, which others read too');
          scans += 1;
        }
      } catch (error) {
        const failed = `scan ${frames[scans]?.seq}: ${error instanceof Error ? error.message : String(error)}`;
        return { events, failed, scans, wall_s: elapsed_s(), trespass: [...trespass] };
      }
      const wall_s = elapsed_s();
      const memory = weigh ? { memory_bytes: [early, heap_bytes()] as const } : {};
      return { events, scans, wall_s, ...memory, trespass: [...trespass] };
    },
  };
}

function same(a: Frame, b: Frame): boolean {
  return (
    a.seq === b.seq &&
    a.timeUs === b.timeUs &&
    a.value.every((v, i) => Object.is(v, b.value[i])) &&
    a.quality.every((q, i) => q === b.quality[i]) &&
    a.stationTimeUs.every((t, i) => t === b.stationTimeUs[i])
  );
}

let collect: (() => void) | undefined;

/** What lives, rubbish taken away first; otherwise it would be the collector that is measured. */
function heap_bytes(): number {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  return process.memoryUsage().heapUsed;
}

/** A module that exports `createDetector(layout, asBuilt): Pipeline`. Throws a ProblemError where it does not. */
export async function loadPlugIn(path: string): Promise<(layout: FrameLayout, asBuilt: AsBuilt) => Pipeline> {
  let module: { readonly createDetector?: unknown };
  try {
    module = (await import(pathToFileURL(resolvePath(path)).href)) as typeof module;
  } catch (error) {
    throw new ProblemError([
      plainProblem(path, '', `a module that does not load: ${(error as Error).message}`, 'a JavaScript module'),
    ]);
  }
  if (typeof module.createDetector === 'function')
    return module.createDetector as (layout: FrameLayout, asBuilt: AsBuilt) => Pipeline;
  throw new ProblemError([
    plainProblem(path, '', 'a module without createDetector', 'export function createDetector(layout, asBuilt)'),
  ]);
}

export interface ProgramOptions {
  readonly command: string;
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt;
  readonly controls: Drive['controls'];
  /** Longest wait for the first word and for each acknowledge [s]. */
  readonly patience_s: number;
}

/** Doors that have no business of a detector's behind them; nothing is there, and who knocks is told on. */
const FORBIDDEN = ['/truth', '/truth/*', '/api/truth', '/api/truth/*'];

export function programSubject({ command, layout, asBuilt, controls, patience_s }: ProgramOptions): Subject {
  return {
    name: command,
    kind: 'program',
    async play(frames) {
      const events: AlarmEvent[] = [];
      const trespass = new Set<string>();
      const last: string[] = [];
      let at = 0;
      let external: ReturnType<typeof startExternal> | undefined;
      let early: number | undefined;
      let late: number | undefined;
      const drive: Drive = {
        layout,
        asBuilt,
        controls,
        advance(frame) {
          if (at >= frames.length) {
            late = external?.memory_bytes();
            return false;
          }
          if (at === Math.floor(frames.length * EARLY)) early = external?.memory_bytes();
          const from = frames[at]!;
          frame.seq = at + 1;
          frame.timeUs = (at + 1) * layout.scanUs;
          frame.value.set(from.value);
          frame.quality.set(from.quality);
          frame.stationTimeUs.set(from.stationTimeUs);
          at += 1;
          return true;
        },
        command(commands) {
          for (const c of commands) trespass.add(`it moved the plant: ${c.kind}`);
          return commands.map(() => 'a recording cannot be moved');
        },
        drainTruth: () => [],
        controlValue: () => 0,
      };
      const server = await startPlantServer(drive, {
        pace: { kind: 'lockstep' },
        truthPort: false,
        ackTimeout_s: patience_s,
        peerTimeout_s: patience_s,
        onAlarm: (event) => void events.push(event),
        routes(app) {
          for (const path of FORBIDDEN)
            app.all(path, (c) => {
              trespass.add(`it asked for ${c.req.path}`);
              return c.notFound();
            });
        },
      });
      const elapsed_s = stopwatch();
      try {
        external = startExternal(
          command,
          {
            LEAKTWIN_PLANT: layout.plant,
            LEAKTWIN_MODBUS: `modbus://${server.modbus!.host}:${server.modbus!.port}`,
            LEAKTWIN_MODBUS_HOST: server.modbus!.host,
            LEAKTWIN_MODBUS_PORT: String(server.modbus!.port),
            LEAKTWIN_HTTP: server.http!.url,
            LEAKTWIN_WS: webSocketUrl(server.http!.url),
          },
          (line) => void last.splice(0, last.length - 5, line),
        );
        server.begin();
        const first = await Promise.race([server.finished, external.died]);
        // Who dies of the scan may be found out by the plant first; its own account says more.
        const died = typeof first === 'string' ? first : await Promise.race([external.died, sleep(100)]);
        const end = typeof first === 'string' ? undefined : first;
        const complete = end?.reason === 'complete';
        const wall_s = elapsed_s();
        const ended = await external.stop();
        return {
          events,
          ...(complete ? {} : { failed: died ?? end?.because ?? 'it ended before the run did' }),
          scans: at,
          wall_s,
          ...(early !== undefined && late !== undefined ? { memory_bytes: [early, late] as const } : {}),
          trespass: [...trespass],
          ended,
        };
      } finally {
        await external?.stop();
        await server.close();
      }
    },
  };
}

/** Frames numbered anew from 1, in plant time: what a plant that ran on would have published. */
export function renumbered(layout: FrameLayout, frames: readonly Frame[]): Frame[] {
  return frames.map((f, n) => {
    const frame = keptFrame(layout, f);
    const shiftUs = (n + 1) * layout.scanUs - f.timeUs;
    frame.seq = n + 1;
    frame.timeUs = (n + 1) * layout.scanUs;
    for (let s = 0; s < frame.stationTimeUs.length; s += 1) frame.stationTimeUs[s]! += shiftUs;
    return frame;
  });
}
