/**
 * The turbulence that puffs and particles share, and what a puff's σ gains in it while it travels.
 *
 *   vertical   K(z) = 0.45 u* z/φ(z/L), φ = 1 + 8 ζ or (1 − 16 ζ)^(−1/2)      eddy diffusivity; forms of Dyer 1974
 *   lateral    σv(z) = max(σθ min(U(z), U_ref), calm), and Lagrangian in t: σy = σv t f_y below
 *
 * Particles solve both: their Λ = K/σw, and their memory across the wind is the sum of LATERAL_TERMS, whose σy by Taylor's
 * (1921) theorem is Draxler's (derived). Puffs have σz from a formula (approximate): test/models/physics/air/
 * consistency.test.ts holds both against the exact solution of U ∂c/∂x = ∂/∂z(K ∂c/∂z) and says how far the Gaussian shape is
 * from it.
 *
 *   lateral    σy = σv t/(1 + 0.9 √(t/300 s))            Draxler 1976, surface source; Irwin 1983 names the factor f_y
 *   vertical   σz = 0.57 q/(1 + 3 r^(1/3) (q/L)^(2/3))   q = u* t, r = u* / U(z̄), stable and neutral
 *              σz = 0.57 q (1 + 1.5 q/|L|)               unstable
 *                                                         Venkatram et al. 2013 for surface releases, with t = x/U(z̄)
 *              σz = √(2/π) u* x/U (1 + 0.7 x/L)^(−1/3), √(2/π) u* x/U (1 + 0.006 (x/L)²)^½   Venkatram 1992 (AERMOD)
 *
 * σv = σθ U: a vane's σθ holds at its height; above it σv stays (Panofsky et al. 1977), below it σv falls with the wind. In a
 * calm both work in time: nothing divides by the wind, and r never exceeds what a logarithmic profile allows.
 * In changing weather a puff keeps its σ: the virtual time at which today's curve has that σ is found in closed form (lateral,
 * unstable) or by Newton (stable), and the curve is followed from there.
 */
/**
 * K's share of u* z lies between the published 0.42 (Högström 1988: κ = 0.40, φ = 0.95) and 0.47 (Businger et al. 1971: κ = 0.35,
 * φ = 0.74). Held against the puffs' σz through the exact solution, 0.48 … 0.54 would fit best (9 %); but the given half of Prairie Grass
 * was looked at with eight sets, 0.42 to 0.50, and the nearest arcs want less. So it is a calibrated number: the withheld half is its test.
 */
const MIXING = 0.45;
const STABLE_SLOPE = 8;
const UNSTABLE_SLOPE = 16;

/** K [m²/s] of the surface layer at a height. */
export function eddyDiffusivity_m2_s(z_m: number, frictionVelocity_m_s: number, inverseObukhov_1_m: number): number {
  const zeta = z_m * inverseObukhov_1_m;
  const stability = zeta < 0 ? Math.sqrt(1 - UNSTABLE_SLOPE * zeta) : 1 / (1 + STABLE_SLOPE * zeta);
  return MIXING * frictionVelocity_m_s * z_m * stability;
}

/** The least σv of a calm [m/s]: small eddies alone. */
export const CALM_SIGMA_V_m_s = 0.1;

/** σv [m/s] where the wind is `speed_m_s`, a vane having measured σθ in a wind of `reference_m_s`. */
export function lateralVelocity_m_s(
  sigmaTheta_rad: number,
  speed_m_s: number,
  reference_m_s: number,
  calm_m_s: number,
): number {
  return Math.max(sigmaTheta_rad * Math.min(speed_m_s, reference_m_s), calm_m_s);
}

/**
 * Draxler's σy as Taylor's: R(τ) = ½ d²(t² f_y²)/dt² as three exponentials, share of σv² and time [s] of each (the third
 * share is what is left of one). Least squares on ln σy over 0.5 … 4000 s; σy comes back within 2.2 % from 0.5 s to 1 h.
 */
export const LATERAL_TERMS = [
  { share: 0.28267, time_s: 1.0633 },
  { share: 0.53185, time_s: 36.789 },
  { share: 0.18548, time_s: 523.77 },
] as const;

const DRAXLER_s = 300;
const DRAXLER = 0.9 / Math.sqrt(DRAXLER_s);
const SLOPE = 0.57;
const UNSTABLE = 1.5;
const STABLE = 3;
/** κ/ln 3: u* / U at the lowest height of a profile. */
export const LARGEST_DRAG = 0.364;

/** Draxler's f_y at a travel time [s]. */
export function lateralFactor(time_s: number): number {
  return 1 / (1 + DRAXLER * Math.sqrt(time_s));
}

/** σy [m] after a travel time, σv [m/s]. */
export function lateralSpread_m(sigmaV_m_s: number, time_s: number): number {
  return sigmaV_m_s * time_s * lateralFactor(time_s);
}

