/**
 * `leaktwin detect --source <url>`: the detector as a process of its own. It knows what a control room knows: the frames,
 * the layout and the as-built data.
 */
import type { Command } from 'commander';
import { createPipeline, type Recipe, readRecipe } from '../../../detector/index.ts';
import { csvSource, modbusSource, recordingSource, websocketSource } from '../../../detector/ingest/index.ts';
import { isNatsUrl, readNatsAddress, withoutSecrets } from '../../../models/bus/index.ts';
import {
  type AlarmEvent,
  type AsBuilt,
  asBuiltSchema,
  createLayout,
  type FrameLayout,
  type FrameSource,
  journalDigest,
  layoutSchema,
  ProblemError,
  plainProblem,
  unwrap,
} from '../../../models/contract/index.ts';
import { findDocument, readDocument, readTextFile } from '../../../models/document/index.ts';
import { readCsvMapping } from '../../../models/recording/index.ts';
import { compileModel, parsePlant } from '../../../sim/index.ts';
import {
  alarmLine,
  type Checkpoint,
  DEFAULT_RECIPE,
  isFolder,
  jsonLines,
  openHistory,
  readCheckpoint,
  stopwatch,
  utcNowUs,
  writeCheckpoint,
  writeText,
} from '../../run/index.ts';
import type { Io } from '../io.ts';
import { addNatsOptions, type NatsOptions, natsIdentity } from '../natsOptions.ts';
import type { CommonOptions } from '../verbs.ts';

export interface SourceOptions extends NatsOptions {
  readonly source: string;
  readonly plant?: string;
  readonly layout?: string;
  readonly asBuilt?: string;
  readonly mapping?: string;
  readonly via: 'gateway' | 'stations';
  readonly ack: boolean;
  readonly durable?: string;
}

interface Options extends CommonOptions, SourceOptions {
  readonly recipe: string;
  readonly historian?: string;
}

/** Between two checkpoints: what a killed detector reads again. */
const CHECKPOINT_FRAMES = 1000;
const CHECKPOINT_S = 5;

export function configure(command: Command): void {
  addNatsOptions(command)
    .requiredOption(
      '--source <url>',
      'modbus://host:port, ws://host:port/ws, nats://host:port[/channel[/session]], the folder of a run, or a CSV file',
    )
    .option('--recipe <name>', 'the detector, by name or path', DEFAULT_RECIPE)
    .option('--plant <name>', 'over Modbus: the plant, for its layout and as-built data')
    .option('--layout <file>', 'over Modbus: the frame layout as JSON (/api/layout of a twin)')
    .option('--as-built <file>', 'the as-built data as JSON (/api/as-built of a twin)')
    .option('--mapping <name>', 'of a CSV: what its columns are')
    .option('--via <unit>', 'over Modbus: gateway or stations', 'gateway')
    .option(
      '--durable <name>',
      'on a bus: the server keeps the place under this name; with --out also the state, so that a restart changes nothing',
    )
    .option('--historian <folder>', 'store frames and alarms in this history (leaktwin history)')
    .option('--no-ack', 'over Modbus: only poll, so that no plant waits for this detector');
}

export async function run(_args: readonly string[], options: Options, io: Io): Promise<number> {
  const recipe = unwrap(readRecipe(options.recipe));
  const kept = keptBefore(options, recipe);
  const { source, session } = await openSource(options, kept);
  const alarms: AlarmEvent[] = [...(kept?.alarms ?? [])];
  let frames = kept?.seq ?? 0;
  let seq = frames;
  let fault: string | undefined;
  const close = () => void source.close();
  io.signal.addEventListener('abort', close, { once: true });
  const historian = await openHistory(options.historian, io.err);
  const bar = io.progress(`${recipe.name} at ${withoutSecrets(options.source)}`);
  try {
    const { layout, asBuilt } = await source.open();
    const pipeline = createPipeline(
      recipe,
      layout,
      options.asBuilt === undefined ? asBuilt : readAsBuilt(options.asBuilt),
    );
    if (kept) pipeline.load(kept.state);
    const keep = options.durable !== undefined && options.out !== undefined ? options.out : undefined;
    let since = 0;
    let since_s = stopwatch();
    const checkpoint = async (over: boolean) => {
      if (keep === undefined) return;
      const { digest: recipeDigest } = recipe;
      await writeCheckpoint(keep, {
        session: session(),
        recipeDigest,
        seq,
        over,
        alarms,
        state: pipeline.save(),
      });
      since = 0;
      since_s = stopwatch();
    };
    const feed = historian?.begin({
      runId: `detect-${recipe.name}-${layout.plant}`,
      layout,
      epochUs: utcNowUs(),
      manifest: { recipe: recipe.name, source: withoutSecrets(options.source) },
    });
    for (let frame = await source.next(); frame !== undefined; frame = await source.next()) {
      feed?.frame(frame);
      const events = pipeline.step(frame);
      for (const event of events) {
        alarms.push(event);
        feed?.alarm(event);
        io.out(alarmLine(event));
      }
      frames += 1;
      seq = frame.seq;
      bar.update(frames, 'frames');
      since += 1;
      // What is acknowledged to a bus is not given again: not before it is kept.
      if (keep !== undefined && since < CHECKPOINT_FRAMES && since_s() < CHECKPOINT_S) continue;
      await checkpoint(false);
      await source.ack(frame.seq, events);
    }
    if (!io.signal.aborted) await checkpoint(true);
    feed?.end({ status: 'valid', journalDigest: journalDigest(alarms) });
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    // A wire that breaks is nobody's bug; a stop that we asked for is no fault.
    if (!io.signal.aborted) fault = (error as Error).message;
  } finally {
    bar.end();
    io.signal.removeEventListener('abort', close);
    await source.close().catch(() => {});
    await historian?.close();
  }
  const digest = journalDigest(alarms);
  if (options.out !== undefined) await writeText(options.out, 'alarms.jsonl', jsonLines(alarms));
  io.json({ recipe: recipe.name, frames, journalDigest: digest, alarms, ...(fault === undefined ? {} : { fault }) });
  io.out(`${frames} frames, ${alarms.length} alarm events, journal ${digest.slice(0, 16)}…`);
  if (fault !== undefined) io.err(fault);
  if (io.signal.aborted) return 130;
  return fault === undefined ? 0 : 4;
}

