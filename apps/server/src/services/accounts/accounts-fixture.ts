/** Accounts on the database and clock of a test. Imported by tests only. */
import { createMemoryBus } from '@sotto/bus';
import type { Database } from '@sotto/sql';
import { type LogWriter, openLogWriter } from '../../log/writer.ts';
import { randomText } from '../random-text.ts';
import { type Accounts, createAccounts } from './index.ts';

export interface AccountsFixture {
  accounts: Accounts;
  log: LogWriter;
  /** Makes an account whose password is "password of NAME". */
  register(name: string): Promise<string>;
}

interface Owner {
  after(end: () => Promise<void>): void;
}

const fail = (message: string) => {
  throw new Error(`nothing should be logged: ${message}`);
};

/** Closes everything when the test ends, the last opened first. */
export async function openAccounts(
  test: Owner,
  { openDatabase, now }: { openDatabase(owner: Owner): Promise<Database>; now: () => number },
): Promise<AccountsFixture> {
  const ends: (() => Promise<void>)[] = [];
  test.after(async () => {
    for (const end of ends.reverse()) await end();
  });
  const owner: Owner = { after: (end) => void ends.push(end) };
  const database = await openDatabase(owner);
  const log = await openLogWriter({ database, bus: createMemoryBus() });
  const accounts = createAccounts({
    db: database.durable,
    log,
    now,
    random: randomText,
    serverName: 'example.org',
    passwordHash: { memoryKiB: 64, iterations: 1 },
    logging: { error: fail, warn: fail, info: fail, debug: fail },
    publicUrl: () => 'https://chat.example.org',
    mailer: undefined,
    limitMails: () => undefined,
    guesses: { take: () => undefined, giveBack: () => undefined },
    quotas: { checkDevices: async () => undefined },
    forgetDevice: async () => undefined,
    checkName: () => undefined,
    hideWords: () => undefined,
    forgetPerson: async () => undefined,
    leaveRoom: async () => undefined,
  });
  owner.after(async () => {
    await accounts.close();
    await log.close();
  });
  return {
    accounts,
    log,
    async register(username) {
      const passwordHash = await accounts.registration.hashPassword(`password of ${username}`);
      return (await accounts.registration.register({ kind: 'user', username, passwordHash })).userId;
    },
  };
}
