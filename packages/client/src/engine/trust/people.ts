import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { type CryptoApi, CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { VerifiedLedger } from '../../crypto/verified-ledger.ts';
import { createRunner, createSource, isSameData } from '../../observable.ts';
import type { ChangedIdentity, DeviceInfo, IdentityState, PersonHandle, PersonTrust } from '../../trust-types.ts';
import { type Person, ProblemError } from '../../types.ts';
import { machineOf, type SeenIdentity } from '../machine.ts';
import { guarded } from '../sdk-problems.ts';

/** What is known of people's identities, kept up to date. */
export interface PeopleWatch {
  /** What was found out; undefined until it was, which `onChange` tells. */
  known(userId: string): { identity: IdentityState; hasUnsignedSession: boolean } | undefined;
  open(userId: string): PersonHandle;
  /** Somebody was verified just now: asks for their identity until the server tells it with our signature. Never rejects. */
  verified(userId: string): Promise<void>;
}

export interface PeopleOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  /** Who was verified, and by which of our keys. */
  verified: VerifiedLedger;
  personOf(userId: string): Person;
  /** Something about people changed. */
  onPeopleChange(): void;
}

/** The signature of a person's identity may still be on its way when the other side is done. */
const signatureAttempts = 4;
const signatureWaitMs = 250;

type Known = Pick<PersonTrust, 'identity' | 'devices'>;

/** Watches the identities of those who were asked for. */
export function createPeopleWatch(options: PeopleOptions): PeopleWatch {
  const { client, crypto, personOf, onPeopleChange } = options;
  const ownUserId = client.getSafeUserId();
  const found = new Map<string, Known>();
  const loading = new Map<string, () => Promise<void>>();
  const listeners = new Map<string, Set<() => void>>();

  /** Looks at somebody; and once more where that is under way, since what changed may have been passed already. */
  function load(userId: string): Promise<void> {
    const again = loading.get(userId);
    if (again) return again();
    const run = createRunner(() => look(userId));
    loading.set(userId, run);
    return run().finally(() => loading.delete(userId));
  }

  async function look(userId: string): Promise<void> {
    const next = await ask(userId, options).catch(() => undefined);
    if (!next || isSameData(next, found.get(userId))) return;
    found.set(userId, next);
    for (const listener of listeners.get(userId) ?? []) listener();
    onPeopleChange();
  }

  const all = () => new Set([...found.keys(), ...loading.keys()]);
  const again = (userIds: Iterable<string>) => {
    for (const userId of userIds) if (found.has(userId) || loading.has(userId)) void load(userId);
  };
  // Who was verified was verified by the identity that one had.
  client.on(CryptoEvent.UserTrustStatusChanged, (userId) => again(userId === ownUserId ? all() : [userId]));
  client.on(CryptoEvent.KeysChanged, () => again(all()));
  client.on(CryptoEvent.DevicesUpdated, again);

  return {
    known(userId) {
      const known = found.get(userId);
      if (!known && !loading.has(userId)) void load(userId);
      return known && { identity: known.identity, hasUnsignedSession: known.devices.some(({ isSigned }) => !isSigned) };
    },
    async verified(userId) {
      for (let attempt = 1; attempt <= signatureAttempts; attempt++) {
        await machineOf(crypto)
          .lookUp([userId])
          .catch(() => {});
        await load(userId);
        if (found.get(userId)?.identity.kind === 'verified') return;
        await new Promise((resolve) => setTimeout(resolve, attempt * signatureWaitMs));
      }
    },
    open(userId) {
      const nothing: Known = { identity: { kind: 'unknown' }, devices: [] };
      const shown = createSource<PersonTrust>({ ...personOf(userId), ...(found.get(userId) ?? nothing) });
      const renew = () => shown.set({ ...personOf(userId), ...(found.get(userId) ?? nothing) });
      const own = listeners.get(userId) ?? new Set();
      listeners.set(userId, own.add(renew));
      // Somebody whom nobody shares a room with isn't followed by the machine: asked for when looked at.
      void machineOf(crypto)
        .lookUp([userId])
        .then(
          () => load(userId),
          () => load(userId),
        );
      const acts = guarded({
        async acceptNewIdentity(shown: ChangedIdentity) {
          const isAccepted = await accept(crypto, userId, shown);
          await load(userId);
          needSame(isAccepted);
        },
        async verifyByHand(deviceId: string, fingerprint: string) {
          needSame(await machineOf(crypto).markDevice({ userId, deviceId, fingerprint }));
          await load(userId);
        },
      });
      return { get: shown.get, subscribe: shown.subscribe, ...acts, close: () => own.delete(renew) };
    },
  };
}

