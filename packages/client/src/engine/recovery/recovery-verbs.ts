import { CryptoEvent, type StartDehydrationOpts } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import { backupSecret, identitySecrets } from '../../crypto/storage-rules.ts';
import type {
  KeyCounts,
  LongWork,
  Losses,
  NewRecovery,
  Recovery,
  RecoveryChoice,
  RecoveryState,
} from '../../trust-types.ts';
import { type Observable, type Person, ProblemError } from '../../types.ts';
import type { Machine } from '../machine.ts';
import { askWithPassword, askWithTyped } from '../own-identity.ts';
import { isOfRequest } from '../sdk-problems.ts';
import { inTime, within } from '../within.ts';
import { askBackup, type BackupWatch, makeBackup } from './backup.ts';
import type { Sleeper } from './dehydration.ts';
import { exportKeys, importKeys } from './key-file.ts';
import type { LendKeyWork } from './key-threads.ts';
import { throwIfStopped } from './long-work.ts';
import { generatePassword, passwordStrength } from './passwords.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import { createRestore } from './restore-backup.ts';
import { type LentKey, makeKey, type SecretStore } from './secret-store.ts';

type Verbs = Omit<Recovery, keyof Observable<unknown>>;

export interface VerbOptions extends RecoveryOptions {
  state: Observable<RecoveryState>;
  store: SecretStore;
  machine: Machine;
  sleeper: Sleeper;
  backup: BackupWatch;
  lendKeyWork: LendKeyWork;
  renew(): Promise<void>;
}

const keyIdBytes = 24;
const signingTimeoutMs = 10_000;
const sleeperTimeoutMs = 5000;
/** How long a new key may wait for what is asked of the server before anything is replaced. */
export const askingMs = 20_000;
/** How long a new key that is in force may wait before it is shown. */
const followingMs = 5000;

/** The verbs of recovery. What they throw is put into a person's terms by the caller. */
export function createRecoveryVerbs(options: VerbOptions): Verbs {
  const { client, store, backup, lendKeyWork, renew, platform } = options;
  const known = [client.getSafeUserId(), client.getDomain() ?? '', 'sotto', 'matrix'];
  const opens = (typed: string) => store.keyFrom(typed);
  const restore = createRestore(options);
  return {
    async setUp(choice) {
      if (store.defaultKeyId() !== undefined) throw new ProblemError({ kind: 'forbidden' });
      return makeStorage(options, choice);
    },
    async change(choice) {
      return makeStorage(options, choice);
    },
    async confirm(typed) {
      const taken = await store.takeUp(typed);
      if (taken) await within(follow(options, taken), followingMs);
      else await opens(typed);
      await store.noteSaved();
      await renew();
    },
    unlock: (typed, work) => unlock(options, typed, work),
    async check(typed) {
      const key = await opens(typed);
      const secrets = await Promise.all([...identitySecrets].map((type) => store.open(type, key))).catch(broken);
      if (secrets.some((secret) => secret === '')) throw new ProblemError({ kind: 'recovery-broken' });
      return { opensBackup: await opensBackup(options, key) };
    },
    async restoreAll(work) {
      const result = await restore(work);
      await backup.count();
      return result;
    },
    countKeys: () => countKeys(options),
    lossesOfLogOut: () => losses(options),
    async lossesOfReset() {
      const verified = await verifiedPeople(options);
      return { ...(await losses(options)), verifiedPeople: verified.map(({ person }) => person) };
    },
    resetIdentity: (password) => resetIdentity(options, password),
    saveAll: (work) => saveAll(options, work),
    generatePassword: () => generatePassword(platform.randomBytes),
    passwordStrength: (password) => passwordStrength(password, known),
    exportKeys: (passphrase, work) => exportKeys(lendKeyWork, { passphrase, randomBytes: platform.randomBytes, work }),
    async importKeys(file, passphrase, work) {
      const result = await importKeys(lendKeyWork, { file, passphrase, work });
      await backup.count();
      return result;
    },
  };
}

async function countKeys({ client, machine }: VerbOptions): Promise<KeyCounts> {
  const [info, { total }] = await Promise.all([askBackup(client), machine.keyCounts()]);
  if (!info) throw new ProblemError({ kind: 'forbidden' });
  return { inBackup: info.count ?? 0, here: total };
}

function broken(error: unknown): never {
  throw new ProblemError({ kind: 'recovery-broken' }, error);
}

/**
 * A new storage with all that this session holds. What was there before is replaced as the last step: whatever fails or hangs
 * until then leaves the old key in force, and from there on nothing keeps the new one from the person.
 */
