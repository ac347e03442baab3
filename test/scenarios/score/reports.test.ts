import { describe, expect, it } from 'vitest';
import { createFrame, createLayout, journalDigest, Quality } from '../../../models/contract/index.ts';
import {
  type CardInputs,
  expectationsSchema,
  floorJournals,
  formatCard,
  formatJUnit,
  formatMarkdown,
  formatSummary,
  formatSummaryJUnit,
  formatSummaryMarkdown,
  makeCard,
  randomJournal,
  renderHtml,
  summarise,
  TrendBuilder,
} from '../../../scenarios/score/index.ts';
import { closed, opened, raise, us } from './logs.ts';

const NASTY = `</script><b>&"'\u0001\ud800|@team`;
const layout = createLayout({
  plant: 'line',
  scanUs: 1e6,
  stations: [
    { id: 'RTU-1', unitId: 1, position_m: 0, clockAccuracy_s: 0 },
    { id: 'RTU-2', unitId: 2, position_m: 10_000, clockAccuracy_s: 0 },
  ],
  tags: ['PT-1', 'PT-2'].map((id, i) => ({
    id,
    station: `RTU-${i + 1}`,
    quantity: 'pressure' as const,
    unit: 'bar',
    range: [0, 100] as [number, number],
    width: i === 0 ? 4 : 1,
    periodUs: i === 0 ? 250_000 : 1e6,
    noise: 0.1,
    accuracy: 0.1,
    element: id,
    position_m: i * 10_000,
  })),
});
const truth = [opened('leak-1', 1000, { position_m: 5000 }), closed('leak-1', 3000, 4)];
const alarms = [
  raise('early', 100, { because: NASTY }),
  raise('LD-WAVE', 1061, {
    priority: 1,
    where: { position_m: 5038, sigma_m: 40 },
    rate: { massRate_kg_s: 3, sigma_kg_s: 1 },
  }),
  raise('LD-WAVE', 1100, { priority: 1, from: 'unacknowledged', to: 'acknowledged' }),
];
const expectations = expectationsSchema.parse([
  { latency: { of: 'leak-1', within: '60 s', acceptable: '120 s' } },
  { 'false-alarms': { 'at-most': '1 per day' } },
  { location: { of: 'leak-1', within: '50 m' } },
  { detected: { of: 'leak-2' } },
]);
function inputs(more: Partial<CardInputs> = {}): CardInputs {
  return {
    runId: 'run-1',
    scenario: NASTY,
    plant: 'line',
    recipe: 'wave',
    seed: 7,
    transport: 'inproc',
    pace: 'lockstep',
    status: 'valid',
    framesDigest: 'f00d',
    frames: 3600,
    simulated_s: 3600,
    expectations,
    truth,
    alarms,
    floors: floorJournals({ seed: 7, alarms, endUs: us(3600), scanUs: us(1), line: { from_m: 0, to_m: 10_000 } }),
    ...more,
  };
}
const card = makeCard(inputs());

