/** The lift station as it ships, and variations of it. */
import { fileURLToPath } from 'node:url';
import { unwrap } from '../../models/contract/index.ts';
import { massBalanceError_m3 } from '../../models/physics/index.ts';
import { asLiquid, type LiquidSpec, readPlant, type LiquidSim as Sim } from '../../sim/index.ts';
import type { PlantDraft } from './line.ts';

export function liftStation(change: (spec: PlantDraft) => void = () => {}, name = 'lift-station'): LiquidSpec {
  const path = fileURLToPath(new URL(`../../models/plants/${name}.yaml`, import.meta.url));
  const spec = structuredClone(asLiquid(unwrap(readPlant(path)).value)) as PlantDraft;
  change(spec);
  return spec as LiquidSpec;
}

/** The wet well is kept at its level, and nothing switches the pumps. */
export function held(spec: PlantDraft): void {
  delete spec.tanks[0]!.inflow;
  spec.tanks[0]!['hold-level-over'] = 1800;
  spec['level-switches'] = [];
}

/** All free gas in the rising main [m³]. */
export function gas_m3(sim: Sim): number {
  const { sectionCavity_m3, nodeCavity_m3 } = sim.physics.state.network.gas;
  let sum = 0;
  for (let i = 0; i < sectionCavity_m3.length; i += 1) sum += sectionCavity_m3[i]!;
  for (let i = 0; i < nodeCavity_m3.length; i += 1) sum += nodeCavity_m3[i]!;
  return sum;
}

/** What the plant's mass balance is open by [m³]. */
export function defect_m3(sim: Sim): number {
  const { model, state } = sim.physics;
  return massBalanceError_m3(model.network, state.network) + state.receipt_m3.reduce((s, v) => s + v, 0);
}

export function pumpSpeeds(sim: Sim): [number, number] {
  const { model, state } = sim.physics;
  return [state.network.pumpSpeed[model.pumpLink[0]!]!, state.network.pumpSpeed[model.pumpLink[1]!]!];
}
