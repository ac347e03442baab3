/**
 * A job of a suite whose detector is a program of somebody else's: one process per run, started when the plant listens and gone
 * when the run is over, in lockstep, so that it may take as long as it wants for a scan and the result stays the same.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '../../models/contract/index.ts';
import { unwrap } from '../../models/contract/index.ts';
import { digestBytes } from '../../models/kernel/index.ts';
import { preparePlant } from '../../sim/index.ts';
import { ScenarioEngine } from '../engine/index.ts';
import { jsonLines, judgeRun, reportHtml, writeText } from './finish.ts';
import { formatPace, resolveInputs, runIdOf } from './inputs.ts';
import type { JobOptions, JobResult } from './job.ts';
import { Logbook } from './logbook.ts';
import type { Job, Suite } from './suite.ts';
import { runWired } from './wired.ts';

/** A command by what it would do: its words, and the bytes of every file among them, so that a changed program is another detector. */
export function detectorIdentity(command: string): string {
  const files = (command.match(/"[^"]*"|'[^']*'|\S+/g) ?? [])
    .map((word) => word.replace(/^["']|["']$/g, ''))
    .filter((word) => existsSync(word) && statSync(word).isFile())
    .map((word) => `${word} ${digestBytes(readFileSync(word))}`);
  return [command, ...files].join('\n');
}

const CARD = 'card.json';

export async function runForeignJob(
  suite: Suite,
  job: Job,
  command: string,
  options: JobOptions,
): Promise<JobResult | undefined> {
  const inputs = suite.scenarios[job.scenario]!;
  const resolved = unwrap(resolveInputs(inputs, job.seed));
  await preparePlant(inputs.plant.spec);
  const engine = new ScenarioEngine(resolved, inputs.plant.spec, { exact: suite.exact });
  const pace = { kind: 'lockstep' } as const;
  const runId = runIdOf({
    scenario: resolved,
    plantDigest: engine.sim.model.digest,
    detector: detectorIdentity(command),
    transport: 'foreign',
    pace: formatPace(pace),
    exact: suite.exact,
    twin: false,
  });
  const folder = options.folder === undefined ? undefined : join(options.folder, runId);
  if (folder !== undefined && existsSync(join(folder, CARD))) {
    engine.close();
    return { cards: [JSON.parse(readFileSync(join(folder, CARD), 'utf8')) as Card], kept: true };
  }
  const logbook = new Logbook(engine.layout, undefined, options.html ?? false);
  const said: string[] = [];
  const { end, server } = await runWired(engine, logbook, {
    transport: 'websocket',
    pace,
    command,
    signal: options.signal,
    onProgress: options.onProgress,
    log: (line) => void said.push(line),
  });
  await server.close();
  const violations = engine.violations();
  engine.close();
  if (end.reason === 'stopped') return undefined;
  const judged = judgeRun({
    runId,
    resolved,
    plant: inputs.plant,
    recipe: command,
    warmUpUs: 0,
    transport: 'foreign',
    pace: formatPace(pace),
    status: violations.length > 0 ? 'invalid' : end.reason === 'complete' ? 'valid' : 'not-comparable',
    because: violations.length > 0 ? violations.join('; ') : end.reason === 'complete' ? '' : end.because,
    framesDigest: logbook.framesDigest(),
    frames: logbook.frames,
    endUs: logbook.lastUs,
    truth: logbook.truth,
    alarms: logbook.alarms,
  });
  if (folder !== undefined) {
    await writeText(folder, 'alarms.jsonl', jsonLines(logbook.alarms));
    await writeText(folder, 'truth.jsonl', jsonLines(logbook.truth));
    if (said.length > 0) await writeText(folder, 'detector.log', `${said.join('\n')}\n`);
    if (options.html)
      await writeText(
        folder,
        'report.html',
        reportHtml(judged, engine.layout, logbook.trends(), resolved.about, engine.asBuilt),
      );
    // A run that another program cut short is tried again by the next suite.
    if (judged.card.status === 'valid') await writeText(folder, CARD, `${JSON.stringify(judged.card, undefined, 2)}\n`);
  }
  return { cards: [judged.card], kept: false };
}
