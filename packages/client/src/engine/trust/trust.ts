/**
 * Recovery, verification, sessions and the trust in people over one client. Loaded beside the SDK's crypto chunk; may
 * import the SDK, crypto/ (the rules) and the small files of engine/. `machine.ts` alone reaches inside of the SDK.
 */
import { createSource } from '../../observable.ts';
import type { OrganisationPolicy, TrustOfSession } from '../../trust-types.ts';
import { createDevices } from './devices.ts';
import { saveKeysSoon } from './machine.ts';
import type { PeopleWatch } from './people.ts';
import { createRecovery, type RecoveryOptions } from './recovery.ts';
import { createVerifications, type VerificationOptions } from './verifications.ts';

/** Opens it all. */
export function createTrust(
  options: Omit<RecoveryOptions, 'hasOtherSession'> & VerificationOptions & { people: PeopleWatch },
): TrustOfSession {
  saveKeysSoon();
  const { client, crypto } = options;
  const hasOtherSession = async () => {
    const userId = client.getSafeUserId();
    const devices = (await crypto.getUserDeviceInfo([userId], true)).get(userId) ?? new Map<string, never>();
    const signed = await Promise.all(
      [...devices.values()].map(async ({ deviceId, dehydrated }) => {
        const status = await crypto.getDeviceVerificationStatus(userId, deviceId);
        return !dehydrated && deviceId !== client.getDeviceId() && status?.signedByOwner === true;
      }),
    );
    return signed.includes(true);
  };
  return {
    recovery: createRecovery({ ...options, hasOtherSession }),
    verifications: createVerifications(options),
    devices: createDevices(options),
    policy: createSource<OrganisationPolicy | undefined>(undefined),
    person: (userId) => options.people.open(userId),
  };
}

export { createPeopleWatch } from './people.ts';
export { createRoomPeople, shareWithSeenPeople } from './room-people.ts';
