/**
 * Profiles: what a person shows of themselves to everyone here (specification, "Profiles"). A changed name or picture
 * goes into the person's rooms as well. Imports `store/` and `log/`; the verb of rooms is given to it.
 */
import { fitsBytes, isNamespacedId, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { deleteProfileField, listProfileFields, putProfileField } from '../../store/profiles.ts';
import { getUser } from '../../store/users.ts';

/** Writes a person's current name and picture into the member events of their rooms. */
export type ShowProfileInRooms = (unit: Unit, userId: string) => Promise<void>;

export interface Profiles {
  /** All fields. @throws MatrixError M_NOT_FOUND when there is no such person. */
  get(userId: string): Promise<Record<string, unknown>>;
  /**
   * One field; undefined for a name or a picture that the person has not got, which is no error, as on the reference
   * server. @throws MatrixError M_NOT_FOUND when there is no such person or other field.
   */
  getField(userId: string, field: string): Promise<unknown>;
  /**
   * An empty name or picture is none.
   * @throws MatrixError M_INVALID_PARAM, M_KEY_TOO_LARGE for the name of the field, M_BAD_JSON, M_PROFILE_TOO_LARGE;
   * M_LIMIT_EXCEEDED when it would go into too many rooms
   */
  setField(userId: string, field: string, value: unknown): Promise<void>;
  /** @throws MatrixError M_INVALID_PARAM, M_KEY_TOO_LARGE */
  deleteField(userId: string, field: string): Promise<void>;
}

const shownInRooms = new Set(['displayname', 'avatar_url']);
const maxLengths = { displayname: 256, avatar_url: 1000 };
/** A whole profile may have 64 KiB (specification v1.16). */
const maxProfileBytes = 65_536;

export function createProfiles(parts: { db: Queryable; log: LogWriter; showInRooms: ShowProfileInRooms }): Profiles {
  const { db, log, showInRooms } = parts;

  async function fieldsOf(userId: string): Promise<Record<string, unknown>> {
    const user = await getUser(db, userId);
    if (user === undefined || user.isDeactivated === 1)
      throw new MatrixError('M_NOT_FOUND', 'There is no such person here.');
    const fields = await listProfileFields(db, userId);
    return Object.fromEntries(fields.map(({ field, value }) => [field, JSON.parse(value)]));
  }

  async function change(userId: string, field: string, write: (unit: Unit) => Promise<void>): Promise<void> {
    await log.write(async (unit) => {
      await write(unit);
      if (shownInRooms.has(field)) await showInRooms(unit, userId);
    });
  }

  const remove = (userId: string, field: string) =>
    change(userId, field, (unit) => deleteProfileField(unit, userId, field));

  return {
    get: fieldsOf,
    async getField(userId, field) {
      const fields = await fieldsOf(userId);
      if (!Object.hasOwn(fields, field) && !shownInRooms.has(field))
        throw new MatrixError('M_NOT_FOUND', 'The profile has no such field.');
      return fields[field];
    },
    async setField(userId, field, value) {
      checkField(field);
      if (shownInRooms.has(field)) checkShown(field, value);
      if (shownInRooms.has(field) && value === '') return remove(userId, field);
      await change(userId, field, async (unit) => {
        await putProfileField(unit, userId, { field, value: JSON.stringify(value) });
        const all = await listProfileFields(unit, userId);
        const size = all.reduce((sum, each) => sum + Buffer.byteLength(each.field) + Buffer.byteLength(each.value), 0);
        if (size > maxProfileBytes) throw new MatrixError('M_PROFILE_TOO_LARGE', 'A profile has at most 64 KiB.');
      });
    },
    async deleteField(userId, field) {
      checkField(field);
      await remove(userId, field);
    },
  };
}

/** The names that fields may have (specification, PUT /profile/{userId}/{keyName}). */
function checkField(field: string): void {
  if (!fitsBytes(field)) throw new MatrixError('M_KEY_TOO_LARGE', 'The name of a field has at most 255 bytes.');
  if (!isNamespacedId(field)) throw new MatrixError('M_INVALID_PARAM', 'A profile can have no field of this name.');
}

function checkShown(field: string, value: unknown): void {
  if (typeof value !== 'string') throw new MatrixError('M_BAD_JSON', `${field} must be text.`);
  if (value.length > maxLengths[field as keyof typeof maxLengths])
    throw new MatrixError('M_INVALID_PARAM', `${field} is too long.`);
}
