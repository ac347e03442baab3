/**
 * A message as JSON by POST. `Idempotency-Key` is the same at every try; `X-LeakTwin-Signature` is the HMAC-SHA256 (RFC 2104,
 * FIPS 180-4) of timestamp, dot and body, so that a receiver knows that it is ours and of now. Taken: any status 2xx.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type Message, wireText } from '../message.ts';
import { utcText } from '../rota.ts';
import { type Channel, Refusal, sentenceOf } from './channel.ts';

/** Hexadecimal HMAC-SHA256 over `${timestamp}.${body}`. @param timestamp_s Unix time in whole seconds */
export function sign(secret: string, timestamp_s: number, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp_s}.${body}`).digest('hex');
}

/** Statuses that speak of the server's moment, not of the message. */
const OF_THE_MOMENT = [408, 425, 429];

export function webhookChannel(options: {
  readonly url: URL;
  readonly secret: string;
  readonly timeout_ms: number;
  readonly clock: Clock;
}): Channel {
  const { url, secret, timeout_ms, clock } = options;
  return {
    timeout_ms,
    async send(message: Message, signal) {
      const body = wireText(message, utcText(message.notice.utc_us));
      const timestamp_s = Math.floor(clock.now_ms() / 1000);
      let answer: Response;
      try {
        answer = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'idempotency-key': message.key,
            'x-leaktwin-timestamp': String(timestamp_s),
            'x-leaktwin-signature': `sha256=${sign(secret, timestamp_s, body)}`,
            'user-agent': 'leaktwin',
          },
          body,
          redirect: 'error',
          signal,
        });
      } catch (error) {
        if (signal.aborted) throw error;
        throw new Error(`${url.origin} could not be asked: ${sentenceOf(error)}`);
      }
      // What else it says does not matter, and may never end.
      await answer.body?.cancel();
      if (answer.ok) return;
      const { status } = answer;
      const after = Number(answer.headers.get('retry-after'));
      throw new Refusal(
        `${url.origin} answered ${status}${answer.statusText ? ` ${answer.statusText}` : ''}`,
        status >= 400 && status < 500 && !OF_THE_MOMENT.includes(status),
        after > 0 ? after * 1000 : undefined,
      );
    },
    async close() {},
  };
}
