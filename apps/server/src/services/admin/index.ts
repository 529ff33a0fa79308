/**
 * Administration: what an admin may see and change of people, rooms, tokens and files, each change with its line in the
 * audit log. Imports `store/` and `log/`; what it asks of accounts, media and the timeline is given to it.
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Media } from '../media/index.ts';
import type { RandomText } from '../random-text.ts';
import { type Audit, createAudit } from './audit.ts';
import { type AdminMedia, createAdminMedia } from './media.ts';
import { type AdminPeople, createAdminPeople } from './people.ts';
import { type AdminTokens, createAdminTokens } from './registration-tokens.ts';
import { type AdminRooms, type AdminRoomsParts, createAdminRooms } from './rooms.ts';
import { createSharedSecretRegistration, type SharedSecretRegistration } from './shared-secret.ts';

export interface Admin {
  audit: Audit;
  people: AdminPeople;
  rooms: AdminRooms;
  tokens: AdminTokens;
  media: AdminMedia;
  sharedSecret: SharedSecretRegistration;
}

export interface AdminParts extends Pick<AdminRoomsParts, 'leaveRoom' | 'forgetRoom' | 'mayCleanUp'> {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  random: RandomText;
  publicUrl: () => string;
  accounts: Accounts;
  media: Media;
  /** `registration.sharedSecret` of the configuration. */
  registrationSecret: string | undefined;
}

export function createAdmin(parts: AdminParts): Admin {
  const audit = createAudit(parts);
  const people = createAdminPeople({ ...parts, audit });
  return {
    audit,
    people,
    rooms: createAdminRooms({ ...parts, audit }),
    tokens: createAdminTokens({ ...parts, audit }),
    media: createAdminMedia({ ...parts, audit }),
    sharedSecret: createSharedSecretRegistration({ ...parts, sharedSecret: parts.registrationSecret, people }),
  };
}
