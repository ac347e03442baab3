/**
 * A plant that is alive: scans by WebSocket, those missed before or in between by REST, alarms and operators' actions by
 * theirs, and truth from its own port where the window was given the token. Cut off, it keeps what it has, shows its age, and
 * comes back at the same place. Once the run is over and judged, truth and card are everybody's.
 */
import {
  type AlarmMessage,
  type Card,
  createFrame,
  createLayout,
  createPlume,
  decodeFrame,
  decodePlume,
  type FrameLayout,
  type OperatorAction,
  type PlantScene,
  type PlumeHello,
  type ServerMessage,
  type TruthEvent,
  type WindowInfo,
} from '../../models/contract/index.ts';
import { type Asking, getBytes, getJson, maybeJson, post } from './http.ts';
import type { Capabilities, Player, SendCommand } from './player.ts';
import { listen } from './socket.ts';
import { Tape } from './tape.ts';

const CARD_EVERY_ms = 700;
const PATIENCE_ms = 20_000;

class LivePlayer extends Tape implements Player {
  readonly #asking: Asking;
  readonly #live: NonNullable<WindowInfo['live']>;
  readonly #open: { close(): void }[] = [];
  #knows = false;
  #filling = false;
  /** All scans before it have come, or are gone for good. */
  #gap = 1;
  #card: ReturnType<typeof setTimeout> | undefined;

  constructor(asking: Asking, live: NonNullable<WindowInfo['live']>, layout: FrameLayout, scene: PlantScene) {
    super({ id: 'live', ...live }, layout, scene);
    this.#asking = asking;
    this.#live = live;
    this.endUs = live.durationUs;
    if (live.modbus !== undefined) this.modbus = live.modbus;
  }

  get capabilities(): Capabilities {
    return { follow: true, seek: true, speed: true, truth: this.#knows, operate: !this.over, send: !this.over };
  }

  operate(action: OperatorAction): Promise<string | undefined> {
    return post(this.#asking, '/api/alarms/operate', action);
  }

  send(commands: readonly SendCommand[]): Promise<string | undefined> {
    return post(this.#asking, '/api/commands', { commands });
  }

  override close(): void {
    clearTimeout(this.#card);
    for (const one of this.#open.splice(0)) one.close();
    super.close();
  }

  /** Resolves with the hello of the plant. */
  connect(): Promise<void> {
    const base = this.#asking.base.replace(/^http/, 'ws');
    const frame = createFrame(this.store.layout);
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error('the plant does not answer')), PATIENCE_ms);
      this.#open.push(
        listen(`${base}/ws`, {
          text: (text) => {
            const message = JSON.parse(text) as ServerMessage;
            if (message.type === 'hello') {
              clearTimeout(giveUp);
              this.#greet(message);
              resolve();
            } else if (message.type === 'end') this.#end();
          },
          bytes: (bytes) => {
            decodeFrame(new DataView(bytes), frame);
            this.store.put(frame, this.store.seqAt(this.timeUs));
            this.arrived_ms = performance.now();
            this.#reach(frame.seq);
            void this.#fill();
          },
          lost: (because) => this.#lose(because || 'the connection was lost'),
        }),
        listen(`${base}/ws/alarms`, { text: (text) => this.#hear(JSON.parse(text) as AlarmMessage) }),
      );
      if (this.#asking.token !== undefined && this.#live.truth !== undefined) this.#learn(this.#live.truth);
    });
  }

  #greet(message: Extract<ServerMessage, { type: 'hello' }>): void {
    this.pace = message.pace;
    this.link = { state: 'open' };
    this.tell('state');
  }

  #lose(because: string): void {
    if (this.link.state === 'open')
      this.link = { state: 'lost', since_ms: this.arrived_ms ?? performance.now(), because };
    this.tell('state');
  }

  #reach(seq: number): void {
    const timeUs = this.store.timeOf(seq);
    if (this.firstUs === 0) this.firstUs = timeUs;
    this.firstUs = Math.min(this.firstUs, timeUs);
    this.lastUs = Math.max(this.lastUs, timeUs);
    if (this.following) this.timeUs = this.lastUs;
    this.tell('scan');
  }

