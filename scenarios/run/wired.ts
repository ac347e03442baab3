/**
 * A run over real sockets: the plant behind its servers, the detector a client like any other, in this process or in one
 * of its own. The journal is what arrived at the plant.
 */
import { modbusSource, websocketSource } from '../../detector/ingest/index.ts';
import type { AlarmEvent, Frame, FrameSource, Pipeline } from '../../models/contract/index.ts';
import {
  type Drive,
  type PlantServer,
  type PlantServerOptions,
  type RunEnd,
  startPlantServer,
} from '../../sim/io/index.ts';
import type { ScenarioEngine } from '../engine/index.ts';
import { startExternal } from './external.ts';
import type { Pace } from './inputs.ts';
import type { Logbook } from './logbook.ts';
import type { OperatorDesk } from './operatorDesk.ts';
import type { ResponseDesk } from './respond.ts';
import { sleep, stopwatch } from './wallclock.ts';

export interface WiredOptions {
  readonly transport: 'modbus' | 'websocket';
  readonly via?: 'gateway' | 'stations';
  readonly pace: Pace;
  /** Makes the detector; absent where a foreign one is used. */
  readonly pipeline?: (layout: PlantLayout, asBuilt: PlantAsBuilt | undefined) => Pipeline;
  /** A command to start, or undefined: somebody attaches from outside. */
  readonly command?: string;
  /** Somebody else's detector is on its way; wait for it. */
  readonly attached?: boolean;
  readonly listener?: { frame(frame: Frame): Promise<void> | undefined; alarm(event: AlarmEvent): void };
  readonly server?: Omit<PlantServerOptions, 'pace' | 'onFrame' | 'onAlarm' | 'onTruth'>;
  /** What acts on the plant on behalf of the detector of this process. */
  readonly respond?: ResponseDesk;
  /** Where people's actions wait for the detector of this process. */
  readonly operators?: OperatorDesk;
  readonly signal?: AbortSignal;
  onListen?(server: PlantServer): void | Promise<void>;
  onProgress?(timeUs: number): void;
  /** To be awaited before the next scan where somebody beside the recorder is behind. */
  pressure?(): Promise<void> | undefined;
  onAlarm?(event: AlarmEvent): void;
  /** A scan that the detector has done: its own time, and wall time from publication to its acknowledge. */
  onScan?(seq: number, step_s: number, latency_s: number): void;
  log(line: string): void;
}
type PlantLayout = Awaited<ReturnType<FrameSource['open']>>['layout'];
type PlantAsBuilt = NonNullable<Awaited<ReturnType<FrameSource['open']>>['asBuilt']>;

/** How long after the last scan of an unacknowledged run the detector may still speak. */
const LAST_WORDS_MS = 2_000;

export interface WiredRun {
  readonly end: RunEnd;
  /** Still listening; the caller closes it. */
  readonly server: PlantServer;
}

/** Runs to the end and leaves the ports open, because a live twin goes on showing what happened. */
export async function runWired(engine: ScenarioEngine, logbook: Logbook, options: WiredOptions): Promise<WiredRun> {
  const { pace, signal } = options;
  let seen = 0;
  const clock_s = stopwatch();
  let publishedAt_s = 0;
  const server = await startPlantServer(driveOf(engine), {
    ...options.server,
    modbusPort:
      options.server?.modbusPort ?? (options.transport === 'modbus' || options.command !== undefined ? 0 : false),
    httpPort:
      options.server?.httpPort ?? (options.transport === 'websocket' || options.command !== undefined ? 0 : false),
    pace,
    onFrame(frame) {
      publishedAt_s = clock_s();
      logbook.frame(frame, []);
      if (frame.seq - seen >= 64) {
        seen = frame.seq;
        options.onProgress?.(frame.timeUs);
      }
      return together(logbook.pressure() ?? options.pressure?.(), options.listener?.frame(frame));
    },
    onAlarm(event) {
      logbook.alarm(event);
      options.listener?.alarm(event);
      options.onAlarm?.(event);
    },
    onTruth: (events) => logbook.truthEvents(events),
  });
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const stop = () => server.stop();
  signal?.addEventListener('abort', stop, { once: true });
  closers.push(() => signal?.removeEventListener('abort', stop));
  try {
    await options.onListen?.(server);
    if (signal?.aborted) server.stop();
    let fault: Promise<string> = new Promise(() => {});
    let settle: () => Promise<void> = async () => {};
    if (options.command !== undefined) {
      const external = startExternal(options.command, addresses(server, engine), options.log);
      closers.push(() => external.stop());
      fault = external.died;
      settle = async () => void (pace.kind === 'lockstep' || (await sleep(LAST_WORDS_MS)));
    } else if (options.pipeline) {
      const onScan = options.onScan?.bind(options);
      const told = onScan && ((seq: number, step_s: number) => onScan(seq, step_s, clock_s() - publishedAt_s));
      const detector = attach(server, engine, options, options.pipeline, told);
      closers.push(() => detector.close());
      fault = detector.failed;
      settle = () => detector.caughtUp(() => logbook.frames);
      // Scan 1 is for it too, whatever the pace.
      await Promise.race([detector.opened, fault]);
    }
    server.begin();
    const early = fault.then((why): RunEnd => ({ reason: 'not-comparable', because: why, frames: logbook.frames }));
    let end = await Promise.race([server.finished, early]);
    if (end.reason === 'complete') await settle();
    else {
      // The plant's own account of a lost peer says less than the peer's.
      const why = await Promise.race([fault, sleep(100)]);
      if (why !== undefined && end.reason !== 'stopped') end = { ...end, reason: 'not-comparable', because: why };
      server.stop();
      await server.finished.catch(() => {});
    }
    await closeAll(closers);
    return { end, server };
  } catch (error) {
    await closeAll(closers);
    await server.close();
    throw error;
  }
}

