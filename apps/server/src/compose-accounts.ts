import type { Queryable } from '@sotto/sql';
import type { LogWriter } from './log/writer.ts';
import type { Logging } from './logging.ts';
import { createAccounts } from './services/accounts/index.ts';
import type { GuessLimit } from './services/accounts/log-in.ts';
import { createAdmin } from './services/admin/index.ts';
import { type CallsParts, createCalls } from './services/calls/index.ts';
import { createDehydratedDevices } from './services/dehydrated-devices/index.ts';
import { createDevices, createForgetDevice, createForgetPerson, type WithDevice } from './services/devices/index.ts';
import type { Services } from './services/index.ts';
import { createMailer } from './services/mail/index.ts';
import { createMedia, type MediaParts } from './services/media/index.ts';
import type { Quotas } from './services/quotas/index.ts';
import type { RandomText } from './services/random-text.ts';
import type { Memberships } from './services/rooms/memberships.ts';
import { createUrlPreviews } from './services/url-previews/index.ts';

/** Settings of accounts and of what belongs to one person. */
export interface AccountSettings {
  passwordHash: { memoryKiB: number; iterations: number };
  guesses: GuessLimit;
  /** @throws MatrixError M_LIMIT_EXCEEDED when an address has got too many mails */
  limitMails: (address: string) => void;
  email: { smtpUrl: string | undefined; from: string | undefined };
  media: Pick<MediaParts, 'folder' | 'maxUploadBytes'>;
  urlPreview: { enabled: boolean; allowPrivateAddresses: boolean };
  /** `registration.sharedSecret`. */
  registrationSecret: string | undefined;
  turn: Pick<CallsParts, 'uris' | 'sharedSecret' | 'ttlSeconds'>;
}

export interface AccountCompositionParts extends AccountSettings {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  mayCleanUp: () => boolean;
  quotas: Quotas;
  random: RandomText;
  serverName: string;
  logging: Logging;
  publicUrl: () => string;
  forgetPushers: WithDevice;
  /** @throws MatrixError M_EXCLUSIVE for a name that belongs to an application service */
  checkName: (userId: string) => void;
  forgetRoom: (roomId: string) => void;
  leaveRoom: Memberships['leave'];
  /** Told of somebody whose words are hidden from now on. */
  hideWords: (userId: string) => void;
}

type AccountComposition = Pick<
  Services,
  'accounts' | 'admin' | 'calls' | 'dehydratedDevices' | 'devices' | 'media' | 'urlPreviews'
>;

/** Accounts, their devices, files and calls. */
export function composeAccounts(parts: AccountCompositionParts): AccountComposition {
  const { db, log, now, quotas } = parts;
  const forgetDevice = createForgetDevice([parts.forgetPushers]);
  const { smtpUrl, from } = parts.email;
  const mailer = smtpUrl === undefined || from === undefined ? undefined : createMailer({ smtpUrl, from });
  const forgetPerson = createForgetPerson(forgetDevice);
  const accounts = createAccounts({ ...parts, forgetDevice, forgetPerson, mailer });
  const media = createMedia({ ...parts, ...parts.media });
  const { uris, sharedSecret, ttlSeconds } = parts.turn;
  return {
    accounts,
    admin: createAdmin({ ...parts, accounts, media }),
    // One by one: the secret is not enumerable, and a spread would leave it out.
    calls: createCalls({ uris, sharedSecret, ttlSeconds, now, random: parts.random }),
    dehydratedDevices: createDehydratedDevices({ db, log, forgetDevice }),
    devices: createDevices({ db, log, now, removeDevice: accounts.logouts.removeDevice }),
    media,
    urlPreviews: parts.urlPreview.enabled ? createUrlPreviews({ ...parts.urlPreview, media, now, quotas }) : undefined,
  };
}