/** What an earlier detector of this name left behind, to go on from; the session over, there is nothing to go on with. */
function keptBefore(options: Options, recipe: Recipe): Checkpoint | undefined {
  const { durable, out, source } = options;
  if (durable === undefined) return undefined;
  if (!isNatsUrl(source))
    throw new ProblemError([plainProblem('--durable', '', `a name at ${source}`, 'it only with --source nats://…')]);
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(durable))
    throw new ProblemError([plainProblem('--durable', '', `"${durable}"`, 'letters, digits, dashes and underscores')]);
  const kept = out === undefined ? undefined : readCheckpoint(out);
  if (!kept || kept.over) return undefined;
  if (kept.recipeDigest !== recipe.digest)
    throw new ProblemError([
      plainProblem(
        '--recipe',
        '',
        `${recipe.name}, not the recipe of the checkpoint in ${out}`,
        'the same recipe',
        'or another --out',
      ),
    ]);
  return kept;
}

interface OpenedSource {
  readonly source: FrameSource;
  /** Of a bus, once it is open. */
  session(): string;
}

/** The frame source that a URL or path names; `history record` uses it too. */
export async function openSource(options: SourceOptions, kept?: Checkpoint): Promise<OpenedSource> {
  if (!isNatsUrl(options.source)) return { source: wireSource(options), session: () => '' };
  const { natsSource } = await import('../../../detector/ingest/bus/index.ts');
  const { durable } = options;
  const address = readNatsAddress('--source', options.source, 'channel');
  const source = natsSource({
    // The session that was begun is read to its end before a newer one.
    address: kept && address.session === undefined ? { ...address, session: kept.session } : address,
    identity: natsIdentity(options),
    ...(durable === undefined ? {} : { durable }),
    ...(kept ? { after: kept.seq } : {}),
    ...(options.asBuilt === undefined ? {} : { asBuilt: readAsBuilt(options.asBuilt) }),
  });
  return { source, session: () => source.session };
}

function wireSource(options: SourceOptions): FrameSource {
  const { source } = options;
  const modbus = /^modbus(?:\+tcp)?:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(source);
  if (modbus) {
    const { layout, asBuilt } = knownPlant(options);
    return modbusSource({
      host: modbus[1]!.replace(/^\[|\]$/g, ''),
      port: Number(modbus[2]),
      layout,
      ...(asBuilt ? { asBuilt } : {}),
      via: options.via,
      ack: options.ack,
    });
  }
  const asBuilt = options.asBuilt === undefined ? {} : { asBuilt: readAsBuilt(options.asBuilt) };
  if (/^wss?:\/\//.test(source)) return websocketSource({ url: source, ...asBuilt });
  if (/^https?:\/\//.test(source))
    return websocketSource({ url: `${source.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`, ...asBuilt });
  if (/^[a-z+]+:\/\//.test(source)) {
    throw new ProblemError([
      plainProblem(
        '--source',
        '',
        `"${source}"`,
        'modbus://host:port, ws://host:port/ws, nats://host:port/channel, a run folder or a CSV file',
      ),
    ]);
  }
  if (isFolder(source)) return recordingSource(source);
  return csvSource(source, options.mapping === undefined ? undefined : unwrap(readCsvMapping(options.mapping)));
}

/** Registers carry no names: over Modbus the layout must come from somewhere else, as a SCADA's point list does. */
function knownPlant(options: SourceOptions): { layout: FrameLayout; asBuilt?: AsBuilt } {
  if (options.layout !== undefined) {
    const { file, text } = unwrap(readTextFile(options.layout));
    // The REST answer wraps the layout; the file of a recording is the layout itself.
    const raw: unknown = /"layoutDigest"/.test(text) ? (JSON.parse(text) as { layout: unknown }).layout : undefined;
    const spec = unwrap(readDocument(file, raw === undefined ? text : JSON.stringify(raw), layoutSchema)).value;
    return {
      layout: createLayout(spec),
      ...(options.asBuilt === undefined ? {} : { asBuilt: readAsBuilt(options.asBuilt) }),
    };
  }
  if (options.plant === undefined) {
    throw new ProblemError([
      plainProblem(
        '--source',
        '',
        'Modbus without a layout',
        '--plant, or --layout and --as-built',
        'registers carry numbers, not names',
      ),
    ]);
  }
  const found = unwrap(findDocument('plant', options.plant));
  const spec = unwrap(parsePlant(found.file, found.text)).value;
  const { layout, asBuilt } = compileModel(spec, { seed: 0 });
  return { layout, asBuilt: options.asBuilt === undefined ? asBuilt : readAsBuilt(options.asBuilt) };
}

function readAsBuilt(path: string): AsBuilt {
  const { file, text } = unwrap(readTextFile(path));
  return unwrap(readDocument(file, text, asBuiltSchema)).value;
}
