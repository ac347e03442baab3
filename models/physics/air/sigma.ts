/**
 * Spreads of plumes and puffs by Pasquill class and distance: the published tables, each under its own name, because two sets
 * differ by tens of per cent and a worked example is reproduced by its own set only.
 *
 *   briggs-rural, briggs-urban   σ = a x (1 + b x)^p           Briggs 1973 with Griffiths' 1994 corrections; CCPS 1999 prints
 *                                                              the same under "rural" and "urban"
 *   isc3-rural                   σy = 465.11628 x tan(c − d ln x), σz = a x^b, x in km        EPA-454/B-95-003b, tables 1-1, 1-2
 *   tno                          σy = a x^b, σz = c x^d        Yellow Book CPR 14E 2005, table 4.8 (z0 = 0.1 m, 10 min)
 *   turner                       σy = a x^b, σz by ranges      Turner 1970 as fitted in Lees 1996
 *   seinfeld                     σy = δ x^0.9 (t/600)^0.2      Spicer & Havens 1989 (DEGADIS); σz = δ x^β exp(γ ln² x)
 *                                                              Seinfeld 1986
 * and for puffs: slade (σx = σy = a x^b, σz = c x^d; Slade 1968, in CCPS 1999) and tno (σx = 0.13 x, σy half of a plume's).
 * Distances and spreads in metres.
 */
import type { PasquillClass } from './surfaceLayer.ts';

type Table<T> = Readonly<Record<PasquillClass, T>>;

export interface PlumeSigmas {
  readonly source: string;
  y(stability: PasquillClass, x_m: number, averaging_s?: number): number;
  z(stability: PasquillClass, x_m: number): number;
}

export interface PuffSigmas {
  readonly source: string;
  x(stability: PasquillClass, x_m: number): number;
  y(stability: PasquillClass, x_m: number): number;
  z(stability: PasquillClass, x_m: number): number;
}

/** a x (1 + b x)^p. */
type Briggs = readonly [a: number, b: number, p: number];
const briggs = ([a, b, p]: Briggs, x: number) => a * x * (1 + b * x) ** p;

const RURAL_Y: Table<number> = { A: 0.22, B: 0.16, C: 0.11, D: 0.08, E: 0.06, F: 0.04 };
const RURAL_Z: Table<Briggs> = {
  A: [0.2, 0, 1],
  B: [0.12, 0, 1],
  C: [0.08, 0.0002, -0.5],
  D: [0.06, 0.0015, -0.5],
  E: [0.03, 0.0003, -1],
  F: [0.016, 0.0003, -1],
};
const URBAN_Y: Table<number> = { A: 0.32, B: 0.32, C: 0.22, D: 0.16, E: 0.11, F: 0.11 };
const URBAN_Z: Table<Briggs> = {
  A: [0.24, 0.001, 0.5],
  B: [0.24, 0.001, 0.5],
  C: [0.2, 0, 1],
  D: [0.14, 0.0003, -0.5],
  E: [0.08, 0.0015, -0.5],
  F: [0.08, 0.0015, -0.5],
};

