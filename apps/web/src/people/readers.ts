/** Who can read: the one sentence behind the lock. */
import type { Person } from '@sotto/client/types.ts';
import type { Words } from '../i18n/words.tsx';

/** Up to this many people are named. */
const named = 3;

/** "Only you and Mira can read this". Says so plainly when the server can read too. */
export function readersText(
  { t, list }: Pick<Words, 't' | 'list'>,
  room: { isEncrypted: boolean; readers: readonly Person[] },
  myId: string,
): string {
  if (!room.isEncrypted) return t.readers.server;
  const others = room.readers.filter((person) => person.userId !== myId);
  if (others.length === 0) return t.readers.onlyYou;
  if (others.length > named) return t.readers.many(others.length + 1);
  return t.readers.only(list([t.readers.you, ...others.map((person) => person.displayName)]));
}
