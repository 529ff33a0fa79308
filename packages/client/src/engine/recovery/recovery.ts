import { ClientEvent } from 'matrix-js-sdk/lib/client.js';
import { type CryptoApi, CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { judgeRecovery, type RecoveryFacts } from '../../crypto/recovery-state.ts';
import { backupSecret, identitySecrets } from '../../crypto/storage-rules.ts';
import { createRunner, createSource, isSameData } from '../../observable.ts';
import type { Recovery, RecoveryState } from '../../trust-types.ts';
import { machineOf } from '../machine.ts';
import { guarded } from '../sdk-problems.ts';
import { accountDataOf } from './account-data.ts';
import { createBackupWatch } from './backup.ts';
import { createSleeper } from './dehydration.ts';
import { createKeyThreads } from './key-threads.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import { createRecoveryVerbs } from './recovery-verbs.ts';
import { createSecretStore } from './secret-store.ts';
import { createToldPassword } from './told-password.ts';

/** The recovery of one person over one client. */
export function createRecovery(options: RecoveryOptions): Recovery {
  const { client, crypto, status, platform, name } = options;
  const state = createSource<RecoveryState>({ kind: 'unknown' });
  const store = createSecretStore(accountDataOf(client));
  const machine = machineOf(crypto);
  const sleeper = createSleeper(crypto, { ...machine, isOver: () => !client.clientRunning });
  const storageKey = `${name}:backup`;
  const backup = createBackupWatch({
    client,
    crypto,
    machine,
    storage: platform.storage,
    storageKey,
    onChange: () => void renew(),
  });

  const told = createToldPassword({
    ...options,
    ...{ store, storage: platform.storage, storageKey: `${name}:told-password`, onFound: () => void renew() },
  });

  const renew = createRunner(async () => {
    told.look();
    const facts = await gather().catch(() => undefined);
    const next = facts && judgeRecovery(facts);
    if (next && !isSameData(next, state.get())) state.set(next);
  });

  async function gather(): Promise<RecoveryFacts> {
    const { isSynced, isOwnDeviceSigned } = status.get();
    const { master, selfSigning, userSigning } = await privateKeys(crypto);
    const hasIdentity = master && selfSigning && userSigning;
    const isOpen = isOwnDeviceSigned && hasIdentity;
    const hasOtherSession = isSynced && !isOpen && (await options.hasOtherSession());
    return {
      isSynced,
      isSigned: isOwnDeviceSigned,
      hasIdentity,
      hasOtherSession,
      defaultKeyId: store.defaultKeyId(),
      key: store.key(),
      hasIdentitySecrets: identitySecrets.every(store.isStored),
      hasBackupSecret: store.isStored(backupSecret) && !backup.isOutdated(store.sealOf(backupSecret) ?? ''),
      marker: store.marker(),
      isPasswordTold: told.opensStorage(),
      serverBackup: backup.server(),
      backup: backup.state(),
    };
  }

  let isSettled = false;
  let isAwake = false;
  /** Once in touch with the server: finishes what was interrupted, and looks at the backup. */
  function settle(): void {
    const { isSynced, isOwnDeviceSigned } = status.get();
    if (isSynced && !isSettled) {
      isSettled = true;
      void store.dropReplaced().catch(() => {});
    }
    if (isSynced && isOwnDeviceSigned) void backup.look();
    if (isSynced && isOwnDeviceSigned && !isAwake) {
      isAwake = true;
      void sleeper.dehydrate({ onlyIfKeyCached: true });
    }
    void renew();
  }

  status.subscribe(settle);
  client.on(
    ClientEvent.AccountData,
    (event) => event.getType().match(/^(m\.secret|m\.cross|m\.megolm|org\.sotto)/) && void renew(),
  );
  client.on(CryptoEvent.KeysChanged, () => void renew());
  // What another session sends after a verification comes with a sync, and nothing else tells of it.
  client.on(ClientEvent.Sync, () => {
    if (state.get().kind === 'locked' && status.get().isOwnDeviceSigned) void renew();
  });
  settle();
  const lendKeyWork = createKeyThreads({
    startThread: platform.startKeyThread,
    openStore: options.openKeyStore,
    olm: machine.olm,
    onArrived: machine.keysArrived,
    ended: options.ended,
  });
  const verbs = createRecoveryVerbs({
    ...options,
    ...{ state, store, machine, sleeper, backup, lendKeyWork, renew },
  });
  return { get: state.get, subscribe: state.subscribe, ...guarded(verbs) };
}

async function privateKeys(crypto: CryptoApi) {
  const { privateKeysCachedLocally: held } = await crypto.getCrossSigningStatus();
  return { master: held.masterKey, selfSigning: held.selfSigningKey, userSigning: held.userSigningKey };
}
