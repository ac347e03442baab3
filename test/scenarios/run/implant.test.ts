/** Leak implants: what is laid over a recording is what a leak would have done there, in the recording's own units. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRecipe } from '../../../detector/index.ts';
import { unwrap } from '../../../models/contract/index.ts';
import { exportCsv } from '../../../models/recording/index.ts';
import { readPlantContext } from '../../../scenarios/engine/index.ts';
import { implant, readInputs, runScenario } from '../../../scenarios/run/index.ts';
import { Folder, leaktwin, SHORT_LEAK } from './short.ts';

const folder = new Folder();
const plant = unwrap(readPlantContext('crude-line'));
const recipe = unwrap(
  parseRecipe(
    'r.yaml',
    'recipe: meter\nabout: One meter.\nwarm-up: 3 min\nmethods:\n  - { method: threshold, on: tags, tags: [FT-101], alarm: LD-ONE, sigma: 5, on-delay: 3 s }\n',
  ),
);
const QUIET = 'scenario: quiet\nabout: Nothing happens.\nplant: crude-line\nduration: 25 min\nseed: 9\n';

async function record(name: string, text: string) {
  const inputs = unwrap(readInputs(folder.write(`${name}.yaml`, text)));
  const out = `${folder.path}/${name}`;
  return runScenario({ inputs, recipe, transport: 'inproc', pace: { kind: 'lockstep' }, out });
}
const base = { plant, plantName: 'crude-line', recipe, seed: 1 };

beforeAll(async () => {
  await record('quiet', QUIET);
}, 30_000);
afterAll(() => folder.remove());

describe('implants', () => {
  it('find the large and not the small; the 90 % limit lies between, with an interval; the same again', async () => {
    const request = {
      ...base,
      ...{ recording: `${folder.path}/quiet`, count: 3, watch_s: 240 },
      ...{ sizes: ['0.01 % of flow', '1 % of flow', '3 % of flow', '10 % of flow'], places: ['5 km', '12 km'] },
    };
    const result = await implant(request);
    const at = (size: string) => result.map.filter((r) => r.size === size).at(-1)!;
    console.log(JSON.stringify({ dl90: result.dl90, own: result.own, found: result.map.map((r) => r.found) }));
    expect(result.implants).toHaveLength(24);
    expect(at('0.01 % of flow').found).toBe(0);
    expect(at('10 % of flow')).toMatchObject({ found: 6, of: 6 });
    expect(result.dl90!.size).toBeGreaterThan(0.01);
    expect(result.dl90!.size).toBeLessThan(10);
    expect(result.dl90!.interval.low).toBeLessThanOrEqual(result.dl90!.size);
    expect(result.dl90!.interval.high).toBeGreaterThanOrEqual(result.dl90!.size);
    const one = { ...request, sizes: ['1 % of flow'] };
    expect((await implant(one)).implants).toEqual(result.implants.filter((i) => i.size === 1));
  }, 60_000);

  it('of a recording with another seed: as late as a leak that was really simulated in it', async () => {
    const leaky = SHORT_LEAK.replaceAll('16 min', '10 min')
      .replace('19 min', '15 min')
      .replace('seed: 3', 'seed: 9')
      .replace('{ draw: uniform, from: 15 km, to: 20 km }', '12 km');
    const real = (await record('leaky', leaky)).card.verdicts.find((v) => v.criterion === 'detected')!;
    const { judged } = await record('again', leaky);
    const raised = judged.inputs.alarms.find((a) => a.timeUs > 600e6)!;
    expect(real.status).toBe('pass');
    const result = await implant({
      ...base,
      ...{ recording: `${folder.path}/quiet`, count: 8, watch_s: 300, sizes: ['5 % of flow'], places: ['12 km'] },
    });
    const latencies = result.implants.map((i) => i.latency_s!);
    const mean = latencies.reduce((a, b) => a + b, 0) / latencies.length;
    const simulated = raised.timeUs / 1e6 - 600;
    console.log(
      `implanted ${mean.toFixed(1)} s (${Math.min(...latencies)} to ${Math.max(...latencies)}), simulated ${simulated} s`,
    );
    expect(simulated).toBeGreaterThanOrEqual(Math.min(...latencies) - 3);
    expect(simulated).toBeLessThanOrEqual(Math.max(...latencies) + 3);
  }, 60_000);

  it('takes any CSV with a mapping, in its own units', async () => {
    await exportCsv(`${folder.path}/quiet`);
    const unit = plant.tag('FT-101')!.unit;
    expect(unit).toBe('m3/h');
    const mapping = folder.write(
      'mine.yaml',
      'mapping: mine\nabout: Mine.\ntime: { column: time_s }\ncolumns:\n  - { column: FT-101, tag: FT-101, quantity: flow, unit: m3/h }\n',
    );
    const said = await leaktwin([
      ...['implant', '--recording', `${folder.path}/quiet/frames.csv`, '--plant', 'crude-line', '--mapping', mapping],
      ...['--recipe', folder.write('r.yaml', METER), '--sizes', '0.01 % of flow', '10 % of flow', '--places', '12 km'],
      ...['--count', '3', '--watch', '5 min', '--json'],
    ]);
    expect(said.stderr).not.toContain('expected');
    const { map } = JSON.parse(said.stdout);
    expect(map.at(-1)).toMatchObject({ size: '10 % of flow', found: 3, of: 3 });
    expect(map[4]).toMatchObject({ size: '0.01 % of flow', found: 0 });
    const wrong = await leaktwin([
      ...['implant', '--recording', `${folder.path}/quiet`, '--plant', 'crude-line', '--sizes', '5 mm', '1 % of flow'],
    ]).catch((e: Error) => ({ code: -1, stderr: e.message, stdout: '' }));
    expect(wrong.stderr).toContain('sizes above zero in one unit');
  }, 60_000);
});

const METER =
  'recipe: meter\nabout: One meter.\nwarm-up: 3 min\nmethods:\n  - { method: threshold, on: tags, tags: [FT-101], alarm: LD-ONE, sigma: 5, on-delay: 3 s }\n';
