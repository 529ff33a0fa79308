/** When a room that goes on in another one needs no place of its own in the list any more (features A4, A9). Pure. */

/** What is known of a room that says it was continued. */
export interface Left {
  roomId: string;
  membership: 'join' | 'invite' | 'knock';
  isEncrypted: boolean;
  unreadCount: number;
  /** This person has read, or written, that it goes on elsewhere. */
  isEndRead: boolean;
  /** Something that this person wrote in it waits, or could not be sent: out of the list nobody would see that. */
  hasUnsent: boolean;
}

/** What is known of the room that it names. */
export interface Next {
  /** Undefined when this person is neither in it nor invited to it. */
  membership: 'join' | 'invite' | undefined;
  isEncrypted: boolean;
  /** The room that it says it goes on from. */
  predecessorId: string | undefined;
}

/**
 * Whether `room` may give way to `next`: both rooms say so, this person is in the new one or invited, and nothing is unread
 * or unsent.
 * Out of an encrypted room into one in clear nobody is led unseen: it stays until its end was read (security.md A11).
 */
export function isLeftBehind(room: Left, next: Next | undefined): boolean {
  if (room.membership !== 'join' || room.unreadCount > 0 || room.hasUnsent) return false;
  if (next?.membership === undefined || next.predecessorId !== room.roomId) return false;
  return !room.isEncrypted || next.isEncrypted || room.isEndRead;
}
