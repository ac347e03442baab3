/**
 * Progress of long work on stderr, with an estimate of what is left. On a terminal: one line that is redrawn. Elsewhere
 * (CI logs): a plain line at growing intervals. The command line's only owner of timers and of the wall clock; what is
 * shown here never reaches a result.
 */
export interface ProgressTarget {
  readonly stderr: (text: string) => void;
  readonly stderrIsTty: boolean;
  readonly stderrColumns: () => number;
}

export interface Progress {
  /** How much is done, in the unit of `total`; cheap enough to call in a loop. */
  update(done: number, note?: string): void;
  /** Removes the bar; with a note, leaves it as a last line. Safe to call twice. */
  end(note?: string): void;
}

const REDRAW_MS = 100;
const FIRST_PLAIN_LINE_MS = 5_000;
const LONGEST_SILENCE_MS = 60_000;
const BAR = 24;

export function startProgress(target: ProgressTarget, label: string, total?: number): Progress {
  const started = performance.now();
  let done = 0;
  let note = '';
  let ended = false;
  let drawn = false;
  let nextPlain = FIRST_PLAIN_LINE_MS;

  const text = (): string => {
    const elapsed = performance.now() - started;
    const parts = [label];
    if (total !== undefined && total > 0) {
      const fraction = Math.min(1, done / total);
      const full = Math.round(fraction * BAR);
      if (target.stderrIsTty) parts.push(`[${'#'.repeat(full)}${'.'.repeat(BAR - full)}]`);
      parts.push(`${Math.floor(fraction * 100)} %`);
      // Before a twentieth of a second or a thousandth of the work, an estimate would be noise.
      if (elapsed > 500 && fraction > 0.001 && fraction < 1)
        parts.push(`${span((elapsed * (1 - fraction)) / fraction)} left`);
    } else if (done > 0) parts.push(String(Math.floor(done)));
    parts.push(`after ${span(elapsed)}`);
    if (note !== '') parts.push(note);
    return parts.join('  ');
  };
  const draw = () => {
    if (target.stderrIsTty) {
      target.stderr(`\r\x1b[K${text().slice(0, Math.max(20, target.stderrColumns() - 1))}`);
      drawn = true;
      return;
    }
    const elapsed = performance.now() - started;
    if (elapsed < nextPlain) return;
    nextPlain = elapsed + Math.min(LONGEST_SILENCE_MS, Math.max(FIRST_PLAIN_LINE_MS, elapsed / 4));
    target.stderr(`${text()}\n`);
  };
  // Unreferenced: a bar must not keep a process alive.
  const timer = setInterval(draw, target.stderrIsTty ? REDRAW_MS : 1000).unref();
  let lastDraw = started;

  return {
    update(nowDone, newNote) {
      done = nowDone;
      if (newNote !== undefined) note = newNote;
      // Work that never yields starves the timer, so the caller's own calls draw too.
      const now = performance.now();
      if (!ended && now - lastDraw >= REDRAW_MS) {
        lastDraw = now;
        draw();
      }
    },
    end(last) {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      if (drawn) target.stderr('\r\x1b[K');
      if (last !== undefined) target.stderr(`${last}\n`);
    },
  };
}

function span(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 120) return `${s} s`;
  const minutes = Math.floor(s / 60);
  return minutes < 120 ? `${minutes} min ${s % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
