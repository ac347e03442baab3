import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { csvSource } from '../../../detector/ingest/csv.ts';
import { Quality, unwrap } from '../../../models/contract/index.ts';
import { packageRoot, readDocument } from '../../../models/document/index.ts';
import { csvRows, takeRows } from '../../../models/recording/csvRows.ts';
import { compileTimeFormat, type TimeReader } from '../../../models/recording/csvTime.ts';
import {
  CSV_MAPPING_SCHEMA,
  type CsvMapping,
  checkCsv,
  csvTruth,
  openCsv,
  readCsvMapping,
} from '../../../models/recording/index.ts';

const root = mkdtempSync(join(tmpdir(), 'leaktwin-csv-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let files = 0;
const nextName = () => {
  files += 1;
  return `f${files}`;
};
function csv(text: string | Uint8Array, name = nextName()): string {
  const path = join(root, `${name}.csv`);
  writeFileSync(path, text);
  return path;
}
function mapping(text: string): CsvMapping {
  return unwrap(readDocument('m.yaml', text, CSV_MAPPING_SCHEMA));
}

/** `time: values` per frame; a missing tag in brackets. */
async function framesOf(path: string, map?: CsvMapping) {
  const source = csvSource(path, map);
  const { layout } = await source.open();
  const lines: string[] = [];
  for (let f = await source.next(); f; f = await source.next()) {
    const cells = [...f.value].map((v, i) => (f!.quality[i] === Quality.missing ? `[${v}]` : String(v)));
    lines.push(`${f.timeUs / 1e6}: ${cells.join(' ')}`);
  }
  const report = source.report()!;
  await source.close();
  return { ids: layout.tags.map((t) => t.id), layout, lines, report };
}

const messageOf = async (work: () => Promise<unknown>) =>
  work().then(
    () => 'no error',
    (e: Error) => e.message,
  );

const TIMES = ['2024-05-01 12:00:00', '2024-05-01 12:00:01', '2024-05-01 12:00:02', '2024-05-01 12:00:03'];
const BASIC = mapping(
  `{ mapping: m, time: { column: t }, scan: 1 s, columns: [{ column: a, tag: PT-1, quantity: pressure, unit: bar }] }`,
);

describe('a CSV without a mapping', () => {
  it('has a tag per numeric column, a sniffed delimiter, and no labels among its tags', async () => {
    const { ids, layout, lines } = await framesOf(
      csv(`when;a;note;Anomaly\n${TIMES.map((t, i) => `${t};${i}.5;x;0`).join('\n')}\n`),
    );
    expect(ids).toEqual(['a']);
    expect(layout.scanUs).toBe(1e6);
    expect(layout.tags[0]).toMatchObject({ quantity: 'other', unit: '', range: [-2.5, 6.5] });
    expect(lines).toEqual(['0: 0.5', '1: 1.5', '2: 2.5', '3: 3.5']);
  });

  it('reads decimal commas, CRLF, a byte-order mark, quotes and a missing last line break', async () => {
    const text = `\uFEFF"time";"a; ""raw""";b\r\n${TIMES.map((t, i) => `"${t}";"${i},25";-${i},5e1`).join('\r\n')}`;
    const { ids, lines } = await framesOf(csv(text));
    expect(ids).toEqual(['a; "raw"', 'b']);
    expect(lines).toEqual(['0: 0.25 -5', '1: 1.25 -15', '2: 2.25 -25', '3: 3.25 -35']);
  });

  it('takes seconds for times and numbers columns where there is no header', async () => {
    expect((await framesOf(csv('0,1\n0.5,2\n1,3\n'))).ids).toEqual(['2']);
    expect((await framesOf(csv('time_ms,v\n0,1\n500,2\n1000,3\n'))).layout.scanUs).toBe(500_000);
  });

  it('says what is missing where it cannot guess', async () => {
    expect(await messageOf(() => openCsv(csv('')))).toContain('found an empty file, expected a header and rows');
    expect(await messageOf(() => openCsv(csv('time,a\n')))).toContain('found a header and no row');
    expect(await messageOf(() => openCsv(csv('a,b\n3,1\n2,2\n')))).toContain('found no column of times among "a", "b"');
    expect(await messageOf(() => openCsv(csv('time,a\n2024-05-01 12:00:00,x\n2024-05-01 12:00:01,y\n')))).toContain(
      'found no numeric column',
    );
    expect(await messageOf(() => openCsv(join(root, 'no.csv')))).toContain('found no such file');
    expect(await messageOf(() => openCsv(csv(new Uint8Array([0xff, 0xfe, 65, 0]))))).toContain('found UTF-16 text');
    expect(await messageOf(() => openCsv(csv(new Uint8Array([80, 65, 82, 49, 0, 0]))))).toContain('found binary data');
  });
});

describe('the scan grid', () => {
  it('fills gaps with missing frames in which the last value stands', async () => {
    const { lines, report } = await framesOf(csv(`t,a\n${TIMES[0]},1\n${TIMES[3]},4\n`), BASIC);
    expect(lines).toEqual(['0: 1', '1: [1]', '2: [1]', '3: 4']);
    expect(report).toMatchObject({ frames: 4, filled: 2, rows: 2 });
  });

  it('marks missing cells, and has NaN before the first value', async () => {
    const { lines, report } = await framesOf(csv(`t,a\n${TIMES[0]},\n${TIMES[1]},2\n${TIMES[2]},NaN\n`), BASIC);
    expect(lines).toEqual(['0: [NaN]', '1: 2', '2: [2]']);
    expect(report.mistakes).toBe(0);
  });

  it('lets a later row at the same instant correct an earlier one, and puts rows in order', async () => {
    const { lines, report } = await framesOf(
      csv(`t,a\n${TIMES[1]},1\n${TIMES[0]},0\n${TIMES[1]},9\n${TIMES[3]},3\n${TIMES[2]},2\n`),
      BASIC,
    );
    expect(lines).toEqual(['0: 0', '1: 9', '2: 2', '3: 3']);
    expect(report).toMatchObject({ duplicates: 1, late: 0 });
  });

  it('drops and counts what comes too late, and jumps over what is too long to fill', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${i}`);
    const { lines, report } = await framesOf(csv(`t,a\n${rows.join('\n')}\n3,99\n500000,7\n`), BASIC);
    expect(lines.length).toBe(41);
    expect(lines.at(-1)).toBe('500000: 7');
    expect(report).toMatchObject({ late: 1, jumps: 1, filled: 0 });
  });
});

describe('mistakes in rows', () => {
  it('are told with line and column, all at once, the first twenty of them and a count', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 2 === 0 ? i : 'oops'},1`);
    const path = csv(`t,a,b\n${rows.join('\n')}\nyesterday,1,1\n61,1,1,1\n`);
    const report = await checkCsv(path, BASIC);
    expect(report).toMatchObject({ mistakes: 32, rows: 60 });
    expect(report.problems.length).toBe(20);
    expect(report.problems[0]).toMatchObject({ line: 3, column: 3, path: 'a', found: '"oops"' });
    const two = await checkCsv(csv('t,a\n0,1.0\n"x\ny",2\n1,"1,5"\n2,3\n'), BASIC);
    expect(two.problems).toMatchObject([
      { line: 3, column: 1, found: '"x y"' },
      { line: 5, column: 3, found: '"1,5"', hint: 'write `decimal: ","` in the mapping' },
    ]);
  });

  it('break off a file whose quote is never closed, at the quote', async () => {
    const path = csv(`t,a\n0,1\n1,"2\n${'2,3\n'.repeat(400_000)}`);
    expect(await messageOf(() => framesOf(path, BASIC))).toMatch(/:3:3: found a quote that is never closed/);
  });
});

