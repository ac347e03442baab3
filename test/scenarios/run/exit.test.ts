/** What the verbs say to scripts: exit codes, JSON, and sentences. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder, leaktwin, SHORT_LEAK, SHORT_QUIET } from './short.ts';

const folder = new Folder();
const leak = folder.write('short-leak.yaml', SHORT_LEAK);
const quiet = folder.write('short-quiet.yaml', SHORT_QUIET);
afterAll(() => folder.remove());
const out = (name: string) => ['--out', join(folder.path, name)];

describe('leaktwin run', () => {
  it('exits 0 where all verdicts pass, and prints the card as JSON', async () => {
    const said = await leaktwin(['run', leak, '--json', '--csv', '--twin', ...out('pass')]);
    expect(said.stderr).toContain('seed 3');
    expect(said.stderr).toContain('drawn: leak-1/kp = ');
    const card = JSON.parse(said.stdout);
    expect(card).toMatchObject({
      scenario: 'short-leak',
      seed: 3,
      transport: 'inproc',
      pace: 'lockstep',
      status: 'valid',
    });
    expect(said.code).toBe(0);
    const files = readdirSync(join(folder.path, 'pass'));
    for (const name of [
      'manifest.json',
      'frames.parquet',
      'alarms.parquet',
      'truth.parquet',
      'card.json',
      'report.html',
      'frames.csv',
      'alarms.csv',
      'truth.csv',
    ])
      expect(files).toContain(name);
    const manifest = JSON.parse(readFileSync(join(folder.path, 'pass', 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      complete: true,
      runId: card.runId,
      journalDigest: card.journalDigest,
      status: 'valid',
    });
    expect(manifest.draws).toHaveLength(1);
  });

  it('exits 1 where a verdict fails', async () => {
    const said = await leaktwin(['run', leak, '--recipe', 'null', ...out('fail')]);
    expect(said.stdout).toContain('FAIL');
    expect(said.code).toBe(1);
  });

  it('exits 2 for bad input, with every mistake at its place', async () => {
    const bad = folder.write('bad.yaml', SHORT_LEAK.replace('19 min', '19').replace('kp:', 'kilometre:'));
    const said = await leaktwin(['run', bad, '--json']);
    expect(said.code).toBe(2);
    expect(JSON.parse(said.stdout).problems.map((p: { line: number }) => p.line)).toEqual([4, 9]);
    expect((await leaktwin(['run', 'no-such-scenario'])).code).toBe(2);
    expect((await leaktwin(['run', leak, '--pace', 'fast'])).code).toBe(2);
  });

  it('exits 4 where the detector dies, says its last words, and keeps what was recorded', async () => {
    const said = await leaktwin(['run', quiet, '--detector', 'echo I cannot; exit 3', '--json', ...out('dead')]);
    const card = JSON.parse(said.stdout);
    expect(card.status).toBe('not-comparable');
    expect(card.because).toBe('the detector ended with code 3 before the run did; its last words: I cannot');
    expect(said.code).toBe(4);
    expect(existsSync(join(folder.path, 'dead', 'frames.parquet'))).toBe(true);
  });

  it('exits 130 when it is stopped, and keeps what was recorded', async () => {
    const stop = new AbortController();
    stop.abort();
    const said = await leaktwin(['run', leak, ...out('stopped')], stop.signal);
    expect(said.stdout).toContain('Stopped; what was recorded is in');
    expect(said.code).toBe(130);
    const manifest = JSON.parse(readFileSync(join(folder.path, 'stopped', 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ complete: true, status: 'not-comparable' });
    expect(manifest.frames).toBeGreaterThan(0);
  });
});

describe('leaktwin replay and score', () => {
  it('find in the recording what the run found', async () => {
    const run = join(folder.path, 'pass');
    const card = JSON.parse(readFileSync(join(run, 'card.json'), 'utf8'));
    const again = await leaktwin(['replay', run, '--json', ...out('again')]);
    expect(JSON.parse(again.stdout).journalDigest).toBe(card.journalDigest);
    expect(again.code).toBe(0);
    const logs = [
      '--alarms',
      join(folder.path, 'again', 'alarms.jsonl'),
      '--truth',
      join(folder.path, 'again', 'truth.jsonl'),
    ];
    const scored = await leaktwin(['score', ...logs, '--expect', leak, '--duration', '19 min', '--json']);
    const verdicts = JSON.parse(scored.stdout).verdicts as { criterion: string; status: string }[];
    expect(verdicts.map((v) => [v.criterion, v.status])).toContainEqual(['detected', 'pass']);
    expect(scored.code).toBe(0);
  });

  it('tell the line of a log that cannot be read', async () => {
    const alarms = folder.write('a.jsonl', '{"alarm":"A","timeUs":1}\nnonsense\n');
    const truth = folder.write('t.jsonl', '');
    const said = await leaktwin(['score', '--alarms', alarms, '--truth', truth]);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('a.jsonl:1:');
    expect(said.stderr).toContain('a.jsonl:2:');
  });
});
