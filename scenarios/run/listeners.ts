/** Several listeners of a run as one, and the notifier as one of them. */
import type { Notifier } from '../../detector/notify/index.ts';
import type { RunListener } from './runner.ts';

/** Undefined where there is none; told in order, ended in reverse. */
export function everyListener(listeners: readonly (RunListener | undefined)[]): RunListener | undefined {
  const all = listeners.filter((l) => l !== undefined);
  if (all.length < 2) return all[0];
  return {
    begin: (start) => all.forEach((l) => void l.begin(start)),
    frame(frame) {
      let wait: Promise<void> | undefined;
      for (const l of all) {
        const own = l.frame(frame);
        if (own) wait = wait ? Promise.all([wait, own]).then(() => {}) : own;
      }
      return wait;
    },
    alarm: (event) => all.forEach((l) => void l.alarm(event)),
    async end(because) {
      for (const l of [...all].reverse()) await l.end(because);
    },
  };
}

/** The notifier hears what the plant's desk took in, by whatever detector; nobody waits for it. */
export function notifying(notifier: Notifier): RunListener {
  return {
    begin() {},
    frame(frame) {
      notifier.time(frame.timeUs);
      return undefined;
    },
    alarm: (event) => notifier.alarm(event),
    async end() {},
  };
}