describe('a mapping', () => {
  it('finds columns whatever their case', async () => {
    const { ids, layout } = await framesOf(csv(' T , A \n0,1\n1,2\n'), BASIC);
    expect(ids).toEqual(['PT-1']);
    expect(layout.tags[0]).toMatchObject({ unit: 'bar', station: 'CSV' });
  });

  it('reports a column that the file lacks where the mapping names it', async () => {
    const wrong = mapping('mapping: m\ntime: { column: when }\ncolumns:\n  - column: Presure\n');
    const message = await messageOf(() => openCsv(csv('t,Pressure\n0,1\n1,2\n'), wrong));
    expect(message).toMatch(
      /m\.yaml:2:17: time\.column: found the column "when", which .* lacks, expected one of "t", "Pressure"/,
    );
    expect(message).toMatch(
      /m\.yaml:4:13: columns\[0\]\.column: found the column "Presure".*did you mean "Pressure"\?/,
    );
  });

  it('says so where the header is missing', async () => {
    expect(await messageOf(() => openCsv(csv('0,1\n1,2\n'), BASIC))).toMatch(/:1:1: found no header.*header: false/);
    const bare = mapping('{ mapping: m, header: false, time: { column: "1" }, columns: [{ column: "2", tag: X }] }');
    expect((await framesOf(csv('0,1\n1,2\n'), bare)).lines).toEqual(['0: 1', '1: 2']);
  });

  it('tells each of its own mistakes at its place', () => {
    const read = readDocument(
      'm.yaml',
      'mapping: m\ntime: { column: t, format: noon }\nscan: 1\ncolumns:\n  - { column: a, unit: baar }\n  - { column: b, quantity: pressure, unit: m3/h, range: [2, 1] }\n',
      CSV_MAPPING_SCHEMA,
    );
    const told = read.ok ? [] : read.problems.map((p) => `${p.line}:${p.column} ${p.path} ${p.hint ?? ''}`.trim());
    expect(told).toEqual([
      '2:28 time.format',
      '3:7 scan write "1 s" if that is what you mean',
      '5:24 columns[0].unit did you mean "bar"?',
      '6:44 columns[1].unit',
      '6:57 columns[1].range',
    ]);
    expect(readCsvMapping('skap')).toMatchObject({ ok: false, problems: [{ hint: 'did you mean "skab"?' }] });
  });

  it('turns label intervals into leaks, and into disturbances in other files', async () => {
    const map = mapping(
      '{ mapping: m, time: { column: t }, scan: 1 s, columns: [{ column: a }], labels: [{ column: leak, leak-in: ["leak*"], ref: L, position: 2 km }] }',
    );
    const text = 't,a,leak\n10,0,0\n11,0,1\n12,0,\n13,0,1\n14,0,0\n15,0,1\n';
    expect(await csvTruth(csv(text, 'leak-7'), map)).toEqual([
      { kind: 'leak.opened', timeUs: 1e6, ref: 'L', unit: '', position_m: 2000, area_m2: 0, growth_s: 0 },
      { kind: 'leak.closed', timeUs: 4e6, ref: 'L', volume_m3: 0 },
      { kind: 'leak.opened', timeUs: 5e6, ref: 'L-2', unit: '', position_m: 2000, area_m2: 0, growth_s: 0 },
    ]);
    expect((await csvTruth(csv(text, 'other'), map)).map((e) => e.kind)).toEqual(['disturbance', 'disturbance']);
  });
});

