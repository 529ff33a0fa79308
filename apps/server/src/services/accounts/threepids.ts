import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { deleteThreepid, getThreepid, listThreepids, putThreepid, type Threepid } from '../../store/threepids.ts';
import { getUser } from '../../store/users.ts';
import { canonicalEmail } from './email-address.ts';
import type { EmailCredentials, EmailValidations } from './email-validations.ts';

/** The addresses of a person (specification, "Adding Account Administrative Contact Information"). */
export interface Threepids {
  list(userId: string): Promise<Threepid[]>;
  /** Adds an address that was proved. @throws MatrixError M_THREEPID_AUTH_FAILED, M_THREEPID_IN_USE */
  add(userId: string, credentials: EmailCredentials): Promise<void>;
  /** Takes an address away; one that isn't there is no error. */
  remove(userId: string, threepid: { medium: string; address: string }): Promise<void>;
  /** Whose address this is, as long as they can log in. @throws MatrixError M_THREEPID_NOT_FOUND */
  ownerOf(address: string): Promise<string>;
}

export function createThreepids(parts: {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  validations: EmailValidations;
}): Threepids {
  const { db, log, now, validations } = parts;
  return {
    list: (userId) => listThreepids(db, userId),
    async add(userId, credentials) {
      const { address, validatedAtMs } = await validations.proved('add', credentials).catch((cause) => {
        throw new MatrixError('M_THREEPID_AUTH_FAILED', 'The mail address has not been confirmed yet.', { cause });
      });
      await log.write(async (unit) => {
        const known = await getThreepid(unit, 'email', address);
        if (known !== undefined && known.userId !== userId)
          throw new MatrixError('M_THREEPID_IN_USE', 'This address belongs to an account already.');
        const addedAtMs = known?.addedAtMs ?? now();
        await putThreepid(unit, { medium: 'email', address, userId, validatedAtMs, addedAtMs });
      });
      await validations.forget(credentials.sid);
    },
    async remove(userId, { medium, address }) {
      const stored = medium === 'email' ? (canonicalEmail(address) ?? address) : address;
      await log.write((unit) => deleteThreepid(unit, { medium, address: stored, userId }));
    },
    async ownerOf(address) {
      const threepid = await getThreepid(db, 'email', address);
      const user = threepid && (await getUser(db, threepid.userId));
      if (user === undefined || user.isDeactivated === 1)
        throw new MatrixError('M_THREEPID_NOT_FOUND', 'No account has this address.');
      return user.userId;
    },
  };
}
