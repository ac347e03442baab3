/** Wall time of runs: waits, turns of the event loop, and how long something took. No result ever sees it. */
import { setImmediate as immediate, setTimeout as timeout } from 'node:timers/promises';

/** Waits; with a signal, at most until it is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<undefined> {
  await timeout(ms, undefined, signal ? { signal } : {}).catch(() => {});
  return undefined;
}

/** Lets sockets, disks and Ctrl-C have their turn. */
export function turn(): Promise<void> {
  return immediate();
}

/** Seconds since it was made. */
export function stopwatch(): () => number {
  const started = performance.now();
  return () => (performance.now() - started) / 1000;
}

/** Seconds of processor that this process has taken, all threads. */
export function processor_s(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Calls again and again until the function that it returns is called; keeps no process alive. */
export function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/** UTC, to the whole second [µs since 1970]: when a run began, for those who keep it. */
export function utcNowUs(): number {
  return Math.floor(Date.now() / 1000) * 1_000_000;
}
