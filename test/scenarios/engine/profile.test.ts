/** Profiles: what customers draw and how the wind blows follow the points that a scenario gives, from a table or a file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFrame, unwrap } from '../../../models/contract/index.ts';
import { ScenarioEngine } from '../../../scenarios/engine/index.ts';
import { readInputs, resolveInputs } from '../../../scenarios/run/index.ts';
import { preparePlant } from '../../../sim/index.ts';
import type { WaterPhysics } from '../../../sim/water/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaktwin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scenario(name: string, plant: string, rest: string, duration = '10 h') {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, `scenario: ${name}\nabout: a\nplant: ${plant}\nduration: ${duration}\n${rest}`);
  return path;
}

async function engineOf(path: string) {
  const inputs = unwrap(readInputs(path));
  await preparePlant(inputs.plant.spec);
  return new ScenarioEngine(unwrap(resolveInputs(inputs, 3)), inputs.plant.spec);
}

const TABLE =
  'demand: { profile: [{ at: 1 h, factor: 80 % }, { at: 3 h, factor: 160 % }, { at: 4 h, factor: 100 % }], every: 6 h }\n';
/** The same by hand: flat to the first point, straight lines, 4 h to 7 h from 100 % back to 80 %. */
const factorAt = (t_h: number): number => {
  if (t_h <= 1) return 0.8;
  const t = ((t_h - 1) % 6) + 1;
  if (t <= 3) return 0.8 + (0.8 * (t - 1)) / 2;
  if (t <= 4) return 1.6 - 0.6 * (t - 3);
  return 1 - (0.2 * (t - 4)) / 3;
};

describe('a demand profile', () => {
  it('multiplies what every customer draws, along straight lines and again and again', async () => {
    const usual = await engineOf(scenario('usual', 'district', ''));
    const profiled = await engineOf(scenario('profiled', 'district', TABLE));
    const frame = createFrame(usual.layout);
    let worst = 0;
    const of = (e: ScenarioEngine) => (e.sim.physics as WaterPhysics).network.state;
    while (usual.advance(frame) && profiled.advance(frame)) {
      const a = of(usual);
      const b = of(profiled);
      // The demands in force were drawn at the last solve.
      const now_h = b.clock[1]! / 3600;
      if (a.clock[1] !== b.clock[1]) continue;
      for (let n = 0; n < a.nodeDemandMultiplier.length; n += 7)
        worst = Math.max(worst, Math.abs(b.nodeDemandMultiplier[n]! / a.nodeDemandMultiplier[n]! - factorAt(now_h)));
    }
    console.log(`district, ten hours: factor off by at most ${worst.toExponential(1)}`);
    expect(worst).toBeLessThan(1e-6);
    expect(profiled.violations()).toEqual([]);
    const kinds = profiled.drainTruth().map((t) => t.kind);
    expect(new Set(kinds)).toEqual(new Set(['disturbance']));
    usual.close();
    profiled.close();
  });

  it('reads the same from a file as from a table', () => {
    writeFileSync(join(folder, 'd.csv'), '# a day\ntime (h);factor (%)\n1;80\n3;160\n4;100\n');
    const table = unwrap(readInputs(scenario('same', 'district', TABLE)));
    const file = unwrap(readInputs(scenario('same', 'district', 'demand: { profile: d.csv, every: 6 h }\n')));
    expect(unwrap(resolveInputs(file, 3)).timeline).toEqual(unwrap(resolveInputs(table, 3)).timeline);
  });

  it('moves a network in its waves without a jump, and a snapshot holds it', async () => {
    const rest = 'demand: { profile: [{ at: 2 s, factor: 100 % }, { at: 12 s, factor: 200 % }] }\n';
    const engine = await engineOf(scenario('waves', 'district-transient', rest, '20 s'));
    const usual = await engineOf(scenario('still', 'district-transient', '', '20 s'));
    const frame = createFrame(engine.layout);
    const drawn = (e: ScenarioEngine) =>
      (e.sim.physics as unknown as { state: { network: { demandMultiplier: Float64Array } } }).state.network
        .demandMultiplier;
    let kept: Uint8Array | undefined;
    while (engine.advance(frame) && usual.advance(frame)) {
      const t = frame.timeUs / 1e6;
      const wanted = t <= 2 ? 1 : t >= 12 ? 2 : 1 + (t - 2) / 10;
      const a = drawn(usual);
      const b = drawn(engine);
      // Most nodes have no tap open at the moment.
      const ratios = [...a.entries()].flatMap(([i, v]) => (v > 0 ? [b[i]! / v] : [])).sort((x, y) => x - y);
      expect(ratios[ratios.length >> 1]!).toBeCloseTo(wanted, 2);
      if (t === 7) kept = engine.sim.snapshot();
    }
    const end = engine.sim.fingerprint();
    engine.sim.restore(kept!);
    for (let i = 0; i < 13; i += 1) engine.sim.scan(frame);
    expect(engine.sim.fingerprint()).toBe(end);
    engine.close();
    usual.close();
  });

  it('of a plant without customers, or with mistakes in its file, is refused with the place', () => {
    const line = readInputs(scenario('line', 'crude-line', TABLE));
    expect(line.ok ? '' : line.problems[0]).toMatchObject({ line: 5, found: 'a demand', hint: 'crude-line is none' });
    writeFileSync(join(folder, 'bad.csv'), 'time (h),factor (%)\n1,80\n0.5,90\n2,many\n');
    const bad = readInputs(scenario('bad', 'district', 'demand: { profile: bad.csv }\n'));
    expect(bad.ok ? [] : bad.problems.map((p) => `${p.line}:${p.column} ${p.found}`)).toEqual([
      '5:20 "bad.csv", line 3: the time "0.5"',
      '5:20 "bad.csv", line 4: the factor "many"',
    ]);
    writeFileSync(join(folder, 'bare.csv'), 'time,factor\n1,1\n');
    const bare = readInputs(scenario('bare', 'district', 'demand: { profile: bare.csv }\n'));
    expect(bare.ok ? '' : bare.problems[0]!.expected).toContain('"time (h)"');
  });
});

