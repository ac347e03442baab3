/**
 * An excavator's tooth against a pipe: does it go through, and how large a hole does it leave?
 *
 *   resistance   R = (1.17 − 0.0029 D/t) (l + w) t σu      semi-empirical puncture model of Driver & Zimmerman (1998), as the EPRG
 *                                                          and Driver & Playdon (1997) give it: N, with D/t, tooth l × w [mm],
 *                                                          wall t [mm], tensile strength σu [MPa]
 *   force        F = 14.2 W^0.928 [kN], machine W [t]      the largest digging force of excavators by mass (Driver & Playdon 1997 give
 *                                                          14.2 W^0.928), times a factor of how it strikes
 *   energy       E = F·δ ⇒ F = E/δ with the tooth's path δ through wall and dent, where the blow's energy is stated instead
 *   hole         the tooth's own section l × w where F > R, and more of it the deeper it goes: area = l w min(1, F/R − 1), so a
 *                blow just at the resistance leaves a slit and twice the resistance the whole tooth
 *
 * D/t is held below 250, beyond which the formula leaves its data. The law of the area is ours: the papers say when, not how
 * large. Units SI outside, those of the formulas inside.
 */
export interface PipeWall {
  readonly diameter_m: number;
  readonly wall_m: number;
  /** Ultimate tensile strength [Pa]. */
  readonly strength_Pa: number;
}

export interface Tooth {
  readonly length_m: number;
  readonly width_m: number;
}

/** The force that a wall withstands [N]. */
export function punctureResistance_N(pipe: PipeWall, tooth: Tooth): number {
  const slender = Math.min(250, pipe.diameter_m / pipe.wall_m);
  return (1.17 - 0.0029 * slender) * (tooth.length_m + tooth.width_m) * pipe.wall_m * pipe.strength_Pa;
}

/** The largest digging force of a machine [N]; `mass_kg` of it. */
export function diggingForce_N(mass_kg: number): number {
  return 14.2e3 * (mass_kg / 1000) ** 0.928;
}

export interface Blow {
  readonly energy_J: number;
  /** The tooth's path while it is stopped [m]; 0.1 if absent. */
  readonly path_m?: number;
}

/** The area that a blow opens [m²]; 0 where the wall withstands it. */
export function blowArea_m2(blow: Blow, pipe: PipeWall, tooth: Tooth): number {
  const force = blow.energy_J / (blow.path_m ?? 0.1);
  const over = force / punctureResistance_N(pipe, tooth) - 1;
  return tooth.length_m * tooth.width_m * Math.min(1, Math.max(0, over));
}
