/** The door of the engine: scenarios read, bound to a plant, drawn and played. */
export { type BoundScenario, bindScenario } from './bind.ts';
export { type EngineOptions, ScenarioEngine } from './engine.ts';
export { type Settings, variantName } from './include.ts';
export { scenarioKeys } from './keys.ts';
export { type PlantContext, type PlantContexts, plantContext, readPlantContext } from './plant.ts';
export { type Draw, type ResolvedScenario, resolveScenario } from './resolve.ts';
export {
  combinations,
  type LocatedScenario,
  parseScenario,
  readScenario,
  type ScenarioSpec,
  scenarioSchema,
  variantsOf,
} from './spec.ts';
