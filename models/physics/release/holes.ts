/**
 * How large leaks of fittings are.
 *
 * Flanges, small-bore connections, packings, seals and relief valves: IEC 60079-10-1:2015 table B.1, hole cross-sections in mm²
 * for an opening that does not grow, for one that may (erosion), and for severe failure; where the table gives a range its
 * geometric mean stands here. A blown-out flange gasket opens between two bolts: sector × thickness, at least 1 mm (fibre) or
 * 0.5 mm (spiral wound). Hoses of road tankers: 5 mm, 15 mm, guillotine (full bore): HSE, Failure Rate and Event Data for use
 * within Risk Assessments (2012), item FR 1.2.3.
 */

/** How bad a leak is. */
export type Severity = 'steady' | 'eroding' | 'severe';
export type Fitting =
  | 'flange-fibre'
  | 'flange-spiral'
  | 'ring-joint'
  | 'small-bore'
  | 'valve-packing'
  | 'pump-seal'
  | 'tanker-hose';

const MM2 = 1e-6;
const mean = (low: number, high: number) => Math.sqrt(low * high) * MM2;
const circle = (diameter_m: number) => (Math.PI / 4) * diameter_m ** 2;

/** Areas [m²]; undefined: by the size of the fitting, see `fittingArea_m2`. */
const AREAS: Readonly<Record<Fitting, Readonly<Record<Severity, number | undefined>>>> = {
  'flange-fibre': { steady: mean(0.025, 0.25), eroding: mean(0.25, 2.5), severe: undefined },
  'flange-spiral': { steady: 0.025 * MM2, eroding: 0.25 * MM2, severe: undefined },
  'ring-joint': { steady: 0.1 * MM2, eroding: 0.25 * MM2, severe: 0.5 * MM2 },
  'small-bore': { steady: mean(0.025, 0.1), eroding: mean(0.1, 0.25), severe: 1 * MM2 },
  'valve-packing': { steady: 0.25 * MM2, eroding: 2.5 * MM2, severe: 2.5 * MM2 },
  // The table has no steady leak of a moving seal: the least of its range stands in.
  'pump-seal': { steady: 1 * MM2, eroding: mean(1, 5), severe: 5 * MM2 },
  'tanker-hose': { steady: circle(0.005), eroding: circle(0.015), severe: undefined },
};
const GASKET_M = { 'flange-fibre': 1e-3, 'flange-spiral': 0.5e-3 } as const;

/**
 * Area of a leak [m²]. `bore_m` is the bore of the hose, or of the flange, whose gasket sits on a circle 1.2 times as wide with
 * `bolts` bolts (default 8); only severe leaks of these ask for it.
 */
export function fittingArea_m2(fitting: Fitting, severity: Severity, bore_m: number, bolts = 8): number {
  const area = AREAS[fitting][severity];
  if (area !== undefined) return area;
  if (fitting === 'flange-fibre' || fitting === 'flange-spiral')
    return ((Math.PI * 1.2 * bore_m) / bolts) * GASKET_M[fitting];
  return circle(bore_m);
}
