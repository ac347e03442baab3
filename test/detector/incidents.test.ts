/** One leak is one incident, whatever speaks of it; a second leak elsewhere is heard beside it. */
import { describe, expect, it } from 'vitest';
import { type AlarmsSpec, alarmsSchema, createAnnunciator, rationalPriority } from '../../detector/alarms/index.ts';
import { createPipeline, readRecipe } from '../../detector/index.ts';
import {
  type AlarmEvent,
  createFrame,
  type Frame,
  incidentsOf,
  isAnnunciated,
  type Score,
  type TruthEvent,
  unwrap,
} from '../../models/contract/index.ts';
import { bindArena } from '../../models/kernel/index.ts';
import { ScenarioEngine } from '../../scenarios/engine/index.ts';
import { readInputs, resolveInputs } from '../../scenarios/run/index.ts';

const S = 1e6;

/** Alarms A (priority 1), B (2) and C (3), without delays. */
function room(part: object) {
  const spec: AlarmsSpec = alarmsSchema.parse(part);
  const points = ['A', 'B', 'C'].map((alarm, i) => ({
    alarm,
    priority: i + 1,
    by: 'test',
    onDelay_us: 0,
    offDelay_us: 0,
    deadband: 0,
    inputs: [i],
  }));
  const usable = new Uint8Array(3).fill(1);
  const { views: alarms } = bindArena((a) =>
    createAnnunciator(points, spec, { usable, tagIds: ['T1', 'T2', 'T3'] }, a),
  );
  alarms.reset();
  const journal: AlarmEvent[] = [];
  let seq = 0;
  return {
    journal,
    usable,
    alarms,
    at: () => ({ seq, timeUs: seq * S }),
    /** One scan; what is not named is quiet. */
    scan(scores: Partial<Record<'A' | 'B' | 'C', Score>>, after_s = 1) {
      seq += after_s;
      const frame = { seq, timeUs: seq * S } as Frame;
      const out: AlarmEvent[] = [];
      alarms.begin(frame, out);
      (['A', 'B', 'C'] as const).forEach((id, i) => {
        alarms.step(i, frame, scores[id] ?? { value: 0 }, out);
      });
      journal.push(...out);
      return out;
    },
  };
}
const at = (position_m: number, sigma_m: number, further = false): Score => ({
  value: 2,
  where: { position_m, sigma_m },
  ...(further ? { further } : {}),
});

