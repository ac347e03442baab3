/**
 * Reads EPANET input files (.inp) into SI. Sections in any order, headers by their first letters in any case, comments after
 * `;`, names in quotes where they hold spaces, unknown sections tolerated. All problems are reported at once with line and
 * column. Format: EPANET 2.2 User Manual (2020), appendix C.
 */
import { clock, curveArea, hint, NUMBER, type Row, SECTIONS, tokenise, uncommented, valveScale } from './inpText.ts';
import type { InpNetwork, InpProblem, InpResult, InpStatus } from './inpTypes.ts';
import { type FlowUnit, flowUnits, inpUnits } from './inpUnits.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the text of an .inp file; `file` is only used to name problems. */
export function readInp(text: string, file = 'network.inp'): InpResult {
  const reader = new InpReader(file);
  const value = reader.read(text);
  return reader.problems.length > 0 ? { ok: false, problems: reader.problems } : { ok: true, value };
}

class InpReader {
  readonly problems: InpProblem[] = [];
  private readonly file: string;
  private readonly rows = new Map<string, Row[]>();

  constructor(file: string) {
    this.file = file;
  }

  read(text: string): InpNetwork {
    this.divide(text);
    const options = this.options();
    const u = inpUnits(options.units, options.specificGravity);
    const patterns = this.patterns();
    const curves = this.curves();
    const nodeAt = new Map<string, Row>();
    const linkAt = new Map<string, Row>();
    const claim = (taken: Map<string, Row>, id: string, row: Row, section: string) => {
      const other = taken.get(id);
      if (other) this.say(row, 0, `${section}/${id}`, `"${id}"`, `a name of its own (line ${other.line} has it too)`);
      taken.set(id, row);
    };

    const junctions = this.each('JUNCTIONS', (r, id) => {
      claim(nodeAt, id, r, 'JUNCTIONS');
      const base = this.number(r, 2, 'JUNCTIONS', 'demand', 0);
      const pattern = r.tokens[3]?.text;
      return {
        id,
        elevation_m: this.number(r, 1, 'JUNCTIONS', 'elevation', 0) * u.length_m,
        demands: [{ base_m3_s: base * u.flow_m3_s, ...(pattern ? { pattern } : {}) }],
        emitter: 0,
      };
    });
    const reservoirs = this.each('RESERVOIRS', (r, id) => {
      claim(nodeAt, id, r, 'RESERVOIRS');
      const pattern = r.tokens[2]?.text;
      return { id, head_m: this.number(r, 1, 'RESERVOIRS', 'head') * u.length_m, ...(pattern ? { pattern } : {}) };
    });
    const tanks = this.each('TANKS', (r, id) => {
      claim(nodeAt, id, r, 'TANKS');
      const level_m = this.number(r, 2, 'TANKS', 'level', 0) * u.length_m;
      const diameter = this.number(r, 5, 'TANKS', 'diameter', 0) * u.length_m;
      const curve = curves.get(r.tokens[7]?.text ?? '');
      const area_m2 = curve ? curveArea(curve, level_m / u.length_m) * u.length_m ** 2 : (Math.PI / 4) * diameter ** 2;
      if (!(area_m2 > 0))
        this.say(r, 5, `TANKS/${id}/diameter`, r.tokens[5]?.text ?? 'nothing', 'a diameter above 0 or a volume curve');
      return {
        id,
        elevation_m: this.number(r, 1, 'TANKS', 'elevation') * u.length_m,
        level_m,
        minLevel_m: this.number(r, 3, 'TANKS', 'minimum level', 0) * u.length_m,
        maxLevel_m: this.number(r, 4, 'TANKS', 'maximum level', 0) * u.length_m,
        area_m2,
        ...(curve ? { volumeCurve: true } : {}),
      };
    });

    const ends = (r: Row, id: string, section: string) => {
      claim(linkAt, id, r, section);
      for (const i of [1, 2]) {
        const name = r.tokens[i]?.text;
        if (name === undefined) this.say(r, i, `${section}/${id}/node${i}`, 'nothing', 'the name of a node');
        else if (!nodeAt.has(name))
          this.say(
            r,
            i,
            `${section}/${id}/node${i}`,
            `"${name}"`,
            'a junction, reservoir or tank',
            hint(name, nodeAt.keys()),
          );
      }
      return { id, from: r.tokens[1]?.text ?? '', to: r.tokens[2]?.text ?? '' };
    };
    const pipes = this.each('PIPES', (r, id) => {
      const darcy = options.headloss === 'D-W';
      // the minor loss may be left out before a status
      const last = r.tokens[r.tokens.length - 1]?.text.toUpperCase() ?? '';
      const word = r.tokens.length > 6 && !NUMBER.test(last) ? last : '';
      if (word !== '' && !['OPEN', 'CLOSED', 'CV'].includes(word))
        this.say(r, r.tokens.length - 1, `PIPES/${id}/status`, `"${last}"`, 'Open, Closed or CV');
      return {
        ...ends(r, id, 'PIPES'),
        length_m: this.positive(r, 3, 'PIPES', 'length') * u.length_m,
        diameter_m: this.positive(r, 4, 'PIPES', 'diameter') * u.diameter_m,
        roughness: this.positive(r, 5, 'PIPES', 'roughness', darcy) * (darcy ? u.roughness_m : 1),
        minorLoss: r.tokens[6] && NUMBER.test(r.tokens[6].text) ? Number(r.tokens[6].text) : 0,
        status: (word === 'CLOSED' ? 'closed' : 'open') as InpStatus,
        checkValve: word === 'CV',
      };
    });
    const pumps = this.each('PUMPS', (r, id) => this.pump(r, ends(r, id, 'PUMPS'), curves, u));
    const valves = this.each('VALVES', (r, id) => this.valve(r, ends(r, id, 'VALVES'), curves, u));

    this.demands(junctions, u.flow_m3_s);
    const emitterScale = u.flow_m3_s * u.pressure_per_m ** options.emitterExponent;
    for (const r of this.rows.get('EMITTERS') ?? []) {
      const junction = this.find(r, junctions, 'EMITTERS', 'a junction');
      if (junction) junction.emitter = this.number(r, 1, 'EMITTERS', 'coefficient') * emitterScale;
    }
    this.status(pipes, pumps, valves, u);
    const coordinates = new Map<string, readonly [number, number]>();
    for (const r of this.rows.get('COORDINATES') ?? []) {
      coordinates.set(r.tokens[0].text, [this.number(r, 1, 'COORDINATES', 'x'), this.number(r, 2, 'COORDINATES', 'y')]);
    }
    if (nodeAt.size === 0) {
      this.problems.push({
        file: this.file,
        line: 1,
        column: 1,
        path: '',
        found: 'no nodes',
        expected: 'sections [JUNCTIONS], [RESERVOIRS] or [TANKS] of an EPANET .inp file',
      });
    }
    const text_ = (section: string) => (this.rows.get(section) ?? []).map((r) => r.raw.trim());
    return {
      title: text_('TITLE').join('\n'),
      ...options,
      junctions,
      reservoirs,
      tanks,
      pipes,
      pumps,
      valves,
      patterns,
      controls: text_('CONTROLS'),
      rules: text_('RULES'),
      times: this.times(),
      lines: this.linesOf(),
      coordinates,
    };
  }

