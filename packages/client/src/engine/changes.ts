import { ClientEvent, type MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { MatrixEventEvent } from 'matrix-js-sdk/lib/models/event.js';
import { RoomEvent } from 'matrix-js-sdk/lib/models/room.js';
import { RoomMemberEvent } from 'matrix-js-sdk/lib/models/room-member.js';
import { RoomStateEvent } from 'matrix-js-sdk/lib/models/room-state.js';
import { createBatch } from '../observable.ts';

/** Which rooms changed since the last time; `all` when it can't be said. */
export type Changed = ReadonlySet<string> | 'all';

/** Tells what changed, in batches: a sync of a hundred events is one call. */
export interface Changes {
  subscribe(listener: (changed: Changed) => void): () => void;
  /** Marks a room, or all, as changed. */
  mark(roomId: string | undefined): void;
  /** Counts what changes who is in a room, their names, ranks and what they may read: a large room isn't listed anew for each message. */
  peopleVersion(roomId: string): number;
  stop(): void;
}

/** Watches everything in the SDK's client that a snapshot of a room is made of. */
export function watchChanges(client: MatrixClient): Changes {
  const listeners = new Set<(changed: Changed) => void>();
  let rooms = new Set<string>();
  let isAll = false;
  const batch = createBatch(() => {
    const changed = isAll ? 'all' : rooms;
    rooms = new Set();
    isAll = false;
    for (const listener of [...listeners]) listener(changed);
  });
  const mark = (roomId: string | undefined) => {
    if (roomId === undefined) isAll = true;
    else rooms.add(roomId);
    batch.request();
  };
  attach(client, mark);
  const versions = new Map<string, number>();
  client.on(RoomStateEvent.Events, (event) => {
    const roomId = event.getRoomId();
    if (roomId && peopleTypes.has(event.getType())) versions.set(roomId, (versions.get(roomId) ?? 0) + 1);
  });
  return {
    peopleVersion: (roomId) => versions.get(roomId) ?? 0,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    mark,
    stop() {
      batch.cancel();
      listeners.clear();
    },
  };
}

const peopleTypes: ReadonlySet<string> = new Set(['m.room.member', 'm.room.power_levels', 'm.room.history_visibility']);

/** The listeners end with the client, which is thrown away when it is stopped. */
function attach(client: MatrixClient, mark: (roomId: string | undefined) => void): void {
  client.on(ClientEvent.Room, (room) => mark(room.roomId));
  client.on(ClientEvent.DeleteRoom, mark);
  client.on(ClientEvent.AccountData, () => mark(undefined));
  client.on(RoomEvent.Timeline, (_event, room) => mark(room?.roomId));
  client.on(RoomEvent.TimelineReset, (room) => mark(room?.roomId));
  client.on(RoomEvent.LocalEchoUpdated, (_event, room) => mark(room.roomId));
  client.on(RoomEvent.Redaction, (_event, room) => mark(room.roomId));
  client.on(RoomEvent.Name, (room) => mark(room.roomId));
  client.on(RoomEvent.MyMembership, (room) => mark(room.roomId));
  client.on(RoomEvent.Receipt, (_event, room) => mark(room.roomId));
  client.on(RoomStateEvent.Events, (event) => mark(event.getRoomId()));
  client.on(RoomMemberEvent.Typing, (_event, member) => mark(member.roomId));
  client.on(RoomMemberEvent.Name, (_event, member) => mark(member.roomId));
  client.on(MatrixEventEvent.Decrypted, (event) => mark(event.getRoomId()));
  client.on(CryptoEvent.UserTrustStatusChanged, () => mark(undefined));
  client.on(CryptoEvent.DevicesUpdated, () => mark(undefined));
}
