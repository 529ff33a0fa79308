import type { IdentityState, RoomTrust } from '../trust-types.ts';
import type { Person } from '../types.ts';

/** What is known of somebody in a room. */
export interface KnownPerson {
  person: Person;
  identity: IdentityState;
  hasUnsignedSession: boolean;
}

/** Why nothing may be sent to these people now. */
export type PeopleRefusal = 'identity-changed' | 'unverified-people';

/**
 * A room's shield (features C5, C9): green when everyone is verified, red when somebody who is or was verified has a
 * changed identity or an unsigned session, grey otherwise. An anonymous guest makes it grey, never red. Who blocks sending
 * are those for whom `refuseFor` refuses it. Pure.
 */
export function judgeRoom(
  isEncrypted: boolean,
  others: readonly KnownPerson[],
  isVerifiedOnly = false,
): Pick<RoomTrust, 'shield' | 'reasons' | 'changedIdentities' | 'sendBlockedBy'> {
  const changed = others.flatMap(({ person, identity }) =>
    identity.kind === 'changed'
      ? [{ ...person, wasVerified: identity.wasVerified, masterKey: identity.masterKey }]
      : [],
  );
  const unsigned = peopleWhere(
    others,
    ({ identity, hasUnsignedSession }) => identity.kind === 'verified' && hasUnsignedSession,
  );
  const unverified = peopleWhere(others, ({ identity }) => identity.kind !== 'verified' && identity.kind !== 'changed');
  const isRed = unsigned.length > 0 || changed.some(({ wasVerified }) => wasVerified);
  const isGreen = others.length > 0 && unverified.length === 0 && changed.length === 0;
  return {
    shield: !isEncrypted || others.length === 0 ? 'none' : isRed ? 'red' : isGreen ? 'green' : 'grey',
    reasons: [
      ...(changed.length > 0 ? [{ kind: 'identity-changed' as const, who: changed.map(nameOnly) }] : []),
      ...(unsigned.length > 0 ? [{ kind: 'unsigned-session' as const, who: unsigned }] : []),
      ...(unverified.length > 0 ? [{ kind: 'not-everyone-verified' as const, who: unverified }] : []),
    ],
    changedIdentities: changed,
    sendBlockedBy: isEncrypted ? [...changed, ...(isVerifiedOnly ? unverified : [])].map(nameOnly) : [],
  };
}

/**
 * Whether keys may go to these people: not while an identity that was pinned or verified was replaced and nobody has
 * accepted it (security.md A2), and to verified people alone where that was asked for (C8). Pure.
 */
export function refuseFor(others: readonly KnownPerson[], isVerifiedOnly: boolean): PeopleRefusal | undefined {
  if (others.some(({ identity }) => identity.kind === 'changed')) return 'identity-changed';
  return isVerifiedOnly && others.some(({ identity }) => identity.kind !== 'verified')
    ? 'unverified-people'
    : undefined;
}

function peopleWhere(others: readonly KnownPerson[], isMeant: (known: KnownPerson) => boolean): Person[] {
  return others.filter(isMeant).map(({ person }) => person);
}

function nameOnly({ userId, displayName }: Person): Person {
  return { userId, displayName };
}