  private linesOf(): Map<string, number> {
    const lines = new Map<string, number>();
    for (const [section, rows] of this.rows)
      rows.forEach((r, i) => {
        const id = section === 'CONTROLS' || section === 'RULES' ? i : r.tokens[0].text;
        if (!lines.has(`${section}/${id}`)) lines.set(`${section}/${id}`, r.line);
      });
    return lines;
  }

  /** Cuts the text into rows of tokens by section. */
  private divide(text: string): void {
    let section = '';
    const lines = text.split(/\r\n|\n|\r/);
    for (let i = 0; i < lines.length; i++) {
      const tokens = tokenise(lines[i]);
      if (tokens.length === 0) continue;
      const row: Row = { line: i + 1, raw: uncommented(lines[i]), tokens };
      if (tokens[0].text.startsWith('[')) {
        const name = tokens[0].text.replace(/[[\]]/g, '').toUpperCase();
        section = SECTIONS.find((s) => s.startsWith(name.slice(0, 4)) && name.length >= 3) ?? `?${name}`;
        if (section === 'END') return;
        continue;
      }
      if (section === '') {
        this.say(row, 0, '', `"${tokens[0].text}"`, 'a section header such as [JUNCTIONS]');
        section = '?';
        continue;
      }
      const list = this.rows.get(section);
      if (list) list.push(row);
      else this.rows.set(section, [row]);
    }
  }

