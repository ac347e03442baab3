/** Mistakes in the control of a plant file, with their places. */
import type { Control, Problem } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import type { CommonSpec } from '../plant/index.ts';
import { bindControl, hasControl } from './bind.ts';

/** `controls` are the plant's own; undefined where they cannot be known. */
export function checkControl(doc: Located<CommonSpec>, controls: () => readonly Control[] | undefined): Problem[] {
  if (!hasControl(doc.value)) return [];
  const known = controls();
  if (known === undefined) return [];
  const problems: Problem[] = [];
  bindControl(doc.value, known, (path, found, expected, hint) => {
    problems.push(doc.problemAt(path, found, expected, hint));
  });
  return problems;
}
