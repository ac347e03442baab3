/**
 * `leaktwin serve [scenario]`: the live twin. The plant stands behind its servers, the detector reaches it over Modbus
 * like any stranger would, alarms are told as they come, and the verdict at the end. Then the ports stay open.
 */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { readRecipe, readResponse } from '../../../detector/index.ts';
import { readNatsAddress } from '../../../models/bus/index.ts';
import {
  type AlarmEvent,
  type OperatorAction,
  overall,
  ProblemError,
  plainProblem,
  unwrap,
  type WindowInfo,
} from '../../../models/contract/index.ts';
import { formatTime } from '../../../models/kernel/index.ts';
import type { PlantServer } from '../../../sim/io/index.ts';
import {
  alarmLine,
  announcePlan,
  DEFAULT_RECIPE,
  everyListener,
  type NotifyFlags,
  notifying,
  OperatorDesk,
  openHistory,
  openNotifier,
  type Pace,
  type ResponseDesk,
  readInputs,
  readNotifyRules,
  runScenario,
  shownPath,
  webSocketUrl,
} from '../../run/index.ts';
import { formatCard } from '../../score/index.ts';
import {
  addAlarms,
  addHistory,
  addPage,
  addResponse,
  addRuns,
  addWindow,
  bearerOf,
  inCi,
  type LiveState,
  Metrics,
  openLog,
  sameSecret,
  USUAL_PORTS,
  usualPort,
} from '../../serve/index.ts';
import { wholeNumber } from '../commandLine.ts';
import type { Io } from '../io.ts';
import { addNatsOptions, type NatsOptions, natsIdentity } from '../natsOptions.ts';
import type { CommonOptions } from '../verbs.ts';
import { beginText, readPace } from './run.ts';

interface Options extends CommonOptions, NatsOptions, NotifyFlags {
  readonly log?: string;
  readonly host: string;
  readonly modbusPort?: number;
  readonly httpPort?: number;
  readonly truthPort: number;
  readonly pace?: string;
  readonly recipe?: string;
  readonly response?: string;
  /** False with --no-detector, a command with --detector. */
  readonly detector: boolean | string;
  readonly via: 'gateway' | 'stations';
  readonly exact: boolean;
  readonly once: boolean;
  readonly bus?: string;
  readonly historian?: string;
}

export const DEFAULT_SCENARIO = 'crude-one-percent';
/** How long a plant in lockstep waits for somebody else's detector. */
const PATIENCE_S = 24 * 3600;

