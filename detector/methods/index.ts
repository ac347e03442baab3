/** The door of methods: one constructor per kind of the recipe. */
import type { MethodSpec } from '../recipe.ts';
import { createNull, createRandom } from './baselines.ts';
import { createCusum } from './cusum.ts';
import { createGasLevel } from './gasLevel.ts';
import { createGasSource } from './gasSource.ts';
import type { Context, Running } from './method.ts';
import { createRttm } from './rttm.ts';
import { createShewhart } from './shewhart.ts';
import { createTankCusum } from './tankCusum.ts';
import { createUnknown } from './unknown.ts';
import { createWave } from './wave.ts';

export { gasTags } from './gasLevel.ts';
export { type Context, cusumThreshold, type ExcessSettings, type Running } from './method.ts';

/** One sentence and source per kind, for `describe`. */
export const METHODS: Readonly<Record<MethodSpec['method'], { summary: string; reference: string }>> = {
  threshold: { summary: 'a fixed limit in standard deviations', reference: 'Shewhart 1931' },
  ewma: { summary: 'exponentially weighted moving average', reference: 'Roberts 1959' },
  cusum: {
    summary: 'cumulative sum designed for a stated rate of false alarms',
    reference: 'Page 1954; Siegmund 1985',
  },
  glr: {
    summary: 'generalised likelihood ratio over beginnings within a window, for any size',
    reference: 'Willsky & Jones 1976; Siegmund & Venkatraman 1995 for its limit',
  },
  mixture: {
    summary:
      'sums of likelihood ratios over beginnings, mixed over a range of sizes; never alarms more often than demanded',
    reference: 'Shiryaev 1963; Roberts 1966; Pollak 1987',
  },
  sprt: { summary: 'sequential probability ratio tests for a range of sizes, begun anew', reference: 'Wald 1947' },
  'page-hinkley': { summary: 'cumulative sum about the mean of all that was seen', reference: 'Hinkley 1971' },
  wave: {
    summary: 'negative pressure wave between two stations, with place and rate',
    reference: 'API RP 1130; Joukowsky 1898',
  },
  rttm: {
    summary: 'real-time transient model: what must flow on the two sides of a station has parted',
    reference: 'API RP 1130; Wylie & Streeter 1993; Willsky & Jones 1976 (GLR over windows)',
  },
  'gas-level': {
    summary: 'limits of gas instruments, over zero, over their background or as a rise, by m votes of a group',
    reference: 'IEC 60079-29-2; ISA-TR84.00.07',
  },
  'gas-source': {
    summary: 'Bayes over places and rates with a Gaussian plume on the measured wind: fusion, source and rate',
    reference: 'Bayesian inverse dispersion; Chang & Hanna 2004 for its errors',
  },
  null: { summary: 'never alarms: the floor', reference: 'baseline' },
  random: { summary: 'alarms at random moments: the other floor', reference: 'baseline' },
};

export function createMethod(spec: MethodSpec, context: Context): Running {
  switch (spec.method) {
    case 'threshold':
    case 'ewma':
      return createShewhart(spec, context);
    case 'cusum':
      return spec.on === 'tanks' ? createTankCusum(spec, context) : createCusum(spec, context);
    case 'glr':
    case 'mixture':
    case 'sprt':
    case 'page-hinkley':
      return createUnknown(spec, context);
    case 'wave':
      return createWave(spec, context);
    case 'rttm':
      return createRttm(spec, context);
    case 'gas-level':
      return createGasLevel(spec, context);
    case 'gas-source':
      return createGasSource(spec, context);
    case 'null':
      return createNull();
    case 'random':
      return createRandom(spec, context);
  }
}
