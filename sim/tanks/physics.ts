/**
 * A tank farm as the physics of a plant: the order of a tick, true values, invariants.
 *
 *   1. weather   2. pumps, drains, leak areas   3. tanks and pools (models/physics/tank)   4. volumes lost
 *
 * Not modelled: rain, stratification of a tank's liquid, the movement of a gauge's reference point with the shell.
 */
import type { Control } from '../../models/contract/index.ts';
import { orificeArea_m2 } from '../../models/physics/index.ts';
import {
  density_kg_m3,
  heldMass_kg,
  stepTanks,
  TANK_LEDGER,
  tankMassError_kg,
  WEATHER,
} from '../../models/physics/tank/index.ts';
import { type Built, type Physics, type PlantKind, reportLeaks } from '../plant/index.ts';
import { checkTanks } from './check.ts';
import { applyTanks } from './command.ts';
import { compileTanks } from './compile.ts';
import { tankEmissions } from './emissions.ts';
import { moveEquipment, sumpLevel_m } from './equipment.ts';
import { buildControls, drawAsBuilt } from './layout.ts';
import { drainLeaks, growLeaks, leakHead_m, tankDensity_kg_m3 } from './leaks.ts';
import { SOURCE, type TanksModel } from './model.ts';
import { type TanksSpec, tanksSchema } from './spec.ts';
import { createTanksState, type TanksState } from './state.ts';

/** Of what a product's tanks held and received: the sums are compensated, so only rounding is left. */
const OPEN_BALANCE = 1e-9;
/** Less liquid over a hole than this gives it no rate. */
const LEAST_HEAD_M = 1e-3;
/** Where the expansion tables end, and with them all that is computed here [K]. */
const COLDEST_K = 223.15;
const HOTTEST_K = 423.15;

export interface TanksPhysics extends Physics {
  readonly model: TanksModel;
  readonly state: TanksState;
  /** Largest defect of the mass balance of any product, relative to what it held and received. */
  massDefect(): number;
}

export const TANKS: PlantKind<TanksSpec, TanksPhysics> = {
  kind: 'tanks',
  summary: 'atmospheric tanks in bunds, with pumped transfers, weather, and leaks that gather in pools',
  schema: tanksSchema,
  check: checkTanks,
  controls: buildControls,
  build(spec, options): Built<TanksPhysics> {
    const model = compileTanks(spec, options);
    return {
      physics: createTanksPhysics(spec, model),
      leaks: model.leaks,
      controls: buildControls(spec),
      asBuilt: drawAsBuilt(spec, model, options.exact ?? false),
      positionOf: () => undefined,
    };
  },
};

