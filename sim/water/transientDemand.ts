/**
 * What customers draw while waves run: the same demands as in extended-period hydraulics, but joined by straight lines instead of
 * steps, for a step of all demands at once would be a wave that no town knows; and on top of them single taps.
 *
 *   m(t) = f(t) (m_k + (m_{k+1} − m_k) (t − t_k)/Δ),   m_k = noise(k) · pattern(t_k),   t_k = k Δ
 *   tap    a trapezoid of seeded onset and flow, at most one per node in each interval of two minutes and inside it
 *
 * At every t_k the multiplier is that of EPANET's solve at t_k. At the start no tap is open.
 */
import { demandFactorAt } from './demandFactor.ts';
import type { TransientModel, TransientState } from './transientModel.ts';

/** Sets the demands for the step that ends at `time_s` of the run. */
export function drawWater(model: TransientModel, state: TransientState, time_s: number): void {
  const net = state.network;
  const now = model.start_s + time_s;
  const k = Math.floor(now / model.every_s);
  if (k !== state.drawIndex[0]) {
    if (k === state.drawIndex[0]! + 1) state.drawFrom.set(state.drawTo);
    else fill(model, state, k, state.drawFrom);
    fill(model, state, k + 1, state.drawTo);
    state.drawIndex[0] = k;
  }
  const share = now / model.every_s - k;
  const factor = demandFactorAt(state.demandFactor, time_s * 1e6);
  const { drawNode, drawNominal_m3_s, pulses } = model;
  for (let d = 0; d < drawNode.length; d += 1) {
    const from = state.drawFrom[d]!;
    net.demandMultiplier[drawNode[d]!] = factor * (from + (state.drawTo[d]! - from) * share);
  }
  for (let i = 0; i < model.reservoirNode.length; i += 1) {
    const from = model.reservoirHead(i, k * model.every_s);
    const to = model.reservoirHead(i, (k + 1) * model.every_s);
    net.reservoirHead_m[model.reservoirNode[i]!] = from + (to - from) * share;
  }
  if (!pulses) return;
  const interval = Math.floor(time_s / pulses.interval_s);
  if (interval !== state.pulseIndex[0]) drawPulses(model, state, interval);
  for (let d = 0; d < drawNode.length; d += 1) {
    const since = time_s - state.pulseOn_s[d]!;
    if (!(since > 0 && since < pulses.lasts_s)) continue;
    const open = Math.min(1, since / pulses.edge_s, (pulses.lasts_s - since) / pulses.edge_s);
    net.demandMultiplier[drawNode[d]!]! += (open * state.pulseFlow_m3_s[d]!) / drawNominal_m3_s[d]!;
  }
}

function fill(model: TransientModel, state: TransientState, k: number, out: Float64Array): void {
  model.noise.fill(k, state.drawn);
  for (let d = 0; d < out.length; d += 1)
    out[d] = state.drawn[model.drawNoise[d]!]! * model.drawShare(d, k * model.every_s);
}

function drawPulses(model: TransientModel, state: TransientState, interval: number): void {
  const pulses = model.pulses!;
  for (let d = 0; d < model.drawNode.length; d += 1) {
    const stream = pulses.stream[d]!;
    const comes = stream.uniform(3 * interval) < pulses.chance;
    const room_s = pulses.interval_s - pulses.lasts_s;
    state.pulseOn_s[d] = comes
      ? interval * pulses.interval_s + stream.uniform(3 * interval + 1) * room_s
      : Number.POSITIVE_INFINITY;
    state.pulseFlow_m3_s[d] = pulses.flow_m3_s * (0.5 + stream.uniform(3 * interval + 2));
  }
  state.pulseIndex[0] = interval;
}
