/**
 * Leak waves as the transient model of the line sees them: at a station, what must flow on its two sides has parted.
 *
 *   alarm   d_w ≥ k σ_w + κ activity   in any window w       (generalised likelihood ratio over beginnings and sizes, limited to windows)
 *   size    q = d e^(αx),  x somewhere up to half the way to the next station: the wave would have been seen there first
 *
 * One station is enough, so the wave is heard as soon as it comes to the nearest one. A single transmitter that jumps looks the same; where two pressures or
 * a meter stand at the station, each must have its part in it. A station with a meter only is as blind as the meter is noisy; but where its pressure tells of a wave
 * by itself, the meter need only confirm that no pump or valve of the station made it (`confirm-sigma`).
 *
 * Source: Willsky & Jones (1976), GLR for jumps; Lai (1995), window-limited GLR; API RP 1130 for the model.
 */
import type { Frame, Score } from '../../models/contract/index.ts';
import { WINDOWS } from '../features/index.ts';
import type { MethodOf } from '../recipe.ts';
import type { Context, Running } from './method.ts';

const N = WINDOWS.length;
/** Share of a leak's whole effect that each side of a station with two witnesses must have. */
const LEAST_PART = 0.12;
/** The meter's part, in standard deviations of what it is held against: less might be its noise while a pump stops. */
const LEAST_METER = 1.5;
/** What of a transmitter’s jump may come out elsewhere: where it moved one side only, the wave that it sends is doubled at a station whose head is imposed. */
const PHANTOM_SHARE = 2.2;
/** Most that the two parts may work against each other, as a share of the whole. */
const AGAINST = 0.5;
/** After a spike a transmitter is not believed alone for this long. */
const SPIKY_US = 120e6;
/** Windows from here on have the allowance for what creeps through the model. */
const LONG_US = 10e6;
/** A station that must allow for more than this share of the flow does not watch. */
const DEAF_SHARE = 0.02;
/** A meter shows one number per scan: no window shorter than this many steps. */
const METER_STEPS = 10;

export function createRttm(spec: MethodOf<'rttm'>, context: Context): Running {
  const flows = context.stationFlows(spec.grid);
  const observer = context.observer(spec.grid);
  const { line } = observer;
  const { stations } = flows;
  const n = stations.length;
  const heldUs = context.arena.f64(1); // until when the condition stands
  const heldScore = context.arena.f64(1);
  const foundUs = context.arena.f64(n); // when each station last raised it (stations)

  /** What the model may err by at a station after operations and jumps [m³/s]. */
  const allowance = (i: number) =>
    spec['per-activity'] * flows.activity_m3_s[i]! + PHANTOM_SHARE * flows.phantom_m3_s[i]!;

  /** d_w over its limit; 0 where a witness does not agree. */
  function ratio(i: number, w: number, frame: Frame): number {
    const { meter, pressures, upSpan } = stations[i]!;
    const at = i * N + w;
    if (meter >= 0 && WINDOWS[w]! < METER_STEPS) return 0;
    const d = flows.parted_m3_s[at]!;
    if (d <= 0) return 0;
    const sigma = flows.sigma_m3_s[at]!;
    const least = WINDOWS[w]! * observer.gridUs >= LONG_US ? spec.least * line.designFlow_m3_s : 0;
    const allowed = least + allowance(i);
    const up = flows.partUp_m3_s[at]!;
    const down = flows.partDown_m3_s[at]!;
    let k = spec.sigma;
    if (meter >= 0 || pressures.length > 1) {
      if (Math.min(up, down) < LEAST_PART * d || Math.max(up, down) > (1 + AGAINST) * d) return 0;
      if (meter >= 0) {
        const byPressure = upSpan < 0 ? down : up;
        if (d - byPressure < LEAST_METER * sigma) return 0;
        const own = flows.sigma_m3_s[quietest * N + w]!;
        if (byPressure >= spec.sigma * own + allowed) k = spec['confirm-sigma'];
      }
    } else {
      for (const s of [upSpan, stations[i]!.downSpan])
        for (const c of [2 * s, 2 * s + 1]) if (frame.timeUs - observer.spikedUs[c]! < SPIKY_US) k = 2 * spec.sigma;
    }
    return d / (k * sigma + allowed);
  }

  /** A station without a meter: its σ is that of pressures alone. */
  const quietest = Math.max(
    0,
    stations.findIndex((s) => s.meter < 0),
  );

  function explain(i: number, w: number, frame: Frame, score: Score): void {
    const s = stations[i]!;
    const at = i * N + w;
    const d = flows.parted_m3_s[at]!;
    const span = line.spans[s.upSpan >= 0 ? s.upSpan : s.downSpan]!;
    const alpha =
      (span.friction * Math.abs(line.designFlow_m3_s / span.area_m2)) / (2 * span.diameter_m * span.waveSpeed_m_s);
    const reach_m = span.length_m / 2;
    // The leak is as likely here as there within half of the way to the neighbours.
    const gain = (Math.exp(alpha * reach_m) - 1) / (alpha * reach_m);
    const spread = (Math.exp(alpha * reach_m) - 1) / Math.sqrt(12);
    const rate = d * gain * line.density_kg_m3;
    score.rate = {
      massRate_kg_s: rate,
      sigma_kg_s: Math.hypot(spread * d, flows.sigma_m3_s[at]! * gain, 0.05 * d) * line.density_kg_m3,
    };
    const window_s = WINDOWS[w]! * observer.gridUs * 1e-6;
    score.onsetUs = Math.round(frame.timeUs - window_s * 1e6);
    const tag = context.layout.tags[s.pressures[0]!]!.id;
    const percent = (100 * d) / line.designFlow_m3_s;
    score.because =
      `at ${tag} the transient model misses ${percent.toFixed(2)} % of the flow for ${window_s.toFixed(1)} s, ` +
      `${(d / flows.sigma_m3_s[at]!).toFixed(1)} sigma; a wave from within ${(reach_m / 1000).toFixed(1)} km of KP ${(s.position_m / 1000).toFixed(1)}`;
    foundUs[i] = frame.timeUs;
    heldUs[0] = frame.timeUs + spec.hold * 1e6;
    heldScore[0] = score.value;
  }

  return {
    reset() {
      heldUs[0] = Number.NEGATIVE_INFINITY;
      foundUs.fill(Number.NEGATIVE_INFINITY);
    },
    step(frame, score) {
      let worst = -1;
      let window = 0;
      let able = 0;
      for (let i = 0; i < n; i += 1) {
        if (flows.ready[i] !== 1) continue;
        if (allowance(i) <= DEAF_SHARE * line.designFlow_m3_s) able += 1;
        for (let w = 0; w < N; w += 1) {
          const value = ratio(i, w, frame);
          if (value <= score.value) continue;
          score.value = value;
          worst = i;
          window = w;
        }
      }
      score.able = able / n;
      if (worst >= 0 && score.value >= 1) explain(worst, window, frame, score);
      else if (frame.timeUs < heldUs[0]!) score.value = heldScore[0]!;
    },
  };
}
