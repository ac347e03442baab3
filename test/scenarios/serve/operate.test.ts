/** People act on alarms of a live twin, over every door, and the journal tells who did what. */
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readRecipe } from '../../../detector/index.ts';
import { type AlarmEvent, type OperatorAction, unwrap } from '../../../models/contract/index.ts';
import { OperatorDesk, readInputs, runScenario, webSocketUrl } from '../../../scenarios/run/index.ts';
import { addAlarms } from '../../../scenarios/serve/index.ts';
import { Folder, leaktwin, SHORT_LEAK } from '../run/short.ts';

const folder = new Folder();
afterAll(() => folder.remove());

describe('alarms of a live twin', () => {
  it('are commented, shelved and acknowledged by REST, WebSocket and the command line, and it stands in the journal', async () => {
    const operators = new OperatorDesk();
    const journal: AlarmEvent[] = [];
    const operate = (action: OperatorAction) => operators.submit(action);
    const done: Promise<unknown>[] = [];
    let url = '';
    const outcome = await runScenario({
      inputs: unwrap(readInputs(folder.write('short-leak.yaml', SHORT_LEAK))),
      recipe: unwrap(readRecipe('crude-all')),
      transport: 'modbus',
      pace: { kind: 'lockstep' },
      out: `${folder.path}/run`,
      operators,
      server: { modbusPort: 0, httpPort: 0, routes: (app) => addAlarms(app, { journal, operate }), operate },
      onListen(server) {
        url = server.http!.url;
        const post = (body: unknown) =>
          fetch(new URL('/api/alarms/operate', url), {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          });
        // The detector opens after the ports; until then an action is refused in words.
        const whenOpen = async (body: unknown): Promise<Response> => {
          const answer = await post(body);
          const text = answer.status === 409 ? await answer.clone().text() : '';
          return text.includes('runs yet') ? whenOpen(body) : answer;
        };
        done.push(
          whenOpen({ action: 'comment', alarm: 'LD-WAVE', who: 'ann', comment: 'pig is in the line' }).then(
            async (a) => {
              expect(a.status).toBe(200);
              expect(await a.json()).toMatchObject({ events: [{ alarm: 'LD-WAVE', who: 'ann', action: 'comment' }] });
              expect((await post({ action: 'reset', alarm: 'LD-WAVE', who: 'ann' })).status).toBe(409);
              expect((await post({ action: 'acknowledge', alarm: 'NONE', who: 'ann' })).status).toBe(409);
              expect((await post({ action: 'shelve', alarm: 'LD-EWMA', who: 'ann' })).status).toBe(400);
              const line = await leaktwin([
                'alarms',
                'suppress',
                'LD-LIMIT',
                '--who',
                'ben',
                '--reason',
                'meter test',
                '--url',
                url,
                '--json',
              ]);
              expect(JSON.parse(line.stdout)).toMatchObject({
                events: [{ alarm: 'LD-LIMIT', to: 'suppressed', who: 'ben' }],
              });
              const socket = new WebSocket(webSocketUrl(url));
              const answer = new Promise<string>((resolve) => {
                socket.on('message', (data, binary) => {
                  if (!binary && String(data).includes('"operated"')) resolve(String(data));
                });
              });
              await new Promise((resolve) => socket.once('open', resolve));
              const action = { action: 'shelve', alarm: 'LD-EWMA', who: 'cem', for_s: 30, comment: 'noisy' };
              socket.send(JSON.stringify({ type: 'operate', action }));
              expect(JSON.parse(await answer)).toMatchObject({
                type: 'operated',
                events: [{ to: 'shelved', who: 'cem' }],
              });
              socket.close();
            },
          ),
        );
      },
      onAlarm(event) {
        journal.push(event);
        if (event.alarm === 'LD-WAVE' && event.to === 'unacknowledged')
          done.push(operate({ action: 'acknowledge', alarm: event.incident!, who: 'dan' }));
      },
    });
    try {
      await Promise.all(done);
      expect(outcome.card.status).toBe('valid');
      const of = (alarm: string) => journal.filter((e) => e.alarm === alarm).map((e) => [e.to, e.who]);
      expect(of('LD-WAVE').slice(0, 3)).toEqual([
        ['normal', 'ann'],
        ['unacknowledged', undefined],
        ['acknowledged', 'dan'],
      ]);
      expect(of('LD-EWMA').slice(0, 2)).toEqual([
        ['shelved', 'cem'],
        ['normal', undefined],
      ]);
      expect(of('LD-LIMIT')[0]).toEqual(['suppressed', 'ben']);
      const incidents = (await (await fetch(new URL('/api/incidents', url))).json()) as { incidents: { id: string }[] };
      expect(incidents.incidents.map((i) => i.id)).toContain('I-1');
      // What the plant was told and what was recorded are one.
      const report = await leaktwin(['alarms', 'report', outcome.folder, '--json']);
      expect(JSON.parse(report.stdout)).toMatchObject({ recorded: journal.length, answered: { count: 1 } });
      expect(await operate({ action: 'comment', alarm: 'LD-WAVE', who: 'ann', comment: 'late' })).toMatchObject({
        ok: false,
      });
    } finally {
      await outcome.server?.close();
    }
  });
});
