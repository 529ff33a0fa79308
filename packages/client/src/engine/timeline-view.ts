import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import { Direction } from 'matrix-js-sdk/lib/models/event-timeline.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import type { SealedFacts } from '../crypto/sealed.ts';
import { createRunner, createSource } from '../observable.ts';
import type { Observable, Timeline, TimelineItem } from '../types.ts';
import { personIn } from './room-summary.ts';
import { sdkProblem } from './sdk-problems.ts';
import type { EventReader, SeenEvent } from './seen-event.ts';
import type { HeldBack } from './sender.ts';
import { buildItems, firstUnreadKey } from './timeline-items.ts';

/** What a conversation is made with. */
export interface TimelineOptions {
  client: MatrixClient;
  reader: EventReader;
  heldBack(roomId: string): readonly HeldBack[];
  isEncrypted(room: Room): boolean;
  /** What stands now that a closed message of this sender depends on. */
  sealedFacts(sender: string): SealedFacts;
}

/** A conversation as a snapshot. */
export interface TimelineView {
  timeline: Observable<Timeline>;
  /** Brings the snapshot up to date. */
  refresh(): Promise<void>;
  loadEarlier(): Promise<void>;
  close(): void;
}

const pageSize = 50;
/** A page can be all reactions and edits; so many are fetched until there is enough to see. */
const maxPages = 5;
const enoughItems = 15;
/** What is waited for can bring new things to wait for (a late key); more rounds than this come from a fault alone. */
const maxRounds = 5;

/** The conversation of a room, from the newest event back to what was loaded. */
export function createTimelineView(roomId: string, options: TimelineOptions): TimelineView {
  const { client, reader } = options;
  const timeline = createSource<Timeline>({ items: [], earlier: 'loading' });
  const unread = createUnreadLine();
  let paging: Timeline['earlier'] | undefined;
  let isClosed = false;

  const refresh = createRunner(async () => {
    const room = client.getRoom(roomId);
    if (!room || isClosed) return;
    await prepare(reader, room);
    if (isClosed) return;
    const current = timeline.get();
    const events = [...eventsOf(room).map(reader.read), ...options.heldBack(roomId).map(asEvent(client))];
    const items = buildItems(events, contextOf(room, options), current.items);
    const firstUnread = unread.settle(events, { items, readUpTo: readUpTo(client, room) });
    const earlier = paging ?? (hasEarlier(room) ? 'more' : 'none');
    if (items === current.items && earlier === current.earlier && firstUnread === current.firstUnreadKey) return;
    timeline.set({ items, earlier, ...(firstUnread !== undefined && { firstUnreadKey: firstUnread }) });
  });

  async function loadPages(room: Room): Promise<void> {
    const wanted = timeline.get().items.length + enoughItems;
    for (let page = 0; page < maxPages && hasEarlier(room) && timeline.get().items.length < wanted; page++) {
      await client.paginateEventTimeline(room.getLiveTimeline(), { backwards: true, limit: pageSize });
      await refresh();
    }
  }

  return {
    timeline,
    refresh,
    async loadEarlier() {
      const room = client.getRoom(roomId);
      if (!room || paging === 'loading' || !hasEarlier(room)) return;
      paging = 'loading';
      await refresh();
      await loadPages(room).then(
        () => (paging = undefined),
        (error: unknown) => (paging = { problem: sdkProblem(error) }),
      );
      await refresh();
    },
    close() {
      isClosed = true;
    },
  };
}

/** Waits until everything is decrypted and judged that can be, so that rows appear read and marked at once. */
async function prepare(reader: EventReader, room: Room): Promise<void> {
  for (let round = 0; round < maxRounds; round++) {
    const work = reader.prepare(eventsOf(room));
    if (!work) return;
    await work;
  }
}

function eventsOf(room: Room): MatrixEvent[] {
  return [...room.getLiveTimeline().getEvents(), ...room.getPendingEvents()];
}

function hasEarlier(room: Room): boolean {
  const events = room.getLiveTimeline().getEvents();
  const token = room.getLiveTimeline().getPaginationToken(Direction.Backward);
  return typeof token === 'string' && events[0]?.getType() !== 'm.room.create';
}

function contextOf(room: Room, { client, isEncrypted, sealedFacts }: TimelineOptions) {
  return {
    ownUserId: client.getSafeUserId(),
    isRoomEncrypted: isEncrypted(room),
    sealedFacts,
    person: (userId: string) => personIn(room, userId),
  };
}

function readUpTo(client: MatrixClient, room: Room): string | undefined {
  return room.getEventReadUpTo(client.getSafeUserId()) ?? undefined;
}

/** A message that the gate held back, as an event at the end of the conversation. */
function asEvent(client: MatrixClient): (message: HeldBack) => SeenEvent {
  return ({ key, text, sentAtMs, problem }) => ({
    key,
    type: 'm.room.message',
    sender: client.getSafeUserId(),
    isState: false,
    isEncrypted: false,
    isRedacted: false,
    content: { msgtype: 'm.text', body: text },
    previous: {},
    outerRelation: undefined,
    sentAtMs,
    delivery: problem ? 'failed' : 'sending',
    ...(problem && { problem }),
    decryption: 'clear',
    shield: 'none',
    isReplay: false,
  });
}

interface UnreadLine {
  settle(
    events: readonly SeenEvent[],
    at: { items: readonly TimelineItem[]; readUpTo: string | undefined },
  ): string | undefined;
}

/**
 * Where reading was left off when the conversation was opened. Fixed from the first look on: reading on must not move
 * it. While the event that was read last isn't loaded, it waits for the pages that bring it.
 */
function createUnreadLine(): UnreadLine {
  let opened: { readUpTo: string | undefined } | undefined;
  let fixed: { key: string | undefined } | undefined;
  return {
    settle(events, { items, readUpTo }) {
      opened ??= { readUpTo };
      const from = opened.readUpTo;
      if (!fixed && (from === undefined || events.some(({ eventId }) => eventId === from))) {
        fixed = { key: firstUnreadKey(events, items, from) };
      }
      return fixed?.key;
    },
  };
}
