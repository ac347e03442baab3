/** The door of response: from a confirmed leak to a plan, its renderings, and actions on the plant. */
export { type Actor, createActor } from './actor.ts';
export { type CapOptions, planCap } from './cap.ts';
export {
  onDuty,
  parseResponse,
  type ResponseDocument,
  type ResponseSpec,
  readResponse,
  responseSchema,
} from './document.ts';
export type { WindNow } from './hazard.ts';
export { enclose, type Isolation, isolate } from './isolation.ts';
export { networkOf, type PlantNetwork, withLeak } from './network.ts';
export { type PlanInputs, planFor } from './plan.ts';
export { planGeoJson, planHtml, planMarkdown } from './render.ts';
