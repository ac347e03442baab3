/**
 * What a tank loses beyond what its meters say, as standard volume: gauged level and temperature against metered transfers.
 *
 *   V15 = A h CTSh(T) CTL(T)                          strapped volume at 15 °C; a floating roof takes a constant m/ρ15 off it
 *   Y   = V15 − ∫ Σ (in − out) CTL(T_source) dt       constant in a tight tank; missing volume = −ΔY
 *   y  ← y + w (Y − y), w = dt/60 s                   against the gauge's counts and ripples
 *
 * CTL and CTSh as in API MPMS 11.1 and 12.1.1. Liquid from outside is taken to be as warm as the tank: the error is a share of
 * what moves, for which a method must allow. A meter's gap, a jump that no hole could make, and a gauge that
 * stands still while its tank is filled or emptied are bridged without a loss: Y goes on where it was. A tank whose roof may stand on its legs is left alone.
 * Source: API MPMS 3.1B, 12.1; 40 CFR 280.43 (automatic tank gauging).
 */
import type { AsBuilt, FrameLayout } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import { EXPANSION, REFERENCE_K, shellFactor, volumeCorrection } from '../../models/physics/tank/index.ts';
import type { Cleaner } from '../preprocess/index.ts';

/** Over which the imbalance is smoothed. */
const SMOOTH_S = 60;
/** A level does not jump by more than this between two scans, beside what the meters carry [m]. */
const JUMP_M = 8e-3;
/** The meters may carry so much before the gauge must show it [m]. */
const FROZEN_M = 4e-3;
/** Over the level at which a floating roof leaves its legs [m]. */
const ROOF_MARGIN_M = 0.3;

const KIND = { constant: EXPANSION.constant, 'api-54': EXPANSION.api54, water: EXPANSION.water } as const;

/** A tank with all that its balance needs; tag indices. */
export interface GaugedTank {
  readonly id: string;
  readonly density15_kg_m3: number;
  readonly level: number;
  readonly temperature: number;
  /** Sign + fills it; `source` is the temperature tag of what flows. */
  readonly meters: readonly { readonly flow: number; readonly sign: number; readonly source: number }[];
  readonly area_m2: number;
  readonly expansion: number;
  readonly expansion_per_K: number;
  readonly shellExpansion_per_K: number;
  /** Below it the tank is left alone. */
  readonly lowest_m: number;
}

export interface TankRate {
  readonly tanks: readonly GaugedTank[];
  /** Volume at 15 °C that went missing in this scan, smoothed [m³] (tanks). */
  readonly missing_m3: Float64Array;
  /** Standard deviation of the smoothed imbalance that the gauges' noise makes [m³] (tanks). */
  readonly sigma_m3: Float64Array;
  /** What the meters move, in and out together [m³/s] (tanks). */
  readonly moved_m3_s: Float64Array;
  /** 1: learned, and all of its instruments usable (tanks). */
  readonly ready: Uint8Array;
  reset(): void;
  step(clean: Cleaner): void;
}

/** The tanks that have a level, a temperature and a meter on every transfer. */
export function readTanks(layout: FrameLayout, asBuilt: AsBuilt | undefined): GaugedTank[] {
  const find = (quantity: string, element: string) =>
    layout.tags.findIndex((t) => t.quantity === quantity && t.element === element);
  return (asBuilt?.tanks ?? []).flatMap((t): GaugedTank[] => {
    const level = find('level', t.id);
    const temperature = find('temperature', t.id);
    const meters = (asBuilt?.transfers ?? [])
      .filter((x) => x.from === t.id || x.to === t.id)
      .map((x) => {
        const from = x.to === t.id && x.from !== undefined ? find('temperature', x.from) : -1;
        return { flow: find('flow', x.id), sign: x.to === t.id ? 1 : -1, source: from < 0 ? temperature : from };
      });
    if (level < 0 || temperature < 0 || meters.some((m) => m.flow < 0)) return [];
    const area_m2 = (Math.PI / 4) * t.diameter_m ** 2;
    const afloat_m =
      t.roofMass_kg === undefined ? 0 : (t.roofLegs_m ?? 0) + t.roofMass_kg / (t.density15_kg_m3 * area_m2);
    return [
      {
        id: t.id,
        density15_kg_m3: t.density15_kg_m3,
        level,
        temperature,
        meters,
        area_m2,
        expansion: KIND[t.expansion],
        expansion_per_K: t.expansion_per_K,
        shellExpansion_per_K: t.shellExpansion_per_K,
        lowest_m: afloat_m > 0 ? afloat_m + ROOF_MARGIN_M : 0,
      },
    ];
  });
}

