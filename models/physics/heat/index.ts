/** The door of heat: properties of products for everyone, the rest for the solver. */
export { alpha15_per_K, REFERENCE_K } from '../tank/expansion.ts';
export type { HeatSpec, PipeHeatSpec } from './model.ts';
export {
  compileProduct,
  compressibility_per_Pa,
  compressibilityAt_per_Pa,
  densityAt_kg_m3,
  fastestWave_m_s,
  type Product,
  type ProductSpec,
  thermalFactor,
  viscosityAt_m2_s,
} from './products.ts';
export { heatVolume_m3 } from './storage.ts';
