/**
 * What both players are made of: the store, the shown time, and the clock that moves it. A live plant that is paused is a
 * tape like any other; its store goes on filling.
 */
import type {
  AlarmEvent,
  Card,
  FrameLayout,
  PlantScene,
  Plume,
  PlumeSpecies,
  TruthEvent,
} from '../../models/contract/index.ts';
import { FrameStore } from './frameStore.ts';
import type { Link, Notice, RunName, Shown } from './player.ts';

const TURN_ms = 33;

export class Tape implements Shown {
  run: RunName;
  store: FrameStore;
  scene: PlantScene;
  timeUs = 0;
  firstUs = 0;
  lastUs = 0;
  endUs = 0;
  over = false;
  playing = false;
  following = false;
  speed = 1;
  pace = '';
  link: Link = { state: 'open' };
  arrived_ms?: number;
  alarms: AlarmEvent[] = [];
  truth: TruthEvent[] = [];
  plume?: Plume;
  species: readonly PlumeSpecies[] = [];
  card?: Card;
  modbus?: string;
  readonly #listeners = new Set<(notice: Notice) => void>();
  #turn: ReturnType<typeof setInterval> | undefined;
  #at_ms = 0;

  constructor(run: RunName, layout: FrameLayout, scene: PlantScene) {
    this.run = run;
    this.store = new FrameStore(layout);
    this.scene = scene;
  }

  get shown(): Shown {
    return this;
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  /** Moves the shown time on from now, at the speed set. */
  play(): void {
    if (this.following && !this.over) return;
    this.following = false;
    // From the end of a run it starts again.
    if (this.over && this.timeUs >= this.lastUs) this.timeUs = this.firstUs;
    this.playing = true;
    this.#at_ms = performance.now();
    this.#turn ??= setInterval(() => this.#step(), TURN_ms);
    this.tell('state');
  }

  pause(): void {
    this.playing = false;
    this.following = false;
    this.#stop();
    this.tell('state');
  }

  seek(timeUs: number): void {
    this.following = false;
    this.timeUs = Math.min(this.lastUs, Math.max(this.firstUs, timeUs));
    this.#at_ms = performance.now();
    this.tell('state');
    this.tell('scan');
  }

  setSpeed(factor: number): void {
    this.speed = factor;
    this.tell('state');
  }

  follow(): void {
    this.#stop();
    this.following = true;
    this.playing = true;
    this.timeUs = this.lastUs;
    this.tell('state');
    this.tell('scan');
  }

  close(): void {
    this.#stop();
    this.#listeners.clear();
  }

  #stop(): void {
    clearInterval(this.#turn);
    this.#turn = undefined;
  }

  #step(): void {
    const now_ms = performance.now();
    const next = this.timeUs + (now_ms - this.#at_ms) * 1000 * this.speed;
    this.#at_ms = now_ms;
    // It waits for scans that are still under way, and shows no time without one.
    const reach = Math.min(next, this.lastUs);
    if (this.over || reach < this.lastUs || this.arrived_ms === undefined) {
      this.timeUs = reach;
      if (reach >= this.lastUs && this.over) this.pause();
    } else if (this.arrived_ms !== undefined) this.follow();
    this.tell('scan');
  }
}
