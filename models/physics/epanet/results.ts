/**
 * The engine's own arrays of results, read where they lie. Its bulk getters go through a call and a switch per element, which
 * on a large network costs more than all the rest of reading; the arrays themselves are plain doubles in its memory. Where they
 * lie is not written down anywhere, so it is found and never believed:
 *
 *   found     pointers in the project's structure whose doubles · one factor equal what the getter says, to the bit, at every
 *             element and at `WITNESSES` solves between which the results moved
 *   checked   at every solve one element, another each time, against the getter; once wrong, the getter is used for good
 *
 * Either way the same bits come out, so this is no state.
 */
import { type Engine, type NODE_PROPERTY, nodeValue } from './engine.ts';

/** Solves at which a place must agree before it is used. */
const WITNESSES = 3;
/** How far into the project's structure pointers are looked for [bytes]. */
const REACH = 64 * 1024;

interface Place {
  readonly pointer: number; // of element 1; EPANET counts from 1
  readonly factor: number;
}

/** One array of results by node. */
export class NodeResults {
  private readonly engine: Engine;
  private readonly property: (typeof NODE_PROPERTY)[keyof typeof NODE_PROPERTY];
  private readonly size: number;
  private places: Place[] | undefined;
  private seen = 0;
  private fingerprint = Number.NaN;
  private next = 0;

  constructor(engine: Engine, property: NodeResults['property'], size: number) {
    this.engine = engine;
    this.property = property;
    this.size = size;
  }

  /** Index of element 1 among the engine's doubles, with the factor to the getter's unit in `factor`; −1: use the getter. */
  locate(): number {
    if (this.seen < WITNESSES || !this.places?.length) return -1;
    const { pointer, factor } = this.places[0];
    const { HEAPF64 } = this.engine.module;
    const at = pointer >> 3;
    const n = this.next;
    this.next = n + 1 < this.size ? n + 1 : 0;
    if (HEAPF64[at + n] * factor === nodeValue(this.engine, n, this.property)) return at;
    this.places = [];
    return -1;
  }

  get factor(): number {
    return this.places?.[0]?.factor ?? 1;
  }

  /** Takes the getter's values of this solve as evidence. */
  witness(values: Float64Array): void {
    if (this.seen >= WITNESSES || this.places?.length === 0) return;
    let sum = 0;
    let most = 0;
    for (let n = 0; n < this.size; n++) {
      sum += values[n] * (n + 1);
      if (Math.abs(values[n]) > Math.abs(values[most])) most = n;
    }
    // Results that did not move say nothing new, and an array of zeros nothing at all.
    if (sum === this.fingerprint || values[most] === 0 || !Number.isFinite(sum)) return;
    this.fingerprint = sum;
    this.seen++;
    this.places = this.places
      ? this.places.filter((p) => this.agrees(p.pointer, p.factor, values))
      : this.search(values, most);
  }

  private search(values: Float64Array, most: number): Place[] {
    const { HEAP32, HEAPF64 } = this.engine.module;
    const found: Place[] = [];
    const first = this.engine.project >> 2;
    const end = Math.min(HEAP32.length, first + REACH / 4);
    for (let w = first; w < end; w++) {
      const pointer = HEAP32[w] + 8;
      if (pointer <= 8 || pointer % 8 !== 0 || (pointer >> 3) + this.size > HEAPF64.length) continue;
      const ratio = values[most] / HEAPF64[(pointer >> 3) + most];
      if (!(ratio > 0 && Number.isFinite(ratio))) continue;
      // The quotient may be off by its own rounding; the factor that the engine holds is one of its neighbours.
      for (const factor of [ratio, ratio * (1 - 2 ** -53), ratio * (1 + 2 ** -52)])
        if (this.agrees(pointer, factor, values)) {
          found.push({ pointer, factor });
          break;
        }
    }
    return found;
  }

  private agrees(pointer: number, factor: number, values: Float64Array): boolean {
    const { HEAPF64 } = this.engine.module;
    const at = pointer >> 3;
    for (let n = 0; n < this.size; n++) if (HEAPF64[at + n] * factor !== values[n]) return false;
    return true;
  }
}
