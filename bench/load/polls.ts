import { type Connection, openConnection } from './connection.ts';

export interface PollOptions {
  url: string;
  tokens: readonly string[];
  /** How long a poll waits for news, in milliseconds. */
  timeoutMs: number;
  /** A filter as JSON. */
  filter?: string;
  /** Where all of them begin. */
  since: string;
  onAnswer?: (answer: { person: number; body: string; atMs: number }) => void;
}

/** Clients that always have a long poll open, one connection each. */
export interface Polls {
  /** Answers so far. */
  answers(): number;
  /** Answers other than 200, and connections that broke. */
  failures(): number;
  close(): void;
}

const nextBatch = '"next_batch":"';

/** Opens them a few at a time, as a server's queue of connections is short. Resolves when each has asked. */
export async function openPolls({ url, tokens, timeoutMs, filter, since, onAnswer }: PollOptions): Promise<Polls> {
  let answers = 0;
  let failures = 0;
  const query = `timeout=${timeoutMs}${filter === undefined ? '' : `&filter=${encodeURIComponent(filter)}`}`;
  const open = async (token: string, person: number) => {
    const connection = await openConnection(url, () => failures++);
    const poll = (from: string) =>
      connection.ask(
        { method: 'GET', path: `/_matrix/client/v3/sync?${query}&since=${from}`, token },
        ({ isOk, body, atMs }) => {
          const at = body.indexOf(nextBatch) + nextBatch.length;
          answers++;
          if (isOk) poll(body.slice(at, body.indexOf('"', at)));
          else failures++;
          onAnswer?.({ person, body, atMs });
        },
      );
    poll(since);
    return connection;
  };
  const connections: Connection[] = [];
  for (let start = 0; start < tokens.length; start += 100)
    connections.push(
      ...(await Promise.all(tokens.slice(start, start + 100).map((token, n) => open(token, start + n)))),
    );
  return {
    answers: () => answers,
    failures: () => failures,
    close() {
      for (const connection of connections) connection.close();
    },
  };
}
