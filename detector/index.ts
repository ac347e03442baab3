/** The door of the detector. */

export { recipeDelays } from './delays.ts';
export { METHODS } from './methods/index.ts';
export { createPipeline } from './pipeline.ts';
export {
  atRate,
  LADDER,
  nearestSensorRule,
  parseRecipe,
  type Recipe,
  type RecipeSpec,
  readRecipe,
  recipeSchema,
} from './recipe.ts';
