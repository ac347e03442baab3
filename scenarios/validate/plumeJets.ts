/**
 * Worked examples of jets and of the screening curves of dense clouds: JSON in the form of the reference folder, each example
 * recognised by its fields, so that others of its kind are read too. Answers hold to 1e-6.
 *
 * Air is dry, 28.96 g/mol at 101325 Pa. Where an example does not give its temperature, it is the 25 °C of a jet's or a
 * plume's standard atmosphere and 20 °C for an instantaneous cloud, whose gas is then as warm as the air. These defaults were found from the published
 * answers, which they meet to all digits; an example of another atmosphere has to say so.
 */
import { readFileSync } from 'node:fs';
import { gasRelease } from '../../models/physics/gas/index.ts';
import {
  airDensity_kg_m3,
  type ScreenedPuff,
  screenedPlume,
  screenedPuff,
  simpleJet,
} from '../../models/physics/release/index.ts';
import { figureOf } from './expression.ts';
import { judge, skipped, type ValidationRow } from './table.ts';

/** Six digits. */
const TARGET = 1e-6;
const STANDARD_K = 298.15;
const PUFF_K = 293.15;
type Example = Readonly<Record<string, unknown>>;
type Rows = (name: string, example: Example) => ValidationRow[];

/** Rows of every jet and Britter–McQuaid example in a file; other examples are not of this subject. */
export function validateJets(examplesJson: string): ValidationRow[] {
  let examples: unknown;
  try {
    examples = JSON.parse(readFileSync(examplesJson, 'utf8'));
  } catch (error) {
    return [skipped(examplesJson, 'examples', error instanceof Error ? error.message : String(error))];
  }
  if (typeof examples !== 'object' || examples === null) return [];
  return Object.entries(examples).flatMap(([name, example]) => {
    if (typeof example !== 'object' || example === null) return [];
    const rows = kindOf(example as Example);
    if (rows === undefined) return [];
    try {
      return rows(name, example as Example);
    } catch (error) {
      return [skipped(name, 'release', error instanceof Error ? error.message : String(error))];
    }
  });
}

function kindOf(example: Example): Rows | undefined {
  if ('point_along_axis_m' in example) return jet;
  if ('V0_m3' in example) return puff;
  if ('expect_volume_fraction' in example) return plume;
  return undefined;
}

function need(example: Example, ...keys: string[]): number {
  const value = figureOf(example, ...keys);
  if (value === undefined) throw new Error(`it has no ${keys.join(' or ')}`);
  return value;
}

function compare(name: string, metric: string, ours: number, published: unknown): ValidationRow {
  if (typeof published !== 'number') return skipped(name, metric, 'its answer is no number');
  const error = published === 0 ? ours : ours / published - 1;
  const note = `${ours.toPrecision(9)}, published ${published.toPrecision(9)}`;
  return judge(name, metric, error, TARGET, published === 0 ? '' : 'relative', note);
}

/** Density of the air around an example, and its temperature. */
function airOf(example: Example, standard_K: number): { density: number; temperature: number } {
  const temperature = figureOf(example, 'T_amb_K', 'Ta_K') ?? standard_K;
  const pressure = figureOf(example, 'P_amb_Pa', 'P2_Pa') ?? 101325;
  return {
    temperature,
    density: figureOf(example, 'rho_amb_kg_m3', 'rho_air', 'rho_a') ?? airDensity_kg_m3(temperature, pressure),
  };
}

const jet: Rows = (name, example) => {
  const throat = gasRelease({
    pressure_Pa: need(example, 'P1_Pa'),
    density_kg_m3: need(example, 'rho1', 'rho1_kg_m3'),
    temperature_K: need(example, 'T1_K'),
    heatCapacityRatio: need(example, 'k', 'gamma'),
    area_m2: (Math.PI / 4) * need(example, 'd_m') ** 2,
    dischargeCoefficient: need(example, 'Cd'),
    backPressure_Pa: figureOf(example, 'P2_Pa', 'P_amb_Pa'),
  });
  const ours = simpleJet(
    need(example, 'd_m'),
    throat.exitDensity_kg_m3,
    airOf(example, STANDARD_K).density,
    need(example, 'point_along_axis_m'),
    figureOf(example, 'radial_m') ?? 0,
    figureOf(example, 'k2') ?? 6,
    figureOf(example, 'k3') ?? 5,
  );
  const expected = example.expect as Example | undefined;
  return [compare(name, 'c_volume_fraction', ours, expected?.c_volume_fraction)];
};

const plume: Rows = (name, example) => {
  const density = need(example, 'rho_gas');
  const air = airOf(example, STANDARD_K);
  const spec = {
    volumeRate_m3_s: (need(example, 'liquid_rate_m3_s') * need(example, 'rho_liquid')) / density,
    density_kg_m3: density,
    temperature_K: need(example, 'T_K'),
    airDensity_kg_m3: air.density,
    airTemperature_K: air.temperature,
    wind10_m_s: need(example, 'u10_m_s'),
  };
  const expected = Object.entries(example.expect_volume_fraction as Example);
  return expected.map(([x, c]) => compare(name, `volume fraction at ${x} m`, screenedPlume(spec, Number(x)), c));
};

const puff: Rows = (name, example) => {
  const air = airOf(example, PUFF_K);
  const spec: ScreenedPuff = {
    volume_m3: need(example, 'V0_m3'),
    density_kg_m3: need(example, 'rho0'),
    temperature_K: figureOf(example, 'T_K', 'T0_K') ?? air.temperature,
    airDensity_kg_m3: air.density,
    airTemperature_K: air.temperature,
    wind10_m_s: need(example, 'u10_m_s'),
    sourceFraction: figureOf(example, 'initial_fraction') ?? 1,
  };
  if (!Array.isArray(example.expect)) throw new Error('its answers are no list');
  return (example.expect as Example[]).map((point) => {
    const [x, t] = [need(point, 'x_m'), need(point, 't_s')];
    return compare(name, `volume fraction at ${x} m, ${t} s`, screenedPuff(spec, x, t), point.c);
  });
};
