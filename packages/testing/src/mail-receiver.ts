import { createServer, type Socket } from 'node:net';
import type { Owner } from './folder.ts';
import { until } from './until.ts';

/** A mail as it was taken: headers and body as they came. */
export interface ReceivedMail {
  to: string[];
  text: string;
}

export interface MailReceiver {
  /** `smtp://localhost:PORT` */
  url: string;
  mails: ReceivedMail[];
  /** The first link in the newest mail to this address, once there is one more than `before`. */
  linkTo(address: string, before?: number): Promise<string>;
}

/** A mail server that takes everything and delivers nothing; ends with the test. */
export async function startMailReceiver(owner: Owner): Promise<MailReceiver> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    converse(socket, (mail) => mails.push(mail));
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  owner.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const to = (person: string) => mails.filter((mail) => mail.to.includes(person));
  return {
    url: `smtp://localhost:${port}`,
    mails,
    async linkTo(person, before = 0) {
      const mail = await until(() => to(person).length > before && to(person).at(-1), { what: `a mail to ${person}` });
      return /https?:\/\/\S+/.exec(decode(mail.text))?.[0] ?? '';
    },
  };
}

/** The part of SMTP (RFC 5321) that a client needs to hand over a mail. */
function converse(socket: Socket, take: (mail: ReceivedMail) => void): void {
  let rest = '';
  let to: string[] = [];
  let text: string[] | undefined;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const read = (line: string) => {
    if (text !== undefined) {
      if (line !== '.') return text.push(line);
      take({ to, text: text.join('\r\n') });
      [to, text] = [[], undefined];
      return say('250 taken');
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'RCPT') to.push(/<(.*)>/.exec(line)?.[1] ?? '');
    if (verb === 'DATA') text = [];
    if (verb === 'QUIT') return socket.end('221 bye\r\n');
    return say(verb === 'DATA' ? '354 go on' : '250 fine');
  };
  socket.setEncoding('utf8').on('data', (piece: string) => {
    const lines = (rest + piece).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) read(line);
  });
  say('220 ready');
}

/** Undoes quoted-printable (RFC 2045), as far as links need it. */
function decode(text: string): string {
  const joined = text.replace(/=\r\n/g, '');
  return joined.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
