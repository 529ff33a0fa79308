import { EventType } from 'matrix-js-sdk/lib/@types/event.js';
import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import { Preset, Visibility } from 'matrix-js-sdk/lib/@types/partials.js';
import type { ICreateRoomOpts } from 'matrix-js-sdk/lib/@types/requests.js';
import { ClientEvent, type MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
import type { EncryptionPins } from '../crypto/encryption-pins.ts';
import { megolm } from '../crypto/send-gate.ts';
import type { Person } from '../types.ts';
import type { DirectRooms } from './direct-rooms.ts';
import { withoutBidi } from './names.ts';
import { within } from './within.ts';

/** The verbs that make rooms and find people. */
export interface RoomVerbs {
  createRoom(options: { name: string; isEncrypted: boolean; invite?: readonly string[] }): Promise<string>;
  openDirect(userId: string, options?: { isEncrypted: boolean }): Promise<string>;
  searchPeople(term: string): Promise<readonly Person[]>;
}

const arrivalTimeoutMs = 10_000;
const searchLimit = 20;

/** Makes rooms, encrypted where asked and always for direct messages (features A1). */
export function createRoomVerbs(options: {
  client: MatrixClient;
  direct: DirectRooms;
  pins: EncryptionPins;
}): RoomVerbs {
  const { client, direct, pins } = options;
  const opening = new Map<string, Promise<string>>();

  async function create(content: ICreateRoomOpts, isEncrypted: boolean): Promise<string> {
    const initialState = isEncrypted ? [encryptionState] : [];
    const { room_id: roomId } = await client.createRoom({
      visibility: Visibility.Private,
      ...content,
      initial_state: initialState,
    });
    // Before the server had a chance to say otherwise.
    if (isEncrypted) pins.pin(roomId);
    await arrival(client, roomId);
    return roomId;
  }

  async function makeDirect(userId: string, isEncrypted: boolean): Promise<string> {
    const existing = direct.find(userId);
    if (existing) return existing.roomId;
    const roomId = await create({ preset: Preset.TrustedPrivateChat, is_direct: true, invite: [userId] }, isEncrypted);
    await direct.mark(roomId, userId);
    return roomId;
  }

  return {
    createRoom: ({ name, isEncrypted, invite }) =>
      create({ preset: Preset.PrivateChat, name, invite: [...(invite ?? [])] }, isEncrypted),
    openDirect(userId, { isEncrypted } = { isEncrypted: true }) {
      // Two clicks open one room.
      const current = opening.get(userId) ?? makeDirect(userId, isEncrypted).finally(() => opening.delete(userId));
      opening.set(userId, current);
      return current;
    },
    searchPeople: (term) => searchPeople(client, term.trim()),
  };
}

const encryptionState = { type: EventType.RoomEncryption, state_key: '', content: { algorithm: megolm } };

/** Waits for the sync that brings a room just made, so that it can be opened and written to; no longer than the timeout. */
async function arrival(client: MatrixClient, roomId: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (client.getRoom(roomId)?.getMyMembership() === KnownMembership.Join) resolve();
  };
  client.on(ClientEvent.Sync, look);
  look();
  await within(promise, arrivalTimeoutMs);
  client.off(ClientEvent.Sync, look);
}

/** The directory's answer; a full user id is looked up by itself, since directories don't list everybody. */
async function searchPeople(client: MatrixClient, term: string): Promise<readonly Person[]> {
  if (term === '') return [];
  const [listed, exact] = await Promise.all([searchDirectory(client, term), lookUp(client, term)]);
  const people = exact && !listed.some(({ userId }) => userId === exact.userId) ? [exact, ...listed] : listed;
  return people.filter(({ userId }) => userId !== client.getUserId());
}

async function searchDirectory(client: MatrixClient, term: string): Promise<Person[]> {
  try {
    const { results } = await client.searchUserDirectory({ term, limit: searchLimit });
    return results.map(({ user_id, display_name }) => personOf(user_id, display_name));
  } catch (error) {
    // A server without a directory still lets one write to a person whose id is known.
    if (error instanceof MatrixError && error.errcode === 'M_UNRECOGNIZED') return [];
    throw error;
  }
}

async function lookUp(client: MatrixClient, term: string): Promise<Person | undefined> {
  if (!/^@[^:\s]+:\S+$/.test(term)) return undefined;
  try {
    return personOf(term, (await client.getProfileInfo(term)).displayname);
  } catch {
    return undefined;
  }
}

/** A person by name, where no room says better. */
export function personOf(userId: string, displayName: string | undefined): Person {
  return { userId, displayName: withoutBidi(displayName ?? '') || userId };
}
