/**
 * A union whose branch is chosen by looking, not by trying: the complaints are then about what the writer meant. A plain
 * zod union would try all branches and report the one with the fewest mistakes.
 */
import { z } from 'zod';
import { addIssue } from '../../models/document/index.ts';
import { nearest } from '../../models/kernel/index.ts';

/** `pick` returns the branch, or undefined once it has said what is wrong. `union` gives the type and the JSON Schema. */
export function choose<U extends z.ZodType>(
  pick: (raw: unknown, ctx: z.RefinementCtx) => z.ZodType | undefined,
  union: U,
) {
  return z.preprocess((raw, ctx) => {
    const branch = pick(raw, ctx);
    if (branch === undefined) return z.NEVER;
    const parsed = branch.safeParse(raw, { reportInput: true });
    if (parsed.success) return raw;
    for (const issue of parsed.error.issues) {
      if (issue.code !== 'unrecognized_keys') {
        ctx.addIssue({ ...issue } as never);
        continue;
      }
      const known = issue.path.length === 0 && branch instanceof z.ZodObject ? Object.keys(branch.shape) : [];
      for (const key of issue.keys) {
        const near = nearest(key, known);
        addIssue(
          ctx,
          {
            found: `unknown key "${key}"`,
            expected: known.length > 0 ? `only ${known.join(', ')}` : 'only keys that are described in the schema',
            ...(near ? { hint: `did you mean "${near}"?` } : {}),
          },
          [...issue.path, key],
        );
      }
    }
    return z.NEVER;
  }, union);
}
