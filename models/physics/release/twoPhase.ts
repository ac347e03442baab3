/**
 * Flashing releases of liquefied gas: Leung's omega method (homogeneous equilibrium) and Fauske's equilibrium-rate model.
 *
 *   ω = x v_vl/v_0 + (c_l T_0 P_s/v_0)(v_vl/h_vl)²                      saturated inlet with quality x, v_0 of the mixture
 *   ω_s = c_l T_0 P_s ρ_l (v_vl/h_vl)²                                  liquid inlet, η_s = P_s/P_0 ≤ 1
 *   G = √(P_0 ρ_0) √(2 (1 − η_s) + 2 [ω η_s ln(η_s/η) − (ω − 1)(η_s − η)])/(ω (η_s/η − 1) + 1),  η = P/P_0 < η_s
 *   chokes where G is greatest; limits: ω → 0  √(2 ρ (P_0 − P)),  saturated and ω = 1  η √(−2 ln η) √(P_0 ρ_0), η_c = e^−½
 *   highly subcooled, η_s < 2 ω_s/(1 + 2 ω_s):  flashes in the throat, G = √(2 ρ_l (P_0 − P_s))
 *   Fauske  G = √(2 ρ_l (P_0 − P_s) + G_e²/N),  G_e = (h_vl/v_vl)/√(T_0 c_l),
 *           N_0 = G_e²/(2 ρ_l (P_s − P_b)),  N = N_0 + (1 − N_0) L/L_e to L_e = 0.1 m: the plain orifice at L = 0, equilibrium at L_e
 *   flash   x = 1 − exp(−c_l (T_0 − T_b)/h_vl)                           isenthalpic, latent heat as it falls; ≈ c_l ΔT/h_vl
 *
 * G mass flux [kg/(m² s)] before the discharge coefficient, v_vl = v_v − v_l, h_vl latent heat, c_l heat capacity of the
 * liquid, all at the inlet; L length of the passage. Where N_0 > 1 the orifice is the lesser and L changes nothing.
 * Fauske's own N = N_0 + 10 L is the same but for the (1 − N_0), which makes it meet 1 at L_e.
 * Source: J. C. Leung, AIChE J. 32 (1986) 1743; J. C. Leung, M. A. Grolmes, AIChE J. 34 (1988) 524 (subcooled); H. K. Fauske,
 * Plant/Operations Prog. 4 (1985) 132; TNO Yellow Book CPR 14E (2005), chapter 2 (flash).
 */

/** The liquid or mixture before the hole. */
export interface FlashingInlet {
  readonly pressure_Pa: number;
  /** At the inlet's temperature, at most the pressure [Pa]. */
  readonly saturationPressure_Pa: number;
  readonly temperature_K: number;
  readonly liquidDensity_kg_m3: number;
  readonly vapourDensity_kg_m3: number;
  readonly latentHeat_J_kg: number;
  readonly liquidHeatCapacity_J_kgK: number;
  /** Mass share that is vapour already, default 0; only of a saturated inlet. */
  readonly quality?: number;
}

/** ω of an inlet (ω_s where it is subcooled). */
export function omega(inlet: FlashingInlet): number {
  const vl = 1 / inlet.liquidDensity_kg_m3;
  const change = 1 / inlet.vapourDensity_kg_m3 - vl;
  const x = inlet.quality ?? 0;
  const v = vl + x * change;
  const flash = (change / inlet.latentHeat_J_kg) ** 2;
  return (
    (x * change) / v + (inlet.liquidHeatCapacity_J_kgK * inlet.temperature_K * inlet.saturationPressure_Pa * flash) / v
  );
}

/** G/√(P_0 ρ_0) at a pressure ratio η < η_s; ω, η_s as above. */
export function omegaFlux(w: number, saturationRatio: number, ratio: number): number {
  const s = saturationRatio;
  const rise = w * s * Math.log(s / ratio) - (w - 1) * (s - ratio);
  return Math.sqrt(Math.max(0, 2 * (1 - s) + 2 * rise)) / (w * (s / ratio - 1) + 1);
}

