import type { TestUser } from './people.ts';

/** A room as tests speak of it. Everything throws unless it is answered 200. */
export interface TestRoom {
  readonly roomId: string;
  /** `/v3/rooms/{roomId}/REST`, or under another version. */
  at(rest: string, version?: string): string;
  join(...people: TestUser[]): Promise<void>;
  leave(who: TestUser): Promise<void>;
  /** Sends a text, or any content; resolves with the event id. */
  say(who: TestUser, content: string | object, type?: string): Promise<string>;
  /** Sets state, by its type alone where its key is empty; resolves with the event id. */
  set(who: TestUser, place: string | { type: string; stateKey: string }, content: object): Promise<string>;
  redact(who: TestUser, eventId: string, reason?: string): Promise<string>;
}

let transaction = 0;

/** A new room that anyone may join, with its creator in it. */
export async function createTestRoom(creator: TestUser, options: object = {}): Promise<TestRoom> {
  const { room_id: roomId } = await creator.call('POST', '/v3/createRoom', { preset: 'public_chat', ...options });
  const at = (rest: string, version = 'v3') => `/${version}/rooms/${encodeURIComponent(roomId)}/${rest}`;
  const nextId = () => `t${transaction++}`;
  return {
    roomId,
    at,
    async join(...people) {
      for (const who of people) await who.call('POST', at('join'), {});
    },
    async leave(who) {
      await who.call('POST', at('leave'), {});
    },
    async say(who, content, type = 'm.room.message') {
      const body = typeof content === 'string' ? { msgtype: 'm.text', body: content } : content;
      return (await who.call('PUT', at(`send/${encodeURIComponent(type)}/${nextId()}`), body)).event_id;
    },
    async set(who, place, content) {
      const { type, stateKey } = typeof place === 'string' ? { type: place, stateKey: '' } : place;
      const path = at(`state/${encodeURIComponent(type)}/${encodeURIComponent(stateKey)}`);
      return (await who.call('PUT', path, content)).event_id;
    },
    async redact(who, eventId, reason) {
      const body = reason === undefined ? {} : { reason };
      return (await who.call('PUT', at(`redact/${encodeURIComponent(eventId)}/${nextId()}`), body)).event_id;
    },
  };
}