/** Waits for whoever is behind; nobody, as a rule. */
function together(a: Promise<void> | undefined, b: Promise<void> | undefined): Promise<void> | undefined {
  return a && b ? Promise.all([a, b]).then(() => {}) : (a ?? b);
}

async function closeAll(closers: (() => Promise<unknown> | unknown)[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** The engine is a drive in all but name; what else it can do is not for servers. */
function driveOf(engine: ScenarioEngine): Drive {
  return engine;
}

/** What a foreign detector finds in its environment. */
export function addresses(server: PlantServer, engine: ScenarioEngine): Record<string, string> {
  return {
    LEAKTWIN_PLANT: engine.layout.plant,
    ...(server.modbus
      ? {
          LEAKTWIN_MODBUS: `modbus://${server.modbus.host}:${server.modbus.port}`,
          LEAKTWIN_MODBUS_HOST: server.modbus.host,
          LEAKTWIN_MODBUS_PORT: String(server.modbus.port),
        }
      : {}),
    ...(server.http ? { LEAKTWIN_HTTP: server.http.url, LEAKTWIN_WS: webSocketUrl(server.http.url) } : {}),
  };
}

export function webSocketUrl(httpUrl: string): string {
  return `${httpUrl.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`;
}

function attach(
  server: PlantServer,
  engine: ScenarioEngine,
  options: WiredOptions,
  makePipeline: NonNullable<WiredOptions['pipeline']>,
  onScan?: (seq: number, step_s: number) => void,
) {
  const source =
    options.transport === 'modbus'
      ? modbusSource({
          host: server.modbus!.host,
          port: server.modbus!.port,
          layout: engine.layout,
          asBuilt: engine.asBuilt,
          controls: engine.controls,
          via: options.via ?? 'gateway',
          ...(options.server?.wordOrder ? { wordOrder: options.server.wordOrder } : {}),
          ack: options.pace.kind === 'lockstep',
          poll_ms: options.pace.kind === 'realtime' ? Math.max(1, Math.min(20, 200 / options.pace.factor)) : 1,
        })
      : websocketSource({ url: webSocketUrl(server.http!.url) });
  let closing = false;
  let done = 0;
  const opening = source.open();
  const loop = (async () => {
    const { layout, asBuilt } = await opening;
    const pipeline = makePipeline(layout, asBuilt);
    options.operators?.open();
    for (let frame = await source.next(); frame !== undefined; frame = await source.next()) {
      const step_s = onScan && stopwatch();
      const events = pipeline.step(frame);
      const took_s = step_s?.() ?? 0;
      const acted = options.operators?.apply(pipeline) ?? [];
      const all = acted.length === 0 ? events : [...events, ...acted];
      const writes = options.respond?.step(frame, all) ?? [];
      if (writes.length > 0) {
        const refusals = (await source.write?.(writes)) ?? writes.map(() => 'this transport carries no writes');
        options.respond?.answered(writes, refusals);
      }
      await source.ack(frame.seq, all);
      done = frame.seq;
      onScan?.(frame.seq, took_s);
    }
  })();
  const over = () => options.operators?.close('the run is over; the detector has stopped');
  loop.then(over, over);
  const failed = loop.then(
    () => new Promise<string>(() => {}),
    (error: Error) => (closing ? new Promise<string>(() => {}) : `the detector lost the plant: ${error.message}`),
  );
  return {
    failed,
    opened: opening.then(
      () => {},
      () => {},
    ),
    /** Resolves when the detector has seen the newest frame, or after a bounded wait. */
    async caughtUp(newest: () => number): Promise<void> {
      for (let waited = 0; done < newest() && waited < LAST_WORDS_MS; waited += 20) await sleep(20);
    },
    async close(): Promise<void> {
      closing = true;
      await source.close();
      await Promise.race([loop.catch(() => {}), sleep(LAST_WORDS_MS)]);
    },
  };
}
