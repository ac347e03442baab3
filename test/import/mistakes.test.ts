/**
 * A mistake in a table is told with file, line and column, what was found, what was expected and a hint; all at once.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../../models/contract/index.ts';
import { importPlant } from '../../scenarios/import/index.ts';
import { inProcess } from '../cli/terminal.ts';

const PROFILE = 'KP [km],Elevation [m],OD [mm],WT [mm]\n0,10,508,9.5\n20,30,508,9.5\n50,20,508,9.5\n';
const TAGS =
  'tag,quantity,unit,low,high,KP [km],station\nPT-1,pressure,bar,0,60,0,A\nFT-1,flow,m3/h,0,900,0,A\nPT-2,pressure,bar,0,60,50,B\n';
const MAP = 'tag,unit id,table,address,type\nPT-1,1,holding,0,float32\nFT-1,1,holding,2,float32\n';

function told(profile: string, tags = TAGS, modbus?: string): string[] {
  const made = importPlant({
    name: 'x',
    profile: { file: 'profile.csv', text: profile },
    tags: { file: 'tags.csv', text: tags },
    ...(modbus === undefined ? {} : { modbus: { file: 'map.csv', text: modbus } }),
  });
  return made.ok ? [] : made.problems.map(formatProblem);
}

describe('stationing', () => {
  it.each([
    ['no header row', '', 'profile.csv:1:1: found an empty file, expected a header row and data rows'],
    [
      'no data',
      PROFILE.split('\n')[0]!,
      'profile.csv:1:1: found a header without data rows, expected at least one data row',
    ],
    [
      'no such column',
      PROFILE.replace('WT [mm]', 'Wal [mm]'),
      'profile.csv:1:1: found no column of wall thickness, expected a column named wall thickness, wall, WT, thickness, wall thk, t (hint: did you mean that by "Wal [mm]"?)',
    ],
    [
      'no unit',
      PROFILE.replace('Elevation [m]', 'Elevation'),
      'profile.csv:2:3: Elevation: found 10 without a unit, expected a unit in the header, such as "Elevation [m]"',
    ],
    [
      'unknown unit',
      PROFILE.replace('[mm]', '[milli]'),
      'profile.csv:1:23: found the unit "milli" in "OD [milli]", expected a unit of length: m, km, cm, mm, um, in, ft, mi',
    ],
    [
      'not a number',
      PROFILE.replace('20,30', '20,thirty'),
      'profile.csv:3:4: Elevation: found "thirty", expected a number in m',
    ],
    [
      'distances that fall',
      PROFILE.replace('50,20', '15,20'),
      'profile.csv:4:1: KP: found 15 after 20 km, expected distances that grow (hint: sort the rows, and remove repeated ones)',
    ],
    [
      'a wall that is too thick',
      PROFILE.replace('0,10,508,9.5', '0,10,508,300'),
      'profile.csv:2:10: WT: found 300 mm, expected less than half of the outside diameter 508 mm',
    ],
    [
      'an empty first cell',
      PROFILE.replace('0,10,508,9.5', '0,10,,9.5'),
      'profile.csv:2:6: OD: found an empty cell, expected a value in the first row; empty cells below repeat it',
    ],
    [
      'too many cells',
      PROFILE.replace('20,30,508,9.5', '20,30,508,9.5,7'),
      'profile.csv:3:15: found 5 cells, expected 4 as in the header (hint: text that contains "," stands in quotes)',
    ],
    [
      'an open quote',
      PROFILE.replace('20,30', '20,"30'),
      'profile.csv:3:4: found a quote that is never closed, expected a closing quote (hint: a quote inside quotes is written twice)',
    ],
    [
      'a strange station',
      PROFILE.replace('20,30', '20+1,30'),
      'profile.csv:3:1: KP: found "20+1", expected a station such as 12+345.6 (km + m) or 123+45.6 (hundreds of feet)',
    ],
  ])('%s', (_name, profile, sentence) => {
    expect(told(profile).join('\n')).toContain(sentence);
  });
});

describe('tag list', () => {
  it.each([
    [
      'an unknown quantity',
      TAGS.replace('PT-1,pressure', 'PT-1,presure'),
      'tags.csv:2:6: quantity: found "presure", expected one of pressure, flow, temperature, level, speed, opening, running (hint: did you mean "pressure"?)',
    ],
    [
      'a unit of something else',
      TAGS.replace('flow,m3/h', 'flow,bar'),
      'tags.csv:3:11: unit: found "bar", expected a unit of flow: m3/s, m3/h, m3/d, L/s, l/s, L/min, bbl/h, bbl/d',
    ],
    [
      'a range that falls',
      TAGS.replace('bar,0,60,0', 'bar,60,0,0'),
      'tags.csv:2:22: high: found a range from 60 to 0, expected a range that rises',
    ],
    [
      'a tag twice',
      TAGS.replace('PT-2', 'PT-1'),
      'tags.csv:4:1: tag: found "PT-1", expected each tag once (hint: line 2 has it)',
    ],
    [
      'a place beyond the line',
      TAGS.replace('60,50,B', '60,63,B'),
      'tags.csv:4:24: KP: found 63 km, expected a place on the line, from 0 to 50 km (hint: the stationing ends there; check the unit of both tables)',
    ],
    ['no station', TAGS.replace('50,B', '50,'), 'tags.csv:4:27: station: found an empty cell, expected a name'],
    [
      'a name with a space',
      TAGS.replace('PT-2', 'PT 2'),
      'tags.csv:4:1: tag: found "PT 2", expected letters, digits, dots, dashes and underscores, at most 40',
    ],
    [
      'letters that say nothing',
      TAGS.replace('PT-2,pressure', 'QQ-2,'),
      'tags.csv:4:6: quantity: found an empty cell, and "QQ-2" begins with no letter of ISA-5.1 that is known, expected one of pressure, flow, temperature, level, speed, opening, running',
    ],
  ])('%s', (_name, tags, sentence) => {
    expect(told(PROFILE, tags).join('\n')).toContain(sentence);
  });
});

describe('Modbus map', () => {
  it.each([
    [
      'an unknown tag',
      MAP.replace('FT-1', 'FT-2'),
      'map.csv:3:1: tag: found "FT-2", expected a tag of the tag list (hint: did you mean "FT-1"?)',
    ],
    [
      'registers that overlap',
      MAP.replace('holding,2', 'holding,1'),
      'map.csv:3:16: address: found holding register 1 of unit 1, expected a register of its own (hint: PT-1 has it)',
    ],
    [
      'an impossible unit id',
      MAP.replace('PT-1,1', 'PT-1,300'),
      'map.csv:2:6: unit id: found "300", expected a whole number from 1 to 247',
    ],
    [
      'an unknown type',
      MAP.replace('float32', 'flaot'),
      'map.csv:2:18: type: found "flaot", expected one of float32, float64, int16, uint16, int32, uint32, bool (hint: did you mean "float"?)',
    ],
    [
      'two unit ids in one station',
      MAP.replace('FT-1,1', 'FT-1,2'),
      'map.csv:3:6: unit id: found unit id 2 for station A, expected 1, as PT-1 of the same station has (hint: a station is one Modbus unit: give the tags of another unit another station)',
    ],
  ])('%s', (_name, map, sentence) => {
    expect(told(PROFILE, TAGS, map).join('\n')).toContain(sentence);
  });
});

describe('all at once', () => {
  it('three mistakes in three rows of two tables are three problems', () => {
    const problems = told(
      PROFILE.replace('20,30', '20,x').replace('50,20', '50,y'),
      TAGS.replace('flow,m3/h', 'flow,bar'),
    );
    expect(problems.map((p) => p.split(': ')[0])).toEqual(['profile.csv:3:4', 'profile.csv:4:4', 'tags.csv:3:11']);
  });
});

describe('the verb', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leaktwin-import-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const profile = file('profile.csv', PROFILE);
  const tags = file('tags.csv', TAGS);
  const out = join(folder, 'my-line.yaml');

  it('writes plant and map, says what it assumed on stderr, and the plant is a plant like any other', async () => {
    const made = await inProcess(
      'import',
      '--profile',
      profile,
      '--tags',
      tags,
      '--modbus',
      file('map.csv', MAP),
      '--out',
      out,
    );
    expect([made.code, made.stdout]).toEqual([0, '']);
    expect(made.stderr).toContain('Assumed, because the tables do not say it');
    expect(made.stderr).toMatch(
      /my-line\.yaml and .*my-line\.modbus\.yaml: 2 nodes, 1 pipes, 3 tags, 2 stations; at rest 540 m3\/h/,
    );
    expect((await inProcess('registers', out, '--station', 'A')).stdout).toContain('Modbus unit 1: A');
    expect((await inProcess('describe', out)).stdout).toContain('plant my-line');
  });

  it('replaces nothing unless told to', async () => {
    const again = await inProcess('import', '--profile', profile, '--tags', tags, '--out', out);
    expect([again.code, again.stderr]).toEqual([
      2,
      `${out}: found a file that exists, expected a new file (hint: --force replaces it)\n`,
    ]);
    expect((await inProcess('import', '--profile', profile, '--tags', tags, '--out', out, '--force')).code).toBe(0);
  });

  it('tells all that is wrong with its options and files, exit 2', async () => {
    const { code, stderr } = await inProcess(
      'import',
      '--profile',
      join(folder, 'none.csv'),
      '--tags',
      tags,
      '--flow',
      '1060',
      '--density',
      '5 bar',
      '--name',
      'a b',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('none.csv: found ');
    expect(stderr).toContain('--flow: found "1060", which has no unit');
    expect(stderr).toContain('--density: found "5 bar", which is a pressure');
    expect(stderr).toContain('--name: found "a b"');
  });

  it('without --out the plant goes to stdout; with --json into the document', async () => {
    expect((await inProcess('import', '--profile', profile, '--tags', tags)).stdout).toMatch(
      /^# Made by "leaktwin import"/,
    );
    const { stdout } = await inProcess('import', '--profile', profile, '--tags', tags, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      plant: 'imported-line',
      counts: { tags: 3 },
      check: { converged: true },
    });
  });

  it('headers without a unit are read in the trade that --units names', async () => {
    const bare = file('bare.csv', 'milepost,elevation,OD,WT\n0,100,20,0.375\n30,200,20,0.375\n');
    const bareTags = file(
      'bare-tags.csv',
      'tag,unit,low,high,milepost,station\nPT-1,psi,0,1440,0,A\nPT-2,psi,0,1440,30,B\n',
    );
    const { code, stdout } = await inProcess('import', '--profile', bare, '--tags', bareTags, '--units', 'us');
    expect(code).toBe(0);
    expect(stdout).toContain('{ kp: 30 mi, elevation: 200 ft }');
    expect(stdout).toContain('outside-diameter: 20 in');
  });
});
