/** Gas on a site as the judge sees it: the rate against what went into the air, and the plan on the card. */
import { describe, expect, it } from 'vitest';
import {
  type AirAsBuilt,
  type AlarmEvent,
  alarmEventSchema,
  createLayout,
  type TruthEvent,
} from '../../../models/contract/index.ts';
import { type CardInputs, judge, makeCard, renderHtml } from '../../../scenarios/score/index.ts';

const place = (x: number, y: number): [number, number, number] => [x, y, 0];
const release = (timeUs: number, ref: string, massRate_kg_s: number, at = place(14, -26)): TruthEvent => ({
  kind: 'air.release',
  timeUs,
  ref,
  species: 'gasoline',
  massRate_kg_s,
  place_m: at,
});
const truth: TruthEvent[] = [
  {
    kind: 'leak.opened',
    timeUs: 10e6,
    ref: 'leak-1',
    unit: 'TK-5',
    position_m: 0,
    area_m2: 1e-4,
    growth_s: 0,
    place_m: place(14, -26),
    source: 'BU-2',
  },
  { kind: 'leak.rate', timeUs: 20e6, ref: 'leak-1', massRate_kg_s: 2, volume_m3: 0.1 },
  release(15e6, 'BU-2/gasoline', 0.1),
  release(15e6, 'TK-1/vent', 5, place(-115, 0)),
  release(40e6, 'BU-2/gasoline', 0.4),
  { kind: 'leak.closed', timeUs: 90e6, ref: 'leak-1', volume_m3: 1 },
];
const gas: AlarmEvent = {
  alarm: 'GAS-SOURCE',
  timeUs: 50e6,
  frameSeq: 5,
  from: 'normal',
  to: 'unacknowledged',
  priority: 2,
  score: 2,
  where: {
    sigma_m: 6,
    place_m: place(20, -18),
    source: 'BU-2',
    probability: 0.9,
    region: { middle_m: [20, -18], axes_m: [30, 10], angle_rad: 0.5 },
    suspects: [
      { source: 'BU-2', probability: 0.9 },
      { source: 'TK<5>', probability: 0.1 },
    ],
    wind_m_s: [2, 1],
  },
  rate: { massRate_kg_s: 0.5, sigma_kg_s: 0.2 },
  by: 'gas-source',
  because: 'a test',
};
const rateOf = (alarm: AlarmEvent, log = truth) =>
  judge([{ criterion: 'rate', of: 'leak-1', within: 0.3 }], { truth: log, alarms: [alarm], endUs: 100e6 }).verdicts[0]!;

describe('the rate of a gas alarm', () => {
  it('is held against what went into the air at the leak, not against the liquid that left the hole', () => {
    const verdict = rateOf(gas);
    expect(verdict.actual).toBeCloseTo(25, 9);
    expect(verdict.because).toContain('0.4 kg/s of gasoline went into the air then: +25 %');
    expect(rateOf({ ...gas, timeUs: 30e6 }).actual).toBeCloseTo(400, 9);
  });
  it('has no verdict while nothing is in the air, and is that of the hole where the alarm speaks of the line', () => {
    expect(rateOf({ ...gas, timeUs: 12e6 })).toMatchObject({ status: 'not-applicable', actual: null });
    const line = { ...gas, where: { position_m: 3, sigma_m: 1 } };
    expect(rateOf(line).because).toContain('the leak ran at 2 kg/s then');
  });
  it('is that of the hole where the log tells of no gas', () => {
    const silent = truth.filter((e) => e.kind !== 'air.release');
    expect(rateOf(gas, silent).because).toContain('the leak ran at 2 kg/s then');
  });
});

describe('the plan of a site', () => {
  const layout = createLayout({ plant: 'farm', scanUs: 1e6, stations: [], tags: [] });
  const air: AirAsBuilt = {
    gas: { id: 'gasoline', molarMass_kg_mol: 0.066 },
    sensors: [
      { tag: 'AT-1', place_m: [22, -24, 0.5] },
      { tag: 'BT-1', place_m: [104, -40, 1], to_m: [104, 44, 1] },
    ],
    equipment: [{ id: 'BU-2', place_m: [14.3, -25.6, 0] }],
    outlines: [
      {
        id: 'house',
        kind: 'building',
        corners_m: [
          [0, 0],
          [10, 0],
          [10, 8],
          [0, 8],
        ],
      },
      { id: 'TK-5', kind: 'tank', corners_m: [[40, -15]], radius_m: 14 },
    ],
  };
  const inputs = {
    runId: '1',
    scenario: 's',
    plant: 'farm',
    recipe: 'r',
    seed: 1,
    transport: 'inproc',
    pace: 'lockstep',
    status: 'valid',
    framesDigest: '',
    frames: 100,
    simulated_s: 100,
    expectations: [],
    truth,
    alarms: [gas],
  } satisfies CardInputs;
  const page = (with_: AirAsBuilt | undefined) =>
    renderHtml({
      card: makeCard(inputs),
      layout,
      trends: [],
      truth,
      alarms: [gas],
      scenarioTitle: 's',
      about: '',
      ...(with_ ? { air: with_ } : {}),
    });

  it('shows the site, the claim, the wind, the suspects and the error', () => {
    expect(alarmEventSchema.parse(gas)).toEqual(gas);
    const html = page(air);
    for (const text of [
      'class="strip plan"',
      'class="claim p2"',
      '>house<',
      '>AT-1<',
      '>BT-1<',
      'wind 2.24 m/s from 243°',
      '10 m from the true place',
      'TK&lt;5&gt;',
    ])
      expect(html).toContain(text);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });
  it('stands without a drawing of the site', () => {
    expect(page(undefined)).toContain('class="strip plan"');
  });
});
