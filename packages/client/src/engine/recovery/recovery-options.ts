import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Observable, Source } from '../../observable.ts';
import type { Platform } from '../../platform.ts';
import type { IdentityTurn } from './identity-turn.ts';
import type { KeyStore } from './key-messages.ts';
import type { SecretKeys } from './secret-keys.ts';

/** What the recovery of one person is made from. */
export interface RecoveryOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  /** By which a new identity is made. */
  identityTurn: IdentityTurn;
  /** What the session knows of itself. */
  status: Observable<{ isSynced: boolean; isOwnDeviceSigned: boolean }>;
  platform: Pick<Platform, 'storage' | 'randomBytes' | 'startKeyThread'>;
  /** Prefix of all that is stored on this device. */
  name: string;
  secretKeys: SecretKeys;
  /** This device's store of keys; undefined where keys live in memory. */
  openKeyStore: (() => KeyStore) | undefined;
  /** Aborted when the session ends here. */
  ended: AbortSignal;
  /**
   * What was typed last as the account password, at the login or later, and so told to the server: no encryption password may
   * be the same.
   */
  toldPassword: Source<string | undefined>;
  /** Whether another session of the person is signed. */
  hasOtherSession(): Promise<boolean>;
  /** Reads anew whether this session is signed. */
  renewSigned(): Promise<void>;
}
