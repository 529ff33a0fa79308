import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { getDevice } from '../../store/devices.ts';
import { getUser } from '../../store/users.ts';
import { tokenHashOf } from '../accounts/access-tokens.ts';
import type { Requester } from '../accounts/requester.ts';
import type { Appservice, AppserviceRegistry } from './registry.ts';

/** As whom an application service wants to speak. */
export interface Masquerade {
  userId?: string | undefined;
  deviceId?: string | undefined;
}

/**
 * The person as whom an application service speaks (application service API, "Identity assertion"); undefined, and at
 * once, for a token that is not of one.
 * @throws MatrixError M_FORBIDDEN for somebody whom it may not be, M_UNKNOWN_DEVICE for a device that is not theirs
 */
export type FindMasked = (token: string, as: Masquerade) => Promise<Requester> | undefined;

export function createFindMasked(parts: {
  db: Queryable;
  registry: AppserviceRegistry;
  /** An application service has shown that it is there. */
  onSeen(appserviceId: string): void;
}): FindMasked {
  const { db, registry, onSeen } = parts;
  async function checkMasked(
    appservice: Appservice,
    tokenHash: string,
    { userId: asUserId, deviceId }: Masquerade,
  ): Promise<Requester> {
    const userId = asUserId ?? appservice.senderId;
    if (!appservice.ownsUser(userId))
      throw new MatrixError('M_FORBIDDEN', 'The application service may not speak as this person.');
    const user = await getUser(db, userId);
    if (user === undefined || user.isDeactivated === 1)
      throw new MatrixError('M_FORBIDDEN', 'The application service has not registered this person.');
    if (deviceId !== undefined && (await getDevice(db, userId, deviceId)) === undefined)
      throw new MatrixError('M_UNKNOWN_DEVICE', 'This person has no such device.');
    return {
      userId,
      deviceId: deviceId ?? '',
      isGuest: false,
      isAdmin: user.isAdmin === 1,
      tokenHash,
      appserviceId: appservice.id,
    };
  }

  return (token, as) => {
    const appservice = registry.byToken(token);
    if (appservice === undefined) return undefined;
    onSeen(appservice.id);
    return checkMasked(appservice, tokenHashOf(token), as);
  };
}
