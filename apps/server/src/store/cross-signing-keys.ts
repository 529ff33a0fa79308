import type { Queryable } from '@sotto/sql';

export const crossSigningUsages = ['master', 'self_signing', 'user_signing'] as const;
export type CrossSigningUsage = (typeof crossSigningUsages)[number];

/** `json` is what others get, with the signatures that everyone may see. */
export interface CrossSigningKey {
  usage: CrossSigningUsage;
  json: string;
}

export function listCrossSigningKeys(db: Queryable, userId: string): Promise<CrossSigningKey[]> {
  return db.all<CrossSigningKey>('SELECT usage, json FROM cross_signing_keys WHERE user_id = ?', userId);
}

export async function putCrossSigningKey(
  db: Queryable,
  userId: string,
  { usage, json }: CrossSigningKey,
): Promise<void> {
  await db.run(
    `INSERT INTO cross_signing_keys (user_id, usage, json) VALUES (?, ?, ?)
     ON CONFLICT (user_id, usage) DO UPDATE SET json = excluded.json`,
    userId,
    usage,
    json,
  );
}

/** A signature that a person's user-signing key made on another's master key. Only the signer may see it. */
export interface IdentitySignature {
  /** The signed person and the public part of their master key, in unpadded base64. */
  targetUserId: string;
  targetKey: string;
  signerUserId: string;
  /** `ed25519:` and the signer's user-signing key. */
  signerKey: string;
  signature: string;
}

export async function putIdentitySignature(db: Queryable, entry: IdentitySignature): Promise<void> {
  await db.run(
    `INSERT INTO key_signatures (target_user_id, target_key, signer_user_id, signer_key, signature) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (target_user_id, target_key, signer_user_id, signer_key) DO UPDATE SET signature = excluded.signature`,
    entry.targetUserId,
    entry.targetKey,
    entry.signerUserId,
    entry.signerKey,
    entry.signature,
  );
}

export function listIdentitySignatures(
  db: Queryable,
  { targetUserId, signerUserId }: Pick<IdentitySignature, 'targetUserId' | 'signerUserId'>,
): Promise<Pick<IdentitySignature, 'targetKey' | 'signerKey' | 'signature'>[]> {
  return db.all(
    `SELECT target_key AS targetKey, signer_key AS signerKey, signature FROM key_signatures
     WHERE target_user_id = ? AND signer_user_id = ?`,
    targetUserId,
    signerUserId,
  );
}

/** What was signed on an identity that is replaced. */
export async function deleteSignaturesOn(db: Queryable, targetUserId: string): Promise<void> {
  await db.run('DELETE FROM key_signatures WHERE target_user_id = ?', targetUserId);
}

/** What a user-signing key signed that is replaced. */
export async function deleteSignaturesBy(db: Queryable, signerUserId: string): Promise<void> {
  await db.run('DELETE FROM key_signatures WHERE signer_user_id = ?', signerUserId);
}

/** Deletes a person's identity. */
export async function deleteCrossSigningKeys(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM cross_signing_keys WHERE user_id = ?', userId);
}
