import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cloneTankState,
  compileTankFarm,
  createTankState,
  heldMass_kg,
  levelOfMass_m,
  massAtLevel_kg,
  resetTankLedger,
  roofHeight_m,
  type ShapeSpec,
  SUBSTANCES,
  saturated_kg_m3,
  setTank,
  shapeOf,
  stepTanks,
  strappedLevel_m,
  strappedVolume_m3,
  strappingTable,
  substancePressure_Pa,
  type TankFarmSpec,
  tankMassError_kg,
  WEATHER,
} from '../../../models/physics/tank/index.ts';

const T15 = 288.15;
const upright: ShapeSpec = { kind: 'vertical-cylinder', diameter_m: 10, height_m: 10 };

function farm(spec: Partial<TankFarmSpec>) {
  const compiled = compileTankFarm({ substances: [SUBSTANCES.gasoline, SUBSTANCES.water], tanks: [], ...spec });
  if (!compiled.ok) throw new Error(compiled.problems.join('\n'));
  return { model: compiled.value, state: createTankState(compiled.value) };
}

const busy: Partial<TankFarmSpec> = {
  tanks: [
    {
      id: 'A',
      substance: 'gasoline',
      shape: upright,
      level_m: 9.9,
      temperature_K: 292,
      pool: 'B',
      roof: { kind: 'vented' },
    },
    { id: 'W', substance: 'water', shape: upright, level_m: 5, temperature_K: 285, pool: 'B' },
    {
      id: 'F',
      substance: 'gasoline',
      shape: upright,
      level_m: 6,
      temperature_K: T15,
      roof: { kind: 'floating', mass_kg: 2e4, legs_m: 2 },
    },
  ],
  holes: [
    { id: 'a', tank: 'A', area_m2: 1e-3, growth_m2_s: 1e-7 },
    { id: 'w', tank: 'W', area_m2: 2e-3, height_m: 1 },
  ],
  lines: [
    { id: 'in', to: 'A', rate_m3_s: 0.05, sourceTemperature_K: 300 },
    { id: 'across', from: 'A', to: 'F', rate_m3_s: 0.01 },
  ],
  pools: [
    { id: 'B', surface: 'bund', floorArea_m2: 400, wallHeight_m: 0.3, overflowTo: 'yard', drain: { area_m2: 0.002 } },
    { id: 'yard', surface: 'ground', soak: { conductivity_m_s: 1e-6, suction_m: 0.1, porosity: 0.3 } },
  ],
  weather: { airTemperature_K: 290, wind_m_s: 4, sun_W_m2: 300 },
};

const shapes: readonly [string, Exclude<ShapeSpec, { kind: 'table' }>][] = [
  ['upright, flat', upright],
  [
    'upright, cone and dome',
    {
      kind: 'vertical-cylinder',
      diameter_m: 3,
      height_m: 5,
      bottom: { kind: 'cone', depth_m: 0.8 },
      top: { kind: 'ellipsoidal', depth_m: 0.7 },
    },
  ],
  [
    'upright, dished',
    {
      kind: 'vertical-cylinder',
      diameter_m: 3,
      height_m: 5,
      bottom: { kind: 'spherical', depth_m: 0.4 },
      top: { kind: 'spherical', depth_m: 0.4 },
    },
  ],
  ['lying, flat', { kind: 'horizontal-cylinder', diameter_m: 2.5, length_m: 8 }],
  [
    'lying, ellipsoidal',
    { kind: 'horizontal-cylinder', diameter_m: 2.5, length_m: 8, ends: { kind: 'ellipsoidal', depth_m: 0.6 } },
  ],
  [
    'lying, dished',
    { kind: 'horizontal-cylinder', diameter_m: 2.5, length_m: 8, ends: { kind: 'spherical', depth_m: 0.5 } },
  ],
  [
    'lying, hemispheres',
    { kind: 'horizontal-cylinder', diameter_m: 2.5, length_m: 8, ends: { kind: 'spherical', depth_m: 1.25 } },
  ],
];

