import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { claimKeys } from './claim-keys.ts';
import { getKeyChanges } from './get-key-changes.ts';
import { queryKeys } from './query-keys.ts';
import { uploadCrossSigningKeys } from './upload-cross-signing-keys.ts';
import { uploadKeys } from './upload-keys.ts';
import { uploadSignatures } from './upload-signatures.ts';

/** Public keys of devices and people: upload, query, claim, sign. */
export function keysRoutes({ keys, accounts, newest }: Services): Endpoint[] {
  return [
    uploadKeys(keys),
    queryKeys(keys),
    claimKeys(keys),
    getKeyChanges(keys, newest),
    uploadCrossSigningKeys(keys, accounts.confirmIdentity),
    uploadSignatures(keys),
  ];
}
