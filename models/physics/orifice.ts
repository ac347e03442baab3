/**
 * Orifices: discharge of a liquid through a hole, and the closed forms that a transient solver must meet.
 *
 *   q = Cd A √(2 g h)                                  discharge, h pressure head across [m]
 *   H = H0 − (a/(2 g A_p)) q                           head at a burst in mid-pipe until the first reflection
 *   with q = c √(H − z):  x² + k c x − (H0 − z) = 0,  x = √(H − z),  k = a/(2 g A_p)
 *
 * Cd discharge coefficient, A area [m²], A_p pipe area [m²], a wave speed [m/s], c = Cd A √(2g) [m^2.5/s].
 * Source: Wylie & Streeter (1993) ch. 3 (characteristics at an orifice); the closed form is their C+ and C− joined.
 */

/** Discharge q [m³/s] of a hole under a pressure head; nothing flows back in. */
export function discharge_m3_s(coefficient: number, area_m2: number, head_m: number, gravity_m_s2: number): number {
  return head_m > 0 ? coefficient * area_m2 * Math.sqrt(2 * gravity_m_s2 * head_m) : 0;
}

/** Area [m²] of a hole that lets `flow_m3_s` out under `head_m`. */
export function orificeArea_m2(flow_m3_s: number, coefficient: number, head_m: number, gravity_m_s2: number): number {
  return head_m > 0 ? flow_m3_s / (coefficient * Math.sqrt(2 * gravity_m_s2 * head_m)) : 0;
}

/** Area [m²] of a round hole. */
export function roundArea_m2(diameter_m: number): number {
  return (Math.PI / 4) * diameter_m * diameter_m;
}

/**
 * Root x = √(H − z) ≥ 0 of S (H − z) + c x = m: a node of conductance S [m²/s] with an opening c [m^2.5/s], where m [m³/s] is
 * the inflow that it would have at H = z. Written so that it does not cancel when c is small or large.
 */
export function rootHead(conductance: number, c: number, inflow: number): number {
  return (2 * inflow) / (c + Math.sqrt(c * c + 4 * conductance * inflow));
}

/** Head H [m] at a sudden burst in the middle of a long pipe, before any reflection. */
export function burstHead_m(
  head0_m: number,
  elevation_m: number,
  emitter: number,
  waveSpeed_m_s: number,
  pipeArea_m2: number,
  gravity_m_s2: number,
): number {
  const conductance = (2 * gravity_m_s2 * pipeArea_m2) / waveSpeed_m_s;
  const x = rootHead(conductance, emitter, conductance * Math.max(0, head0_m - elevation_m));
  return elevation_m + x * x;
}
