import {
  BackupDecryptionKey,
  DeviceId,
  DeviceLists,
  LocalTrust,
  type OlmMachine,
  QrCodeScan,
  RequestType,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { decodeBase64, encodeBase64 } from 'matrix-js-sdk/lib/base64.js';
import type { BackupDecryptor } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import type { CryptoApi, KeyBackupInfo } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { VerificationRequest } from 'matrix-js-sdk/lib/crypto-api/verification.js';
import { RustBackupManager } from 'matrix-js-sdk/lib/rust-crypto/backup.js';

/** What is asked of the crypto machine and the SDK has no public way to. What wraps its steps is listed in `trust/wrapped-crypto.ts`. */
export interface Machine {
  /** How many message keys this device has, and how many of them are in the current backup. */
  keyCounts(): Promise<{ total: number; backedUp: number }>;
  /** A key for a new backup. */
  newBackupKey(): Uint8Array;
  /** Gives the backup's key to one's other sessions that are verified. Never rejects. */
  shareBackupKey(): Promise<void>;
  /** The description of a backup with this key, signed by the own identity, as `post` hands it to the server. */
  createBackupWith<T>(key: Uint8Array, post: (body: object) => Promise<T>): Promise<T>;
  /** Saves what isn't saved yet, without waiting for the next new key. */
  saveKeys(): Promise<void>;
  /** `listener` hears of keys that came into the store, which are then to be saved. */
  onNewKeys(listener: () => void): void;
  /** Asks the server for identities and devices of people, also of those with whom no room is shared. */
  lookUp(userIds: readonly string[]): Promise<void>;
  /** All sessions of somebody, as far as they were looked up. */
  devices(userId: string): Promise<string[]>;
  /** The sessions of somebody that their owner has signed, without one that sleeps; as far as they were looked up. */
  signedDevices(userId: string): Promise<string[]>;
  /**
   * A person's identity; undefined where there is none. The key and the word about it are of one look: a server that swaps
   * the key between two gets no wrong pair.
   */
  identityOf(userId: string): Promise<SeenIdentity | undefined>;
  /** Takes the identity with this master key for theirs; false where another one stands there by now. */
  pinIdentity(userId: string, theirs: string): Promise<boolean>;
  /**
   * Nothing waits for this person to be verified any more, as long as `theirs` is still their master key; false where it
   * isn't. Withdrawing pins what is there, and what is there by then may be what the server has put in its place.
   */
  withdrawVerification(userId: string, theirs: string): Promise<boolean>;
  /** Marks a session as compared by hand; false where its key isn't the one that was compared. */
  markDevice(compared: Compared): Promise<boolean>;
  /** Signs a session of one's own, and tells so; false as with `markDevice`. */
  signDevice(compared: Compared): Promise<boolean>;
  /**
   * Forgets verifications that are over. The machine does so with each sync; until then one that is done counts as going on,
   * and a new one with the same person is cancelled the moment it is begun (`insert_request` in matrix-sdk-crypto).
   */
  forgetEnded(): Promise<void>;
  /** Whether what was compared has arrived: the last steps and signatures were sent. Tries it once more. */
  hasSentVerifications(): Promise<boolean>;
  /** The device that sleeps on the server (MSC3814), in the steps that the SDK takes at once. */
  sleeper: {
    /** Keeps its key on this device, where the secret storage is open. False when there is none to be had. */
    rememberKey(): Promise<boolean>;
    /** Takes in what it was sent. Throws what the requests throw. */
    wake(): Promise<void>;
    /** Lays down no other one every week any more. */
    end(): void;
    /** From now on it is taken away without an error where that fails: at a reset the SDK doesn't listen for one. */
    letGoQuietly(): void;
  };
  openBackup(info: KeyBackupInfo, key: Uint8Array): Promise<BackupDecryptor>;
  /** The crypto module's machine itself. */
  olm(): OlmMachine;
  /** Tells who waits for them of keys that came into the store without the machine. */
  keysArrived(keys: readonly { roomId: string; sessionId: string }[]): void;
}

/** A session as it was compared: its Ed25519 key, in groups or not. */
export interface Compared {
  userId: string;
  deviceId: string;
  fingerprint: string;
}

/** An identity as the machine has it. */
export interface SeenIdentity {
  /** The master key. */
  theirs: string;
  /** The own key that signs people; undefined where one has no identity oneself. */
  ours: string | undefined;
  isVerified: boolean;
  /** Was verified once, and nobody has withdrawn it. */
  wasVerified: boolean;
  /** Another one was pinned before. */
  isReplaced: boolean;
}

interface Inside {
  getOlmMachineOrThrow(): OlmMachine;
  outgoingRequestsManager: { doProcessOutgoingRequests(): Promise<void> };
  outgoingRequestProcessor: { makeOutgoingRequest(request: object): Promise<void> };
  dehydratedDeviceManager: {
    getKey(create: boolean): Promise<object | null>;
    rehydrateDeviceIfAvailable(): Promise<boolean>;
    stop(): void;
    delete(): Promise<void>;
  };
  signObject(object: object): Promise<void>;
  pushSecretToVerifiedDevices(name: string): Promise<void>;
  getBackupDecryptor(info: KeyBackupInfo, key: Uint8Array): Promise<BackupDecryptor>;
  onRoomKeysUpdated(
    keys: { roomId: { toString(): string }; senderKey: { toBase64(): string }; sessionId: string }[],
  ): Promise<void>;
  backupManager: Pick<RustBackupManager, 'maybeUploadKey'>;
}

/** Reaches inside of the SDK's crypto. */
export function machineOf(crypto: CryptoApi): Machine {
  const inside = crypto as unknown as Inside;
  return {
    async keyCounts() {
      const { total, backedUp } = await inside.getOlmMachineOrThrow().roomKeyCounts();
      return { total, backedUp };
    },
    newBackupKey: () => decodeBase64(BackupDecryptionKey.createRandomKey().toBase64()),
    shareBackupKey: () => inside.pushSecretToVerifiedDevices('m.megolm_backup.v1').catch(() => {}),
    async createBackupWith(key, post) {
      const { publicKeyBase64, algorithm } = BackupDecryptionKey.fromBase64(encodeBase64(key)).megolmV1PublicKey;
      const authData = { public_key: publicKeyBase64 };
      await inside.signObject(authData);
      return post({ algorithm, auth_data: authData });
    },
    saveKeys: () => inside.backupManager.maybeUploadKey(),
    onNewKeys(listener) {
      const { backupManager } = inside;
      const save = backupManager.maybeUploadKey.bind(backupManager);
      // What the SDK calls at each new key.
      backupManager.maybeUploadKey = () => {
        listener();
        return save();
      };
    },
    async lookUp(userIds) {
      const users = [...new Set(userIds)].map((userId) => new UserId(userId));
      await inside.outgoingRequestProcessor.makeOutgoingRequest(inside.getOlmMachineOrThrow().queryKeysForUsers(users));
    },
    async devices(userId) {
      const devices = (await inside.getOlmMachineOrThrow().getUserDevices(new UserId(userId))).devices();
      return devices.map(({ deviceId }) => deviceId.toString());
    },
    async signedDevices(userId) {
      const devices = (await inside.getOlmMachineOrThrow().getUserDevices(new UserId(userId))).devices();
      return devices
        .filter((device) => device.isCrossSignedByOwner() && !device.isDehydrated)
        .map(({ deviceId }) => deviceId.toString());
    },
    async identityOf(userId) {
      const machine = inside.getOlmMachineOrThrow();
      const [person, own] = await Promise.all([
        machine.getIdentity(new UserId(userId)),
        machine.getIdentity(machine.userId),
      ]);
      const theirs = keyIn(person?.masterKey);
      if (!person || theirs === undefined) return undefined;
      return {
        theirs,
        ours: own && 'userSigningKey' in own ? keyIn(own.userSigningKey) : undefined,
        isVerified: person.isVerified(),
        wasVerified: person.wasPreviouslyVerified(),
        isReplaced: 'identityNeedsUserApproval' in person && person.identityNeedsUserApproval(),
      };
    },
    async pinIdentity(userId, theirs) {
      const person = await identityWith(inside.getOlmMachineOrThrow(), userId, theirs);
      if (!person || !('pinCurrentMasterKey' in person)) return false;
      await person.pinCurrentMasterKey();
      return true;
    },
    async withdrawVerification(userId, theirs) {
      const person = await identityWith(inside.getOlmMachineOrThrow(), userId, theirs);
      await person?.withdrawVerification();
      return person !== undefined;
    },
    async markDevice(compared) {
      const device = await deviceWith(inside.getOlmMachineOrThrow(), compared);
      await device?.setLocalTrust(LocalTrust.Verified);
      return device !== undefined;
    },
    async signDevice(compared) {
      const device = await deviceWith(inside.getOlmMachineOrThrow(), compared);
      if (device) await inside.outgoingRequestProcessor.makeOutgoingRequest(await device.verify());
      return device !== undefined;
    },
    async forgetEnded() {
      // An empty sync, of the kind that says nothing about one-time keys.
      await inside.getOlmMachineOrThrow().receiveSyncChangesMsc4186('[]', new DeviceLists(), new Map());
    },
    async hasSentVerifications() {
      await inside.outgoingRequestsManager.doProcessOutgoingRequests();
      const left = await inside.getOlmMachineOrThrow().outgoingRequests();
      return !left.some(({ type }) => ofVerification.has(type));
    },
    sleeper: {
      rememberKey: async () => (await inside.dehydratedDeviceManager.getKey(false)) !== null,
      wake: async () => void (await inside.dehydratedDeviceManager.rehydrateDeviceIfAvailable()),
      end: () => inside.dehydratedDeviceManager.stop(),
      letGoQuietly() {
        const manager = inside.dehydratedDeviceManager;
        const remove = manager.delete.bind(manager);
        manager.delete = () => remove().catch(() => {});
      },
    },
    openBackup: (info, key) => inside.getBackupDecryptor(info, key),
    olm: () => inside.getOlmMachineOrThrow(),
    keysArrived(keys) {
      const told = keys.map(({ roomId, sessionId }) => ({
        roomId: { toString: () => roomId },
        // Only written into a log.
        senderKey: { toBase64: () => '' },
        sessionId,
      }));
      void inside.onRoomKeysUpdated(told);
    },
  };
}

/**
 * Somebody's identity where this is its master key. What is then done with it is done with this one, whatever the server
 * puts in its place meanwhile: the machine keeps what it handed out.
 */
async function identityWith(machine: OlmMachine, userId: string, theirs: string) {
  const person = await machine.getIdentity(new UserId(userId));
  return keyIn(person?.masterKey) === theirs ? person : undefined;
}

/** A session with this key. As with `identityWith`, what is then done is done with this one. */
async function deviceWith(machine: OlmMachine, { userId, deviceId, fingerprint }: Compared) {
  const device = await machine.getDevice(new UserId(userId), new DeviceId(deviceId));
  return device?.ed25519Key?.toBase64() === fingerprint.replace(/\s/g, '') ? device : undefined;
}

function keyIn(json: string | undefined): string | undefined {
  if (json === undefined) return undefined;
  const { keys = {} } = JSON.parse(json) as { keys?: Record<string, string> };
  return Object.values(keys)[0];
}

/** Whether this session ended it, the person or the machine: between own sessions the SDK names the same person for both. */
export function isEndedHere(request: VerificationRequest): boolean {
  const { inner } = request as unknown as { inner: { cancelInfo?: { cancelledbyUs(): boolean } } };
  return inner.cancelInfo?.cancelledbyUs() === true;
}

/**
 * Whether two ways to compare were begun at once, emoji here and a code there, or a way while another comparison stood. The
 * machine cancels both then, but lets the request itself stand as begun, and a next one with the same person would be cancelled
 * for its sake. The SDK says of a request whose code was cancelled that it is cancelled itself, and nothing knows by whom.
 */
export function isLeftBehind(request: VerificationRequest): boolean {
  const { inner } = request as unknown as { inner: Ending & { getVerification(): Ending | undefined } };
  return !inner.isCancelled() && !inner.isDone() && inner.getVerification()?.isCancelled() === true;
}

interface Ending {
  isCancelled(): boolean;
  isDone(): boolean;
}

/**
 * Whether a confirmation would vouch for another comparison than the one on the screen. The machine lets a second beginning
 * by the other side replace one that is being compared, and the SDK goes on showing the first one's emoji (security.md A12).
 */
export function isSwapped({ verifier }: VerificationRequest): boolean {
  const shown = verifier?.getShowSasCallbacks()?.sas.decimal;
  const { inner } = (verifier ?? {}) as unknown as { inner?: { decimals(): readonly number[] | undefined } };
  return shown !== undefined && inner?.decimals()?.join() !== shown.join();
}

const ofVerification: ReadonlySet<RequestType> = new Set([
  RequestType.RoomMessage,
  RequestType.ToDevice,
  RequestType.SignatureUpload,
]);

/** Whether these bytes are a whole code for verifying, whoever it belongs to. */
export function isCode(bytes: Uint8ClampedArray): boolean {
  try {
    QrCodeScan.fromBytes(bytes).free();
    return true;
  } catch {
    return false;
  }
}

/**
 * The SDK waits up to ten seconds before it saves a new key, to spread the load of many clients. Somebody who closes the
 * tab meanwhile would lose the key; half a second spreads enough.
 */
export function saveKeysSoon(): void {
  Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 500 });
}
