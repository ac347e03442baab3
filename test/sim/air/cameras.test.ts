/** Cameras: rays that end where they should, what an infrared one can see and what not, pools around tanks, fog, and the farm's own two. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Command, createFrame, unwrap } from '../../../models/contract/index.ts';
import { seeded } from '../../../models/kernel/index.ts';
import type { AirWeather } from '../../../models/physics/air/index.ts';
import { createSolids } from '../../../models/physics/air/particles/index.ts';
import { createSim, type InAir, type InAirPhysics, readPlant, type TanksSpec } from '../../../sim/index.ts';
import {
  type CameraPlace,
  compileReach,
  compileView,
  condensed_kg_m2,
  PER_BOND,
  SEEN,
  takeInfrared,
} from '../../../sim/instruments/gas/camera/index.ts';

const AIR: AirWeather = {
  windU_m_s: 3,
  windV_m_s: 0,
  windHeight_m: 10,
  roughness_m: 0.1,
  frictionVelocity_m_s: 0.3,
  inverseObukhov_1_m: 0,
  mixingHeight_m: 1000,
  sigmaTheta_rad: 0.1,
  temperature_K: 290,
  pressure_Pa: 101_325,
  relativeHumidity: 0.7,
  solar_W_m2: 600,
  cloud: 0,
};
const PLACE: CameraPlace = {
  place_m: [0, -50, 5],
  lookAt_m: [0, 0, 5],
  fieldOfView_rad: Math.PI / 3,
  width: 33,
  height: 25,
  range_m: 300,
};
const WALL = createSolids([
  { kind: 'box', x_m: 0, y_m: 0, z0_m: 0, z1_m: 10, length_m: 8, width_m: 2, heading_rad: 0 },
]);

describe('rays', () => {
  const view = compileView(PLACE, WALL);
  const at = (i: number, j: number) => j * PLACE.width + i;

  it('end at walls, at the ground and nowhere', () => {
    const middle = at(16, 12);
    expect(view.kind[middle]).toBe(SEEN.solid);
    expect(view.end_m[middle]).toBeCloseTo(49, 9);
    expect([...view.normal.subarray(3 * middle, 3 * middle + 3)]).toEqual([0, -1, 0]);
    const low = at(0, 24);
    expect(view.kind[low]).toBe(SEEN.ground);
    expect(5 + view.end_m[low]! * view.direction[3 * low + 2]!).toBeCloseTo(0, 9);
    expect(view.kind[at(0, 0)]).toBe(SEEN.sky);
    expect(view.end_m[at(0, 0)]).toBe(300);
  });

  it('go right of the middle to the right, up at the top', () => {
    const d = (i: number, j: number, c: number) => view.direction[3 * at(i, j) + c]!;
    expect(d(32, 12, 0)).toBeGreaterThan(0);
    expect(d(0, 12, 0)).toBeLessThan(0);
    expect(d(16, 0, 2)).toBeGreaterThan(0);
    expect(Math.atan2(d(32, 12, 0), d(32, 12, 1))).toBeCloseTo(Math.atan((32 / 33) * Math.tan(Math.PI / 6)), 9);
  });
});

describe('an infrared camera', () => {
  const view = compileView(PLACE, WALL);
  const n = PLACE.width * PLACE.height;
  const methane = PER_BOND * 4;
  const shoot = (ppm_m: number, air: AirWeather) => {
    const image = { thermal_K: new Float32Array(n), column_part_m: new Float32Array(n) };
    const seen = takeInfrared(
      view,
      air,
      new Float64Array(n).fill(methane * ppm_m * 1e-6),
      methane,
      seeded(1).stream('CA'),
      0,
      image,
    );
    const wall = 12 * PLACE.width + 16;
    return { ...seen, wall: image.column_part_m[wall]! * 1e6, thermal: image.thermal_K[wall]! };
  };

  it('measures a column of methane before a warm wall, and nothing of clean air', () => {
    const { pixels, wall } = shoot(3000, AIR);
    expect(pixels).toBeGreaterThan(0.9 * n);
    expect(wall).toBeGreaterThan(2400);
    expect(wall).toBeLessThan(3600);
    expect(shoot(0, AIR)).toMatchObject({ pixels: 0, column_part_m: 0 });
  });

  it('is blind where the wall is as warm as the gas: Zeng and Morris say that the difference of temperature decides', () => {
    const dull = { ...AIR, solar_W_m2: 0, cloud: 1 };
    expect(shoot(3000, dull).wall).toBe(0);
    // ΔT by the contrast of 1 %: 1 − e^(−a) = 0.01/(1 − B(Ta)/B(Tb)).
    const { thermal } = shoot(0, AIR);
    const full = 1 - Math.exp(-4360 * (1 / 290 - 1 / thermal));
    const limit_ppm_m = (-Math.log(1 - 0.01 / full) / methane) * 1e6;
    expect(shoot(0.6 * limit_ppm_m, AIR).wall).toBe(0);
    expect(shoot(1.5 * limit_ppm_m, AIR).wall).toBeGreaterThan(0);
  });

  it('is the same twice', () => {
    expect(shoot(500, AIR)).toEqual(shoot(500, AIR));
  });
});

describe('a pool', () => {
  it('grows around what stands in its way and stays within walls', () => {
    const box = (x_m: number, y_m: number, length_m: number, width_m: number) =>
      ({ kind: 'box', x_m, y_m, z0_m: 0, z1_m: 1, length_m, width_m, heading_rad: 0 }) as const;
    // A bund of 40 m with a tank before its east wall.
    const bund = createSolids([
      box(0, 20, 40, 0.3),
      box(0, -20, 40, 0.3),
      box(20, 0, 0.3, 40),
      box(-20, 0, 0.3, 40),
      { kind: 'cylinder', x_m: 8, y_m: 0, z0_m: 0, z1_m: 10, radius_m: 6 },
    ]);
    const reach = compileReach(bund, 0, 0);
    expect(reach(0, 0)).toBe(0);
    expect(reach(8, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(reach(30, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(reach(-16, 0)).toBeLessThan(reach(16, 0));
    expect(reach(16, 0)).toBeLessThan(40 * 40);
    expect(compileReach(undefined, 0, 0)(10, 0)).toBeGreaterThan(0.7 * Math.PI * 100);
  });
});

describe('fog of cold gas', () => {
  it('is thicker in damp air and none of warm gas', () => {
    const part_m = 0.5;
    expect(condensed_kg_m2(part_m, 295, AIR)).toBe(0);
    const damp = condensed_kg_m2(part_m, 240, { ...AIR, relativeHumidity: 0.95 });
    expect(damp).toBeGreaterThan(0);
    expect(condensed_kg_m2(part_m, 240, { ...AIR, relativeHumidity: 0.5 })).toBeLessThan(damp);
  });
});

const FARM = unwrap(readPlant(fileURLToPath(new URL('../../../models/plants/tank-farm.yaml', import.meta.url))))
  .value as TanksSpec & InAir;
/** At noon, when ground is warm, by cameras of a quarter of the pixels. */
const NOON = {
  ...FARM,
  weather: { ...FARM.weather!, 'starts-at': 12 * 3600 },
  air: { ...FARM.air!, cameras: FARM.air!.cameras.map((c) => ({ ...c, pixels: [32, 24] })) },
} as typeof FARM;