/** The η at which `omegaFlux` is greatest: golden section on (0, η_s), exact to 1e-9. */
export function criticalRatio(w: number, saturationRatio: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = 1e-9;
  let high = saturationRatio;
  for (let k = 0; k < 60; k++) {
    const a = high - golden * (high - low);
    const b = low + golden * (high - low);
    if (omegaFlux(w, saturationRatio, a) < omegaFlux(w, saturationRatio, b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

export interface FlashingFlow {
  /** Before the discharge coefficient [kg/(m² s)]. */
  readonly flux_kg_m2s: number;
  /** Pressure in the throat [Pa]. */
  readonly throatPressure_Pa: number;
  readonly choked: boolean;
}

/** Mass flux by Leung's omega method; 0 without overpressure. */
export function leungFlux(inlet: FlashingInlet, backPressure_Pa: number): FlashingFlow {
  const p = inlet.pressure_Pa;
  const none = { flux_kg_m2s: 0, throatPressure_Pa: p, choked: false };
  if (!(p > backPressure_Pa)) return none;
  const vl = 1 / inlet.liquidDensity_kg_m3;
  const density = 1 / (vl + (inlet.quality ?? 0) * (1 / inlet.vapourDensity_kg_m3 - vl));
  const s = Math.min(1, inlet.saturationPressure_Pa / p);
  const w = omega(inlet);
  const scale = Math.sqrt(p * density);
  const back = backPressure_Pa / p;
  const liquid = (throat: number, choked: boolean) => ({
    flux_kg_m2s: scale * Math.sqrt(2 * (1 - throat)),
    throatPressure_Pa: throat * p,
    choked,
  });
  // Nothing boils before the outside, or it boils in the throat itself.
  if (back >= s) return liquid(back, false);
  if (s < (2 * w) / (1 + 2 * w)) return liquid(s, true);
  const critical = criticalRatio(w, s);
  const throat = Math.max(critical, back);
  return { flux_kg_m2s: scale * omegaFlux(w, s, throat), throatPressure_Pa: throat * p, choked: critical >= back };
}

/** Passages from here on are long enough for equilibrium [m]. */
const EQUILIBRIUM_M = 0.1;

/** Mass flux by Fauske's equilibrium-rate model [kg/(m² s)], for a passage of a length [m] (0: a sharp hole). */
export function fauskeFlux(inlet: FlashingInlet, backPressure_Pa: number, length_m: number): number {
  const { latentHeat_J_kg: h, liquidDensity_kg_m3: rho } = inlet;
  const over = inlet.pressure_Pa - backPressure_Pa;
  if (!(over > 0)) return 0;
  if (inlet.saturationPressure_Pa <= backPressure_Pa) return Math.sqrt(2 * rho * over);
  const change = 1 / inlet.vapourDensity_kg_m3 - 1 / rho;
  const heat = inlet.temperature_K * inlet.liquidHeatCapacity_J_kgK;
  const flashing = (h / change) ** 2 / heat;
  const drop = Math.max(0, inlet.pressure_Pa - inlet.saturationPressure_Pa);
  const boiling = inlet.saturationPressure_Pa - backPressure_Pa;
  const start = h ** 2 / (2 * boiling * rho * change ** 2 * heat);
  const share = Math.min(1, length_m / EQUILIBRIUM_M);
  // N runs from the plain orifice to 1 (where the orifice is not the lesser of both anyway).
  const n = start < 1 ? start + (1 - start) * share : start;
  return Math.sqrt(2 * rho * drop + flashing / n);
}

/** Share of a liquid that turns to vapour on coming down to its boiling point. */
export function flashFraction(
  temperature_K: number,
  boilingPoint_K: number,
  liquidHeatCapacity_J_kgK: number,
  latentHeat_J_kg: number,
): number {
  const superheat = temperature_K - boilingPoint_K;
  return superheat > 0 ? -Math.expm1((-liquidHeatCapacity_J_kgK * superheat) / latentHeat_J_kg) : 0;
}
