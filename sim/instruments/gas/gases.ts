/**
 * What detectors see of each gas. Lower explosive limits by volume: methane and propane as IEC has them (4.4, 1.7), hydrogen
 * 4.0; others from the NIOSH Pocket Guide to Chemical Hazards, of gasoline's and crude oil's vapours those of gasoline.
 * `bonds` counts C–H bonds per molecule: the absorption at 3.4 µm goes with it, roughly. `photo` is the response of a
 * 10.6 eV lamp per that to isobutylene, as makers' tables have it (inverse correction factor, rounded); 0: not ionised.
 * Mixtures stand for the vapour over a fresh product.
 */
export interface Gas {
  readonly id: string;
  readonly molarMass_kg_mol: number;
  /** By volume; undefined: does not burn. */
  readonly lowerLimit: number | undefined;
  readonly bonds: number;
  readonly photo: number;
}

const gas = (
  id: string,
  molarMass_kg_mol: number,
  lowerLimit: number | undefined,
  bonds: number,
  photo: number,
): Gas => ({
  id,
  molarMass_kg_mol,
  lowerLimit,
  bonds,
  photo,
});

export const GASES: Readonly<Record<string, Gas>> = Object.fromEntries(
  [
    gas('methane', 0.016043, 0.044, 4, 0),
    gas('ethane', 0.03007, 0.03, 6, 0),
    gas('propane', 0.044096, 0.017, 8, 0),
    gas('butane', 0.058122, 0.016, 10, 0.015),
    gas('hexane', 0.08618, 0.011, 14, 0.23),
    gas('benzene', 0.07811, 0.012, 6, 1.9),
    gas('toluene', 0.09214, 0.011, 8, 2),
    gas('ethanol', 0.04607, 0.033, 5, 0.1),
    gas('gasoline', 0.066, 0.014, 11, 1.1),
    gas('crude', 0.05, 0.014, 9, 0.8),
    gas('diesel', 0.13, 0.006, 20, 1.2),
    gas('hydrogen', 0.002016, 0.04, 0, 0),
    gas('hydrogen-sulphide', 0.034081, 0.04, 0, 0.3),
    gas('chlorine', 0.070906, undefined, 0, 0),
    gas('ammonia', 0.017031, 0.15, 0, 0.1),
    gas('xylene', 0.10617, 0.009, 10, 2.3),
    gas('carbon-monoxide', 0.02801, 0.125, 0, 0),
    gas('nitrogen-dioxide', 0.046006, undefined, 0, 0),
  ].map((g) => [g.id, g]),
);
