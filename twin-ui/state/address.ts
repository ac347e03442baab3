/**
 * The address bar holds the picture: run, time, speed, selection, camera, layers, theme, language. Keys are sorted, so equal
 * pictures have equal links; what is as usual is left out. Whatever a link says that makes no sense is left as usual.
 */
import { THEMES, type Theme } from '../design/tokens.ts';
import { LANGUAGES, type Language } from '../words/index.ts';

export const LAYERS = [
  'pressure',
  'gas',
  'sensors',
  'truth',
  'residual',
  'estimate',
  'labels',
  'buildings',
  'strip',
] as const;
export type Layer = (typeof LAYERS)[number];

export const USUAL_LAYERS: readonly Layer[] = LAYERS.filter((l) => l !== 'residual');

/** Where the camera stands: azimuth and elevation [rad], distance, and what it looks at, all in the picture's own units. */
export type Camera = readonly [azimuth: number, elevation: number, distance: number, x: number, y: number, z: number];

export interface Picture {
  /** `live` or `<suite>/<run>`; absent: whatever there is. */
  readonly run?: string;
  /** Absent: the newest. */
  readonly timeUs?: number;
  readonly speed: number;
  /** Absent: paused where a time is given. */
  readonly playing?: boolean;
  readonly selected?: string;
  readonly camera?: Camera;
  readonly place?: 'line' | 'network' | 'site';
  readonly plan: boolean;
  readonly layers: readonly Layer[];
  readonly muted: boolean;
  readonly theme?: Theme;
  readonly language?: Language;
  /** Tags in the trends; absent: as the plant suggests. */
  readonly trends?: readonly string[];
  /** A run laid over. */
  readonly compare?: string;
}

export const USUAL: Picture = { speed: 1, plan: false, layers: USUAL_LAYERS, muted: false };

const RUN = /^(live|[\w][\w.+-]*\/[\w][\w.+-]*)$/;
const TAG = /^[\w./+-]{1,64}$/;

export function readAddress(hash: string): Picture {
  const got = new URLSearchParams(hash.replace(/^#/, ''));
  const picture: { -readonly [K in keyof Picture]: Picture[K] } = { ...USUAL };
  const run = got.get('run');
  if (run !== null && RUN.test(run)) picture.run = run;
  const t = Number(got.get('t') ?? Number.NaN);
  if (Number.isFinite(t) && t >= 0) picture.timeUs = Math.round(t * 1e6);
  const speed = Number(got.get('speed') ?? Number.NaN);
  if (speed > 0 && speed <= 1000) picture.speed = speed;
  if (got.get('play') === '1') picture.playing = true;
  const selected = got.get('select');
  if (selected !== null && TAG.test(selected)) picture.selected = selected;
  const camera = (got.get('cam') ?? '').split(',').map(Number);
  if (camera.length === 6 && camera.every(Number.isFinite) && camera[2]! > 0)
    picture.camera = camera as unknown as Camera;
  const place = got.get('place');
  if (place === 'line' || place === 'network' || place === 'site') picture.place = place;
  if (got.get('plan') === '1') picture.plan = true;
  const layers = got.get('layers');
  if (layers !== null) picture.layers = LAYERS.filter((l) => layers.split(',').includes(l));
  if (got.get('mute') === '1') picture.muted = true;
  const theme = THEMES.find((x) => x === got.get('theme'));
  if (theme) picture.theme = theme;
  const language = LANGUAGES.find((x) => x === got.get('lang'));
  if (language) picture.language = language;
  const trends = got.get('trends');
  if (trends !== null) picture.trends = trends.split(',').filter((x) => TAG.test(x));
  const compare = got.get('compare');
  if (compare !== null && RUN.test(compare)) picture.compare = compare;
  return picture;
}

/** `key=value&…`, keys sorted. */
export function writeAddress(picture: Picture): string {
  const said: Record<string, string> = {};
  if (picture.run !== undefined) said['run'] = picture.run;
  if (picture.timeUs !== undefined) said['t'] = String(Math.round(picture.timeUs / 1e4) / 100);
  if (picture.speed !== USUAL.speed) said['speed'] = String(picture.speed);
  if (picture.playing) said['play'] = '1';
  if (picture.selected !== undefined) said['select'] = picture.selected;
  if (picture.camera) said['cam'] = picture.camera.map((x) => String(Math.round(x * 1000) / 1000)).join(',');
  if (picture.place !== undefined) said['place'] = picture.place;
  if (picture.plan) said['plan'] = '1';
  if (picture.layers.join() !== USUAL_LAYERS.join())
    said['layers'] = LAYERS.filter((l) => picture.layers.includes(l)).join(',');
  if (picture.muted) said['mute'] = '1';
  if (picture.theme !== undefined) said['theme'] = picture.theme;
  if (picture.language !== undefined) said['lang'] = picture.language;
  if (picture.trends) said['trends'] = picture.trends.join(',');
  if (picture.compare !== undefined) said['compare'] = picture.compare;
  return Object.keys(said)
    .sort()
    .map((key) => `${key}=${encodeURIComponent(said[key]!).replace(/%2C/g, ',').replace(/%2F/g, '/')}`)
    .join('&');
}

/** The truth port's token in a link that the server printed; it is taken out of the address at once and never put back. */
export function takeToken(hash: string): { readonly token?: string; readonly rest: string } {
  const got = new URLSearchParams(hash.replace(/^#/, ''));
  const token = got.get('truth');
  got.delete('truth');
  return { ...(token === null || token === '' ? {} : { token }), rest: got.toString() };
}
