/** Detectors of other people: a program on the wire, and the kit that says whether it is one. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPipeline, readRecipe } from '../../../detector/index.ts';
import { type AlarmEvent, type Frame, type Pipeline, unwrap } from '../../../models/contract/index.ts';
import {
  type Check,
  checkDetector,
  conformanceMaterial,
  type Material,
  pipelineSubject,
  readInputs,
} from '../../../scenarios/run/index.ts';
import { root } from '../../cli/terminal.ts';
import { Folder, leaktwin, SHORT_LEAK } from './short.ts';

const folder = new Folder();
const python = spawnSync('python3', ['--version']).status === 0;
const example = `python3 ${root}docs/examples/detector.py`;
let material: Material;
beforeAll(async () => {
  const path = folder.write('soon.yaml', SHORT_LEAK.replaceAll('16 min', '100 s').replace('19 min', '4 min'));
  material = await conformanceMaterial(unwrap(readInputs(path)), undefined, 240);
});
afterAll(() => folder.remove());

describe.skipIf(!python)('the example in Python', () => {
  it('is started once per run of a suite, finds the leak, and gives the same alarms again', async () => {
    folder.write('short-leak.yaml', SHORT_LEAK);
    const suite = folder.write('one.yaml', 'suite: one\nabout: One.\nscenarios: [short-leak]\nseeds: { count: 1 }\n');
    const cards = [];
    for (const out of ['a', 'b']) {
      const said = await leaktwin([
        ...['suite', suite, '--detector', example, '--json', '--workers', '1'],
        ...['--out', `${folder.path}/${out}`],
      ]);
      cards.push(JSON.parse(said.stdout).runs[0]);
    }
    expect(cards[0]).toMatchObject({ status: 'valid', transport: 'foreign', recipe: example });
    expect(cards[0].verdicts[0]).toMatchObject({ criterion: 'detected', status: 'pass' });
    expect(cards[1].journalDigest).toBe(cards[0].journalDigest);
  }, 30_000);

  it('passes the kit', async () => {
    const scenario = folder.write('short-leak.yaml', SHORT_LEAK);
    const said = await leaktwin(['check-detector', example, '--scenario', scenario, '--scans', '150', '--json']);
    const { checks } = JSON.parse(said.stdout) as { checks: Check[] };
    expect(checks.filter((c) => c.status === 'fail')).toEqual([]);
    expect(checks.length).toBeGreaterThan(10);
    expect(said.code).toBe(0);
  }, 30_000);

  it('is told on where it knocks at the door of the truth or dies', async () => {
    const path = folder.write(
      'thief.py',
      [
        'import os, urllib.request, urllib.error',
        'try: urllib.request.urlopen(os.environ["LEAKTWIN_HTTP"] + "/truth/events")',
        'except urllib.error.HTTPError: pass',
        `exec(open("${root}docs/examples/detector.py").read())`,
      ].join('\n'),
    );
    const scenario = folder.write('short-leak.yaml', SHORT_LEAK);
    const thief = await leaktwin([
      'check-detector',
      `python3 ${path}`,
      '--scenario',
      scenario,
      '--scans',
      '30',
      '--json',
    ]);
    expect(thief.code).toBe(1);
    expect(failures(JSON.parse(thief.stdout).checks)).toEqual(['keeps to its own doors: it asked for /truth/events']);
    const dead = await leaktwin([
      'check-detector',
      'echo no; exit 3',
      '--scenario',
      scenario,
      '--scans',
      '30',
      '--json',
    ]);
    expect(dead.code).toBe(1);
    expect(failures(JSON.parse(dead.stdout).checks)[0]).toContain('reaches the end: the detector ended with code 3');
  }, 30_000);
});

const failures = (checks: readonly Check[]) =>
  checks.filter((c) => c.status === 'fail').map((c) => `${c.check}: ${c.note}`);

/** A pipeline that says nothing, with one part replaced. */
function broken(part: Partial<Pipeline>): () => Pipeline {
  return () => ({ recipe: 'broken', step: () => [], save: () => new Uint8Array(1), load() {}, ...part });
}
async function failed(make: () => Pipeline): Promise<string[]> {
  const checks = await checkDetector(
    pipelineSubject('broken', 'plug-in', material.layout, make),
    material,
    1,
    () => {},
  );
  return failures(checks).map((f) => f.split(':')[0]!);
}
const raised = (frame: Frame, more: Partial<AlarmEvent> = {}): AlarmEvent => ({
  ...{ alarm: 'X', timeUs: frame.timeUs, frameSeq: frame.seq, from: 'normal', to: 'unacknowledged' },
  ...{ priority: 1, score: 1, by: 'x', because: 'x', ...more },
});

