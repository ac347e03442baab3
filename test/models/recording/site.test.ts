import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecipe } from '../../../detector/index.ts';
import { siteSource } from '../../../detector/ingest/index.ts';
import { Quality, unwrap } from '../../../models/contract/index.ts';
import { packageRoot } from '../../../models/document/index.ts';
import { isSiteRecording, readSiteRecording } from '../../../models/recording/index.ts';
import { replay } from '../../../scenarios/run/index.ts';

const root = mkdtempSync(join(tmpdir(), 'leaktwin-site-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
function folder(files: Record<string, string>): string {
  folders += 1;
  const path = join(root, `f${folders}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

const SENSORS = '\ufefflon,lat,height,name\n-105.0,40.001,2.4,N\n-105.001,40.0,2.4,W\n';
const SOURCES = '\ufefflon,lat,height,name\n-105.0005,40.0005,2,Tank\n-105.0002,40.0002,2,Well\n';
const OBSERVED = [
  'time_utc,wind_dir_rad,wind_speed_m_s,ch4_ppm_N,ch4_ppm_W',
  '2022-05-09T00:00:00Z,5.3,1.4,1.9,',
  '2022-05-09T00:01:00Z,5.3,oops,1.9,2.0',
  ...[4, 5, 6, 7].map((m) => `2022-05-09T00:0${m}:00Z,5.3,1.4,1.9,nan`),
  '2022-05-09T02:00:00Z,5.3,1.4,1.9,2.1',
].join('\n');
const RELEASES = [
  'tc_EPID,tc_EquipmentGroupID,tc_ExpEndDatetime,tc_ExpStartDatetime,tc_Latitude,tc_Longitude,tc_C1MassFlow',
  'T-1,T,2022-05-09 01:00:00+00:00,2022-05-09 00:30:00+00:00,40.00051,-105.00049,3600',
  'T-2,T,2022-05-08 23:00:00+00:00,2022-05-08 22:30:00+00:00,40.00051,-105.00049,3600',
  'W-1,W,2022-05-09 04:00:00+00:00,2022-05-09 01:30:00+00:00,40.0002,-105.0002,1800',
  'X-1,X,2022-05-09 04:00:00+00:00,broken,40.0002,-105.0002,1800',
].join('\n');
const POINTS = { 'observations_1min.csv': OBSERVED, 'sensor_locations.csv': SENSORS, 'source_locations.csv': SOURCES };

async function framesOf(path: string) {
  const source = siteSource(await readSiteRecording(path));
  const { layout, asBuilt } = await source.open();
  const frames = [];
  for (let f = await source.next(); f; f = await source.next())
    frames.push({ seq: f.seq, time_s: f.timeUs / 1e6, value: [...f.value], quality: [...f.quality] });
  await source.close();
  return { layout, asBuilt, frames, report: source.report() };
}

describe('point sensors and metered releases', () => {
  it('are read with gaps marked and non-numbers counted', async () => {
    const { layout, asBuilt, frames, report } = await framesOf(folder(POINTS));
    expect(layout.tags.map((t) => [t.id, t.quantity, t.unit])).toEqual([
      ['WIND-SPEED', 'wind-speed', 'm/s'],
      ['WIND-DIR', 'wind-direction', 'rad'],
      ['AT-N', 'concentration', 'ppm'],
      ['AT-W', 'concentration', 'ppm'],
    ]);
    expect(frames).toHaveLength(121);
    expect(frames[0]!.quality).toEqual([0, 0, 0, Quality.missing]);
    expect(frames[1]!.quality).toEqual([Quality.missing, 0, 0, 0]);
    expect(frames[2]!.quality).toEqual([16, 16, 16, 16]);
    expect(report).toMatchObject({ rows: 7, mistakes: 1, filled: 114 });
    // A thousandth of a degree of latitude is 111.03 m at 40° on the ellipsoid, of longitude 85.39 m.
    const [n, w] = asBuilt!.air!.sensors.map((s) => s.place_m);
    expect(n![1] - w![1]).toBeCloseTo(111.03, 1);
    expect(n![0] - w![0]).toBeCloseTo(85.39, 1);
    expect(asBuilt!.air!.equipment.map((e) => e.id)).toEqual(['Tank', 'Well']);
  });

  it('give the releases that lie within the data as truth, with the group they are on', async () => {
    const site = await readSiteRecording(folder({ ...POINTS, 'releases.csv': RELEASES }));
    const truth = await site.truth();
    expect(truth.map((e) => [e.kind, e.timeUs / 60e6, 'ref' in e ? e.ref : ''])).toEqual([
      ['leak.opened', 30, 'T-1'],
      ['leak.rate', 30, 'T-1'],
      ['leak.rate', 60, 'T-1'],
      ['leak.closed', 60, 'T-1'],
      ['leak.opened', 90, 'W-1'],
      ['leak.rate', 90, 'W-1'],
      ['leak.rate', 120, 'W-1'],
    ]);
    expect(truth[0]).toMatchObject({ source: 'Tank' });
    expect(truth[4]).toMatchObject({ source: 'Well' });
    expect(truth[1]).toMatchObject({ massRate_kg_s: 1e-3 });
  });

  it('take points by groups where no table names the groups', async () => {
    const points = 'name,lat,lon,group\nT-1,40.0005,-105.0005,T\nT-2,40.0007,-105.0005,T\nW-1,,,W\nW-2,40.0,-105.0,W\n';
    const { 'source_locations.csv': _, ...rest } = POINTS;
    const site = await readSiteRecording(folder({ ...rest, 'sources.csv': points }));
    const { equipment } = site.asBuilt.air!;
    expect(equipment.map((e) => e.id)).toEqual(['T', 'W']);
    expect(equipment[0]!.radius_m).toBeCloseTo(11.1, 1);
    expect(site.remarks.join()).toContain('1 rows without a place');
  });

  it('without places, or in no known format, are refused in words', async () => {
    const { 'sensor_locations.csv': _, ...rest } = POINTS;
    await expect(readSiteRecording(folder(rest))).rejects.toThrow(/no table with the places of N, W/);
    await expect(readSiteRecording(folder({ 'a.csv': 'x,y\n1,2\n' }))).rejects.toThrow(/a folder with a.csv/);
    await expect(readSiteRecording(folder({}))).rejects.toThrow(/without a readable CSV/);
    const bad = { ...POINTS, 'sensor_locations.csv': SENSORS.replace('40.001', 'north') };
    await expect(readSiteRecording(folder(bad))).rejects.toThrow(/sensor_locations.csv:2.*lat.*"north"/);
  });
});

describe('an open-path laser', () => {
  const geometry = (sources = {}) =>
    JSON.stringify({
      instruments: { line_of_sight_sensor: [0, 0, 1.6], reflector_1: [50, 0, 1.6], reflector_2: [0, 50, 1.6] },
      sources: { source_1_location: [20, 20, 0.3], source_1_emission_rate: 0.0004, ...sources },
    });
  const beams =
    'minute,wind_speed_m_s,wind_dir_deg_asfile,ch4_ppm_reflector_1,ch4_ppm_reflector_2\n0,2,220,2.1,2.2\n1,2,225,2.1,2.3\n';
  it('is read with its beams, and several files a day apart', async () => {
    const both = {
      'geometry.json': geometry({ source_2_location: [10, 5, 0.3], source_2_emission_rate: 1e-4 }),
      'source_1_1min.csv': beams,
      'source_2_1min.csv': beams,
    };
    const path = folder(both);
    const { asBuilt, frames } = await framesOf(path);
    expect(asBuilt!.air!.sensors[1]).toEqual({ tag: 'AT-reflector_2', place_m: [0, 0, 1.6], to_m: [0, 50, 1.6] });
    expect(asBuilt!.air!.bounds_m).toEqual([-20, -20, 70, 70]);
    expect(frames.map((f) => [f.seq, f.time_s])).toEqual([
      [0, 0],
      [1, 60],
      [2, 86_400],
      [3, 86_460],
    ]);
    const truth = await (await readSiteRecording(path)).truth();
    expect(truth.filter((e) => e.kind === 'leak.opened')).toMatchObject([
      { ref: 'source_1', timeUs: 0, place_m: [20, 20, 0.3] },
      { ref: 'source_2', timeUs: 86_400e6, place_m: [10, 5, 0.3] },
    ]);
    expect(isSiteRecording(join(path, 'source_2_1min.csv'))).toBe(true);
    const one = await readSiteRecording(join(path, 'source_2_1min.csv'));
    expect(one.parts).toHaveLength(1);
  });
  it('without a reflector that a column names is refused', async () => {
    const lost = { 'geometry.json': geometry(), 'source_1_1min.csv': beams.replace('reflector_2', 'reflector_9') };
    await expect(readSiteRecording(folder(lost))).rejects.toThrow(/no reflector_9/);
  });
});

const REFERENCE = process.env['LEAKTWIN_REFERENCE'] ?? join(packageRoot, '../shared/reference');
const recordings = join(REFERENCE, 'recordings');
const here = existsSync(join(recordings, 'metec')) && existsSync(join(recordings, 'chilbolton'));

describe.skipIf(!here)('real recordings (skipped where LEAKTWIN_REFERENCE has none)', () => {
  const recipe = unwrap(readRecipe('gas-fusion'));
  it('of the methane test centre: every metered release within the data is found, and more are named than by the nearest sensor', async () => {
    const { judged, remarks } = await replay({ recording: join(recordings, 'metec'), recipe });
    const { verdicts, floors } = judged!.card;
    const of = (criterion: string) => verdicts.filter((v) => v.criterion === criterion && v.of !== '');
    const named = verdicts.find((v) => v.criterion === 'named' && v.of === '')!;
    console.log(
      `${named.because} ${verdicts.find((v) => v.criterion === 'false-alarms')!.because} ${remarks.join('; ')}`,
    );
    expect(of('latency')).toHaveLength(6);
    expect(of('latency').filter((v) => v.actual === null)).toEqual([]);
    expect(floors.map((f) => f.recipe)).toEqual(['null', 'random', 'always', 'nearest-sensor']);
    expect(named.actual!).toBeGreaterThan(named.target!);
  });
  it('of the open-path laser: the known source is placed within ten metres, and its rate lies in the interval', async () => {
    const { judged, alarms } = await replay({ recording: join(recordings, 'chilbolton'), recipe });
    const place = judged!.card.verdicts.find((v) => v.criterion === 'location')!;
    const rate = judged!.card.verdicts.find((v) => v.criterion === 'rate')!;
    console.log(`${place.because} ${rate.because}`);
    expect(place.actual!).toBeLessThan(10);
    const { low_kg_s, high_kg_s } = alarms.find((a) => a.rate)!.rate!;
    expect(low_kg_s!).toBeLessThan(0.0003777778);
    expect(high_kg_s!).toBeGreaterThan(0.0003777778);
  });
});
