/** What a control room knows of its liquid's heat: laboratory values with their errors, and which meters correct. */
import type { AsBuilt } from '../../models/contract/index.ts';
import { productsOf } from './heat.ts';
import type { LiquidSpec } from './spec.ts';

type Fluid = NonNullable<AsBuilt['fluid']>;

/** `factor` draws the error of a value by its name and relative standard deviation. */
export function asBuiltHeat(
  spec: LiquidSpec,
  factor: (name: string, sigma: number) => number,
): Pick<Fluid, 'heat' | 'products'> {
  const products = productsOf(spec);
  const u = spec['as-built'];
  const [base] = products;
  if (!base) return {};
  const { fluid } = spec;
  const speed_m_s = (diameter_m: number) => spec['design-flow'] / ((Math.PI / 4) * diameter_m ** 2);
  const bore_m = boreOf(spec);
  const U = fluid.heat?.['heat-transfer'];
  const length_m =
    U === undefined
      ? fluid['cooling-length']
      : (speed_m_s(bore_m) * fluid.density * fluid.heat!['heat-capacity'] * bore_m) / (4 * U);
  return {
    heat: {
      expansion15_per_K: base.expansion15_per_K * factor('expansion', u.expansion),
      ground_K: fluid['ground-temperature'],
      coolingLength_m: length_m * factor('cooling-length', u['cooling-length']),
      standardFlows: spec.instruments.filter((t) => t.basis === 'standard').map((t) => t.tag),
    },
    ...(products.length > 1
      ? { products: products.map((p) => ({ id: p.id, density15_kg_m3: p.density15_kg_m3 })) }
      : {}),
  };
}

/** Bore of the line's first pipe [m]. */
function boreOf(spec: LiquidSpec): number {
  const p = { ...spec['pipe-defaults'], ...spec.pipes[0] };
  return (p['outside-diameter'] ?? 0) - 2 * (p.wall ?? 0);
}
