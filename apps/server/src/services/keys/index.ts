/**
 * Public keys of devices and people: uploading, asking, claiming, signing (specification, "End-to-End Encryption"). The
 * server checks what it can check and passes on the rest; it can read nothing that is encrypted with them. Imports
 * `store/`, `log/`, from `sync/` who hears of whose devices, and from `accounts/` how an ended login is refused.
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { type DeviceListChanges, deviceListChanges } from '../sync/streams/device-lists.ts';
import { type ClaimKeys, createClaimKeys } from './claim-keys.ts';
import { createQueryKeys, type QueryKeys } from './query-keys.ts';
import { createUploadCrossSigningKeys, type UploadCrossSigningKeys } from './upload-cross-signing-keys.ts';
import { createUploadKeys, type UploadKeys } from './upload-keys.ts';
import { createUploadSignatures, type UploadSignatures } from './upload-signatures.ts';

export interface Keys {
  upload: UploadKeys;
  query: QueryKeys;
  claim: ClaimKeys;
  /** Whose keys a person must ask for again after `since` (specification, GET /keys/changes). */
  changes(userId: string, range: { since: number; upto: number }): Promise<DeviceListChanges>;
  uploadCrossSigningKeys: UploadCrossSigningKeys;
  uploadSignatures: UploadSignatures;
}

export function createKeys(parts: { db: Queryable; log: LogWriter; serverName: string }): Keys {
  return {
    upload: createUploadKeys(parts),
    query: createQueryKeys(parts),
    claim: createClaimKeys(parts),
    changes: (userId, range) => deviceListChanges(parts.db, userId, range),
    uploadCrossSigningKeys: createUploadCrossSigningKeys(parts),
    uploadSignatures: createUploadSignatures(parts),
  };
}
