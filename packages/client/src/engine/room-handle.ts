import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import { createRunner, createSource, isSameData } from '../observable.ts';
import type { Observable, RoomDetails, RoomHandle, RoomSummary } from '../types.ts';
import type { Changes } from './changes.ts';
import type { DirectRooms } from './direct-rooms.ts';
import { inviteWithHistory } from './invite.ts';
import { describe, peopleOf, type RoomPeople } from './room-details.ts';
import { type RoomTrustOptions, roomTrustVerbs } from './room-trust.ts';
import { withProblems } from './sdk-problems.ts';
import type { Sender } from './sender.ts';
import { createTimelineView, type TimelineOptions } from './timeline-view.ts';

/** What an open room is made with. */
export interface RoomHandleOptions extends TimelineOptions, RoomTrustOptions {
  changes: Changes;
  rooms: Observable<readonly RoomSummary[]>;
  sender: Sender;
  direct: DirectRooms;
  now: () => number;
  createInviteLink(roomId: string): Promise<string>;
}

/** How long a typing notice holds, and how soon it is said again while typing goes on. */
const typingTimeoutMs = 20_000;
const typingRepeatMs = 10_000;

/** Opens a room: snapshots that follow what happens until `close`, and the verbs. */
export function openRoom(roomId: string, options: RoomHandleOptions): RoomHandle {
  const { client, changes, rooms, sender, isEncrypted } = options;
  const roomAt = (otherId: string) => client.getRoom(otherId) ?? undefined;
  const details = createSource<RoomDetails | undefined>(undefined);
  const view = createTimelineView(roomId, options);

  let people: { version: number; of: RoomPeople } | undefined;

  function renewDetails(): void {
    const room = client.getRoom(roomId);
    const summary = rooms.get().find((candidate) => candidate.roomId === roomId);
    const version = changes.peopleVersion(roomId);
    if (room && people?.version !== version) people = { version, of: peopleOf(room) };
    const trust = room && options.trustOf(room);
    const next =
      room && summary && people
        ? { ...describe(room, { summary, people: people.of, roomAt, isEncrypted }), ...(trust && { trust }) }
        : undefined;
    if (!isSameData(next, details.get())) details.set(next);
    // From here on they stand on the screen as readers, and may get keys.
    if (next)
      options.showPeople(
        roomId,
        next.readers.map(({ userId }) => userId),
      );
  }

  const ends = [
    rooms.subscribe(renewDetails),
    changes.subscribe((changed) => {
      if (changed !== 'all' && !changed.has(roomId)) return;
      renewDetails();
      void view.refresh();
    }),
  ];
  renewDetails();
  void view.refresh();
  return {
    roomId,
    details,
    timeline: view.timeline,
    loadEarlier: view.loadEarlier,
    send: (text) => sender.send(roomId, text),
    retry: (key) => sender.retry(roomId, key),
    discard: (key) => sender.discard(roomId, key),
    setTyping: createTypingNotice(roomId, options),
    markRead: createReadMark(client, roomId),
    ...membershipVerbs(roomId, options),
    ...roomTrustVerbs(roomId, options),
    close() {
      view.close();
      for (const end of ends) end();
    },
  };
}

/** Says that one types, and that one stopped: not with every key. */
function createTypingNotice(roomId: string, { client, now }: RoomHandleOptions): RoomHandle['setTyping'] {
  let saidAtMs: number | undefined;
  // In turn: a word that overtook the one before would leave one typing after the message was sent.
  const say = createRunner(async () => {
    await client.sendTyping(roomId, saidAtMs !== undefined, typingTimeoutMs).catch(() => {});
  });
  return (isTyping) => {
    const isSaid = saidAtMs !== undefined && now() - saidAtMs < typingRepeatMs;
    if (isTyping ? isSaid : saidAtMs === undefined) return;
    saidAtMs = isTyping ? now() : undefined;
    void say();
  };
}

function createReadMark(client: MatrixClient, roomId: string): RoomHandle['markRead'] {
  let markedId: string | undefined;
  return () => {
    const event = newestOnServer(client, roomId);
    const eventId = event?.getId();
    if (!event || !eventId || eventId === markedId) return;
    markedId = eventId;
    client.setRoomReadMarkers(roomId, eventId, event).catch(() => {
      // Said again at the next sight of it.
      if (markedId === eventId) markedId = undefined;
    });
  };
}

function newestOnServer(client: MatrixClient, roomId: string): MatrixEvent | undefined {
  return client.getRoom(roomId)?.getLiveTimeline().getEvents().at(-1);
}

type MembershipVerbs = Pick<RoomHandle, 'invite' | 'createInviteLink' | 'accept' | 'decline' | 'leave'>;

function membershipVerbs(roomId: string, options: RoomHandleOptions): MembershipVerbs {
  const { client, direct } = options;
  const leave = () => withProblems(async () => void (await client.leave(roomId)));
  return {
    invite: (userId) => withProblems(() => inviteWithHistory(client, roomId, userId)),
    createInviteLink: () => withProblems(() => options.createInviteLink(roomId)),
    accept: () =>
      withProblems(async () => {
        const room = client.getRoom(roomId);
        const other = room ? direct.otherOf(room) : undefined;
        await client.joinRoom(roomId);
        if (other !== undefined) await direct.mark(roomId, other);
      }),
    decline: leave,
    leave,
  };
}