/** Throws unless the text is well-formed: every tag closed in order, every entity one that we write. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  for (const [, close, name, self] of xml.matchAll(/<(\/?)([\w-]+)(?:\s+[\w-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!self) open.push(name!);
  }
  expect(open).toEqual([]);
  expect(xml.replace(/<\?xml[^>]*\?>/, '').replace(/<\/?[\w-]+(?:\s+[\w-]+="[^"<]*")*\s*\/?>/g, '')).not.toMatch(
    /[<>]/,
  );
  expect(xml).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
}

describe('a card', () => {
  it('carries the digest of the journal that it judged', () => {
    expect(card.journalDigest).toBe(journalDigest(alarms));
    expect(card.floors.map((f) => f.recipe)).toEqual(['null', 'random', 'always']);
  });

  it('is a calm table of at most 100 columns, coloured only on request', () => {
    const text = formatCard(card);
    for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
    expect(text).toContain('≈ acceptable');
    expect(text).toContain('[');
    expect(text.includes('\u001b')).toBe(false);
    expect(formatCard(card, { colour: true }).includes('\u001b[')).toBe(true);
    expect(formatCard(makeCard(inputs({ status: 'invalid', because: 'mass was lost' })))).toContain('mass was lost');
  });

  it('is valid JUnit, one test case per verdict, whatever names it holds', () => {
    const xml = formatJUnit(card);
    assertWellFormed(xml);
    expect(xml.match(/<testcase/g)).toHaveLength(card.verdicts.length);
    expect(xml).toContain('<failure');
    expect(xml).toContain('<skipped');
    expect(formatJUnit(makeCard(inputs({ status: 'not-comparable', because: 'no ack' })))).toContain('errors="1"');
  });

  it('is Markdown in which no name can break out of its cell or call anyone', () => {
    const lines = formatMarkdown(card)
      .split('\n')
      .filter((l) => l.startsWith('|'));
    for (const l of lines) expect(l.replaceAll('\\|', '').match(/\|/g)).toHaveLength(9);
    expect(formatMarkdown(card)).not.toContain('@team');
  });

  it('and summaries take the same forms', () => {
    const rows = summarise([card, card]);
    for (const line of formatSummary(rows).split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
    const xml = formatSummaryJUnit('nightly', rows);
    assertWellFormed(xml);
    expect(xml.match(/<testcase/g)).toHaveLength(rows.length);
    expect(formatSummaryMarkdown(rows)).toContain('median latency');
    expect(formatSummary([])).toBe('no runs\n');
  });
});

describe('the random floor', () => {
  it('speaks as often as the judged detector and at least once a day, at frames, and the same each time', () => {
    const span = { seed: 3, endUs: us(2.5 * 86_400), scanUs: us(1) };
    const many = Array.from({ length: 9 }, (_, i) => raise(`x${i}`, i));
    expect(randomJournal({ ...span, alarms: many })).toHaveLength(9);
    expect(randomJournal({ ...span, alarms: [] })).toHaveLength(3);
    expect(randomJournal({ ...span, alarms: many })).toEqual(randomJournal({ ...span, alarms: many }));
    for (const a of randomJournal({ ...span, alarms: many })) {
      expect(a.timeUs % us(1)).toBe(0);
      expect(a.timeUs).toBeLessThanOrEqual(span.endUs);
    }
  });
});

describe('trends', () => {
  function build(frames: number, capacity: number, skip: (i: number) => boolean = () => false) {
    const b = new TrendBuilder(layout, undefined, capacity);
    const frame = createFrame(layout);
    for (let i = 0; i < frames; i += 1) {
      if (skip(i)) continue;
      frame.seq = i;
      frame.timeUs = us(i + 1);
      for (let c = 0; c < layout.columns; c += 1) frame.value[c] = i + c / 10;
      frame.quality[1] = i >= 100 && i < 200 ? Quality.failed : Quality.good;
      // One sample, in the middle of a scan.
      if (i === 777) frame.value[2] = -50;
      b.add(frame);
    }
    return b.trends();
  }

  it('never lose a spike, in however few buckets', () => {
    for (const capacity of [2, 7, 64, 4096]) {
      const [a] = build(3000, capacity);
      expect(a!.timeUs.length).toBeLessThanOrEqual(capacity);
      expect(Math.min(...a!.min)).toBe(-50);
      expect(Math.max(...a!.max)).toBeCloseTo(2999.3, 3);
      expect(a!.timeUs[0]).toBe(0);
      for (let i = 1; i < a!.timeUs.length; i += 1) expect(a!.timeUs[i]!).toBeGreaterThan(a!.timeUs[i - 1]!);
    }
  });

  it('show unusable values as a gap with its flags, and time without frames as no bucket', () => {
    const [a, b] = build(1000, 1000, (i) => i >= 300 && i < 400);
    expect(b!.min[150]).toBeNaN();
    expect(b!.bad[150]).toBe(Quality.failed);
    expect(b!.bad[50]).toBe(0);
    expect(a!.timeUs.length).toBe(900);
    expect(a!.timeUs[300]! - a!.timeUs[299]!).toBe(us(101));
  });

  it('are the same whether merged on the way or thinned from the whole', () => {
    const fine = build(2048, 4096)[0]!;
    const coarse = build(2048, 300)[0]!;
    const width = coarse.timeUs[1]! - coarse.timeUs[0]!;
    coarse.timeUs.forEach((t, k) => {
      const inside = [...fine.timeUs.keys()].filter((i) => fine.timeUs[i]! >= t && fine.timeUs[i]! < t + width);
      expect(coarse.min[k]).toBe(Math.min(...inside.map((i) => fine.min[i]!)));
      expect(coarse.max[k]).toBe(Math.max(...inside.map((i) => fine.max[i]!)));
    });
  });

  it('survive gaps that merging cannot close at once', () => {
    const [a] = build(100_000, 4, (i) => i % 9999 !== 0);
    expect(a!.timeUs.length).toBeLessThanOrEqual(4);
    expect(Math.max(...a!.max)).toBeCloseTo(99_990.3, 1);
  });
});

describe('the HTML card', () => {
  const builder = new TrendBuilder(layout, ['PT-1', 'PT-2']);
  const frame = createFrame(layout);
  for (let i = 0; i < 3600; i += 1) {
    frame.timeUs = us(i + 1);
    frame.value.fill(40 + Math.sin(i / 50) - (i > 1000 ? 0.5 : 0));
    if (i === 500) frame.value[4] = 9000;
    builder.add(frame);
  }
  const html = renderHtml({
    card,
    layout,
    trends: builder.trends(),
    truth,
    alarms,
    scenarioTitle: NASTY,
    about: NASTY,
  });

  it('asks nothing of any network', () => {
    expect(html).not.toMatch(/\b(?:src|href)=|url\((?!#)|@import|https?:\/\//);
    expect(html).toContain(`default-src 'none'`);
  });

  it('lets no name become markup', () => {
    expect(html).not.toContain('</script><b>');
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it('shows latency as a dimension, the place with its error, and digests', () => {
    expect(html).toContain('>61.0 s</text>');
    expect(html).toContain('>38 m</text>');
    expect(html).toContain('found leak-1 after 61.0 s');
    expect(html).toContain(card.journalDigest);
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('shows a rogue value at the edge and keeps the rest readable', () => {
    expect(html).toContain('class="rogue"');
    expect(html).toContain('>9000</text>');
  });

  it('stands also with nothing to show', () => {
    const empty = makeCard(inputs({ truth: [], alarms: [], expectations: [], floors: [] }));
    const page = renderHtml({
      card: empty,
      layout,
      trends: [],
      truth: [],
      alarms: [],
      scenarioTitle: 'quiet',
      about: '',
    });
    expect(page).toContain('no alarm was raised');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});
