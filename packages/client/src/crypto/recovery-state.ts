import type { BackupState, RecoveryState, RecoveryWays } from '../trust-types.ts';
import type { SoundKey } from './storage-rules.ts';

/** What is known when it is to be said where recovery stands. */
export interface RecoveryFacts {
  isSynced: boolean;
  /** Whether this session is signed by its owner's identity. */
  isSigned: boolean;
  /** Whether this session holds the private keys of the identity. */
  hasIdentity: boolean;
  hasOtherSession: boolean;
  /** `m.secret_storage.default_key`: written last, so that a storage without it is none. */
  defaultKeyId: string | undefined;
  /** Its description, when that is sound. */
  key: SoundKey | undefined;
  /** Whether the three keys of the identity lie under it, whole. */
  hasIdentitySecrets: boolean;
  /** Whether the key of the backup lies there: not that of one which was replaced from here. */
  hasBackupSecret: boolean;
  /** Whether Sotto made this key, showed no recovery key for it, or hasn't seen it saved. */
  marker: RecoveryMarker;
  /** Whether the server was told the encryption password. */
  isPasswordTold: boolean;
  /** The backup on the server: `usable` is signed by the own identity or has the key that this session holds. */
  serverBackup: 'unknown' | 'none' | 'usable' | 'foreign';
  backup: BackupState;
}

/** What Sotto notes beside the storage, for its other sessions: nothing secret. While a key is replaced it is about both. */
export interface RecoveryMarker {
  /** Keys that nobody has proven to have saved. */
  unsaved?: readonly string[];
  /** Keys that were made without a recovery key being shown. */
  passwordOnly?: readonly string[];
  /** Keys that were replaced: what still lies under them goes at the next occasion. */
  replaced?: readonly string[];
}

/**
 * Where recovery stands. Nothing half counts: a storage without its last step is none, one that lost a part is broken
 * (features B1, security.md A7). Pure.
 */
export function judgeRecovery(facts: RecoveryFacts): RecoveryState {
  const { defaultKeyId, key, marker, backup } = facts;
  if (!facts.isSynced) return { kind: 'unknown' };
  // A session that was signed by hand (features C3) holds no secret yet, and opens nothing that is older.
  const isOpen = facts.isSigned && facts.hasIdentity;
  if (defaultKeyId === undefined) return isOpen ? { kind: 'not-set-up', backup } : locked(facts);
  if (!key || !facts.hasIdentitySecrets) return { kind: 'broken', what: 'storage', canRepair: isOpen };
  if (!isOpen) return locked(facts);
  if (facts.serverBackup === 'none' || facts.serverBackup === 'foreign') {
    return { kind: 'broken', what: 'backup', canRepair: true };
  }
  if (facts.serverBackup === 'usable' && !facts.hasBackupSecret)
    return { kind: 'broken', what: 'storage', canRepair: true };
  return { kind: marker.unsaved?.includes(defaultKeyId) ? 'unsaved' : 'ready', ways: waysOf(facts), backup };
}

function locked(facts: RecoveryFacts): RecoveryState {
  return { kind: 'locked', ways: waysOf(facts), hasOtherSession: facts.hasOtherSession };
}

function waysOf({ defaultKeyId, key, marker, isPasswordTold }: RecoveryFacts): RecoveryWays {
  if (!key || defaultKeyId === undefined) return { key: false, password: false };
  const password = key.password !== undefined;
  return {
    key: !marker.passwordOnly?.includes(defaultKeyId),
    password,
    ...(password && isPasswordTold && { isPasswordTold }),
  };
}

/** Reads the marker from account data, which anybody with the account, and the server, can write. Pure. */
export function recoveryMarker(content: Record<string, unknown> | undefined): RecoveryMarker {
  const lists = (['unsaved', 'passwordOnly', 'replaced'] as const).flatMap((name) => {
    const ids = content?.[name];
    return Array.isArray(ids) ? [[name, ids.filter((id): id is string => typeof id === 'string')] as const] : [];
  });
  return Object.fromEntries(lists);
}
