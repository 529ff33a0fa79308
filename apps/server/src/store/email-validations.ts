import type { Queryable } from '@sotto/sql';

/** Somebody proves that a mail address is theirs. Secret and token are kept as hashes only. */
export interface EmailValidation {
  sid: string;
  /** What the proof is for; it serves for nothing else. */
  purpose: 'register' | 'add' | 'reset';
  address: string;
  secretHash: string;
  tokenHash: string;
  sendAttempt: number;
  nextLink: string | null;
  validatedAtMs: number | null;
  expiresAtMs: number;
}

const columns = `sid, purpose, address, secret_hash AS secretHash, token_hash AS tokenHash, send_attempt AS sendAttempt,
  next_link AS nextLink, validated_at_ms AS validatedAtMs, expires_at_ms AS expiresAtMs`;

export function getEmailValidation(db: Queryable, sid: string): Promise<EmailValidation | undefined> {
  return db.get<EmailValidation>(`SELECT ${columns} FROM email_validations WHERE sid = ?`, sid);
}

/** The one that this client has begun for this address already. */
export function findEmailValidation(
  db: Queryable,
  { purpose, address, secretHash }: Pick<EmailValidation, 'purpose' | 'address' | 'secretHash'>,
): Promise<EmailValidation | undefined> {
  return db.get<EmailValidation>(
    `SELECT ${columns} FROM email_validations WHERE purpose = ? AND address = ? AND secret_hash = ?`,
    purpose,
    address,
    secretHash,
  );
}

/** Begins one, or sends another token for it; what has expired is cleared away. */
export async function putEmailValidation(db: Queryable, validation: EmailValidation, nowMs: number): Promise<void> {
  await db.run('DELETE FROM email_validations WHERE expires_at_ms <= ?', nowMs);
  await db.run(
    `INSERT INTO email_validations (sid, purpose, address, secret_hash, token_hash, send_attempt, next_link,
       validated_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (purpose, address, secret_hash) DO UPDATE SET token_hash = excluded.token_hash,
       send_attempt = excluded.send_attempt, next_link = excluded.next_link, expires_at_ms = excluded.expires_at_ms`,
    validation.sid,
    validation.purpose,
    validation.address,
    validation.secretHash,
    validation.tokenHash,
    validation.sendAttempt,
    validation.nextLink,
    validation.validatedAtMs,
    validation.expiresAtMs,
  );
}

export async function markEmailValidated(
  db: Queryable,
  sid: string,
  times: { validatedAtMs: number; expiresAtMs: number },
): Promise<void> {
  await db.run(
    'UPDATE email_validations SET validated_at_ms = ?, expires_at_ms = ? WHERE sid = ?',
    times.validatedAtMs,
    times.expiresAtMs,
    sid,
  );
}

export async function deleteEmailValidation(db: Queryable, sid: string): Promise<void> {
  await db.run('DELETE FROM email_validations WHERE sid = ?', sid);
}
