/**
 * The door of the import: a plant from what a company has. Text in, text out; the result is parsed, compiled and brought to
 * rest before anyone sees it, so that an import that succeeds gives a plant that runs.
 */
import type { Problem, Result } from '../../models/contract/index.ts';
import { fromUnit, toUnit } from '../../models/kernel/index.ts';
import { createState, solveSteady } from '../../models/physics/index.ts';
import { asLiquid, createSim, parsePlant } from '../../sim/index.ts';
import { isUsUnit, type Trade } from './columns.ts';
import { layOut } from './line.ts';
import { readModbusMap } from './modbusMap.ts';
import { readProfile, simplify } from './profile.ts';
import { insideDiameter_m, sizeEquipment } from './sizing.ts';
import { type ImportedTag, readTags } from './tags.ts';
import { type FluidText, writeModbusMap, writePlant } from './write.ts';

export { isUsUnit, type Trade } from './columns.ts';

export interface TextSource {
  readonly file: string;
  readonly text: string;
}

export interface ImportRequest {
  readonly name: string;
  readonly profile: TextSource;
  readonly tags: TextSource;
  readonly modbus?: TextSource;
  /** Units of what is assumed, and of headers without a unit; found from the headers where absent. */
  readonly trade?: Trade;
  readonly designFlow_m3_s?: number;
  readonly density_kg_m3?: number;
  readonly viscosity_m2_s?: number;
  readonly bulkModulus_Pa?: number;
}

export interface ImportedPlant {
  readonly yaml: string;
  readonly modbusYaml?: string;
  readonly trade: Trade;
  /** What was not in the data, one sentence each. */
  readonly assumptions: readonly string[];
  /** Tags that the plant does not have, and columns that were not read. */
  readonly leftOut: readonly string[];
  readonly counts: { readonly nodes: number; readonly pipes: number; readonly tags: number; readonly stations: number };
  /** The line at rest: does it carry its design flow, and what do its transmitters show. */
  readonly check: SteadyCheck;
}

export interface SteadyCheck {
  readonly converged: boolean;
  readonly flow_m3_s: number;
  readonly lowestPressure_Pa: number;
  readonly highestPressure_Pa: number;
  /** Tags whose value at rest lies outside their range. */
  readonly outOfRange: readonly string[];
}

const STEEL_ROUGHNESS_M = 0.05e-3;
/** The profile may differ from the stationing by this much [m]. */
const PROFILE_TOLERANCE_M = 0.5;
const CRUDE = { density_kg_m3: 860, viscosity_m2_s: 10e-6, bulkModulus_Pa: 1.52e9 };

/** Makes a plant. All mistakes of all tables come back at once. */
export function importPlant(request: ImportRequest): Result<ImportedPlant> {
  const profile = readProfile(request.profile.file, request.profile.text, request.trade);
  const tagList = readTags(request.tags.file, request.tags.text, request.trade);
  const map =
    request.modbus && tagList.ok
      ? readModbusMap(request.modbus.file, request.modbus.text, tagList.value.tags)
      : undefined;
  const wrong: Problem[] = [profile, tagList, map].flatMap((r) => (r && !r.ok ? r.problems : []));
  if (!profile.ok || !tagList.ok || (map && !map.ok)) return { ok: false, problems: wrong };

  const tags = tagList.value.tags;
  const trade = request.trade ?? tradeOf(tags, profile.value.kpUnit);
  const assumptions: string[] = [];
  const leftOut: string[] = [];
  const fluid = fluidOf(request, assumptions);
  const line = layOut({ profile: profile.value, tags, map: map?.value, trade, fluid }, assumptions, leftOut);
  if (tagList.value.problems.length > 0) return { ok: false, problems: tagList.value.problems };

  const flow_m3_s =
    request.designFlow_m3_s ?? assumedFlow(tags, insideDiameter_m(line.places[0]!.pipe), trade, assumptions);
  const roughness_m = STEEL_ROUGHNESS_M;
  if (!profile.value.classes[0]!.roughness) assumptions.push('roughness of welded steel, 0.05 mm');
  const sizing = sizeEquipment(line, profile.value, fluid, flow_m3_s, roughness_m);
  assumptions.push(
    `a tank of ${trade === 'us' ? '130 ft' : '40 m'} diameter at each end, half full`,
    'pump curves that carry the design flow over every summit with 3 bar (44 psi) to spare',
    `a delivery valve that is half open at design flow, held by a back-pressure controller`,
    'steel pipe, buried; elasticity of steel',
    'noise and lag of ordinary transmitters',
  );
  const points = simplify(profile.value.points, PROFILE_TOLERANCE_M);
  const sources = [request.profile, request.tags, ...(request.modbus ? [request.modbus] : [])].map(
    (s) => s.file.split(/[\\/]/).at(-1)!,
  );
  const length_m = line.places.at(-1)!.kp.si - line.places[0]!.kp.si;
  const lengthUnit = trade === 'us' ? 'mi' : 'km';
  const yaml = writePlant({
    name: request.name,
    about: `${Number(toUnit(length_m, lengthUnit).toPrecision(3))} ${lengthUnit} line, imported from stationing and tag list.`,
    sources,
    trade,
    flow_m3_s,
    flowGiven: request.designFlow_m3_s !== undefined,
    fluid,
    points,
    line,
    sizing,
    roughness_m,
  });
  leftOut.push(
    ...[
      ['stationing', profile.value.unused],
      ['tag list', tagList.value.unused],
      ['Modbus map', map?.value.unused ?? []],
    ].flatMap(([what, unused]) => (unused as string[]).map((c) => `column "${c}" of the ${what} is not read`)),
  );
  return {
    ok: true,
    value: {
      yaml,
      ...(map && request.modbus
        ? { modbusYaml: writeModbusMap(request.name, map.value, line, request.modbus.file.split(/[\\/]/).at(-1)!) }
        : {}),
      trade,
      assumptions,
      leftOut,
      counts: {
        nodes: line.nodes.length,
        pipes: line.pipes.length,
        tags: line.instruments.length,
        stations: line.stations.length,
      },
      check: checkSteady(request.name, yaml),
    },
  };
}

