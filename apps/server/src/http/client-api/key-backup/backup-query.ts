import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import { OptionalText } from '../../schemas.ts';

/** Which backup the keys are of. */
export const BackupQuery = Type.Object({ version: OptionalText });

/** @throws MatrixError M_MISSING_PARAM */
export function backupOf(userId: string, { version }: { version?: string }): { userId: string; version: string } {
  if (version === undefined) throw new MatrixError('M_MISSING_PARAM', 'version is missing: which backup.');
  return { userId, version };
}
