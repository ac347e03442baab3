/**
 * One scenario, one detector, one card; any transport, any pace. Whatever happens, what was recorded is kept and the card
 * says what the run is worth.
 */
import { join, resolve } from 'node:path';
import type { Historian } from '../../detector/historian/index.ts';
import { createPipeline, type Recipe, type ResponseDocument } from '../../detector/index.ts';
import {
  type AlarmEvent,
  type AsBuilt,
  type Card,
  type Frame,
  type FrameLayout,
  type Pipeline,
  ProblemError,
  plainProblem,
  type RunStatus,
  type TruthEvent,
  unwrap,
} from '../../models/contract/index.ts';
import { digestJson } from '../../models/kernel/index.ts';
import { exportCsv, RunWriter } from '../../models/recording/index.ts';
import { preparePlant } from '../../sim/index.ts';
import type { PlantServer, PlantServerOptions } from '../../sim/io/index.ts';
import { type ResolvedScenario, ScenarioEngine } from '../engine/index.ts';
import { availabilityOf, type JudgedRun, judgeRun, reportHtml, writeText } from './finish.ts';
import { detectorIdentity } from './foreignJob.ts';
import { runInProcess } from './inproc.ts';
import {
  codeDigest,
  formatPace,
  type Pace,
  packageVersion,
  resolveInputs,
  runIdOf,
  type ScenarioInputs,
  type Transport,
} from './inputs.ts';
import { Logbook } from './logbook.ts';
import type { OperatorDesk } from './operatorDesk.ts';
import { ResponseDesk, unfitResponse, writeInProcess } from './respond.ts';
import { utcNowUs } from './wallclock.ts';
import { runWired } from './wired.ts';

/** What a run is, to who hears of it from the first frame on. */
export interface RunStart {
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt;
  readonly runId: string;
  readonly pace: string;
}

/** Hears what a control room hears: frames, and the alarms that reached the plant. Of a run over sockets only. */
export interface RunListener {
  begin(start: RunStart): void;
  /** The frame is the plant's own: to be copied. A promise makes the plant wait. */
  frame(frame: Frame): Promise<void> | undefined;
  alarm(event: AlarmEvent): void;
  end(because: string): Promise<void>;
}

export interface RunRequest {
  readonly inputs: ScenarioInputs;
  readonly seed?: number;
  /** Absent where a foreign detector is used. */
  readonly recipe?: Recipe;
  /** What is done about a confirmed leak. */
  readonly response?: ResponseDocument;
  /** Told before the first tick, where there is a response: whom to ask for plans. */
  onResponse?(desk: ResponseDesk): void;
  /** A command to start as the detector. */
  readonly detector?: string;
  readonly transport: Transport;
  readonly via?: 'gateway' | 'stations';
  readonly pace: Pace;
  readonly exact?: boolean;
  /** Also run the twin without leaks: what it raises too is no detection. */
  readonly twin?: boolean;
  /** The run's own folder; absent: runs/<suite or scenario>/<runId>. */
  readonly out?: string;
  readonly suite?: string;
  readonly csv?: boolean;
  /** Frames, alarms and truth go there too; it is opened and closed by the caller. */
  readonly historian?: Historian;
  readonly server?: Omit<PlantServerOptions, 'pace' | 'onFrame' | 'onAlarm' | 'onTruth'>;
  readonly listener?: RunListener;
  /** Wired runs: where people's actions on alarms wait for the detector. */
  readonly operators?: OperatorDesk;
  readonly signal?: AbortSignal;
  /** Told before the first tick: seed and draws. */
  onBegin?(resolved: ResolvedScenario, runId: string): void;
  onListen?(server: PlantServer): void | Promise<void>;
  onProgress?(timeUs: number, durationUs: number): void;
  onAlarm?(event: AlarmEvent): void;
  /** Of a wired run: a scan that the detector has done, in seconds of wall time. */
  onScan?(seq: number, step_s: number, latency_s: number): void;
  log?(line: string): void;
}

export interface RunOutcome {
  readonly card: Card;
  readonly judged: JudgedRun;
  readonly folder: string;
  readonly html: string;
  readonly htmlPath: string;
  readonly stopped: boolean;
  /** Of a wired run: still listening, to be closed by the caller. */
  readonly server?: PlantServer;
}

