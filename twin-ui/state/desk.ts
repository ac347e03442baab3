/**
 * What the window shows and how: the player, the picture that the address bar holds, and what is open. Panels read signals;
 * `beat` comes a few times a second however fast the plant runs, so that no panel is drawn more often than eyes can follow.
 */
import { batch, computed, effect, type Signal, signal } from '@preact/signals';
import { alarmBoard, type BoardRow, type WindowInfo } from '../../models/contract/index.ts';
import { THEMES, type Theme, TOKENS, type Tokens } from '../design/tokens.ts';
import { type Asking, openLive, openRecorded, type Player, type Shown, SPEEDS } from '../player/index.ts';
import { type Filling, LANGUAGES, type Language, say, type Word } from '../words/index.ts';
import { type Layer, type Picture, readAddress, writeAddress } from './address.ts';
import { instants, type Marks, marksOf } from './marks.ts';
import type { Scale } from './readings.ts';

const BEAT_ms = 120;
const ADDRESS_ms = 250;

export type Dialog = { readonly kind: 'keys' } | { readonly kind: 'acknowledge' | 'shelve'; readonly alarm: string };

export const SIDES = ['runs', 'tags'] as const;
export type Side = (typeof SIDES)[number];

export interface Host {
  readonly asking: Asking;
  readonly info: WindowInfo;
  /** Of the address bar. */
  readonly hash: string;
  readonly prefersLight: boolean;
  readonly prefersContrast: boolean;
  readonly calm: boolean;
  readonly language: string;
  replaceHash(hash: string): void;
  copyLink(): Promise<void>;
}

export class Desk {
  readonly host: Host;
  readonly picture: Signal<Picture>;
  readonly player: Signal<Player | undefined> = signal(undefined);
  /** A recording that is laid over the trends. */
  readonly other: Signal<Shown | undefined> = signal(undefined);
  readonly problem: Signal<string | undefined> = signal(undefined);
  readonly beat = signal(0);
  readonly events = signal(0);
  readonly state = signal(0);
  readonly dialog: Signal<Dialog | undefined> = signal(undefined);
  readonly side: Signal<Side> = signal('runs');
  /** Said once: to people who listen, and for a moment on the screen. */
  readonly said: Signal<string> = signal('');
  readonly hovered: Signal<string | undefined> = signal(undefined);
  readonly operator = signal('');
  /** Of the pipes' colours now. */
  readonly scale: Signal<Scale | undefined> = signal(undefined);
  readonly hornOn = signal(true);
  readonly theme;
  readonly tokens;
  readonly marks;
  readonly board;
  #unsubscribe: (() => void) | undefined;
  #closeOther: (() => void) | undefined;
  #beat: ReturnType<typeof setTimeout> | undefined;
  #address: ReturnType<typeof setTimeout> | undefined;
  #opening = 0;

