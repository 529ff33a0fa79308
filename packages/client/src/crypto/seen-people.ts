/**
 * Who was shown to the person as a reader of a room. Membership is the server's word: it can add somebody in the moment
 * in which a message is sent. Keys go to those alone who were on the screen before (security.md A3); who is new gets the
 * keys of what is sent after they were shown.
 */
export interface SeenPeople {
  show(roomId: string, userIds: Iterable<string>): void;
  isSeen(roomId: string, userId: string): boolean;
}

/** Nobody was shown at first; lasts as long as the app runs, since an open room shows its readers each time. */
export function createSeenPeople(): SeenPeople {
  const rooms = new Map<string, Set<string>>();
  return {
    show(roomId, userIds) {
      const seen = rooms.get(roomId) ?? new Set();
      rooms.set(roomId, seen);
      for (const userId of userIds) seen.add(userId);
    },
    isSeen: (roomId, userId) => rooms.get(roomId)?.has(userId) ?? false,
  };
}
