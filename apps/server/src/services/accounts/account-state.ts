import { MatrixError } from '@sotto/protocol';

export const unknownToken = () =>
  new MatrixError('M_UNKNOWN_TOKEN', 'This access token is not known. Log in again.', {
    extra: { soft_logout: false },
  });

/** Account locking (specification v1.12): the login is kept, but may do nothing. */
export const lockedAccount = () =>
  new MatrixError('M_USER_LOCKED', 'This account has been locked.', { extra: { soft_logout: true } });

/** Account suspension (specification v1.13): may read, leave and log out, but not act. */
export const suspendedAccount = () =>
  new MatrixError('M_USER_SUSPENDED', 'You cannot do this while your account is suspended.');
