/**
 * Application services: bridges and bots with a part of the names to themselves, which speak for many and are told of
 * all that concerns them (application service API v1.19; MSC2409, MSC3202, MSC4203). Imports `store/`, `log/`, the bus,
 * `outbound/`, how sync and the timeline tell events, and whose login it is (`accounts/`).
 */
import type { Bus } from '@sotto/bus';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import type { Logging } from '../../logging.ts';
import { getUser } from '../../store/users.ts';
import { createSendJson } from '../outbound/index.ts';
import type { Presence } from '../presence/index.ts';
import type { RandomText } from '../random-text.ts';
import type { Typing } from '../typing/index.ts';
import { type AppserviceAccounts, createAppserviceAccounts, insertAppserviceUser } from './appservice-accounts.ts';
import { createBuildTransaction } from './build-transaction.ts';
import { createCallAppservice } from './call-appservice.ts';
import { createInterest } from './interest.ts';
import { createFindMasked, type FindMasked } from './masquerade.ts';
import { type AppserviceNames, createAppserviceNames } from './names.ts';
import { createPing, type PingAppservice } from './ping.ts';
import { createNameQueries, type NameQueries } from './query-names.ts';
import type { AppserviceRegistry } from './registry.ts';
import { openTransactionSender, type TransactionSender } from './send-transactions.ts';
import { createThirdPartyLookups, type ThirdPartyLookups } from './third-party.ts';

export type { AppserviceAccounts } from './appservice-accounts.ts';
export { type AppserviceNames, createAppserviceNames } from './names.ts';
export type { PingAppservice } from './ping.ts';
export { type AppserviceRegistry, createAppserviceRegistry } from './registry.ts';
export type { ThirdPartyLookups } from './third-party.ts';

export interface Appservices {
  names: AppserviceNames;
  accounts: AppserviceAccounts;
  queries: NameQueries;
  thirdParty: ThirdPartyLookups;
  ping: PingAppservice;
  /** Whether this is the token of one. */
  knows(token: string): boolean;
  /** Who asks, by the token of an application service. */
  findMasked: FindMasked;
  /** Begins to tell them what happens. */
  start(): Promise<void>;
  /** Ends what is being sent; what was not taken waits for the next start. */
  close(): Promise<void>;
}

export interface AppservicesParts {
  db: Queryable;
  bus: Bus;
  log: LogWriter;
  logging: Logging;
  now: () => number;
  monotonicMs: () => number;
  random: RandomText;
  newest: () => number;
  serverName: string;
  registry: AppserviceRegistry;
  typing: Typing;
  presence: Presence;
  logins: Parameters<typeof createAppserviceAccounts>[0]['logins'];
}

export function createAppservices(parts: AppservicesParts): Appservices {
  const { db, log, now, registry } = parts;
  // Their addresses are the operator's choice, and mostly on the same machine.
  const send = createSendJson({ allowPrivateAddresses: true });
  const call = createCallAppservice(send);
  const names = createAppserviceNames(registry);
  const queries = createNameQueries({ ...parts, call });
  const senders = new Map<string, TransactionSender>();

  async function ensureSenders(): Promise<void> {
    for (const { senderId } of registry.all) {
      if ((await getUser(db, senderId)) !== undefined) continue;
      await log.write((unit) => insertAppserviceUser(unit, senderId, now()));
    }
  }

  return {
    names,
    accounts: createAppserviceAccounts({ ...parts, names }),
    queries,
    thirdParty: createThirdPartyLookups({ registry, call }),
    ping: createPing({ ...parts, call }),
    knows: (token) => registry.byToken(token) !== undefined,
    findMasked: createFindMasked({ db, registry, onSeen: (id) => senders.get(id)?.nudge() }),
    async start() {
      await ensureSenders();
      for (const appservice of registry.all) {
        if (appservice.registration.url === undefined) continue;
        const interest = createInterest(db, appservice);
        const build = createBuildTransaction({ ...parts, appservice, interest, queries });
        senders.set(appservice.id, await openTransactionSender({ ...parts, call, appservice, interest, build }));
      }
    },
    async close() {
      await Promise.all([...senders.values()].map((sender) => sender.close()));
      send.close();
    },
  };
}
