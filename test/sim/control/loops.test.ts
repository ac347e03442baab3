/** Loops against closed forms, and what they owe to the people who take over from them. */
import { describe, expect, it } from 'vitest';
import { type Rig, rig } from './rig.ts';

const LOOP = {
  id: 'LC-1',
  measures: 'L-1',
  moves: 'V-1.opening',
  'set-point': '5 m',
  action: 'reverse',
  gain: 2,
} as const;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A first-order plant, y' = (k u − y)/τ with its exact step: level in m, 10 m of span; runs it under the loop. */
function run(r: Rig, plant: { k: number; tau_s: number; y: number }, scans: number, h_s: number): number[] {
  const decay = Math.exp(-h_s / plant.tau_s);
  return range(scans).map(() => {
    r.scan(plant.y * 10);
    plant.y = plant.k * r.what('V-1.opening') * (1 - decay) + plant.y * decay;
    return plant.y;
  });
}

describe('PI on a first-order plant', () => {
  /** With Ti = τ the closed loop is of first order: y = r + Δ·(1 − e^(−K k t/τ)). */
  function worstError(h_s: number): number {
    const tau_s = 40;
    const r = rig({ loops: [{ ...LOOP, gain: 2, 'integral-time': '40 s', 'set-point': '5 m' }] }, h_s);
    const plant = { k: 1, tau_s, y: 0.5 };
    run(r, plant, 3, h_s);
    expect(plant.y).toBeCloseTo(0.5, 6);
    r.set('LC-1', 'setPoint', 6);
    let worst = 0;
    run(r, plant, Math.round(80 / h_s), h_s).forEach((y, n) => {
      const t_s = (n + 1) * h_s;
      worst = Math.max(worst, Math.abs(y - (0.6 - 0.1 * Math.exp((-2 * t_s) / tau_s))));
    });
    return worst;
  }
  it('follows the closed form, and the closer the shorter its scan: first order in h', () => {
    const [coarse, fine] = [worstError(0.5), worstError(0.25)];
    expect(fine).toBeLessThan(4e-4);
    expect(coarse / fine).toBeGreaterThan(1.8);
    expect(coarse / fine).toBeLessThan(2.2);
  });
  it('a proportional loop leaves the droop that it must: e = Δ/(1 + K k)', () => {
    const r = rig({ loops: [{ ...LOOP, gain: 3 }] });
    const plant = { k: 1, tau_s: 10, y: 0.5 };
    run(r, plant, 2, 1);
    r.set('LC-1', 'setPoint', 6);
    run(r, plant, 400, 1);
    expect(plant.y).toBeCloseTo(0.6 - 0.1 / 4, 6);
  });
});

describe('the derivative', () => {
  it('of a ramp is K Td times its slope, behind its filter', () => {
    const r = rig({ loops: [{ ...LOOP, gain: 1, 'derivative-time': '8 s', 'derivative-filter': 8 }] }, 0.1);
    range(200).forEach((n) => {
      r.scan(5 + 0.005 * n);
    });
    const y = 0.5 + 0.0005 * 199;
    // Bias 0.5, P = 0.5 − y, D = −Td · slope of 0.005 of span per s.
    expect(r.what('V-1.opening')).toBeCloseTo(0.5 + (0.5 - y) - 8 * 0.005, 5);
  });
  it('does not kick when the set point jumps', () => {
    const r = rig({ loops: [{ ...LOOP, gain: 1, 'derivative-time': '8 s' }] });
    r.scan(5);
    r.scan(5);
    r.set('LC-1', 'setPoint', 5.5);
    r.scan(5);
    expect(r.what('V-1.opening')).toBeCloseTo(0.55, 6);
  });
});

describe('anti-windup', () => {
  it('an hour at the limit costs nothing: the output leaves it within two scans of the error turning', () => {
    const r = rig({ loops: [{ ...LOOP, 'integral-time': '20 s' }] });
    range(3600).forEach(() => {
      r.scan(2);
    });
    expect(r.what('V-1.opening')).toBe(1);
    r.scan(5.01);
    expect(r.what('V-1.opening')).toBeLessThan(1);
    r.scan(6);
    expect(r.what('V-1.opening')).toBeLessThan(0.85);
  });
  it('a rate limit neither is exceeded nor winds the integral up', () => {
    const r = rig({ loops: [{ ...LOOP, gain: 5, 'integral-time': '10 s', 'output-per-second': '2 %' }] });
    let before = r.what('V-1.opening');
    range(60).forEach((n) => {
      r.scan(n < 30 ? 4 : 5.4);
      expect(Math.abs(r.what('V-1.opening') - before)).toBeLessThan(0.02 + 1e-12);
      before = r.what('V-1.opening');
    });
    expect(before).toBeLessThan(0.9);
  });
});

