/**
 * The simple controls of an EPANET file, for those who must act on them outside EPANET:
 *
 *   LINK x status IF NODE tank ABOVE|BELOW level      LINK x status AT TIME t      LINK x status AT CLOCKTIME t AM|PM
 *
 * status is OPEN, CLOSED or a number: a pump's relative speed. What is not followed outside EPANET (pressures, rules, valves) is a problem with its line. Source: EPANET 2.2 User Manual (2020), appendix C, [CONTROLS].
 */
import { clock, NUMBER } from './inpText.ts';
import type { InpNetwork, InpProblem } from './inpTypes.ts';
import { inpUnits } from './inpUnits.ts';

export interface SimpleControl {
  readonly link: string;
  readonly kind: 'pipe' | 'pump';
  /** Relative speed of a pump; of pipes 1 open and 0 shut. */
  readonly setting: number;
  readonly when:
    | { readonly kind: 'level'; readonly tank: string; readonly above: boolean; readonly level_m: number }
    | { readonly kind: 'time'; readonly time_s: number }
    /** Every day at this time of day. */
    | { readonly kind: 'clock'; readonly time_s: number };
}

/** The simple controls of a network in SI, and all that is wrong with them or beyond them. */
export function simpleControls(inp: InpNetwork, file: string): { controls: SimpleControl[]; problems: InpProblem[] } {
  const controls: SimpleControl[] = [];
  const problems: InpProblem[] = [];
  const { length_m } = inpUnits(inp.units, inp.specificGravity);
  const pumps = new Set(inp.pumps.map((p) => p.id));
  const pipes = new Set(inp.pipes.map((p) => p.id));
  const valves = new Set(inp.valves.map((v) => v.id));
  const tanks = new Set(inp.tanks.map((t) => t.id));
  const read = (text: string, i: number): void => {
    const say = (found: string, expected: string, hint?: string): void => {
      const line = inp.lines.get(`CONTROLS/${i}`) ?? 0;
      problems.push({ file, line, column: 1, path: `CONTROLS/${i}`, found, expected, ...(hint ? { hint } : {}) });
    };
    const words = text.split(/\s+/);
    const upper = words.map((w) => w.toUpperCase());
    const link = words[1] ?? '';
    const kind = pumps.has(link) ? 'pump' : pipes.has(link) ? 'pipe' : valves.has(link) ? 'valve' : undefined;
    if (!kind) {
      say(`"${link}"`, 'the name of a pipe or pump');
      return;
    }
    if (kind === 'valve') {
      say(`a control of valve ${link}`, 'controls of pipes and pumps', BEYOND);
      return;
    }
    const setting = upper[2] === 'OPEN' ? 1 : upper[2] === 'CLOSED' ? 0 : Number(upper[2] ?? 'x');
    const word = upper[2] === 'OPEN' || upper[2] === 'CLOSED';
    if (!word && (kind !== 'pump' || !NUMBER.test(upper[2] ?? '') || setting < 0)) {
      say(`"${words[2] ?? ''}" for ${kind} ${link}`, 'OPEN or CLOSED, or the speed of a pump', BEYOND);
      return;
    }
    const when = ((): SimpleControl['when'] | undefined => {
      if (upper[3] === 'AT') {
        const time_s = clock(upper[5] ?? '', upper[6] ?? '');
        if (time_s === undefined || (upper[4] !== 'TIME' && upper[4] !== 'CLOCKTIME'))
          say(`"${words.slice(3).join(' ')}"`, 'AT TIME or AT CLOCKTIME with a time');
        else return upper[4] === 'TIME' ? { kind: 'time', time_s } : { kind: 'clock', time_s };
      } else if (upper[3] === 'IF' && (upper[6] === 'ABOVE' || upper[6] === 'BELOW') && NUMBER.test(upper[7] ?? '')) {
        const tank = words[5] ?? '';
        if (tanks.has(tank))
          return { kind: 'level', tank, above: upper[6] === 'ABOVE', level_m: Number(upper[7]) * length_m };
        say(`a control by the pressure at "${tank}"`, 'a control by the level of a tank', BEYOND);
      } else say(`"${words.slice(3).join(' ')}"`, 'IF NODE tank ABOVE|BELOW level, AT TIME t or AT CLOCKTIME t');
      return undefined;
    })();
    if (when) controls.push({ link, kind, setting, when });
  };
  for (const [i, text] of inp.controls.entries()) read(text, i);
  if (inp.rules.length > 0)
    problems.push({
      file,
      line: inp.lines.get('RULES/0') ?? 0,
      column: 1,
      path: 'RULES',
      found: 'rules',
      expected: 'no rules; simple controls are followed',
      hint: BEYOND,
    });
  return { controls, problems };
}

const BEYOND = 'the transient solver cannot follow it; extended-period hydraulics can';
