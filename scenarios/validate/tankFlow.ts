/**
 * Liquid in and out of tanks and bunds. Closed forms, k = Cd √(g/2):
 *
 *   upright cylinder      √h = √h0 − (k a/A) t                 growing hole a0 + b t:  √h = √h0 − (k/A)(a0 t + b t²/2)
 *   lying cylinder        t = ∫ A(h)/(Cd a √(2 g h)) dh = ∫ 2 A(x²)/(Cd a √(2g)) dx, x = √h, by Simpson's rule
 *   filling               V = V0 + q t; bund full after t = F w/q; drained as an upright cylinder
 * Source: Torricelli's law; conservation of volume.
 */
import {
  density_kg_m3,
  heldMass_kg,
  type ShapeSpec,
  SUBSTANCES,
  TANK_LEDGER,
  tankMassError_kg,
  WEATHER,
} from '../../models/physics/tank/index.ts';
import { judge, type ValidationRow } from './table.ts';
import { BURIED, type Farm, farm, G, integral, OIL, oneTank, root, run, T15, type TankCase } from './tankFarms.ts';

const CD = 0.61;
const A = (Math.PI / 4) * 100;
const K = CD * Math.sqrt(G / 2);
const LITRE = 1000;

export function validateTankFlow(): TankCase[] {
  return [
    ['upright tank drains', uprightDrains],
    ['lying tank drains', lyingDrains],
    ['hole in the wall', wallHole],
    ['hole that grows', growingHole],
    ['hole that grows, lying tank', growingLying],
    ['leak under bund liquid', submergedHole],
    ['tank fills', fills],
    ['bund fills, overtops, drains', bund],
    ['floating roof', floatingRoof],
    ['mass ledger, a day of everything', ledger],
  ];
}

function uprightDrains(): ValidationRow[] {
  const a = 0.02;
  const f = oneTank({}, { holes: [{ id: 'h', tank: 'T', area_m2: a, maxArea_m2: a }] });
  let worst = 0;
  const empty = (Math.sqrt(9) * A) / (K * a);
  let drained = Number.NaN;
  run(f, Math.ceil(empty) + 60, 1, (n) => {
    const x = Math.max(0, 3 - ((K * a) / A) * n);
    worst = Math.max(worst, Math.abs(f.state.tankLevel_m[0] - x * x));
    if (Number.isNaN(drained) && f.state.tankLevel_m[0] < 1e-9) drained = n;
  });
  return [
    judge('upright tank drains', 'level, worst', worst * 1000, 1e-3, 'mm', `√h law, 9 m, hole ${a} m², 1 s steps`),
    judge('upright tank drains', 'time to empty', drained - empty, 1, 's', `theory ${empty.toFixed(1)} s`),
  ];
}

const R = 1.25;
/** Free surface of a lying cylinder with half-ellipsoid ends of depth e [m²]. */
const lyingArea = (h: number, length: number, e: number) =>
  2 * length * Math.sqrt(Math.max(0, h * (2 * R - h))) + (Math.PI * e * h * (2 * R - h)) / R;

function lyingDrains(): ValidationRow[] {
  const rows: ValidationRow[] = [];
  for (const [name, e] of [['flat ends', 0] as const, ['ellipsoidal ends', 0.6] as const]) {
    const a = 2e-3;
    const shape: ShapeSpec = {
      kind: 'horizontal-cylinder',
      diameter_m: 2 * R,
      length_m: 8,
      ends: e === 0 ? { kind: 'flat' } : { kind: 'ellipsoidal', depth_m: e },
    };
    const f = oneTank({ shape, level_m: 2.4 }, { holes: [{ id: 'h', tank: 'T', area_m2: a }] });
    let worst = 0;
    run(f, 12_000, 1, (n) => {
      if (n % 1000 !== 0 || f.state.tankLevel_m[0] < 0.02) return;
      const time = integral(
        (x) => (2 * lyingArea(x * x, 8, e)) / (CD * a * Math.sqrt(2 * G)),
        Math.sqrt(f.state.tankLevel_m[0]),
        Math.sqrt(2.4),
        400,
      );
      worst = Math.max(worst, Math.abs(time - n) / n);
    });
    rows.push(
      judge(
        `lying tank drains, ${name}`,
        'time to a level, worst',
        worst * 100,
        1e-4,
        '%',
        '∫ A dh/(Cd a √(2gh)), Simpson',
      ),
    );
  }
  return rows;
}

