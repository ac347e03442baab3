/** Small farms that the tank validations share, and the quadrature that they are held against. */
import {
  compileTankFarm,
  createTankState,
  type ShapeSpec,
  type SubstanceSpec,
  stepTanks,
  type TankFarmModel,
  type TankFarmSpec,
  type TankFarmState,
  type TankSpec,
} from '../../models/physics/tank/index.ts';
import type { ValidationRow } from './table.ts';

/** A named case; its rows are made when called. */
export type TankCase = readonly [name: string, rows: () => readonly ValidationRow[]];

export const G = 9.80665;
/** Reference temperature: table and density hold without correction [K]. */
export const T15 = 288.15;

/** A heavy, quiet liquid without vapour. */
export const OIL: SubstanceSpec = {
  id: 'oil',
  density15_kg_m3: 860,
  expansion: { kind: 'api-54', group: 'crude' },
  heatCapacity_J_kgK: 2000,
  molarMass_kg_mol: 0.2,
};

export const UPRIGHT: ShapeSpec = { kind: 'vertical-cylinder', diameter_m: 10, height_m: 10 };
/** The classic underground tank: 40 m³, 2.5 m across, flat ends. */
export const BURIED: ShapeSpec = { kind: 'horizontal-cylinder', diameter_m: 2.5, length_m: 40 / (Math.PI * 1.5625) };

export interface Farm {
  readonly model: TankFarmModel;
  readonly state: TankFarmState;
}

export function farm(spec: TankFarmSpec): Farm {
  const compiled = compileTankFarm(spec, { gravity_m_s2: G });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  return { model: compiled.value, state: createTankState(compiled.value) };
}

/** One tank of oil. */
export function oneTank(tank: Partial<TankSpec>, rest: Partial<TankFarmSpec> = {}): Farm {
  return farm({
    substances: [OIL],
    tanks: [{ id: 'T', substance: 'oil', shape: UPRIGHT, level_m: 9, temperature_K: T15, ...tank }],
    ...rest,
  });
}

export function run(f: Farm, steps: number, dt_s: number, each?: (step: number) => void): void {
  for (let n = 1; n <= steps; n++) {
    stepTanks(f.model, f.state, dt_s);
    each?.(n);
  }
}

/** ∫ f from a to b by Simpson's rule on 2·n intervals. */
export function integral(f: (x: number) => number, a: number, b: number, n = 2000): number {
  const h = (b - a) / (2 * n);
  let sum = f(a) + f(b);
  for (let i = 1; i < 2 * n; i++) sum += f(a + i * h) * (i % 2 === 1 ? 4 : 2);
  return (sum * h) / 3;
}

/** Root of a rising f between low and high. */
export function root(f: (x: number) => number, low: number, high: number): number {
  let a = low;
  let b = high;
  for (let i = 0; i < 200; i++) {
    const m = (a + b) / 2;
    if (f(m) < 0) a = m;
    else b = m;
  }
  return (a + b) / 2;
}
