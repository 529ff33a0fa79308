/**
 * Mail: the one way to send it, in the words of services that have something to say. Imports nothing of Sotto.
 */
import type { Transporter } from 'nodemailer';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Resolves when the mail server has taken it. Rejects otherwise; the error names no address. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** @param smtpUrl `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…` */
export function createMailer({ smtpUrl, from }: { smtpUrl: string; from: string }): Mailer {
  let transport: Promise<Transporter> | undefined;

  // Loaded with the first mail: most servers start without sending any.
  async function open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const limits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
    // Nothing is read from files or addresses that a mail could name.
    const closed = { disableFileAccess: true, disableUrlAccess: true };
    return createTransport({ url: smtpUrl, pool: true, maxConnections: 2, ...limits, ...closed });
  }

  return {
    async send({ to, subject, text }) {
      transport ??= open();
      try {
        // As an object, so that no comma or bracket in it makes it several addresses.
        await (await transport).sendMail({ from, to: { name: '', address: to }, subject, text });
      } catch (error) {
        throw new Error(`the mail server did not take a mail: ${(error as { code?: string }).code ?? 'no reason'}`);
      }
    },
    close() {
      void transport?.then((open) => open.close());
    },
  };
}
