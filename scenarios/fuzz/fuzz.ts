/** The fuzzer: cases one after another until the time or the number is spent, and every failure shrunk. */
import { type Problem, ProblemError } from '../../models/contract/index.ts';
import { bindScenario, type PlantContext, parseScenario } from '../engine/index.ts';
import { type Case, drawCase } from './draw.ts';
import { type Failure, firstFailure, type Invariant } from './invariants.ts';
import { shrink } from './shrink.ts';

export interface FuzzOptions {
  readonly plant: PlantContext;
  /** By which the scenarios name it. */
  readonly plantName: string;
  readonly seed: number;
  /** At most so many cases. */
  readonly cases?: number;
  /** At most so many failures are shrunk; then it ends. */
  readonly failures?: number;
  /** True when the time is spent. */
  over(): boolean;
  /** Further invariants, of the caller's own. */
  readonly further?: readonly Invariant[];
  onCase?(done: number): void;
  onFailure?(found: Found): void;
}

export interface Found extends Failure {
  readonly number: number;
  readonly drawn: Case;
  readonly least: Case;
  /** Plays that the shrinking took. */
  readonly attempts: number;
}

export interface FuzzResult {
  readonly cases: number;
  readonly events: number;
  /** Cases that left what the plant's physics models, and said so. */
  readonly beyond: number;
  readonly found: readonly Found[];
}

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { plant, plantName, seed, cases = Number.POSITIVE_INFINITY, failures = 5, further = [] } = options;
  const found: Found[] = [];
  let events = 0;
  let done = 0;
  let beyond = 0;
  while (done < cases && found.length < failures && !options.over()) {
    const drawn = drawCase(plant, plantName, seed, done + 1);
    const failure = await check(drawn, plant, further);
    if (failure === 'beyond') beyond += 1;
    else if (failure) {
      const same = async (candidate: Case) => {
        const again = await check(candidate, plant, further);
        return typeof again === 'object' && again.invariant === failure.invariant;
      };
      const { least, attempts } = await shrink(drawn, same);
      const last = await check(least, plant, further);
      found.push({ ...(typeof last === 'object' ? last : failure), number: done + 1, drawn, least, attempts });
      options.onFailure?.(found.at(-1)!);
    }
    done += 1;
    events += drawn.timeline.length;
    options.onCase?.(done);
  }
  return { cases: done, events, beyond, found };
}

/** The first invariant that a case breaks. */
export function check(
  written: Case,
  plant: PlantContext,
  further: readonly Invariant[] = [],
): Promise<Failure | 'beyond' | undefined> {
  return firstFailure(written, plant, (text) => read(text, plant), further);
}

function read(text: string, plant: PlantContext) {
  const told = (problems: readonly Problem[]) => new ProblemError(problems).message;
  const scenario = parseScenario('drawn', text);
  if (!scenario.ok) return told(scenario.problems);
  const bound = bindScenario(scenario.value, plant);
  return bound.ok
    ? { inputs: { bound: bound.value, plant, name: scenario.value.value.scenario } }
    : told(bound.problems);
}
