import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { deleteAccountDataOf } from '../../store/account-data.ts';
import { listRoomsOfDeactivated } from '../../store/memberships.ts';
import { deleteProfile } from '../../store/profiles.ts';
import { deleteThreepidsOf } from '../../store/threepids.ts';
import { countAdmins, getUser, markDeactivated } from '../../store/users.ts';
import type { Logouts } from './log-out.ts';

export interface Deactivation {
  userId: string;
  /** Hides what the person wrote from whoever was not there when it was written. */
  isErased: boolean;
}

export interface Deactivations {
  /**
   * Ends an account for good (specification, "Account deactivation"): nobody can log in with it or take its name, and
   * the person leaves all rooms. @throws MatrixError M_NOT_FOUND; M_FORBIDDEN for the last admin
   */
  deactivate(deactivation: Deactivation): Promise<void>;
  /** The same inside a unit of work; the rooms are left by `leaveRooms` afterwards. */
  end(unit: Unit, deactivation: Deactivation): Promise<void>;
  /** Leaves the rooms of those who were deactivated: afterwards, and at the start where a stop came between. */
  leaveRooms(): Promise<void>;
}

/** What other nouns keep of a person beyond their devices: push rules, key backups, tags of rooms. */
export type ForgetPerson = (unit: Unit, userId: string) => Promise<void>;

export interface DeactivationParts {
  db: Queryable;
  log: LogWriter;
  logouts: Logouts;
  forgetPerson: ForgetPerson;
  /** Told of somebody whose words are hidden from now on. */
  hideWords: (userId: string) => void;
  leaveRoom: (unit: Unit, change: { roomId: string; userId: string }) => Promise<unknown>;
}

export function createDeactivations(parts: DeactivationParts): Deactivations {
  const { db, log, logouts, forgetPerson, hideWords, leaveRoom } = parts;

  async function end(unit: Unit, { userId, isErased }: Deactivation): Promise<void> {
    const user = await getUser(unit, userId);
    if (user === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such person here.');
    if (user.isAdmin === 1) await checkNotLastAdmin(unit);
    await markDeactivated(unit, userId, isErased);
    if (isErased) unit.afterwards(() => hideWords(userId));
    await logouts.removeAll(unit, userId);
    await deleteThreepidsOf(unit, userId);
    await deleteProfile(unit, userId);
    await deleteAccountDataOf(unit, userId);
    await forgetPerson(unit, userId);
  }

  /** Room by room, so that nobody waits behind somebody with a thousand. The rows of membership are the list of what is left. */
  async function leaveRooms(): Promise<void> {
    for (const { userId, roomId } of await listRoomsOfDeactivated(db)) {
      await log
        .write((unit) => leaveRoom(unit, { userId, roomId }))
        // A room whose rules don't let them leave keeps a member who can't come back; the others are left.
        .catch((error) => {
          if (!(error instanceof MatrixError) || error.status >= 500) throw error;
        });
    }
  }

  return {
    async deactivate(deactivation) {
      await log.write((unit) => end(unit, deactivation));
      await leaveRooms();
    },
    end,
    leaveRooms,
  };
}

/** @throws MatrixError M_FORBIDDEN when there is no second admin */
export async function checkNotLastAdmin(unit: Unit): Promise<void> {
  if ((await countAdmins(unit)) <= 1)
    throw new MatrixError('M_FORBIDDEN', 'This is the last admin. Make somebody else an admin first.');
}
