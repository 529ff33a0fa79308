import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RoomEventFilter } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { findByWords, type SearchedColumn, type SearchHit } from '../../store/event-search.ts';
import { type EventRow, listEventsAt } from '../../store/events.ts';
import { listRoomsEverJoined } from '../../store/memberships.ts';
import { listStateAt, listStateOfRooms } from '../../store/room-state.ts';
import type { Requester } from '../accounts/requester.ts';
import type { RawJson } from '../raw-json.ts';
import { type ErasedPeople, hidesWords } from '../timeline/erased-people.ts';
import { createEventFilter } from '../timeline/event-filter.ts';
import { ignoring, readIgnoredUsers } from '../timeline/ignored-users.ts';
import { readableStatePosition } from '../timeline/room-access.ts';
import type { ShowEvents } from '../timeline/show-events.ts';
import { isReadable, type OwnHistory, readHistories } from '../timeline/visibility.ts';
import { type GroupKey, makePageToken, type SearchPlace } from './page-token.ts';
import { type ContextOptions, createReadSurroundings, type Surroundings } from './read-surroundings.ts';
import { highlightsOf, readTerms } from './read-terms.ts';
import type { SearchIndex } from './search-index.ts';

export interface SearchRequest {
  requester: Requester;
  term: string;
  columns: readonly SearchedColumn[];
  /** Its `rooms`, `not_rooms` and all else; `limit` aside. */
  filter: RoomEventFilter;
  limit: number;
  orderBy: 'rank' | 'recent';
  context?: ContextOptions | undefined;
  includeState: boolean;
  groupBy: readonly GroupKey[];
  /** From the token of an earlier answer. */
  place?: SearchPlace | undefined;
}

interface GroupPart {
  results: string[];
  order: number;
  next_batch?: string;
}

/** `room_events` of the answer (specification, "Server Side Search"). */
export interface SearchAnswer {
  count: number;
  highlights: string[];
  results: { rank: number; result: RawJson; context?: Surroundings }[];
  state?: Record<string, RawJson[]>;
  groups?: Partial<Record<GroupKey, Record<string, GroupPart>>>;
  next_batch?: string;
}

/** Searches what is not encrypted, in all rooms that a person is or was in, as far as they may read there. */
export type SearchEvents = (request: SearchRequest) => Promise<SearchAnswer>;

export interface SearchEventsParts {
  db: Queryable;
  index: SearchIndex;
  newest: () => number;
  show: ShowEvents;
  erased: ErasedPeople;
}

/** No search looks at more hits: of a word that stands everywhere these are the newest. */
const mostHits = 5_000;