async function ask(userId: string, options: PeopleOptions): Promise<Known> {
  return { identity: await identityOf(userId, options), devices: await devicesOf(options.crypto, userId) };
}

async function identityOf(userId: string, options: PeopleOptions): Promise<IdentityState> {
  const { client, crypto, verified } = options;
  const machine = machineOf(crypto);
  const seen = await machine.identityOf(userId);
  if (!seen) return { kind: 'unknown' };
  const { theirs, ours, isVerified, wasVerified } = seen;
  if (ours !== undefined && isVerified) verified.note(userId, { theirs, ours });
  const isOwnLoss = ours !== undefined && wasVerified && !isVerified && verified.isOwnLoss(userId, { theirs, ours });
  if (!isOwnLoss) return stateOf(seen);
  // As in the session that reset it: nothing waits for people who didn't change. Not on the word of a server that made our
  // new identity up, which this session never comes to trust.
  const own = await crypto.getUserVerificationStatus(client.getSafeUserId());
  if (!own.isVerified() || (await machine.withdrawVerification(userId, theirs))) return { kind: 'pinned' };
  return identityOf(userId, options);
}

/** Takes the identity that was shown for theirs; false where something else is to be decided on by now. */
async function accept(
  crypto: CryptoApi,
  userId: string,
  { masterKey, wasVerified }: ChangedIdentity,
): Promise<boolean> {
  const machine = machineOf(crypto);
  const seen = await machine.identityOf(userId);
  if (!seen || !isReplaced(seen) || seen.wasVerified !== wasVerified) return false;
  return wasVerified ? machine.withdrawVerification(userId, masterKey) : machine.pinIdentity(userId, masterKey);
}

/** A device of somebody's, without what the server alone says about it. */
export async function devicesOf(crypto: CryptoApi, userId: string): Promise<DeviceInfo[]> {
  const devices = (await crypto.getUserDeviceInfo([userId])).get(userId) ?? new Map<string, never>();
  const all = await Promise.all(
    [...devices.values()].map(async (device) => {
      const status = await crypto.getDeviceVerificationStatus(userId, device.deviceId);
      const fingerprint = device.getFingerprint();
      return {
        deviceId: device.deviceId,
        name: device.displayName ?? device.deviceId,
        ...(fingerprint && { fingerprint: inGroups(fingerprint) }),
        isSigned: status?.signedByOwner === true,
        isVerifiedByHand: status?.localVerified === true,
        isAsleep: device.dehydrated,
      };
    }),
  );
  // The sleeping device is no session of anybody's, as long as its owner has signed it.
  return all.filter(({ isAsleep, isSigned }) => !isAsleep || !isSigned).map(({ isAsleep: _, ...device }) => device);
}

function stateOf(seen: SeenIdentity): IdentityState {
  const { theirs, isVerified, wasVerified } = seen;
  if (isVerified) return { kind: 'verified' };
  return isReplaced(seen) ? { kind: 'changed', wasVerified, masterKey: theirs } : { kind: 'pinned' };
}

/** As `isChanged`, of what the machine says. */
function isReplaced(seen: SeenIdentity): boolean {
  return seen.isReplaced || (seen.wasVerified && !seen.isVerified);
}

/** Throws `changed-meanwhile` where it isn't what was compared any more. */
export function needSame(isSame: boolean): void {
  if (!isSame) throw new ProblemError({ kind: 'changed-meanwhile' });
}

/** A fingerprint as it is compared by hand. */
export function inGroups(fingerprint: string): string {
  return fingerprint.match(/.{1,4}/g)?.join(' ') ?? fingerprint;
}
