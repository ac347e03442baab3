/** Documents: a place for every mistake, at any depth, all at once, with the word that was meant. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatProblem } from '../../../models/contract/index.ts';
import { addIssue, duration, quantity, readDocument } from '../../../models/document/index.ts';

const schema = z.strictObject({
  name: z.string(),
  span: duration().prefault('1 s'),
  sites: z.array(
    z.strictObject({
      id: z.string(),
      holes: z.array(
        z.strictObject({ size: quantity('length', { positive: true, max: 1 }), kind: z.enum(['round', 'slot']) }),
      ),
      limits: z.record(z.string(), quantity('pressure')).optional(),
    }),
  ),
});

function problems(text: string): string[] {
  const read = readDocument('d.yaml', text, schema);
  if (read.ok) throw new Error('it was read');
  return read.problems.map(formatProblem);
}

describe('a document without a mistake', () => {
  it('becomes SI, with defaults, and knows its places', () => {
    const text =
      'name: x\nsites:\n  - id: a\n    holes:\n      - { size: 8 mm, kind: round }\n    limits: { high: 2 bar }\n';
    const read = readDocument('d.yaml', text, schema);
    if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
    const { value, problemAt } = read.value;
    expect(value).toEqual({
      name: 'x',
      span: 1_000_000,
      sites: [{ id: 'a', holes: [{ size: 0.008, kind: 'round' }], limits: { high: 200_000 } }],
    });
    const at = (path: PropertyKey[]) => formatProblem(problemAt(path, 'a', 'b', 'c'));
    expect(at(['sites', 0, 'holes', 0, 'size'])).toBe(
      'd.yaml:5:17: sites[0].holes[0].size: found a, expected b (hint: c)',
    );
    expect(at(['sites', 0, 'limits', 'high'])).toBe('d.yaml:6:21: sites[0].limits.high: found a, expected b (hint: c)');
    // A path that ends early is placed at its nearest ancestor.
    expect(at(['sites', 0, 'holes', 3, 'size'])).toMatch(/^d\.yaml:4:5: sites\[0\]\.holes\[3\]\.size: /);
    expect(at([])).toMatch(/^d\.yaml:1:1: found/);
  });

  it('may use anchors, merges, comments and a byte order mark of lines', () => {
    const text =
      '# first\nname: &n x\nsites:\n  - &a { id: *n, holes: [] }\n  - { <<: *a, id: b }\n  - id: |\n      long\n    holes: []\n';
    const read = readDocument('d.yaml', text, schema);
    if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
    expect(read.value.value.sites.map((s) => s.id)).toEqual(['x', 'b', 'long\n']);
  });
});

describe('mistakes', () => {
  it('are all told at once, each at its own place inside nested lists and maps, in the order of lines', () => {
    const text = [
      'name: 7',
      'spann: 3 s',
      'sites:',
      '  - id: a',
      '    holes:',
      '      - { size: 8, kind: round }',
      '      - size: 2 m',
      '        kind: rond',
      '      - kind: slot',
      '        size:   -1 mm',
      '    limits:',
      '      low: 1 bar',
      '      high: 2 m',
      '  - ident: b',
      '    holes: {}',
      '',
    ].join('\n');
    expect(problems(text)).toEqual([
      'd.yaml:1:7: name: found 7, expected text (hint: write "7" in quotes if it is a text)',
      'd.yaml:2:1: spann: found unknown key "spann", expected one of name, span, sites (hint: did you mean "span"?)',
      'd.yaml:6:17: sites[0].holes[0].size: found 8 without a unit, expected a length with its unit, such as "8 mm" (hint: write "8 m" if that is what you mean)',
      'd.yaml:7:15: sites[0].holes[1].size: found "2 m", expected a length of at most 1 m',
      'd.yaml:8:15: sites[0].holes[1].kind: found "rond", expected one of round, slot (hint: did you mean "round"?)',
      'd.yaml:10:17: sites[0].holes[2].size: found "-1 mm", expected a length above zero',
      'd.yaml:13:13: sites[0].limits.high: found "2 m", which is a length, expected a pressure with its unit, such as "2 bar"',
      'd.yaml:14:5: sites[1].id: found nothing, expected the key "id": text (hint: it has no default, so it must be written)',
      'd.yaml:14:5: sites[1].ident: found unknown key "ident", expected one of id, holes, limits (hint: remove it)',
      'd.yaml:15:12: sites[1].holes: found a map, expected a list (hint: each item begins with "- ")',
    ]);
  });

  it('in flow style have the column of the word, not of the line', () => {
    expect(problems('{ name: x, sites: [ { id: a, holes: [ { size: 3 mm, kind: 5 } ] } ] }')).toEqual([
      'd.yaml:1:59: sites[0].holes[0].kind: found 5, expected one of round, slot',
    ]);
  });

  it('of a limit are told in the unit that was written', () => {
    expect(problems('name: x\nsites: [ { id: a, holes: [ { size: 2000 mm, kind: slot } ] } ]')).toEqual([
      'd.yaml:2:36: sites[0].holes[0].size: found "2000 mm", expected a length of at most 1000 mm',
    ]);
  });

  it('behind columns of wide characters and CRLF still have their line', () => {
    const found = problems('name: "😀€"\r\nsites:\r\n  - id: a\r\n    holes: 3\r\n');
    expect(found).toEqual(['d.yaml:4:12: sites[0].holes: found 3, expected a list']);
  });

  it('that a schema adds itself keep their words and their place', () => {
    const own = z.strictObject({ list: z.array(z.string()) }).superRefine((v, ctx) => {
      v.list.forEach((s, i) => {
        if (s === 'bad') addIssue(ctx, { found: '"bad"', expected: 'good', hint: 'try harder' }, ['list', i]);
      });
    });
    const read = readDocument('d.yaml', 'list:\n  - good\n  - bad\n  - bad\n', own);
    expect(read.ok ? [] : read.problems.map(formatProblem)).toEqual([
      'd.yaml:3:5: list[1]: found "bad", expected good (hint: try harder)',
      'd.yaml:4:5: list[2]: found "bad", expected good (hint: try harder)',
    ]);
  });

  it('of syntax are told one a line, and nothing else with them', () => {
    const found = problems('name: "x\nsites: []\n');
    expect(found.length).toBe(1);
    expect(found[0]).toMatch(/^d\.yaml:1:7: found a quote that is never closed/);
    expect(problems('name: x\nname: y\nsites: []\n')).toEqual([
      'd.yaml:2:1: found the key "name" again, expected each key once in a map',
    ]);
  });

  it.each(['', '# only a comment\n', '---\n', 'null\n'])('an empty document %j says which keys it wants', (text) => {
    const [only, ...more] = problems(text);
    expect(more).toEqual([]);
    expect(only).toMatch(/^d\.yaml:\d+:\d+: found an empty document, expected a map with the keys name, span, sites$/);
  });

  it('no text at all makes the reader throw', () => {
    const texts = [
      '\u0000',
      '&a [*a]',
      '!!binary x',
      '{',
      '- - - -',
      '? {a: 1} : b',
      'a: !!js/function x',
      '%YAML 9.9\n---\na',
      '"\\ud800"',
    ];
    for (const text of texts) expect(readDocument('d.yaml', text, schema).ok, JSON.stringify(text)).toBe(false);
  });
});