function createTanksPhysics(spec: TanksSpec, model: TanksModel): TanksPhysics {
  const state = createTanksState(model);
  const { farm } = state;
  const dt_s = model.tickUs * 1e-6;
  state.speedSet.set(model.transferSpeed0);
  state.speed.set(model.transferSpeed0);
  state.speedWanted.set(model.transferSpeedRunning);
  state.openingSet.set(model.drainOpening0);
  farm.drainOpening.set(model.drainOpening0);
  state.leakOpenUs.fill(-1);
  // The meters show what the pumps carry from the first instant on.
  for (let p = 0; p < model.transferSpeed0.length; p += 1)
    farm.lineFlow_kg_s[p] = farm.lineRate_m3_s[p]! * sourceDensity_kg_m3(p);

  function sourceDensity_kg_m3(transfer: number): number {
    const from = model.farm.lineFrom[transfer]!;
    const T = from >= 0 ? farm.tankTemperature_K[from]! : farm.lineSource_K[transfer]!;
    return density_kg_m3(model.farm, model.farm.lineSubstance[transfer]!, T);
  }

  const emissions = tankEmissions(spec, model, state);

  function massDefect(): number {
    let worst = 0;
    const n = model.farm.nSubstance;
    for (let s = 0; s < n; s += 1) {
      const scale_kg =
        heldMass_kg(model.farm, farm, s) +
        farm.ledger_kg[TANK_LEDGER.lineIn * n + s]! +
        farm.ledger_kg[TANK_LEDGER.lineOut * n + s]!;
      if (scale_kg > 0) worst = Math.max(worst, Math.abs(tankMassError_kg(model.farm, farm, s)) / scale_kg);
    }
    return worst;
  }

  function standing(element: string, property: Control['property']): number {
    if (property === 'opening') return state.openingSet[model.drainId.indexOf(element)]!;
    const p = model.transferId.indexOf(element);
    if (property === 'trip') return state.tripped[p]!;
    if (property === 'run') return state.speedSet[p]! > 0 && state.tripped[p] === 0 ? 1 : 0;
    return state.speedWanted[p]!;
  }

  return {
    model,
    state,
    massDefect,
    step(timeUs) {
      model.weather.moveTo(timeUs);
      underWeather(model, farm.weather);
      moveEquipment(model, state, timeUs);
      growLeaks(model, state, timeUs);
      stepTanks(model.farm, farm, dt_s);
      drainLeaks(model, state);
    },
    trueValue(tag) {
      const e = model.tagElement[tag]!;
      switch (model.tagSource[tag]) {
        case SOURCE.tankLevel:
          return farm.tankLevel_m[e]!;
        case SOURCE.bundLevel:
          return sumpLevel_m(model, state, e);
        case SOURCE.tankTemperature:
          return farm.tankTemperature_K[e]!;
        case SOURCE.airTemperature:
          return farm.weather[WEATHER.air_K]!;
        case SOURCE.wind:
          return farm.weather[WEATHER.wind_m_s]!;
        case SOURCE.flow:
          return farm.lineFlow_kg_s[e]! / sourceDensity_kg_m3(e);
        case SOURCE.speed:
          return state.speed[e]!;
        case SOURCE.running:
          return state.speedSet[e]! > 0 && state.tripped[e] === 0 ? 1 : 0;
        default:
          return farm.drainOpening[e]!;
      }
    },
    weather: model.weather,
    sources: emissions.sources,
    emissions: emissions.fill,
    gasLeavesAt: (tank) => spec.tanks.find((t) => t.id === tank)?.bund ?? tank,
    apply: (command, timeUs, truth) => applyTanks(model, state, command, timeUs, truth),
    report(timeUs, truth) {
      const rate_kg_s = (l: number) => farm.holeFlow_kg_s[l]!;
      reportLeaks(model.leaks, state.leakOpenUs, rate_kg_s, (l) => state.leakVolume_m3[l]!, timeUs, truth);
    },
    controlValue: (control) => standing(control.element, control.property),
    leakArea_m2(id, massRate_kg_s) {
      const l = model.leaks.findIndex((x) => x.id === id);
      if (l < 0) return `there is no leak "${id}"`;
      const leak = model.leaks[l]!;
      const head_m = leakHead_m(model, state, l);
      const flow_m3_s = massRate_kg_s / tankDensity_kg_m3(model, state, leak.tank);
      const area_m2 = orificeArea_m2(flow_m3_s, leak.dischargeCoefficient, head_m, model.farm.gravity_m_s2);
      return head_m > LEAST_HEAD_M ? area_m2 : `the liquid stands ${head_m.toFixed(2)} m over its place`;
    },
    save: () => [farm.buffer, state.buffer, model.weather.state.buffer].map((b) => new Uint8Array(b.slice(0))),
    load(parts) {
      new Uint8Array(farm.buffer).set(parts[0]!);
      new Uint8Array(state.buffer).set(parts[1]!);
      new Uint8Array(model.weather.state.buffer).set(parts[2]!);
    },
    violations() {
      const found: string[] = [];
      const defect = massDefect();
      if (!(defect < OPEN_BALANCE))
        found.push(`the mass balance of a product is open by ${defect.toExponential(1)} of what it held and received`);
      model.farm.tankIds.forEach((id, t) => {
        const level = farm.tankLevel_m[t]!;
        const T = farm.tankTemperature_K[t]!;
        if (!(level >= 0 && level <= model.farm.tankMaxLevel_m[t]! * (1 + 1e-9)))
          found.push(`the level of ${id} is ${level} m`);
        if (!(T > COLDEST_K && T < HOTTEST_K)) found.push(`the liquid of ${id} is at ${(T - 273.15).toFixed(1)} degC`);
      });
      return found;
    },
  };
}

/** What tanks and pools feel of the weather: the mean wind, by which their correlations go, and a sky as warm as the air. */
function underWeather({ weather }: TanksModel, out: Float64Array): void {
  const { air, state } = weather;
  out[WEATHER.air_K] = air.temperature_K;
  out[WEATHER.ground_K] = state.ground_K[0]!;
  out[WEATHER.sky_K] = air.temperature_K;
  out[WEATHER.wind_m_s] = state.meanWind_m_s[0]!;
  out[WEATHER.sun_W_m2] = air.solar_W_m2;
  out[WEATHER.pressure_Pa] = air.pressure_Pa;
}
