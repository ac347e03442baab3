/**
 * A failing case made as small as it goes while the same invariant fails: first fewer events, by delta debugging (Zeller &
 * Hildebrandt, IEEE Trans. Softw. Eng. 28, 2002), then fewer keys, then smaller and rounder numbers, then a shorter run.
 * Deterministic, and bounded by `attempts` plays.
 */
import type { Case, Entry } from './case.ts';

export interface Shrunk {
  readonly least: Case;
  readonly attempts: number;
}

/** Keys without which an entry still says something. */
const OPTIONAL = ['growth', 'over', 'close-after', 'for', 'count', 'jitter', 'until'];
const NUMBER = /^([+-]?\d+(?:\.\d+)?)(\D.*)$/;
const BISECTIONS = 6;

export async function shrink(
  failing: Case,
  stillFails: (candidate: Case) => Promise<boolean>,
  attempts = 300,
): Promise<Shrunk> {
  let least = failing;
  let tried = 0;
  const attempt = async (candidate: Case): Promise<boolean> => {
    if (tried >= attempts) return false;
    tried += 1;
    if (!(await stillFails(candidate))) return false;
    least = candidate;
    return true;
  };
  const withEvents = (timeline: readonly Entry[]): Case => ({ ...least, timeline });

  // Events.
  for (let parts = 2; least.timeline.length > 0; ) {
    const { timeline } = least;
    const size = Math.ceil(timeline.length / parts);
    let removed = false;
    for (let from = 0; from < timeline.length && !removed; from += size)
      removed = await attempt(withEvents([...timeline.slice(0, from), ...timeline.slice(from + size)]));
    if (removed) parts = Math.max(2, parts - 1);
    else if (size === 1) break;
    else parts = Math.min(timeline.length, parts * 2);
  }
  // Keys, numbers; again as long as something moves.
  for (let moved = true; moved && tried < attempts; ) {
    moved = false;
    for (const path of paths(least.timeline)) {
      const key = path.at(-1)!;
      if (OPTIONAL.includes(String(key))) {
        if (await attempt(withEvents(without(least.timeline, path)))) moved = true;
        continue;
      }
      if (await smaller(path)) moved = true;
    }
  }
  // The end: as soon as it still fails.
  for (let n = 0; n < BISECTIONS; n += 1) {
    const minutes = Number.parseInt(least.duration, 10);
    const next = Math.floor(minutes / 2);
    if (next < 1 || !(await attempt({ ...least, duration: `${next} min` }))) break;
  }
  return { least, attempts: tried };

  /** Bisects between zero and what stands; the smaller side first. */
  async function smaller(path: readonly (string | number)[]): Promise<boolean> {
    const written = valueAt(least.timeline, path);
    const parts = typeof written === 'string' ? NUMBER.exec(written) : null;
    if (!parts) return false;
    const unit = parts[2]!;
    let good = Number(parts[1]);
    let bad = 0;
    let moved = false;
    const put = (n: number) => withEvents(replaced(least.timeline, path, `${n}${unit}`));
    if (good === 0) return false;
    if (await attempt(put(0))) return true;
    for (let n = 0; n < BISECTIONS; n += 1) {
      const middle = Number(((good + bad) / 2).toPrecision(2));
      if (middle === good || middle === bad) break;
      if (await attempt(put(middle))) {
        good = middle;
        moved = true;
      } else bad = middle;
    }
    return moved;
  }
}

type Path = (string | number)[];

/** Paths of all scalars, and of maps that may be left out. */
function paths(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [at];
  const own = OPTIONAL.includes(String(at.at(-1))) ? [at] : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([k, v]) => paths(v, [...at, Array.isArray(value) ? Number(k) : k])),
  ];
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const key of path) value = (value as Record<string | number, unknown> | undefined)?.[key];
  return value;
}

function replaced(root: readonly Entry[], path: readonly (string | number)[], value: string): readonly Entry[] {
  const copy = structuredClone(root) as Entry[];
  (valueAt(copy, path.slice(0, -1)) as Entry)[path.at(-1)!] = value;
  return copy;
}

function without(root: readonly Entry[], path: Path): readonly Entry[] {
  const copy = structuredClone(root) as Entry[];
  const parent = valueAt(copy, path.slice(0, -1)) as Entry | undefined;
  if (parent) delete parent[path.at(-1)!];
  return copy;
}
