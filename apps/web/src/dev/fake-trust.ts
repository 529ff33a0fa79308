/** The trust half of a scripted session: states to look at, and verbs that change them. A typed "wrong" is wrong. */

import { createSource } from '@sotto/client/observable.ts';
import type {
  ChangedIdentity,
  DeviceInfo,
  IdentityState,
  Losses,
  OrganisationPolicy,
  OwnDevice,
  PersonTrust,
  RecoveryState,
  RoomTrust,
  TrustOfSession,
  VerificationPhase,
  VerificationRequest,
} from '@sotto/client/trust-types.ts';
import { type Problem, ProblemError } from '@sotto/client/types.ts';
import { shownCode } from './fake-camera.ts';
import { elif, fingerprintOf, jonas, lena, mira, people } from './fake-world.ts';

export interface FakeTrustOptions {
  recovery?: RecoveryState;
  verification?: Partial<VerificationRequest> & { phase: VerificationPhase };
  /** Sessions of Lena's own; by default a laptop and a phone. */
  newLogin?: boolean;
  identity?: IdentityState;
  losses?: Partial<Losses>;
  /** What the first room says of those in it. */
  room?: RoomTrust;
  /** What the organisation says; nothing by default. */
  policy?: OrganisationPolicy;
  /** A restore goes on for ever at this number of keys. */
  restoringAt?: number;
  /** A change would leave a backup behind that was never opened here. */
  isBackupClosed?: boolean;
  /** A new key is made, and the server doesn't say that it is in force. */
  isUnanswered?: boolean;
}

const key = 'EsTv 8c2K 5mQr Yw9Z 3hLp XeTg 7nDa Jf4U s6Bo VkRi 2xMt Wq1C';
const words = 'harbour velvet onion ladder quartz mitten saddle';
const ready: RecoveryState = { kind: 'ready', ways: { key: true, password: false }, backup: { kind: 'saved' } };
const wrong = (kind: Problem['kind']) => new ProblemError({ kind });

type Answer = <T>(value: T) => Promise<T>;

export function createFakeTrust(answer: Answer, now: () => number, options: FakeTrustOptions = {}): TrustOfSession {
  return {
    recovery: fakeRecovery(answer, options),
    verifications: fakeVerifications(answer, options),
    devices: fakeDevices(answer, now, options),
    policy: createSource(options.policy),
    person: (userId) => fakePerson(userId, answer, options),
  };
}

function fakeRecovery(
  answer: Answer,
  { recovery = ready, losses, restoringAt, isBackupClosed = false, isUnanswered = false }: FakeTrustOptions,
) {
  const state = createSource<RecoveryState>(recovery);
  const checked = async (typed: string, kind: Problem['kind'] = 'wrong-key') => {
    await answer(undefined);
    if (typed.startsWith('wrong')) throw wrong(kind);
  };
  let isClosed = isBackupClosed;
  const make = async (choice: { withKey: boolean; withPassword?: string; leaveBackup?: boolean }) => {
    await checked(choice.withPassword ?? '', 'same-as-account');
    if (isClosed && !choice.leaveBackup) throw wrong('closed-backup');
    const ways = { key: choice.withKey, password: choice.withPassword !== undefined };
    state.set({ kind: 'unsaved', ways, backup: { kind: 'saved' } });
    return { ...(choice.withKey && { recoveryKey: key }), isUnanswered };
  };
  const cost: Losses = {
    unsavedKeys: 0,
    hasSavedRecovery: true,
    hasOtherSession: true,
    verifiedPeople: [mira, elif],
    ...losses,
  };
  const toReady = () => state.set(ready);
  return {
    ...state,
    setUp: make,
    change: make,
    confirm: (typed: string) => checked(typed).then(toReady),
    async unlock(typed: string) {
      await checked(typed);
      isClosed = false;
      toReady();
    },
    restoreAll: fakeRestore(restoringAt),
    countKeys: () => answer({ inBackup: 9120, here: restoringAt ?? 9120 }),
    check: (typed: string) => checked(typed).then(() => ({ opensBackup: true })),
    lossesOfReset: () => answer(cost),
    resetIdentity: (password: string) =>
      checked(password, 'wrong-credentials').then(() => state.set({ kind: 'not-set-up', backup: { kind: 'off' } })),
    lossesOfLogOut: () => answer(cost),
    saveAll: () => answer(undefined),
    generatePassword: () => answer(words),
    passwordStrength: (password: string) => {
      const score = Math.min(4, Math.floor(password.length / 5)) as 0 | 1 | 2 | 3 | 4;
      return answer({ score, guessesLog10: score * 5, isAccepted: score > 2 });
    },
    exportKeys: () => answer(new Blob(['keys'])),
    importKeys: (_file: unknown, passphrase: string) => checked(passphrase).then(() => ({ imported: 1204, failed: 0 })),
  };
}

/** Ends at once, or stands still until it is stopped. */
function fakeRestore(at: number | undefined): TrustOfSession['recovery']['restoreAll'] {
  return (work) =>
    new Promise((resolve, reject) => {
      work?.onProgress?.({ done: at ?? 9120, total: 9120 });
      if (at === undefined) return resolve({ imported: 9120, failed: 0 });
      work?.signal?.addEventListener('abort', () => reject(wrong('cancelled')));
    });
}