  private each<T>(section: string, read: (row: Row, id: string) => T): Mutable<T>[] {
    return (this.rows.get(section) ?? []).map((row) => read(row, row.tokens[0].text) as Mutable<T>);
  }

  private say(row: Row, token: number, path: string, found: string, expected: string, hintText?: string): void {
    const at = row.tokens[token] ?? { column: row.raw.trimEnd().length + 1 };
    this.problems.push({
      file: this.file,
      line: row.line,
      column: at.column,
      path,
      found,
      expected,
      ...(hintText ? { hint: hintText } : {}),
    });
  }

  private number(row: Row, token: number, section: string, what: string, otherwise?: number): number {
    const t = row.tokens[token];
    if (t === undefined && otherwise !== undefined) return otherwise;
    if (t !== undefined && NUMBER.test(t.text)) return Number(t.text);
    this.say(
      row,
      token,
      `${section}/${row.tokens[0].text}/${what}`,
      t ? `"${t.text}"` : 'nothing',
      `a number (${what})`,
    );
    return otherwise ?? 1;
  }

  private positive(row: Row, token: number, section: string, what: string, zeroToo = false): number {
    const before = this.problems.length;
    const x = this.number(row, token, section, what);
    if (this.problems.length > before || x > 0 || (zeroToo && x === 0)) return Math.max(x, 0);
    this.say(
      row,
      token,
      `${section}/${row.tokens[0].text}/${what}`,
      `${x}`,
      zeroToo ? 'a number that is not negative' : 'a number above 0',
    );
    return 1;
  }

  private find<T extends { readonly id: string }>(
    row: Row,
    list: readonly T[],
    section: string,
    expected: string,
  ): T | undefined {
    const id = row.tokens[0].text;
    const found = this.byId(list).get(id);
    if (!found)
      this.say(
        row,
        0,
        `${section}/${id}`,
        `"${id}"`,
        expected,
        hint(
          id,
          list.map((x) => x.id),
        ),
      );
    return found;
  }

  private readonly indexes = new Map<unknown, Map<string, unknown>>();
  private byId<T extends { readonly id: string }>(list: readonly T[]): Map<string, T> {
    let index = this.indexes.get(list) as Map<string, T> | undefined;
    if (!index) {
      index = new Map(list.map((x) => [x.id, x]));
      this.indexes.set(list, index);
    }
    return index;
  }

  private options() {
    let units: FlowUnit = 'GPM';
    let headloss: 'H-W' | 'D-W' | 'C-M' = 'H-W';
    let specificGravity = 1;
    let viscosity = 1;
    let demandMultiplier = 1;
    let emitterExponent = 0.5;
    let defaultPattern = '1';
    let demandModel: InpNetwork['demandModel'] = 'demand-driven';
    let minimum = 0;
    let required = 0.1;
    let pressureExponent = 0.5;
    for (const r of this.rows.get('OPTIONS') ?? []) {
      const key = r.tokens[0].text.toUpperCase();
      const second = (r.tokens[1]?.text ?? '').toUpperCase();
      if (key === 'UNITS') {
        if (flowUnits.includes(second as FlowUnit)) units = second as FlowUnit;
        else this.say(r, 1, 'OPTIONS/Units', `"${r.tokens[1]?.text ?? ''}"`, flowUnits.join(', '));
      } else if (key === 'HEADLOSS') {
        if (second === 'H-W' || second === 'D-W' || second === 'C-M') headloss = second;
        else this.say(r, 1, 'OPTIONS/Headloss', `"${r.tokens[1]?.text ?? ''}"`, 'H-W, D-W or C-M');
      } else if (key === 'SPECIFIC') specificGravity = this.positive(r, 2, 'OPTIONS', 'specific gravity');
      else if (key === 'VISCOSITY') viscosity = this.positive(r, 1, 'OPTIONS', 'viscosity');
      else if (key === 'DEMAND' && second === 'MULTIPLIER')
        demandMultiplier = this.number(r, 2, 'OPTIONS', 'demand multiplier');
      else if (key === 'DEMAND' && second === 'MODEL')
        demandModel = r.tokens[2]?.text.toUpperCase() === 'PDA' ? 'pressure-driven' : 'demand-driven';
      else if (key === 'MINIMUM' && second === 'PRESSURE') minimum = this.number(r, 2, 'OPTIONS', 'minimum pressure');
      else if (key === 'REQUIRED' && second === 'PRESSURE')
        required = this.positive(r, 2, 'OPTIONS', 'required pressure');
      else if (key === 'PRESSURE' && second === 'EXPONENT')
        pressureExponent = this.positive(r, 2, 'OPTIONS', 'pressure exponent');
      else if (key === 'EMITTER' && second === 'EXPONENT')
        emitterExponent = this.positive(r, 2, 'OPTIONS', 'emitter exponent');
      else if (key === 'PATTERN') defaultPattern = r.tokens[1]?.text ?? '';
    }
    const metric = inpUnits(units, 1).length_m === 1;
    // a value above 1e-3 is relative to water at 20 °C, as EPANET reads it
    const kinematicViscosity_m2_s =
      viscosity > 1e-3 ? viscosity * 1.1e-5 * 0.3048 ** 2 : viscosity * (metric ? 1 : 0.3048 ** 2);
    return {
      units,
      headloss,
      specificGravity,
      kinematicViscosity_m2_s,
      demandMultiplier,
      emitterExponent,
      defaultPattern,
      demandModel,
      pressureDemand: {
        minimum_m: minimum / inpUnits(units, specificGravity).pressure_per_m,
        required_m: required / inpUnits(units, specificGravity).pressure_per_m,
        exponent: pressureExponent,
      },
    };
  }

