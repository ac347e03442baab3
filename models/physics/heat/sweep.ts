/**
 * Inner sections with heat: waves at the local speed, and what the liquid's expansion pushes out.
 *
 *   ∂(ρA)/∂t + ρ0 ∂Q/∂x = 0,   (1/gA) ∂Q/∂t + ∂H/∂x + (ρ/ρ0 − 1) z' + f ρ0 Q|Q|/(2 g D A² ρ) = 0
 *   H = z + p/(ρ0 g),  Q = mass flow/ρ0
 *   section  H = C⁺ − B Q_in = C⁻ + B Q_out,   Q_in − Q_out + τ = κ dH/dt      κ = ½ Σ (g A Δx/a² − g A Δx/a0²) ≥ 0
 *   trapezoid, G = 2κ/Δt:   H' = (C⁺ + C⁻ + F) / (2 + B G),   F = B (G H + Q_in − Q_out + 2τ),   F' = F + 2 (C⁺ + C⁻ − 2 H' + B τ)
 *
 * ρ0 reference density of the heads, Q standard volume of that density [m³/s], a local and a0 the grid's wave speed (a0 ≥ a),
 * κ what the section stores beside the grid's own line, τ source [m³/s]. The stub κ is the half shunt line of the
 * transmission-line method: no numerical damping, stable for every κ ≥ 0, its speed exact for waves of many reaches. A pipe's
 * ends carry none; their half belongs to the neighbour. One friction loss per reach, from the mean of its two flows, serves
 * both characteristics: what a reach stores is then exactly what its flows bring, so the ledger closes to rounding.
 * Sources: Christopoulos, The Transmission-Line Modeling Method: TLM (1995) ch. 6 (stubs); Wylie & Streeter (1993) §3-2.
 */
import type { NetworkModel, NetworkState } from '../model.ts';

/** Step 3 of the characteristics: inner sections of all pipes, in place. */
export function sweepHeat(model: NetworkModel, state: NetworkState): void {
  for (let p = 0; p < model.nPipe; p++) sweepPipe(model, state, p);
}

/**
 * The inner sections of one pipe. The eight arrays are read through one view of the buffer that they all lie in, each at its
 * distance from the heads: eight bases and eight lengths do not fit the registers of a processor, and cost as much again.
 */
function sweepPipe(model: NetworkModel, state: NetworkState, p: number): void {
  const x = state.numbers;
  const s = state.heat;
  const heads = state.sectionHead_m.byteOffset >> 3;
  const arrives = (state.sectionFlow_m3_s.byteOffset >> 3) - heads;
  const leaves = (s.sectionFlowOut_m3_s.byteOffset >> 3) - heads;
  const R = (s.reachResistance_s2_m5.byteOffset >> 3) - heads;
  const rise = (s.reachRise_m.byteOffset >> 3) - heads;
  const inverse = (s.stubInverse.byteOffset >> 3) - heads;
  const F = (s.stubMemory_m.byteOffset >> 3) - heads;
  const source = (s.source_m3_s.byteOffset >> 3) - heads;
  const last = heads + model.sectionStart[p + 1] - 1;
  const B = model.pipeImpedance_s_m2[p];
  const y = model.pipeConductance_m2_s[p];
  const twice = 2 * B;
  let i = heads + model.sectionStart[p];
  let out = x[i + leaves];
  let into = x[i + arrives + 1];
  let mean = 0.5 * (out + into);
  let loss = x[i + R] * mean * Math.abs(mean) + x[i + rise];
  let plus = x[i] + B * out - loss;
  let here = x[i + 1];
  state.endCharacteristic_m[2 * p] = here - B * into + loss;
  for (i++; i < last; i++) {
    out = x[i + leaves];
    into = x[i + arrives + 1];
    mean = 0.5 * (out + into);
    loss = x[i + R] * mean * Math.abs(mean) + x[i + rise];
    const next = here + B * out - loss;
    here = x[i + 1];
    const minus = here - B * into + loss;
    const both = plus + minus;
    const memory = x[i + F];
    const head = (both + memory) * x[i + inverse];
    x[i + F] = memory + 2 * (both - 2 * head) + twice * x[i + source];
    x[i] = head;
    x[i + arrives] = (plus - head) * y;
    x[i + leaves] = (head - minus) * y;
    plus = next;
  }
  state.endCharacteristic_m[2 * p + 1] = plus;
}

/** After the pipes' ends are known: nothing lies between what arrives there and what leaves; and what moved through. */
export function closeHeatStep(model: NetworkModel, state: NetworkState): void {
  const s = state.heat;
  const half = 0.5 * model.timeStep_s;
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const last = model.sectionStart[p + 1] - 1;
    s.sectionFlowOut_m3_s[first] = state.sectionFlow_m3_s[first];
    s.sectionFlowOut_m3_s[last] = state.sectionFlow_m3_s[last];
    s.pipeMoved_m3[p] += half * (state.sectionFlow_m3_s[first] + state.sectionFlow_m3_s[last]);
  }
  s.ledger_m3[0] -= model.timeStep_s * s.ledger_m3[1];
}