const ISC3_Y: Table<readonly [c: number, d: number]> = {
  A: [24.167, 2.5334],
  B: [18.333, 1.8096],
  C: [12.5, 1.0857],
  D: [8.333, 0.72382],
  E: [6.25, 0.54287],
  F: [4.1667, 0.36191],
};
/** Up to a distance [km]: σz = a x^b. */
type Ranges = readonly (readonly [upTo_km: number, a: number, b: number])[];
const FAR = Number.POSITIVE_INFINITY;
const ISC3_Z: Table<Ranges> = {
  A: [
    [0.1, 122.8, 0.9447],
    [0.15, 158.08, 1.0542],
    [0.2, 170.22, 1.0932],
    [0.25, 179.52, 1.1262],
    [0.3, 217.41, 1.2644],
    [0.4, 258.89, 1.4094],
    [0.5, 346.75, 1.7283],
    [FAR, 453.85, 2.1166],
  ],
  B: [
    [0.2, 90.673, 0.93198],
    [0.4, 98.483, 0.98332],
    [FAR, 109.3, 1.0971],
  ],
  C: [[FAR, 61.141, 0.91465]],
  D: [
    [0.3, 34.459, 0.86974],
    [1, 32.093, 0.81066],
    [3, 32.093, 0.64403],
    [10, 33.504, 0.60486],
    [30, 36.65, 0.56589],
    [FAR, 44.053, 0.51179],
  ],
  E: [
    [0.1, 24.26, 0.8366],
    [0.3, 23.331, 0.81956],
    [1, 21.628, 0.7566],
    [2, 21.628, 0.63077],
    [4, 22.534, 0.57154],
    [10, 24.703, 0.50527],
    [20, 26.97, 0.46713],
    [40, 35.42, 0.37615],
    [FAR, 47.618, 0.29592],
  ],
  F: [
    [0.2, 15.209, 0.81558],
    [0.7, 14.457, 0.78407],
    [1, 13.953, 0.68465],
    [2, 13.953, 0.63227],
    [3, 14.823, 0.54503],
    [7, 16.187, 0.4649],
    [15, 17.836, 0.41507],
    [30, 22.651, 0.32681],
    [60, 27.074, 0.27436],
    [FAR, 34.219, 0.21716],
  ],
};
/** EPA's cap on σz of classes A to C [m]. */
const ISC3_CAP_m = 5000;
/** Degrees to radians as EPA prints it: the last digits of its tables depend on it. */
const ISC3_DEGREE = 0.017453293;

type Power = readonly [a: number, b: number];
const power = ([a, b]: Power, x: number) => a * x ** b;
const TNO_Y: Table<Power> = {
  A: [0.527, 0.865],
  B: [0.371, 0.866],
  C: [0.209, 0.897],
  D: [0.128, 0.905],
  E: [0.098, 0.902],
  F: [0.065, 0.902],
};
const TNO_Z: Table<Power> = {
  A: [0.28, 0.9],
  B: [0.23, 0.85],
  C: [0.22, 0.8],
  D: [0.2, 0.76],
  E: [0.15, 0.73],
  F: [0.12, 0.67],
};

const TURNER_Y: Table<Power> = {
  A: [0.493, 0.88],
  B: [0.337, 0.88],
  C: [0.195, 0.9],
  D: [0.128, 0.9],
  E: [0.091, 0.91],
  F: [0.067, 0.9],
};
/** Near: σz = a x^b up to a distance [m]; beyond: log10 σz = c0 + c1 log10 x + c2 (log10 x)². */
const TURNER_Z: Table<{ upTo_m: number; near: Power; far: readonly [number, number, number] }> = {
  A: { upTo_m: 300, near: [0.087, 1.1], far: [-1.67, 0.902, 0.181] },
  B: { upTo_m: 500, near: [0.135, 0.95], far: [-1.25, 1.09, 0.0018] },
  C: { upTo_m: FAR, near: [0.112, 0.91], far: [0, 0, 0] },
  D: { upTo_m: 500, near: [0.093, 0.85], far: [-1.22, 1.08, -0.061] },
  E: { upTo_m: 500, near: [0.082, 0.82], far: [-1.18, 1.04, -0.07] },
  F: { upTo_m: 500, near: [0.057, 0.8], far: [-1.91, 1.37, -0.119] },
};

/** δ and the shortest averaging time that still widens the plume [s]. */
const DEGADIS_Y: Table<readonly [delta: number, least_s: number]> = {
  A: [0.423, 18.4],
  B: [0.313, 18.4],
  C: [0.21, 18.4],
  D: [0.136, 18.3],
  E: [0.102, 11.4],
  F: [0.0674, 4.6],
};
const SEINFELD_Z: Table<readonly [delta: number, beta: number, gamma: number]> = {
  A: [107.7, -1.7172, 0.277],
  B: [0.1355, 0.8752, 0.0136],
  C: [0.09623, 0.9477, -0.002],
  D: [0.04134, 1.1737, -0.0316],
  E: [0.02275, 1.301, -0.045],
  F: [0.01122, 1.4024, -0.054],
};

