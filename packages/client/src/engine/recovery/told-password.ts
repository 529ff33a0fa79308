import { keep } from '../../keep.ts';
import { createRunner } from '../../observable.ts';
import type { KeyValueStorage } from '../../platform.ts';
import type { RecoveryOptions } from './recovery-options.ts';
import type { SecretStore } from './secret-store.ts';

/** Whether the server was told what opens the storage: the encryption password is the account password, or was typed for it. */
export interface ToldPassword {
  /** Of the storage that there is now; also after a reload. */
  opensStorage(): boolean;
  /** Tries it, where there is a storage or a password that was not tried yet. Never rejects. */
  look(): void;
}

/**
 * Compares each password that was told to the server with the storage, on this device alone. What is kept is the id of the
 * key that it opened: a hash of the password would be one more thing to steal.
 */
export function createToldPassword(options: {
  toldPassword: RecoveryOptions['toldPassword'];
  store: Pick<SecretStore, 'key' | 'keyFrom'>;
  storage: KeyValueStorage;
  storageKey: string;
  onFound(): void;
}): ToldPassword {
  const { toldPassword, store, storage, storageKey, onFound } = options;
  let found = storage.get(storageKey);
  let tried: readonly (string | undefined)[] = [];
  const look = createRunner(async () => {
    const { keyId, password: slot } = store.key() ?? {};
    const password = toldPassword.get();
    if (!slot || password === undefined || (tried[0] === keyId && tried[1] === password)) return;
    tried = [keyId, password];
    const isRight = await store.keyFrom(password).then(
      () => true,
      () => false,
    );
    if (!isRight || keyId === undefined) return;
    found = keyId;
    keep(storage, storageKey, keyId);
    onFound();
  });
  toldPassword.subscribe(() => void look());
  return {
    opensStorage: () => found !== undefined && found === store.key()?.keyId,
    look: () => void look(),
  };
}