describe('every check of the kit bites', () => {
  it('lets a recipe of the house pass, and one that says nothing', async () => {
    const recipe = unwrap(readRecipe('tags-ewma'));
    expect(await failed(() => createPipeline(recipe, material.layout, material.asBuilt))).toEqual([]);
    expect(await failed(broken({}))).toEqual([]);
  });

  it('same frames, same alarms', async () => {
    let plays = 0;
    const make = () => {
      plays += 1;
      const at = plays;
      return broken({ step: (f) => (f.seq === at ? [raised(f)] : []) })();
    };
    expect(await failed(make)).toContain('same frames, same alarms');
  });

  it('survives what a plant does', async () => {
    const dies = (when: (f: Frame) => boolean) =>
      broken({
        step(f) {
          if (when(f)) throw new Error('too much');
          return [];
        },
      });
    expect(await failed(dies((f) => f.quality.every((q) => q >= 16)))).toEqual(['survives gaps']);
    expect(await failed(dies((f) => f.value.includes(Number.POSITIVE_INFINITY)))).toEqual([
      'survives values that are no numbers',
    ]);
    const backwards = () => {
      let last = -1;
      return dies((f) => {
        const back = f.stationTimeUs[0]! < last;
        last = f.stationTimeUs[0]!;
        return back;
      })();
    };
    expect(await failed(backwards)).toEqual(['survives scans in another order']);
  });

  it('bounded memory, states, events and frames', async () => {
    const kept: number[][] = [];
    const hoards = broken({
      step() {
        kept.push(Array.from({ length: 6_000 }, (_, i) => i + 0.5));
        return [];
      },
    });
    expect(await failed(hoards)).toEqual(['bounded memory']);
    kept.length = 0;
    const forgets = () => {
      let n = 0;
      return broken({
        step: (f) => {
          n += 1;
          return n === 200 ? [raised(f)] : [];
        },
      })();
    };
    expect(await failed(forgets)).toContain('a saved state goes on as if nothing had been');
    expect(await failed(broken({ step: (f) => (f.seq === 5 ? [raised(f, { score: Number.NaN })] : []) }))).toContain(
      'says what can be read',
    );
    expect(await failed(broken({ step: (f) => (f.seq % 5 === 0 ? [raised(f)] : []) }))).toContain(
      'says what can be read',
    );
    const writes = broken({
      step(f) {
        f.value.fill(0);
        return [];
      },
    });
    expect(await failed(writes)).toEqual(['keeps to its own doors']);
  });

  it('knows no future', async () => {
    const knows = material.frames.at(-1)!.value[0];
    // It has seen the list of frames before: what no detector of a plant could.
    let ahead: readonly Frame[] = [];
    const subject = pipelineSubject('prophet', 'plug-in', material.layout, () =>
      broken({ step: (f) => (f.seq === 50 && ahead.at(-1)!.value[0] === knows ? [raised(f)] : []) })(),
    );
    const prophet = {
      ...subject,
      play(frames: readonly Frame[], weigh?: boolean) {
        ahead = frames;
        return subject.play(frames, weigh);
      },
    };
    const checks = await checkDetector(prophet, material, 1, () => {});
    expect(failures(checks).join()).toContain('knows no future and no truth');
  });
});
