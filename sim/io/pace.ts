/**
 * The wall clock and the only timers of the plant's sockets. Everything else here counts scans. A pace asks for the next
 * scan; a watch counts sweeps of a coarse timer, so that thousands of scans a second start no timer each.
 */

export type Pace =
  | { readonly kind: 'lockstep' }
  | { readonly kind: 'realtime'; readonly factor: number }
  | { readonly kind: 'free' };

/** `lockstep`, `realtime × 60`, `free`: as people and the hello message name it. */
export function paceName(pace: Pace): string {
  return pace.kind === 'realtime' ? `realtime × ${pace.factor}` : pace.kind;
}

export interface Stoppable {
  stop(): void;
}

/** What a pace drives. `step` makes the next scan; false: the run is over. */
export interface Paced {
  /** A recorder is still busy with the last scan: ask again when `whenReady` calls back. */
  readonly busy: boolean;
  step(): boolean;
  whenReady(then: () => void): void;
}

/** Scans made before sockets get a turn: in free pace, and when a realtime plant catches up. */
const SCANS_PER_TURN = 16;
/** A realtime plant that is later than this (a suspended laptop) goes on from now instead of racing after the clock. */
const LATE_LIMIT_ms = 10_000;

/** As fast as the recorder allows, with a turn for the sockets in between. */
export function runFree(paced: Paced): Stoppable {
  let stopped = false;
  const turn = () => {
    for (let i = 0; i < SCANS_PER_TURN; i += 1) {
      if (stopped) return;
      if (paced.busy) return paced.whenReady(turn);
      if (!paced.step()) return;
    }
    setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop() {
      stopped = true;
    },
  };
}

/**
 * Scan n is due at start + n · period by the monotonic clock, so that lateness of one scan never adds to the next.
 * @param period_ms wall time between scans
 */
export function runRealtime(paced: Paced, period_ms: number): Stoppable {
  let start_ms = performance.now();
  let made = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const turn = () => {
    if (stopped) return;
    for (let i = 0; i < SCANS_PER_TURN; i += 1) {
      const early_ms = start_ms + made * period_ms - performance.now();
      if (early_ms > 0) {
        timer = setTimeout(turn, early_ms);
        return;
      }
      if (paced.busy) return paced.whenReady(turn);
      if (early_ms < -LATE_LIMIT_ms) start_ms -= early_ms;
      if (!paced.step() || stopped) return;
      made += 1;
    }
    timer = setTimeout(turn, 0);
  };
  turn();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Calls `expired` once `progress` has shown the same number for `limit_s`, within a tenth of it. Undefined means that
 * there is nothing to wait for just now.
 */
export function watch(limit_s: number, progress: () => number | undefined, expired: () => void): Stoppable {
  const SWEEPS = 10;
  let last: number | undefined;
  let still = 0;
  const timer = setInterval(
    () => {
      const now = progress();
      still = now !== undefined && now === last ? still + 1 : 0;
      last = now;
      if (still < SWEEPS) return;
      clearInterval(timer);
      expired();
    },
    Math.max(1, (limit_s * 1000) / SWEEPS),
  );
  return { stop: () => clearInterval(timer) };
}

/** Resolves with the promise or after `limit_s`, whichever is first. */
export function atMost(limit_s: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limit_s * 1000);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    promise.then(done, done);
  });
}
