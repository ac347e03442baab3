/**
 * Lockstep scans per second over the real wires, whole stack: the crude-line plant at 0.05 s steps, the recorder on, the
 * plant's server, real sockets, a frame source and a recipe. The detector runs in this process or in one of its own.
 * `still` rows put a plant that costs nothing behind the same sockets: what the wire alone allows.
 * `npx tsx bench/wire.ts [--json] [--scans N] [--turns N]`. Ratios are against the same recipe in process, in the same
 * run and turn; values are medians.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createPipeline, readRecipe } from '../detector/index.ts';
import { inprocSource, modbusSource, websocketSource } from '../detector/ingest/index.ts';
import {
  type AsBuilt,
  createLayout,
  type FrameLayout,
  type FrameSource,
  type LayoutSpec,
  layoutSpec,
  unwrap,
} from '../models/contract/index.ts';
import { digestJson } from '../models/kernel/index.ts';
import { RunWriter } from '../models/recording/index.ts';
import { createSim, readPlant } from '../sim/index.ts';
import { type Drive, startPlantServer } from '../sim/io/index.ts';
import { printReport, type Row, rounded } from './report.ts';

type Road = 'inproc' | 'gateway' | 'stations' | 'websocket';
type PlantKind = 'crude-line' | 'still';

const argument = (name: string) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const SCANS = Number(argument('--scans') ?? 3000);
const TURNS = Number(argument('--turns') ?? 3);
const WARM_UP = Math.min(1000, SCANS >> 2);
const PLANT = unwrap(readPlant(fileURLToPath(new URL('../models/plants/crude-line.yaml', import.meta.url)))).value;
const SEED = 7;

function drive(kind: PlantKind): Drive {
  const sim = createSim(PLANT, { seed: SEED });
  let scan = 0;
  return {
    layout: sim.layout,
    controls: sim.model.controls,
    asBuilt: sim.model.asBuilt,
    advance(frame) {
      if (scan === SCANS) return false;
      scan += 1;
      if (kind === 'crude-line' || scan === 1) {
        sim.scan(frame);
        return true;
      }
      frame.seq = scan;
      frame.timeUs = scan * sim.layout.scanUs;
      frame.stationTimeUs.fill(frame.timeUs);
      frame.quality.fill(0);
      frame.value.fill(scan);
      return true;
    },
    command: (commands) => sim.apply(commands),
    drainTruth: () => sim.drainTruth(),
    controlValue: () => 0,
  };
}

/** What a detector in another process is told. */
interface Job {
  readonly road: Exclude<Road, 'inproc'>;
  readonly recipe: string;
  readonly url?: string;
  readonly modbus?: { host: string; port: number };
  readonly layout: LayoutSpec;
  readonly asBuilt: AsBuilt;
}

function sourceOf(job: Job, layout: FrameLayout): FrameSource {
  if (job.road === 'websocket') return websocketSource({ url: `${job.url!.replace('http', 'ws')}/ws` });
  return modbusSource({ ...job.modbus!, layout, asBuilt: job.asBuilt, via: job.road, ack: true });
}

async function detect(source: FrameSource, recipe: string, opened: () => void): Promise<number> {
  const { layout, asBuilt } = await source.open();
  const pipeline = createPipeline(unwrap(readRecipe(recipe)), layout, asBuilt);
  opened();
  let alarms = 0;
  for (let frame = await source.next(); frame; frame = await source.next()) {
    const events = pipeline.step(frame);
    alarms += events.length;
    await source.ack(frame.seq, events);
  }
  await source.close();
  return alarms;
}

