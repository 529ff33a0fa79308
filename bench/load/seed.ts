import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite, type Queryable } from '@sotto/sql';
import { compose } from '../../apps/server/src/compose.ts';
import type { Unit } from '../../apps/server/src/log/writer.ts';
import { createLogging } from '../../apps/server/src/logging.ts';
import type { Services } from '../../apps/server/src/services/index.ts';
import { migrations } from '../../apps/server/src/store/migrations/index.ts';
import { serviceParts } from '../../apps/server/test/service-parts.ts';

/** Somebody with a login. */
export interface Person {
  userId: string;
  deviceId: string;
  accessToken: string;
}

/** The server's services on a data folder on which no server runs: what thousands of requests would make, in seconds. */
export interface Seed {
  services: Services;
  db: Queryable;
  /** `name0`, `name1` …, each with a login. */
  people(name: string, count: number): Promise<Person[]>;
  /** A room that anyone may join, with these in it; the first has made it. Resolves with its id. */
  room(members: readonly Person[]): Promise<string>;
  /** One unit of work, for what no service does in bulk. */
  write<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** So many units wait at once: the writer refuses more than ten thousand. */
const chunk = 2_000;

export async function openSeed(dataDir: string): Promise<Seed> {
  mkdirSync(dataDir, { recursive: true });
  const database = await openSqlite({ path: join(dataDir, 'sotto.db'), migrations });
  const { services, log, close } = await compose({
    ...serviceParts({ now: Date.now, monotonicMs: () => performance.now() }),
    logging: createLogging('error', (line) => console.error(line)),
    database,
    media: { folder: join(dataDir, 'media'), maxUploadBytes: 0 },
  });
  return {
    services,
    db: database.durable,
    write: log.write,
    async people(name, count) {
      const make = async (n: number) => {
        const account = { username: `${name}${n}`, kind: 'user', device: { deviceId: `DEVICE${n}` } } as const;
        const { userId, login } = await services.accounts.registration.register(account);
        if (login === undefined) throw new Error(`${userId} has no login`);
        return { userId, deviceId: login.deviceId, accessToken: login.accessToken };
      };
      return inChunks(
        Array.from({ length: count }, (_, n) => n),
        make,
      );
    },
    async room([creator, ...others]) {
      if (creator === undefined) throw new Error('a room needs somebody who makes it');
      const roomId = await services.rooms.create({ creator: creator.userId, preset: 'public_chat' });
      await inChunks(others, ({ userId }) => services.rooms.membershipRequests.join(userId, roomId));
      return roomId;
    },
    async close() {
      await close();
      await database.close();
    },
  };
}

async function inChunks<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += chunk)
    results.push(...(await Promise.all(items.slice(start, start + chunk).map(work))));
  return results;
}