export function createTankRate(
  layout: FrameLayout,
  tanks: readonly GaugedTank[],
  warmUp_s: number,
  arena: Arena,
): TankRate {
  const n = tanks.length;
  const scan_s = layout.scanUs * 1e-6;
  const weight = Math.min(1, scan_s / SMOOTH_S);
  const settleScans = Math.max(1, Math.round((2 * SMOOTH_S) / scan_s));
  const learnScans = Math.max(30, Math.round(warmUp_s / scan_s));
  const missing_m3 = arena.f64(n);
  const sigma_m3 = arena.f64(n);
  const moved_m3_s = arena.f64(n);
  const ready = arena.u8(n);
  const level_m = arena.f64(n); // at the last usable scan (tanks)
  const hidden_m = arena.f64(n); // what the meters moved since the gauge last did (tanks)
  const metered_m3 = arena.f64(n); // ∫ Σ (in − out) CTL dt (tanks)
  const settled = arena.f64(n); // scans since the imbalance was broken off (tanks)
  const offset_m3 = arena.f64(n); // V15 − ∫ … − Y; its sum while it settles (tanks)
  const imbalance_m3 = arena.f64(n); // Y (tanks)
  const smoothed_m3 = arena.f64(n); // y (tanks)
  const learned = arena.f64(n); // scans (tanks)
  const scatter = arena.f64(n); // Σ (Y − y)² (tanks)

  const correction = (t: GaugedTank, T: number) => volumeCorrection(t.expansion, t.expansion_per_K, T);

  function atRest_m3_s(meter: number, clean: Cleaner): number {
    const { range } = layout.tags[meter]!;
    return 0.005 * (range[1] - range[0]) * clean.scale[meter]!;
  }

  function stepTank(i: number, clean: Cleaner): void {
    const t = tanks[i]!;
    missing_m3[i] = 0;
    ready[i] = 0;
    let metered = true;
    let net = 0;
    let moved = 0;
    for (let k = 0; k < t.meters.length; k += 1) {
      const m = t.meters[k]!;
      if (clean.usable[m.flow] !== 1) metered = false;
      const source = clean.usable[m.source] === 1 ? m.source : t.temperature;
      const flow = clean.value[m.flow]!;
      // A meter at rest shows its bias: below half a percent of its range nothing flows.
      if (Math.abs(flow) < atRest_m3_s(m.flow, clean)) continue;
      net += m.sign * flow * correction(t, clean.value[source]!);
      moved += Math.abs(flow);
    }
    moved_m3_s[i] = moved;
    metered_m3[i] = metered_m3[i]! + net * scan_s;
    if (!metered) settled[i] = 0;
    if (clean.usable[t.level] !== 1 || clean.usable[t.temperature] !== 1) return;
    const h = clean.value[t.level]!;
    hidden_m[i] = h === level_m[i] ? hidden_m[i]! + Math.abs(net * scan_s) / t.area_m2 : 0;
    level_m[i] = h;
    if (h < t.lowest_m || hidden_m[i]! > FROZEN_M) settled[i] = 0;
    if (!metered) return;
    const T = clean.value[t.temperature]!;
    const volume_m3 = t.area_m2 * h * shellFactor(t.shellExpansion_per_K, T, REFERENCE_K) * correction(t, T);
    const raw_m3 = volume_m3 - metered_m3[i]!;
    if (settled[i]! < settleScans) {
      // The mean of many readings, so that a break costs no more than the smoothing leaves of the noise.
      offset_m3[i] = (settled[i] === 0 ? 0 : offset_m3[i]!) + raw_m3;
      settled[i] = settled[i]! + 1;
      if (settled[i] === settleScans) {
        offset_m3[i] = offset_m3[i]! / settleScans - smoothed_m3[i]!;
        imbalance_m3[i] = smoothed_m3[i]!;
      }
      return;
    }
    const Y = raw_m3 - offset_m3[i]!;
    if (Math.abs(Y - imbalance_m3[i]!) > JUMP_M * t.area_m2) {
      settled[i] = 0;
      return;
    }
    const move = weight * (Y - smoothed_m3[i]!);
    imbalance_m3[i] = Y;
    smoothed_m3[i] = smoothed_m3[i]! + move;
    if (learned[i]! < learnScans) {
      learned[i] = learned[i]! + 1;
      scatter[i] = scatter[i]! + (Y - smoothed_m3[i]!) ** 2;
      sigma_m3[i] = Math.sqrt((scatter[i]! / learned[i]!) * (weight / (2 - weight)));
      return;
    }
    missing_m3[i] = -move;
    ready[i] = 1;
  }

  return {
    tanks,
    missing_m3,
    sigma_m3,
    moved_m3_s,
    ready,
    reset() {
      level_m.fill(Number.NaN);
    },
    step(clean) {
      for (let i = 0; i < n; i += 1) stepTank(i, clean);
    },
  };
}
