/** The one table of keys: the handlers and the sheet (?) are both made from it. */
import { LAYERS } from './state/address.ts';
import { type Desk, SIDES } from './state/desk.ts';
import type { Word } from './words/index.ts';

export interface Key {
  /** As KeyboardEvent.key says it, lower case. */
  readonly keys: readonly string[];
  readonly shown: string;
  readonly word: Word;
  readonly filling?: Readonly<Record<string, string | number>>;
  does(desk: Desk, event: { readonly shiftKey: boolean; readonly altKey: boolean }): void;
}

const steps = (e: { readonly shiftKey: boolean; readonly altKey: boolean }) => (e.shiftKey ? 1 : e.altKey ? 300 : 10);

export const KEYS: readonly Key[] = [
  { keys: [' '], shown: 'Space', word: 'keys.play', does: (d) => d.togglePlay() },
  { keys: ['arrowleft'], shown: '←', word: 'keys.left', does: (d, e) => d.step(-steps(e)) },
  { keys: ['arrowright'], shown: '→', word: 'keys.right', does: (d, e) => d.step(steps(e)) },
  { keys: ['+', '='], shown: '+', word: 'keys.faster', does: (d) => d.faster(1) },
  { keys: ['-', '_'], shown: '−', word: 'keys.slower', does: (d) => d.faster(-1) },
  { keys: ['n'], shown: 'N', word: 'keys.next', does: (d) => d.jump(1) },
  { keys: ['p'], shown: 'P', word: 'keys.previous', does: (d) => d.jump(-1) },
  { keys: ['e', 'end'], shown: 'E', word: 'keys.follow', does: (d) => d.player.peek()?.follow?.() },
  { keys: ['a'], shown: 'A', word: 'keys.ack', does: (d) => d.ask('acknowledge') },
  { keys: ['s'], shown: 'S', word: 'keys.shelve', does: (d) => d.ask('shelve') },
  {
    keys: ['q'],
    shown: 'Q',
    word: 'keys.horn',
    does: (d) => {
      d.hornOn.value = !d.hornOn.peek();
    },
  },
  { keys: ['h'], shown: 'H', word: 'keys.mute', does: (d) => d.change({ muted: !d.picture.peek().muted }) },
  ...LAYERS.map(
    (layer, i): Key => ({
      keys: [String(i + 1)],
      shown: String(i + 1),
      word: `layer.${layer}`,
      does: (d) => d.toggle(layer),
    }),
  ),
  { keys: ['v'], shown: 'V', word: 'keys.view', does: nextPlace },
  { keys: ['g'], shown: 'G', word: 'keys.plan', does: (d) => d.change({ plan: !d.picture.peek().plan }) },
  {
    keys: ['i'],
    shown: 'I',
    word: 'keys.panel',
    does: (d) => {
      d.side.value = SIDES[(SIDES.indexOf(d.side.peek()) + 1) % SIDES.length]!;
    },
  },
  {
    keys: ['/'],
    shown: '/',
    word: 'keys.search',
    does: () => document.querySelector<HTMLInputElement>('#search')?.focus(),
  },
  { keys: ['t'], shown: 'T', word: 'keys.theme', does: (d) => d.nextTheme() },
  { keys: ['l'], shown: 'L', word: 'keys.language', does: (d) => d.nextLanguage() },
  {
    keys: ['c'],
    shown: 'C',
    word: 'keys.share',
    does: (d) => void d.host.copyLink().then(() => d.announce(d.say('top.shared'))),
  },
  {
    keys: ['?'],
    shown: '?',
    word: 'keys.sheet',
    does: (d) => {
      d.dialog.value = d.dialog.peek() ? undefined : { kind: 'keys' };
    },
  },
  {
    keys: ['escape'],
    shown: 'Esc',
    word: 'keys.escape',
    does: (d) => {
      if (d.dialog.peek()) d.dialog.value = undefined;
      else d.select(undefined);
    },
  },
];

function nextPlace(desk: Desk): void {
  const places = desk.shown?.scene.places ?? [];
  if (places.length === 0) return;
  const now = places.findIndex((p) => p.id === desk.picture.peek().place);
  const { camera: _old, ...rest } = desk.picture.peek();
  desk.picture.value = { ...rest, place: places[(Math.max(0, now) + 1) % places.length]!.id };
}

/** Gives a key press to its handler. Whoever types into a field, or has a button under the finger, is left alone. */
export function press(desk: Desk, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey) return;
  const target = event.target as HTMLElement | null;
  const key = event.key.toLowerCase();
  const typing = target?.matches('input, textarea, select') ?? false;
  const open = desk.dialog.peek() !== undefined;
  if (key !== 'escape' && (typing || (open && key !== '?'))) return;
  // The button does what the space bar means to it.
  if (key === ' ' && target?.matches('button, a, summary, [role=tab]')) return;
  const found = KEYS.find((k) => k.keys.includes(key));
  if (!found) return;
  event.preventDefault();
  if (typing) target?.blur();
  found.does(desk, event);
}