/** ½ d(σy/σv)²/dt [s] after a travel time: how fast the variance of `lateralSpread_m` grows. */
export function lateralGrowth_s(time_s: number): number {
  const a = DRAXLER * Math.sqrt(time_s);
  const f = 1 / (1 + a);
  return time_s * f * f * f * (1 + 0.5 * a);
}

/** The time [s] at which σy is reached: the inverse of `lateralSpread_m` (σv > 0). */
export function lateralTime_s(sigmaV_m_s: number, sigma_m: number): number {
  const b = DRAXLER * sigma_m;
  const root = (b + Math.sqrt(b * b + 4 * sigmaV_m_s * sigma_m)) / (2 * sigmaV_m_s);
  return root * root;
}

/** u* / U, never above what a profile allows; U may be 0. */
export function dragRatio(frictionVelocity_m_s: number, speed_m_s: number): number {
  return frictionVelocity_m_s < LARGEST_DRAG * speed_m_s ? frictionVelocity_m_s / speed_m_s : LARGEST_DRAG;
}

/** σz [m] of a surface release after q = u* t [m] at a drag ratio r = u* / U(z̄) (Venkatram et al. 2013). */
export function verticalSpread_m(q_m: number, dragRatio: number, inverseObukhov_1_m: number): number {
  if (inverseObukhov_1_m <= 0) return SLOPE * q_m * (1 - UNSTABLE * q_m * inverseObukhov_1_m);
  const scaled = Math.cbrt(q_m * inverseObukhov_1_m);
  return (SLOPE * q_m) / (1 + STABLE * Math.cbrt(dragRatio) * scaled * scaled);
}

/** The q = u* t [m] at which σz is reached: the inverse of `verticalSpread_m`, to 10⁻⁹ of it. */
export function verticalTravel_m(sigma_m: number, dragRatio: number, inverseObukhov_1_m: number): number {
  const y = sigma_m / SLOPE;
  if (inverseObukhov_1_m === 0) return y;
  if (inverseObukhov_1_m < 0) return (2 * y) / (1 + Math.sqrt(1 - 4 * UNSTABLE * inverseObukhov_1_m * y));
  // w³ = y (1 + p w²) with w = q^(1/3): Newton from above falls monotonically onto the only root.
  const scale = Math.cbrt(inverseObukhov_1_m);
  const p = y * STABLE * Math.cbrt(dragRatio) * scale * scale;
  let w = p + Math.cbrt(y);
  for (let i = 0; i < 30; i += 1) {
    const step = ((w - p) * w * w - y) / ((3 * w - 2 * p) * w);
    w -= step;
    if (step < 1e-10 * w) break;
  }
  return w * w * w;
}

/**
 * d ln σz/d ln u*, at fixed travel distance: by how much the spread answers to the drag ratio. A growing puff rises into
 * faster wind, so that its q grows more slowly than u* t; this is the share that it loses.
 */
export function dragElasticity(q_m: number, dragRatio: number, inverseObukhov_1_m: number): number {
  if (inverseObukhov_1_m <= 0) {
    const a = -UNSTABLE * q_m * inverseObukhov_1_m;
    return 1 + a / (1 + a);
  }
  const scaled = Math.cbrt(q_m * inverseObukhov_1_m);
  const a = STABLE * Math.cbrt(dragRatio) * scaled * scaled;
  return 1 - a / (1 + a);
}

/** σz [m] of a surface release at a distance with the wind at the plume's mean height (Venkatram 1992, as in AERMOD). */
export function surfaceSpread_m(
  x_m: number,
  frictionVelocity_m_s: number,
  speed_m_s: number,
  inverseObukhov_1_m: number,
): number {
  const near = Math.sqrt(2 / Math.PI) * frictionVelocity_m_s * (x_m / speed_m_s);
  const zeta = x_m * inverseObukhov_1_m;
  return zeta >= 0 ? near / Math.cbrt(1 + 0.7 * zeta) : near * Math.sqrt(1 + 0.006 * zeta * zeta);
}

/** √(2/π): mean height over σ of half a bell standing on the ground. */
const HALF_BELL = Math.sqrt(2 / Math.PI);
const HALF_BELL_CUBED = HALF_BELL ** 3;

/**
 * Cube of the mean height [m³] of a puff at h with σz, folded at the ground: h³ + (σz√(2/π))³, exact at both ends; its root is
 * within 4 % of σz√(2/π) exp(−h²/2σz²) + h erf(h/√2σz) between. The share of its second term is d ln z̄/d ln σz.
 */
export function meanHeightCubed_m3(height_m: number, sigmaZ_m: number): number {
  return height_m * height_m * height_m + HALF_BELL_CUBED * sigmaZ_m * sigmaZ_m * sigmaZ_m;
}

/** d ln z̄/d ln σz where the cube of the mean height is known. */
export function heightElasticity(meanHeightCubed_m3: number, sigmaZ_m: number): number {
  return (HALF_BELL_CUBED * sigmaZ_m * sigmaZ_m * sigmaZ_m) / meanHeightCubed_m3;
}