describe('without a bump', () => {
  it('the start, manual to auto, and auto to manual leave the output where it is', () => {
    const r = rig({ loops: [{ ...LOOP, 'integral-time': '30 s' }] });
    r.scan(4.2);
    expect(r.what('V-1.opening')).toBe(0.5);
    expect(r.got).toEqual([]);
    r.scan(4.3);
    const before = r.what('V-1.opening');
    expect(r.set('LC-1', 'mode', 0)).toBeUndefined();
    r.scan(3);
    expect(r.what('V-1.opening')).toBe(before);
    expect(r.set('LC-1', 'output', 0.37)).toBeUndefined();
    r.scan(3);
    expect(r.what('V-1.opening')).toBeCloseTo(0.37, 12);
    r.set('LC-1', 'mode', 1);
    r.scan(2.5);
    expect(r.what('V-1.opening')).toBeCloseTo(0.37, 12);
    r.scan(2.5);
    expect(r.what('V-1.opening')).toBeGreaterThan(0.37);
  });
  it('who moves the actuator has the loop in manual', () => {
    const r = rig({ loops: [LOOP] });
    r.scan(5);
    expect(r.set('V-1', 'opening', 0.8)).toBeUndefined();
    expect(r.control.controlValue({ element: 'LC-1', property: 'mode' })).toBe(0);
    r.scan(1);
    expect(r.what('V-1.opening')).toBe(0.8);
  });
  it('a set point runs up its ramp', () => {
    const r = rig({ loops: [{ ...LOOP, gain: 1, 'set-point-per-minute': '6 m' }] });
    r.scan(5);
    r.set('LC-1', 'setPoint', 6);
    range(5).forEach(() => {
      r.scan(5);
    });
    expect(r.what('V-1.opening')).toBeCloseTo(0.55, 9);
    range(20).forEach(() => {
      r.scan(5);
    });
    expect(r.what('V-1.opening')).toBeCloseTo(0.6, 9);
  });
  it('refuses what it cannot do, in a sentence', () => {
    const r = rig({ loops: [{ ...LOOP, output: ['10 %', '90 %'] }] });
    expect(r.set('LC-1', 'setPoint', 11)).toBe('set point of LC-1: 11 m is not between 0 m and 10 m');
    expect(r.set('LC-1', 'output', 0.5)).toBe('LC-1 is in automatic: its output is its own');
    expect(r.set('LC-1', 'mode', 2)).toBe('LC-1 has no primary loop to follow');
    expect(r.set('LC-1', 'mode', 7)).toBe('mode of LC-1: 7 is not 0 manual, 1 auto or 2 cascade');
    r.set('LC-1', 'mode', 0);
    expect(r.set('LC-1', 'output', 0.95)).toBe('output of LC-1: 95 % is not between 10 % and 90 %');
    expect(r.set('LC-1', 'reset', 1)).toBe('LC-1 has no reset to set');
    expect(r.set('V-2', 'bypass', 1)).toBe('V-2 has no bypass to set');
    expect(r.set('LC-1', 'setPoint', Number.NaN)).toBe('setPoint of LC-1: NaN is not a number');
  });
});

describe('a measurement of bad quality', () => {
  const failed = (onBad: 'hold' | 'manual' | 'safe') => {
    const r = rig({ loops: [{ ...LOOP, 'integral-time': '10 s', 'on-bad': onBad, 'safe-output': '20 %' }] });
    r.scan(4);
    r.scan(4);
    const before = r.what('V-1.opening');
    r.quality[0] = 4;
    r.scan(0);
    r.scan(0);
    return { r, before };
  };
  it('leaves the output standing, and goes on without a bump', () => {
    const { r, before } = failed('hold');
    expect(r.what('V-1.opening')).toBe(before);
    r.quality[0] = 0;
    r.scan(3);
    expect(r.what('V-1.opening')).toBe(before);
    r.scan(3);
    expect(r.what('V-1.opening')).not.toBe(before);
  });
  it('or puts the loop into manual, or moves to the safe output', () => {
    const { r, before } = failed('manual');
    expect(r.what('V-1.opening')).toBe(before);
    expect(r.control.controlValue({ element: 'LC-1', property: 'mode' })).toBe(0);
    expect(r.truth.at(-1)).toMatchObject({ ref: 'LC-1', what: 'bad measurement: manual' });
    expect(failed('safe').r.what('V-1.opening')).toBeCloseTo(0.2, 12);
  });
});

