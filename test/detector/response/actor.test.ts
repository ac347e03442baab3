/** The actor by itself: votes, permissives, a person's hand, giving back, and going on from a save. */
import { describe, expect, it } from 'vitest';
import { createActor, parseResponse, type ResponseDocument, readResponse } from '../../../detector/index.ts';
import { type AlarmEvent, createFrame, unwrap } from '../../../models/contract/index.ts';
import { readPlantContext } from '../../../scenarios/engine/index.ts';

const plant = unwrap(readPlantContext('crude-line'));
const { layout, asBuilt, controls } = plant;
const shipped = unwrap(readResponse('crude-line'));

function alarm(id: string, seq: number, to: AlarmEvent['to'] = 'unacknowledged'): AlarmEvent {
  return {
    alarm: id,
    timeUs: seq * 1_000_000,
    frameSeq: seq,
    from: to === 'unacknowledged' ? 'normal' : 'unacknowledged',
    to,
    priority: 1,
    score: 2,
    where: { position_m: 30_000, sigma_m: 30 },
    rate: { massRate_kg_s: 2.5, sigma_kg_s: 0.3 },
    by: 'test',
    because: 'test',
    incident: 'I-1',
  };
}

function rig(response: ResponseDocument = shipped) {
  const frame = createFrame(layout);
  const set = (tag: string, value: number) => {
    const t = layout.tags.findIndex((x) => x.id === tag);
    frame.value[layout.column[t]! + layout.tags[t]!.width - 1] = value;
  };
  set('ST-101', 100);
  const make = () => createActor({ response, layout, asBuilt, controls });
  return {
    actor: make(),
    make,
    set,
    at(actor: ReturnType<typeof make>, seq: number, events: AlarmEvent[] = []) {
      frame.seq = seq;
      frame.timeUs = seq * 1_000_000;
      return actor.step(frame, events).map((w) => `${w.element}.${w.property}=${w.value}`);
    },
  };
}

describe('actor', () => {
  it('does nothing on one vote, and on an alarm that has returned; two that stand confirm', () => {
    const { actor, at } = rig();
    expect(at(actor, 1, [alarm('LD-WAVE', 1)])).toEqual([]);
    at(actor, 2, [alarm('LD-WAVE', 2, 'returned')]);
    expect(at(actor, 3, [alarm('LD-BALANCE', 3)])).toEqual([]);
    expect(actor.plans()).toEqual([]);
    expect(at(actor, 4, [alarm('LD-LIMIT', 4)])).toEqual(['PU-201.trip=1']);
    expect(actor.plans()[0]!.confirmed.by).toEqual(['LD-BALANCE', 'LD-LIMIT']);
  });

  it('plans and writes nothing where the document does not say that it may act', () => {
    const text = `response: x\nabout: y\nplant: crude-line\nconfirm: { need: 1, of: [LD-WAVE] }\nroster:\n  teams: [{ id: a, kind: k, at: [48, 11], contact: "1" }]\n  send: [{ kind: k }]\n  tell: [{ name: n, role: r, by: [email] }]\n`;
    const { actor, at } = rig(unwrap(parseResponse('x.yaml', text)));
    for (let s = 1; s < 300; s += 1) expect(at(actor, s, s === 1 ? [alarm('LD-WAVE', 1)] : [])).toEqual([]);
    expect(actor.plans()).toHaveLength(1);
    expect(actor.drainActions().map((a) => a.what)).toEqual(['confirmed']);
  });

  it('waits for a permissive, and no longer than it was told to', () => {
    const { actor, at } = rig();
    at(actor, 1, [alarm('LD-WAVE', 1), alarm('LD-BALANCE', 1)]);
    const written: string[] = [];
    for (let s = 2; s < 300; s += 1) for (const w of at(actor, s)) written.push(`${s} ${w}`);
    // XV-101 was due 10 s after the confirmation, and PU-101 never slows in this test.
    expect(written).toEqual(['6 PU-101.trip=1', '11 PU-102.trip=1', '24 PCV-501.opening=0', '101 XV-101.opening=0']);
    expect(actor.drainActions().find((a) => a.what === 'waits')?.because).toContain('ST-101 is 100');
  });

  it('leaves alone what a person has taken, does it when given back, and gives the plant back without a jump', () => {
    const { actor, at, set } = rig();
    actor.hold('PCV-501', 'ann');
    set('ST-101', 0);
    at(actor, 1, [alarm('LD-WAVE', 1), alarm('LD-BALANCE', 1)]);
    const until = (from: number, to: number) => {
      const w: string[] = [];
      for (let s = from; s < to; s += 1) w.push(...at(actor, s));
      return w;
    };
    expect(until(2, 60)).not.toContain('PCV-501.opening=0');
    actor.release('PCV-501', 'ann');
    expect(at(actor, 60)).toEqual(['PCV-501.opening=0']);
    expect(actor.giveBack('I-1', 'ann')).toEqual({ refused: 'LD-WAVE, LD-BALANCE of I-1 still stand' });
    at(actor, 61, [alarm('LD-WAVE', 61, 'returned'), alarm('LD-BALANCE', 61, 'returned')]);
    set('ZT-501', 12.5);
    set('ZT-101', 0);
    const back = actor.giveBack('I-1', 'ann');
    expect('writes' in back && back.writes).toEqual([
      { element: 'XV-101', property: 'opening', value: 0 },
      { element: 'PCV-501', property: 'opening', value: 12.5 },
    ]);
    const told = actor.drainActions().map((a) => `${a.what} ${a.element ?? ''} ${a.who ?? ''}`.trim());
    expect(told).toContain('held PCV-501 ann');
    expect(told).toContain('released PCV-501 ann');
    expect(told).toContain('returned PCV-501 ann');
  });

  it('saved in the middle and loaded elsewhere it goes on alike', () => {
    const { actor, make, at, set } = rig();
    set('ST-101', 0);
    at(actor, 1, [alarm('LD-WAVE', 1), alarm('LD-BALANCE', 1)]);
    at(actor, 6);
    const other = make();
    other.load(actor.save());
    for (let s = 7; s < 60; s += 1) expect(at(other, s)).toEqual(at(actor, s));
    expect(other.plans()).toEqual(actor.plans());
  });
});
