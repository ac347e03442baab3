/** A run's way to people: rules read before anything starts, and the outbox that goes on where the last one stopped. */
import { planMarkdown } from '../../detector/index.ts';
import type { Notifier, Rules } from '../../detector/notify/index.ts';
import { type ResponsePlan, unwrap } from '../../models/contract/index.ts';
import { utcNowUs } from './wallclock.ts';

export interface NotifyFlags {
  /** Path of the rules. */
  readonly notify?: string;
  /** Folder of the outbox. */
  readonly outbox?: string;
}

/** Undefined where no rules are given. Throws a ProblemError with all mistakes of the file. The room is loaded only then. */
export async function readNotifyRules(flags: NotifyFlags): Promise<Rules | undefined> {
  if (flags.notify === undefined) return undefined;
  const { readRules } = await import('../../detector/notify/index.ts');
  return unwrap(readRules(flags.notify));
}

/**
 * Opens the outbox. Throws a ProblemError where it cannot be had: nobody shall believe that he will be told.
 * @param at_us plant time now
 * @param session of a detector that goes on where it was killed; absent: a new one
 */
export async function openNotifier(
  rules: Rules,
  flags: NotifyFlags,
  plant: string,
  tell: (sentence: string) => void,
  at_us = 0,
  session?: string,
): Promise<Notifier> {
  const { Notifier, usualOutbox } = await import('../../detector/notify/index.ts');
  const now_us = utcNowUs();
  return Notifier.open({
    rules,
    folder: flags.outbox ?? usualOutbox(rules),
    session: session ?? `${plant} ${now_us} ${process.pid}`,
    plant,
    epoch_us: now_us - at_us,
    onNotice: (line) => tell(`notify: ${line}`),
  });
}

/** Sends a new or changed plan by the rules of kind `plan`: for people as Markdown, for their systems as JSON. */
export function announcePlan(notifier: Notifier, plan: ResponsePlan): void {
  notifier.announce({
    alarm: plan.incident,
    incident: plan.incident,
    priority: 1,
    timeUs: plan.timeUs,
    subject: `${plan.plant}: plan for ${plan.incident}, revision ${plan.revision}`,
    enclosures: [
      { name: 'plan.md', type: 'text/markdown', text: planMarkdown(plan) },
      { name: 'plan.json', type: 'application/json', text: JSON.stringify(plan) },
    ],
  });
}
