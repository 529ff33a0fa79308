/** Who asks, as its access token tells. */
export interface Requester {
  userId: string;
  /** Empty for an application service that acts without a device. */
  deviceId: string;
  isGuest: boolean;
  isAdmin: boolean;
  /** May only log out (specification, "Account locking"). */
  isLocked?: boolean;
  /** May read and leave, but not act (specification, "Account suspension"). */
  isSuspended?: boolean;
  /** Hash of the token that was used, so that other tokens can be told from it. */
  tokenHash: string;
  /** Id of the application service that asks, where it is one. */
  appserviceId?: string;
}
