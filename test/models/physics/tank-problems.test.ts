import { describe, expect, it } from 'vitest';
import { checkTankFarm, compileTankFarm, SUBSTANCES, type TankFarmSpec } from '../../../models/physics/tank/index.ts';

const good: TankFarmSpec = {
  substances: [SUBSTANCES.water, SUBSTANCES.gasoline],
  tanks: [
    {
      id: 'T',
      substance: 'water',
      shape: { kind: 'vertical-cylinder', diameter_m: 4, height_m: 5 },
      level_m: 3,
      temperature_K: 290,
      pool: 'B',
    },
  ],
  holes: [{ id: 'h', tank: 'T', area_m2: 1e-4 }],
  pools: [{ id: 'B', surface: 'bund', floorArea_m2: 100, wallHeight_m: 1 }],
};
const tank = (extra: object): TankFarmSpec => ({ ...good, tanks: [{ ...good.tanks[0], ...extra }] });

describe('what is wrong with a tank farm', () => {
  it('a good farm has no problems', () => {
    expect(checkTankFarm(good)).toEqual([]);
  });

  it.each<[string, TankFarmSpec, string]>([
    [
      'negative size',
      tank({ shape: { kind: 'vertical-cylinder', diameter_m: -4, height_m: 5 } }),
      'Tank "T": diameter_m is -4; expected a positive number.',
    ],
    [
      'falling table',
      tank({
        shape: {
          kind: 'table',
          points: [
            { level_m: 0, volume_m3: 0 },
            { level_m: 2, volume_m3: 30 },
            { level_m: 4, volume_m3: 25 },
          ],
        },
      }),
      'Tank "T": strapping volumes must rise, but point 3 (25 m³ at 4 m) follows 30 m³.',
    ],
    ['overfull', tank({ level_m: 6 }), 'Tank "T": level_m 6 is above its maximum level 5 m.'],
    ['unknown liquid', tank({ substance: 'wine' }), 'Tank "T" holds "wine", which is no substance here.'],
    ['unknown pool', tank({ pool: 'C' }), 'Tank "T" stands in "C", which is no pool.'],
    [
      'deep dish',
      tank({
        shape: { kind: 'vertical-cylinder', diameter_m: 4, height_m: 5, top: { kind: 'spherical', depth_m: 3 } },
      }),
      'Tank "T": a spherical top of depth 3 m is deeper than its radius 2 m.',
    ],
    [
      'legs too long',
      tank({ roof: { kind: 'floating', mass_kg: 1000, legs_m: 7 } }),
      'Tank "T": its roof stands at 7 m, above its maximum level 5 m.',
    ],
    [
      'hole larger than the tank',
      { ...good, holes: [{ id: 'h', tank: 'T', area_m2: 20, maxArea_m2: 20 }] },
      'Hole "h": a hole of 20 m² is larger than the cross-section of tank "T", 12.57 m².',
    ],
    [
      'hole above the rim',
      { ...good, holes: [{ id: 'h', tank: 'T', height_m: 5 }] },
      'Hole "h": height_m 5 is not below the top of tank "T", 5 m.',
    ],
    ['line to nowhere', { ...good, lines: [{ id: 'l', to: 'X' }] }, 'Line "l" goes to "X", which is no tank.'],
    [
      'two liquids in one line',
      {
        ...good,
        tanks: [good.tanks[0], { ...good.tanks[0], id: 'G', substance: 'gasoline' }],
        lines: [{ id: 'l', from: 'G', to: 'T' }],
      },
      'Line "l" carries "gasoline" into tank "T" of "water"; a tank holds one substance.',
    ],
    [
      'bund without a wall',
      { ...good, pools: [{ id: 'B', surface: 'bund', floorArea_m2: 100 }] },
      'Pool "B" is a bund without wallHeight_m.',
    ],
    [
      'bund full of tanks',
      { ...good, pools: [{ id: 'B', surface: 'bund', floorArea_m2: 10, wallHeight_m: 1 }] },
      'Pool "B": its tanks take 12.57 m² of a floor of 10 m².',
    ],
    [
      'overflow in a ring',
      {
        ...good,
        pools: [
          { ...good.pools![0], overflowTo: 'C' },
          { id: 'C', surface: 'ground', overflowTo: 'B' },
        ],
      },
      'Pool "B" runs over into itself: B → C → B.',
    ],
    [
      'grams for kilograms',
      { ...good, substances: [...good.substances, { ...SUBSTANCES.benzene, molarMass_kg_mol: 78.11 }] },
      'Substance "benzene": molarMass_kg_mol is 78.11; expected kg/mol (0.018 for water), not g/mol.',
    ],
  ])('%s', (_, spec, sentence) => {
    expect(checkTankFarm(spec)).toContain(sentence);
    const compiled = compileTankFarm(spec);
    expect(compiled.ok).toBe(false);
  });

  it('says everything at once', () => {
    const problems = checkTankFarm({
      ...tank({ temperature_K: -3, level_m: -1 }),
      holes: [{ id: 'h', tank: 'nowhere', area_m2: -1 }],
      lines: [{ id: 'l' }],
    });
    expect(problems.length).toBeGreaterThanOrEqual(5);
  });
});
