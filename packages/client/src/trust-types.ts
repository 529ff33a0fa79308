/**
 * Recovery, verification, devices and the trust in people, as screens see them: snapshots with subscribe, and verbs that
 * throw `ProblemError`. Part of `SottoSession`, `RoomHandle` and `RoomDetails` (types.ts).
 */
import type { Observable } from './observable.ts';
import type { Person } from './person.ts';

/** The kinds of room that an organisation's policy tells apart. A team is the space itself; its rooms are private or public. */
export type PolicyKind = 'direct' | 'private' | 'public' | 'team';

/**
 * What the organisation says about encryption (features A5). The server enforces it.
 * - `forbidden`: never encrypted. `optional`: as whoever makes the room wishes, off at first.
 * - `default`: on at first, and can be turned off. `forced`: always encrypted.
 * For `forbidden` and `forced` the switch stands still: "Set by your organisation".
 */
export type EncryptionRule = 'forbidden' | 'optional' | 'default' | 'forced';

export interface OrganisationPolicy {
  encryption: Readonly<Record<PolicyKind, EncryptionRule>>;
  /** Kinds of rooms whose keys go to verified people alone (C8). */
  verifiedOnly: readonly PolicyKind[];
}

/** Work that takes a while. `done` of `total` keys; `total` is 0 while it isn't known. */
export interface KeyProgress {
  done: number;
  total: number;
}

export interface LongWork {
  onProgress?(progress: KeyProgress): void;
  /** Aborting ends it with the problem `cancelled`; what was taken in by then stays. */
  signal?: AbortSignal;
}

/** How much of the backup this session has. `inBackup` is what the server counts. */
export interface KeyCounts {
  inBackup: number;
  here: number;
}

/** The two ways into the one storage of secrets. With both, either opens it, and both are changed together. */
export interface RecoveryWays {
  key: boolean;
  password: boolean;
  /** The server was told the password: it is the account password too, or was typed in its place. `change` mends it. */
  isPasswordTold?: true;
}

/**
 * The backup of message keys.
 * - `off`: none is written (not set up, or this session isn't signed).
 * - `saving`: `left` keys of this device aren't in it yet; undefined while they are being counted.
 * - `saved`: all are.
 * - `alarm`: it was deleted, replaced or rolled back on the server (security.md A7). A device that holds its key fills it
 *   again by itself; without it, `changeRecovery` makes a new one.
 */
export type BackupState =
  | { kind: 'off' }
  | { kind: 'saving'; left: number | undefined }
  | { kind: 'saved' }
  | { kind: 'alarm'; what: 'deleted' | 'replaced' | 'rolled-back' };

/**
 * Where recovery stands (features B1).
 * - `unknown`: the server hasn't answered yet. Show nothing.
 * - `not-set-up`: call `setUp`. Also after a set-up that was interrupted: nothing half counts.
 * - `unsaved`: set up, and the person hasn't proven yet that they saved it: the banner stays. After a reload, when the key
 *   that was shown is gone, `change` shows a new one.
 * - `ready`: all is well.
 * - `locked`: another device set it up, and this session isn't signed: `unlock`, or verify with another session.
 * - `broken`: what lies on the server can't be used: `storage` (secrets missing, corrupt or with weakened parameters),
 *   `backup` (missing or not signed by the own identity). `canRepair`: this session holds the secrets, so `change` makes a
 *   new storage and nothing is lost; otherwise another device, or `resetIdentity`.
 */
export type RecoveryState =
  | { kind: 'unknown' }
  | { kind: 'not-set-up'; backup: BackupState }
  | { kind: 'unsaved'; ways: RecoveryWays; backup: BackupState }
  | { kind: 'ready'; ways: RecoveryWays; backup: BackupState }
  | { kind: 'locked'; ways: RecoveryWays; hasOtherSession: boolean }
  | { kind: 'broken'; what: 'storage' | 'backup'; canRepair: boolean };

/** A way into the storage that is to be made. At least one of both. */
export interface RecoveryChoice {
  /** Show a recovery key. */
  withKey: boolean;
  /** An encryption password (features B3). Refused as `same-as-account` or `weak-password`. */
  withPassword?: string;
  /** Goes on although the backup on the server was never opened here, and what opens it goes with the storage of before. */
  leaveBackup?: boolean;
}

/** What the person has to save. `recoveryKey` is there when it was asked for; it is never shown again. */
export interface NewRecovery {
  recoveryKey?: string;
  /**
   * The server was told of it, and didn't say that it is in force: what was saved before may still be what opens the storage,
   * so both are to be kept until `confirm` took the new one.
   */
  isUnanswered?: boolean;
}

