/** Release rates against worked examples: JSON in the form of the reference folder, recognised by its fields. */
import { readFileSync } from 'node:fs';
import { gasRelease, liquidOrificeFlow_kg_s } from '../../models/physics/gas/index.ts';
import { judge, skipped, type ValidationRow } from './table.ts';

/** Six digits. */
const TARGET = 1e-6;
type Example = Readonly<Record<string, unknown>>;

/** Rows of every orifice example in a file; other examples are not of this subject. */
export function validateReleases(path: string): ValidationRow[] {
  const examples = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  return Object.entries(examples).flatMap(([name, example]) => {
    if (typeof example !== 'object' || example === null) return [];
    try {
      return validateExample(name, example as Example);
    } catch (error) {
      return [skipped(name, 'release', error instanceof Error ? error.message : String(error))];
    }
  });
}

function validateExample(name: string, example: Example): ValidationRow[] {
  const expected = example.expect as Readonly<Record<string, unknown>> | undefined;
  if (typeof expected?.mdot_kg_s !== 'number') return [];
  const read = (...keys: string[]): number => {
    const key = keys.find((k) => typeof example[k] === 'number');
    if (key === undefined) throw new Error(`it has no ${keys.join(' or ')}`);
    return example[key] as number;
  };
  const area = (Math.PI / 4) * read('d_m') ** 2;
  const has = (key: string) => typeof example[key] === 'number';
  const found: Record<string, number> = {};
  if (has('k') || has('gamma')) {
    const release = gasRelease({
      pressure_Pa: read('P1_Pa'),
      density_kg_m3: read('rho1_kg_m3', 'rho_kg_m3', 'rho1'),
      temperature_K: read('T1_K', 'T_K'),
      heatCapacityRatio: read('k', 'gamma'),
      area_m2: area,
      dischargeCoefficient: read('Cd'),
      backPressure_Pa: read('P2_Pa'),
    });
    found.mdot_kg_s = release.massFlow_kg_s;
    found.exit_P_Pa = release.exitPressure_Pa;
    found.exit_T_K = release.exitTemperature_K;
    found.exit_u_m_s = release.exitVelocity_m_s;
  } else {
    const density = read('rho_kg_m3', 'rho1_kg_m3');
    found.mdot_kg_s = liquidOrificeFlow_kg_s(read('Cd'), area, density, read('P1_Pa'), read('P2_Pa'));
    found.u_m_s = found.mdot_kg_s / (density * area);
  }
  return Object.entries(expected).map(([quantity, value]) => {
    const ours = found[quantity];
    if (typeof value !== 'number' || ours === undefined) return skipped(name, quantity, 'no counterpart here');
    return judge(
      name,
      quantity,
      ours / value - 1,
      TARGET,
      'relative',
      `${ours.toPrecision(9)}, published ${value.toPrecision(9)}`,
    );
  });
}
