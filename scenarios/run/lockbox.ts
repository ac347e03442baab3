/**
 * Seeds of the lock-box: they are a hash of the detectors, the suite and a phrase of the user's, so they exist only once the detectors
 * are frozen. Who changes a recipe after a look at the result gets other seeds; who wants to choose among many tries has to change
 * the phrase, and the phrase stands in the result.
 *
 *   seed_i = first 48 bits of SHA-256(canonical JSON of { detectors, suite, phrase, i })
 */
import { digestJson } from '../../models/kernel/index.ts';

/** `detectors`: digests, in any order. */
export function lockboxSeeds(detectors: readonly string[], suite: string, phrase: string, count: number): number[] {
  const frozen = [...detectors].sort();
  return Array.from({ length: count }, (_, i) =>
    Number.parseInt(digestJson({ detectors: frozen, suite, phrase, i }).slice(0, 12), 16),
  );
}
