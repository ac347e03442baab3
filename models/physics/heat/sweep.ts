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
  const H = state.sectionHead_m;
  const arrives = state.sectionFlow_m3_s;
  const ends = state.endCharacteristic_m;
  const s = state.heat;
  const leaves = s.sectionFlowOut_m3_s;
  const R = s.reachResistance_s2_m5;
  const rise = s.reachRise_m;
  const inverse = s.stubInverse;
  const F = s.stubMemory_m;
  const source = s.source_m3_s;
  for (let p = 0; p < model.nPipe; p++) {
    const first = model.sectionStart[p];
    const last = model.sectionStart[p + 1] - 1;
    const B = model.pipeImpedance_s_m2[p];
    const y = model.pipeConductance_m2_s[p];
    const twice = 2 * B;
    let out = leaves[first];
    let into = arrives[first + 1];
    let mean = 0.5 * (out + into);
    let loss = R[first] * mean * Math.abs(mean) + rise[first];
    let plus = H[first] + B * out - loss;
    let here = H[first + 1];
    ends[2 * p] = here - B * into + loss;
    for (let i = first + 1; i < last; i++) {
      out = leaves[i];
      into = arrives[i + 1];
      mean = 0.5 * (out + into);
      loss = R[i] * mean * Math.abs(mean) + rise[i];
      const next = here + B * out - loss;
      here = H[i + 1];
      const minus = here - B * into + loss;
      const both = plus + minus;
      const memory = F[i];
      const head = (both + memory) * inverse[i];
      F[i] = memory + 2 * (both - 2 * head) + twice * source[i];
      H[i] = head;
      arrives[i] = (plus - head) * y;
      leaves[i] = (head - minus) * y;
      plus = next;
    }
    ends[2 * p + 1] = plus;
  }
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
