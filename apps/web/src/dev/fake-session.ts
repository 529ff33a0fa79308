/** A session that needs no server: scripted people and rooms, and verbs that change them. For pictures and for tests of views. */

import { createSource, type Source } from '@sotto/client/observable.ts';
import {
  type Observable,
  type Problem,
  ProblemError,
  type RoomDetails,
  type RoomHandle,
  type RoomSummary,
  type SessionPhase,
  type SottoSession,
  type Timeline,
  type TimelineItem,
} from '@sotto/client/types.ts';
import { createFakeTrust, type FakeTrustOptions } from './fake-trust.ts';
import {
  closedConversation,
  continued,
  doubtfulConversation,
  elif,
  fakeConversation,
  fakeRooms,
  jonas,
  lena,
  longConversation,
  memberOf,
  mira,
  noor,
  people,
  said,
} from './fake-world.ts';

export interface FakeSession extends SottoSession {
  readonly phase: Source<SessionPhase>;
  readonly connection: Source<'online' | 'reconnecting'>;
  readonly rooms: Source<readonly RoomSummary[]>;
  /** Somebody else writes in a room. */
  receive(roomId: string, text: string): void;
  /** Nothing that was asked is still to be answered. */
  isIdle(): boolean;
}

export interface FakeOptions {
  now(): number;
  phase?: SessionPhase;
  /** How many messages the first room has; by default one of each kind. */
  messages?: number;
  /** How many of them are there at once; the others come page by page. */
  loaded?: number;
  /** Most of the first room is closed to this session. */
  closed?: boolean;
  /** The first room has a message of each kind that is closed or doubtful. */
  doubtful?: boolean;
  noRooms?: boolean;
  /** Something in every room can't be drawn. */
  broken?: boolean;
  /** Every verb fails with this. */
  problem?: Problem;
  firstRun?: boolean;
  trust?: FakeTrustOptions;
  /** What the first room was replaced by, or goes on from. */
  moved?: Pick<RoomDetails, 'successor' | 'predecessor'>;
}

interface FakeRoom {
  details: Source<RoomDetails | undefined>;
  timeline: Source<Timeline>;
  /** What is still to be loaded, the oldest first. */
  rest: TimelineItem[];
}

const ready: SessionPhase = {
  kind: 'ready',
  me: { ...lena, deviceId: 'HJKLQWERTZ', isAdmin: true, isSignedByOwner: true },
};
const pageSize = 50;
const mainId = '!night:x';

/** A session of Lena's, with a few chats. */
export function createFakeSession(options: FakeOptions): FakeSession {
  const { now, problem } = options;
  const phase = createSource<SessionPhase>(options.phase ?? ready);
  const connection = createSource<'online' | 'reconnecting'>('online');
  const rooms = createSource<readonly RoomSummary[]>(options.noRooms ? [] : listed(options));
  const opened = new Map<string, FakeRoom>();

  let unanswered = 0;
  const answer = async <T>(value: T): Promise<T> => {
    unanswered++;
    await new Promise((resolve) => setTimeout(resolve, 60));
    unanswered--;
    if (problem) throw new ProblemError(problem);
    return value;
  };
  const roomOf = (roomId: string): FakeRoom => {
    const room =
      opened.get(roomId) ??
      makeRoom(
        rooms.get().find((each) => each.roomId === roomId),
        options,
      );
    opened.set(roomId, room);
    return room;
  };
  const change = (roomId: string, part: Partial<RoomSummary>) =>
    rooms.set(rooms.get().map((room) => (room.roomId === roomId ? { ...room, ...part } : room)));
  const remove = async (roomId: string) => {
    await answer(undefined);
    rooms.set(rooms.get().filter((room) => room.roomId !== roomId));
  };
  const addRoom = (room: Partial<RoomSummary> & { name: string }) => {
    const roomId = `!new${rooms.get().length}:x`;
    const plain = { kind: 'room', membership: 'join', isEncrypted: true, unreadCount: 0, mentionCount: 0 } as const;
    rooms.set([{ roomId, ...plain, lastActivityMs: now(), ...room }, ...rooms.get()]);
    return roomId;
  };
  return {
    phase,
    connection,
    rooms,
    ...createFakeTrust(answer, now, options.trust),
    preload() {},
    restore: async () => {},
    previewInvite: () =>
      answer(options.firstRun ? { makesAdmin: true } : { makesAdmin: false, inviter: mira, roomName: 'Night shift' }),
    register: () => answer(undefined).then(() => phase.set(ready)),
    logIn: () => answer(undefined).then(() => phase.set(ready)),
    acceptInviteLink: () => answer(mainId),
    logOut: () => answer(undefined).then(() => phase.set({ kind: 'signed-out' })),
    takeOver: async () => phase.set(ready),
    retry: async () => phase.set(ready),
    room: (roomId) => handleOf(roomId, roomOf(roomId), { now, answer, change, remove }),
    createRoom: ({ name, isEncrypted }) => answer(undefined).then(() => addRoom({ name, isEncrypted })),
    async openDirect(userId) {
      await answer(undefined);
      const known = rooms.get().find((room) => room.otherUserId === userId);
      const name = people.find((person) => person.userId === userId)?.displayName ?? userId;
      return known?.roomId ?? addRoom({ name, kind: 'direct', otherUserId: userId });
    },
    searchPeople: (term) =>
      answer(people.filter((each) => `${each.displayName} ${each.userId}`.toLowerCase().includes(term.toLowerCase()))),
    setDisplayName: () => answer(undefined),
    stop: async () => {},
    isIdle: () => unanswered === 0,
    receive(roomId, text) {
      const { timeline } = roomOf(roomId);
      const item = said(mira, text, { key: `in-${timeline.get().items.length}`, sentAtMs: now() });
      timeline.set({ ...timeline.get(), items: [...timeline.get().items, item] });
    },
  };
}

