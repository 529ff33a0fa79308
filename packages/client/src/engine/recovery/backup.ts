import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { type CryptoApi, CryptoEvent, type KeyBackupInfo } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import {
  type BackupAlarm,
  backupAlarm,
  type KnownBackup,
  parseKnownBackup,
  type ShownBackup,
} from '../../crypto/backup-watch.ts';
import type { RecoveryFacts } from '../../crypto/recovery-state.ts';
import { keep } from '../../keep.ts';
import { createRunner } from '../../observable.ts';
import type { KeyValueStorage } from '../../platform.ts';
import type { BackupState } from '../../trust-types.ts';
import type { Machine } from '../machine.ts';
import { createTurns, type Turns } from '../turns.ts';

export interface BackupWatch {
  server(): RecoveryFacts['serverBackup'];
  state(): BackupState;
  /** Asks the server, raises an alarm where something is gone, and fills it again where this device can. Never rejects. */
  look(): Promise<void>;
  /** Counts what isn't saved. Never rejects. */
  count(): Promise<void>;
  /** Forgets what was known: the person makes a new backup on purpose. */
  forget(): void;
  /** A new backup was made here; `seal` is that of the secret in the storage, which opens the one before. */
  noteMade(seal: string): void;
  /**
   * Does what makes a backup, one at a time: of two at once the later answer would be the machine's key, and the later request
   * the server's backup.
   */
  inTurn: Turns;
  /** Whether the secret with this seal opens a backup that was replaced from here. */
  isOutdated(seal: string): boolean;
}

export interface BackupWatchOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  machine: Machine;
  storage: KeyValueStorage;
  /** Where `storage` keeps what is remembered of the backup. */
  storageKey: string;
  onChange(): void;
}

/** Watches the backup of message keys. */
export function createBackupWatch(options: BackupWatchOptions): BackupWatch {
  const { client, crypto, machine, storage, storageKey, onChange } = options;
  const sealKey = `${storageKey}-seal`;
  let server: RecoveryFacts['serverBackup'] = 'unknown';
  let alarm: BackupAlarm | undefined;
  let left: number | undefined;
  let isOn = false;
  let wasRefilled = false;
  const inTurn = createTurns();

  const count = createRunner(async () => {
    const counts = await machine.keyCounts().catch(() => undefined);
    const version = await crypto.getActiveSessionBackupVersion().catch(() => null);
    isOn = version !== null;
    left = counts && Math.max(0, counts.total - counts.backedUp);
    // What this device knows to be saved is in it, whatever the server counts from now on.
    const known = parseKnownBackup(storage.get(storageKey));
    if (known && counts && known.version === version && counts.backedUp > known.count)
      remember({ ...known, count: counts.backedUp });
    onChange();
  });

  function remember({ version, publicKey, count: keys }: KnownBackup): void {
    keep(storage, storageKey, JSON.stringify({ version, publicKey, count: keys }));
  }

  const look = createRunner(async () => {
    // What can't be judged is no alarm: neither a server that doesn't answer, nor a machine that is closing.
    const asked = await askBackup(client)
      .then(async (info) => ({ shown: await judge(crypto, info) }))
      .catch(() => undefined);
    if (asked === undefined) return;
    const { shown } = asked;
    const known = parseKnownBackup(storage.get(storageKey));
    const found = backupAlarm(known, shown);
    alarm = found ?? alarm;
    server = shown ? (shown.isOurs ? 'usable' : 'foreign') : 'none';
    if (found && !wasRefilled) {
      wasRefilled = true;
      // Unless the person makes a new one on purpose meanwhile.
      const isMissed = () => storage.get(storageKey) !== undefined;
      if (await inTurn(async () => isMissed() && refill(options))) server = 'usable';
    } else if (shown?.isOurs) remember(shown);
    await crypto.checkKeyBackupAndEnable().catch(() => null);
    await count();
  });

  // Saying what is saved is told as it happens; that something new is to be saved isn't.
  machine.onNewKeys(() => left === 0 && void count());
  client.on(CryptoEvent.KeyBackupStatus, () => void count());
  client.on(CryptoEvent.KeyBackupSessionsRemaining, () => void count());
  client.on(CryptoEvent.KeyBackupFailed, () => void look());
  client.on(CryptoEvent.KeyBackupDecryptionKeyCached, () => void look());
  return {
    server: () => server,
    state() {
      if (alarm) return { kind: 'alarm', what: alarm };
      if (!isOn) return { kind: 'off' };
      return left === 0 ? { kind: 'saved' } : { kind: 'saving', left };
    },
    look,
    count,
    forget() {
      storage.remove(storageKey);
      alarm = undefined;
    },
    inTurn,
    noteMade: (seal) => keep(storage, sealKey, seal),
    isOutdated: (seal) => storage.get(sealKey) === seal,
  };
}

/** The newest backup on the server; null when there is none. Throws when the server doesn't say. */
export async function askBackup(client: MatrixClient): Promise<KeyBackupInfo | null> {
  try {
    return await client.http.authedRequest<KeyBackupInfo>(Method.Get, '/room_keys/version');
  } catch (error) {
    if (error instanceof MatrixError && error.errcode === 'M_NOT_FOUND') return null;
    throw error;
  }
}

async function judge(crypto: CryptoApi, info: KeyBackupInfo | null): Promise<ShownBackup | undefined> {
  if (!info?.version) return undefined;
  const trust = await crypto.isKeyBackupTrusted(info);
  const publicKey = 'public_key' in info.auth_data ? info.auth_data.public_key : '';
  const isOurs = trust.trusted || trust.matchesDecryptionKey;
  return { version: info.version, publicKey, count: info.count ?? 0, isOurs };
}

/**
 * The same backup again, made anew: its key stays, so that what the secret storage holds still opens it, and the machine
 * saves all keys of this device into it. False when this device can't: it doesn't hold the key, or isn't signed.
 */
async function refill({ client, crypto, machine }: BackupWatchOptions): Promise<boolean> {
  try {
    const key = await crypto.getSessionBackupPrivateKey();
    if (!key || !(await crypto.isCrossSigningReady())) return false;
    await makeBackup({ client, crypto, machine }, key);
    return true;
  } catch {
    return false;
  }
}

/**
 * A backup with this key, which is the current one from now on. Those before stay on the server: whoever has their key, on
 * another session or written down, can still open them. `onMade` hears of it as soon as the server has it.
 */
export async function makeBackup(
  { client, crypto, machine }: Pick<BackupWatchOptions, 'client' | 'crypto' | 'machine'>,
  key: Uint8Array,
  onMade?: () => void,
): Promise<void> {
  const { version } = await machine.createBackupWith(key, (body) =>
    client.http.authedRequest<{ version: string }>(Method.Post, '/room_keys/version', undefined, body),
  );
  onMade?.();
  await crypto.storeSessionBackupPrivateKey(key, version);
  await crypto.checkKeyBackupAndEnable();
}