export function createSearchEvents({ db, index, newest, show, erased }: SearchEventsParts): SearchEvents {
  const readSurroundings = createReadSurroundings({ db, show });

  /** The rooms to search in, with what of them may be read. */
  async function historiesOf(request: SearchRequest, upto: number): Promise<Map<string, OwnHistory>> {
    const { userId } = request.requester;
    const { includesRoom } = createEventFilter(request.filter);
    const rooms = await listRoomsEverJoined(db, userId);
    const wanted = rooms.map((row) => row.roomId).filter(includesRoom);
    const encrypted = new Set((await listStateOfRooms(db, wanted, ['m.room.encryption'])).map((row) => row.roomId));
    const roomIds = wanted.filter((roomId) => !encrypted.has(roomId));
    const histories = await readHistories(db, userId, { roomIds, upto });
    for (const [roomId, { lastJoinEnd }] of histories) if (lastJoinEnd === -1) histories.delete(roomId);
    return histories;
  }

  /** All hits that the person may see and the filter takes, in the order asked for. */
  async function hitsOf(request: SearchRequest, histories: ReadonlyMap<string, OwnHistory>, upto: number) {
    const terms = readTerms(request.term);
    const roomIds = [...histories.keys()];
    if (terms.wanted.length === 0 || roomIds.length === 0) return [];
    const found = await findByWords(db, terms, { columns: request.columns, roomIds, upto, limit: mostHits });
    const readable = found.filter((hit) => {
      const { ranges, membershipAt } = histories.get(hit.roomId) as OwnHistory;
      // What is not shown is not found by its words either.
      return isReadable(ranges, hit.position) && hidesWords(erased, membershipAt)?.(hit) !== true;
    });
    const hits = await filtered(request, readable);
    return request.orderBy === 'recent' ? hits : hits.sort((a, b) => b.rank - a.rank || b.position - a.position);
  }

  async function filtered({ requester, filter }: SearchRequest, hits: SearchHit[]): Promise<SearchHit[]> {
    const { rooms: _rooms, not_rooms: _notRooms, ...rest } = filter;
    const ignored = await readIgnoredUsers(db, requester.userId);
    const matcher = ignoring(createEventFilter(rest), ignored);
    if (matcher.isOpen) return hits;
    const rows = await listEventsAt(
      db,
      hits.map((hit) => hit.position),
    );
    const taken = new Set((await matcher.select(db, rows)).map((row) => row.position));
    return hits.filter((hit) => taken.has(hit.position));
  }

  async function stateOf({ requester }: SearchRequest, roomIds: Iterable<string>, upto: number) {
    const state: Record<string, RawJson[]> = {};
    for (const roomId of roomIds) {
      const position = await readableStatePosition(db, requester.userId, roomId);
      state[roomId] = show.state(await listStateAt(db, roomId, Math.min(position, upto)));
    }
    return state;
  }

  return async (request) => {
    const { requester, place, limit, context, includeState, groupBy } = request;
    const upto = Math.min(place?.upto ?? newest(), newest());
    await index.reach(upto);
    const histories = await historiesOf(request, upto);
    const hits = await hitsOf(request, histories, upto);
    const rest = hitsAfter(hits, request);
    const page = rest.slice(0, limit);
    const rows = await rowsOf(page);
    const results: SearchAnswer['results'] = [];
    for (const [position, row] of rows) {
      const history = histories.get(row.roomId) as OwnHistory;
      const { rank } = page.find((hit) => hit.position === position) as SearchHit;
      const [result, around] = await readSurroundings({ row, history, viewer: requester, options: context });
      results.push({ rank, result, ...(around && { context: around }) });
      if (context !== undefined) await nextTurn();
    }
    const answer: SearchAnswer = { count: hits.length, highlights: highlightsOf(readTerms(request.term)), results };
    if (includeState) answer.state = await stateOf(request, new Set(page.map((hit) => hit.roomId)), upto);
    if (groupBy.length > 0) answer.groups = groupsOf(rows, { keys: groupBy, rest, upto });
    const last = page.at(-1);
    // A full page may be the last one: clients then get an empty one, as from the reference server.
    if (last !== undefined && page.length === limit)
      answer.next_batch = makePageToken({ upto, after: last.position, rank: last.rank, group: place?.group });
    return answer;
  };

  /** The events of a page by position, in its order. */
  async function rowsOf(page: readonly SearchHit[]): Promise<Map<number, EventRow>> {
    const positions = page.map((hit) => hit.position);
    const found = new Map((await listEventsAt(db, positions)).map((row) => [row.position, row]));
    return new Map(
      positions.flatMap((position) => {
        const row = found.get(position);
        return row === undefined ? [] : [[position, row]];
      }),
    );
  }
}

const groupOf = (hit: { roomId: string; sender: string }, key: GroupKey) =>
  key === 'room_id' ? hit.roomId : hit.sender;

/** What is left of the hits behind the place where the page begins. */
function hitsAfter(hits: readonly SearchHit[], { place, orderBy }: SearchRequest): SearchHit[] {
  if (place === undefined) return [...hits];
  const { after, rank, group } = place;
  // By its place in the order and not by finding it: the last one shown may have been struck out meanwhile.
  const rest = hits.filter((hit) =>
    orderBy === 'recent' || hit.rank === rank ? hit.position < after : hit.rank < rank,
  );
  return group === undefined ? rest : rest.filter((hit) => groupOf(hit, group.key) === group.value);
}

/** Which results are in which group, groups in the order of their first result, each with the way to more of it. */
function groupsOf(
  rows: ReadonlyMap<number, EventRow>,
  { keys, rest, upto }: { keys: readonly GroupKey[]; rest: readonly SearchHit[]; upto: number },
): NonNullable<SearchAnswer['groups']> {
  const groups: NonNullable<SearchAnswer['groups']> = {};
  for (const key of keys) {
    const parts: Record<string, GroupPart> = {};
    for (const [value, members] of Map.groupBy(rows.values(), (row) => groupOf(row, key))) {
      const all = rest.filter((hit) => groupOf(hit, key) === value);
      const after = (members.at(-1) as EventRow).position;
      const { rank } = all.find((hit) => hit.position === after) as SearchHit;
      parts[value] = {
        results: members.map((row) => row.eventId),
        order: Object.keys(parts).length + 1,
        ...(all.at(-1)?.position !== after && {
          next_batch: makePageToken({ upto, after, rank, group: { key, value } }),
        }),
      };
    }
    groups[key] = parts;
  }
  return groups;
}