describe('shapes and strapping', () => {
  it.each(shapes)('%s: volume is the integral of the free surface, and the table goes there and back', (name, spec) => {
    const shape = shapeOf(spec);
    const n = 20_000;
    let v = 0;
    let worst = 0;
    for (let i = 0; i < n; i++) {
      v += (shape.area_m2(((i + 0.5) * shape.height_m) / n) * shape.height_m) / n;
      worst = Math.max(worst, Math.abs(v - shape.volume_m3(((i + 1) * shape.height_m) / n)));
    }
    const total = shape.volume_m3(shape.height_m);
    const { model } = farm({ tanks: [{ id: 'T', substance: 'water', shape: spec, level_m: 1, temperature_K: T15 }] });
    let trip = 0;
    let table = 0;
    for (let i = 1; i < 997; i++) {
      const h = (shape.height_m * i) / 997;
      const V = strappedVolume_m3(model, 0, h);
      trip = Math.max(trip, Math.abs(strappedLevel_m(model, 0, V) - h));
      table = Math.max(table, Math.abs(V - shape.volume_m3(h)));
    }
    console.log(
      `${name}: quadrature ${worst.toExponential(1)} m³ of ${total.toFixed(2)}, there and back ${trip.toExponential(1)} m, table ${table.toExponential(1)} m³`,
    );
    expect(worst / total).toBeLessThan(1e-6);
    expect(trip).toBeLessThan(1e-12);
    expect(table / total).toBeLessThan(1e-7);
  });

  it('a lying tank with hemispheres holds a cylinder and a sphere', () => {
    const shape = shapeOf({
      kind: 'horizontal-cylinder',
      diameter_m: 2,
      length_m: 3,
      ends: { kind: 'spherical', depth_m: 1 },
    });
    expect(shape.volume_m3(2)).toBeCloseTo(3 * Math.PI + (4 / 3) * Math.PI, 12);
    expect(shape.volume_m3(1)).toBeCloseTo((3 * Math.PI + (4 / 3) * Math.PI) / 2, 12);
  });

  it('any rising table gives rising volumes, its own points, and levels there and back', () => {
    const rises = fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 300, noNaN: true })),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(rises, (steps) => {
        let h = 0;
        let v = 0;
        const points = [
          { level_m: 0, volume_m3: 0 },
          ...steps.map(([dh, dv]) => {
            h += dh;
            v += dv;
            return { level_m: h, volume_m3: v };
          }),
        ];
        const { model } = farm({
          tanks: [{ id: 'T', substance: 'water', shape: { kind: 'table', points }, level_m: 0, temperature_K: T15 }],
        });
        for (const p of points) expect(strappedVolume_m3(model, 0, p.level_m)).toBeCloseTo(p.volume_m3, 9);
        let last = -1;
        for (let i = 0; i <= 200; i++) {
          const V = strappedVolume_m3(model, 0, (h * i) / 200);
          expect(V).toBeGreaterThanOrEqual(last - 1e-10);
          last = V;
          const back = strappedVolume_m3(model, 0, strappedLevel_m(model, 0, V));
          expect(Math.abs(back - V)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('a straight table is interpolated straight', () => {
    const points = [0, 1, 2.5, 4].map((h) => ({ level_m: h, volume_m3: 12 * h }));
    const table = strappingTable({ kind: 'table', points });
    for (const a of table.area_m2) expect(a).toBeCloseTo(12, 12);
  });
});

describe('a farm in motion', () => {
  it('a snapshot continues bit-identically', () => {
    const { model, state } = farm(busy);
    for (let i = 0; i < 700; i++) stepTanks(model, state, 2);
    const copy = cloneTankState(model, state);
    for (let i = 0; i < 700; i++) stepTanks(model, state, 2);
    for (let i = 0; i < 700; i++) stepTanks(model, copy, 2);
    expect(new Uint8Array(copy.buffer)).toEqual(new Uint8Array(state.buffer));
  });

  it('nothing is ever negative and mass closes, whatever the holes, rates and steps', () => {
    const draw = fc.record({
      hole: fc.double({ min: 0, max: 0.5, noNaN: true }),
      rate: fc.double({ min: 0, max: 2, noNaN: true }),
      out: fc.double({ min: 0, max: 2, noNaN: true }),
      wind: fc.double({ min: 0, max: 20, noNaN: true }),
      dt: fc.constantFrom(0.1, 1, 10, 60),
      drain: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(draw, (d) => {
        const { model, state } = farm(busy);
        state.holeArea_m2.fill(d.hole);
        state.lineRate_m3_s.set([d.rate, d.out]);
        state.weather[WEATHER.wind_m_s] = d.wind;
        state.drainOpening[0] = d.drain;
        const held = heldMass_kg(model, state, 0) + heldMass_kg(model, state, 1);
        for (let i = 0; i < 300; i++) stepTanks(model, state, d.dt);
        for (const array of [
          state.tankMass_kg,
          state.poolMass_kg,
          state.tankLevel_m,
          state.poolArea_m2,
          state.poolVapour_kg_s,
          state.tankVent_kg_s,
        ])
          for (const x of array) expect(x >= -1e-9).toBe(true);
        for (let s = 0; s < 2; s++) expect(Math.abs(tankMassError_kg(model, state, s)) / held).toBeLessThan(1e-12);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('at rest nothing moves: no hole, no heat, no lines', () => {
    const { model, state } = farm({
      tanks: [{ id: 'T', substance: 'water', shape: upright, level_m: 10, temperature_K: 295 }],
    });
    const before = new Uint8Array(state.buffer.slice(0));
    const level = state.tankLevel_m[0];
    for (let i = 0; i < 100; i++) stepTanks(model, state, 5);
    expect(state.tankLevel_m[0]).toBe(level);
    expect(before.length).toBe(state.buffer.byteLength);
  });

  it('a pump stops at its suction, and carries no more than the tank holds', () => {
    const { model, state } = farm({
      tanks: [{ id: 'T', substance: 'water', shape: upright, level_m: 1, temperature_K: T15, suctionLevel_m: 0.4 }],
      lines: [{ id: 'out', from: 'T', rate_m3_s: 10 }],
    });
    for (let i = 0; i < 20; i++) stepTanks(model, state, 1);
    expect(state.tankLevel_m[0]).toBeCloseTo(0.4, 9);
    expect(state.lineFlow_kg_s[0]).toBeCloseTo(0, 6);
  });

  it('a floating roof lands on its legs, and level and mass stay one to one', () => {
    const { model, state } = farm(busy);
    const F = model.tankIndex.get('F') as number;
    for (let h = 0.1; h < 9.9; h += 0.05) {
      const mass = massAtLevel_kg(model, F, h, 290);
      expect(levelOfMass_m(model, F, mass, 290)).toBeCloseTo(h, 9);
    }
    const draft = 2e4 / 745 / 0.98 / ((Math.PI / 4) * 100);
    setTank(model, state, F, 6, T15);
    expect(roofHeight_m(model, state, F)).toBeCloseTo(6 - draft, 9);
    setTank(model, state, F, 1.5, T15);
    expect(roofHeight_m(model, state, F)).toBe(2);
  });

  it('filling a vented tank expels the displaced vapour, saturated', () => {
    const { model, state } = farm({
      tanks: [
        { id: 'T', substance: 'gasoline', shape: upright, level_m: 4, temperature_K: T15, roof: { kind: 'vented' } },
      ],
      lines: [{ id: 'in', to: 'T', rate_m3_s: 0.1, sourceTemperature_K: T15 }],
    });
    for (let i = 0; i < 60; i++) stepTanks(model, state, 1);
    const expected = 0.1 * saturated_kg_m3(0.066, substancePressure_Pa(model, 0, T15), T15);
    console.log(
      `vent ${state.tankVent_kg_s[0].toFixed(5)} kg/s, 0.1 m³/s of saturated vapour ${expected.toFixed(5)} kg/s`,
    );
    expect(Math.abs(state.tankVent_kg_s[0] / expected - 1)).toBeLessThan(1e-3);
  });

  it('of a mixture each liquid evaporates by its own share', () => {
    const { model, state } = farm({
      substances: [SUBSTANCES.hexane, SUBSTANCES.toluene],
      pools: [{ id: 'P', surface: 'bund', floorArea_m2: 100, wallHeight_m: 1 }],
    });
    state.poolMass_kg.set([861.8, 921.4]); // 10 kmol each
    state.poolTemperature_K[0] = 295;
    state.poolArea_m2[0] = 100;
    stepTanks(model, state, 1);
    const T = state.poolTemperature_K[0];
    const sc = [0.75e-5, 0.85e-5].map((D) => 1.5e-5 / (D * (T / 298.15) ** 1.75));
    const share = [0, 1].map(
      (s) => model.substanceMolarMass_kg_mol[s] * substancePressure_Pa(model, s, T) * sc[s] ** -0.67,
    );
    expect(state.poolVapour_kg_s[0] / state.poolVapour_kg_s[1]).toBeCloseTo(share[0] / share[1], 6);
  });

  it('the ledger starts anew when asked', () => {
    const { model, state } = farm(busy);
    for (let i = 0; i < 50; i++) stepTanks(model, state, 10);
    setTank(model, state, 0, 2, 300);
    resetTankLedger(model, state);
    expect(tankMassError_kg(model, state, 0)).toBe(0);
  });
});
