import type { Queryable } from '@sotto/sql';

/**
 * Finding events by their words, on SQLite's FTS5. The one table whose SQL is an engine's own: another engine brings
 * another file with these functions.
 */

/** The parts of an event that are searched, by the columns that keep them. */
export interface SearchableText {
  body?: string | undefined;
  name?: string | undefined;
  topic?: string | undefined;
}

export type SearchedColumn = keyof SearchableText;

const types = "('m.room.message', 'm.room.name', 'm.room.topic')";

/** Whether something that can be searched was written in `(after, upto]`. */
export async function hasSearchable(db: Queryable, range: { after: number; upto: number }): Promise<boolean> {
  const sql = `SELECT 1 FROM events WHERE position > ? AND position <= ? AND type IN ${types} LIMIT 1`;
  return (await db.get(sql, range.after, range.upto)) !== undefined;
}

/** What the index takes of an event; `json` as clients get it. */
export interface SearchableEvent {
  position: number;
  json: string;
}

/** The events in `(after, upto]` that can be searched and are not struck out. */
export function listSearchable(db: Queryable, range: { after: number; upto: number }): Promise<SearchableEvent[]> {
  return db.all<SearchableEvent>(
    `SELECT position, json FROM events
     WHERE position > ? AND position <= ? AND type IN ${types} AND redacted_by IS NULL`,
    range.after,
    range.upto,
  );
}

export async function putSearchable(
  db: Queryable,
  position: number,
  { body = '', name = '', topic = '' }: SearchableText,
): Promise<void> {
  await db.run('INSERT INTO event_search (rowid, body, name, topic) VALUES (?, ?, ?, ?)', position, body, name, topic);
}

export async function removeSearchable(db: Queryable, position: number): Promise<void> {
  await db.run('DELETE FROM event_search WHERE rowid = ?', position);
}

/** To be called while the room's events are still there. */
export async function removeSearchableOfRoom(db: Queryable, roomId: string): Promise<void> {
  await db.run('DELETE FROM event_search WHERE rowid IN (SELECT position FROM events WHERE room_id = ?)', roomId);
}

/** Words and phrases; each of `wanted` must be there, in whichever column, and none of `unwanted`. */
export interface SearchTerms {
  wanted: readonly string[];
  unwanted: readonly string[];
}

export interface SearchHit {
  position: number;
  roomId: string;
  sender: string;
  stateKey: string | null;
  /** The higher, the closer: which share of the text the words searched for are at least, up to 1. */
  rank: number;
}

/**
 * The newest hits up to a position in these rooms, newest first. Their rank comes of the row and the words alone: FTS5's
 * own knows how often a word stands in the whole index, and would tell everybody what is written where they are not.
 */
export function findByWords(
  db: Queryable,
  { wanted, unwanted }: SearchTerms,
  place: { columns: readonly SearchedColumn[]; roomIds: readonly string[]; upto: number; limit: number },
): Promise<SearchHit[]> {
  // FTS5 reads a query up to its first NUL; a control character is in no word.
  const quote = (text: string) => `"${text.replaceAll(/["\p{Cc}]/gu, ' ')}"`;
  const all = wanted.map(quote).join(' AND ');
  const none = unwanted.map((text) => ` NOT ${quote(text)}`).join('');
  const wantedBytes = wanted.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  // CROSS JOIN keeps SQLite going from the words to the events.
  return db.all<SearchHit>(
    `SELECT e.position, e.room_id AS roomId, e.sender, e.state_key AS stateKey,
       min(1.0, 1.0 * ? / (octet_length(body) + octet_length(name) + octet_length(topic))) AS rank
     FROM event_search CROSS JOIN events e ON e.position = event_search.rowid
     WHERE event_search MATCH ? AND event_search.rowid <= ? AND e.room_id IN (SELECT value FROM json_each(?))
     ORDER BY event_search.rowid DESC LIMIT ?`,
    wantedBytes,
    `{${place.columns.join(' ')}} : ((${all})${none})`,
    place.upto,
    JSON.stringify(place.roomIds),
    place.limit,
  );
}
