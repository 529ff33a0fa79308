import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import { NotificationCountType, type Room } from 'matrix-js-sdk/lib/models/room.js';
import { mayDrawAttention } from '../crypto/message-trust.ts';
import { editOf } from '../crypto/relations.ts';
import type { RoomTrust } from '../trust-types.ts';
import type { Person, RoomSummary } from '../types.ts';
import type { DirectRooms } from './direct-rooms.ts';
import { withoutBidi } from './names.ts';
import type { EventReader, SeenEvent } from './seen-event.ts';
import { isContinued, type ListedRooms } from './succession.ts';
import { isVerification } from './timeline-items.ts';

/** What a summary is made with. */
export interface SummaryContext extends ListedRooms {
  ownUserId: string;
  reader: EventReader;
  direct: DirectRooms;
  trustOf(room: Room): RoomTrust | undefined;
  /** Asks for a decryption; its end is told as a change of the room. */
  decrypt(event: MatrixEvent): void;
}

const memberships = {
  [KnownMembership.Join]: 'join',
  [KnownMembership.Invite]: 'invite',
  [KnownMembership.Knock]: 'knock',
} as const;

/** The room's line in the list; undefined for one that isn't listed (left, a team). */
export function summarise(room: Room, context: SummaryContext): RoomSummary | undefined {
  const membership = memberships[room.getMyMembership() as keyof typeof memberships];
  if (!membership || room.isSpaceRoom()) return undefined;
  const isEncrypted = context.isEncrypted(room);
  const otherUserId = context.direct.otherOf(room);
  const inviter = membership === 'invite' ? inviterOf(room, context.ownUserId) : undefined;
  const events = membership === 'join' ? newestFirst(room, context) : [];
  const newest = events.find((event) => isPreviewable(event, isEncrypted));
  const preview = newest && previewOf(newest, room, context);
  const shield = isEncrypted && membership === 'join' ? context.trustOf(room)?.shield : undefined;
  const summary: RoomSummary = {
    roomId: room.roomId,
    name: nameOf(room, otherUserId),
    kind: otherUserId === undefined ? 'room' : 'direct',
    membership,
    isEncrypted,
    ...(otherUserId !== undefined && { otherUserId }),
    ...(inviter && { inviter }),
    unreadCount: countUnread(room, events, { ...context, isEncrypted }),
    mentionCount: room.getUnreadNotificationCount(NotificationCountType.Highlight),
    ...(preview && { preview }),
    ...(shield && { shield }),
    lastActivityMs: newest?.sentAtMs ?? membershipSince(room, context.ownUserId),
  };
  return isContinued(room, summary, context) ? { ...summary, isContinued: true } : summary;
}

/** A person as a room knows them. */
export function personIn(room: Room, userId: string): Person {
  return { userId, displayName: withoutBidi(room.getMember(userId)?.name ?? '') || userId };
}

function nameOf(room: Room, otherUserId: string | undefined): string {
  return room.name || (otherUserId === undefined ? '' : personIn(room, otherUserId).displayName);
}

function inviterOf(room: Room, ownUserId: string): Person | undefined {
  const sender = room.getMember(ownUserId)?.events.member?.getSender();
  return sender && sender !== ownUserId ? personIn(room, sender) : undefined;
}

function membershipSince(room: Room, ownUserId: string): number {
  const events = room.getLiveTimeline().getEvents();
  return room.getMember(ownUserId)?.events.member?.getTs() ?? events.at(-1)?.getTs() ?? 0;
}

/** As far back as a line in the list looks. */
const lookBack = 50;

/** The last events, newest first. One that can't be read yet and stands before all that can is asked to be decrypted. */
function newestFirst(room: Room, { reader, decrypt }: SummaryContext): SeenEvent[] {
  const events = [...room.getLiveTimeline().getEvents(), ...room.getPendingEvents()].slice(-lookBack).reverse();
  const seen = events.map(reader.read);
  const at = seen.findIndex((event) => event.decryption === 'waiting' || (!event.isState && !event.isRedacted));
  const event = events[at];
  if (event && seen[at]?.decryption === 'waiting') decrypt(event);
  return seen;
}

/** A message that one reads, or one that can't be read: no edit, nothing redacted, nothing that may not draw attention. */
function isPreviewable(event: SeenEvent, isRoomEncrypted: boolean): boolean {
  if (event.isState || event.isRedacted || event.decryption === 'waiting') return false;
  if (typeof event.decryption === 'object') return true;
  if (event.type !== 'm.room.message' || editOf(event) || isVerification(event)) return false;
  return event.delivery !== undefined || mayDrawAttention({ ...event, isRoomEncrypted });
}

function previewOf(event: SeenEvent, room: Room, { ownUserId }: SummaryContext): RoomSummary['preview'] {
  const isReadable = typeof event.decryption !== 'object';
  const body = isReadable && typeof event.content.body === 'string' ? event.content.body : '';
  const isText = ['m.text', 'm.emote', 'm.notice'].includes(String(event.content.msgtype));
  return {
    senderName: personIn(room, event.sender).displayName,
    isMine: event.sender === ownUserId,
    text: body.split('\n', 1)[0] ?? '',
    kind: isReadable ? (isText ? 'text' : 'other') : 'undecryptable',
  };
}

/**
 * Unread messages, counted here, since the server can't tell a message from a reaction under encryption. Beyond what is
 * loaded the server's number is taken.
 */
function countUnread(
  room: Room,
  newest: readonly SeenEvent[],
  { ownUserId, isEncrypted }: { ownUserId: string; isEncrypted: boolean },
): number {
  const readUpTo = room.getEventReadUpTo(ownUserId) ?? undefined;
  const readAt = newest.findIndex(
    (event) => event.sender === ownUserId || (event.eventId !== undefined && event.eventId === readUpTo),
  );
  const unread = readAt < 0 ? newest : newest.slice(0, readAt);
  const count = unread.filter((event) => event.decryption === 'waiting' || isPreviewable(event, isEncrypted)).length;
  return readAt < 0 ? Math.max(count, room.getUnreadNotificationCount(NotificationCountType.Total)) : count;
}
