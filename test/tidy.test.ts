/**
 * The house rules hold in every source file, and each rule bites when it is broken.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { breaches, OWNERS } from './tidy/rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['models', 'sim', 'detector', 'scenarios', 'twin-ui', 'bench', 'test'];

function sources(): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'));
    }
  }
  return files;
}

const one = (path: string, text: string, ...others: string[]) =>
  breaches(new Map([[path, text], ...others.map((o) => [o, ''] as const)]));

describe('the house', () => {
  it('is tidy: imports, doors, banned calls, lengths', () => {
    const files = sources();
    expect(files.size).toBeGreaterThan(20);
    expect(breaches(files).join('\n')).toBe('');
  });

  it('lets nobody own a banned call without a file that is there', () => {
    const files = [...sources().keys()];
    const idle = OWNERS.filter((o) => !files.some((f) => (o.path.endsWith('/') ? f.startsWith(o.path) : f === o.path)));
    // Folders that later parts of the house fill may be empty; a file that is named must exist.
    expect(idle.filter((o) => !o.path.endsWith('/')).map((o) => o.path)).toEqual([]);
  });
});

describe('the rules bite', () => {
  it.each([
    [
      'sim/step.ts',
      "import { a } from '../detector/pipeline.ts';",
      'sim/step.ts:1: sim may not import detector/pipeline.ts, because the plant knows neither its sockets nor a detector',
    ],
    [
      'sim/step.ts',
      "\nimport './io/modbus/index.ts';",
      'sim/step.ts:2: sim may not import sim/io/modbus/index.ts, because the plant knows neither its sockets nor a detector',
    ],
    [
      'detector/methods/cusum.ts',
      "export * from '../../sim/plant/index.ts';",
      'detector/methods/cusum.ts:1: detector/methods may not import sim/plant/index.ts, because a stage builds on the stages before it, and detector/pipeline.ts puts them together',
    ],
    [
      'scenarios/score/judge.ts',
      "const a = await import('../../sim/index.ts');",
      'scenarios/score/judge.ts:1: scenarios/score may not import sim/index.ts, because the judge scores logs, not runs',
    ],
    [
      'models/kernel/time.ts',
      "import { readFileSync } from 'node:fs';",
      'models/kernel/time.ts:1: models/kernel may not import node:fs, because it must run in a browser too',
    ],
    [
      'sim/io/rest.ts',
      "import type { PlantModel } from '../plant/model.ts';",
      "sim/io/rest.ts:1: sim/io may not import sim/plant/model.ts, because the plant's sockets see the plant through its facade only",
    ],
  ])('import: %s %s', (path, text, sentence) => {
    expect(one(path, text)).toEqual([sentence]);
  });

  it('door: an import past an index.ts, and a room that is entered without one', () => {
    expect(one('sim/liquid/line.ts', "import '../plant/compile.ts';", 'sim/plant/index.ts')).toEqual([
      'sim/liquid/line.ts:1: imports sim/plant/compile.ts past its door sim/plant/index.ts, because a door says what others may touch',
    ]);
    expect(one('sim/liquid/line.ts', "import '../plant/compile.ts';")).toEqual([
      'sim/plant: has no index.ts, but sim/liquid/line.ts:1 imports sim/plant/compile.ts: a room that others enter has a door',
    ]);
    expect(one('test/x.test.ts', "import '../sim/plant/compile.ts';", 'sim/plant/index.ts')).toEqual([]);
  });

  it.each([
    ['const t = Date.now();', 'Date.now is banned, use plant time (TimeUs) or an owner of the wall clock'],
    ['const t = new Date();', 'new Date is banned, use plant time (TimeUs) or an owner of the wall clock'],
    [
      'const t = performance.now();',
      'performance.now is banned, use plant time (TimeUs) or an owner of the wall clock',
    ],
    ['globalThis.setTimeout(f, 1);', 'setTimeout is banned, use an owner of timers, handed in as an argument'],
    ['const every = setInterval;', 'setInterval is banned, use an owner of timers, handed in as an argument'],
    [
      'const x = Math.random();',
      'Math.random is banned, use seeded(seed).stream(name), which is a function of (seed, name, index)',
    ],
    [
      'const x = crypto.randomUUID();',
      'randomUUID is banned, use seeded(seed).stream(name), which is a function of (seed, name, index)',
    ],
    ['const home = process.env.HOME;', 'process.env is banned, use an option or an argument'],
    ["console.log('x');", 'console is banned, use the Io that a verb is given'],
  ])('call: %s', (text, sentence) => {
    expect(one('sim/step.ts', text)).toEqual([`sim/step.ts:1: ${sentence}`]);
  });

  it('not in comments, strings or types', () => {
    const text = "// Date.now() and setTimeout\nconst s = 'Math.random()';\nlet t: ReturnType<typeof setTimeout>;\n";
    expect(one('sim/step.ts', text)).toEqual([]);
  });

  it('length and unfinished work', () => {
    expect(one('sim/step.ts', 'x;\n'.repeat(501))).toEqual([
      'sim/step.ts:501: the file has 501 lines; at most 500, because a file is one room',
    ]);
    const word = ['TO', 'DO'].join('');
    expect(one('sim/step.ts', `// ${word}: later`)).toEqual([
      `sim/step.ts:1: ${word} is banned, because what is unfinished belongs to the tracker`,
    ]);
  });
});
