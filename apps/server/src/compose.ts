import type { Bus } from '@sotto/bus';
import type { AppserviceRegistration } from '@sotto/protocol';
import { type Database, DatabaseRefusedError } from '@sotto/sql';
import { type AccountSettings, composeAccounts } from './compose-accounts.ts';
import { composePeople } from './compose-people.ts';
import { composeRooms } from './compose-rooms.ts';
import { composeTimeline } from './compose-timeline.ts';
import { type LogWriter, openLogWriter } from './log/writer.ts';
import type { Logging } from './logging.ts';
import { createAccountData } from './services/account-data/index.ts';
import { createAppserviceNames, createAppserviceRegistry, createAppservices } from './services/appservices/index.ts';
import type { Services } from './services/index.ts';
import { createInvites } from './services/invites/index.ts';
import { createKeyBackups } from './services/key-backup/index.ts';
import { createKeys } from './services/keys/index.ts';
import type { EncryptionPolicy } from './services/policy/index.ts';
import { openPush } from './services/push/index.ts';
import { createQuotas, type QuotaParts } from './services/quotas/index.ts';
import type { RandomText } from './services/random-text.ts';
import { createReceipts } from './services/receipts/index.ts';
import { createHierarchy } from './services/spaces/index.ts';
import type { Notifier } from './services/sync/index.ts';
import { createToDevice } from './services/to-device/index.ts';
import { createTyping } from './services/typing/index.ts';
import { keepFact } from './store/server-facts.ts';
import { listErasedPeople } from './store/users.ts';

/** What the services are made from: settings, storage, clocks and chance. */
export interface ServiceParts extends AccountSettings {
  database: Database;
  bus: Bus;
  /** Lines for the operator. */
  logging: Logging;
  /** Wall clock and monotonic clock, in milliseconds. */
  now: () => number;
  /** Whether what has expired or belongs to nothing may go: not while damage is known. */
  mayCleanUp: () => boolean;
  monotonicMs: () => number;
  random: RandomText;
  serverName: string;
  /** Known once the server listens. */
  publicUrl: () => string;
  defaultRoomVersion: string;
  /** What the operator says about encryption, by kind of room. */
  encryptionPolicy: EncryptionPolicy;
  /** Whether what people do is limited in number. */
  limitsRates: boolean;
  quotas: Omit<QuotaParts, 'isExempt'>;
  /** How long messages are kept in rooms that don't say themselves, in milliseconds; for ever, when it is undefined. */
  defaultLifetimeMs: number | undefined;
  allowPrivatePushGateways: boolean;
  registrations: readonly AppserviceRegistration[];
}

export interface Composition {
  services: Services;
  log: LogWriter;
  notifier: Notifier;
  /** Ends what waits, finishes what was begun; the database can be closed afterwards. */
  close(): Promise<void>;
}

/** Builds every service, each with only what it uses. */
export async function compose(parts: ServiceParts): Promise<Composition> {
  const { database, bus, now, monotonicMs, random, serverName, publicUrl } = parts;
  const db = database.durable;
  const log = await openLogWriter({ database, bus });
  const newest = () => log.durablePosition();
  await checkServerName(log, serverName);
  const push = await openPush({ ...parts, db, log, newest, allowPrivateAddresses: parts.allowPrivatePushGateways });

  const registry = createAppserviceRegistry(parts.registrations, serverName);
  const names = createAppserviceNames(registry);
  const quotas = createQuotas({ ...parts.quotas, isExempt: names.isReserved });
  const { memory, append, rooms, directory, guards, listeners } = composeRooms({
    ...parts,
    ...{ db, log, quotas },
    checkAlias: (alias, owner) => names.checkAlias(alias, owner.appserviceId),
    queryAlias: (alias) => appservices.queries.alias(alias),
  });
  const { memberships } = rooms;
  const erased = new Set(await listErasedPeople(db));
  const typing = createTyping({ db, log });
  const people = composePeople({ ...{ db, log, now, monotonicMs }, memberships, listeners });
  const { accounts, ...own } = composeAccounts({
    ...parts,
    ...{ db, log, quotas },
    forgetPushers: push.forgetDevice,
    leaveRoom: memberships.leave,
    hideWords: (userId) => erased.add(userId),
    checkName: (userId) => names.checkUser(userId, undefined),
    forgetRoom: memory.forget,
  });
  const [{ logins }, { presence }] = [accounts, people];
  const appservices = createAppservices({ ...parts, db, log, newest, registry, typing, presence, logins });
  const toDevice = createToDevice({ db, log, serverName, quotas });
  const { notifier, retention, searchIndex, ...timeline } = await composeTimeline({
    ...parts,
    ...{ db, log, memory, append, typing, presence, erased, listeners },
    setMembership: memberships.set,
    unread: push.unread,
    joinedRoomIds: rooms.read.joinedRoomIds,
    acknowledge: toDevice.acknowledge,
    checkStanding: accounts.checkStanding,
  });
  const services: Services = {
    accounts,
    ...own,
    ...people,
    accountData: createAccountData({ db, log, quotas }),
    appservices,
    directory,
    hierarchy: createHierarchy(db),
    invites: createInvites({
      ...{ db, log, now, random, publicUrl },
      invite: async (unit, invitation) => void (await memberships.invite(unit, invitation)),
    }),
    keyBackups: createKeyBackups({ db, log, quotas }),
    keys: createKeys({ db, log, serverName }),
    push,
    receipts: createReceipts({ log, now }),
    rooms,
    ...timeline,
    toDevice,
    typing,
    newest,
  };
  guards.push(own.admin.rooms.guard);
  // What a stop came into the middle of.
  await Promise.all([accounts.deactivations.leaveRooms(), own.admin.rooms.continueRemovals()]);
  await appservices.start();
  await retention.start();
  return {
    services,
    log,
    notifier,
    async close() {
      notifier.close();
      typing.close();
      await people.presence.close();
      timeline.delayedEvents.close();
      retention.close();
      await searchIndex.close();
      await push.close();
      own.urlPreviews?.close();
      own.media.close();
      await appservices.close();
      own.admin.rooms.close();
      await accounts.close();
      await log.close();
    },
  };
}

/** User ids carry the server's name: a data folder belongs to one name for good. */
async function checkServerName(log: LogWriter, serverName: string): Promise<void> {
  const kept = await log.write((unit) => keepFact(unit, 'server_name', serverName));
  if (kept === serverName) return;
  await log.close();
  throw new DatabaseRefusedError(
    `This data folder belongs to the server name "${kept}", but server.name is "${serverName}". Names can't be changed later.`,
  );
}