function wallHole(): ValidationRow[] {
  const a = 0.01;
  const z = 4;
  const f = oneTank({}, { holes: [{ id: 'h', tank: 'T', area_m2: a, height_m: z }] });
  let worst = 0;
  run(f, 20_000, 1, (n) => {
    const x = Math.max(0, Math.sqrt(9 - z) - ((K * a) / A) * n);
    worst = Math.max(worst, Math.abs(f.state.tankLevel_m[0] - z - x * x));
  });
  return [
    judge('hole in the wall', 'level, worst', worst * 1000, 1e-3, 'mm', 'head counts from the hole'),
    judge('hole in the wall', 'level it stops at', (f.state.tankLevel_m[0] - z) * 1000, 1e-6, 'mm', `hole at ${z} m`),
  ];
}

function growingHole(): ValidationRow[] {
  const b = 1e-6;
  const f = oneTank({}, { holes: [{ id: 'h', tank: 'T', area_m2: 1e-4, growth_m2_s: b, maxArea_m2: 0.05 }] });
  let worst = 0;
  run(f, 20_000, 1, (n) => {
    const x = Math.max(0, 3 - (K / A) * (1e-4 * n + (b * n * n) / 2));
    if (x > 0.1) worst = Math.max(worst, Math.abs(f.state.tankLevel_m[0] - x * x));
  });
  return [judge('hole that grows', 'level, worst', worst * 1000, 1e-3, 'mm', '1 cm²/100 s, closed form')];
}

function growingLying(): ValidationRow[] {
  const b = 2e-7;
  const start = { kind: 'horizontal-cylinder', diameter_m: 2 * R, length_m: 8 } as const;
  const f = oneTank(
    { shape: start, level_m: 2.2 },
    { holes: [{ id: 'h', tank: 'T', growth_m2_s: b, maxArea_m2: 0.05 }] },
  );
  run(f, 3000, 1);
  // A(h) dh/√h = −Cd √(2g) b t dt, both sides integrated: the level where they meet.
  const grown = (CD * Math.sqrt(2 * G) * b * 3000 * 3000) / 2;
  const level = root(
    (h) => grown - integral((x) => 2 * lyingArea(x * x, 8, 0), Math.sqrt(h), Math.sqrt(2.2), 400),
    0.01,
    2.2,
  );
  const note = `from 2.2 to ${level.toFixed(4)} m in 3000 s`;
  return [judge('hole that grows, lying tank', 'level', (f.state.tankLevel_m[0] - level) * 1000, 1e-2, 'mm', note)];
}

function submergedHole(): ValidationRow[] {
  const floor = 300;
  const a = 0.05;
  const f = oneTank(
    { pool: 'B', footprint_m2: 0 },
    {
      holes: [{ id: 'h', tank: 'T', area_m2: a, maxArea_m2: a }],
      pools: [{ id: 'B', surface: 'bund', floorArea_m2: floor, wallHeight_m: 5, minThickness_m: 0 }],
    },
  );
  run(f, 9000, 1);
  const level = (9 * A) / (A + floor);
  return [
    judge(
      'leak under bund liquid',
      'levels of tank and bund, difference',
      (f.state.tankLevel_m[0] - f.state.poolDepth_m[0]) * 1000,
      1,
      'mm',
      'communicating vessels: the leak ends by itself',
    ),
    judge(
      'leak under bund liquid',
      'common level',
      (f.state.poolDepth_m[0] - level) * 1000,
      1,
      'mm',
      `${level.toFixed(4)} m`,
    ),
  ];
}