/** What a log-out or a reset would cost (features B6, B8). Empty of all losses: go ahead. */
export interface Losses {
  /** Message keys of this device that are in no backup. Undefined: it could not be found out. */
  unsavedKeys: number | undefined;
  /** Whether the backup can be opened by something that the person saved (a proven key, or a password). */
  hasSavedRecovery: boolean;
  /** Whether another verified session remains that holds the identity. */
  hasOtherSession: boolean;
  /** People who were verified and would have to be verified again (reset only). */
  verifiedPeople: readonly Person[];
}

/** How strong a password is: `score` 0–4 (zxcvbn), 3 and above is accepted as encryption password. */
export interface PasswordStrength {
  score: 0 | 1 | 2 | 3 | 4;
  /** log10 of the guesses needed. */
  guessesLog10: number;
  isAccepted: boolean;
}

/** The recovery of a person's identity and message keys (features B1–B8, B10, B11). */
export interface Recovery extends Observable<RecoveryState> {
  /**
   * Identity, storage and backup in one step that can't end half: interrupted, it is undone or finished at the next start.
   * Problems: `same-as-account`, `weak-password`, `forbidden` (already set up: use `change`), `network` (nothing was set up).
   */
  setUp(choice: RecoveryChoice): Promise<NewRecovery>;
  /** The typed key or password is right: marks it as saved, and puts it in force where that is unanswered. Problems: `wrong-key`, `network`. */
  confirm(typed: string): Promise<void>;
  /**
   * Opens the storage with a recovery key or the encryption password, signs this session and turns the backup on. Old
   * messages then open as they come into view. Problems: `wrong-key` (nothing was changed), `recovery-broken`, `network`.
   */
  unlock(keyOrPassword: string, work?: LongWork): Promise<void>;
  /**
   * Fetches all keys of the backup, page by page: rooms that are on the screen open while it goes on, and no step of it
   * holds the screen up. Offered after `unlock`, and again at any time in the settings. Once cancelled, it begins where it
   * stopped. Problems: `cancelled`, `recovery-broken`, `network`.
   */
  restoreAll(work?: LongWork): Promise<{ imported: number; failed: number }>;
  /** Whether `restoreAll` has anything left to fetch. Problems: `forbidden` (no backup), `network`. */
  countKeys(): Promise<KeyCounts>;
  /** Proves that the key or password opens storage and backup; changes nothing. Problems: `wrong-key`, `recovery-broken`. */
  check(keyOrPassword: string): Promise<{ opensBackup: boolean }>;
  /**
   * A new key or password; the old one stops working. Only in a session that is signed. Problems as in `setUp`, with each of
   * which the old one stands, and
   * `closed-backup`: this session never opened the backup, whose key lies in the storage that would be replaced. `unlock`
   * opens it, `leaveBackup` does without.
   */
  change(choice: RecoveryChoice): Promise<NewRecovery>;
  /** What a reset of the identity costs. */
  lossesOfReset(): Promise<Losses>;
  /** A new identity, backup and no recovery: `not-set-up` is next. Problem: `wrong-credentials`. */
  resetIdentity(accountPassword: string): Promise<void>;
  /** What logging out here costs, and how to avoid it: wait until `unsavedKeys` is 0, or save the recovery first. */
  lossesOfLogOut(): Promise<Losses>;
  /** Waits until every key of this device is in the backup. Problems: `cancelled`, `forbidden` (no backup). */
  saveAll(work?: LongWork): Promise<void>;

  /** Seven or more random words, at least 77 bits, for `withPassword`. */
  generatePassword(): Promise<string>;
  /** Loads its dictionaries at the first call. */
  passwordStrength(password: string): Promise<PasswordStrength>;

  /** All message keys of this device in a file that Element reads, encrypted with `passphrase`. */
  exportKeys(passphrase: string, work?: LongWork): Promise<Blob>;
  /** `failed` counts keys that are damaged. Problems: `wrong-key` (passphrase), `key-file` (not a key file, or cut short), `cancelled`. */
  importKeys(file: Blob | string, passphrase: string, work?: LongWork): Promise<{ imported: number; failed: number }>;
}

