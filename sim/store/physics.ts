/**
 * A store of liquefied gas as the physics of a plant: start, tick, true values, commands, what it gives to the air, balance.
 */
import type { TruthEvent } from '../../models/contract/index.ts';
import {
  type Built,
  closeALeak,
  type EmissionRates,
  type EmissionSource,
  openALeak,
  type Physics,
  type PhysicsCommand,
  type PlantKind,
  reportLeaks,
  toldSet,
} from '../plant/index.ts';
import { checkStore } from './check.ts';
import { compileStore } from './compile.ts';
import { buildControls, drawAsBuilt } from './layout.ts';
import { createStoreState, SOURCE, type StoreModel, type StoreState } from './model.ts';
import { flowOut, type Outflow } from './release.ts';
import { type StoreSpec, storeSchema } from './spec.ts';
import { startStore, stepStore, total_kg } from './step.ts';

const ATMOSPHERE_Pa = 101_325;
/** Of all that is stored: rounding. */
const OPEN_BALANCE = 1e-9;

export interface StorePhysics extends Physics {
  readonly model: StoreModel;
  readonly state: StoreState;
}

export const STORE: PlantKind<StoreSpec, StorePhysics> = {
  kind: 'store',
  summary: 'stores of liquefied gas: vessels under vapour pressure, lines with remote valves, rooms with a scrubber',
  schema: storeSchema,
  check: checkStore,
  controls: buildControls,
  build(spec, options): Built<StorePhysics> {
    const model = compileStore(spec, options);
    return {
      physics: createStore(model),
      leaks: model.leaks,
      controls: buildControls(spec),
      asBuilt: drawAsBuilt(spec, options.exact ?? false),
      positionOf: () => undefined,
    };
  },
};

function createStore(model: StoreModel): StorePhysics {
  const state = createStoreState(model);
  startStore(model, state);
  const { sources, fillRates } = emissionsOf(model, state);
  return {
    model,
    state,
    sources,
    emissions: fillRates,
    step(timeUs) {
      stepStore(model, state, timeUs, model.ambient_K);
    },
    trueValue(tag) {
      const e = model.tagElement[tag]!;
      switch (model.tagSource[tag]) {
        case SOURCE.pressure:
          return state.pressure_Pa[e]! - ATMOSPHERE_Pa;
        case SOURCE.level:
          return state.level_m[e]!;
        case SOURCE.temperature:
          return state.temperature_K[e]!;
        case SOURCE.flow:
          // As volume of liquid.
          return state.lineFlow_kg_s[e]! / model.liquidDensity_kg_m3[model.lineVessel[e]!]!;
        case SOURCE.opening:
          return state.opening[e]!;
        case SOURCE.room:
          return roomFraction(model, state, e);
        default:
          return state.fan[e]! > 0 ? 1 : 0;
      }
    },
    apply: (command, timeUs, truth) => apply(model, state, command, timeUs, truth),
    report(timeUs, truth) {
      const rate_kg_s = (k: number) => state.leakRate_kg_s[k]!;
      reportLeaks(model.leaks, state.leakOpenUs, rate_kg_s, (k) => lostVolume_m3(model, state, k), timeUs, truth);
    },
    controlValue({ element, property }) {
      const l = model.valveIds.indexOf(element);
      if (l >= 0) return state.openingSet[l]!;
      const r = model.fanIds.indexOf(element);
      if (property === 'trip') return 0;
      return property === 'run' ? (state.fanSet[r]! > 0 ? 1 : 0) : state.fanSet[r]!;
    },
    leakArea_m2(id, massRate_kg_s) {
      const k = model.leaks.findIndex((l) => l.id === id);
      if (k < 0) return `there is no leak "${id}"`;
      const per = perArea(model, state, k);
      const area = massRate_kg_s / per;
      const { largest_m2, on } = model.leaks[k]!;
      return area <= largest_m2
        ? area
        : `it would need a hole of ${area.toPrecision(3)} m2 in ${on}, of ${largest_m2.toPrecision(3)} m2`;
    },
    gasLeavesAt: (on) => on,
    save: () => [new Uint8Array(state.buffer.slice(0))],
    load(parts) {
      new Uint8Array(state.buffer).set(parts[0]!);
    },
    violations() {
      const open = Math.abs(total_kg(state) - state.atStart_kg[0]!);
      return open <= OPEN_BALANCE * state.atStart_kg[0]!
        ? []
        : [`the store's balance is open by ${open.toExponential(1)} kg`];
    },
  };
}

/** By volume, at a room's temperature. */
function roomFraction(m: StoreModel, s: StoreState, r: number): number {
  const v = Math.max(0, m.vesselRoom.indexOf(r));
  const moles = s.roomGas_kg[r]! / m.vapours[v]!.molarMass_kg_mol;
  return Math.min(1, (moles * 8.314462618 * m.ambient_K) / (ATMOSPHERE_Pa * m.roomVolume_m3[r]!));
}