function fills(): ValidationRow[] {
  const q = 0.05;
  const f = oneTank(
    { shape: BURIED, level_m: 0.2 },
    { lines: [{ id: 'in', to: 'T', rate_m3_s: q, sourceTemperature_K: T15 }] },
  );
  // Segment area of the circle, written here again from its own formula.
  const length = 40 / (Math.PI * R * R);
  const volume = (h: number) => length * (R * R * Math.acos((R - h) / R) - (R - h) * Math.sqrt(2 * R * h - h * h));
  const v0 = volume(0.2);
  let worst = 0;
  let spill = 0;
  run(f, 1000, 1, (n) => {
    if (v0 + q * n < 40)
      worst = Math.max(worst, Math.abs(f.state.tankLevel_m[0] - root((h) => volume(h) - v0 - q * n, 0, 2.5)));
    spill = f.state.tankSpill_kg_s[0];
  });
  return [
    judge(
      'tank fills',
      'level, worst',
      worst * 1000,
      1e-2,
      'mm',
      'lying cylinder, 50 l/s, inverse of the segment formula',
    ),
    judge('tank fills', 'spill when full, of inflow', (spill / (q * 860) - 1) * 100, 1e-9, '%', 'overfill = inflow'),
  ];
}

function bund(): ValidationRow[] {
  const q = 0.08;
  const wall = 1.2;
  const f = oneTank(
    { level_m: 10, pool: 'B' },
    {
      lines: [{ id: 'in', to: 'T', rate_m3_s: q, sourceTemperature_K: T15 }],
      pools: [
        {
          id: 'B',
          surface: 'bund',
          floorArea_m2: 900,
          wallHeight_m: wall,
          minThickness_m: 0,
          overflowTo: 'yard',
          drain: { area_m2: 0.03, dischargeCoefficient: CD },
        },
        { id: 'yard', surface: 'ground' },
      ],
    },
  );
  const floor = 900 - A;
  const theory = (floor * wall) / q;
  let full = Number.NaN;
  run(f, Math.ceil(theory) + 600, 1, (n) => {
    if (Number.isNaN(full) && f.state.poolOverflow_kg_s[0] > 0) full = n - f.state.poolOverflow_kg_s[0] / (q * 860); // within the step, from what ran over
  });
  const over = f.state.poolOverflow_kg_s[0] / (q * 860);
  f.state.lineRate_m3_s[0] = 0;
  f.state.drainOpening[0] = 1;
  run(f, 1, 1);
  const start = f.state.poolDepth_m[0];
  let worst = 0;
  run(f, 18_000, 1, (n) => {
    const x = Math.max(0, Math.sqrt(start) - ((K * 0.03) / floor) * n);
    worst = Math.max(worst, Math.abs(f.state.poolDepth_m[0] - x * x));
  });
  return [
    judge(
      'bund fills and overtops',
      'time until it runs over',
      full - theory,
      1e-3,
      's',
      `${theory.toFixed(1)} s = (floor − footprint) × wall/q`,
    ),
    judge('bund fills and overtops', 'overtopping of inflow', (over - 1) * 100, 1e-6, '%'),
    judge('bund drains', 'depth, worst', worst * 1000, 1e-3, 'mm', '√h law through the drain valve'),
  ];
}

function floatingRoof(): ValidationRow[] {
  const mass = 40_000;
  const f = oneTank({ level_m: 5, roof: { kind: 'floating', mass_kg: mass, legs_m: 1.8, areaFraction: 0.98 } });
  const floats = f.state.tankMass_kg[0] - (5 * A * 860 - mass);
  run(f, 1, 1);
  // Archimedes: the level in the gauge well is the weight of liquid and roof over the section.
  const level = (f.state.tankMass_kg[0] + mass) / 860 / A;
  return [
    judge(
      'floating roof',
      'liquid under a floating roof',
      floats,
      1e-6,
      'kg',
      'weight displaced is the weight of the roof',
    ),
    judge('floating roof', 'gauged level', (f.state.tankLevel_m[0] - level) * 1000, 1e-6, 'mm', 'Archimedes'),
  ];
}

