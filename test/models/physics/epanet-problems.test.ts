/** What a user wrote wrong comes back with EPANET's number, sentence and the line; what goes wrong in a run ends it. */
import { describe, expect, it } from 'vitest';
import { openEpanet } from '../../../models/physics/epanet/index.ts';

const TWO = `[JUNCTIONS]
 A 0 10
 B 0 10
[RESERVOIRS]
 R 50
[PIPES]
 P1 R A 100 100 100 0 Open
 P2 A B 100 100 100 0 Open
[OPTIONS]
 Units LPS
 Headloss H-W
[END]
`;

const problemsOf = async (text: string, options = {}) => {
  const opened = await openEpanet(text, { file: 'two.inp', ...options });
  return opened.ok
    ? []
    : opened.problems.map(
        (p) => `${p.line}:${p.column} ${p.path}: ${p.found} | ${p.expected}${p.hint ? ` (${p.hint})` : ''}`,
      );
};

describe('a file that EPANET rejects', () => {
  it.each([
    [
      'an unknown node',
      TWO.replace('P2 A B', 'P2 A X'),
      '8:7 PIPES/P2/node2: EPANET error 203: undefined node X in [PIPES] section | a junction, reservoir or tank',
    ],
    [
      'a negative diameter',
      TWO.replace('A B 100 100', 'A B 100 -100'),
      '8:13 PIPES/P2/diameter: EPANET error 202: illegal numeric value -100 in [PIPES] section | a number above 0',
    ],
    [
      'a word for a number',
      TWO.replace('A B 100', 'A B 1e0x'),
      '8:9 PIPES/P2/length: EPANET error 202: illegal numeric value 1e0x in [PIPES] section | a number (length)',
    ],
    [
      'a name twice',
      TWO.replace('P2 A B', 'P1 A B'),
      '8:2 PIPES/P1: EPANET error 215: duplicate ID label P1 in [PIPES] section | a name of its own (line 7 has it too)',
    ],
    [
      'a loop of one node',
      TWO.replace('P2 A B', 'P2 A A'),
      '8:2 PIPES/P2: EPANET error 222: same start and end nodes for link P2 in [PIPES] section | two different end nodes',
    ],
    [
      'an unknown pattern',
      TWO.replace('B 0 10', 'B 0 10 day'),
      '3:9 JUNCTIONS/B: EPANET error 205: undefined time pattern day in [JUNCTIONS] section | a pattern that [PATTERNS] defines',
    ],
    [
      'no source',
      TWO.replace('[RESERVOIRS]\n R 50\n', '').replace('P1 R A', 'P1 B A'),
      '0:0 : EPANET error 224: no tanks or reservoirs in network | at least one reservoir or tank: the network has no source',
    ],
    [
      'a lone node',
      TWO.replace(' B 0 10', ' B 0 10\n C 0 0'),
      '4:2 JUNCTIONS/C: EPANET error 234: network has an unconnected node with ID: C | a link at every node',
    ],
    [
      'a control of nothing',
      TWO.replace('[OPTIONS]', '[CONTROLS]\n LINK Z OPEN AT TIME 5\n[OPTIONS]'),
      '10:7 CONTROLS/LINK: EPANET error 204: undefined link Z in [CONTROLS] section | a link that [PIPES], [PUMPS] or [VALVES] define',
    ],
    [
      'a broken rule',
      TWO.replace('[OPTIONS]', '[RULES]\nRULE 1\nIF SYSTEM TIMM > 5\nTHEN PIPE P1 STATUS IS OPEN\n[OPTIONS]'),
      '11:1 RULES/IF: EPANET error 201: syntax error in following line of Rule 1 | a line in the form of this section',
    ],
    [
      'a valve at a reservoir',
      TWO.replace('[OPTIONS]', '[VALVES]\n V R B 100 PRV 10 0\n[OPTIONS]'),
      '10:4 VALVES/V: EPANET error 219: illegal valve connection to tank node R in [VALVES] section | a junction between the valve and the reservoir or tank',
    ],
    ['nothing', '', '0:0 : EPANET error 223: not enough nodes in network | at least two nodes, one of them a junction'],
  ])('%s', async (_, text, sentence) => {
    expect(await problemsOf(text)).toEqual([sentence]);
  });

  it('says all at once, as the file stands, though leaks are asked for', async () => {
    const text = TWO.replace('P1 R A', 'P1 Q A').replace('A B 100', 'A B foo').replace('H-W', 'ZZ');
    const found = await problemsOf(text, { leaks: [{ id: 'x', pipe: 'P1', fraction: 0.5 }] });
    expect(found.map((f) => f.split(' | ')[0])).toEqual([
      '7:5 PIPES/P1/node1: EPANET error 203: undefined node Q in [PIPES] section',
      '8:9 PIPES/P2/length: EPANET error 202: illegal numeric value foo in [PIPES] section',
      expect.stringContaining('EPANET error 213: invalid option value ZZ in [OPTIONS] section'),
    ]);
  });
});