describe('rows and times', () => {
  it('come out the same however the text is cut into pieces (property)', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r', ' ', 'é'), maxLength: 6 });
    await fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom('\n', '\r\n'),
        fc.nat(60),
        (rows, end, cut) => {
          const text = rows.map((r) => r.map((f) => `"${f.replaceAll('"', '""')}"`).join(',') + end).join('');
          const first = takeRows('f', text.slice(0, cut), ',', 1, false);
          const second = takeRows('f', first.rest + text.slice(cut), ',', first.line, true);
          expect([...first.rows, ...second.rows].map((r) => r.fields)).toEqual(rows);
        },
      ),
    );
  });

  it('stream a file of many pieces with the right line numbers', async () => {
    const path = csv(Array.from({ length: 60_000 }, (_, i) => `${i};é;${i % 7 === 0 ? '"q"' : 'x'}`).join('\r\n'));
    let n = 0;
    for await (const batch of csvRows(path, ';')) {
      for (const row of batch) {
        if (row.line !== n + 1 || row.fields[0] !== String(n) || row.fields[1] !== 'é')
          throw new Error(`row ${n} came as line ${row.line}: ${row.fields}`);
        n += 1;
      }
    }
    expect(n).toBe(60_000);
  });

  it('are counted by the calendar, as the platform counts them', () => {
    const iso = compileTimeFormat('iso') as TimeReader;
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1600-01-01T00:00:00Z'), max: new Date('2400-01-01T00:00:00Z'), noInvalidDate: true }),
        (d) => {
          expect(iso(d.toISOString())).toBe(d.getTime() * 1000);
        },
      ),
    );
    expect(iso('2024-02-30 00:00:00')).toBeNaN();
    expect(iso('2024-05-01T12:00:00.5+02:00')).toBe(Date.UTC(2024, 4, 1, 10) * 1000 + 500_000);
    const pattern = compileTimeFormat('DD.MM.YYYY hh:mm:ss') as TimeReader;
    expect(pattern('1.5.2024 9:30:15,25')).toBe(Date.UTC(2024, 4, 1, 9, 30, 15) * 1000 + 250_000);
    expect((compileTimeFormat('seconds', ',') as TimeReader)('1,5')).toBe(1_500_000);
  });
});

const skab = join(process.env['LEAKTWIN_REFERENCE'] ?? join(packageRoot, '../shared/reference'), 'recordings/skab');
describe.skipIf(!existsSync(skab))('SKAB (skipped where LEAKTWIN_REFERENCE has no recordings/skab)', () => {
  const map = unwrap(readCsvMapping('skab'));
  it.each([
    // file, rows, seconds with a frame, seconds without a row
    ['anomaly-free', 9405, 9961],
    ['other_1', 745, 781],
    ['other_2', 780, 1064],
    ['valve1_7', 1094, 1201],
  ])('%s has %i rows on a grid of %i seconds', async (name, rows, frames) => {
    const { report, ids } = await framesOf(join(skab, `${name}.csv`), map);
    expect(report).toMatchObject({
      rows,
      frames,
      filled: frames - rows,
      mistakes: 0,
      late: 0,
      duplicates: 0,
      jumps: 0,
    });
    expect(ids).toEqual(['PT-1', 'FT-1', 'TT-1', 'TT-2', 'IT-1', 'ET-1', 'VT-1', 'VT-2']);
  });

  it('has its label intervals as leaks in other_1 and other_2, as a disturbance at a valve, and none in normal operation', async () => {
    const told = async (name: string) =>
      (await csvTruth(join(skab, `${name}.csv`), map)).map((e) => `${e.kind} ${e.timeUs / 1e6} s`);
    expect(await told('other_1')).toEqual(['leak.opened 584 s']);
    expect(await told('other_2')).toEqual(['leak.opened 354 s', 'leak.closed 757 s']);
    expect(await told('valve1_0')).toEqual(['disturbance 600 s']);
    expect(await told('anomaly-free')).toEqual([]);
  });
});