/**
 * Where a verification stands (features C1, C2; client-server API, "Key verification framework").
 * - `incoming`: they ask. `accept` or `decline`.
 * - `waiting`: we asked, they haven't answered; or one side did its part and the other hasn't yet (`for`).
 * - `choosing`: both are there: `startEmoji`, show `qr`, or `scan`. `qr` is undefined when the other side can't scan or this
 *   session has no identity.
 * - `emoji`: compare. `ids` are seven numbers 0–63 of the specification's table; `decimals` the same as three numbers.
 *   Then `confirm` or `mismatch`.
 * - `scanned`: they scanned our code: does their screen show success? `confirm` or `mismatch`.
 * - `done`; `cancelled` with who and why. `two-ways`: one side began by emoji while the other scanned, which ends both.
 */
export type VerificationPhase =
  | { kind: 'incoming' }
  | { kind: 'waiting'; for: 'answer' | 'start' | 'confirmation' }
  | { kind: 'choosing'; canEmoji: boolean; canScan: boolean; qr?: Uint8Array }
  | { kind: 'emoji'; ids: readonly number[]; decimals: readonly [number, number, number] | undefined }
  | { kind: 'scanned' }
  | { kind: 'done' }
  | {
      kind: 'cancelled';
      by: 'us' | 'them';
      why: 'declined' | 'timed-out' | 'mismatch' | 'elsewhere' | 'two-ways' | 'failed';
    };

/** A verification, ours or theirs. Its `phase` is a snapshot: the list holds a new object for each change. */
export interface VerificationRequest {
  /** Stable as long as the request lives. */
  id: string;
  other: Person;
  /** The other session, when it is one of our own. */
  deviceId?: string;
  isOwnSession: boolean;
  isIncoming: boolean;
  /** Their identity was replaced and nobody has accepted that yet: this verification is the answer to it. */
  isAfterChange: boolean;
  /** The conversation in which it was asked for. Undefined: it goes from session to session. */
  roomId?: string;
  phase: VerificationPhase;
}

/** All verifications that are open, and those that ended until they are dismissed. */
export interface Verifications extends Observable<readonly VerificationRequest[]> {
  /**
   * Asks a person, one's own session (`deviceId`), or all of one's own sessions (neither). A person is asked in the direct
   * message, encrypted, where both have joined it; otherwise, and while their identity is `changed`, from session to session,
   * so that they see it whatever they have accepted. Resolves with the request's id. Problems: `not-found` (they have no
   * encryption), `encryption-not-ready`.
   */
  request(whom: { userId?: string; deviceId?: string }): Promise<string>;
  accept(id: string): Promise<void>;
  decline(id: string): Promise<void>;
  startEmoji(id: string): Promise<void>;
  /**
   * The bytes of the scanned code. A code of somebody else cancels the verification: `wrong-code`. What is cut short, or no
   * code for verifying, changes nothing: `unreadable-code`, scan again.
   */
  scan(id: string, bytes: Uint8Array): Promise<void>;
  confirm(id: string): Promise<void>;
  /** They don't match: cancels, and tells the other side so. */
  mismatch(id: string): Promise<void>;
  cancel(id: string): Promise<void>;
  /** Takes an ended one from the list. */
  dismiss(id: string): void;
}

/** A session (device) of a person. */
export interface DeviceInfo {
  deviceId: string;
  name: string;
  /** Ed25519 fingerprint in groups of four, as one compares it by hand (features C3). Undefined: it has no encryption. */
  fingerprint?: string;
  /** Signed by its owner's identity. Others get no keys. */
  isSigned: boolean;
  /** Marked by hand in this session. */
  isVerifiedByHand: boolean;
}

export interface OwnDevice extends DeviceInfo {
  isThis: boolean;
  /** When it logged in; undefined where the server doesn't say. */
  loggedInMs?: number;
  lastSeenMs?: number;
  lastSeenIp?: string;
}

/** One's own sessions (features C7). */
export interface Devices extends Observable<readonly OwnDevice[] | undefined> {
  /** Asks the server again; the list is loaded at the first `subscribe`. */
  refresh(): Promise<void>;
  rename(deviceId: string, name: string): Promise<void>;
  /** Problem: `wrong-credentials`. */
  signOut(deviceId: string, accountPassword: string): Promise<void>;
  signOutOthers(accountPassword: string): Promise<void>;
  /** Sessions that appeared since this one looked last: "New login. Was this you?" */
  readonly newLogins: Observable<readonly OwnDevice[]>;
  /** It was me: takes the notice of the session that was shown away, on this device. One that took its id since is told. */
  acknowledge(shown: OwnDevice): void;
  /**
   * Signs another session of one's own after its fingerprint, as that session shows it (`isThis`), was compared by hand (C3).
   * Problems: `changed-meanwhile` (it isn't that session's), `session-not-confirmed` (this one can't sign: do it on one that
   * is signed).
   */
  verifyByHand(deviceId: string, fingerprint: string): Promise<void>;
}

