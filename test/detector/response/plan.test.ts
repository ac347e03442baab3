/** The plan: pure, kept current, rendered; CAP in the order of its schema; figures against closed forms. */
import { describe, expect, it } from 'vitest';
import {
  parseResponse,
  planCap,
  planFor,
  planGeoJson,
  planHtml,
  planMarkdown,
  readResponse,
} from '../../../detector/index.ts';
import { contains, hazardZones } from '../../../detector/response/hazard.ts';
import { metresTo, offset } from '../../../detector/response/place.ts';
import { expectedSpill } from '../../../detector/response/spill.ts';
import { type AsBuilt, type Incident, responsePlanSchema, unwrap } from '../../../models/contract/index.ts';
import { PLUME_SIGMAS } from '../../../models/physics/air/index.ts';
import { readPlantContext } from '../../../scenarios/engine/index.ts';

const response = unwrap(readResponse('crude-line'));
const { asBuilt } = unwrap(readPlantContext('crude-line'));

function incident(position_m: number, massRate_kg_s = 40): Incident {
  const first = {
    alarm: 'LD-WAVE',
    timeUs: 1_210_000_000,
    frameSeq: 1210,
    from: 'normal' as const,
    to: 'unacknowledged' as const,
    priority: 1,
    score: 2,
    by: 'wave',
    because: 'fronts',
  };
  return {
    id: 'I-1',
    first,
    evidence: [first],
    annunciated: 1,
    priority: 1,
    where: { position_m, sigma_m: 20 },
    rate: { massRate_kg_s, sigma_kg_s: 0.3 },
    onsetUs: 1_200_000_000,
    lastUs: first.timeUs,
    standing: ['LD-WAVE'],
    acknowledged: false,
  };
}
const inputs = (position_m: number) => ({
  incident: incident(position_m),
  confirmed: { atUs: 1_280_000_000, by: ['LD-WAVE', 'LD-BALANCE'] },
  asBuilt,
  response: response.spec,
  timeUs: 1_280_000_000,
  epoch: '2026-05-01T20:00:00Z',
  pressure_Pa: 12e5,
  weather: { wind_m_s: 2, from_rad: (234.8 * Math.PI) / 180, stability: 'E' as const },
});

describe('plan', () => {
  it('is whole by its own schema, the same for the same inputs, and new only where something has moved', () => {
    const plan = planFor(inputs(24_950));
    expect(responsePlanSchema.parse(plan)).toEqual(plan);
    expect(planFor(inputs(24_950))).toEqual(plan);
    const later = planFor({ ...inputs(24_950), timeUs: 1_290_000_000, epoch: '2026-05-01T20:00:00Z', before: plan });
    // The pool has grown, so the zones have.
    expect(later.revision).toBe(2);
    const moved = planFor({ ...inputs(12_000), before: plan });
    expect(moved.revision).toBe(2);
    expect(moved.leak.element).toBe('P-1');
    expect(planFor({ ...inputs(24_950), before: plan })).toBe(plan);
    expect(plan.time).toBe('2026-05-01T20:21:20Z');
    expect(plan.isolation?.close).toEqual(['PCV-501', 'XV-101']);
    expect(plan.shutdown.steps.map((s) => s.element)).toEqual(['PU-201', 'PU-101', 'PU-102', 'XV-101', 'PCV-501']);
    expect(plan.hazard?.zones.at(-1)?.inside).toEqual(['school']);
    expect(plan.notify.map((t) => t.name)).toContain('city operations');
    expect(plan.resources[0]?.id).toBeDefined();
  });

  it('is rendered for people and for maps, with nothing that a page would run', () => {
    const plan = planFor(inputs(24_950));
    expect(planMarkdown(plan)).toContain('| 0 s | PU-201 | stop |');
    const html = planHtml({ ...plan, warnings: ['<script>alert(1)</script>'] });
    expect(html).not.toContain('<script');
    const geo = planGeoJson(plan) as { features: { geometry: { type: string; coordinates: number[][][] } }[] };
    const ring = geo.features.at(-1)!.geometry.coordinates[0]!;
    expect(ring[0]).toEqual(ring.at(-1));
    expect(ring.length).toBeGreaterThan(10);
  });

  it('is an alert of CAP 1.2: every element in the order of its schema, dates without Z', () => {
    const plan = planFor(inputs(24_950));
    const xml = planCap(
      { ...plan, revision: 2 },
      { sender: 'ops@line.example', sent: '2026-05-01T20:21:20Z', status: 'Exercise', before: '2026-05-01T20:20:00Z' },
    );
    const order = {
      alert:
        'identifier sender sent status msgType source scope restriction addresses code note references incidents info',
      info: 'language category event responseType urgency severity certainty audience eventCode effective onset expires senderName headline description instruction web contact parameter resource area',
      area: 'areaDesc polygon circle geocode altitude ceiling',
    };
    const children = parse(xml);
    for (const [parent, names] of Object.entries(order)) {
      const ranks = children.get(parent)!.map((c) => names.split(' ').indexOf(c));
      expect(Math.min(...ranks), parent).toBeGreaterThanOrEqual(0);
      expect(ranks, parent).toEqual([...ranks].sort((a, b) => a - b));
    }
    expect(/<sent>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d<\/sent>/.test(xml)).toBe(true);
    const points = /<polygon>(.*?)<\/polygon>/.exec(xml)![1]!.split(' ');
    expect(points.length).toBeGreaterThanOrEqual(4);
    expect(points[0]).toBe(points.at(-1));
    expect(() => planCap(plan, { sender: 'a b', sent: '', status: 'Test' })).toThrow(/sender/);
  });
});