describe('options that do not fit', () => {
  it.each([
    [
      { leaks: [{ id: 'x', pipe: 'p1', fraction: 0.5 }] },
      ['leaks[0].pipe: "p1" | a pipe of the file (names are case-sensitive: "P1" exists)'],
    ],
    [
      { leaks: [{ id: 'x', pipe: 'P1', fraction: 1 }] },
      ['leaks[0].fraction: 1 | a number between 0 and 1 (for a leak at an end, name the node)'],
    ],
    [{ leaks: [{ id: 'A', pipe: 'P1', fraction: 0.1 }] }, ['leaks[0].id: "A" | a name that no node of the file has']],
    [{ leaks: [{ id: 'x', node: 'R' }] }, ['leaks[0].node: "R", whose head is fixed | a junction']],
    [
      {
        leaks: [
          { id: 'x', pipe: 'P1', fraction: 0.1 },
          { id: 'y', pipe: 'P1', fraction: 0.1 },
        ],
      },
      ['leaks: "x" and "y" at 0.1 of "P1" | one site at one place'],
    ],
    [{ accuracy: 1e-7 }, ['accuracy: 1e-7 | a number from 1e-5 to 0.1, the range that EPANET takes']],
    [{ step_s: 0.5 }, ['step_s: 0.5 | a whole number of seconds']],
  ])('%j', async (options, sentences) => {
    expect(await problemsOf(TWO, options)).toEqual(sentences.map((s) => `0:0 ${s}`));
  });
});

describe('a run that goes wrong', () => {
  const run = async (text: string, act?: (n: Awaited<ReturnType<typeof opened>>) => void) => {
    const n = await opened(text);
    act?.(n);
    while (n.solve() && n.advance() > 0) act?.(n);
    return n;
  };
  const opened = async (text: string) => {
    const result = await openEpanet(text);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.value;
  };

  it('disconnected: which part, by what, when; and no step after it', async () => {
    const text = TWO.replace('[OPTIONS]', '[CONTROLS]\n LINK P2 CLOSED AT TIME 3\n[TIMES]\n Duration 6:00\n[OPTIONS]');
    const n = await run(text);
    expect(n.fault?.kind).toBe('disconnected');
    expect(n.fault?.sentence).toBe(
      'at 3:00:00 node B is cut off from every reservoir and tank (closed: P2) while 0.0100 m³/s are drawn there',
    );
    expect(() => n.solve()).toThrow('the run is invalid: at 3:00:00');
    expect(() => n.advance()).toThrow('the run is invalid');
    expect(() => n.snapshot()).toThrow('the run is invalid');
  });

  it('an island of the file itself', async () => {
    const island = TWO.replace(' B 0 10', ' B 0 10\n C 0 5\n D 0 5').replace(
      '[OPTIONS]',
      '[PIPES]\n P3 C D 100 100 100\n[OPTIONS]',
    );
    expect((await run(island)).fault?.sentence).toBe(
      'at 0:00:00 2 nodes (C, D) are cut off from every reservoir and tank (no link leads there)',
    );
  });

  it('a part without demand may be shut off, until demand sets in', async () => {
    const text = TWO.replace('B 0 10', 'B 0 10 late').replace(
      '[OPTIONS]',
      '[PATTERNS]\n late 0 0 1\n[STATUS]\n P2 Closed\n[TIMES]\n Duration 6:00\n[OPTIONS]',
    );
    const n = await run(text);
    expect([n.fault?.kind, n.fault?.time_s]).toEqual(['disconnected', 7200]);
  });

  it('negative pressure: where, how low, when', async () => {
    const n = await run(
      TWO.replace('B 0 10', 'B 45 10 up').replace(
        '[OPTIONS]',
        '[PATTERNS]\n up 0.1 1\n[TIMES]\n Duration 2:00\n[OPTIONS]',
      ),
    );
    expect(n.fault?.kind).toBe('negative-pressure');
    expect(n.fault?.sentence).toMatch(
      /^at 1:00:00 the pressure at node B is -[\d.]+ m while 0.0100 m³\/s are drawn there$/,
    );
  });

  it('not converged: which link still moves, when', async () => {
    const text = TWO.replace('[OPTIONS]', '[OPTIONS]\n Unbalanced Stop');
    const result = await openEpanet(text.replace('Headloss', 'Trials 1\n Accuracy 1e-5\n Headloss'), {
      accuracy: 'file',
    });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.value.solve()).toBe(false);
    expect(result.value.fault?.kind).toBe('not-converged');
    expect(result.value.fault?.sentence).toMatch(
      /^at 0:00:00 the hydraulics did not converge in \d+ trials \(relative flow change [\d.e-]+\); the flow that moves most is that of link P[12], from \w to \w$/,
    );
  });

  it('a lenient run notes faults and goes on, as EPANET does', async () => {
    const result = await openEpanet(TWO.replace('B 0 10', 'B 60 10'), { lenient: true });
    if (!result.ok) throw new Error('not opened');
    expect(result.value.solve()).toBe(true);
    expect(result.value.fault?.kind).toBe('negative-pressure');
    expect(result.value.advance()).toBe(0);
  });
});
