/**
 * Friction of gas in pipes: λ is the Darcy factor of  ∂p/∂x = −λ F|F|/(2 D A² ρ).
 *
 *   given    λ
 *   rough    darcyFactor(Re, ε/D) of ../friction.ts: 64/Re, Swamee–Jain, and Dunlop's cubic between
 *   AGA      λ = 4/F²,  F = min( 4 log10(3.7 D/ε),  F_D F_s ),  F_s = 4 log10(Re/(1.4125 F_s))
 *
 * Re = 4|F|/(π D μ), F mass flow [kg/s], μ viscosity [Pa s]; F transmission factor, F_s that of a
 * smooth pipe, F_D drag factor of bends and fittings (0.92 … 0.97).
 * Source of AGA: Uhl et al., Steady Flow in Gas Pipelines (IGT, 1965); Menon (2005) eqs. 2.48 and 2.49: the rough law when it
 * gives the lower transmission factor.
 */
import { darcyFactor, LEAST_REYNOLDS } from '../friction.ts';
import type { GasModel, GasState } from './model.ts';

/** Codes in `pipeFrictionKind`. */
export const GAS_FRICTION = { darcy: 0, roughness: 1, aga: 2 } as const;

/** AGA's Darcy factor; laminar below Re 2000. */
export function agaFactor(reynoldsNumber: number, relativeRoughness: number, dragFactor: number): number {
  const re = Math.max(reynoldsNumber, LEAST_REYNOLDS);
  if (re < 2000) return 64 / re;
  const rough = 4 * Math.log10(3.7 / relativeRoughness);
  let s = 4 * Math.log10(re / 14);
  for (let i = 0; i < 8; i++) {
    const d = (s - 4 * Math.log10(re / (1.4125 * s))) / (1 + 4 / (Math.LN10 * s));
    s -= d;
    if (Math.abs(d) < 1e-13 * s) break;
  }
  const t = Math.min(rough, dragFactor * s);
  return 4 / (t * t);
}

/**
 * Darcy factor λ of a pipe at a mass flow.
 * @param kind GAS_FRICTION code @param parameter λ, or relative roughness ε/D @param dragFactor of AGA
 */
export function gasFactor(kind: number, parameter: number, dragFactor: number, reynoldsNumber: number): number {
  if (kind === GAS_FRICTION.darcy) return parameter;
  if (kind === GAS_FRICTION.roughness) return darcyFactor(reynoldsNumber, parameter);
  return agaFactor(reynoldsNumber, parameter, dragFactor);
}

/** The factor of every face from its present flow. */
export function refreshFriction(model: GasModel, state: GasState): void {
  for (let p = 0; p < model.nPipe; p++) {
    const kind = model.pipeFrictionKind[p];
    const parameter = model.pipeFrictionParameter[p];
    const reynolds = model.pipeDiameter_m[p] / (model.pipeArea_m2[p] * model.gas.viscosity_Pa_s);
    const last = model.faceStart[model.pipeReachStart[p + 1]];
    for (let i = model.faceStart[model.pipeReachStart[p]]; i < last; i++)
      state.faceFriction[i] =
        kind === GAS_FRICTION.darcy
          ? parameter
          : gasFactor(kind, parameter, model.pipeDragFactor[p], reynolds * Math.abs(state.faceFlow_kg_s[i]));
  }
}
