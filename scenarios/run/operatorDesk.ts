/**
 * Where people's actions wait for the detector. An action takes effect between two scans, after the scan that was stepped
 * last and with its time, so that a journal is the same function of frames and actions wherever it ran.
 */
import type { AlarmEvent, Operated, OperatorAction, Pipeline } from '../../models/contract/index.ts';
import { sleep } from './wallclock.ts';

interface Waiting {
  readonly action: OperatorAction;
  settle(done: Operated<AlarmEvent>): void;
}

/** Longest wait for a scan; after it the action is withdrawn and its giver told. */
const PATIENCE_MS = 10_000;
const MOST_WAITING = 1000;

export class OperatorDesk {
  readonly #waiting: Waiting[] = [];
  #closed: string | undefined = 'no detector of this twin runs yet';

  /** A detector has come that takes actions. */
  open(): void {
    this.#closed = undefined;
  }

  /** None is taken any more; those who wait are told why. */
  close(because: string): void {
    this.#closed = because;
    for (const w of this.#waiting.splice(0)) w.settle({ ok: false, because });
  }

  /** Resolves when the detector has done it or refused. */
  async submit(action: OperatorAction): Promise<Operated<AlarmEvent>> {
    if (this.#closed !== undefined) return { ok: false, because: this.#closed };
    if (this.#waiting.length >= MOST_WAITING) return { ok: false, because: `${MOST_WAITING} actions wait already` };
    let settle: Waiting['settle'] = () => {};
    const done = new Promise<Operated<AlarmEvent>>((resolve) => {
      settle = resolve;
    });
    const waiting: Waiting = { action, settle };
    this.#waiting.push(waiting);
    const patience = new AbortController();
    const late = sleep(PATIENCE_MS, patience.signal).then((): Operated<AlarmEvent> => {
      const at = this.#waiting.indexOf(waiting);
      if (at >= 0) this.#waiting.splice(at, 1);
      return { ok: false, because: `no scan came within ${PATIENCE_MS / 1000} s; the action was withdrawn` };
    });
    return Promise.race([done, late]).finally(() => patience.abort());
  }

  /** Does all that waits, on a pipeline that has just stepped a frame; its events follow those of the step. */
  apply(pipeline: Pipeline): readonly AlarmEvent[] {
    if (this.#waiting.length === 0) return [];
    return this.#waiting.splice(0).flatMap(({ action, settle }) => {
      const done: Operated<AlarmEvent> = pipeline.operate?.(action) ?? {
        ok: false,
        because: 'this detector takes no actions',
      };
      settle(done);
      return done.ok ? [...done.events] : [];
    });
  }
}
