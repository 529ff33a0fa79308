import type { Queryable } from '@sotto/sql';

/** A link that one person may follow. Its token is a registration token too. `inviter` is null for the first-run link. */
export interface InviteLink {
  token: string;
  inviter: string | null;
  roomId: string | null;
  acceptedBy: string | null;
}

export function getInviteLink(db: Queryable, token: string): Promise<InviteLink | undefined> {
  return db.get<InviteLink>(
    'SELECT token, inviter, room_id AS roomId, accepted_by AS acceptedBy FROM invite_links WHERE token = ?',
    token,
  );
}

export async function insertInviteLink(
  db: Queryable,
  link: Omit<InviteLink, 'acceptedBy'> & { createdAtMs: number },
): Promise<void> {
  await db.run(
    'INSERT INTO invite_links (token, inviter, room_id, created_at_ms) VALUES (?, ?, ?, ?)',
    link.token,
    link.inviter,
    link.roomId,
    link.createdAtMs,
  );
}

export async function markAccepted(db: Queryable, token: string, userId: string): Promise<void> {
  await db.run('UPDATE invite_links SET accepted_by = ? WHERE token = ?', userId, token);
}