/**
 * What is known of a person's identity (features C4, C5, B9).
 * - `unknown`: not asked yet, or they have no encryption.
 * - `pinned`: taken at first sight, not verified. No alarm.
 * - `verified`.
 * - `changed`: their digital identity was reset, which blocks sending until it is accepted or verified anew. `masterKey` is
 *   that of the new one: who accepts, accepts this one.
 * - `guest`: an anonymous guest, who can't be verified (C9). Neutral.
 */
export type IdentityState =
  | { kind: 'unknown' }
  | { kind: 'pinned' }
  | { kind: 'verified' }
  | ({ kind: 'changed' } & ChangedIdentity)
  | { kind: 'guest' };

/** What a person decides on when somebody's identity was reset. Goes back through the verb as it was shown. */
export interface ChangedIdentity {
  /** Accepting it withdraws the verification. */
  wasVerified: boolean;
  masterKey: string;
}

export interface PersonTrust extends Person {
  identity: IdentityState;
  devices: readonly DeviceInfo[];
}

export interface PersonHandle extends Observable<PersonTrust> {
  /**
   * "I trust the new identity": pins the one that was shown, and who was verified need not be any more. Problem:
   * `changed-meanwhile` (another one stands there by now, or they are verified), and nothing was accepted.
   */
  acceptNewIdentity(shown: ChangedIdentity): Promise<void>;
  /** Marks one session after its fingerprint was compared by hand (C3). Problem: `changed-meanwhile` when it isn't its. */
  verifyByHand(deviceId: string, fingerprint: string): Promise<void>;
  close(): void;
}

/** A room's shield (features C5): none where nothing is encrypted. */
export type Shade = 'none' | 'grey' | 'green' | 'red';

/** Why a shield is red or grey, and who it is about; for the tooltip and the people panel. */
export type ShieldReason =
  | { kind: 'not-everyone-verified'; who: readonly Person[] }
  | { kind: 'unsigned-session'; who: readonly Person[] }
  | { kind: 'identity-changed'; who: readonly Person[] };

export interface RoomTrust {
  shield: Shade;
  reasons: readonly ShieldReason[];
  /** Identities in this room that were reset and wait for a decision (B9). */
  changedIdentities: readonly (Person & ChangedIdentity)[];
  /** Sending is blocked until something is done about these people. */
  sendBlockedBy: readonly Person[];
  /** Keys of this room go to verified people alone (C8). */
  isVerifiedOnly: boolean;
  /** The organisation says so, and the person here can't switch it off. */
  isVerifiedOnlySet?: true;
  canEnableEncryption: boolean;
  /** Whether `continueUnencrypted` would be let through (A4). */
  canContinueUnencrypted: boolean;
  /** What the organisation says for this kind of room; undefined until the server has said. */
  encryptionRule?: EncryptionRule;
}

/** Verbs of a room, part of `RoomHandle`. */
export interface RoomTrustVerbs {
  /** For ever (features A3). Problem: `forbidden`. */
  enableEncryption(): Promise<void>;
  /**
   * Replaces the room by a new one of the same people, rights, name and aliases that isn't encrypted (features A4); this one
   * can still be read, by those who hold its keys. Resolves with the new room's id. Problem: `forbidden`.
   */
  continueUnencrypted(): Promise<string>;
  /** What is sent from here on uses a new key (features A6). */
  resetRoomKey(): Promise<void>;
  /** On this device: sends into this room only while everyone in it is verified. */
  setVerifiedOnly(isOn: boolean): void;
}

/** What an undecryptable message asks of the person (features B12). `wait`: it opens by itself. */
export type SealedAction =
  | 'wait'
  | 'unlock'
  | 'verify-session'
  | 'verify-person'
  | 'ask-sender'
  | 'accept-identity'
  | 'none';

/** Part of `SottoSession`. Before a session runs, snapshots are empty and verbs throw `forbidden`. */
export interface TrustOfSession {
  readonly recovery: Recovery;
  readonly verifications: Verifications;
  readonly devices: Devices;
  /** Undefined until the server has said: show nothing as set by the organisation. */
  readonly policy: Observable<OrganisationPolicy | undefined>;
  /** Opens a person; `close` it when the screen goes. */
  person(userId: string): PersonHandle;
}
