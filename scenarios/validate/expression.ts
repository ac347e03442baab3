/**
 * Figures of worked examples that are written as a little arithmetic, such as "6*sqrt(ln2)/5": numbers, names, + − * / ^ with
 * their usual order, brackets, and sqrt, ln, exp of one argument. Names are pi, ln2 and whatever the example itself says.
 */

const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = { sqrt: Math.sqrt, ln: Math.log, exp: Math.exp };
const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, ln2: Math.LN2 };

/** Value of an expression; throws a sentence on anything else than arithmetic. */
export function arithmetic(text: string, names: Readonly<Record<string, unknown>> = {}): number {
  const tokens = text.match(/\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|[-+*/^()]|\S/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new Error(`"${text}" is no arithmetic at "${tokens[at] ?? 'its end'}"`);
  };
  const sum = (): number => {
    let x = product();
    while (tokens[at] === '+' || tokens[at] === '-') x = tokens[at++] === '+' ? x + product() : x - product();
    return x;
  };
  const product = (): number => {
    let x = signed();
    while (tokens[at] === '*' || tokens[at] === '/') x = tokens[at++] === '*' ? x * signed() : x / signed();
    return x;
  };
  const signed = (): number => {
    if (tokens[at] !== '-') return power();
    at++;
    return -signed();
  };
  const power = (): number => {
    const base = atom();
    if (tokens[at] !== '^') return base;
    at++;
    return base ** signed();
  };
  const bracket = (): number => {
    if (tokens[at++] !== '(') fail();
    const x = sum();
    if (tokens[at++] !== ')') fail();
    return x;
  };
  const atom = (): number => {
    const token = tokens[at] ?? '';
    if (token === '(') return bracket();
    if (/^[\d.]/.test(token)) {
      at++;
      return Number(token);
    }
    if (Object.hasOwn(FUNCTIONS, token)) {
      at++;
      return FUNCTIONS[token](bracket());
    }
    const value = Object.hasOwn(names, token)
      ? names[token]
      : Object.hasOwn(CONSTANTS, token)
        ? CONSTANTS[token]
        : undefined;
    if (typeof value !== 'number') return fail();
    at++;
    return value;
  };
  const value = sum();
  if (at < tokens.length) fail();
  return value;
}

/** A field that is a number, or arithmetic in a string over the other fields; undefined where it is neither there. */
export function figureOf(example: Readonly<Record<string, unknown>>, ...keys: readonly string[]): number | undefined {
  const key = keys.find((k) => typeof example[k] === 'number' || typeof example[k] === 'string');
  if (key === undefined) return undefined;
  const value = example[key];
  return typeof value === 'number' ? value : arithmetic(value as string, example);
}
