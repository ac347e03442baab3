/**
 * A plant on its sockets: Modbus, HTTP with WebSocket, and truth, opened together, driven by one run at one pace, closed in
 * reverse order. Nothing moves before `begin`, so that every client can be there for scan 1.
 */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type {
  AlarmEvent,
  Frame,
  Operated,
  OperatorAction,
  TruthEvent,
  WordOrder,
} from '../../models/contract/index.ts';
import { AlarmDesk } from './alarmDesk.ts';
import { AlarmScreens } from './alarmScreens.ts';
import { CameraRoom } from './cameras.ts';
import type { Drive } from './drive.ts';
import { openHttpServer, portProblem } from './httpServer.ts';
import { LiveClients } from './live.ts';
import { NextDetectors } from './next.ts';
import { Notices } from './notices.ts';
import { atMost, type Pace, paceName } from './pace.ts';
import { PlumeRoom } from './plume.ts';
import { Publication } from './publication.ts';
import { RecentFrames } from './recent.ts';
import { addRest, createApp } from './rest.ts';
import { PlantRun, type RunEnd } from './run.ts';
import { Stations } from './stations.ts';
import { Truth } from './truth.ts';

export interface PlantServerOptions {
  /** Default 127.0.0.1: nobody else may reach a plant unless its owner says so. */
  readonly host?: string;
  /** 0, the default: any free port. false: none. */
  readonly modbusPort?: number | false;
  readonly httpPort?: number | false;
  /** Default false. */
  readonly truthPort?: number | false;
  readonly pace: Pace;
  /** Of floats on Modbus; default ABCD. */
  readonly wordOrder?: WordOrder;
  /** Lockstep: longest wait for the ack of a scan [s]; default 30. */
  readonly ackTimeout_s?: number;
  /** Lockstep: longest wait for the first detector after begin() [s]; default 30. */
  readonly peerTimeout_s?: number;
  /** Recorder and viewers in process. The frame stays as it is until the returned promise settles; the plant waits for it. */
  onFrame?(frame: Frame): void | Promise<void>;
  /** Every alarm event taken in, by whatever door, and the scan that was the newest when it came. */
  onAlarm?(event: AlarmEvent, arrival: { readonly seq: number; readonly timeUs: number }): void;
  onTruth?(events: TruthEvent[]): void;
  /** Keeps the newest scans for windows that come late (GET /api/frames). */
  readonly windows?: boolean;
  /** What a person does to an alarm, by WebSocket; who composes the server knows the detector. */
  operate?(action: OperatorAction): Promise<Operated<AlarmEvent>>;
  /** More routers on the main port (scenarios/serve). */
  readonly routes?: (app: OpenAPIHono) => void;
}

export interface PlantServer {
  readonly modbus?: { readonly host: string; readonly port: number };
  readonly http?: { readonly url: string };
  readonly truth?: { readonly url: string; readonly token: string };
  /** Settles when the run is over; rejects where the plant or the recorder failed. Ports stay open until close(). */
  readonly finished: Promise<RunEnd>;
  begin(): void;
  /** Ends the run early; `finished` says stopped. */
  stop(): void;
  /** Stops, says goodbye to all clients within a second, frees the ports. May be called again. */
  close(): Promise<void>;
}

/** Time for a Modbus detector to read that the run is over before its connection is closed. */
const GOODBYE_s = 1;

/** Resolves once all ports listen; the plant moves only after begin(). Throws a ProblemError where a port cannot be had. */
export async function startPlantServer(drive: Drive, options: PlantServerOptions): Promise<PlantServer> {
  const host = options.host ?? '127.0.0.1';
  const notices = new Notices();
  const publication = new Publication(drive);
  let live: LiveClients | undefined;
  let next: NextDetectors | undefined;
  let cameras: CameraRoom | undefined;
  let truth: Truth | undefined;
  let recent: RecentFrames | undefined;
  let screens: AlarmScreens | undefined;
  let plume: PlumeRoom | undefined;
  const run = new PlantRun(drive, publication, {
    pace: options.pace,
    ackTimeout_s: options.ackTimeout_s ?? 30,
    peerTimeout_s: options.peerTimeout_s ?? 30,
    onFrame: options.onFrame?.bind(options),
    onTruth(events) {
      truth?.add(events);
      options.onTruth?.(events);
    },
    onPublish() {
      live?.publish();
      next?.tell();
      cameras?.publish();
      recent?.keep();
      plume?.publish(publication.frame.seq, publication.frame.timeUs);
    },
    onEnd(end) {
      live?.end(end);
      next?.tell();
    },
  });
  const desk = new AlarmDesk(run, publication, (event, arrival) => {
    options.onAlarm?.(event, arrival);
    screens?.tell(event);
  });
  const operate = options.operate?.bind(options);
  const shared = {
    drive,
    publication,
    run,
    desk,
    notices,
    paceName: paceName(options.pace),
    ...(operate ? { operate } : {}),
  };

  // What has been opened, to be closed in reverse order on every path.
  const opened: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      run.stop('the plant was closed');
      for (const shut of opened.splice(0).reverse()) await shut();
    })();
    return closing;
  };

  try {
    let modbus: { host: string; port: number } | undefined;
    let http: { url: string } | undefined;
    let truthPlace: { url: string; token: string } | undefined;
    const modbusPort = options.modbusPort ?? 0;
    if (modbusPort !== false) {
      const stations = new Stations(shared, { wordOrder: options.wordOrder ?? 'ABCD' });
      modbus = await stations.server.listen(host, modbusPort).catch((error: Error) => {
        throw portProblem((error.cause as NodeJS.ErrnoException) ?? error, 'Modbus', host, modbusPort, '--modbus-port');
      });
      opened.push(async () => {
        if (run.end?.reason === 'complete') await atMost(GOODBYE_s, stations.ownerTold());
        await stations.server.close();
      });
    }
    const httpPort = options.httpPort ?? 0;
    if (httpPort !== false) {
      live = new LiveClients(shared);
      const app = createApp();
      addRest(app, shared);
      live.addTo(app);
      next = new NextDetectors(shared);
      next.addTo(app);
      cameras = new CameraRoom(drive);
      cameras.addTo(app);
      if (options.windows) {
        recent = new RecentFrames(publication);
        recent.addTo(app);
      }
      screens = new AlarmScreens(desk);
      screens.addTo(app);
      options.routes?.(app);
      const server = await openHttpServer(app, host, httpPort, '--http-port');
      http = { url: server.url };
      opened.push(() => {
        live?.close();
        cameras?.close();
        screens?.close();
        return server.close();
      });
    }
    const truthPort = options.truthPort ?? false;
    if (truthPort !== false) {
      const channel = new Truth(drive, run);
      plume = new PlumeRoom(drive);
      plume.addTo(channel.app);
      const server = await openHttpServer(channel.app, host, truthPort, '--truth-port');
      truth = channel;
      truthPlace = { url: server.url, token: channel.token };
      opened.push(() => {
        channel.close();
        plume?.close();
        return server.close();
      });
    }
    return {
      modbus,
      http,
      truth: truthPlace,
      finished: run.finished,
      begin: () => run.begin(),
      stop: () => run.stop(),
      close,
    };
  } catch (fault) {
    await close();
    throw fault;
  }
}
