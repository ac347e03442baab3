/**
 * The conformance kit: what a detector must stand before a figure of it means anything. Every check is one sentence that holds
 * or does not, with what was measured. The frames come from a scenario of the user's choice; the detector never meets the plant.
 */
import {
  type AlarmEvent,
  alarmEventSchema,
  createFrame,
  type Frame,
  type FrameLayout,
  journalDigest,
  unwrap,
} from '../../models/contract/index.ts';
import { preparePlant } from '../../sim/index.ts';
import { ScenarioEngine } from '../engine/index.ts';
import { leaksOf } from '../score/index.ts';
import { keptFrame, ORDEALS, type Ordeal, ordeal } from './conformanceFrames.ts';
import { type Played, renumbered, type Subject } from './conformanceSubject.ts';
import { resolveInputs, type ScenarioInputs } from './inputs.ts';

export interface Check {
  readonly check: string;
  readonly status: 'pass' | 'fail' | 'skipped';
  readonly note: string;
}

export interface Material {
  readonly layout: FrameLayout;
  readonly asBuilt: ScenarioEngine['asBuilt'];
  readonly controls: ScenarioEngine['controls'];
  readonly frames: readonly Frame[];
  /** The same run in which nothing leaks. */
  readonly without: readonly Frame[];
  /** Scans before the first leak opens; undefined where none does. */
  readonly before: number | undefined;
}

/** Frames of a scenario and of its leak-free twin, at most `scans` of them. */
export async function conformanceMaterial(inputs: ScenarioInputs, seed: number | undefined, scans: number) {
  const resolved = unwrap(resolveInputs(inputs, seed));
  const take = async (twin: boolean) => {
    await preparePlant(inputs.plant.spec);
    const engine = new ScenarioEngine(resolved, inputs.plant.spec, { twin });
    const frame = createFrame(engine.layout);
    const frames: Frame[] = [];
    let before: number | undefined;
    while (frames.length < scans && engine.advance(frame)) {
      if (before === undefined && leaksOf(engine.drainTruth(), frame.timeUs).length > 0) before = frames.length;
      frames.push(keptFrame(engine.layout, frame));
    }
    engine.close();
    return { engine, frames, before };
  };
  const leaky = await take(false);
  const { layout, asBuilt, controls } = leaky.engine;
  const without = (await take(true)).frames;
  return { layout, asBuilt, controls, frames: leaky.frames, without, before: leaky.before } satisfies Material;
}

const MOST_GROWTH_BYTES = 8 * 1024 * 1024;
const MOST_GROWTH_SHARE = 0.1;
/** A day of one-second scans in an hour, at the least. */
const SLOWEST_SCANS_S = 24;
const ROUNDS = 3;

/** All checks, one after another; `tell` hears of each when it is known. */
export async function checkDetector(
  subject: Subject,
  material: Material,
  seed: number,
  tell: (check: Check) => void,
): Promise<Check[]> {
  const { layout, frames } = material;
  const checks: Check[] = [];
  const say = (check: string, ok: boolean | undefined, note: string) => {
    const row: Check = { check, status: ok === undefined ? 'skipped' : ok ? 'pass' : 'fail', note };
    checks.push(row);
    tell(row);
  };
  const trespasses = new Set<string>();
  const play = async (list: readonly Frame[], weigh = false) => {
    const played = await subject.play(list, weigh);
    for (const t of played.trespass) trespasses.add(t);
    return played;
  };

  const first = await play(frames);
  say('reaches the end', first.failed === undefined, first.failed ?? `${first.scans} scans`);
  if (first.failed !== undefined) return checks;
  const wrong = faultOfJournal(first.events, timesOf(frames));
  say('says what can be read', wrong === undefined, wrong ?? `${first.events.length} events`);
  const speed = first.scans / Math.max(first.wall_s, 1e-9);
  say('answers in bounded time', speed >= SLOWEST_SCANS_S, `${Math.round(speed)} scans per second`);
  if (first.ended !== undefined)
    say('ends when the run is over', first.ended, first.ended ? 'by itself' : 'it had to be stopped');

  const second = await play(frames);
  const [a, b] = [digest(first.events), digest(second.events)];
  say(
    'same frames, same alarms',
    a === b,
    a === b ? `journal ${a.slice(0, 16)}` : `${a.slice(0, 16)}, ${b.slice(0, 16)}`,
  );

  for (const kind of ORDEALS) {
    const list = ordeal(kind, layout, frames, seed);
    const played = await play(list);
    const why = played.failed ?? faultOfJournal(played.events, timesOf(list));
    say(`survives ${TOLD[kind]}`, why === undefined, why ?? `${played.events.length} events`);
  }

  const long = renumbered(layout, Array.from({ length: ROUNDS }, () => frames).flat());
  const ran = await play(long, true);
  if (ran.memory_bytes) {
    const [early, late] = ran.memory_bytes;
    const growth = late - early;
    const ok = growth <= MOST_GROWTH_BYTES || growth <= MOST_GROWTH_SHARE * early;
    say('bounded memory', ok && ran.failed === undefined, `${mebi(early)} to ${mebi(late)} MiB, ${long.length} scans`);
  } else say('bounded memory', ran.failed === undefined ? undefined : false, ran.failed ?? 'this system does not tell');

  if (subject.make) saveAndLoad(subject.make, frames, first, say);
  else say('a saved state goes on as if nothing had been', undefined, 'a program offers none on this wire');

  await blindness(material, first, play, say);
  const list = [...trespasses];
  say(
    'keeps to its own doors',
    list.length === 0,
    list.length === 0 ? 'no truth asked for, nothing moved' : list.join('; '),
  );
  return checks;
}

