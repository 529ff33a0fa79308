/**
 * A Matrix client that believes what sync tells and keeps nothing else: what it knows after any number of answers is
 * what the property test compares. Fills the gaps of limited timelines by paging back.
 */

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of any shape, and a wrong guess fails the comparison
type Json = any;

/** Someone who is logged in. `call` throws unless the answer is 200. */
export interface Caller {
  userId: string;
  call(method: string, path: string, body?: unknown): Promise<Json>;
  api(method: string, path: string): Promise<{ status: number; body: Json }>;
}

export interface ClientSettings {
  /** The filter of its syncs, without the limit. */
  filter: { room?: Record<string, Json> };
  timelineLimit: number;
  /** MSC4222. */
  useStateAfter: boolean;
}

export interface ModelRoom {
  section: 'join' | 'invite' | 'knock' | 'leave';
  /** Event ids, oldest first, without holes. */
  order: string[];
  events: Map<string, Json>;
  /** `type|state_key` to the event. */
  state: Map<string, Json>;
  /** Who wrote what sync itself told. */
  authors: Set<string>;
  /** Ids of events that were struck out as far as this client was told. */
  redacted: Set<string>;
  /** `receipt type|thread|user` to the event id. */
  receipts: Map<string, string>;
  accountData: Map<string, string>;
  joined: number | undefined;
  invited: number | undefined;
  heroes: string[] | undefined;
  unread: Json;
  /** What is shown of a room to one who is not in it, as text. */
  stripped: string | undefined;
}

export interface ModelClient {
  rooms: Map<string, ModelRoom>;
  accountData: Map<string, string>;
  toDevice: Json[];
  /** Syncs once, hardly waiting; gives how many messages to the device came. A lost answer changes nothing: the next begins where it did. */
  sync(options?: { isLost?: boolean }): Promise<number>;
}

