/**
 * A player shows a run: a plant that is alive, or a recording. What it can do it declares; panels ask for nothing else, and
 * cannot tell which of the two it is.
 */
import type {
  AlarmEvent,
  Card,
  OperatorAction,
  PlantScene,
  Plume,
  PlumeSpecies,
  TruthEvent,
} from '../../models/contract/index.ts';
import type { FrameStore } from './frameStore.ts';

export interface Capabilities {
  /** There is a newest scan to follow. */
  readonly follow: boolean;
  readonly seek: boolean;
  readonly speed: boolean;
  /** What really happened is told. A trainee's never has it. */
  readonly truth: boolean;
  /** Alarms can be acknowledged and shelved. */
  readonly operate: boolean;
  /** Pumps and valves can be moved. */
  readonly send: boolean;
}

export interface RunName {
  /** In the address: `live`, or `<suite>/<run>`. */
  readonly id: string;
  readonly runId: string;
  readonly scenario: string;
  readonly about: string;
  readonly plant: string;
  readonly recipe: string;
  readonly seed: number;
}

export type Link =
  /** Data comes as it should, or all of it is here. */
  | { readonly state: 'open' }
  /** No connection since then (performance clock). */
  | { readonly state: 'lost'; readonly since_ms: number; readonly because: string };

/** What is shown; every field may change at a notice. */
export interface Shown {
  readonly run: RunName;
  readonly store: FrameStore;
  readonly scene: PlantScene;
  /** Plant time that is shown. */
  readonly timeUs: number;
  /** Of the scans that there are. */
  readonly firstUs: number;
  readonly lastUs: number;
  /** Where the run will end, or has. */
  readonly endUs: number;
  readonly over: boolean;
  readonly playing: boolean;
  /** The shown time is the newest. */
  readonly following: boolean;
  readonly speed: number;
  readonly pace: string;
  readonly link: Link;
  /** When the newest scan came (performance clock); undefined: a recording. */
  readonly arrived_ms?: number;
  readonly alarms: readonly AlarmEvent[];
  readonly truth: readonly TruthEvent[];
  readonly plume?: Plume;
  readonly species: readonly PlumeSpecies[];
  readonly card?: Card;
  readonly modbus?: string;
}

/** What has changed: time and scans, or anything else. */
export type Notice = 'scan' | 'events' | 'state';

export interface SendCommand {
  readonly kind: 'set' | 'pump';
  readonly element: string;
  readonly property?: string;
  readonly value?: number;
  readonly action?: 'start' | 'stop' | 'trip';
}

export interface Player {
  readonly capabilities: Capabilities;
  readonly shown: Shown;
  /** @returns ends it */
  subscribe(listener: (notice: Notice) => void): () => void;
  play(): void;
  pause(): void;
  /** Shows this plant time, or the nearest that there is. */
  seek?(timeUs: number): void;
  setSpeed?(factor: number): void;
  /** Goes to the newest scan and stays there. */
  follow?(): void;
  /** @returns the sentence that says why not */
  operate?(action: OperatorAction): Promise<string | undefined>;
  send?(commands: readonly SendCommand[]): Promise<string | undefined>;
  close(): void;
}

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256] as const;
