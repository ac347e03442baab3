/** A live twin tells people of its leak while it runs, says how it is, and closes in order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../scenarios/cli/commandLine.ts';
import { Receiver, rawServer } from '../../detector/notify/made.ts';
import { Folder, leaktwin, SHORT_LEAK, SHORT_QUIET } from '../run/short.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const rules = (url: string, mailPort: number) => `notify: desk
contacts:
  anna: { name: Anna Berg, email: anna@example.org }
channels:
  hook: { kind: webhook, url: "${url}", secret: 0123456789abcdef }
  mail: { kind: email, server: "smtp://127.0.0.1:${mailPort}", from: twin@example.org }
rules:
  - name: all
    to: [anna]
    by: [hook, mail]
    escalate: [{ after: 30 s, by: [hook] }]
`;

describe('serve with --notify', () => {
  it('tells of a leak at the scan that confirms it, measures itself, and goes on beside a mail server of nonsense', async () => {
    const receiver = await new Receiver().open();
    const printer = await rawServer((s) => s.end('PRINTER READY\r\n'));
    const path = folder.write('rules.yaml', rules(receiver.url, printer.port));
    const log = join(folder.path, 'twin.log');
    let url = '';
    let stdout = '';
    let stderr = '';
    let metrics: Promise<string> | undefined;
    let health: Promise<{ status: string; scans: number; troubles: string[] }> | undefined;
    const get = (p: string) => fetch(new URL(p, url));
    receiver.onRequest = () => {
      metrics ??= get('/metrics').then((a) => a.text());
      health = get('/healthz').then((a) => a.json() as NonNullable<typeof health>);
    };
    const args = [
      'serve',
      folder.write('short-leak.yaml', SHORT_LEAK),
      '--once',
      '--json',
      '--notify',
      path,
      '--log',
      log,
    ];
    const code = await runCommandLine(
      [
        ...args,
        '--outbox',
        join(folder.path, 'box'),
        '--out',
        join(folder.path, 'run'),
        '--http-port',
        '0',
        '--modbus-port',
        '0',
      ],
      {
        stdout: (t) => {
          stdout += t;
          const ready = /^\{"ready".*/m.exec(stdout)?.[0];
          if (ready) url = (JSON.parse(ready) as { http: { url: string } }).http.url;
        },
        stderr: (t) => {
          stderr += t;
        },
        ...{ stderrIsTty: false, stderrColumns: () => 80, stdoutColumns: undefined, verbose: false },
        signal: new AbortController().signal,
      },
    );
    expect(code, stderr).toBe(0);
    type Body = { kind: string; escalation: number; event: { timeUs: number; to: string }; key: string };
    const bodies = [...receiver.taken.values()].map((t) => JSON.parse(t.body) as Body);
    const log1 = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l) as Record<string, unknown>);
    const events = log1.flatMap((l) => (l['event'] ? [l['event'] as Body['event']] : []));
    // What was told first is the first event of the journal, word for word.
    expect(bodies[0]!.event).toEqual(events[0]);
    expect(bodies[0]!.escalation).toBe(0);
    expect(bodies.some((b) => b.escalation === 1)).toBe(true);
    expect(receiver.repeats).toBe(0);
    expect(stderr).toMatch(/notify: the channel mail did not take ".*": .*PRINTER READY.*tried again in 1 s/);
    const text = await metrics!;
    expect(text).toMatch(/^leaktwin_scans_total\{plant="crude-line"\} \d{3,}/m);
    expect(text).toMatch(/^leaktwin_detector_step_seconds_count\{plant="crude-line"\} \d{3,}/m);
    expect(text).toMatch(/^leaktwin_detector_latency_seconds_bucket\{.*le="0.1".*\} \d{3,}/m);
    expect(text).toMatch(/^leaktwin_detector_scans_lost_total\{plant="crude-line"\} 0/m);
    expect(text).toMatch(/^leaktwin_alarm_events_total\{.*to="unacknowledged".*\} [1-9]/m);
    expect(text).toMatch(/^leaktwin_notifications_waiting\{.*channel="mail".*\} \d/m);
    expect(['ok', 'degraded']).toContain((await health!).status);
    expect(log1.map((l) => l['message'])).toEqual(
      expect.arrayContaining(['run begins', 'ports listen', 'run is over', 'ports are closed']),
    );
    // The mail waits for a mail server, in a file that a later start takes up.
    expect(readFileSync(join(folder.path, 'box', 'outbox.jsonl'), 'utf8')).toContain('anna@example.org');
    await receiver.refuse();
    await printer.close();
  }, 60_000);

  it('detect tells by the same rules, and mistakes in them end both before anything starts', async () => {
    const receiver = await new Receiver().open();
    const path = folder.write('rules2.yaml', rules(receiver.url, 1));
    const args = [
      'detect',
      '--source',
      join(folder.path, 'run'),
      '--notify',
      path,
      '--outbox',
      join(folder.path, 'box2'),
    ];
    expect((await leaktwin(args)).code).toBe(0);
    expect(receiver.taken.size).toBeGreaterThan(0);
    await receiver.refuse();
    const bad = folder.write('bad.yaml', 'notify: desk\nchannels: {}\nrules: [{ name: a, by: [hook] }]\n');
    for (const verb of [
      ['serve', folder.write('quiet.yaml', SHORT_QUIET)],
      ['detect', '--source', join(folder.path, 'run')],
    ]) {
      const { code, stderr } = await leaktwin([...verb, '--notify', bad]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/bad\.yaml:3:25: rules\[0\]\.by\[0\]: found "hook", which is no channel/);
    }
  }, 60_000);
});