export function createModelClient(caller: Caller, settings: ClientSettings): ModelClient {
  const rooms = new Map<string, ModelRoom>();
  const accountData = new Map<string, string>();
  const toDevice: Json[] = [];
  let syncs = 0;
  let since: string | undefined;

  const timelineFilter = { ...settings.filter.room?.timeline, limit: settings.timelineLimit };
  const filter = { ...settings.filter, room: { ...settings.filter.room, timeline: timelineFilter } };

  /** Everything before `from`, oldest first, as far as this person may read it. */
  async function pageBack(roomId: string, from: string, to: string | undefined): Promise<Json[]> {
    const { limit: _limit, ...wanted } = timelineFilter;
    const found: Json[] = [];
    let next: string | undefined = from;
    while (next !== undefined) {
      const query = new URLSearchParams({ dir: 'b', from: next, limit: '7', filter: JSON.stringify(wanted) });
      if (to !== undefined) query.set('to', to);
      const page = await caller.api('GET', `/v3/rooms/${encodeURIComponent(roomId)}/messages?${query}`);
      if (page.status !== 200) throw new Error(`paging back was answered ${page.status}`);
      found.push(...page.body.chunk);
      next = page.body.end;
    }
    return found.reverse();
  }

  function learnEvents(room: ModelRoom, events: readonly Json[]): void {
    for (const event of events) {
      if (!room.events.has(event.event_id) || event.unsigned?.redacted_because) room.events.set(event.event_id, event);
      if (event.unsigned?.redacted_because) room.redacted.add(event.event_id);
    }
    for (const event of events) {
      if (event.type === 'm.room.redaction') room.redacted.add(event.redacts ?? event.content.redacts);
    }
    const added = new Set(events.map((event) => event.event_id));
    room.order = [...room.order.filter((id) => !added.has(id)), ...events.map((event) => event.event_id)];
  }

  async function learnTimeline(roomId: string, room: ModelRoom, { timeline, isNew }: Json): Promise<void> {
    if (timeline.limited || isNew) {
      learnEvents(room, await pageBack(roomId, timeline.prev_batch, isNew ? undefined : since));
    }
    learnEvents(room, timeline.events);
  }

  function learnState(room: ModelRoom, told: Json): void {
    const timelineState = told.timeline.events.filter((event: Json) => event.state_key !== undefined);
    const events = settings.useStateAfter ? told.state_after.events : [...told.state.events, ...timelineState];
    for (const event of events) room.state.set(`${event.type}|${event.state_key}`, event);
  }

  async function learnRoom(section: 'join' | 'leave', roomId: string, told: Json): Promise<void> {
    const before = rooms.get(roomId);
    // A room that was left is known anew when it is entered again.
    const isNew = before === undefined || (before.section !== 'join' && before.section !== section);
    const room = before ?? emptyRoom(section);
    rooms.set(roomId, room);
    if (isNew) {
      room.order = [];
      room.events.clear();
      room.state.clear();
      room.receipts.clear();
    }
    room.section = section;
    room.stripped = undefined;
    if (isNew) room.authors.clear();
    for (const event of told.timeline.events) room.authors.add(event.sender);
    learnState(room, told);
    // A room that one was never in has no history of one's own, even where strangers may read it.
    const wasIn = section === 'join' || room.state.has('m.room.create|');
    if (wasIn) await learnTimeline(roomId, room, { timeline: told.timeline, isNew });
    for (const event of told.account_data?.events ?? [])
      room.accountData.set(event.type, JSON.stringify(event.content));
    for (const event of told.ephemeral?.events ?? []) if (event.type === 'm.receipt') learnReceipts(room, event);
    room.joined = told.summary?.['m.joined_member_count'] ?? room.joined;
    room.invited = told.summary?.['m.invited_member_count'] ?? room.invited;
    room.heroes = told.summary === undefined ? room.heroes : told.summary['m.heroes'];
    room.unread = told.unread_notifications ?? room.unread;
  }

  function learnStripped(section: 'invite' | 'knock', roomId: string, events: readonly Json[]): void {
    const room = rooms.get(roomId) ?? emptyRoom(section);
    room.section = section;
    room.stripped = JSON.stringify(events.map((event: Json) => [event.type, event.state_key, event.sender]).sort());
    rooms.set(roomId, room);
  }

  return {
    rooms,
    accountData,
    toDevice,
    async sync({ isLost = false } = {}) {
      // Every other time it waits a moment, for a poll may begin with waiting and end without reading.
      const timeout = syncs++ % 2 === 0 ? '0' : '20';
      const query = new URLSearchParams({ filter: JSON.stringify(filter), timeout });
      if (since !== undefined) query.set('since', since);
      if (settings.useStateAfter) query.set('use_state_after', 'true');
      const answer = await caller.call('GET', `/v3/sync?${query}`);
      if (isLost) return 0;
      for (const [roomId, told] of Object.entries(answer.rooms.join ?? {})) await learnRoom('join', roomId, told);
      for (const [roomId, told] of Object.entries(answer.rooms.leave ?? {})) await learnRoom('leave', roomId, told);
      for (const [roomId, told] of Object.entries<Json>(answer.rooms.invite ?? {}))
        learnStripped('invite', roomId, told.invite_state.events);
      for (const [roomId, told] of Object.entries<Json>(answer.rooms.knock ?? {}))
        learnStripped('knock', roomId, told.knock_state.events);
      for (const event of answer.account_data.events) accountData.set(event.type, JSON.stringify(event.content));
      toDevice.push(...answer.to_device.events);
      since = answer.next_batch;
      return answer.to_device.events.length;
    },
  };
}

function emptyRoom(section: ModelRoom['section']): ModelRoom {
  return {
    section,
    order: [],
    events: new Map(),
    state: new Map(),
    authors: new Set(),
    redacted: new Set(),
    receipts: new Map(),
    accountData: new Map(),
    joined: undefined,
    invited: undefined,
    heroes: undefined,
    unread: undefined,
    stripped: undefined,
  };
}

/** `m.receipt` by event, by type, by person; each person has one of a type and thread. */
function learnReceipts(room: ModelRoom, { content }: Json): void {
  for (const [eventId, byType] of Object.entries<Json>(content)) {
    for (const [type, byUser] of Object.entries<Json>(byType)) {
      for (const [userId, receipt] of Object.entries<Json>(byUser)) {
        room.receipts.set(`${type}|${receipt.thread_id ?? ''}|${userId}`, eventId);
      }
    }
  }
}
