import type { Queryable } from '@sotto/sql';

/** Somebody whom a search found; the profile's values are JSON text. */
export interface FoundUser {
  userId: string;
  displayName: string | null;
  avatarUrl: string | null;
  sharesRoom: number;
}

/** Text in the form in which names are compared: without case, accents and compatibility forms. */
export function foldName(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Keeps the form of a name that searches compare; no name takes it away. */
export async function putSearchName(db: Queryable, userId: string, name: string | undefined): Promise<void> {
  if (name === undefined) await db.run('DELETE FROM user_names WHERE user_id = ?', userId);
  else
    await db.run(
      'INSERT INTO user_names (user_id, folded) VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET folded = excluded.folded',
      userId,
      foldName(name),
    );
}

/**
 * People whose id or name has all these words (folded), whom the one who asks may know of: in a room with them, or in
 * one that is open to everybody. Who asks is found as strangers would find them. In no useful order.
 */
export function searchUsers(
  db: Queryable,
  { userId, words, limit }: { userId: string; words: readonly string[]; limit: number },
): Promise<FoundUser[]> {
  const has = words.map(() => `(u.user_id LIKE ? ESCAPE '\\' OR n.folded LIKE ? ESCAPE '\\')`);
  const patterns = words.flatMap((word) => {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
    return [pattern, pattern];
  });
  return db.all<FoundUser>(
    `SELECT * FROM (
       SELECT u.user_id AS userId, d.value AS displayName, a.value AS avatarUrl,
         u.user_id <> ? AND EXISTS (SELECT 1 FROM memberships x JOIN memberships y ON y.room_id = x.room_id
           WHERE x.user_id = ? AND x.membership = 'join' AND y.user_id = u.user_id AND y.membership = 'join') AS sharesRoom,
         EXISTS (SELECT 1 FROM memberships m JOIN rooms r ON r.room_id = m.room_id
           WHERE m.user_id = u.user_id AND m.membership = 'join' AND r.is_open = 1) AS isOpen
       FROM users u
       LEFT JOIN user_names n ON n.user_id = u.user_id
       LEFT JOIN profiles d ON d.user_id = u.user_id AND d.field = 'displayname'
       LEFT JOIN profiles a ON a.user_id = u.user_id AND a.field = 'avatar_url'
       WHERE u.kind <> 'guest' AND u.is_deactivated = 0 AND ${has.join(' AND ')}
     ) found WHERE sharesRoom OR isOpen LIMIT ?`,
    userId,
    userId,
    ...patterns,
    limit,
  );
}