/** Runs, records and judges. A wired run's server is left open in the outcome. */
export async function runScenario(request: RunRequest): Promise<RunOutcome> {
  const { inputs, recipe, transport, pace, signal } = request;
  const resolved = unwrap(resolveInputs(inputs, request.seed));
  const via = transport === 'modbus' && request.via === 'stations' ? 'modbus (stations)' : transport;
  await preparePlant(inputs.plant.spec);
  const engine = new ScenarioEngine(resolved, inputs.plant.spec, { exact: request.exact });
  const detector = recipe?.name ?? request.detector ?? 'attached';
  const { response } = request;
  if (response) checkResponse(response, request);
  const alone = recipe?.digest ?? detectorIdentity(detector);
  const identity = response ? digestJson([alone, response.digest]) : alone;
  const runId = runIdOf({
    scenario: resolved,
    plantDigest: engine.sim.model.digest,
    detector: identity,
    transport: via,
    pace: formatPace(pace),
    exact: request.exact ?? false,
    twin: request.twin ?? false,
  });
  request.onBegin?.(resolved, runId);
  const folder = resolve(request.out ?? join('runs', request.suite ?? resolved.scenario, runId));
  let made: Pipeline | undefined;
  const make =
    recipe &&
    ((l: typeof engine.layout, a: typeof engine.asBuilt | undefined) => {
      made = createPipeline(recipe, l, a);
      return made;
    });
  // Before the first file is made: a recipe that this plant cannot feed is the user's mistake, not a run.
  const pipeline = transport === 'inproc' && make ? make(engine.layout, engine.asBuilt) : undefined;
  const writer = await RunWriter.create(folder, {
    layout: engine.layout,
    asBuilt: engine.asBuilt,
    manifest: {
      runId,
      scenario: resolved.scenario,
      about: resolved.about,
      plant: resolved.plant,
      plantDigest: engine.sim.model.digest,
      recipe: detector,
      ...(recipe ? { recipeDigest: recipe.digest } : {}),
      seed: resolved.seed,
      draws: resolved.draws,
      resolved,
      transport: via,
      pace: formatPace(pace),
      exact: request.exact ?? false,
      code: { version: packageVersion(), digest: codeDigest() },
    },
  });
  const logbook = new Logbook(engine.layout, writer);
  const { layout, asBuilt, controls } = engine;
  const desk = response ? new ResponseDesk(response, { layout, asBuilt, controls }) : undefined;
  if (desk) request.onResponse?.(desk);
  logbook.feed = request.historian?.begin({
    runId,
    layout: engine.layout,
    epochUs: utcNowUs(),
    manifest: { scenario: resolved.scenario, recipe: detector, seed: resolved.seed },
  });
  let status: RunStatus = 'valid';
  let because = '';
  let stopped = false;
  let server: PlantServer | undefined;
  try {
    if (transport === 'inproc') {
      const onAlarm = (event: AlarmEvent) => {
        logbook.alarm(event);
        request.onAlarm?.(event);
      };
      const onFrame = (frame: Frame, events: readonly AlarmEvent[]) => {
        const writes = desk!.step(frame, events);
        if (writes.length > 0) desk!.answered(writes, writeInProcess(engine, writes));
      };
      const watchers = pipeline ? [{ pipeline, onAlarm, ...(desk ? { onFrame } : {}) }] : [];
      const complete = await runInProcess(engine, logbook, watchers, {
        signal,
        onProgress: (timeUs) => request.onProgress?.(timeUs, resolved.durationUs),
        pressure: () => request.historian?.pressure(),
      });
      stopped = !complete;
    } else {
      const { listener } = request;
      const { layout, asBuilt } = engine;
      listener?.begin({ layout, asBuilt, runId, pace: formatPace(pace) });
      const run = await runWired(engine, logbook, {
        transport,
        ...(listener ? { listener } : {}),
        via: request.via,
        pace,
        ...(make && request.detector === undefined ? { pipeline: make } : {}),
        ...(request.detector === undefined ? {} : { command: request.detector }),
        server: request.server,
        ...(desk ? { respond: desk } : {}),
        // A plant in real time waits for nobody; what its historian cannot take is told as a gap.
        ...(pace.kind === 'realtime' ? {} : { pressure: () => request.historian?.pressure() }),
        ...(request.operators ? { operators: request.operators } : {}),
        signal,
        onListen: request.onListen,
        onProgress: (timeUs) => request.onProgress?.(timeUs, resolved.durationUs),
        onAlarm: request.onAlarm,
        onScan: request.onScan,
        log: (line) => request.log?.(line),
      });
      server = run.server;
      await listener?.end(run.end.because);
      stopped = run.end.reason === 'stopped';
      if (run.end.reason === 'not-comparable') {
        status = 'not-comparable';
        because = run.end.because;
      }
    }
    const violations = engine.violations();
    if (violations.length > 0) {
      status = 'invalid';
      because = violations.join('; ');
    } else if (stopped) {
      status = 'not-comparable';
      because = `stopped by the user after ${(logbook.lastUs / 1e6).toFixed(0)} s of ${(resolved.durationUs / 1e6).toFixed(0)} s`;
    }
    // A wired plant stays to be looked at until its server is closed; it will not move any more.
    engine.close();
    const twinAlarms = request.twin && recipe && !stopped ? await twinJournal(request, resolved, recipe) : undefined;
    let judged = judgeRun({
      runId,
      resolved,
      plant: inputs.plant,
      recipe: detector,
      warmUpUs: warmUpUs(recipe),
      transport: via,
      pace: formatPace(pace),
      status,
      because,
      framesDigest: logbook.framesDigest(),
      frames: logbook.frames,
      endUs: logbook.lastUs,
      truth: logbook.truth,
      alarms: logbook.alarms,
      ...(twinAlarms ? { twinAlarms } : {}),
      ...availabilityOf(made),
    });
    const figures =
      desk && !stopped ? desk.figures(logbook.truth, await truthWithout(request, resolved), logbook.lastUs) : undefined;
    if (figures) judged = { ...judged, card: { ...judged.card, response: figures } };
    const { card } = judged;
    logbook.feed?.end({ status, because, journalDigest: card.journalDigest });
    await writer.close({
      status,
      because,
      journalDigest: card.journalDigest,
      framesDigest: card.framesDigest,
    });
    const html = reportHtml(judged, engine.layout, logbook.trends(), resolved.about, engine.asBuilt);
    await writeText(folder, 'card.json', `${JSON.stringify(card, undefined, 2)}\n`);
    const htmlPath = await writeText(folder, 'report.html', html);
    for (const file of desk?.files() ?? []) await writeText(folder, file.name, file.text);
    if (request.csv) await exportCsv(folder);
    return { card, judged, folder, html, htmlPath, stopped, ...(server ? { server } : {}) };
  } catch (error) {
    await server?.close();
    logbook.feed?.end({ status: 'invalid', because: String(error) });
    // What was recorded stays, and says that it is not the whole.
    await writer
      .close({ status: 'invalid', because: error instanceof ProblemError ? error.message : String(error) })
      .catch(() => {});
    throw error;
  }
}