  /** What came before this window, or while it was cut off. */
  async #fill(): Promise<void> {
    if (this.#filling) return;
    const { store } = this;
    this.#gap = store.firstGap(this.#gap, store.newestSeq);
    if (this.#gap > store.newestSeq) return;
    this.#filling = true;
    try {
      while (this.#gap < store.newestSeq) {
        const { first, count } = store.putBytes(await getBytes(this.#asking, `/api/frames?from=${this.#gap}`));
        if (count === 0) break;
        this.#reach(first);
        // What the server no longer has is not asked for again.
        this.#gap = store.firstGap(Math.max(first, this.#gap), store.newestSeq);
      }
    } catch (error) {
      // The server is gone: the socket says so, and filling starts again when it is back.
      this.#lose((error as Error).message);
    } finally {
      this.#filling = false;
    }
    this.tell('scan');
  }

  #hear(message: AlarmMessage): void {
    if (message.type === 'alarms') this.alarms = [...message.events];
    else this.alarms.push(message.event);
    this.tell('events');
  }

  #learn(url: string): void {
    const base = url.replace(/^http/, 'ws').replace(/\/$/, '');
    const token = `token=${encodeURIComponent(this.#asking.token!)}`;
    const plume = createPlume();
    this.#open.push(
      listen(`${base}/truth?${token}`, {
        open: () => {
          // All of it comes again.
          this.truth = [];
          this.#knows = true;
          this.tell('state');
        },
        text: (text) => {
          this.truth.push(JSON.parse(text) as TruthEvent);
          this.tell('events');
        },
      }),
    );
    // A plant without air has no such place; asking again and again would be noise.
    if (this.scene.gas)
      this.#open.push(
        listen(`${base}/truth/air?${token}`, {
          text: (text) => {
            this.species = (JSON.parse(text) as PlumeHello).species;
          },
          bytes: (bytes) => {
            decodePlume(new DataView(bytes), plume);
            this.plume = plume;
          },
        }),
      );
  }

  #end(): void {
    if (!this.over) {
      this.over = true;
      // Nothing more comes: what is shown stands still until somebody plays it again.
      if (this.following) this.playing = false;
      this.endUs = Math.max(this.lastUs, this.store.timeOf(this.store.newestSeq));
      this.tell('state');
    }
    void this.#judge();
  }

  /** The card comes some moments after the last scan. */
  async #judge(): Promise<void> {
    try {
      const card = this.card ?? (await maybeJson<Card>(this.#asking, '/api/card'));
      if (card) {
        this.card = card;
        const { live } = await getJson<WindowInfo>(this.#asking, '/api/window');
        const at = live?.recording;
        if (!this.#knows && at !== undefined) {
          const truth = await maybeJson<{ events: TruthEvent[] }>(this.#asking, `/api/runs/${at}/truth`);
          if (truth) {
            this.truth = truth.events;
            this.#knows = true;
          }
        }
        this.tell('events');
        this.tell('state');
        return;
      }
    } catch (error) {
      this.#lose((error as Error).message);
    }
    this.#card = setTimeout(() => void this.#judge(), CARD_EVERY_ms);
  }
}

/** Opens the plant behind the page; rejects with a sentence where it does not answer. */
export async function openLive(asking: Asking, live: NonNullable<WindowInfo['live']>): Promise<Player> {
  const [{ layout }, scene] = await Promise.all([
    getJson<{ layout: Parameters<typeof createLayout>[0] }>(asking, '/api/layout'),
    getJson<PlantScene>(asking, '/api/scene'),
  ]);
  const player = new LivePlayer(asking, live, createLayout(layout), scene);
  await player.connect();
  player.follow();
  return player;
}
