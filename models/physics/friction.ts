/**
 * Friction in pipes.
 *
 *   h = f (L/D) V²/(2g)                                              Darcy–Weisbach
 *   f = 64/Re                              Re ≤ 2000                 Hagen–Poiseuille
 *   f = 0.25 / log10(ε/(3.7 D) + 5.74/Re^0.9)²   Re ≥ 4000           Swamee & Jain 1976
 *   cubic in Re/2000 between, continuous in value and slope          Dunlop 1991, as in the EPANET 2.2 manual §12.1
 *   1/√f = −2 log10(ε/(3.7 D) + 2.51/(Re √f))                        Colebrook 1939
 *   f = (−1.8 log10(6.9/Re + KD))⁻²                                  Haaland 1983, with the roughness term KD given
 *   h = 10.667 L Q^1.852 / (C^1.852 D^4.871)                         Hazen–Williams (EPANET's constant, SI)
 *   h = 10.294 n² L Q² / D^(16/3)                                    Manning, full round pipe
 *
 * f Darcy factor; ε sand roughness [m]; D [m]; V [m/s]; Q [m³/s]; L [m]; C, n tabulated coefficients.
 * Below `LEAST_REYNOLDS` factors stay at that Reynolds number's: the loss there is far below a millimetre, and an unbounded
 * factor would make an explicit step unstable when a still pipe starts to flow between two refreshes.
 */
import { FRICTION } from './model.ts';

export const LEAST_REYNOLDS = 100;
/** Velocity [m/s] below which the velocity-dependent Hazen–Williams factor is held. */
const LEAST_VELOCITY = 1e-3;

/** EPANET's 4.727 (feet, cubic feet per second) in SI. */
export const HAZEN_WILLIAMS = 4.727 * 0.3048 ** 4.871 * 0.3048 ** (-3 * 1.852);
const MANNING = 4 ** (10 / 3) / Math.PI ** 2;

/** Laminar, transition and turbulent factor from relative roughness ε/D. */
export function darcyFactor(reynoldsNumber: number, relativeRoughness: number): number {
  const re = Math.max(reynoldsNumber, LEAST_REYNOLDS);
  if (re <= 2000) return 64 / re;
  if (re >= 4000) return swameeJain(re, relativeRoughness);
  return dunlop(re, relativeRoughness);
}

/** Swamee & Jain's explicit factor, meant for 5e3 < Re < 1e8 and 1e-6 < ε/D < 1e-2: within about 1 % (3 % at the rim) of Colebrook. */
export function swameeJain(reynoldsNumber: number, relativeRoughness: number): number {
  const y = Math.log10(relativeRoughness / 3.7 + 5.74 / reynoldsNumber ** 0.9);
  return 0.25 / (y * y);
}

/** Colebrook–White by Newton on x = 1/√f; converges to rounding in a few iterations. */
export function colebrook(reynoldsNumber: number, relativeRoughness: number): number {
  const a = relativeRoughness / 3.7;
  const b = 2.51 / reynoldsNumber;
  let x = 1 / Math.sqrt(swameeJain(reynoldsNumber, relativeRoughness));
  for (let k = 0; k < 12; k++) {
    const s = a + b * x;
    const r = x + 2 * Math.log10(s);
    const dx = r / (1 + (2 * b) / (Math.LN10 * s));
    x -= dx;
    if (Math.abs(dx) < 1e-14 * x) break;
  }
  return 1 / (x * x);
}

/** Haaland's factor with a given roughness term KD; no laminar branch. */
export function haaland(reynoldsNumber: number, roughnessTerm: number): number {
  const y = -1.8 * Math.log10(6.9 / Math.max(reynoldsNumber, LEAST_REYNOLDS) + roughnessTerm);
  return 1 / (y * y);
}

/** Hazen–Williams head loss [m] of a pipe; odd in the flow. */
export function hazenWilliamsLoss_m(
  flow_m3_s: number,
  coefficient: number,
  length_m: number,
  diameter_m: number,
): number {
  const q = Math.abs(flow_m3_s);
  return (
    Math.sign(flow_m3_s) * ((HAZEN_WILLIAMS * length_m * q ** 1.852) / (coefficient ** 1.852 * diameter_m ** 4.871))
  );
}

/**
 * The Darcy factor that a pipe's friction law gives at a velocity.
 * @param kind FRICTION code @param parameter f, ε [m], C, n or KD by kind @param gravity_m_s2 turns the empirical laws into f
 */
export function factorOf(
  kind: number,
  parameter: number,
  velocity_m_s: number,
  diameter_m: number,
  kinematicViscosity_m2_s: number,
  gravity_m_s2: number,
): number {
  const v = Math.abs(velocity_m_s);
  switch (kind) {
    case FRICTION.darcy:
      return parameter;
    case FRICTION.roughness:
      return darcyFactor((v * diameter_m) / kinematicViscosity_m2_s, parameter / diameter_m);
    case FRICTION.hazenWilliams: {
      const held = Math.max(v, LEAST_VELOCITY);
      const area = (Math.PI / 4) * diameter_m * diameter_m;
      const scale = HAZEN_WILLIAMS * area ** 1.852 * 2 * gravity_m_s2;
      return (scale * held ** -0.148) / (parameter ** 1.852 * diameter_m ** 3.871);
    }
    case FRICTION.manning:
      return (MANNING * parameter * parameter * 2 * gravity_m_s2 * (Math.PI / 4) ** 2) / Math.cbrt(diameter_m);
    default:
      return haaland((v * diameter_m) / kinematicViscosity_m2_s, parameter);
  }
}

/** Dunlop's cubic between Re 2000 and 4000: meets 64/Re and Swamee–Jain in value and slope. */
function dunlop(re: number, relativeRoughness: number): number {
  const y2 = relativeRoughness / 3.7 + 5.74 / 4000 ** 0.9;
  const y3 = -0.868588963806504 * Math.log(y2);
  const fa = 1 / (y3 * y3);
  const fb = fa * (2 - 0.00514215 / (y2 * y3));
  const r = re / 2000;
  const x1 = 7 * fa - fb;
  const x2 = 0.128 - 17 * fa + 2.5 * fb;
  const x3 = -0.128 + 13 * fa - 2 * fb;
  const x4 = r * (0.032 - 3 * fa + 0.5 * fb);
  return x1 + r * (x2 + r * (x3 + x4));
}