const SLADE_Y: Table<Power> = {
  A: [0.18, 0.92],
  B: [0.14, 0.92],
  C: [0.1, 0.92],
  D: [0.06, 0.92],
  E: [0.04, 0.92],
  F: [0.02, 0.89],
};
const SLADE_Z: Table<Power> = {
  A: [0.6, 0.75],
  B: [0.53, 0.73],
  C: [0.34, 0.71],
  D: [0.15, 0.7],
  E: [0.1, 0.65],
  F: [0.05, 0.61],
};

export const PLUME_SIGMAS = {
  'briggs-rural': {
    source: 'Briggs 1973, rural (= CCPS 1999)',
    y: (c, x) => briggs([RURAL_Y[c], 0.0001, -0.5], x),
    z: (c, x) => briggs(RURAL_Z[c], x),
  },
  'briggs-urban': {
    source: 'Briggs 1973, urban (= CCPS 1999)',
    y: (c, x) => briggs([URBAN_Y[c], 0.0004, -0.5], x),
    z: (c, x) => briggs(URBAN_Z[c], x),
  },
  'isc3-rural': {
    source: 'EPA-454/B-95-003b',
    y: (c, x) => {
      const [angle, slope] = ISC3_Y[c];
      return 465.11628 * (x / 1000) * Math.tan(ISC3_DEGREE * (angle - slope * Math.log(x / 1000)));
    },
    z: (c, x) => {
      const km = x / 1000;
      const [, a, b] = ISC3_Z[c].find(([upTo]) => km <= upTo)!;
      return c <= 'C' ? Math.min(a * km ** b, ISC3_CAP_m) : a * km ** b;
    },
  },
  tno: { source: 'CPR 14E 2005', y: (c, x) => power(TNO_Y[c], x), z: (c, x) => power(TNO_Z[c], x) },
  turner: {
    source: 'Turner 1970',
    y: (c, x) => power(TURNER_Y[c], x),
    z: (c, x) => {
      const { upTo_m, near, far } = TURNER_Z[c];
      if (x <= upTo_m) return power(near, x);
      const log = Math.log10(x);
      return 10 ** (far[0] + far[1] * log + far[2] * log * log);
    },
  },
  seinfeld: {
    source: 'Seinfeld 1986, Spicer & Havens 1989',
    y: (c, x, averaging_s = 600) => {
      const [delta, least_s] = DEGADIS_Y[c];
      return delta * (Math.max(averaging_s, least_s) / 600) ** 0.2 * x ** 0.9;
    },
    z: (c, x) => {
      const [delta, beta, gamma] = SEINFELD_Z[c];
      return delta * x ** beta * Math.exp(gamma * Math.log(x) ** 2);
    },
  },
} as const satisfies Readonly<Record<string, PlumeSigmas>>;
export type PlumeSigmaSet = keyof typeof PLUME_SIGMAS;

export const PUFF_SIGMAS = {
  slade: {
    source: 'Slade 1968 (= CCPS 1999)',
    x: (c, x) => power(SLADE_Y[c], x),
    y: (c, x) => power(SLADE_Y[c], x),
    z: (c, x) => power(SLADE_Z[c], x),
  },
  tno: {
    source: 'CPR 14E 2005',
    x: (_, x) => 0.13 * x,
    y: (c, x) => 0.5 * power(TNO_Y[c], x),
    z: (c, x) => TNO_Z[c][0] * x,
  },
} as const satisfies Readonly<Record<string, PuffSigmas>>;
export type PuffSigmaSet = keyof typeof PUFF_SIGMAS;
