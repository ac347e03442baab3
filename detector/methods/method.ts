/**
 * What every method is: a score per frame from shared features, with its evidence. State lives in the arena that it was
 * given; nothing else changes.
 */
import type { AsBuilt, Frame, FrameLayout, Score } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import { cusumLimit } from '../../models/kernel/statistics/index.ts';
import type {
  AirSite,
  Background,
  BackgroundSettings,
  Balance,
  Deviation,
  EvidenceSettings,
  Fronts,
  Line,
  Observer,
  Operations,
  SourceEvidence,
  StationFlows,
  TankRate,
} from '../features/index.ts';
import type { Cleaner } from '../preprocess/index.ts';

/** How gas readings become an excess over their background. */
export interface ExcessSettings {
  readonly background: BackgroundSettings;
  readonly average_s: number;
  /** Learn for so long what the weather does to the instruments; absent: not at all. */
  readonly learnWeather_s?: number;
}

/** What methods may share; a feature that no method asks for is not built. */
export interface Context {
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt | undefined;
  readonly line: Line | undefined;
  readonly arena: Arena;
  readonly scan_s: number;
  readonly warmUp_s: number;
  readonly clean: Cleaner;
  /** `pack`: where its line pack comes from; absent: from the stations. */
  balance(forget_s: number, pack?: 'stations' | 'model'): Balance;
  deviation(tags: readonly string[] | undefined): Deviation;
  fronts(window_s: number, sigma: number, slowest_s: number): Fronts;
  /** The transient model of the line on a grid of its own. */
  observer(grid_s: number): Observer;
  stationFlows(grid_s: number): StationFlows;
  operations(): Operations;
  tankRate(): TankRate;
  readonly air: AirSite | undefined;
  background(settings: ExcessSettings): Background;
  sourceEvidence(settings: ExcessSettings & EvidenceSettings): SourceEvidence;
  /** What the last `gas-source` before this method in the recipe looks at. */
  latestEvidence(): SourceEvidence | undefined;
}

export interface Running {
  reset(): void;
  /**
   * Looks at the features of this frame; fills `score`, which the caller lends with value 0, no evidence and able 1. What a method
   * cannot watch in this frame, for want of good tags or because it must keep silent, it takes off `able`.
   */
  step(frame: Frame, score: Score): void;
}

/** CUSUM threshold in σ for a one-sided chart with slack k and a mean time between false alarms of `arl` samples, at least half a σ. */
export function cusumThreshold(k: number, arl: number): number {
  return Math.max(0.5, cusumLimit(k, arl));
}
