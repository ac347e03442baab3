/**
 * The frame that every verb stands in: help, exit codes, --json, mistakes of the user and of ours.
 */
import { describe, expect, it } from 'vitest';
import { createIo } from '../../scenarios/cli/io.ts';
import { VERBS } from '../../scenarios/cli/verbs.ts';
import { inProcess } from './terminal.ts';

describe('help', () => {
  it('names every verb and the exit codes, on stdout, exit 0', async () => {
    const { code, stdout, stderr } = await inProcess('--help');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const verb of VERBS) expect(stdout).toContain(`  ${verb.name} `);
    expect(stdout).toContain('Exit codes: 0 pass, 1 a verdict failed, 2 bad input');
  });

  it.each(VERBS.map((v) => v.name))('%s --help shows its summary and the common options', async (name) => {
    const { code, stdout } = await inProcess(name, '--help');
    expect(code).toBe(0);
    for (const option of ['--json', '--seed <number>', '--out <path>', '--help']) expect(stdout).toContain(option);
  });

  it('"help registers" is "registers --help", and nothing at all is help', async () => {
    expect((await inProcess('help', 'registers')).stdout).toBe((await inProcess('registers', '--help')).stdout);
    expect(await inProcess()).toEqual(await inProcess('--help'));
  });

  it('--version prints the version of the package', async () => {
    expect((await inProcess('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("a user's mistake is exit 2 with a sentence", () => {
  it.each([
    [['registrs', 'crude-line'], "unknown command 'registrs'\n(Did you mean registers?)"],
    [['registers', 'crude-line', '--cvs'], "unknown option '--cvs'\n(Did you mean --csv?)"],
    [['registers'], "missing required argument 'plant'"],
    [['registers', 'crude-line', '--seed', 'x'], 'Found "x", expected a whole number.'],
    [['registers', 'crud-line'], 'plant "crud-line": found no plant of that name, expected a path, or one of'],
    [['registers', 'no/such.yaml'], 'no/such.yaml: found no such file, expected a readable YAML file'],
    [['registers', 'crude-line', '--station', 'RTU-9'], '--station: found "RTU-9", expected one of RTU-1,'],
    [['schema', 'plnt'], 'schema: found "plnt", expected one of plant,'],
    [['describe', 'crude-lin'], '(hint: did you mean "crude-line"?)'],
    [['validate', 'magic'], 'Allowed choices are transient'],
    [['validate', 'transient', '--data', 'no/such'], '--data: found "no/such", expected a folder of published cases'],
    [['validate', 'transient', '--data', 'docs'], '--data: found no case of this kind in "docs"'],
  ])('%j', async (argv, sentence) => {
    const { code, stdout, stderr } = await inProcess(...argv);
    expect(stderr).toContain(sentence);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('every problem of a file on a line of its own, in the order of the file', async () => {
    const { code, stderr } = await inProcess('registers', 'test/bad-configs/several-mistakes.yaml');
    expect(code).toBe(2);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines)
      expect(line).toMatch(/^test\/bad-configs\/several-mistakes\.yaml:\d+:\d+: .*found .*, expected /);
    const numbers = lines.map((l) => Number(l.split(':')[1]));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it.each([[['registers', 'test/bad-configs/bare-number.yaml', '--json']], [['registers', '--json', '--cvs', 'x']]])(
    'with --json the problems are one document: %j',
    async (argv) => {
      const { code, stdout } = await inProcess(...argv);
      expect(code).toBe(2);
      const { problems } = JSON.parse(stdout) as { problems: { found: string; expected: string }[] };
      expect(problems.length).toBeGreaterThan(0);
      for (const p of problems)
        expect(Object.keys(p)).toEqual(expect.arrayContaining(['file', 'line', 'column', 'path', 'found', 'expected']));
    },
  );
});

describe('a verb says text and JSON, and one of them is heard', () => {
  const heard = (json: boolean) => {
    const said: string[] = [];
    const io = createIo(
      {
        stdout: (t) => said.push(t),
        stderr: () => {},
        stderrIsTty: false,
        stderrColumns: () => 80,
        stdoutColumns: undefined,
        signal: new AbortController().signal,
        verbose: false,
      },
      json,
    );
    io.out('text');
    io.json({ a: 1 }, 'line');
    return said.join('');
  };
  it('text without --json, the document with it', () => {
    expect(heard(false)).toBe('text\n');
    expect(heard(true)).toBe('{"a":1}\n');
  });
});
