/** Networks that several physics tests share, and where the reference data are. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type CompileOptions,
  compileNetwork,
  createState,
  type NetworkModel,
  type NetworkSpec,
  type NetworkState,
  type PumpSpec,
  solveSteady,
} from '../../../models/physics/index.ts';

/** Compiles and brings to rest, or throws with all sentences. */
export function atRest(spec: NetworkSpec, options: CompileOptions): { model: NetworkModel; state: NetworkState } {
  const compiled = compileNetwork(spec, options);
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  const state = createState(compiled.value);
  const report = solveSteady(compiled.value, state);
  if (!report.converged) throw new Error(`steady state: ${JSON.stringify(report)}`);
  return { model: compiled.value, state };
}

/** A 50 km crude line, ID 0.489 m, with two stations of two pumps each, elevations, a leak at 9.25 km. */
export function crudeLine(
  options: { delivery?: 'reservoir' | 'tank'; friction?: 'rough' | 'none'; leak_m2?: number } = {},
): NetworkSpec {
  const pipe = (id: string, from: string, to: string, length_m: number) => ({
    id,
    from,
    to,
    length_m,
    diameter_m: 0.489,
    waveSpeed_m_s: 1100,
    friction:
      options.friction === 'none'
        ? ({ kind: 'darcy', factor: 0 } as const)
        : ({ kind: 'roughness', roughness_m: 5e-5 } as const),
  });
  const pump = (id: string, from: string, to: string): PumpSpec => ({
    id,
    kind: 'pump',
    from,
    to,
    curve: { kind: 'coefficients', A: options.friction === 'none' ? 30 : 150, B: 1100, C: 2 },
    inertia_kg_m2: 40,
  });
  const junction = (id: string, elevation_m: number) => ({ id, kind: 'junction', elevation_m }) as const;
  return {
    fluid: { density_kg_m3: 860, kinematicViscosity_m2_s: 1e-5 },
    nodes: [
      { id: 'SUPPLY', kind: 'reservoir', head_m: 60, elevation_m: 50 },
      junction('D1', 50),
      junction('L', 65),
      junction('S2', 80),
      junction('D2', 80),
      options.delivery === 'tank'
        ? { id: 'T', kind: 'tank', elevation_m: 40, area_m2: 500, level_m: 8, maxLevel_m: 15 }
        : { id: 'T', kind: 'reservoir', head_m: 48, elevation_m: 40 },
    ],
    pipes: [pipe('p1', 'D1', 'L', 9250), pipe('p2', 'L', 'S2', 15750), pipe('p3', 'D2', 'T', 25000)],
    links: [pump('P1A', 'SUPPLY', 'D1'), pump('P1B', 'SUPPLY', 'D1'), pump('P2A', 'S2', 'D2'), pump('P2B', 'S2', 'D2')],
    orifices: [{ id: 'leak', node: 'L', dischargeCoefficient: 0.6, area_m2: options.leak_m2 ?? 5e-5 }],
  };
}

/** The reference folder, or undefined where it is absent. */
export function referenceFolder(...path: string[]): string | undefined {
  const root = process.env.LEAKTWIN_REFERENCE ?? resolve(import.meta.dirname, '../../../../shared/reference');
  const folder = join(root, ...path);
  return existsSync(folder) ? folder : undefined;
}

/** Largest |a − b|. */
export function distance(a: Float64Array, b: Float64Array): number {
  let d = 0;
  for (let i = 0; i < a.length; i++) d = Math.max(d, Math.abs(a[i] - b[i]));
  return d;
}
