/** A store's spec to its read-only model. Throws on what `checkStore` should have refused. */
import { secondsToUs } from '../../models/kernel/index.ts';
import { VAPOURS } from '../../models/physics/release/index.ts';
import type { CompilePlantOptions } from '../plant/index.ts';
import { SOURCE, type StoreLeak, type StoreModel } from './model.ts';
import { STORED, type StoreSpec } from './spec.ts';

/** Carbon steel [J/(kg K)]. */
const STEEL_J_kgK = 480;

const fill = <T>(list: readonly T[], f: (item: T, i: number) => number) => Float64Array.from(list, f);
const disc = (d: number) => (Math.PI / 4) * d ** 2;

export function compileStore(spec: StoreSpec, options: CompilePlantOptions): StoreModel {
  const tick_s = secondsToUs(options.tick_s ?? spec.time.step) * 1e-6;
  const { vessels, lines, rooms } = spec;
  const vessel = (id: string) => vessels.findIndex((v) => v.id === id);
  const line = (id: string) => lines.findIndex((l) => l.id === id);
  const room = (id: string | undefined) => rooms.findIndex((r) => r.id === id);
  const leaks = (options.leaks ?? []).map((site): StoreLeak => {
    const l = line(site.pipe);
    const v = l >= 0 ? vessel(lines[l]!.from) : vessel(site.pipe);
    if (v < 0) throw new Error(`leak ${site.id}: there is no vessel or line "${site.pipe}"`);
    const position_m = l >= 0 ? site.fraction * lines[l]!.length : site.fraction * vessels[v]!.height;
    return {
      id: site.id,
      on: site.pipe,
      position_m,
      dischargeCoefficient: site.dischargeCoefficient,
      openArea_m2: site.openArea_m2 ?? 0,
      vessel: v,
      line: l,
      height_m: l >= 0 ? 0 : position_m,
      largest_m2: l >= 0 ? disc(lines[l]!.bore) : largestHole_m2(vessels[v]!),
      room: room(l >= 0 ? lines[l]!.room : vessels[v]!.room),
    };
  });
  const tags = spec.instruments.map((t): [number, number] => {
    switch (t.measures) {
      case 'pressure':
        return [SOURCE.pressure, vessel(t.at)];
      case 'level':
        return [SOURCE.level, vessel(t.at)];
      case 'temperature':
        return [SOURCE.temperature, vessel(t.at)];
      case 'flow':
        return [SOURCE.flow, line(t.at)];
      case 'opening':
        return [SOURCE.opening, lines.findIndex((l) => l.valve.id === t.at)];
      case 'concentration':
        return [SOURCE.room, room(t.at)];
      default:
        return [SOURCE.running, rooms.findIndex((r) => r.fan.id === t.at)];
    }
  });
  return {
    tick_s,
    mistPerFlash: spec['mist-per-flash'],
    ambient_K: spec.ambient,
    vapours: vessels.map((v) => VAPOURS[STORED[v.holds]]),
    species: vessels.map((v) => v.holds),
    liquidDensity_kg_m3: fill(vessels, (v) => v['liquid-density'] ?? VAPOURS[STORED[v.holds]].liquidDensity_kg_m3),
    volume_m3: fill(vessels, (v) => v.volume),
    height_m: fill(vessels, (v) => v.height),
    shell_J_K: fill(vessels, (v) => v['shell-kg'] * STEEL_J_kgK),
    heat_W_K: fill(vessels, (v) => v['heat-W-K']),
    bund_m2: fill(vessels, (v) => v.bund),
    fill0: fill(vessels, (v) => v.fill),
    temperature0_K: fill(vessels, (v) => v.temperature),
    vesselRoom: Int32Array.from(vessels, (v) => room(v.room)),
    vesselIds: vessels.map((v) => v.id),
    lineIds: lines.map((l) => l.id),
    valveIds: lines.map((l) => l.valve.id),
    fanIds: rooms.map((r) => r.fan.id),
    roomIds: rooms.map((r) => r.id),
    lineVessel: Int32Array.from(lines, (l) => vessel(l.from)),
    lineLiquid: Uint8Array.from(lines, (l) => (l.draws === 'liquid' ? 1 : 0)),
    bore_m2: fill(lines, (l) => disc(l.bore)),
    lineVolume_m3: fill(lines, (l) => disc(l.bore) * l.length),
    demand_kg_s: fill(lines, (l) => l.demand),
    opening0: fill(lines, (l) => l.valve.opening),
    stroke_s: fill(lines, (l) => l.valve['stroke-time']),
    roomVolume_m3: fill(rooms, (r) => r.volume),
    fanFlow_m3_s: fill(rooms, (r) => r.fan.flow),
    fanRunning0: fill(rooms, (r) => (r.fan.running ? 1 : 0)),
    fanStart_s: fill(rooms, (r) => r.fan['start-time']),
    scrubber: fill(rooms, (r) => r.scrubber),
    leakage_m3_s: fill(rooms, (r) => r.leakage),
    leaks,
    tagSource: Uint8Array.from(tags, (t) => t[0]),
    tagElement: Int32Array.from(tags, (t) => t[1]),
  };
}

/** A hundredth of the cross-section that its volume and height make: a torn-off nozzle, not a burst vessel. */
export function largestHole_m2(v: StoreSpec['vessels'][number]): number {
  return 0.01 * (v.volume / v.height);
}
