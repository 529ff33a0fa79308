import { MatrixError } from '@sotto/protocol';
import Type, { type Static } from 'typebox';
import type { KeySlice } from '../../../services/key-backup/index.ts';
import { OptionalText } from '../../schemas.ts';

/** Which backup the keys are of. */
export const BackupQuery = Type.Object({ version: OptionalText });

/**
 * Ours: a part of all keys at a time, since an answer with a hundred thousand of them would stop the screen of whoever
 * takes it in. A client that doesn't know it gets all, as the specification has it.
 */
export const SliceQuery = Type.Object({
  version: OptionalText,
  'org.sotto.limit': OptionalText,
  'org.sotto.from': OptionalText,
});

/** The largest part. */
const mostKeys = 1000;

/** The part that is asked for; undefined for all. @throws MatrixError M_INVALID_PARAM */
export function sliceOf(query: Static<typeof SliceQuery>): KeySlice | undefined {
  const { 'org.sotto.limit': limit, 'org.sotto.from': from } = query;
  if (limit === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw new MatrixError('M_INVALID_PARAM', 'org.sotto.limit is a number above 0.');
  return { limit: Math.min(Number(limit), mostKeys), ...(from !== undefined && { after: placeIn(from) }) };
}

/** A place in the list as text that means nothing to a client. */
export function textOf({ roomId, sessionId }: NonNullable<KeySlice['after']>): string {
  return Buffer.from(JSON.stringify([roomId, sessionId])).toString('base64url');
}

function placeIn(text: string): NonNullable<KeySlice['after']> {
  try {
    const [roomId, sessionId, ...more] = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (typeof roomId === 'string' && typeof sessionId === 'string' && more.length === 0) return { roomId, sessionId };
  } catch {
    // Told below.
  }
  throw new MatrixError('M_INVALID_PARAM', 'org.sotto.from is what the last answer said.');
}

/** @throws MatrixError M_MISSING_PARAM */
export function backupOf(userId: string, { version }: { version?: string }): { userId: string; version: string } {
  if (version === undefined) throw new MatrixError('M_MISSING_PARAM', 'version is missing: which backup.');
  return { userId, version };
}