/** The first room has the shield that it has inside; a room that it goes on from has no place of its own. */
function listed({ now, moved, trust }: FakeOptions): RoomSummary[] {
  const earlier = moved?.predecessor?.roomId;
  return fakeRooms(now()).map((room) => {
    if (room.roomId === mainId) return { ...room, shield: trust?.room?.shield ?? 'none' };
    return room.roomId === earlier ? { ...room, isContinued: true } : room;
  });
}

function makeRoom(
  summary: RoomSummary | undefined,
  { now, messages, closed, doubtful, broken, loaded = pageSize, trust, moved }: FakeOptions,
): FakeRoom {
  const isMain = summary?.roomId === mainId;
  const all = !isMain
    ? summary?.preview?.text
      ? [said(mira, summary.preview.text, { sentAtMs: summary.lastActivityMs })]
      : []
    : moved?.predecessor
      ? continued(now(), moved.predecessor)
      : closed
        ? closedConversation(now())
        : doubtful
          ? doubtfulConversation(now())
          : messages === undefined
            ? fakeConversation(now())
            : longConversation(messages, now());
  const items = all.slice(-loaded);
  const rest = all.slice(0, -loaded);
  const members = summary?.kind === 'direct' ? [lena, mira] : [lena, mira, elif, jonas, noor];
  const details: RoomDetails | undefined = summary && {
    ...summary,
    ...(isMain && { topic: 'Who is on tonight, and the handover' }),
    members: members.map((person) =>
      memberOf(person, { powerLevel: person === mira ? 100 : 0, membership: person === noor ? 'invite' : 'join' }),
    ),
    readers: members,
    canInvite: true,
    canSend: summary.isEncrypted,
    ...(trust?.room && { trust: trust.room, shield: trust.room.shield }),
    ...(broken && { readers: [{ userId: '' }, null, null] as unknown as RoomDetails['readers'] }),
    ...(isMain && moved),
    typing: isMain ? [mira] : [],
  };
  const timeline: Timeline = { items, earlier: rest.length > 0 ? 'more' : 'none' };
  const firstUnread = isMain && messages === undefined ? { firstUnreadKey: 'unread-1' } : {};
  return { details: createSource(details), timeline: createSource<Timeline>({ ...timeline, ...firstUnread }), rest };
}

interface HandleParts {
  now(): number;
  answer<T>(value: T): Promise<T>;
  change(roomId: string, part: Partial<RoomSummary>): void;
  remove(roomId: string): Promise<void>;
}

function handleOf(roomId: string, { details, timeline, rest }: FakeRoom, parts: HandleParts): RoomHandle {
  const { now, answer, change, remove } = parts;
  const setItems = (edit: (items: readonly TimelineItem[]) => readonly TimelineItem[]) =>
    timeline.set({ ...timeline.get(), items: edit(timeline.get().items) });
  const deliver = (key: string, delivery: 'sending' | 'sent') =>
    setItems((items) =>
      items.map((item) => (item.key === key && item.kind === 'message' ? { ...item, delivery } : item)),
    );
  return {
    roomId,
    details: details as Observable<RoomDetails | undefined>,
    timeline,
    async loadEarlier() {
      if (timeline.get().earlier !== 'more') return;
      timeline.set({ ...timeline.get(), earlier: 'loading' });
      await answer(undefined);
      const page = rest.splice(-pageSize);
      const earlier = rest.length > 0 ? 'more' : 'none';
      timeline.set({ ...timeline.get(), items: [...page, ...timeline.get().items], earlier });
    },
    send(text) {
      const item = said(lena, text, {
        key: `out-${timeline.get().items.length}`,
        sentAtMs: now(),
        delivery: 'sending',
      });
      setItems((items) => [...items, item]);
      answer(undefined).then(() => deliver(item.key, 'sent'));
    },
    retry: (key) => deliver(key, 'sending'),
    discard: (key) => setItems((items) => items.filter((item) => item.key !== key)),
    setTyping() {},
    markRead: () => change(roomId, { unreadCount: 0 }),
    invite: () => answer(undefined),
    createInviteLink: () => answer('https://chat.havenline.example/#/invite/q7Wm3nX9dLkT2vBz'),
    accept: () => answer(undefined).then(() => change(roomId, { membership: 'join' })),
    decline: () => remove(roomId),
    leave: () => remove(roomId),
    enableEncryption: () => answer(undefined).then(() => change(roomId, { isEncrypted: true })),
    continueUnencrypted: () => answer('!open:x'),
    resetRoomKey: () => answer(undefined),
    setVerifiedOnly() {},
    close() {},
  };
}
