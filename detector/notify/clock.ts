/** The wall clock of notification, its one owner: what waits for an answer, or to try again, waits by it. A test hands in its own. */

export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now_ms(): number;
  /** Calls once, later; returns what takes it back. */
  after(ms: number, call: () => void): () => void;
}

export const wallClock: Clock = {
  now_ms: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** Aborts after a time; `end` must be called when the wait is over. */
export function timeLimit(clock: Clock, ms: number): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const end = clock.after(ms, () => controller.abort());
  return { signal: controller.signal, end };
}

/** Settles as the work does, or rejects with the sentence when the signal is aborted first. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, sentence: () => string): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error(sentence()));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
