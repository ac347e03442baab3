/** The entry of the window: reads the address bar, asks the server what there is, and draws. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import type { WindowInfo } from '../models/contract/index.ts';
import './design/style.css';
import 'uplot/dist/uPlot.min.css';
import { press } from './keys.ts';
import { App } from './panels/app.tsx';
import { DeskContext } from './panels/context.ts';
import { getJson } from './player/index.ts';
import { takeToken } from './state/address.ts';
import { Desk } from './state/desk.ts';

const TOKEN = 'leaktwin-truth';
const { token: given, rest } = takeToken(location.hash);
// Kept for this tab alone, so that reloading keeps it and a shared link does not carry it.
if (given !== undefined) {
  sessionStorage.setItem(TOKEN, given);
  history.replaceState(null, '', `#${rest}`);
}
const token = given ?? sessionStorage.getItem(TOKEN) ?? undefined;
const base = location.origin;
const prefers = (what: string) => matchMedia(`(${what})`).matches;
const root = document.querySelector<HTMLElement>('#window')!;
// A server that was restarted under a link that asks for a recording still shows it.
const info = await getJson<WindowInfo>({ base }, '/api/window').catch((): WindowInfo => ({}));
const desk = new Desk({
  asking: { base, ...(token === undefined ? {} : { token }) },
  info,
  hash: rest,
  prefersLight: prefers('prefers-color-scheme: light'),
  prefersContrast: prefers('prefers-contrast: more'),
  calm: prefers('prefers-reduced-motion: reduce'),
  language: navigator.language,
  replaceHash: (hash) => history.replaceState(null, '', `#${hash}`),
  copyLink: () => navigator.clipboard.writeText(location.href),
});
effect(() => {
  const style = document.documentElement.style;
  for (const [name, value] of Object.entries(desk.tokens.value)) style.setProperty(`--${name}`, value);
  style.colorScheme = desk.theme.value === 'light' ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = desk.theme.value;
  document.documentElement.lang = desk.language;
});
addEventListener('keydown', (event) => press(desk, event));
addEventListener('hashchange', () => {
  // Somebody pasted another link into the bar.
  desk.picture.value = new Desk({ ...desk.host, hash: location.hash }).picture.peek();
  void desk.open(desk.picture.peek().run, true);
});
render(
  <DeskContext.Provider value={desk}>
    <App />
  </DeskContext.Provider>,
  root,
);
await desk.open(desk.picture.peek().run, true);
