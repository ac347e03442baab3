/**
 * From a true value to a sample: first-order lag, calibration error, drift, noise, fault, converter, range; quantised
 * once to float32. Sample n of a tag is taken at n·period − latency (+ jitter) of plant time and lies in a ring until its
 * scan is published, as in the memory of an RTU.
 *
 *   lag:       y ← y + (1 − e^(−Δt/τ)) (x − y)
 *   converter: low + round((v − low)/q) q, q = span/(2^bits − 1)
 */
import { FAULT_FORMS } from '../../models/contract/index.ts';
import type { Physics, PlantModel, PlantState } from '../plant/index.ts';

const BIAS = 1 + FAULT_FORMS.indexOf('bias');
const DRIFT = 1 + FAULT_FORMS.indexOf('drift');
const STUCK = 1 + FAULT_FORMS.indexOf('stuck');
const SPIKES = 1 + FAULT_FORMS.indexOf('spikes');
export const DROP_OUT = 1 + FAULT_FORMS.indexOf('drop-out');
const HOUR_US = 3_600e6;

/** What instruments ask of a plant. */
type Measured = Pick<Physics, 'trueValue' | 'standardRatio' | 'failed'>;

/** The true value of a tag now, in its own unit. */
export function trueValue(model: PlantModel, physics: Pick<Physics, 'trueValue'>, tag: number): number {
  return physics.trueValue(tag) * model.tagScale[tag]! + model.tagOffset[tag]!;
}

/** Fills lags and rings as if the plant had stood in this state for long. */
export function primeInstruments(model: PlantModel, physics: Measured, state: PlantState): void {
  // thermometers and gauges before the flows that they correct
  for (const corrected of [false, true])
    for (let i = 0; i < model.tagWidth.length; i += 1) {
      if (model.tagTemperature[i]! >= 0 !== corrected) continue;
      const v = trueValue(model, physics, i) * standardRatio(model, physics, state, i);
      state.trueBefore[i] = v;
      state.lagged[i] = v;
    }
}

/** Takes all samples whose instant lies in the tick that ends at `timeUs`. */
export function sampleInstruments(model: PlantModel, physics: Measured, state: PlantState, timeUs: number): void {
  const tick = model.tickUs;
  for (let i = 0; i < model.tagWidth.length; i += 1) {
    const period = model.tagPeriodUs[i]!;
    const latency = model.stationLatencyUs[model.tagStation[i]!]!;
    let n = state.sampleCount[i]!;
    let instant = (n + 1) * period - latency;
    // The value at the end of the tick before the one in which the sample falls is needed too; earlier ones are not.
    if (instant > timeUs + tick) continue;
    const now = trueValue(model, physics, i) * standardRatio(model, physics, state, i);
    const before = state.trueBefore[i]!;
    state.declared[i] = physics.failed?.(i) ? 1 : 0;
    const contact = model.tagContact[i] === 1;
    const slots = 2 * model.tagWidth[i]!;
    const base = model.tagRing[i]!;
    while (instant <= timeUs) {
      const jitter = model.tagJitter_us[i]!;
      let late = timeUs - instant;
      if (jitter > 0) late -= jitter * model.jitterStream[i]!.normal(n);
      const share = contact ? 0 : Math.min(1, Math.max(0, late / tick));
      const x = now - (now - before) * share;
      const y = state.lagged[i]! + model.tagLagGain[i]! * (x - state.lagged[i]!);
      state.lagged[i] = y;
      state.ring[base + (n % slots)] = measure(model, state, i, n, instant, y);
      n += 1;
      instant += period;
    }
    state.sampleCount[i] = n;
    state.trueBefore[i] = now;
  }
}

/** What a meter in standard volume errs by: it corrects by the newest samples of its thermometer and gauge. */
function standardRatio(model: PlantModel, physics: Measured, state: PlantState, i: number): number {
  const t = model.tagTemperature[i]!;
  if (t < 0) return 1;
  const p = model.tagPressure[i]!;
  return physics.standardRatio?.(i, reading(model, state, t), p < 0 ? undefined : reading(model, state, p)) ?? 1;
}

/** The newest sample of a tag, SI; before the first, what its lag holds. */
function reading(model: PlantModel, state: PlantState, tag: number): number {
  const n = state.sampleCount[tag]!;
  const raw = n > 0 ? state.ring[model.tagRing[tag]! + ((n - 1) % (2 * model.tagWidth[tag]!))]! : state.lagged[tag]!;
  return (raw - model.tagOffset[tag]!) / model.tagScale[tag]!;
}

function measure(model: PlantModel, state: PlantState, i: number, n: number, instant: number, lagged: number): number {
  let v =
    lagged +
    model.tagBias[i]! +
    model.tagDrift_per_us[i]! * instant +
    model.tagNoise[i]! * model.noiseStream[i]!.normal(n);
  const form = state.faultForm[i]!;
  if (form !== 0) {
    const since = instant - state.faultSinceUs[i]!;
    if (form === BIAS) v += state.faultSize[i]!;
    else if (form === DRIFT) v += (state.faultSize[i]! * Math.max(0, since)) / HOUR_US;
    else if (form === SPIKES) {
      const chance = (model.tagPeriodUs[i]! * 1e-6) / state.faultEvery_s[i]!;
      const stream = model.faultStream[i]!;
      if (stream.uniform(2 * n) < chance)
        v += stream.uniform(2 * n + 1) < 0.5 ? state.faultSize[i]! : -state.faultSize[i]!;
    }
  }
  const low = model.tagLow[i]!;
  const high = model.tagHigh[i]!;
  const step = model.tagStep[i]!;
  v = low + Math.round((v - low) / step) * step;
  if (v < low || v > high) {
    v = v < low ? low : high;
    state.clipped[i] = 1;
  }
  if (form === STUCK || form === DROP_OUT) {
    if (state.holding[i] === 0) {
      state.holding[i] = 1;
      state.held[i] = v;
    }
    return state.held[i]!;
  }
  return v;
}
