/**
 * `leaktwin detect --source <url>`: the detector as a process of its own. It knows what a control room knows: the frames,
 * the layout and the as-built data.
 */
import type { Command } from 'commander';
import { createPipeline, readRecipe } from '../../../detector/index.ts';
import { csvSource, modbusSource, recordingSource, websocketSource } from '../../../detector/ingest/index.ts';
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
import { alarmLine, DEFAULT_RECIPE, isFolder, jsonLines, openHistory, utcNowUs, writeText } from '../../run/index.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from '../verbs.ts';

export interface SourceOptions {
  readonly source: string;
  readonly plant?: string;
  readonly layout?: string;
  readonly asBuilt?: string;
  readonly mapping?: string;
  readonly via: 'gateway' | 'stations';
  readonly ack: boolean;
}

interface Options extends CommonOptions, SourceOptions {
  readonly recipe: string;
  readonly historian?: string;
}

export function configure(command: Command): void {
  command
    .requiredOption('--source <url>', 'modbus://host:port, ws://host:port/ws, the folder of a run, or a CSV file')
    .option('--recipe <name>', 'the detector, by name or path', DEFAULT_RECIPE)
    .option('--plant <name>', 'over Modbus: the plant, for its layout and as-built data')
    .option('--layout <file>', 'over Modbus: the frame layout as JSON (/api/layout of a twin)')
    .option('--as-built <file>', 'the as-built data as JSON (/api/as-built of a twin)')
    .option('--mapping <name>', 'of a CSV: what its columns are')
    .option('--via <unit>', 'over Modbus: gateway or stations', 'gateway')
    .option('--historian <folder>', 'store frames and alarms in this history (leaktwin history)')
    .option('--no-ack', 'over Modbus: only poll, so that no plant waits for this detector');
}

export async function run(_args: readonly string[], options: Options, io: Io): Promise<number> {
  const recipe = unwrap(readRecipe(options.recipe));
  const source = openSource(options);
  const alarms: AlarmEvent[] = [];
  let frames = 0;
  let fault: string | undefined;
  const close = () => void source.close();
  io.signal.addEventListener('abort', close, { once: true });
  const historian = await openHistory(options.historian, io.err);
  const bar = io.progress(`${recipe.name} at ${options.source}`);
  try {
    const { layout, asBuilt } = await source.open();
    const pipeline = createPipeline(
      recipe,
      layout,
      options.asBuilt === undefined ? asBuilt : readAsBuilt(options.asBuilt),
    );
    const feed = historian?.begin({
      runId: `detect-${recipe.name}-${layout.plant}`,
      layout,
      epochUs: utcNowUs(),
      manifest: { recipe: recipe.name, source: options.source },
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
      bar.update(frames, 'frames');
      await source.ack(frame.seq, events);
    }
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

/** The frame source that a URL or path names; `history record` uses it too. */
export function openSource(options: SourceOptions): FrameSource {
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
      plainProblem('--source', '', `"${source}"`, 'modbus://host:port, ws://host:port/ws, a run folder or a CSV file'),
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
