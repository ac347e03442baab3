/** Both players against a real server: they show the same run alike, keep their place, and refuse what they may not do. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { WindowInfo } from '../../models/contract/index.ts';
import { getJson, openLive, openRecorded, type Player } from '../../twin-ui/player/index.ts';
import { Folder } from '../scenarios/run/short.ts';
import { type Served, serve } from '../ui/served.ts';

const LEAK = `scenario: player-leak
about: 5 % of the flow escapes after 16 minutes.
plant: crude-line
duration: 20 min
seed: 3
timeline:
  - { at: 16 min, leak: leak-1, on: { kp: 18 km }, rate: 5 % of flow }
expect:
  - detected: { of: leak-1 }
`;
const folder = new Folder();
let served: Served;
let live: NonNullable<WindowInfo['live']>;
let player: Player;

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 600; i += 1) {
    if (holds()) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(`never: ${what}`);
}

beforeAll(async () => {
  // Node 20 has no WebSocket of its own; a browser has.
  (globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket;
  served = await serve([
    folder.write('player-leak.yaml', LEAK),
    '--pace',
    'realtime×100',
    '--out',
    join(folder.path, 'run'),
  ]);
  live = (await getJson<WindowInfo>({ base: served.url }, '/api/window')).live!;
});
afterAll(async () => {
  player?.close();
  await served?.stop();
  folder.remove();
});

describe('a live player', () => {
  it('is told no truth without the token, and while the run goes on nobody reads it up', async () => {
    const trainee = await openLive({ base: served.url }, live);
    if (!trainee.shown.over) {
      expect(trainee.capabilities.truth).toBe(false);
      expect(trainee.shown.truth).toEqual([]);
      expect(trainee.shown.card).toBeUndefined();
    }
    const answer = await fetch(`${served.url}/api/runs`);
    const { runs } = (await answer.json()) as { runs: { verdict?: string }[] };
    if (!trainee.shown.over) expect(runs.every((r) => r.verdict === undefined)).toBe(true);
    trainee.close();
  });

  it('acknowledges with a name, tells every screen, and says why where it cannot', async () => {
    player = await openLive({ base: served.url, token: served.token }, live);
    await until(() => player.shown.alarms.length > 0, 'an alarm');
    const { alarm } = player.shown.alarms[0]!;
    const other = await openLive({ base: served.url }, live);
    expect(await player.operate!({ action: 'acknowledge', alarm, who: ' Li ', comment: 'seen' })).toBeUndefined();
    await until(() => other.shown.alarms.some((e) => e.who === 'Li'), 'the other screen');
    expect(other.shown.alarms.find((e) => e.who === 'Li')).toMatchObject({
      alarm,
      to: 'acknowledged',
      comment: 'seen',
    });
    expect(await player.operate!({ action: 'unshelve', alarm, who: 'Li' })).toMatch(/shelved/);
    expect(await player.operate!({ action: 'acknowledge', alarm: 'NO-SUCH', who: 'Li' })).toContain('NO-SUCH');
    expect(await player.operate!({ action: 'acknowledge', alarm, who: '   ' })).toMatch(/./);
    other.close();
  });

  it('has every scan of the run, those from before it opened too, and the alarm with its truth and card', async () => {
    await until(() => player.shown.over && player.shown.card !== undefined, 'the card');
    const { store } = player.shown;
    await until(() => store.firstGap(1, store.newestSeq) > store.newestSeq, 'all scans');
    expect(store.newestSeq).toBe(1200);
    expect(player.capabilities.truth).toBe(true);
    expect(player.shown.truth.some((e) => e.kind === 'leak.opened')).toBe(true);
    expect(player.shown.alarms.length).toBeGreaterThan(0);
    expect(player.shown.following).toBe(true);
    expect(player.shown.timeUs).toBe(1200e6);
  });

  it('seeks, and plays on from there at the speed asked for', async () => {
    player.pause();
    player.seek!(100e6);
    expect(player.shown.timeUs).toBe(100e6);
    player.setSpeed!(256);
    player.play();
    await until(() => player.shown.timeUs > 150e6, 'it plays');
    player.pause();
    player.seek!(-5);
    expect(player.shown.timeUs).toBe(1e6);
  });
});

describe('a recorded player', () => {
  it('shows what the live one showed, to the bit, and what it cannot do it does not offer', async () => {
    const recorded = await openRecorded({ base: served.url }, 'live/run', 500e6);
    expect(recorded.capabilities).toMatchObject({
      follow: false,
      operate: false,
      send: false,
      seek: true,
      truth: true,
    });
    const a = player.shown.store;
    const b = recorded.shown.store;
    await until(() => b.firstGap(1, 1200) > 1200, 'all scans');
    for (let seq = 1; seq <= 1200; seq += 7)
      for (let t = 0; t < a.layout.tags.length; t += 1) {
        expect(Object.is(b.value(t, seq), a.value(t, seq))).toBe(true);
        expect(b.quality(t, seq)).toBe(a.quality(t, seq));
      }
    expect(b.series(0, 0, 1200e6, 50)).toEqual(a.series(0, 0, 1200e6, 50));
    expect(recorded.shown.alarms).toEqual(player.shown.alarms);
    // The truth socket tells each event as it is recorded.
    expect(recorded.shown.truth).toEqual(player.shown.truth);
    expect(recorded.shown.scene.places).toEqual(player.shown.scene.places);
    expect(recorded.shown.card).toEqual(player.shown.card);
    expect(recorded.shown.timeUs).toBe(500e6);
    recorded.close();
  });

  it.each([
    '/api/runs/../../etc/layout',
    '/api/runs/%2e%2e/%2e%2e/layout',
    '/api/runs/..%2f..%2f/x/layout',
    '/api/runs/live/..%2f..%2fpackage.json/layout',
    '/api/runs/.git/config/layout',
    '/ui/..%2f..%2fleaktwin.js',
    '/ui/.sources',
  ])('leads nowhere else: %s', async (path) => {
    // Fetch would tidy the path; a raw request does not.
    const { request } = await import('node:http');
    const status = await new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(served.url);
      const asked = request({ hostname, port, path }, (answer) => {
        answer.resume();
        resolve(answer.statusCode!);
      });
      asked.on('error', reject);
      asked.end();
    });
    expect(status).toBe(404);
  });

  it('is refused numbers that make no sense', async () => {
    for (const query of ['from=-1', 'from=x', 'from=1&count=0', 'from=1e99'])
      for (const at of ['/api/frames', '/api/runs/live/run/frames'])
        expect((await fetch(`${served.url}${at}?${query}`)).status, `${at}?${query}`).toBe(400);
    await expect(openRecorded({ base: served.url }, 'live/none')).rejects.toThrow('a run of /api/runs');
  });
});
