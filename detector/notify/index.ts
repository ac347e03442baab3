/** The door of notification: rules read, alarms and documents told by their channels, nothing lost and nothing doubled. */
export { type Channel, openChannel, Refusal } from './channels/index.ts';
export { type Clock, wallClock } from './clock.ts';
export type { Enclosure, Kind, Message, Notice } from './message.ts';
export { type Announcement, Notifier, type NotifierCounts, type NotifierOptions, usualOutbox } from './notifier.ts';
export { type Change, type ChannelCount, type Held, Outbox, type OutboxOptions } from './outbox.ts';
export { parseRules, type Rules, readRules } from './rules.ts';
export { notifySchema } from './spec.ts';
