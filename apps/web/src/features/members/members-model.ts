/** The people of a room, as the panel lists them. */
import type { Member } from '@sotto/client/types.ts';

export interface MemberNote {
  isMe: boolean;
  isInvited: boolean;
  role: 'admin' | 'moderator' | undefined;
}

/** What is worth saying about a member. Power levels by their plain names: 100 and 50 (spec, m.room.power_levels). */
export function memberNote(member: Member, myId: string): MemberNote {
  const role = member.powerLevel >= 100 ? 'admin' : member.powerLevel >= 50 ? 'moderator' : undefined;
  return { isMe: member.userId === myId, isInvited: member.membership === 'invite', role };
}

/** Oneself first, then those who are there by name, then those who are invited. */
export function sortMembers(members: readonly Member[], myId: string): Member[] {
  const place = (member: Member) => (member.userId === myId ? 0 : member.membership === 'join' ? 1 : 2);
  return members.toSorted((a, b) => place(a) - place(b) || a.displayName.localeCompare(b.displayName));
}
