/**
 * Sessions and the trust in people over one client, put together with recovery and verification. Loaded beside the SDK's crypto
 * chunk; may import the SDK, crypto/ (the rules), `recovery/`, `verification/` and the small files of engine/. These two know
 * nothing of each other. What reaches inside of the SDK's crypto is `machine.ts`, where something is asked of it, and what
 * `wrapped-crypto.ts` lists, which wraps its steps.
 */
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import type { RoomMarks } from '../../crypto/room-marks.ts';
import type { VerifiedLedger } from '../../crypto/verified-ledger.ts';
import type { Devices, OwnDevice, TrustOfSession, Verifications } from '../../trust-types.ts';
import type { Person } from '../../types.ts';
import { saveKeysSoon } from '../machine.ts';
import { createRecovery } from '../recovery/recovery.ts';
import type { RecoveryOptions } from '../recovery/recovery-options.ts';
import { createUnfinished } from '../verification/unfinished.ts';
import type { VerificationOptions } from '../verification/verification-ask.ts';
import { createVerifications } from '../verification/verifications.ts';
import { createDevices } from './devices.ts';
import { createPeopleWatch, type PeopleWatch } from './people.ts';
import { createPolicy, isForVerified, type PolicyOptions, ruleFor } from './policy.ts';
import { createRoomPeople, type RoomPeople } from './room-people.ts';
import type { WrappedCrypto } from './wrapped-crypto.ts';

/** Opens it all. */
export function createTrust(
  options: Omit<RecoveryOptions, 'hasOtherSession'> &
    Omit<VerificationOptions, 'onVerified'> &
    Pick<WrappedCrypto, 'turns'> & { people: PeopleWatch; policy: TrustOfSession['policy'] },
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
  const onVerified = (userId: string) => void options.people.verified(userId);
  const unfinished = createUnfinished(options, options.platform.storage, `${options.name}:verifying`);
  const { promise: synced, resolve: nowSynced } = Promise.withResolvers<void>();
  options.status.subscribe(() => {
    if (!options.status.get().isSynced) return;
    nowSynced();
    void unfinished.end();
  });
  const verifications = createVerifications({ ...options, synced, onVerified }, unfinished.note);
  const devices = createDevices(options);
  acknowledgeCompared(verifications, devices);
  return {
    recovery: createRecovery({ ...options, hasOtherSession }),
    verifications,
    devices,
    policy: options.policy,
    person: (userId) => options.people.open(userId),
  };
}

/** Watches what is known of people, and what the organisation says; both make what is said of a room. */
export function watchTrust(
  options: Omit<PolicyOptions, 'key'> & {
    name: string;
    client: MatrixClient;
    crypto: CryptoApi;
    verifiedOnly: RoomMarks;
    verified: VerifiedLedger;
    isEncrypted(room: Room): boolean;
    isDirect(room: Room): boolean;
    personOf(userId: string): Person;
    onChange(): void;
  },
): RoomPeople & { people: PeopleWatch; policy: TrustOfSession['policy'] } {
  const { onChange, isDirect, name } = options;
  const people = createPeopleWatch({ ...options, onPeopleChange: onChange });
  const policy = createPolicy({ ...options, key: `${name}:policy` });
  policy.subscribe(onChange);
  const rules = {
    ruleOf: (room: Room) => ruleFor(room, policy.get(), isDirect(room)),
    isForVerified: (room: Room) => isForVerified(room, policy.get(), isDirect(room)),
  };
  return { people, policy, ...createRoomPeople({ ...options, ...rules, people }) };
}

/**
 * Who compared a new session with this one needn't be asked whether it was them, as long as it is the one that was compared
 * and so signed: another login may have taken its id, and its keys, since.
 */
function acknowledgeCompared(verifications: Verifications, { newLogins, acknowledge, refresh }: Devices): void {
  const compared = new Map<string, OwnDevice | undefined>();
  const look = () => {
    for (const login of newLogins.get()) {
      const before = compared.get(login.deviceId);
      if (login.isSigned && before && before.loggedInMs === login.loggedInMs) acknowledge(login);
    }
  };
  verifications.subscribe(() => {
    for (const { isOwnSession, phase, deviceId } of verifications.get()) {
      if (!isOwnSession || phase.kind !== 'done' || deviceId === undefined || compared.has(deviceId)) continue;
      compared.set(
        deviceId,
        newLogins.get().find((login) => login.deviceId === deviceId),
      );
      look();
      refresh().catch(() => {});
    }
  });
  newLogins.subscribe(look);
}

export { shareWithSeenPeople } from './room-people.ts';
export { wrapCrypto } from './wrapped-crypto.ts';