type Say = (check: string, ok: boolean | undefined, note: string) => void;

const TOLD: Readonly<Record<Ordeal, string>> = {
  gaps: 'gaps',
  'not-a-number': 'values that are no numbers',
  stale: 'stale tags',
  reordered: 'scans in another order',
  duplicated: 'scans that come twice',
};

/** Until a leak opens, both runs are one and the same to the bit; who speaks differently in them knows what he cannot know. */
async function blindness(
  { frames, without, before }: Material,
  leaky: Played,
  play: (frames: readonly Frame[]) => Promise<Played>,
  say: Say,
): Promise<void> {
  const check = 'knows no future and no truth';
  if (before === undefined) return say(check, undefined, 'no leak opens within these scans');
  const whole = await play(without);
  const limit = frames[before]!.seq;
  const until = (p: Played) => digest(p.events.filter((e) => (e as AlarmEvent).frameSeq < limit));
  const alike = whole.failed === undefined && until(leaky) === until(whole);
  say(
    check,
    alike,
    whole.failed ?? `with and without the leak ${alike ? 'the same' : 'something else'} until scan ${limit}`,
  );
}

function saveAndLoad(make: NonNullable<Subject['make']>, frames: readonly Frame[], whole: Played, say: Say): void {
  const check = 'a saved state goes on as if nothing had been';
  try {
    const half = Math.floor(frames.length / 2);
    const before = make();
    const events: unknown[] = [];
    for (const f of frames.slice(0, half)) for (const e of before.step(f)) events.push(structuredClone(e));
    const saved = before.save();
    const after = make();
    after.load(saved);
    for (const f of frames.slice(half)) for (const e of after.step(f)) events.push(structuredClone(e));
    say(check, digest(events) === digest(whole.events), `${saved.length} bytes after scan ${half}`);
  } catch (error) {
    say(check, false, error instanceof Error ? error.message : String(error));
  }
}

/** What is wrong with events as events; `time` is the plant time of each scan. */
export function faultOfJournal(events: readonly unknown[], time: ReadonlyMap<number, number>): string | undefined {
  const states = new Map<string, string>();
  for (const raw of events) {
    const parsed = alarmEventSchema.safeParse(raw);
    if (!parsed.success)
      return `an event that cannot be read: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`;
    const { alarm, from, to, frameSeq, timeUs } = parsed.data;
    if (time.get(frameSeq) !== timeUs) return `${alarm}: scan ${frameSeq} was not at ${timeUs} us`;
    const stood = states.get(alarm) ?? 'normal';
    if (from !== stood) return `${alarm} goes from ${from} to ${to} at scan ${frameSeq}, but was ${stood}`;
    states.set(alarm, to);
  }
  return undefined;
}

const timesOf = (frames: readonly Frame[]) => new Map(frames.map((f) => [f.seq, f.timeUs]));

/** Events that cannot be read have no journal; that they cannot is said by a check of its own. */
function digest(events: readonly unknown[]): string {
  const readable = events.every((e) => alarmEventSchema.safeParse(e).success);
  return readable ? journalDigest(events as AlarmEvent[]) : 'unreadable';
}

function mebi(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
