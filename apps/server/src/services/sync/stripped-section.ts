import type { Queryable } from '@sotto/sql';
import { getStateAt } from '../../store/room-state.ts';
import type { RawJson } from '../raw-json.ts';
import { inviteVerdict } from '../rooms/invite-permission.ts';
import type { ReadContext } from './read-context.ts';
import type { RoomMembership } from './streams/memberships.ts';
import { strippedState } from './streams/state.ts';

/** The `invite` and `knock` sections: what is shown of a room to one who is not in it yet. */
export async function strippedSection(
  { db, request, range }: ReadContext,
  rooms: readonly RoomMembership[],
  name: 'invite_state' | 'knock_state',
): Promise<Record<string, unknown>> {
  const section: Record<string, { [key: string]: { events: RawJson[] } }> = {};
  const { userId } = request.requester;
  for (const { roomId, position } of rooms) {
    // Told once, and again when the invitation itself is renewed.
    if (position <= range.since) continue;
    if (name === 'invite_state' && !(await isInviteWelcome(db, { roomId, userId, position }))) continue;
    section[roomId] = { [name]: { events: await strippedState(db, { roomId, userId, position }) } };
  }
  return section;
}

/** Whether the person wants to hear of an invite (specification, "Ignoring Users", "Invite permission"). */
async function isInviteWelcome(
  db: Queryable,
  { roomId, userId, position }: { roomId: string; userId: string; position: number },
): Promise<boolean> {
  const row = await getStateAt(db, { roomId, type: 'm.room.member', stateKey: userId, position });
  return row === undefined || (await inviteVerdict(db, { userId, sender: row.sender })) === 'allow';
}
