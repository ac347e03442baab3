/**
 * The bounded queue between a scan and the historian's thread: shared memory with one writer and one reader. Writing is a
 * few copies and one atomic store; it never waits and never allocates. What the reader has made durable it frees, so the
 * free end of the queue is the acknowledgement, and a failing disk loses nothing that still fits.
 */
import { Kind, kindOf, lengthOf } from './item.ts';

const HEAD = 0;
const TAIL = 1;
const AWAKE = 2;
const FAULTY = 3;
const CONTROL_WORDS = 16;

export class Ring {
  readonly memory: SharedArrayBuffer;
  readonly words: Uint32Array;
  /** The same memory as `words`. */
  readonly bytes: Uint8Array;
  readonly capacity: number;
  private readonly control: Int32Array;
  private readonly mask: number;
  private reserved = 0;

  /** @param memory that of another thread's ring, or the size wanted in bytes, which is rounded up to a power of two */
  constructor(memory: SharedArrayBuffer | number) {
    if (typeof memory === 'number') {
      let words = 1024;
      while (words * 4 < memory) words *= 2;
      this.memory = new SharedArrayBuffer(4 * (CONTROL_WORDS + words));
    } else this.memory = memory;
    this.control = new Int32Array(this.memory, 0, CONTROL_WORDS);
    this.words = new Uint32Array(this.memory, 4 * CONTROL_WORDS);
    this.bytes = new Uint8Array(this.memory, 4 * CONTROL_WORDS);
    this.capacity = this.words.length;
    this.mask = this.capacity - 1;
  }

  /** Where the next item of so many words may be written, or -1 where there is no room now. Writer only. */
  reserve(words: number): number {
    const head = Atomics.load(this.control, HEAD);
    const used = (head - Atomics.load(this.control, TAIL)) >>> 0;
    const at = head & this.mask;
    const rest = this.capacity - at;
    const skipped = words > rest ? rest : 0;
    if (used + skipped + words > this.capacity) return -1;
    if (skipped > 0) this.words[at] = Kind.skip | (skipped << 8);
    this.reserved = (head + skipped + words) | 0;
    return skipped > 0 ? 0 : at;
  }

  /** Shows the reserved item to the reader. True where the reader sleeps and must be woken. */
  commit(): boolean {
    Atomics.store(this.control, HEAD, this.reserved);
    return Atomics.exchange(this.control, AWAKE, 1) === 0;
  }

  /** A mark of what has been written so far; `passed` tells when it is durable. */
  get mark(): number {
    return Atomics.load(this.control, HEAD);
  }

  passed(mark: number): boolean {
    return ((Atomics.load(this.control, TAIL) - mark) | 0) >= 0;
  }

  get usedWords(): number {
    return (Atomics.load(this.control, HEAD) - Atomics.load(this.control, TAIL)) >>> 0;
  }

  get faulty(): boolean {
    return Atomics.load(this.control, FAULTY) === 1;
  }

  set faulty(is: boolean) {
    Atomics.store(this.control, FAULTY, is ? 1 : 0);
  }

  /** False where something came between the last look and falling asleep. Reader only. */
  sleep(): boolean {
    Atomics.store(this.control, AWAKE, 0);
    if (this.usedWords === 0) return true;
    return Atomics.exchange(this.control, AWAKE, 1) === 1;
  }

  /**
   * Copies whole items from the old end into `out`, as many as fit. Nothing is freed before `free`. Reader only; after the
   * reader has gone the writer may look at what was left.
   * @returns words of `out`, and the mark to free up to
   */
  take(out: Uint32Array): { readonly words: number; readonly mark: number } {
    const head = Atomics.load(this.control, HEAD);
    let at = Atomics.load(this.control, TAIL);
    let to = 0;
    // Runs of items are copied in one piece.
    let from = at & this.mask;
    let run = 0;
    while (at !== head) {
      const offset = at & this.mask;
      const first = this.words[offset]!;
      const length = lengthOf(first);
      if (kindOf(first) === Kind.skip) {
        out.set(this.words.subarray(from, from + run), to);
        to += run;
        run = 0;
        from = 0;
        at = (at + length) | 0;
        continue;
      }
      if (to + run + length > out.length) break;
      run += length;
      at = (at + length) | 0;
    }
    out.set(this.words.subarray(from, from + run), to);
    return { words: to + run, mark: at };
  }

  free(mark: number): void {
    Atomics.store(this.control, TAIL, mark);
  }
}
