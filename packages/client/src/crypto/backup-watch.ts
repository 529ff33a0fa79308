/**
 * What a device remembers of the backup that it writes, and what it makes of what the server shows later. A backup isn't
 * gone by itself: who deletes it or sets it back takes the person's history (security.md A7). Pure.
 */

/** What is remembered, in clear: nothing of it is secret. */
export interface KnownBackup {
  version: string;
  publicKey: string;
  /** How many keys were in it when last seen. */
  count: number;
}

/** What the server shows now; undefined when there is no backup. */
export interface ShownBackup extends KnownBackup {
  /** Signed by the own identity, or made with the key that this device holds. */
  isOurs: boolean;
}

export type BackupAlarm = 'deleted' | 'replaced' | 'rolled-back';

/** What is wrong; undefined when all is well, or nothing was known. */
export function backupAlarm(known: KnownBackup | undefined, shown: ShownBackup | undefined): BackupAlarm | undefined {
  if (!known) return undefined;
  if (!shown) return 'deleted';
  if (!shown.isOurs) return 'replaced';
  // Another session of the person may make a new one, signed by the identity: not the server's work.
  return shown.version === known.version && shown.count < known.count ? 'rolled-back' : undefined;
}

/** Reads what was remembered; undefined when it isn't readable. */
export function parseKnownBackup(text: string | undefined): KnownBackup | undefined {
  try {
    const { version, publicKey, count } = JSON.parse(text ?? '') as Record<string, unknown>;
    const isWhole = typeof version === 'string' && typeof publicKey === 'string' && typeof count === 'number';
    return isWhole ? { version, publicKey, count } : undefined;
  } catch {
    return undefined;
  }
}
