/**
 * Water networks against published cases: every series of the native engine in `<dir>/epanet` and of WNTR in `<dir>/wntr`,
 * with the networks of `<dir>/networks`; and our own Newton solver against the engine on each of these networks. Without a
 * folder, closed forms alone. A case that cannot be followed is skipped with a sentence; it never stops the others.
 */

import { casesIn, NotComparable, networkFiles, networkName } from './networkFiles.ts';
import { validateNetworkForms } from './networkForms.ts';
import { validateLeaks } from './networkLeaks.ts';
import { validateNative } from './networkNative.ts';
import { validateNewton } from './networkNewton.ts';
import { validateWntr } from './networkWntr.ts';
import { skipped, type Validation, type ValidationRow } from './table.ts';

/** Validates the EPANET adapter; one row per case and metric. */
export async function validateNetwork(dataDir?: string): Promise<Validation> {
  const cases: ValidationRow[] = await validateNetworkForms();
  if (dataDir === undefined) return { cases };
  const forms = cases.length;
  const networks = networkFiles(dataDir);
  const attempt = async (name: string, rows: () => Promise<ValidationRow[]>) => {
    try {
      cases.push(...(await rows()));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      cases.push(skipped(name, 'all', error instanceof NotComparable ? why : `the case could not be followed: ${why}`));
    }
  };
  for (const name of casesIn(dataDir, 'epanet', '.csv'))
    await attempt(name, () => validateNative(dataDir, name, networks));
  for (const name of casesIn(dataDir, 'wntr', '.json'))
    await attempt(name, () => validateWntr(dataDir, name, networks));
  if (cases.length === forms)
    cases.push(skipped(dataDir, 'all', 'neither epanet/*.csv nor wntr/*.json with networks/*.inp was found there'));
  for (const path of networks.values()) {
    const name = networkName(path);
    await attempt(`${name}: leaks opened, grown, closed`, () => validateLeaks(name, path));
    await attempt(`${name}: our Newton against EPANET`, () => validateNewton(name, path));
  }
  return { cases };
}
