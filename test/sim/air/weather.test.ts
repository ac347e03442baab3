/** The weather: a function of seed and time with the spectrum that it says, calm allowed, changed by commands, read from masts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TruthEvent } from '../../../models/contract/index.ts';
import {
  compileWeather,
  RECORDED,
  readRecorded,
  recordedAt,
  WeatherSeries,
  type WeatherSpec,
  weatherSchema,
} from '../../../sim/dispersion/weather/index.ts';
import { readPlant } from '../../../sim/index.ts';

const HOUR_US = 3600e6;
const weather = (input: object = {}): WeatherSpec => weatherSchema.parse(input);
const series = (input: object, seed = 1) => new WeatherSeries(compileWeather(weather(input), seed));
const windOf = ({ air }: WeatherSeries) => Math.hypot(air.windU_m_s, air.windV_m_s);
const fromOf = ({ air }: WeatherSeries) => Math.atan2(-air.windU_m_s, -air.windV_m_s);

describe('the wind', () => {
  it('comes from where it is said to, as a vector of motion', () => {
    const west = series({ wind: '5 m/s', from: '270 deg' });
    expect(west.air.windU_m_s).toBeCloseTo(5, 12);
    expect(west.air.windV_m_s).toBeCloseTo(0, 12);
    const north = series({ wind: '5 m/s', from: '0 deg' });
    expect(north.air.windV_m_s).toBeCloseTo(-5, 12);
  });

  it('has the standard deviations and the memory that are asked for, over many integral times', () => {
    const w = series({ wind: '5 m/s', from: '0 deg', gusts: '20 %', meander: '15 deg', 'meander-time': '5 min' });
    const n = 20_000;
    const speed = new Float64Array(n);
    const angle = new Float64Array(n);
    for (let i = 0; i < n; i += 1) {
      w.moveTo(i * 30e6);
      speed[i] = windOf(w);
      angle[i] = fromOf(w);
    }
    const mean = (x: Float64Array) => x.reduce((s, v) => s + v, 0) / n;
    const sd = (x: Float64Array) => {
      const m = mean(x);
      return Math.sqrt(x.reduce((s, v) => s + (v - m) ** 2, 0) / n);
    };
    const together = angle.reduce((s, v, i) => (i < 10 ? s : s + v * angle[i - 10]!), 0) / (n - 10);
    const lag10 = together / sd(angle) ** 2;
    console.log(
      `gusts ${(sd(speed) / mean(speed)).toFixed(3)} of the mean, meander ${((sd(angle) * 180) / Math.PI).toFixed(2)} deg, its correlation after one integral time ${lag10.toFixed(3)} (1/e is 0.368)`,
    );
    expect(sd(speed) / mean(speed)).toBeCloseTo(0.2, 2);
    expect(Math.abs((sd(angle) * 180) / Math.PI - 15)).toBeLessThan(0.75);
    expect(Math.abs(lag10 - Math.exp(-1))).toBeLessThan(0.08);
  });

  it('is a function of seed and time: another order of asking, another instance, the same bits', () => {
    const input = {
      wind: '4 m/s',
      gustiness: '30 %',
      gusts: '20 %',
      meander: '10 deg',
      drift: '0.2 m/s',
      clouds: '50 %',
    };
    const a = series(input, 5);
    const b = series(input, 5);
    const bits = (w: WeatherSeries, t: number) => {
      w.moveTo(t);
      w.settle();
      return JSON.stringify(w.air);
    };
    const late = bits(a, 7 * HOUR_US + 1);
    bits(b, 3);
    bits(b, 9 * HOUR_US);
    expect(bits(b, 7 * HOUR_US + 1)).toBe(late);
    expect(bits(series(input, 6), 7 * HOUR_US + 1)).not.toBe(late);
  });

  it('may be a calm: nil without drift, wandering with it, and the surface layer stays finite', () => {
    const nil = series({ wind: '0 m/s', gusts: '20 %', meander: '20 deg' });
    nil.settle();
    expect(windOf(nil)).toBe(0);
    for (const value of Object.values(nil.air)) expect(Number.isFinite(value)).toBe(true);
    const drifting = series({ wind: '0 m/s', drift: '0.3 m/s' });
    let square = 0;
    for (let i = 0; i < 4000; i += 1) {
      drifting.moveTo(i * 120e6);
      square += windOf(drifting) ** 2 / 4000;
    }
    expect(Math.abs(Math.sqrt(square / 2) - 0.3)).toBeLessThan(0.03);
  });
});

describe('the day', () => {
  it('is unstable at noon, stable at night, drier when warmer, and a given class stands all day', () => {
    const input = { wind: '3 m/s', 'sun-W-m2': 800, 'daily-swing': '6 K', 'starts-at': '0 h' };
    const w = series(input);
    const at = (hour: number) => {
      w.moveTo(hour * HOUR_US);
      w.settle();
      return { ...w.air };
    };
    const [night, noon, warm] = [at(2), at(12), at(15)];
    console.log(
      `1/L: ${night.inverseObukhov_1_m.toFixed(4)} at two, ${noon.inverseObukhov_1_m.toFixed(4)} at noon; u* ${night.frictionVelocity_m_s.toFixed(3)} and ${noon.frictionVelocity_m_s.toFixed(3)} m/s`,
    );
    expect(night.inverseObukhov_1_m).toBeGreaterThan(0.005);
    expect(noon.inverseObukhov_1_m).toBeLessThan(-0.01);
    expect(noon.sigmaTheta_rad).toBeGreaterThan(night.sigmaTheta_rad);
    expect(warm.relativeHumidity).toBeLessThan(night.relativeHumidity - 0.1);
    const given = series({ ...input, stability: 'F' });
    given.moveTo(12 * HOUR_US);
    given.settle();
    expect(given.air.inverseObukhov_1_m).toBeGreaterThan(0.05);
  });
});

describe('a command', () => {
  it('sets what it says, turns the wind the short way in its time, and says what it did', () => {
    const w = series({ wind: '4 m/s', from: '350 deg' });
    const truth: TruthEvent[] = [];
    expect(w.apply({ kind: 'weather', wind_m_s: 2, from_rad: (20 * Math.PI) / 180, over_s: 600 }, 0, truth)).toBe(
      undefined,
    );
    w.moveTo(300e6);
    expect(windOf(w)).toBeCloseTo(3, 9);
    expect((fromOf(w) * 180) / Math.PI).toBeCloseTo(5, 6);
    w.moveTo(600e6);
    expect(windOf(w)).toBeCloseTo(2, 9);
    expect(truth).toHaveLength(1);
    expect(w.apply({ kind: 'weather' }, 0, truth)).toBe('weather: nothing is said of it');
    expect(w.apply({ kind: 'weather', wind_m_s: Number.NaN }, 0, truth)).toContain('not a number');
  });

  it('lives in the buffer', () => {
    const a = series({ meander: '10 deg' });
    a.apply({ kind: 'weather', wind_m_s: 1, stability: 'F' }, 0, []);
    const b = series({ meander: '10 deg' });
    new Uint8Array(b.state.buffer).set(new Uint8Array(a.state.buffer));
    for (const w of [a, b]) {
      w.moveTo(50e6);
      w.settle();
    }
    expect(JSON.stringify(b.air)).toBe(JSON.stringify(a.air));
  });
});

describe('recorded weather', () => {
  const text = [
    'time (min),wind (m/s),direction [deg],temperature (degC),humidity (%)',
    '0,2,350,10,80',
    '10,4,10,11,',
    '20,oops,20,12,NaN',
    '30,6,30,13,60',
    '200,8,30,14,60',
  ].join('\n');

  it('is read with its gaps and non-numbers marked and counted', () => {
    const r = readRecorded('mast.csv', text);
    expect(r.report).toMatchObject({ rows: 5, missing: 2, mistakes: 1, gaps: 1, dropped: 0 });
    expect(r.report.problems[0]).toMatchObject({ line: 4, found: '"oops" under wind (m/s)' });
    expect(Number.isNaN(r.value[RECORDED.wind]![2]!)).toBe(true);
  });

  it('runs as straight lines, directions by the vector, and not over hours', () => {
    const r = readRecorded('mast.csv', text);
    expect(recordedAt(r, RECORDED.wind, 300)).toBeCloseTo(3, 12);
    expect(recordedAt(r, RECORDED.from, 300)).toBeCloseTo(0, 12);
    expect(recordedAt(r, RECORDED.wind, 1200)).toBeCloseTo(5, 12);
    expect(recordedAt(r, RECORDED.humidity, 900)).toBeCloseTo(0.7, 12);
    expect(Number.isNaN(recordedAt(r, RECORDED.wind, 6000))).toBe(true);
  });

  it('takes the place of the series where it has data', () => {
    const spec = { ...weather({ wind: '9 m/s' }), recorded: { file: 'mast.csv', text } };
    const w = new WeatherSeries(compileWeather(spec, 1));
    w.moveTo(300e6);
    expect(windOf(w)).toBeCloseTo(3, 9);
    w.moveTo(6000e6);
    expect(windOf(w)).toBeCloseTo(9, 9);
  });

  it('without a unit or without weather is refused with its line', () => {
    expect(() => readRecorded('a.csv', 'time (s),wind\n0,1')).toThrow('a.csv:1:10: found wind without a unit');
    expect(() => readRecorded('a.csv', 'time (s),wind (bar)\n0,1')).toThrow('wind in "bar"');
    expect(() => readRecorded('a.csv', 'time (s),colour\n0,1')).toThrow('expected weather');
    expect(() => readRecorded('a.csv', '')).toThrow('an empty file');
  });

  it('is found beside the plant that names it, and what is wrong with it is told at that place', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weather-'));
    try {
      const farm = readFileSync(new URL('../../../models/plants/tank-farm.yaml', import.meta.url), 'utf8');
      const read = (csv: string | undefined) => {
        if (csv !== undefined) writeFileSync(join(folder, 'mast.csv'), csv);
        const file = join(folder, 'farm.yaml');
        const name = csv === undefined ? 'none.csv' : 'mast.csv';
        writeFileSync(file, farm.replace('\nweather:\n', `\nweather:\n  recorded: ${name}\n`));
        const plant = readPlant(file);
        return plant.ok ? 'read' : plant.problems.map((p) => `${p.path}: ${p.found}`).join('; ');
      };
      expect(read(text)).toBe('read');
      expect(read(undefined)).toBe('weather.recorded: "none.csv" (ENOENT: no such file or directory)');
      expect(read('time (min),wind\n0,7\n')).toBe('weather.recorded: "mast.csv", line 1: wind without a unit');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
