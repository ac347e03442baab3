/**
 * A message as mail by SMTP, one connection each. `Message-ID` is made from the idempotency key, so that a mail sent twice
 * around a crash is one to every mailbox that looks at it.
 */
import { createTransport } from 'nodemailer';
import { unlessAborted } from '../clock.ts';
import type { Message } from '../message.ts';
import { type Channel, Refusal, sentenceOf, shown } from './channel.ts';

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

export function emailChannel(options: {
  readonly server: URL;
  readonly from: string;
  readonly user?: string;
  readonly password?: string;
  readonly timeout_ms: number;
}): Channel {
  const { server, from, user, password, timeout_ms } = options;
  const secure = server.protocol === 'smtps:';
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const port = server.port === '' ? (secure ? 465 : 25) : Number(server.port);
  const open = new Set<{ close(): void }>();
  return {
    timeout_ms,
    async send(message: Message, signal) {
      const { notice } = message;
      const transport = createTransport({
        host,
        port,
        secure,
        ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
        // A password never goes over an open wire.
        requireTLS: !secure && user !== undefined,
        connectionTimeout: timeout_ms,
        greetingTimeout: timeout_ms,
        socketTimeout: timeout_ms,
        dnsTimeout: timeout_ms,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      open.add(transport);
      try {
        // Its socket may stay until its own timeout, which is no longer.
        const sent = transport.sendMail({
          from,
          to: message.to.map((r) => ({ name: r.name, address: r.email! })),
          subject: message.subject,
          text: message.body,
          messageId: `<${message.key}@leaktwin>`,
          headers: {
            'X-Leaktwin-Key': message.key,
            'Auto-Submitted': 'auto-generated',
            ...(notice.priority <= 2 ? { Importance: 'high' } : {}),
          },
          attachments: notice.enclosures.map((e) => ({ filename: e.name, contentType: e.type, content: e.text })),
        });
        await unlessAborted(sent, signal, () => 'no answer in time');
      } catch (error) {
        throw explain(error as SmtpError, `${host}:${port}`);
      } finally {
        transport.close();
        open.delete(transport);
      }
    },
    async close() {
      for (const transport of open) transport.close();
    },
  };
}

function explain(error: SmtpError, place: string): Error {
  const said = error.response === undefined ? '' : `: it said ${shown(error.response)}`;
  if (error.responseCode !== undefined && error.responseCode >= 500)
    return new Refusal(`the mail server at ${place} refused${said}`, error.code !== 'EAUTH');
  if (error.code === 'EPROTOCOL' || /invalid greeting/i.test(error.message))
    return new Error(`what answers at ${place} is no mail server${said || `: ${sentenceOf(error)}`}`);
  return new Error(`the mail server at ${place} did not take it${said || `: ${sentenceOf(error)}`}`);
}