  constructor(host: Host) {
    this.host = host;
    this.picture = signal(readAddress(host.hash));
    this.theme = computed<Theme>(
      () => this.picture.value.theme ?? (host.prefersContrast ? 'contrast' : host.prefersLight ? 'light' : 'dark'),
    );
    this.tokens = computed<Tokens>(() => TOKENS[this.theme.value]);
    this.marks = computed<Marks>(() => {
      this.watch('events', 'state');
      const player = this.player.value;
      return player
        ? marksOf(player.shown.truth, player.shown.alarms, player.capabilities.truth)
        : marksOf([], [], false);
    });
    this.board = computed<readonly BoardRow[]>(() => {
      this.watch('events', 'beat');
      const shown = this.player.value?.shown;
      return shown ? alarmBoard(shown.alarms, shown.timeUs) : [];
    });
    effect(() => {
      // What the link holds has changed; the bar follows a little later.
      this.watch('picture', 'beat');
      this.#address ??= setTimeout(() => {
        this.#address = undefined;
        host.replaceHash(writeAddress(this.address()));
      }, ADDRESS_ms);
    });
  }

  get language(): Language {
    const asked = this.picture.value.language;
    return asked ?? LANGUAGES.find((l) => this.host.language.toLowerCase().startsWith(l)) ?? 'en';
  }

  say(word: Word, filling?: Filling): string {
    return say(this.language, word, filling);
  }

  /** Whoever calls it is drawn again when one of these changes. */
  watch(...what: readonly ('beat' | 'events' | 'state' | 'picture')[]): number {
    return what.reduce((n, name) => n + (this[name].value ? 1 : 0), 0);
  }

  get shown(): Shown | undefined {
    return this.player.value?.shown;
  }

  /** The picture with the time of now. */
  address(): Picture {
    const picture = this.picture.peek();
    const shown = this.player.peek()?.shown;
    if (!shown) return picture;
    const { timeUs: _old, playing: _was, ...rest } = picture;
    return {
      ...rest,
      run: shown.run.id,
      speed: shown.speed,
      ...(shown.following ? {} : { timeUs: shown.timeUs }),
      ...(!shown.following && shown.playing ? { playing: true } : {}),
    };
  }

  change(patch: Partial<Picture>): void {
    this.picture.value = { ...this.picture.peek(), ...patch };
  }

  has(layer: Layer): boolean {
    return this.picture.value.layers.includes(layer);
  }

  toggle(layer: Layer): void {
    const { layers } = this.picture.peek();
    const on = !layers.includes(layer);
    // Pipes have one colour at a time.
    const without = layers.filter(
      (l) =>
        l !== layer &&
        !(on && ((layer === 'residual' && l === 'pressure') || (layer === 'pressure' && l === 'residual'))),
    );
    this.change({ layers: on ? [...without, layer] : without });
  }

  select(tag: string | undefined): void {
    const { selected: _old, ...rest } = this.picture.peek();
    this.picture.value = tag === undefined ? rest : { ...rest, selected: tag };
  }

  nextTheme(): void {
    this.change({ theme: THEMES[(THEMES.indexOf(this.theme.peek()) + 1) % THEMES.length]! });
  }

  nextLanguage(): void {
    this.change({ language: LANGUAGES[(LANGUAGES.indexOf(this.language) + 1) % LANGUAGES.length]! });
  }

  announce(sentence: string): void {
    this.said.value = '';
    this.said.value = sentence;
  }

  /** Opens a run: `live`, `<suite>/<run>`, or what there is. */
  async open(id: string | undefined, keepPicture = false): Promise<void> {
    const turn = ++this.#opening;
    const { live } = this.host.info;
    const { timeUs, speed, playing } = this.picture.peek();
    this.problem.value = undefined;
    try {
      const which = id ?? (live ? 'live' : undefined);
      if (which === undefined) {
        this.problem.value = this.say('app.nothing');
        return;
      }
      if (which === 'live' && !live) throw new Error(this.say('app.nothing'));
      const player =
        which === 'live'
          ? await openLive(this.host.asking, live!)
          : await openRecorded(this.host.asking, which, keepPicture ? timeUs : undefined);
      if (turn !== this.#opening) {
        player.close();
        return;
      }
      this.#unsubscribe?.();
      this.player.peek()?.close();
      if (keepPicture) {
        player.setSpeed?.(speed);
        if (which === 'live' && timeUs !== undefined) this.#seekWhenThere(player, timeUs, playing === true);
        else if (timeUs !== undefined && playing) player.play();
      }
      this.#unsubscribe = player.subscribe((notice) => {
        if (notice === 'events') this.events.value += 1;
        else if (notice === 'state') this.state.value += 1;
        this.#beat ??= setTimeout(() => {
          this.#beat = undefined;
          this.beat.value += 1;
        }, BEAT_ms);
      });
      batch(() => {
        const { timeUs: _t, playing: _p, ...rest } = this.picture.peek();
        const { camera: _c, place: _pl, selected: _s, trends: _tr, compare: _co, ...plain } = rest;
        this.picture.value = { ...(keepPicture ? rest : plain), run: which };
        this.player.value = player;
        this.events.value += 1;
        this.state.value += 1;
        this.beat.value += 1;
      });
      const { compare } = this.picture.peek();
      await this.compare(compare);
    } catch (error) {
      if (turn === this.#opening) this.problem.value = (error as Error).message;
    }
  }

  /** Lays a recording over the trends, or takes it away. */
  async compare(id: string | undefined): Promise<void> {
    this.#closeOther?.();
    this.#closeOther = undefined;
    this.other.value = undefined;
    const { compare: _old, ...rest } = this.picture.peek();
    this.picture.value = id === undefined ? rest : { ...rest, compare: id };
    if (id === undefined || id === 'live') return;
    const player = await openRecorded(this.host.asking, id);
    const off = player.subscribe(() => {
      this.beat.value += 1;
    });
    this.#closeOther = () => {
      off();
      player.close();
    };
    this.other.value = player.shown;
  }

  togglePlay(): void {
    const player = this.player.peek();
    if (!player) return;
    if (player.shown.playing) player.pause();
    else player.play();
  }

  faster(by: 1 | -1): void {
    const player = this.player.peek();
    if (!player?.setSpeed) return;
    const i = SPEEDS.findIndex((s) => s >= player.shown.speed);
    player.setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (i < 0 ? SPEEDS.length - 1 : i) + by))]!);
  }

  /** @param scans how many, either way */
  step(scans: number): void {
    const player = this.player.peek();
    if (!player?.seek) return;
    player.pause();
    const { scanUs } = player.shown.store.layout;
    player.seek(Math.round(player.shown.timeUs / scanUs + scans) * scanUs);
  }

  jump(by: 1 | -1): void {
    const player = this.player.peek();
    if (!player?.seek) return;
    const { timeUs } = player.shown;
    const all = instants(this.marks.peek());
    const to = by === 1 ? all.find((t) => t > timeUs + 1) : all.findLast((t) => t < timeUs - 1);
    if (to === undefined) return;
    player.pause();
    player.seek(to);
  }

  /** The first of the list that can be acknowledged, or shelved. */
  ask(kind: 'acknowledge' | 'shelve', alarm?: string): void {
    if (!this.player.peek()?.capabilities.operate) return;
    const row = this.board.peek().find((r) => r.list === 'active');
    const which = alarm ?? row?.alarm ?? (kind === 'shelve' ? this.board.peek()[0]?.alarm : undefined);
    if (which !== undefined) this.dialog.value = { kind, alarm: which };
  }

  /** A live plant fills its store while the window opens: the shown time waits for it. */
  #seekWhenThere(player: Player, timeUs: number, play: boolean): void {
    const off = player.subscribe(() => {
      if (player.shown.firstUs > timeUs || player.shown.lastUs < timeUs) return;
      off();
      player.seek?.(timeUs);
      if (play) player.play();
      else player.pause();
    });
  }
}