describe('alarms become incidents', () => {
  it('by place: what may be one leak is one incident, what cannot is another', () => {
    const r = room({ incidents: { apart: 3, margin: '500 m', linger: '10 min' } });
    r.scan({ C: at(10_000, 1000) });
    // Within 3 √(1000² + 100²) + 500 m: the same; a higher priority is heard.
    expect(r.scan({ C: at(10_000, 1000), A: at(13_400, 100) }).filter(isAnnunciated)).toHaveLength(1);
    // The surest place is now A's: 10 km from it is elsewhere.
    const other = r.scan({ C: at(10_000, 1000), A: at(13_400, 100), B: at(25_000, 100) });
    expect(other.filter(isAnnunciated).map((e) => e.incident)).toEqual(['I-2']);
    const [first, second] = incidentsOf(r.journal);
    expect(first).toMatchObject({ id: 'I-1', annunciated: 2, priority: 1, where: { position_m: 13_400 } });
    expect(first!.first.alarm).toBe('C');
    expect(second).toMatchObject({ id: 'I-2', annunciated: 1, priority: 2, standing: ['B'] });
  });

  it('of which only the first and higher priorities are heard, and all are recorded', () => {
    const r = room({ incidents: {} });
    const heard = [
      r.scan({ B: at(100, 10) }),
      r.scan({ B: at(100, 10), C: { value: 2 } }),
      r.scan({ A: at(100, 10), B: at(100, 10), C: { value: 2 } }),
    ];
    expect(heard.map((e) => e.filter(isAnnunciated).map((x) => x.alarm))).toEqual([['B'], [], ['A']]);
    expect(r.journal.map((e) => [e.alarm, e.to, e.under])).toEqual([
      ['B', 'unacknowledged', undefined],
      ['C', 'suppressed', 'unacknowledged'],
      ['A', 'unacknowledged', undefined],
    ]);
    // One acknowledge answers for all of it.
    const done = r.alarms.operate({ action: 'acknowledge', alarm: 'I-1', who: 'ann' }, r.at());
    expect(done.ok && done.events.map((e) => [e.alarm, e.to, e.who])).toEqual([
      ['A', 'acknowledged', 'ann'],
      ['B', 'acknowledged', 'ann'],
      ['C', 'acknowledged', 'ann'],
    ]);
  });

  it('and something further elsewhere is heard while the alarm stands, but not where it is the same', () => {
    const r = room({ incidents: {} });
    r.scan({ A: at(5000, 50) });
    expect(r.scan({ A: at(5040, 50, true) }).filter(isAnnunciated)).toEqual([]);
    const [event] = r.scan({ A: at(30_000, 50, true) });
    expect(event).toMatchObject({ from: 'unacknowledged', to: 'unacknowledged', again: 'further', incident: 'I-2' });
    r.scan({});
    // It returns from both.
    expect(incidentsOf(r.journal).map((i) => [i.id, i.standing])).toEqual([
      ['I-1', []],
      ['I-2', []],
    ]);
  });

  it('a flood keeps what is less urgent until it is over', () => {
    const r = room({ flood: { 'begins-above': 3, 'ends-below': 2, window: '60 s', keep: 1 } });
    for (let i = 0; i < 4; i += 1) {
      r.scan({ C: { value: 2 } });
      r.scan({});
    }
    expect(r.journal.filter((e) => e.alarm === 'FLOOD')).toMatchObject([{ to: 'acknowledged' }]);
    expect(r.scan({ C: { value: 2 } })).toMatchObject([{ to: 'suppressed', under: 'unacknowledged' }]);
    expect(r.scan({ A: { value: 2 }, C: { value: 2 } })).toMatchObject([{ alarm: 'A', to: 'unacknowledged' }]);
    const after = r.scan({ A: { value: 2 }, C: { value: 2 } }, 120);
    expect(after.map((e) => [e.alarm, e.to])).toEqual([
      ['FLOOD', 'normal'],
      ['C', 'unacknowledged'],
    ]);
  });

  it('lost inputs freeze an alarm, and a part of them makes it say so', () => {
    const r = room({ of: {} });
    r.scan({ B: { value: 2 } });
    r.usable[1] = 0;
    expect(r.scan({})).toEqual([]);
    r.usable[1] = 1;
    expect(r.scan({})).toMatchObject([{ alarm: 'B', to: 'returned' }]);
  });
});

describe('rationalisation', () => {
  it('the worse and the sooner, the higher', () => {
    const table = (['severe', 'major', 'minor'] as const).map((s) =>
      [60, 300, 1200, 7200].map((t) => rationalPriority(s, t)),
    );
    for (const row of table) expect([...row].sort()).toEqual(row);
    for (let c = 0; c < 4; c += 1) expect(table.map((row) => row[c])).toEqual(table.map((row) => row[c]).sort());
  });
});

describe('crude-line with all methods on', () => {
  it('a leak of 1 % is one incident of at most 5 annunciations in 10 min, and a second leak elsewhere is its own', () => {
    const inputs = unwrap(readInputs('crude-second-leak'));
    const resolved = unwrap(resolveInputs(inputs, 7));
    const engine = new ScenarioEngine(resolved, inputs.plant.spec);
    const pipeline = createPipeline(unwrap(readRecipe('crude-all')), engine.layout, engine.asBuilt);
    const frame = createFrame(engine.layout);
    const journal: AlarmEvent[] = [];
    const truth: TruthEvent[] = [];
    while (engine.advance(frame) && frame.timeUs < 35 * 60 * S) {
      truth.push(...engine.drainTruth());
      journal.push(...pipeline.step(frame));
    }
    engine.close();
    const opened = truth.filter((t) => t.kind === 'leak.opened');
    const found = incidentsOf(journal);
    const heard = journal.filter(isAnnunciated);
    const first10 = heard.filter((e) => e.timeUs >= opened[0]!.timeUs && e.timeUs < opened[0]!.timeUs + 600 * S);
    console.log(
      found
        .map(
          (i) =>
            `${i.id}: ${i.evidence.length} alarms, ${i.annunciated} annunciated, km ${(i.where!.position_m! / 1000).toFixed(2)}`,
        )
        .join('; '),
    );
    expect(opened).toHaveLength(2);
    expect(found).toHaveLength(2);
    expect(first10.length).toBeGreaterThan(0);
    expect(first10.length).toBeLessThanOrEqual(5);
    found.forEach((incident, i) => {
      expect(incident.evidence.length).toBeGreaterThan(1);
      expect(Math.abs(incident.where!.position_m! - opened[i]!.position_m!)).toBeLessThan(1000);
    });
    expect(heard.some((e) => e.incident === 'I-2')).toBe(true);
  });
});
