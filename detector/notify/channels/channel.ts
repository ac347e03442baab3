/** What every channel is: one message to its receiver, in bounded time, and one clear sentence where it did not arrive. */
import type { Message } from '../message.ts';

export interface Channel {
  /** Longest time that one try may take [ms]. */
  readonly timeout_ms: number;
  /** Resolves once the receiver has taken the message. Throws an Error of one sentence, or a Refusal; gives up when aborted. */
  send(message: Message, signal: AbortSignal): Promise<void>;
  /** Says goodbye; may take a second. */
  close(): Promise<void>;
}

/** The receiver answers and does not want this message; another one may fare better. */
export class Refusal extends Error {
  /** When the receiver asks to be asked again [ms]. */
  readonly again_ms: number | undefined;
  /** True where it is this message that is not wanted. */
  readonly ofMessage: boolean;
  constructor(sentence: string, ofMessage: boolean, again_ms?: number) {
    super(sentence);
    this.name = 'Refusal';
    this.ofMessage = ofMessage;
    this.again_ms = again_ms;
  }
}

/** The innermost cause in one line: sockets wrap what they mean. */
export function sentenceOf(error: unknown): string {
  let inner = error as Error & { errors?: Error[] };
  for (let i = 0; i < 8; i += 1) {
    const next = (inner.cause ?? inner.errors?.[0]) as typeof inner | undefined;
    if (!(next instanceof Error)) break;
    inner = next;
  }
  const code = (inner as NodeJS.ErrnoException).code;
  const text = (inner.message || code || String(inner)).replace(/\s+/g, ' ').trim().slice(0, 300);
  return code !== undefined && !text.includes(code) ? `${text} (${code})` : text;
}

/** Text that a receiver answered, fit for a line of a log: no control characters, not long. */
export function shown(text: string): string {
  return JSON.stringify(text.replace(/[^\P{C}\n\t]/gu, '?').slice(0, 120));
}