describe('a cascade', () => {
  const loops = [
    {
      id: 'FC-1',
      measures: 'L-2',
      moves: 'V-1.opening',
      'set-point': '5 m',
      action: 'reverse',
      gain: 1,
      'integral-time': '5 s',
    },
    {
      id: 'LC-1',
      measures: 'L-1',
      moves: 'FC-1.setPoint',
      'set-point': '5 m',
      action: 'reverse',
      gain: 1,
      'integral-time': '50 s',
      output: ['2 m', '8 m'],
    },
  ] as const;
  const cascade = () =>
    rig({
      loops: [
        { ...loops[0], output: undefined },
        { ...loops[1], output: ['2 m', '8 m'] },
      ],
    });
  const setPoint = (r: Rig) => r.control.controlValue({ element: 'FC-1', property: 'setPoint' });
  it('the primary follows until the secondary listens, and takes over without a bump', () => {
    const r = cascade();
    r.set('FC-1', 'setPoint', 6);
    range(30).forEach(() => {
      r.scan(3, 5);
    });
    expect(setPoint(r)).toBe(6);
    r.set('FC-1', 'mode', 2);
    r.scan(3, 6);
    expect(setPoint(r)).toBeCloseTo(6, 9);
    r.scan(3, 6);
    expect(setPoint(r)).toBeGreaterThan(6);
    expect(r.set('FC-1', 'setPoint', 5)).toBe('FC-1 is in cascade: its set point is that of its primary');
    const last = setPoint(r);
    r.set('FC-1', 'mode', 1);
    range(5).forEach(() => {
      r.scan(3, 6);
    });
    expect(setPoint(r)).toBeCloseTo(last, 9);
  });
  it('a secondary at its limit does not wind its primary up', () => {
    const r = cascade();
    r.set('FC-1', 'mode', 2);
    // The flow stays at 4 m however far the valve opens.
    range(2000).forEach(() => {
      r.scan(4.5, 4);
    });
    expect(r.what('V-1.opening')).toBe(1);
    r.scan(5.6, 4);
    expect(setPoint(r)).toBeLessThan(4.2);
  });
});

describe('a selector', () => {
  const make = (hand: boolean) =>
    rig({
      selects: [{ id: 'HS-1', moves: 'PU-1.speed', take: 'low', hand }],
      loops: [
        {
          id: 'PC-1',
          measures: 'L-1',
          moves: 'HS-1',
          'set-point': '8 m',
          action: 'reverse',
          gain: 1,
          'integral-time': '10 s',
          output: ['40 %', '100 %'],
        },
        {
          id: 'PC-2',
          measures: 'L-2',
          moves: 'HS-1',
          'set-point': '2 m',
          action: 'direct',
          gain: 1,
          'integral-time': '10 s',
          output: ['40 %', '100 %'],
        },
      ],
    });
  it('leaves the hand alone while no loop is near its limit', () => {
    const r = make(true);
    range(500).forEach((n) => {
      r.scan(5 + 0.1 * Math.sin(n), 5 + 0.1 * Math.cos(n));
    });
    expect(r.got).toEqual([]);
    expect(r.set('PU-1', 'speed', 0.9)).toBeUndefined();
    expect(r.what('PU-1.speed')).toBe(0.9);
    range(100).forEach(() => {
      r.scan(5, 5);
    });
    expect(r.what('PU-1.speed')).toBe(0.9);
    expect(r.set('PU-1', 'speed', 2)).toBe('2 cannot be');
  });
  it('overrides it when one is, takes the lower of the two, and gives it back', () => {
    const r = make(true);
    r.scan(5, 5);
    range(60).forEach(() => {
      r.scan(8.5, 5);
    });
    expect(r.what('PU-1.speed')).toBeLessThan(0.9);
    expect(r.truth.at(-1)).toMatchObject({ ref: 'HS-1', what: 'PC-1 takes over' });
    range(100).forEach(() => {
      r.scan(8.5, 1.2);
    });
    expect(r.what('PU-1.speed')).toBeCloseTo(0.4, 9);
    range(200).forEach(() => {
      r.scan(5, 5);
    });
    expect(r.what('PU-1.speed')).toBe(1);
    expect(r.truth.at(-1)).toMatchObject({ ref: 'HS-1', what: 'back to what is set' });
  });
  it('without a hand, who moves the actuator has all its loops in manual', () => {
    const r = make(false);
    r.scan(5, 5);
    r.set('PU-1', 'speed', 0.7);
    r.scan(9, 1);
    expect(r.what('PU-1.speed')).toBeCloseTo(0.7, 12);
  });
});