  private patterns(): Map<string, number[]> {
    const patterns = new Map<string, number[]>();
    for (const r of this.rows.get('PATTERNS') ?? []) {
      const list = patterns.get(r.tokens[0].text) ?? [];
      for (let i = 1; i < r.tokens.length; i++) list.push(this.number(r, i, 'PATTERNS', 'multiplier'));
      patterns.set(r.tokens[0].text, list);
    }
    return patterns;
  }

  /** Curves in the file's own units. */
  private curves(): Map<string, [number, number][]> {
    const curves = new Map<string, [number, number][]>();
    for (const r of this.rows.get('CURVES') ?? []) {
      const list = curves.get(r.tokens[0].text) ?? [];
      list.push([this.number(r, 1, 'CURVES', 'x'), this.number(r, 2, 'CURVES', 'y')]);
      curves.set(r.tokens[0].text, list);
    }
    return curves;
  }

  private pump(
    r: Row,
    link: { id: string; from: string; to: string },
    curves: Map<string, [number, number][]>,
    u: ReturnType<typeof inpUnits>,
  ) {
    const pump: Mutable<InpNetwork['pumps'][number]> = { ...link, speed: 1, status: 'open' };
    for (let i = 3; i < r.tokens.length; i += 2) {
      const key = r.tokens[i].text.toUpperCase();
      const value = r.tokens[i + 1]?.text;
      if (key === 'HEAD') {
        const curve = curves.get(value ?? '');
        if (!curve)
          this.say(
            r,
            i + 1,
            `PUMPS/${link.id}/head`,
            value ? `"${value}"` : 'nothing',
            'the name of a curve',
            hint(value ?? '', curves.keys()),
          );
        else {
          pump.curveId = value;
          pump.curve = curve.map(([q, h]) => ({ flow_m3_s: q * u.flow_m3_s, head_m: h * u.length_m }));
        }
      } else if (key === 'POWER') pump.power_W = this.positive(r, i + 1, 'PUMPS', 'power') * u.power_W;
      else if (key === 'SPEED') pump.speed = this.positive(r, i + 1, 'PUMPS', 'speed', true);
      else if (key === 'PATTERN') pump.pattern = value;
      else this.say(r, i, `PUMPS/${link.id}`, `"${r.tokens[i].text}"`, 'HEAD, POWER, SPEED or PATTERN');
    }
    if (!pump.curve && pump.power_W === undefined)
      this.say(r, r.tokens.length, `PUMPS/${link.id}`, 'neither HEAD nor POWER', 'HEAD curve or POWER');
    return pump;
  }

