/**
 * The order of a tank step, on one screen:
 *
 *   1. lines: what pumps carry, as far as tanks can give it
 *   2. each tank: heat, leaks into its pool, overfill into its pool, vapour
 *   3. each pool, those that run over before those that receive: inflow, spreading, drain, overtopping, soaking, evaporation
 *
 * Nothing is allocated; all that changes is in the state's buffer, so a copied buffer continues bit-identically.
 */
import type { TankFarmModel, TankFarmState } from './model.ts';
import { stepPool } from './pools.ts';
import { moveLines, stepTank } from './tanks.ts';

/** Moves a farm by dt [s], dt > 0. */
export function stepTanks(model: TankFarmModel, state: TankFarmState, dt_s: number): void {
  moveLines(model, state, dt_s);
  for (let t = 0; t < model.nTank; t++) stepTank(model, state, t, dt_s);
  for (let k = 0; k < model.nPool; k++) stepPool(model, state, model.poolOrder[k], dt_s);
  state.steps[0] += 1;
  state.steps[1] += dt_s;
}
