/** The alarm state machine against a slow model that looks at the whole history every time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine, type MachineSettings } from '../../detector/alarms/index.ts';
import type { AlarmState } from '../../models/contract/index.ts';
import { bindArena } from '../../models/kernel/index.ts';

function machine(settings: MachineSettings) {
  const { buffer, views } = bindArena((a) => createMachine(settings, a));
  views.reset();
  return { buffer, machine: views };
}

interface Step {
  readonly timeUs: number;
  readonly score: number;
}

/** Does the condition hold after these scores? The last one outside the deadband decides; none means no. */
function holds(scores: readonly number[], deadband: number): boolean {
  for (let i = scores.length - 1; i >= 0; i -= 1) {
    if (scores[i]! >= 1) return true;
    if (!(scores[i]! > 1 - deadband)) return false;
  }
  return false;
}

/** The state after each step, from scratch. */
function slowStates(steps: readonly Step[], { onDelay_us, offDelay_us, deadband }: MachineSettings): AlarmState[] {
  let state: AlarmState = 'normal';
  return steps.map((_, k) => {
    const conditions = steps.slice(0, k + 1).map((__, j) =>
      holds(
        steps.slice(0, j + 1).map((s) => s.score),
        deadband,
      ),
    );
    const now = conditions[k]!;
    let first = k;
    while (first > 0 && conditions[first - 1] === now) first -= 1;
    const lasted = steps[k]!.timeUs - steps[first]!.timeUs;
    if (now && state !== 'unacknowledged' && lasted >= onDelay_us) state = 'unacknowledged';
    else if (!now && state === 'unacknowledged' && lasted >= offDelay_us) state = 'returned';
    return state;
  });
}

const anySettings = fc.record({
  onDelay_us: fc.constantFrom(0, 1_000_000, 2_500_000, 10_000_000),
  offDelay_us: fc.constantFrom(0, 1_000_000, 4_000_000, 20_000_000),
  deadband: fc.constantFrom(0, 0.1, 0.5, 0.9),
});
const anySteps = fc
  .array(
    fc.tuple(
      fc.constantFrom(100_000, 1_000_000, 1_000_000, 3_000_000),
      fc.oneof(
        fc.constantFrom(0, 0.05, 0.45, 0.5, 0.89, 0.9, 0.95, 1, 1, 1.5, 3),
        fc.double({ min: 0, max: 2, noNaN: true }),
      ),
    ),
    { maxLength: 60 },
  )
  .map((list) => {
    let timeUs = 0;
    return list.map(([gap, score]): Step => {
      timeUs += gap;
      return { timeUs, score };
    });
  });

describe('the machine', () => {
  it('is the slow model, whatever the scores, the delays and the gaps between frames', () => {
    let transitions = 0;
    fc.assert(
      fc.property(anySettings, anySteps, (settings, steps) => {
        const { machine: fast } = machine(settings);
        const slow = slowStates(steps, settings);
        let before: AlarmState = 'normal';
        steps.forEach((s, k) => {
          const moved = fast.step(s.timeUs, s.score);
          expect(fast.state).toBe(slow[k]);
          expect(moved).toEqual(slow[k] === before ? undefined : { from: before, to: slow[k] });
          if (moved) transitions += 1;
          before = slow[k]!;
        });
      }),
      { numRuns: 2000, seed: 1 },
    );
    console.log(`${transitions} transitions compared`);
    expect(transitions).toBeGreaterThan(500);
  });

  it('saved and loaded anywhere goes on as it would have', () => {
    fc.assert(
      fc.property(anySettings, anySteps, fc.nat(60), (settings, steps, cut) => {
        const whole = machine(settings);
        const first = machine(settings);
        const second = machine(settings);
        const all = steps.map((s) => whole.machine.step(s.timeUs, s.score));
        const parts = steps.map((s, k) => {
          if (k === cut) new Uint8Array(second.buffer).set(new Uint8Array(first.buffer));
          return (k < cut ? first : second).machine.step(s.timeUs, s.score);
        });
        expect(parts).toEqual(all);
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});

describe('by hand', () => {
  const at = (settings: Partial<MachineSettings>, scores: readonly number[]) => {
    const { machine: m } = machine({ onDelay_us: 0, offDelay_us: 0, deadband: 0, ...settings });
    return scores.map((score, i) => m.step(1e6 * (i + 1), score)?.to ?? '-');
  };

  it('without delays follows the condition', () => {
    expect(at({}, [0, 1, 1, 0.99, 1, 0])).toEqual([
      '-',
      'unacknowledged',
      '-',
      'returned',
      'unacknowledged',
      'returned',
    ]);
  });

  it('an on-delay swallows what is shorter, and counts anew after a break', () => {
    const scores = [1, 1, 0, 1, 1, 1, 1];
    expect(at({ onDelay_us: 3e6 }, scores)).toEqual(['-', '-', '-', '-', '-', '-', 'unacknowledged']);
  });

  it('an off-delay bridges a short break', () => {
    const scores = [1, 0, 0, 1, 0, 0, 0, 0];
    expect(at({ offDelay_us: 3e6 }, scores)).toEqual(['unacknowledged', '-', '-', '-', '-', '-', '-', 'returned']);
  });

  it('a deadband keeps what hovers, but raises nothing that never reached one', () => {
    expect(at({ deadband: 0.1 }, [0.95, 1, 0.95, 0.91, 0.9])).toEqual(['-', 'unacknowledged', '-', '-', 'returned']);
  });

  it('a score that is no number is no condition', () => {
    expect(at({}, [Number.NaN, 1, Number.NaN])).toEqual(['-', 'unacknowledged', 'returned']);
  });
});
