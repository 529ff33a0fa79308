/** Whom to verify with: a person, one session of one's own, or all of them. */
export interface Wanted {
  userId?: string;
  deviceId?: string;
}
