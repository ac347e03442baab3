/**
 * The historian's thread: takes what lies in the ring, makes it durable, frees it, and folds the log when it has grown. Sync
 * calls to the disk block nobody here. Where the disk refuses, the ring is left as it is and asked for again a little
 * later; the other side is told once when that begins and once when it ends.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ProblemError } from '../../models/contract/index.ts';
import { storageProblem } from '../../models/recording/index.ts';
import type { FromThread, ThreadData, ToThread } from './protocol.ts';
import { Ring } from './ring.ts';
import { Store } from './store.ts';

/** A batch is at most this long. */
const BATCH_WORDS = 2 ** 20;
/** Between two tries of a disk that refuses. */
const RETRY_ms = 250;
/** Turns before a fold that failed is tried again; the log keeps what it would have folded. */
const FOLD_PATIENCE = 200;

const data = workerData as ThreadData;
const port = parentPort!;
const say = (message: FromThread) => port.postMessage(message);

const sentenceOf = (error: unknown) => {
  const { problems } = error instanceof ProblemError ? error : storageProblem(data.folder, error);
  return problems.map((p) => `found ${p.found}, expected ${p.expected}`).join('; ');
};

async function main(): Promise<void> {
  const ring = new Ring(data.ring);
  const batch = new Uint32Array(Math.min(BATCH_WORDS, ring.capacity));
  const store = await Store.open(data.folder, data.options);
  const asked: { readonly id: number; readonly mark: number; readonly want: 'flush' | 'fold' | 'close' }[] = [];
  let working = false;
  let folding: Promise<void> | undefined;
  let closed = false;
  let fault: string | undefined;
  let foldIn = 0;

  const ail = (error: unknown) => {
    const because = sentenceOf(error);
    if (fault === undefined) say({ kind: 'fault', because });
    fault = because;
    ring.faulty = true;
  };
  const heal = () => {
    if (fault !== undefined) say({ kind: 'healed' });
    fault = undefined;
    ring.faulty = false;
  };
  const fold = (): Promise<void> => {
    folding ??= store.fold().finally(() => {
      folding = undefined;
    });
    return folding;
  };

  /** All that lies in the ring now, batch by batch; false where the disk refused. */
  const drain = (): boolean => {
    for (;;) {
      const { words, mark } = ring.take(batch);
      if (words === 0) return true;
      try {
        store.append(batch.subarray(0, words));
      } catch (error) {
        ail(error);
        return false;
      }
      heal();
      ring.free(mark);
    }
  };

  const answer = async (): Promise<void> => {
    while (asked.length > 0 && (ring.passed(asked[0]!.mark) || fault !== undefined)) {
      const { id, mark, want } = asked.shift()!;
      let because = ring.passed(mark) ? undefined : fault;
      if (want !== 'flush') {
        try {
          await fold();
        } catch (error) {
          because ??= sentenceOf(error);
        }
      }
      if (want === 'close') {
        closed = true;
        await store.close();
      }
      say({ kind: 'answer', id, ...(because === undefined ? {} : { because }) });
      if (closed) port.close();
    }
  };

  const work = async (): Promise<void> => {
    if (working) return;
    working = true;
    do {
      const written = drain();
      foldIn -= 1;
      if (written && store.due && !folding && foldIn <= 0)
        fold().catch((error) => {
          foldIn = FOLD_PATIENCE;
          say({ kind: 'fault', because: `folding failed and is tried again later: ${sentenceOf(error)}` });
        });
      await answer();
      if (closed) return;
      // A moment, so that what comes close together is made durable together.
      await wait(written ? data.linger_ms : RETRY_ms);
    } while (asked.length > 0 || !ring.sleep());
    working = false;
  };

  port.on('message', (message: ToThread) => {
    if (message.kind !== 'wake') asked.push({ id: message.id, mark: message.mark, want: message.kind });
    work().catch((error: Error) => {
      // Ours, not the disk's: the thread ends, and its owner hears why.
      throw error;
    });
  });
  const { catalogue } = store;
  say({
    kind: 'ready',
    losses: store.losses,
    streams: catalogue.runs.reduce((n, r) => Math.max(n, r.stream + 1), 0),
    runs: catalogue.runs,
  });
}

main().catch((error) => {
  say({
    kind: 'failed',
    problems: (error instanceof ProblemError ? error : storageProblem(data.folder, error)).problems,
  });
  port.close();
});
