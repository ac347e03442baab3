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
export {
  type Actor,
  createActor,
  type PlanInputs,
  parseResponse,
  planCap,
  planFor,
  planGeoJson,
  planHtml,
  planMarkdown,
  type ResponseDocument,
  type ResponseSpec,
  readResponse,
  responseSchema,
} from './response/index.ts';
