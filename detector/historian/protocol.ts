/** What the historian's thread and its owner say to each other, beside the ring. */
import type { Problem } from '../../models/contract/index.ts';
import type { HistoryRun, Loss } from './catalogue.ts';
import type { StoreOptions } from './store.ts';

export interface ThreadData {
  readonly folder: string;
  readonly ring: SharedArrayBuffer;
  readonly linger_ms: number;
  readonly options: StoreOptions;
}

export type ToThread =
  | { readonly kind: 'wake' }
  /** To be answered once what was written before `mark` is durable; `fold` and `close` also fold it. */
  | { readonly kind: 'flush' | 'fold' | 'close'; readonly id: number; readonly mark: number };

export type FromThread =
  | {
      readonly kind: 'ready';
      readonly losses: readonly Loss[];
      /** The number of the next run. */
      readonly streams: number;
      readonly runs: readonly HistoryRun[];
    }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] }
  | { readonly kind: 'fault'; readonly because: string }
  | { readonly kind: 'healed' }
  /** `because`: it could not be done. */
  | { readonly kind: 'answer'; readonly id: number; readonly because?: string };