export function configure(command: Command): void {
  const port = (flag: string, about: string) => new Option(flag, about).argParser(portNumber);
  addNatsOptions(command)
    .option('--host <address>', 'whom to listen to; anything but this machine is your own decision', '127.0.0.1')
    .addOption(
      port('--modbus-port <port>', `0 for any free one (default: ${USUAL_PORTS.modbus}, or any where that is taken)`),
    )
    .addOption(
      port('--http-port <port>', `0 for any free one (default: ${USUAL_PORTS.http}, or any where that is taken)`),
    )
    .addOption(port('--truth-port <port>', '0 for any free one').default(0))
    .option('--response <name>', 'what is done about a confirmed leak: a response document, by name or path')
    .option('--pace <pace>', 'lockstep, realtime×k or free (default: lockstep; without a detector realtime)')
    .option('--recipe <name>', `the detector, by name or path (default: the scenario's first, or ${DEFAULT_RECIPE})`)
    .option(
      '--detector <command>',
      'a detector of your own: a command that finds the plant in LEAKTWIN_MODBUS_… and LEAKTWIN_WS',
    )
    .option('--no-detector', 'start none; attach your own')
    .addOption(
      new Option('--via <unit>', 'how the detector reads: one contiguous image, or each station by itself')
        .choices(['gateway', 'stations'])
        .default('gateway'),
    )
    .option(
      '--bus <url>',
      'nats://host:port[/channel]: also publishes frames and alarms as a stream there (detect --source the same)',
    )
    .option('--historian <folder>', 'also store the run in this history; asked by GET /api/history')
    .option('--notify <file>', 'rules by which people and systems are told of alarms (docs/notification.md)')
    .option('--outbox <folder>', 'where notifications wait (default: runs/outbox/<name of the rules>)')
    .option('--log <file>', 'also a structured log: one JSON object a line')
    .option('--exact', 'as-built data equal the simulator’s own', false)
    .option('--once', 'end with the run instead of going on serving (so does CI=true)', false);
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const inputs = unwrap(readInputs(args[0] ?? DEFAULT_SCENARIO));
  const spec = inputs.bound.located.value;
  const command = typeof options.detector === 'string' ? options.detector : undefined;
  const none = options.detector === false;
  const pace: Pace =
    options.pace === undefined ? { kind: none ? 'realtime' : 'lockstep', factor: 1 } : readPace(options.pace);
  const recipe =
    none || command !== undefined
      ? undefined
      : unwrap(readRecipe(options.recipe ?? spec.matrix?.recipe?.[0] ?? DEFAULT_RECIPE));
  if (!recipe && options.recipe !== undefined)
    throw new ProblemError([
      plainProblem('--recipe', '', 'a recipe without its detector', 'one of --recipe, --detector, --no-detector'),
    ]);
  const rules = await readNotifyRules(options);
  const state: LiveState = {
    scenario: spec.scenario,
    about: spec.about,
    places: [],
    timeUs: 0,
    durationUs: spec.duration,
    alarms: [],
  };
  let truth: PlantServer['truth'];
  let live: NonNullable<WindowInfo['live']> | undefined;
  let finishedFolder: string | undefined;
  // Closed in reverse order at the end, whatever the end is.
  const opened: (() => unknown)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  const log = options.log === undefined ? undefined : await openLog(options.log, io.err);
  if (log) opened.push(() => log.close());
  const warn = (line: string) => {
    log?.logger.warn(line);
    io.err(line);
  };
  const historian = await openHistory(options.historian, warn);
  if (historian) opened.push(() => historian.close());
  const plant = inputs.plant.spec.plant;
  const notifier =
    rules && (await openNotifier(rules, options, plant, warn).catch((e) => closeAll().then(() => Promise.reject(e))));
  if (notifier) opened.push(() => notifier.close());
  const metrics = new Metrics({
    plant,
    ...(notifier ? { notifier: () => notifier.counts() } : {}),
    ...(historian ? { historian: () => historian } : {}),
  });
  const journal: AlarmEvent[] = [];
  const operators = new OperatorDesk();
  const response = options.response === undefined ? undefined : unwrap(readResponse(options.response));
  let desk: ResponseDesk | undefined;
  if (!recipe) operators.close('the detector is somebody else’s: its alarms are operated there');
  const operate = (action: OperatorAction) => operators.submit(action);
  let bar: ReturnType<Io['progress']> | undefined;
  // A line printed over a bar that is being drawn would end up behind it.
  const say = (line: string) => io.out(io.columns === undefined ? line : `\r\x1b[K${line}`);
  const bus = options.bus === undefined ? undefined : await openChannel(options, options.bus, spec.plant, say);
  const listener = everyListener([metrics.listener, bus, notifier && notifying(notifier)]);
  const outcome = await runScenario({
    inputs,
    ...(listener ? { listener } : {}),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(recipe ? { recipe } : {}),
    ...(response ? { response } : {}),
    onResponse: (made) => {
      desk = made;
      if (notifier) made.onPlan = (plan) => announcePlan(notifier, plan);
    },
    ...(command === undefined ? {} : { detector: command }),
    transport: 'modbus',
    via: options.via,
    pace,
    ...(historian ? { historian } : {}),
    exact: options.exact,
    ...(options.out === undefined ? {} : { out: options.out }),
    server: {
      host: options.host,
      modbusPort: options.modbusPort ?? (await usualPort(options.host, USUAL_PORTS.modbus)),
      httpPort: options.httpPort ?? (await usualPort(options.host, USUAL_PORTS.http)),
      truthPort: options.truthPort,
      windows: true,
      routes: (app) => {
        if (historian) addHistory(app, historian);
        addAlarms(app, { journal, operate });
        addResponse(app, () => desk);
        metrics.addTo(app);
        const built = addWindow(app, () => (live ? { live } : {}));
        addPage(app, state, built ? '/report' : '/');
        addRuns(app, {
          root: resolve('runs'),
          own: () => (options.out === undefined ? undefined : finishedFolder),
          mayKnow: (c) => finishedFolder !== undefined || sameSecret(bearerOf(c), truth?.token),
        });
      },
      operate,
      ...(none ? { peerTimeout_s: PATIENCE_S } : {}),
    },
    operators,
    signal: io.signal,
    onScan: (seq, step_s, latency_s) => metrics.scan(seq, step_s, latency_s),
    onBegin: (resolved, runId) => {
      log?.logger.info(
        { runId, scenario: resolved.scenario, plant: resolved.plant, seed: resolved.seed },
        'run begins',
      );
      io.err(beginText(resolved, runId));
      live = {
        scenario: resolved.scenario,
        about: resolved.about,
        plant: resolved.plant,
        seed: resolved.seed,
        recipe: recipe?.name ?? command ?? '',
        runId,
        durationUs: resolved.durationUs,
      };
    },
    onListen: (server) => {
      io.json({ ready: true, ...addressesOf(server), plant: inputs.plant.spec.plant }, 'line');
      log?.logger.info({ modbus: server.modbus, http: server.http }, 'ports listen');
      truth = server.truth;
      if (live)
        live = {
          ...live,
          ...(server.modbus ? { modbus: `${server.modbus.host}:${server.modbus.port}` } : {}),
          ...(server.truth ? { truth: server.truth.url } : {}),
        };
      state.places = places(server, inputs.plant.layout.stations.length);
      if (bus) state.places = [...state.places, `Bus         ${bus.place}`];
      for (const line of state.places) io.out(`  ${line}`);
      if (options.host !== '127.0.0.1' && options.host !== '::1' && options.host !== 'localhost')
        io.err(`Anybody who can reach ${options.host} can now operate this plant: Modbus has no passwords.`);
      bar = io.progress(spec.scenario, spec.duration);
    },
    onProgress: (timeUs) => {
      state.timeUs = timeUs;
      bar?.update(timeUs, formatTime(timeUs));
    },
    onAlarm: (event) => {
      journal.push(event);
      const line = alarmLine(event);
      log?.logger.info({ event }, line);
      state.alarms.push(line);
      say(line);
    },
    log: warn,
  })
    .finally(async () => {
      bar?.end();
      await bus?.close();
    })
    .catch(async (error: Error) => {
      log?.logger.error(error.message);
      await closeAll();
      throw error;
    });
  const { card, server } = outcome;
  try {
    log?.logger.info({ status: card.status, because: card.because, stopped: outcome.stopped }, 'run is over');
    state.card = card;
    state.html = outcome.html;
    finishedFolder = outcome.folder;
    if (live)
      live = { ...live, recording: options.out === undefined ? `${live.scenario}/${outcome.card.runId}` : 'live/run' };
    io.out(`\n${formatCard(card, { colour: io.columns !== undefined })}`);
    io.out(
      `${outcome.stopped ? 'Stopped; what was recorded is in' : 'Report:'} ${shownPath(outcome.stopped ? outcome.folder : outcome.htmlPath)}`,
    );
    if (outcome.stopped) return 130;
    if (!options.once && !inCi() && server) {
      io.out(`The report and the last state of the plant stay at ${server.http?.url ?? 'their ports'} until Ctrl-C.`);
      await aborted(io.signal);
    }
  } finally {
    await server?.close();
    log?.logger.info('ports are closed');
    await closeAll();
  }
  if (card.status !== 'valid' || bus?.failed !== undefined) return 4;
  return overall(card) === 'fail' ? 1 : 0;
}