/** What a square metre of a leak lets out now [kg/(m² s)]. */
function perArea(m: StoreModel, s: StoreState, k: number): number {
  const { vessel: v, line, height_m, dischargeCoefficient } = m.leaks[k]!;
  const out: Outflow = {
    rate_kg_s: 0,
    airborne_kg_s: 0,
    mist: 0,
    exitSpeed_m_s: 0,
    exitRadius_m: 0,
    exitTemperature_K: 0,
    exitPressure_Pa: 0,
  };
  const head = s.level_m[v]! - height_m;
  const liquid = line >= 0 ? m.lineLiquid[line] === 1 : head > 0;
  const rho = m.liquidDensity_kg_m3[v]!;
  flowOut(
    out,
    m.vapours[v]!,
    rho,
    s.pressure_Pa[v]!,
    s.temperature_K[v]!,
    liquid,
    line >= 0 ? 0 : head,
    line >= 0,
    1,
    dischargeCoefficient,
    1,
  );
  return out.rate_kg_s;
}

function apply(
  m: StoreModel,
  s: StoreState,
  c: PhysicsCommand,
  timeUs: number,
  truth: TruthEvent[],
): string | undefined {
  switch (c.kind) {
    case 'leak.open':
      return openALeak(m.leaks, s, s.leakOut_kg, c, timeUs, truth, (leak) =>
        c.area_m2 > leak.largest_m2 * (1 + 1e-9)
          ? `leak "${c.leak}": ${Number(c.area_m2.toPrecision(4))} m2 is more than ${leak.on} can have`
          : undefined,
      );
    case 'leak.close': {
      const why = closeALeak(m.leaks, s, (k) => lostVolume_m3(m, s, k), c.leak, timeUs, truth);
      if (why === undefined) s.leakRate_kg_s[m.leaks.findIndex((l) => l.id === c.leak)] = 0;
      return why;
    }
    case 'set':
      return toldSet(c, set(m, s, c), timeUs, truth);
    case 'pump': {
      const r = m.fanIds.indexOf(c.element);
      if (r < 0) return `there is no fan "${c.element}"`;
      s.fanSet[r] = c.action === 'start' ? 1 : 0;
      truth.push({ kind: 'disturbance', timeUs, ref: c.element, what: `fan ${c.action}` });
      return undefined;
    }
  }
}

function set(
  m: StoreModel,
  s: StoreState,
  { element, property, value }: Extract<PhysicsCommand, { kind: 'set' }>,
): string | undefined {
  if (!Number.isFinite(value) || value < 0 || value > 1)
    return `${property} of ${element}: ${value} is not between 0 and 1`;
  const l = m.valveIds.indexOf(element);
  const r = m.fanIds.indexOf(element);
  if (property === 'opening' && l >= 0) s.openingSet[l] = value;
  else if (property === 'speed' && r >= 0) s.fanSet[r] = value;
  else return `${element} has no ${property} to set`;
  return undefined;
}

/** Volume of liquid that a leak has let out since it opened. */
function lostVolume_m3(m: StoreModel, s: StoreState, k: number): number {
  return s.leakOut_kg[k]! / m.liquidDensity_kg_m3[m.leaks[k]!.vessel]!;
}

/** Of each leak in the open its jet, of each vessel its pool, of each room its stack and its doors. */
function emissionsOf(m: StoreModel, s: StoreState) {
  const sources: EmissionSource[] = [];
  const n = m.leaks.length;
  const nVessel = m.vesselIds.length;
  m.leaks.forEach((l) => {
    sources.push({ id: l.id, element: l.on, species: m.species[l.vessel]!, height_m: 0 });
  });
  m.vesselIds.forEach((id, v) => {
    sources.push({ id: `${id}/pool`, element: id, species: m.species[v]!, height_m: 0 });
  });
  m.roomIds.forEach((id, r) => {
    const species = m.species[Math.max(0, m.vesselRoom.indexOf(r))]!;
    sources.push({ id: `${id}/stack`, element: m.fanIds[r]!, species, height_m: 0 });
    sources.push({ id: `${id}/doors`, element: id, species, height_m: 0 });
  });
  const fillRates = (out: EmissionRates) => {
    for (let k = 0; k < n; k += 1) {
      out.massRate_kg_s[k] = s.leakOpenUs[k]! < 0 ? 0 : s.airborne_kg_s[k]!;
      out.temperature_K[k] = s.exitTemperature_K[k]!;
      out.exitSpeed_m_s[k] = s.exitSpeed_m_s[k]!;
      out.radius_m[k] = s.exitRadius_m[k]!;
      out.pressure_Pa[k] = s.exitPressure_Pa[k]!;
      out.liquidFraction[k] = s.mist[k]!;
    }
    for (let v = 0; v < nVessel; v += 1) {
      const i = n + v;
      const outside = m.vesselRoom[v]! < 0;
      out.massRate_kg_s[i] = outside ? s.poolRate_kg_s[v]! : 0;
      out.temperature_K[i] = m.vapours[v]!.boilingPoint_K;
      out.radius_m[i] = Math.sqrt(s.poolArea_m2[v]! / Math.PI);
    }
    for (let r = 0; r < m.roomIds.length; r += 1) {
      const i = n + nVessel + 2 * r;
      // Thin in the room's air: as warm and as heavy as that.
      out.massRate_kg_s[i] = s.stack_kg_s[r]!;
      out.radius_m[i] = 0.5;
      out.massRate_kg_s[i + 1] = s.door_kg_s[r]!;
      out.radius_m[i + 1] = 1;
    }
  };
  return { sources, fillRates };
}
