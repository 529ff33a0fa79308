import { hash, timingSafeEqual } from 'node:crypto';
import { type AppserviceNamespace, type AppserviceRegistration, makeUserId, serverNameOf } from '@sotto/protocol';

/** An application service with its namespaces made ready. */
export interface Appservice {
  id: string;
  registration: AppserviceRegistration;
  /** The person that it is when it names nobody. */
  senderId: string;
  /** Whether it may speak as this person: its sender, or one of its namespace on this server. */
  ownsUser(userId: string): boolean;
  ownsAlias(alias: string): boolean;
  /** Whether all that happens in this room is its affair. */
  wantsRoom(roomId: string): boolean;
  /** Whether nobody else may have this name. */
  reservesUser(userId: string): boolean;
  reservesAlias(alias: string): boolean;
}

/** The application services that the operator has registered. */
export interface AppserviceRegistry {
  all: readonly Appservice[];
  /** The one whose `as_token` this is. */
  byToken(token: string): Appservice | undefined;
}

export function createAppserviceRegistry(
  registrations: readonly AppserviceRegistration[],
  serverName: string,
): AppserviceRegistry {
  const all = registrations.map((registration) => compile(registration, serverName));
  // Compared as hashes of equal length, so that the time of an answer tells nothing of a token.
  const digest = (token: string) => hash('sha256', token, 'buffer');
  const known = all.map((appservice) => ({ appservice, digest: digest(appservice.registration.asToken) }));
  return {
    all,
    byToken(token) {
      if (known.length === 0) return undefined;
      const asked = digest(token);
      return known.find((each) => timingSafeEqual(each.digest, asked))?.appservice;
    },
  };
}

function compile(registration: AppserviceRegistration, serverName: string): Appservice {
  const { users, aliases, rooms } = registration.namespaces;
  const senderId = makeUserId(registration.senderLocalpart, serverName);
  const inUsers = compileAll(users);
  const inExclusiveUsers = compileAll(users.filter((each) => each.exclusive));
  return {
    id: registration.id,
    registration,
    senderId,
    ownsUser: (userId) => userId === senderId || (serverNameOf(userId) === serverName && inUsers(userId)),
    ownsAlias: compileAll(aliases),
    wantsRoom: compileAll(rooms),
    reservesUser: (userId) => userId === senderId || inExclusiveUsers(userId),
    reservesAlias: compileAll(aliases.filter((each) => each.exclusive)),
  };
}

/** Names match from their beginning, as on the reference server; many patterns end in `.*` anyway. */
function compileAll(namespaces: readonly AppserviceNamespace[]): (name: string) => boolean {
  const patterns = namespaces.map(({ regex }) => new RegExp(`^(?:${regex})`));
  return (name) => patterns.some((pattern) => pattern.test(name));
}