/** Names of the children of each element, in order; enough of XML for a document that has no attributes inside. */
function parse(xml: string): Map<string, string[]> {
  const children = new Map<string, string[]>();
  const stack: string[] = [];
  for (const [, close, name] of xml.matchAll(/<(\/?)([a-zA-Z]+)[^>]*>/g)) {
    if (close) {
      expect(stack.pop()).toBe(name);
      continue;
    }
    const parent = stack.at(-1);
    if (parent) children.set(parent, [...(children.get(parent) ?? []), name!]);
    stack.push(name!);
  }
  expect(stack).toEqual([]);
  return children;
}

describe('figures of a plan', () => {
  it('a V-shaped pipe with the leak at its foot drains both legs whole, one with the leak on the crest nothing', () => {
    const pipe = (id: string, from: string, to: string) => ({ id, from, to, length_m: 1000, insideDiameter_m: 0.5 });
    const foot: AsBuilt = {
      plant: 'v',
      exact: true,
      nodes: [
        { id: 'A', elevation_m: 100 },
        { id: 'B', elevation_m: 0 },
        { id: 'C', elevation_m: 60 },
      ],
      pipes: [pipe('L', 'A', 'B'), pipe('R', 'B', 'C')],
      links: [],
      uncertainty: { waveSpeed: 0, roughness: 0, diameter: 0, density: 0 },
    };
    const volume = 0.25 * Math.PI * 0.25 * 1000;
    const drained = (asBuilt: AsBuilt, fraction: number) =>
      expectedSpill({
        asBuilt,
        isolation: {
          possible: true,
          close: [],
          isolated: [],
          isolatedVolume_m3: 0,
          isolatedPipes: ['L', 'R'],
          losesSupply: [],
          openSources: [],
        },
        place: { on: { pipe: 'L', fraction } },
        rate_m3_s: 0.01,
        soFar_s: 100,
        isolatedAfter_s: 60,
      });
    const whole = drained(foot, 1);
    expect(whole.untilIsolation_m3).toBeCloseTo(1.6, 10);
    // The piece in which the leak is counts as at its height.
    expect(whole.afterIsolation_m3 / (2 * volume)).toBeCloseTo(1, 1);
    expect(whole.atMost_m3).toBeCloseTo(whole.afterIsolation_m3, 6);
    // Half way down the left leg: what is above it, and of the right leg only what is higher than the leak, over no crest.
    const half = drained(foot, 0.5);
    expect(half.afterIsolation_m3 / (volume * (0.5 + 1 / 6))).toBeCloseTo(1, 1);
    const crest: AsBuilt = { ...foot, nodes: foot.nodes.map((n) => ({ ...n, elevation_m: 100 - n.elevation_m })) };
    // No more than the one piece beside it.
    expect(drained(crest, 1).afterIsolation_m3).toBeLessThan(0.03 * volume);
  });

  it('a zone is as wide as the Gaussian plume says, and lies downwind', () => {
    const hazard = response.spec.hazard!;
    const wind = { wind_m_s: 3, from_rad: 1.5 * Math.PI, stability: 'D' as const };
    const [zone] = hazardZones({ ...hazard, levels: [{ name: 'x', at: 0.001 }] }, 5, wind, [11, 48], []);
    const limit = 0.001 * (101_325 / (8.314462618 * hazard.temperature)) * 0.066;
    const reach = zone!.reach_m;
    const axis =
      5 / (Math.PI * 3 * PLUME_SIGMAS['briggs-rural'].y('D', reach) * PLUME_SIGMAS['briggs-rural'].z('D', reach));
    expect(axis / limit).toBeGreaterThan(0.8);
    expect(axis / limit).toBeLessThanOrEqual(1);
    expect(contains(zone!.outline_m, [reach / 2, 0])).toBe(true);
    expect(contains(zone!.outline_m, [-5, 0])).toBe(false);
    const there = offset([11, 48], 1000, -2000);
    expect(metresTo([11, 48], there).map(Math.round)).toEqual([1000, -2000]);
  });
});

const TEXT = `response: x
about: y
plant: crude-line
confirm: { need: 3, of: [LD-WAVE, LD-BALANCE] }
roster:
  teams:
    - { id: a, kind: line-team, at: [48, 11], contact: "1", duty: { from: "06:00", to: "22:00" } }
  send: [{ kind: line-team }, { kind: helicopter }]
  tell: [{ name: n, role: r, by: [email] }]
`;

describe('response document', () => {
  it('tells a roster with nobody on duty, a kind that nobody is and a vote that cannot be won, each with its place', () => {
    const read = parseResponse('roster.yaml', TEXT);
    expect(read.ok).toBe(false);
    if (read.ok) return;
    const lines = read.problems.map((p) => `${p.line}:${p.column} ${p.found} | ${p.expected}`);
    expect(lines).toEqual([
      '4:18 3 | at most 2, as so many alarms may vote',
      '8:18 no line-team on duty at 00:00 | somebody at every hour of the day',
      '8:39 "helicopter" | a kind that a team of this roster has: line-team',
    ]);
  });

  it('actions on the plant are off unless it says so', () => {
    const text = TEXT.replace('need: 3', 'need: 2')
      .replace(', duty: { from: "06:00", to: "22:00" }', '')
      .replace(', { kind: helicopter }', '');
    expect(unwrap(parseResponse('roster.yaml', text)).spec.actions.automatic).toBe(false);
  });
});