function checkResponse(response: ResponseDocument, { inputs, recipe, transport }: RunRequest): void {
  const problems = recipe
    ? unfitResponse(response, inputs.plant, recipe)
    : [plainProblem('--response', '', 'a foreign detector', 'a recipe, whose alarms confirm a leak')];
  if (transport === 'websocket' && response.spec.actions.automatic)
    problems.push(
      plainProblem('--response', '', 'actions over websocket', 'modbus or inproc, which can write to the plant'),
    );
  if (problems.length > 0) throw new ProblemError(problems);
}

/** The same leaks with nobody doing anything about them. */
async function truthWithout(request: RunRequest, resolved: ResolvedScenario): Promise<TruthEvent[]> {
  await preparePlant(request.inputs.plant.spec);
  const engine = new ScenarioEngine(resolved, request.inputs.plant.spec, { exact: request.exact });
  const truth: TruthEvent[] = [];
  const watched = {
    layout: engine.layout,
    get timeUs() {
      return engine.timeUs;
    },
    advance: (frame: Frame) => engine.advance(frame),
    drainTruth() {
      const events = engine.drainTruth();
      for (const e of events) truth.push(e);
      return events;
    },
  };
  await runInProcess(watched, undefined, [], { ...(request.signal ? { signal: request.signal } : {}) });
  engine.close();
  return truth;
}

export function warmUpUs(recipe: Recipe | undefined): number {
  return recipe ? Math.round(recipe.spec['warm-up'] * 1e6) : 0;
}

/** The journal of the same run in which nothing leaks; only ever in process, as the journal does not depend on the way. */
async function twinJournal(request: RunRequest, resolved: ResolvedScenario, recipe: Recipe): Promise<AlarmEvent[]> {
  await preparePlant(request.inputs.plant.spec);
  const engine = new ScenarioEngine(resolved, request.inputs.plant.spec, { exact: request.exact, twin: true });
  const alarms: AlarmEvent[] = [];
  const pipeline = createPipeline(recipe, engine.layout, engine.asBuilt);
  await runInProcess(engine, undefined, [{ pipeline, onAlarm: (e) => alarms.push(e) }], {
    signal: request.signal,
    onProgress: (timeUs) => request.onProgress?.(timeUs, resolved.durationUs),
  });
  engine.close();
  return alarms;
}