/** Loaded only where it is asked for: most twins need no NATS. */
async function openChannel(options: Options, url: string, plant: string, log: (line: string) => void) {
  const { openBus } = await import('../../serve/bus/index.ts');
  return openBus({
    address: readNatsAddress('--bus', url, 'channel'),
    identity: natsIdentity(options),
    channel: plant.replaceAll(/^.*[/\\]|\.ya?ml$/g, '').replaceAll(/[^A-Za-z0-9_-]/g, '-'),
    log,
  });
}

function addressesOf(server: PlantServer) {
  return { modbus: server.modbus, http: server.http, truth: server.truth };
}

function places(server: PlantServer, stations: number): string[] {
  return [
    ...(server.modbus
      ? [`Modbus TCP  ${server.modbus.host}:${server.modbus.port}, units 1 to ${stations}, all of them in unit 255`]
      : []),
    ...(server.http
      ? [
          `Browser     ${server.http.url}`,
          ...(server.truth ? [`with truth  ${server.http.url}/#truth=${server.truth.token}`] : []),
          `REST        ${server.http.url.replace(/\/$/, '')}/api/openapi.json`,
          `WebSocket   ${webSocketUrl(server.http.url)}`,
        ]
      : []),
    ...(server.truth ? [`Truth       ${server.truth.url}, with its own token`] : []),
  ];
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port >= 0 && port <= 65_535) return port;
  throw new ProblemError([plainProblem('port', '', text, '0 to 65535')]);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
