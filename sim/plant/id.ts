/** Names of what a plant file declares. */
import { z } from 'zod';

export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name of letters, digits, dots, dashes and underscores')
  .max(40);
