/** A drawn scenario as YAML, and the case as a value. */
import { stringify } from 'yaml';
import type { Case } from './draw.ts';

export type { Case, Entry } from './draw.ts';

export function writeCase(written: Case): string {
  return stringify(written, { lineWidth: 0 });
}

/** What a failure leaves behind: the reason, the command that shows it again, and the least that does. */
export function writeFailure(
  written: Case,
  failure: { readonly invariant: string; readonly because: string },
  file: string,
): string {
  const because = failure.because.replaceAll('\n', ' ');
  return `# ${failure.invariant}: ${because}\n# leaktwin fuzz --case ${file}\n${writeCase(written)}`;
}