async function makeStorage(options: VerbOptions, choice: RecoveryChoice): Promise<NewRecovery> {
  const { crypto, store, backup, platform } = options;
  await refuseWeak(options, choice);
  const cannot = () => {
    throw new ProblemError({ kind: 'encryption-not-ready' });
  };
  if (!options.status.get().isOwnDeviceSigned) cannot();
  const late = new AbortController();
  const ensuring = backup.inTurn(() => ensureBackup(options, choice, late.signal));
  await inTime(ensuring, askingMs).finally(() => late.abort());
  const bundle = await crypto.exportSecretsBundle?.();
  if (!bundle?.backup) return cannot();
  const { master_key, self_signing_key, user_signing_key } = bundle.cross_signing;
  const secrets = new Map([
    [identitySecrets[0], master_key],
    [identitySecrets[1], self_signing_key],
    [identitySecrets[2], user_signing_key],
    [backupSecret as string, bundle.backup.key],
  ]);
  const keyId = Array.from(platform.randomBytes(keyIdBytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const { made, recoveryKey } = await makeKey(crypto, choice, keyId);
  const isInForce = await store.replace(secrets, made);
  if (isInForce) await within(follow(options, made), followingMs);
  return { ...(recoveryKey !== undefined && { recoveryKey }), ...(!isInForce && { isUnanswered: true }) };
}

/** What follows a new key that is in force. Never rejects; what wasn't removed of the old one goes after the next start. */
async function follow(options: VerbOptions, key: LentKey): Promise<void> {
  const { store, machine, backup, renew } = options;
  await store.dropReplaced().catch(() => {});
  await layDown(options, key, { createNewKey: true, rehydrate: false });
  await machine.saveKeys().catch(() => {});
  await backup.look();
  await renew();
}

/**
 * The sleeping device, an addition, waited for a short while alone: a request that is never answered must not keep a new key
 * from the person whose old one is gone already. It keeps the key for as long as it goes on.
 */
async function layDown({ secretKeys, sleeper }: VerbOptions, key: LentKey, how: StartDehydrationOpts): Promise<void> {
  await within(
    secretKeys.during(key, () => sleeper.dehydrate(how)),
    sleeperTimeoutMs,
  );
}

/**
 * Compared in memory alone, while the account password is known: asking the server would tell it the encryption
 * password. Where it isn't known, `told-password.ts` says it as soon as it is.
 */
async function refuseWeak({ toldPassword }: VerbOptions, { withKey, withPassword }: RecoveryChoice): Promise<void> {
  if (withPassword === undefined) {
    if (!withKey) throw new ProblemError({ kind: 'forbidden' });
    return;
  }
  if (withPassword === toldPassword.get()) throw new ProblemError({ kind: 'same-as-account' });
  const { isAccepted } = await passwordStrength(withPassword, []);
  if (!isAccepted) throw new ProblemError({ kind: 'weak-password' });
}

/**
 * A backup whose key this session holds: the one that there is, or a new one. A new one is not made unasked in the place of one
 * whose key lies in the storage that is to be replaced: with it the way into that backup would go. Nor is one begun that comes
 * too `late`, since the person was told so and may ask again.
 */
async function ensureBackup(
  options: VerbOptions,
  { leaveBackup = false }: RecoveryChoice,
  late: AbortSignal,
): Promise<void> {
  const { client, crypto, machine, backup, store } = options;
  late.throwIfAborted();
  const info = await askBackup(client);
  const trust = info && (await crypto.isKeyBackupTrusted(info));
  if (!trust?.matchesDecryptionKey) {
    const isLeft = (info?.count ?? 0) > 0 && store.isStored(backupSecret);
    if (isLeft && !leaveBackup) throw new ProblemError({ kind: 'closed-backup' });
    late.throwIfAborted();
    backup.forget();
    const seal = store.sealOf(backupSecret);
    await makeBackup(
      { client, crypto, machine },
      machine.newBackupKey(),
      () => seal !== undefined && backup.noteMade(seal),
    );
    await machine.shareBackupKey();
  } else if ((await crypto.getActiveSessionBackupVersion()) === null) await crypto.checkKeyBackupAndEnable();
}

/** Signs this session and opens the backup. Nothing is changed before every secret was opened. */
async function unlock(options: VerbOptions, typed: string, { signal }: LongWork = {}): Promise<void> {
  const { client, crypto, store, secretKeys, backup, renew } = options;
  const bytes = await store.keyFrom(typed);
  const keyId = store.defaultKeyId() ?? '';
  for (const type of identitySecrets) await store.open(type, bytes).catch(broken);
  throwIfStopped(signal);
  // So that the keys are compared with the identity that the server publishes: one that it made up is refused here.
  if (!(await crypto.userHasCrossSigningKeys(client.getSafeUserId(), true))) broken(undefined);
  await secretKeys.during({ keyId, bytes }, async () => {
    await crypto
      .bootstrapCrossSigning({ authUploadDeviceSigningKeys: async () => broken(undefined) })
      .catch(netOrBroken);
    const isSigned = await within(signed(options), signingTimeoutMs);
    if (!isSigned) await crypto.crossSignDevice(client.getDeviceId() ?? '');
    // The SDK remembers that it couldn't ask for the backup, and wouldn't ask again by itself.
    await crypto.checkKeyBackupAndEnable().catch(() => {});
    // A backup that can't be opened is told by the state; the session is signed all the same.
    await crypto.loadSessionBackupPrivateKeyFromSecretStorage().catch(() => {});
  });
  await layDown(options, { keyId, bytes }, {});
  await options.renewSigned();
  await backup.look();
  await renew();
}

function netOrBroken(error: unknown): never {
  if (isOfRequest(error)) throw error;
  broken(error);
}

/** Waits until this session counts as signed. */
async function signed({ status, renewSigned }: VerbOptions): Promise<true> {
  await renewSigned();
  const { promise, resolve } = Promise.withResolvers<true>();
  const look = () => status.get().isOwnDeviceSigned && resolve(true);
  const end = status.subscribe(look);
  look();
  return promise.finally(end);
}

async function opensBackup({ client, store, machine }: VerbOptions, key: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const info = await askBackup(client);
  if (!info) return false;
  try {
    const secret = await store.open(backupSecret, key);
    const opened = await machine.openBackup(
      info,
      Uint8Array.from(atob(secret), (char) => char.charCodeAt(0)),
    );
    opened.free();
    return true;
  } catch {
    return false;
  }
}

async function losses(options: VerbOptions): Promise<Losses> {
  const { machine, state } = options;
  const counts = await machine.keyCounts().catch(() => undefined);
  const recovery = state.get();
  const isBackedUp = 'backup' in recovery && recovery.backup.kind !== 'off';
  return {
    unsavedKeys: counts && (isBackedUp ? counts.total - counts.backedUp : counts.total),
    hasSavedRecovery: recovery.kind === 'ready',
    hasOtherSession: await options.hasOtherSession(),
    verifiedPeople: [],
  };
}

/** Who is verified, and the master key that was. */
async function verifiedPeople({ client, machine }: VerbOptions): Promise<{ person: Person; theirs: string }[]> {
  const own = client.getSafeUserId();
  const members = client.getRooms().flatMap((room) => room.getJoinedMembers());
  const names = new Map(members.map(({ userId, name }) => [userId, name]));
  const people = await Promise.all(
    [...names].map(async ([userId, displayName]) => {
      const identity = userId === own ? undefined : await machine.identityOf(userId);
      return identity?.isVerified ? [{ person: { userId, displayName }, theirs: identity.theirs }] : [];
    }),
  );
  return people.flat();
}

/** Waits until the machine has saved every key. */
async function saveAll({ client, crypto, machine }: VerbOptions, { onProgress, signal }: LongWork = {}): Promise<void> {
  if ((await crypto.getActiveSessionBackupVersion()) === null) throw new ProblemError({ kind: 'forbidden' });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = async () => {
    const { total, backedUp } = await machine.keyCounts();
    onProgress?.({ done: backedUp, total });
    if (backedUp >= total) resolve();
  };
  const renew = () => void look().catch(reject);
  const stop = () => reject(new ProblemError({ kind: 'cancelled' }));
  signal?.addEventListener('abort', stop);
  client.on(CryptoEvent.KeyBackupSessionsRemaining, renew);
  if (signal?.aborted) stop();
  renew();
  await machine.saveKeys();
  await promise.finally(() => {
    client.off(CryptoEvent.KeyBackupSessionsRemaining, renew);
    signal?.removeEventListener('abort', stop);
  });
}

/** A new identity. The password is asked for by a request that changes nothing, before anything is deleted. */
async function resetIdentity(options: VerbOptions, password: string): Promise<void> {
  const { client, crypto, store, machine, identityTurn, backup, renew } = options;
  const userId = client.getSafeUserId();
  const verified = await verifiedPeople(options);
  await askWithTyped(
    (auth) =>
      client.http.authedRequest(Method.Post, '/delete_devices', undefined, { devices: [], ...(auth && { auth }) }),
    { userId, password, toldPassword: options.toldPassword },
  );
  backup.forget();
  const reset = () =>
    identityTurn.make((published) =>
      crypto.resetEncryption((request) => askWithPassword(request, { userId, password }).then(published)),
    );
  await backup.inTurn(() => store.inTurn(reset));
  // It is our own signature that went: nothing is to wait for those who didn't change. Not for who did since they were
  // listed: the server had all the time of its answers to put another key in place of theirs.
  for (const { person, theirs } of verified) await machine.withdrawVerification(person.userId, theirs);
  await options.renewSigned();
  await backup.look();
  await renew();
}