function fakeVerifications(answer: Answer, { verification }: FakeTrustOptions): TrustOfSession['verifications'] {
  const first = {
    id: 'v1',
    other: elif,
    isOwnSession: false,
    isIncoming: false,
    isAfterChange: false,
    roomId: '!elif:x',
  };
  const list = createSource<readonly VerificationRequest[]>(verification ? [{ ...first, ...verification }] : []);
  const to = (phase: VerificationPhase) => async () => {
    await answer(undefined);
    list.set(list.get().map((request) => ({ ...request, phase })));
  };
  const emoji = { kind: 'emoji', ids: [10, 53, 17, 24, 61, 43, 44], decimals: [1870, 4032, 7291] } as const;
  return {
    ...list,
    async request({ userId, deviceId }) {
      const other = people.find((person) => person.userId === userId) ?? lena;
      const isOwnSession = other === lena;
      const own = deviceId === undefined ? {} : { deviceId };
      list.set([{ ...first, other, isOwnSession, ...own, phase: { kind: 'waiting', for: 'answer' } }]);
      return 'v1';
    },
    accept: to({ kind: 'choosing', canEmoji: true, canScan: true, qr: shownCode }),
    decline: to({ kind: 'cancelled', by: 'us', why: 'declined' }),
    startEmoji: to(emoji),
    async scan(_id, bytes) {
      const text = new TextDecoder().decode(bytes);
      if (!text.startsWith('MATRIX')) throw wrong('unreadable-code');
      if (!text.endsWith('wrong')) return to({ kind: 'waiting', for: 'confirmation' })();
      await to({ kind: 'cancelled', by: 'us', why: 'failed' })();
      throw wrong('wrong-code');
    },
    confirm: to({ kind: 'done' }),
    mismatch: to({ kind: 'cancelled', by: 'us', why: 'mismatch' }),
    cancel: to({ kind: 'cancelled', by: 'us', why: 'declined' }),
    dismiss: (id) => list.set(list.get().filter((request) => request.id !== id)),
  };
}

function deviceOf(deviceId: string, name: string, isSigned: boolean): DeviceInfo {
  return { deviceId, name, fingerprint: fingerprintOf(deviceId), isSigned, isVerifiedByHand: false };
}

function fakeDevices(answer: Answer, now: () => number, { newLogin }: FakeTrustOptions): TrustOfSession['devices'] {
  const seen = (ago: number) => ({ lastSeenMs: now() - ago, lastSeenIp: '203.0.113.7' });
  const fresh: OwnDevice = { ...deviceOf('NEWLOGIN01', 'Firefox on Windows', false), isThis: false, ...seen(240_000) };
  const devices = createSource<readonly OwnDevice[]>([
    { ...deviceOf('HJKLQWERTZ', 'Sotto on the laptop', true), isThis: true, ...seen(0) },
    { ...deviceOf('PHONEPHONE', 'Sotto on the phone', true), isThis: false, ...seen(3_600_000) },
    { ...deviceOf('OLDTABLET1', 'An old tablet', false), isThis: false, ...seen(40 * 86_400_000) },
    ...(newLogin ? [fresh] : []),
  ]);
  const newLogins = createSource<readonly OwnDevice[]>(newLogin ? [fresh] : []);
  const guarded = async (password: string, keep: (device: OwnDevice) => boolean) => {
    await answer(undefined);
    if (password.startsWith('wrong')) throw wrong('wrong-credentials');
    devices.set(devices.get().filter(keep));
  };
  return {
    ...devices,
    newLogins,
    refresh: () => answer(undefined),
    rename: async (deviceId, name) => {
      await answer(undefined);
      devices.set(devices.get().map((device) => (device.deviceId === deviceId ? { ...device, name } : device)));
    },
    signOut: (deviceId, password) => guarded(password, (device) => device.deviceId !== deviceId),
    signOutOthers: (password) => guarded(password, (device) => device.isThis),
    acknowledge: () => newLogins.set([]),
    verifyByHand: () => answer(undefined),
  };
}

function fakePerson(
  userId: string,
  answer: Answer,
  { identity }: FakeTrustOptions,
): ReturnType<TrustOfSession['person']> {
  const person = people.find((each) => each.userId === userId) ?? lena;
  const known: IdentityState = person === mira ? { kind: 'verified' } : { kind: 'pinned' };
  const trust = createSource<PersonTrust>({
    ...person,
    identity: identity ?? known,
    devices: [
      deviceOf(`${person.displayName.slice(0, 4).toUpperCase()}PHONE`, 'Phone', true),
      ...(person === jonas || identity ? [deviceOf('BORROWED01', 'Borrowed laptop', false)] : []),
    ],
  });
  const pin = async () => {
    await answer(undefined);
    trust.set({ ...trust.get(), identity: { kind: 'pinned' } });
  };
  const mark = async (deviceId: string) => {
    await answer(undefined);
    const devices = trust.get().devices;
    trust.set({
      ...trust.get(),
      devices: devices.map((each) => (each.deviceId === deviceId ? { ...each, isVerifiedByHand: true } : each)),
    });
  };
  const accept = async ({ masterKey }: ChangedIdentity) => {
    await pin();
    if (masterKey === 'replaced') throw wrong('changed-meanwhile');
  };
  return { ...trust, acceptNewIdentity: accept, verifyByHand: mark, close() {} };
}
