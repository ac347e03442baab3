/** Loops and selectors: what they measure, what they move, in which order they are reckoned. */
import type { Control } from '../../models/contract/index.ts';
import { nearest } from '../../models/kernel/index.ts';
import type { InstrumentSpec, LoopSpec } from '../plant/index.ts';
import type { Binding } from './bind.ts';
import { type EffectModel, type LoopModel, MODE, type SelectModel, type TargetModel } from './model.ts';
import { readDifference, shown, si, splitTarget } from './read.ts';

const MOVABLE: readonly string[] = ['speed', 'opening', 'setPoint'];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface SelectDraft {
  readonly id: string;
  readonly control: Control | undefined;
}

/** An actuator that must exist, or undefined where that has been said. */
function actuator(b: Binding, path: PropertyKey[], text: string, others: readonly string[]): Control | undefined {
  const { element, property } = splitTarget(text);
  const movable = b.controls.filter((c) => MOVABLE.includes(c.property));
  const found = movable.find((c) => c.element === element && c.property === property);
  if (found) return found;
  const names = [...movable.map((c) => `${c.element}.${c.property}`), ...others];
  const near = nearest(text, names);
  b.say(
    path,
    `"${text}"`,
    'what a loop can move: an actuator, such as PCV-1.opening, or the setPoint of another loop, or a selector',
    near ? `did you mean "${near}"?` : `known: ${names.slice(0, 12).join(', ')}`,
  );
  return undefined;
}

export function bindSelects(b: Binding): SelectDraft[] {
  const loops = b.spec.loops ?? [];
  return (b.spec.selects ?? []).map((s, i) => {
    const inputs = loops.filter((l) => l.moves === s.id).length + (s.hand ? 1 : 0);
    if (inputs < 2)
      b.say(
        ['selects', i],
        `a selector of ${inputs} ${inputs === 1 ? 'input' : 'inputs'}`,
        'two or more loops that move it, or one and the hand',
        `write "moves: ${s.id}" in a loop`,
      );
    return { id: s.id, control: actuator(b, ['selects', i, 'moves'], s.moves, []) };
  });
}

export function bindLoops(b: Binding, selects: readonly SelectDraft[]) {
  const specs = b.spec.loops ?? [];
  const targets: Mutable<TargetModel>[] = [];
  const movedBy = new Map<string, string>();
  const claim = (path: PropertyKey[], what: string, id: string): void => {
    const before = movedBy.get(what);
    if (before !== undefined)
      b.say(path, `"${what}"`, `what no other loop moves`, `${before} moves it: let a selector choose between them`);
    movedBy.set(what, id);
  };
  const addTarget = (c: Control, loop: number, select: number): number =>
    targets.push({ element: c.element, property: c.property as TargetModel['property'], loop, select, heldBy: [] }) - 1;
  const selectModels = selects.map((s, i): SelectModel => {
    const written = b.spec.selects![i]!;
    if (s.control) claim(['selects', i, 'moves'], written.moves, s.id);
    return {
      id: s.id,
      target: s.control ? addTarget(s.control, -1, i) : -1,
      sense: written.take === 'high' ? 1 : -1,
      hand: written.hand,
      loops: specs.flatMap((l, k) => (l.moves === s.id ? [k] : [])),
    };
  });
  const primaries = specs.map((_, i) => specs.findIndex((other, k) => k !== i && secondaryOf(specs, other) === i));
  const loops = specs.map((l, i): LoopModel => {
    const path = ['loops', i];
    const tag = b.tag([...path, 'measures'], l.measures);
    const unit = tag?.unit ?? '';
    const select = selects.findIndex((s) => s.id === l.moves);
    const secondary = select < 0 ? secondaryOf(specs, l) : -1;
    let control: Control | undefined;
    let measured: InstrumentSpec | undefined;
    let target = -1;
    if (select >= 0) control = selects[select]!.control;
    else {
      claim([...path, 'moves'], l.moves, l.id);
      if (secondary >= 0) {
        measured = b.spec.instruments.find((t) => t.tag === specs[secondary]!.measures);
        if (secondary === i) b.say([...path, 'moves'], `"${l.moves}"`, 'the set point of another loop');
      } else {
        control = actuator(b, [...path, 'moves'], l.moves, [
          ...selects.map((s) => s.id),
          ...specs.map((o) => `${o.id}.setPoint`),
        ]);
        if (control) target = addTarget(control, i, -1);
      }
    }
    if (l.mode === 'cascade' && primaries[i]! < 0)
      b.say([...path, 'mode'], '"cascade"', 'another loop that moves its setPoint', 'write "mode: auto"');
    const out = outputRange(b, path, l, control, measured);
    const [low, high] = tag?.range ?? [0, 1];
    const ramp = l['set-point-per-minute'];
    const rate = l['output-per-second'];
    const safe = l['safe-output'];
    if (l['on-bad'] === 'safe' && safe === undefined) b.say([...path, 'on-bad'], '"safe"', 'a "safe-output" with it');
    return {
      id: l.id,
      source: tag ? b.source(tag) : 0,
      low,
      span: high - low,
      unit,
      sense: l.action === 'reverse' ? 1 : -1,
      gain: l.gain,
      integral_s: l['integral-time'] ?? 0,
      derivative_s: l['derivative-time'],
      filter: l['derivative-filter'],
      outputLow: out.low,
      outputSpan: out.high - out.low,
      outputUnit: out.unit,
      rate_per_s:
        rate === undefined
          ? Number.POSITIVE_INFINITY
          : difference(b, [...path, 'output-per-second'], rate, out.unit) / (out.high - out.low),
      ramp_per_s:
        ramp === undefined
          ? Number.POSITIVE_INFINITY
          : difference(b, [...path, 'set-point-per-minute'], ramp, unit) / (si(1, unit) - si(0, unit)) / 60,
      target,
      select,
      secondary,
      primary: primaries[i]!,
      setPoint0:
        l['set-point'] === undefined || !tag ? Number.NaN : b.level([...path, 'set-point'], l['set-point'], tag),
      mode0: MODE[l.mode],
      onBad: l['on-bad'],
      safe: safe === undefined ? 0 : (limited(b, [...path, 'safe-output'], safe, out) - out.low) / (out.high - out.low),
    };
  });
  return { loops, targets, selectModels };
}