  private valve(
    r: Row,
    link: { id: string; from: string; to: string },
    curves: Map<string, [number, number][]>,
    u: ReturnType<typeof inpUnits>,
  ) {
    const types = ['PRV', 'PSV', 'PBV', 'FCV', 'TCV', 'GPV', 'PCV'] as const;
    const name = (r.tokens[4]?.text ?? '').toUpperCase();
    const type = types.find((t) => t === name) ?? 'TCV';
    if (type !== name)
      this.say(r, 4, `VALVES/${link.id}/type`, name === '' ? 'nothing' : `"${name}"`, types.join(', '));
    let curve: { flow_m3_s: number; loss_m: number }[] | undefined;
    let setting = 0;
    if (type === 'GPV') {
      const points = curves.get(r.tokens[5]?.text ?? '');
      if (!points)
        this.say(r, 5, `VALVES/${link.id}/setting`, `"${r.tokens[5]?.text ?? ''}"`, 'the name of a head loss curve');
      curve = points?.map(([q, h]) => ({ flow_m3_s: q * u.flow_m3_s, loss_m: h * u.length_m }));
    } else setting = this.number(r, 5, 'VALVES', 'setting', 0) * valveScale(type, u);
    return {
      ...link,
      diameter_m: this.positive(r, 3, 'VALVES', 'diameter') * u.diameter_m,
      type,
      setting,
      ...(curve ? { curve } : {}),
      minorLoss: this.number(r, 6, 'VALVES', 'minor loss', 0),
      status: 'active' as InpStatus,
    };
  }

  /** [DEMANDS] replaces what [JUNCTIONS] said about a junction. */
  private demands(junctions: Mutable<InpNetwork['junctions'][number]>[], flow_m3_s: number): void {
    const lists = new Map<string, { base_m3_s: number; pattern?: string }[]>();
    for (const r of this.rows.get('DEMANDS') ?? []) {
      const junction = this.find(r, junctions, 'DEMANDS', 'a junction');
      if (!junction) continue;
      const list = lists.get(junction.id) ?? [];
      const pattern = r.tokens[2]?.text;
      list.push({ base_m3_s: this.number(r, 1, 'DEMANDS', 'demand') * flow_m3_s, ...(pattern ? { pattern } : {}) });
      lists.set(junction.id, list);
      junction.demands = list;
    }
  }

  private status(
    pipes: Mutable<InpNetwork['pipes'][number]>[],
    pumps: Mutable<InpNetwork['pumps'][number]>[],
    valves: Mutable<InpNetwork['valves'][number]>[],
    u: ReturnType<typeof inpUnits>,
  ): void {
    for (const r of this.rows.get('STATUS') ?? []) {
      const id = r.tokens[0].text;
      const word = (r.tokens[1]?.text ?? '').toUpperCase();
      const link = this.byId(pipes).get(id) ?? this.byId(pumps).get(id) ?? this.byId(valves).get(id);
      if (!link) this.say(r, 0, `STATUS/${id}`, `"${id}"`, 'a pipe, pump or valve');
      else if (word === 'OPEN' || word === 'CLOSED' || word === 'ACTIVE') link.status = word.toLowerCase() as InpStatus;
      else if ('speed' in link) link.speed = this.positive(r, 1, 'STATUS', 'speed', true);
      else if ('setting' in link) {
        link.setting = this.number(r, 1, 'STATUS', 'setting') * valveScale(link.type, u);
        link.status = 'active';
      } else this.say(r, 1, `STATUS/${id}`, `"${r.tokens[1]?.text ?? ''}"`, 'Open or Closed');
    }
  }

  private times(): InpNetwork['times'] {
    const found: Record<string, number> = {};
    for (const r of this.rows.get('TIMES') ?? []) {
      const words = r.tokens.map((t) => t.text.toUpperCase());
      const at = words.findIndex((w, i) => i > 0 && /^[\d.]/.test(w));
      if (at < 0) continue;
      const seconds = clock(words[at], words[at + 1] ?? '');
      if (seconds === undefined)
        this.say(
          r,
          at,
          `TIMES/${words.slice(0, at).join(' ')}`,
          `"${r.tokens[at].text}"`,
          'a time such as 1:30, 90 MIN or 6 AM',
        );
      else found[words.slice(0, at).join(' ')] = seconds;
    }
    return {
      duration_s: found['DURATION'] ?? 0,
      hydraulicStep_s: found['HYDRAULIC TIMESTEP'] ?? 3600,
      patternStep_s: found['PATTERN TIMESTEP'] || 3600,
      patternStart_s: found['PATTERN START'] ?? 0,
      startClock_s: found['START CLOCKTIME'] ?? 0,
    };
  }
}