/** Two tanks, three leaks, transfer, overfill, bund, drain, soaking ground, vents, sun: a day in 5 s steps. */
function busy(): Farm {
  return farm({
    substances: [OIL, SUBSTANCES.gasoline],
    tanks: [
      {
        id: 'A',
        substance: 'gasoline',
        shape: { kind: 'vertical-cylinder', diameter_m: 20, height_m: 12 },
        level_m: 11.99,
        temperature_K: 291,
        pool: 'B',
        roof: { kind: 'vented' },
        heat: { roofConductance_W_K: 900, solarAperture_m2: 100 },
      },
      {
        id: 'F',
        substance: 'gasoline',
        shape: { kind: 'vertical-cylinder', diameter_m: 20, height_m: 12 },
        level_m: 6,
        temperature_K: 288,
        pool: 'B',
        roof: { kind: 'floating', mass_kg: 60_000, legs_m: 1.8 },
      },
      { id: 'O', substance: 'oil', shape: BURIED, level_m: 2, temperature_K: 300 },
    ],
    holes: [
      { id: 'a', tank: 'A', area_m2: 2e-4, growth_m2_s: 1e-9 },
      { id: 'f', tank: 'F', area_m2: 1e-3, height_m: 2 },
      { id: 'o', tank: 'O', area_m2: 1e-6 },
    ],
    lines: [
      { id: 'in', to: 'A', rate_m3_s: 0.01, sourceTemperature_K: 295 },
      { id: 'across', from: 'A', to: 'F', rate_m3_s: 0.006 },
      { id: 'out', from: 'F', rate_m3_s: 0.002 },
    ],
    pools: [
      { id: 'B', surface: 'bund', floorArea_m2: 900, wallHeight_m: 0.5, overflowTo: 'yard', drain: { area_m2: 1e-3 } },
      { id: 'yard', surface: 'ground', soak: { conductivity_m_s: 1e-6, suction_m: 0.1, porosity: 0.35 } },
    ],
    weather: { airTemperature_K: 288, wind_m_s: 3 },
  });
}

function ledger(): ValidationRow[] {
  const f = busy();
  const held = [heldMass_kg(f.model, f.state, 0), heldMass_kg(f.model, f.state, 1)];
  let worst = 0;
  run(f, 17_280, 5, (n) => {
    const hour = (n * 5) / 3600;
    f.state.weather[WEATHER.air_K] = 288 + 6 * Math.sin((2 * Math.PI * (hour - 9)) / 24);
    f.state.weather[WEATHER.sun_W_m2] = Math.max(0, 800 * Math.sin((Math.PI * (hour - 6)) / 12));
    if (n === 8000) f.state.drainOpening[0] = 0.5;
    if (n % 1000 === 0)
      for (let s = 0; s < 2; s++) worst = Math.max(worst, Math.abs(tankMassError_kg(f.model, f.state, s)) / held[s]);
  });
  const share = (row: number) => f.state.ledger_kg[row * 2 + 1].toFixed(0);
  const L = TANK_LEDGER;
  const note = `gasoline kg: in ${share(L.lineIn)}, out ${share(L.lineOut)}, vented ${share(L.vented)}, evaporated ${share(L.evaporated)}, soaked ${share(L.soaked)}, drained ${share(L.drained)}`;
  const litres =
    (f.state.tankVolume_m3[2] - f.state.tankMass_kg[2] / density_kg_m3(f.model, 0, f.state.tankTemperature_K[2])) *
    LITRE;
  return [
    judge('mass ledger, a day of everything', 'mass unaccounted for, of what was held', worst, 1e-12, '', note),
    judge('mass ledger, a day of everything', 'volume × density − mass', litres, 1e-9, 'l'),
  ];
}