/** One run; returns scans per second after the warm-up. */
async function run(plant: PlantKind, road: Road, recipe: string, where: 'same' | 'own'): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'leaktwin-wire-'));
  const plantDrive = drive(plant);
  const { layout, asBuilt } = plantDrive;
  const recorder = plant === 'still' ? undefined : await RunWriter.create(folder, { layout, asBuilt });
  let counted = 0;
  let begin_ms = 0;
  let end_ms = 0;
  const count = () => {
    counted += 1;
    if (counted === WARM_UP) begin_ms = performance.now();
    if (counted === SCANS) end_ms = performance.now();
  };
  try {
    if (road === 'inproc') {
      let pressure: Promise<void> | undefined;
      const inner = inprocSource(
        {
          layout,
          asBuilt,
          advance(frame) {
            if (!plantDrive.advance(frame)) return false;
            for (const event of plantDrive.drainTruth()) recorder?.truth(event);
            recorder?.frame(frame);
            pressure = recorder?.pressure();
            count();
            return true;
          },
        },
        (events) => {
          for (const event of events) recorder?.alarm(event);
        },
      );
      const source: FrameSource = {
        ...inner,
        async ack(seq, events) {
          if (pressure) await pressure;
          return inner.ack(seq, events);
        },
      };
      await detect(source, recipe, () => {});
    } else {
      const server = await startPlantServer(plantDrive, {
        pace: { kind: 'lockstep' },
        onFrame(frame) {
          recorder?.frame(frame);
          count();
          return recorder?.pressure();
        },
        onAlarm: (event) => recorder?.alarm(event),
        onTruth: (events) => {
          for (const event of events) recorder?.truth(event);
        },
      });
      const job: Job = {
        road,
        recipe,
        url: server.http?.url,
        modbus: server.modbus,
        layout: layoutSpec(layout),
        asBuilt,
      };
      let detector: Promise<unknown>;
      let child: ChildProcess | undefined;
      if (where === 'same') {
        await new Promise<void>((opened) => {
          detector = detect(sourceOf(job, layout), recipe, opened);
        });
      } else {
        const forked = fork(fileURLToPath(import.meta.url), ['--detect']);
        child = forked;
        forked.send(job);
        await new Promise<void>((opened, reject) => {
          forked.once('message', () => opened());
          forked.once('exit', (code) => reject(new Error(`the detector's process ended with ${code}`)));
        });
        detector = new Promise<void>((resolve) => forked.once('exit', () => resolve()));
      }
      server.begin();
      const end = await server.finished;
      if (end.reason !== 'complete' || end.frames !== SCANS) throw new Error(`${end.reason}: ${end.because}`);
      await detector!;
      child?.removeAllListeners();
      await server.close();
    }
    await recorder?.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return ((SCANS - WARM_UP) / (end_ms - begin_ms)) * 1000;
}

interface Contender {
  readonly name: string;
  readonly plant: PlantKind;
  readonly road: Road;
  readonly recipe: string;
  readonly where: 'same' | 'own';
  readonly rates: number[];
}

const ROADS = { inproc: 'in process', gateway: 'Modbus gateway', stations: 'Modbus stations', websocket: 'WebSocket' };

function contenders(plant: PlantKind, recipe: string, places: readonly ('same' | 'own')[]): Contender[] {
  const one = (road: Road, where: 'same' | 'own'): Contender => {
    const place = road === 'inproc' ? '' : `, detector in ${where === 'same' ? 'the same process' : 'its own process'}`;
    const name = `${ROADS[road]}, ${recipe}${plant === 'still' ? ', still plant' : ''}${place}`;
    return { name, plant, road, recipe, where, rates: [] };
  };
  const wires = (['gateway', 'stations', 'websocket'] as const).flatMap((road) => places.map((w) => one(road, w)));
  return [one('inproc', 'same'), ...wires];
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Runs all of a group in turn, several times; a ratio is the median of ratios within a turn, so that a busy moment weighs on all. */
async function measure(group: readonly Contender[]): Promise<Row[]> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const c of group) c.rates.push(await run(c.plant, c.road, c.recipe, c.where));
  }
  const against = group[0]!;
  return group.map((c) => ({
    name: c.name,
    value: Math.round(median(c.rates)),
    unit: 'scans/s',
    ...(c === against
      ? {}
      : { ratio: rounded(median(c.rates.map((r, i) => r / against.rates[i]!))), against: against.name }),
  }));
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  for (const group of [
    contenders('crude-line', 'null', ['same', 'own']),
    contenders('crude-line', 'balance', ['same', 'own']),
    contenders('still', 'null', ['own']),
  ]) {
    rows.push(...(await measure(group)));
  }
  const configuration = {
    plant: 'crude-line',
    seed: SEED,
    scans: SCANS,
    turns: TURNS,
    node: process.version,
    arch: process.arch,
  };
  printReport({ bench: 'wire', configuration, digest: digestJson(configuration).slice(0, 16), rows });
}

if (process.argv.includes('--detect')) {
  process.once('message', (message) => {
    const job = message as Job;
    detect(sourceOf(job, createLayout(job.layout)), job.recipe, () => process.send?.('opened')).then(
      () => process.exit(0),
      (fault) => {
        console.error(fault instanceof Error ? fault.message : fault);
        process.exit(1);
      },
    );
  });
} else {
  await main();
  process.exit(0);
}