function start() {
  const sim = createSim(NOON, {
    seed: 5,
    leaks: [{ id: 'leak-1', pipe: 'TK-5', fraction: 0, dischargeCoefficient: 0.6 }],
  });
  const frame = createFrame(sim.layout);
  const tag = (id: string) => sim.layout.tags.findIndex((t) => t.id === id);
  return {
    sim,
    frame,
    cameras: (sim.physics as unknown as InAirPhysics).cameras!,
    run(minutes: number) {
      const end = sim.timeUs + minutes * 60e6;
      while (sim.timeUs < end) sim.scan(frame);
    },
    shown: (id: string) => frame.value[sim.layout.column[tag(id)!]!]!,
  };
}
const OPEN: Command = { kind: 'leak.open', leak: 'leak-1', area_m2: 1e-3, growth_s: 0 };

describe('the farm by its cameras', () => {
  it('shows nothing at first, then gas and the pool; pictures come by their own period, and a resumed run shows the same', () => {
    const farm = start();
    farm.run(1);
    expect(farm.shown('CA-1')).toBe(0);
    expect(farm.shown('CV-1')).toBe(0);
    expect(farm.sim.apply([OPEN])).toEqual([]);
    farm.run(4);
    const snapshot = farm.sim.snapshot();
    // And one scan: a picture's numbers are out a tick after it.
    farm.run(1 + 1 / 12);
    const [gas, pool] = farm.cameras.all;
    console.log(
      `CA-1 ${farm.shown('CA-1')} px, QA-1 ${farm.shown('QA-1').toFixed(0)} ppm·m, CV-1 ${farm.shown('CV-1')} px`,
    );
    expect(gas!.taken).toBe(1 + 6 * 2);
    expect(farm.shown('CA-1')).toBeGreaterThan(3);
    expect(farm.shown('CA-1')).toBe(gas!.values().filter((v) => v > 0).length);
    expect(Math.abs(farm.shown('QA-1') - Math.max(...gas!.values()))).toBeLessThan(1);
    expect(farm.shown('CV-1')).toBeGreaterThan(0);
    const seen = [gas!.values(), gas!.picture().rgb, pool!.picture().rgb];
    const digest = farm.sim.fingerprint();

    const again = start();
    again.sim.apply([OPEN]);
    again.sim.restore(snapshot);
    again.run(1 + 1 / 12);
    const [gas2, pool2] = again.cameras.all;
    expect(again.sim.fingerprint()).toBe(digest);
    expect([gas2!.values(), gas2!.picture().rgb, pool2!.picture().rgb]).toEqual(seen);
  }, 30_000);
});
