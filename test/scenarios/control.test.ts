/** Mistakes of people, and what interlocks make of them: leak-free scenarios that ship. */
import { describe, expect, it } from 'vitest';
import { createFrame, type TruthEvent, unwrap } from '../../models/contract/index.ts';
import { resolveScenario, ScenarioEngine } from '../../scenarios/engine/index.ts';
import { readInputs } from '../../scenarios/run/index.ts';

const what = (truth: readonly TruthEvent[]) =>
  truth.flatMap((t) => (t.kind === 'disturbance' ? [`${t.ref} ${t.what}`] : []));

describe('what interlocks make of mistakes', () => {
  function play(name: string) {
    const { bound, plant: context } = unwrap(readInputs(name));
    const engine = new ScenarioEngine(unwrap(resolveScenario(bound, bound.located.value.seed)), context.spec);
    const frame = createFrame(engine.layout);
    const told: string[] = [];
    const most = new Map<string, number>();
    while (engine.advance(frame)) {
      told.push(...what(engine.drainTruth()));
      engine.layout.tags.forEach((t, i) => {
        most.set(t.id, Math.max(most.get(t.id) ?? -1e9, frame.value[engine.layout.column[i]!]!));
      });
    }
    expect(engine.violations()).toEqual([]);
    return { told, most };
  }
  it('crude-esd: shut in, tripped in order, relieved, reset and started again', () => {
    const { told, most } = play('crude-esd');
    const order = ['ESD-1 trip: PSHH-501', 'PU-101 pump trip', 'ESD-1 reset', 'PU-101 pump start', 'PU-201 pump start'];
    expect(told.filter((t) => order.includes(t))).toEqual(order);
    // Left alone the delivery would see 42.7 bar.
    expect(most.get('PT-501')).toBeLessThan(36.5);
  });
  it('farm-overfill: two gauges of three stop the ship in time', () => {
    const { told, most } = play('farm-overfill');
    expect(told).toEqual(['PU-1 pump start', 'LSHH-1 trip', 'PU-1 pump trip', 'PU-2 pump start', 'LSHH-1 reset']);
    expect(most.get('LT-1')).toBeGreaterThan(14.39);
    expect(most.get('LT-1')).toBeLessThan(14.5);
    expect(most.get('LT-1C')).toBeLessThan(11.3);
  });
});
