/**
 * Colours of the window, by theme, and which of them stand on which. Grey until something is abnormal: saturated colours are
 * the alarms' alone, told apart by colour-blind people and in grey by their shapes too; physics has a ramp of low chroma that
 * rises evenly in lightness. test/ui/tokens.test.ts holds every pair against its contrast.
 */
export const THEMES = ['dark', 'light', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

export interface Tokens {
  readonly ground: string;
  readonly panel: string;
  readonly raised: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  /** Focus ring, selection, the shown time. */
  readonly mark: string;
  readonly onMark: string;
  readonly alarm1: string;
  readonly alarm2: string;
  readonly alarm3: string;
  readonly alarm4: string;
  readonly onAlarm1: string;
  /** Verdicts. */
  readonly pass: string;
  readonly fail: string;
  /** What really happened. */
  readonly truth: string;
  readonly trace: string;
  readonly trace2: string;
  readonly sky: string;
  readonly soil: string;
  readonly steel: string;
  readonly glass: string;
  readonly liquid: string;
}

export const TOKENS: Readonly<Record<Theme, Tokens>> = {
  dark: {
    ground: '#14171a',
    panel: '#1b1f23',
    raised: '#262b31',
    line: '#3d454e',
    text: '#dde2e7',
    muted: '#a3adb8',
    mark: '#f2f5f7',
    onMark: '#14171a',
    alarm1: '#ff6a33',
    alarm2: '#f0a818',
    alarm3: '#62bdf0',
    alarm4: '#aab3bc',
    onAlarm1: '#1a0d07',
    pass: '#a3adb8',
    fail: '#ff6a33',
    truth: '#c9a8e0',
    trace: '#c3ccd4',
    trace2: '#8fb0a5',
    sky: '#1d2226',
    soil: '#262b2f',
    steel: '#7c868f',
    glass: '#9aa5ae',
    liquid: '#6d7f8c',
  },
  light: {
    ground: '#e4e7e9',
    panel: '#f3f5f6',
    raised: '#ffffff',
    line: '#aab2b9',
    text: '#1b2126',
    muted: '#4d5760',
    mark: '#10151a',
    onMark: '#ffffff',
    alarm1: '#b93a00',
    alarm2: '#8f5a00',
    alarm3: '#0a659e',
    alarm4: '#56606a',
    onAlarm1: '#ffffff',
    pass: '#4d5760',
    fail: '#b93a00',
    truth: '#6b3f92',
    trace: '#3a444d',
    trace2: '#3f6b5d',
    sky: '#dfe3e6',
    soil: '#cfd5d8',
    steel: '#69737b',
    glass: '#7d8891',
    liquid: '#7f93a0',
  },
  contrast: {
    ground: '#000000',
    panel: '#000000',
    raised: '#161616',
    line: '#ffffff',
    text: '#ffffff',
    muted: '#e6e6e6',
    mark: '#ffff66',
    onMark: '#000000',
    alarm1: '#ff7a4a',
    alarm2: '#ffc033',
    alarm3: '#7fd0ff',
    alarm4: '#d9d9d9',
    onAlarm1: '#000000',
    pass: '#e6e6e6',
    fail: '#ff7a4a',
    truth: '#e3c2ff',
    trace: '#ffffff',
    trace2: '#a6e0cc',
    sky: '#000000',
    soil: '#101010',
    steel: '#bdbdbd',
    glass: '#e0e0e0',
    liquid: '#8fa6b5',
  },
};

export interface Pair {
  readonly front: keyof Tokens;
  readonly back: keyof Tokens;
  /** WCAG 2.2: 4.5 for text, 3 for marks and large shapes. */
  readonly least: 4.5 | 3;
}

const text = (front: keyof Tokens, ...backs: (keyof Tokens)[]): Pair[] =>
  backs.map((back) => ({ front, back, least: 4.5 }));
const shape = (front: keyof Tokens, ...backs: (keyof Tokens)[]): Pair[] =>
  backs.map((back) => ({ front, back, least: 3 }));

export const PAIRS: readonly Pair[] = [
  ...text('text', 'ground', 'panel', 'raised'),
  ...text('muted', 'ground', 'panel', 'raised'),
  ...text('mark', 'ground', 'panel', 'raised'),
  ...text('onMark', 'mark'),
  ...text('onAlarm1', 'alarm1'),
  ...text('truth', 'ground', 'panel', 'raised'),
  ...text('fail', 'panel', 'raised'),
  ...text('pass', 'panel', 'raised'),
  ...shape('alarm1', 'ground', 'panel', 'raised', 'sky', 'soil'),
  ...shape('alarm2', 'ground', 'panel', 'raised', 'sky', 'soil'),
  ...shape('alarm3', 'ground', 'panel', 'raised', 'sky', 'soil'),
  ...shape('alarm4', 'ground', 'panel', 'raised', 'sky', 'soil'),
  ...shape('trace', 'panel', 'raised'),
  ...shape('trace2', 'panel', 'raised'),
  ...shape('steel', 'sky', 'soil'),
  ...shape('truth', 'sky', 'soil'),
];

/** Relative luminance (WCAG 2.2). */
export function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Ramps of physics, low to high; lightness moves one way only. */
const RAMPS: Readonly<Record<Theme, readonly string[]>> = {
  dark: ['#3f5163', '#54707c', '#6f8d8c', '#96a995', '#c3c3a4'],
  light: ['#c2c9a8', '#9fae96', '#7c9590', '#5c7883', '#3f5a70'],
  contrast: ['#3f5f7f', '#5a86a0', '#7fb0b0', '#b5cfa6', '#f0eab8'],
};
/** Departures from normal, either way: dark and light of two quiet hues around the middle. */
const DIVERGING: Readonly<Record<Theme, readonly string[]>> = {
  dark: ['#7fa3bd', '#64767f', '#585d60', '#857a66', '#c2a878'],
  light: ['#3f6a8a', '#8399a6', '#b4b8ba', '#a8977a', '#7d6030'],
  contrast: ['#9fd0f0', '#7c8c96', '#666666', '#a8946a', '#f0cc88'],
};

export function ramp(theme: Theme, share: number, diverging = false): [number, number, number] {
  const stops = (diverging ? DIVERGING : RAMPS)[theme];
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const [a, b] = [rgb(stops[i]!), rgb(stops[i + 1]!)];
  const f = at - i;
  return [a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2])];
}

export function rampCss(theme: Theme, diverging = false): string {
  return `linear-gradient(90deg, ${(diverging ? DIVERGING : RAMPS)[theme].join(', ')})`;
}

export function rampStops(theme: Theme, diverging = false): readonly string[] {
  return (diverging ? DIVERGING : RAMPS)[theme];
}

/** 0 to 1 each, as sRGB. */
export function rgb(hex: string): [number, number, number] {
  return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255) as [number, number, number];
}

/** Each priority's shape, so that none is told by colour alone. */
export const PRIORITY_SHAPES = { 1: '▲', 2: '◆', 3: '■', 4: '●' } as const;
export type Priority = keyof typeof PRIORITY_SHAPES;

export function priorityOf(n: number): Priority {
  return n <= 1 ? 1 : n === 2 ? 2 : n === 3 ? 3 : 4;
}