function tradeOf(tags: readonly ImportedTag[], kpUnit: string): Trade {
  return isUsUnit(kpUnit) || tags.some((t) => isUsUnit(t.unit)) ? 'us' : 'si';
}

function fluidOf(request: ImportRequest, assumptions: string[]): FluidText {
  const given = new Set<'density' | 'viscosity' | 'bulkModulus'>();
  if (request.density_kg_m3 !== undefined) given.add('density');
  if (request.viscosity_m2_s !== undefined) given.add('viscosity');
  if (request.bulkModulus_Pa !== undefined) given.add('bulkModulus');
  const missing = [
    given.has('density') ? '' : 'density 860 kg/m3',
    given.has('viscosity') ? '' : 'viscosity 10 cSt',
    given.has('bulkModulus') ? '' : 'bulk modulus 1.52 GPa',
  ].filter((x) => x !== '');
  if (missing.length > 0) assumptions.push(`crude oil: ${missing.join(', ')}`);
  return {
    name: given.size === 0 ? 'crude oil' : 'liquid',
    density_kg_m3: request.density_kg_m3 ?? CRUDE.density_kg_m3,
    viscosity_m2_s: request.viscosity_m2_s ?? CRUDE.viscosity_m2_s,
    bulkModulus_Pa: request.bulkModulus_Pa ?? CRUDE.bulkModulus_Pa,
    given,
  };
}

/** 60 % of what the smallest flow meter can show, or 1.5 m/s where there is none. */
function assumedFlow(tags: readonly ImportedTag[], diameter_m: number, trade: Trade, assumptions: string[]): number {
  const highs = tags.filter((t) => t.quantity === 'flow').map((t) => fromUnit(t.range[1], t.unit));
  const flow = highs.length > 0 ? 0.6 * Math.min(...highs) : 1.5 * (Math.PI / 4) * diameter_m ** 2;
  const unit = trade === 'us' ? 'bbl/h' : 'm3/h';
  const because = highs.length > 0 ? "60 % of the flow meters' range" : '1.5 m/s';
  assumptions.push(`design flow ${Number(toUnit(flow, unit).toPrecision(5))} ${unit}: ${because}`);
  return flow;
}

/** Parses, compiles and solves what was written. A refusal here is our mistake, not the user's. */
function checkSteady(name: string, yaml: string): SteadyCheck {
  const parsed = parsePlant(`${name}.yaml`, yaml);
  if (!parsed.ok)
    throw new Error(
      `the imported plant is refused: ${parsed.problems.map((p) => `${p.line}: ${p.path} ${p.found}`).join('; ')}`,
    );
  const spec = asLiquid(parsed.value.value);
  const { network, networkSpec } = createSim(spec, { seed: 1 }).physics.model;
  const state = createState(network);
  const { converged } = solveSteady(network, state);
  const perMetre = network.density_kg_m3 * network.gravity_m_s2;
  const pressure = (node: number) => perMetre * (state.nodeHead_m[node]! - network.nodeElevation_m[node]!);
  const junctions = networkSpec.nodes.flatMap((n) => (n.kind === 'junction' ? [network.nodeIndex.get(n.id)!] : []));
  const pressures = junctions.map(pressure);
  const delivery = spec.valves.find((v) => v.to === 'TK-OUT')!;
  const flow_m3_s = state.linkFlow_m3_s[network.linkIndex.get(delivery.id)!]!;
  const shown = (t: (typeof spec.instruments)[number]): number | undefined => {
    if (t.measures === 'pressure') return toUnit(pressure(network.nodeIndex.get(t.at)!), t.unit);
    return t.measures === 'flow' ? toUnit(flow_m3_s, t.unit) : undefined;
  };
  const outOfRange = spec.instruments.flatMap((t) => {
    const value = shown(t);
    if (value === undefined || (value >= t.range[0] && value <= t.range[1])) return [];
    return [`${t.tag} would show ${Number(value.toPrecision(4))} ${t.unit}, its range is ${t.range.join(' to ')}`];
  });
  return {
    converged,
    flow_m3_s,
    lowestPressure_Pa: Math.min(...pressures),
    highestPressure_Pa: Math.max(...pressures),
    outOfRange,
  };
}