/** The loop whose set point another moves; −1: none. */
function secondaryOf(specs: readonly LoopSpec[], l: LoopSpec): number {
  const { element, property } = splitTarget(l.moves);
  return property === 'setPoint' ? specs.findIndex((s) => s.id === element) : -1;
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}

/** SI. Of a valve or a pump its whole travel, of a secondary its instrument's range; of other set points what is written. */
function outputRange(
  b: Binding,
  path: PropertyKey[],
  l: LoopSpec,
  control: Control | undefined,
  measured: InstrumentSpec | undefined,
): Range {
  const unit = measured?.unit ?? control?.unit ?? '%';
  const whole: Range | undefined = measured
    ? { low: si(measured.range[0], unit), high: si(measured.range[1], unit), unit }
    : control?.property === 'setPoint'
      ? undefined
      : { low: 0, high: control?.property === 'speed' ? 1.3 : 1, unit };
  if (l.output === undefined) {
    if (whole) return control?.property === 'speed' ? { ...whole, high: 1 } : whole;
    b.say(path, `a loop on ${l.moves} without "output"`, 'the lowest and the highest set point that it may give');
    return { low: 0, high: 1, unit };
  }
  const [low, high] = l.output.map((text, k) => {
    const value = b.value([...path, 'output', k], text, unit, control?.property);
    if (whole && (value < whole.low || value > whole.high))
      b.say([...path, 'output', k], `"${text}"`, `a value within ${range(whole)}`);
    return value;
  }) as [number, number];
  if (low >= high)
    b.say(
      [...path, 'output'],
      `${l.output[0]} to ${l.output[1]}`,
      'the lower limit first, and below the upper one',
      'swap them',
    );
  return low < high ? { low, high, unit } : { low: 0, high: 1, unit };
}

function range(r: Range): string {
  const out = (v: number) => shown((v - si(0, r.unit)) / (si(1, r.unit) - si(0, r.unit)), r.unit);
  return `${out(r.low)} to ${out(r.high)}`;
}

function limited(b: Binding, path: PropertyKey[], text: string | number, out: Range): number {
  const value = b.value(path, text, out.unit, out.unit === '%' ? 'opening' : '');
  if (value < out.low || value > out.high) b.say(path, `"${text}"`, `an output within ${range(out)}`);
  return value;
}

function difference(b: Binding, path: PropertyKey[], text: string | number, unit: string): number {
  const read = readDifference(text, unit);
  if (read.ok && read.value > 0) return read.value;
  if (read.ok) b.say(path, `"${text}"`, 'a rate above zero');
  else b.say(path, read.found, read.expected, read.hint);
  return 1;
}

/** Primaries before secondaries. */
export function orderLoops(b: Binding, loops: readonly LoopModel[]): number[] {
  const depth = loops.map((_, i) => {
    let at = loops[i]!.primary;
    let n = 0;
    while (at >= 0 && n <= loops.length) {
      n += 1;
      at = loops[at]!.primary;
    }
    if (n > loops.length)
      b.say(['loops', i, 'moves'], `loops that move each other's set points`, 'a cascade that begins somewhere');
    return n;
  });
  return loops.map((_, i) => i).sort((x, y) => depth[x]! - depth[y]! || x - y);
}

/** Which effects of interlocks and shutdown set what a loop or a selector moves. */
export function holdTargets(targets: readonly TargetModel[], effects: readonly EffectModel[]): TargetModel[] {
  return targets.map((t) => ({
    ...t,
    heldBy: effects.flatMap((e, k) => (e.element === t.element && e.property === t.property ? [k] : [])),
  }));
}