describe('a weather profile', () => {
  it('turns the wind along straight lines, from a table and from a mast’s file alike', async () => {
    const table =
      'weather: { profile: [{ at: 0 min, wind: 2 m/s from 90 deg, gusts: 0 %, meander: 0 deg }, { at: 10 min, wind: 6 m/s from 90 deg }] }\n';
    writeFileSync(join(folder, 'mast.csv'), 'time (min),wind (m/s),direction (deg)\n0,2,90\n10,6,90\n');
    const calm = '  - { at: 0 s, weather: { gusts: 0 %, meander: 0 deg } }\n';
    const speeds = async (path: string) => {
      const engine = await engineOf(path);
      const frame = createFrame(engine.layout);
      const seen: number[] = [];
      while (engine.advance(frame)) {
        const { windU_m_s, windV_m_s } = engine.sim.physics.weather!.air;
        if (frame.timeUs % 120e6 === 0) seen.push(Math.hypot(windU_m_s, windV_m_s));
      }
      engine.close();
      return seen;
    };
    const byTable = await speeds(scenario('table', 'tank-farm', table, '14 min'));
    const byFile = await speeds(
      scenario('mast', 'tank-farm', `weather: { profile: mast.csv }\ntimeline:\n${calm}`, '14 min'),
    );
    console.log(`wind every two minutes: ${byTable.map((v) => v.toFixed(2)).join(', ')}`);
    const byHand = await speeds(
      scenario(
        'hand',
        'tank-farm',
        'weather: { wind: 2 m/s from 90 deg, gusts: 0 %, meander: 0 deg }\ntimeline:\n  - { at: 0 s, weather: { wind: 6 m/s from 90 deg, over: 10 min } }\n',
        '14 min',
      ),
    );
    expect(byTable).toEqual(byHand);
    for (const [i, v] of byTable.entries()) expect(byFile[i]).toBeCloseTo(v, 6);
  });
});
