import type { JsonObject } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import type { Pusher } from '../../store/pushers.ts';
import { getCurrentState } from '../../store/room-state.ts';

/** What of an event a gateway is told, and how loud. `unread` is left out for clients that count themselves. */
export interface PushContents {
  pusher: Pusher;
  tweaks: Readonly<Record<string, unknown>>;
  unread: number | undefined;
}

/** The `notification` about an event (push gateway API, POST /notify), as much of it as the pusher's format wants. */
export async function eventNotification(
  db: Queryable,
  event: EventRow,
  { pusher, tweaks, unread }: PushContents,
): Promise<JsonObject> {
  const { content } = JSON.parse(event.json);
  const isLoud = tweaks.highlight === true || tweaks.sound !== undefined || event.type === 'm.room.encrypted';
  const device = deviceOf(pusher);
  const least = {
    event_id: event.eventId,
    room_id: event.roomId,
    prio: isLoud ? 'high' : 'low',
    ...countsOf(unread),
  };
  if (formatOf(pusher) === 'event_id_only') return { ...least, devices: [device] };
  const inRoom = (type: string, stateKey = '') => contentOf(db, { roomId: event.roomId, type, stateKey });
  const [sender, name, alias] = [
    await inRoom('m.room.member', event.sender),
    await inRoom('m.room.name'),
    await inRoom('m.room.canonical_alias'),
  ];
  return {
    ...least,
    // Its name in the first versions of the push gateway API, which gateways may still read.
    id: event.eventId,
    type: event.type,
    sender: event.sender,
    content,
    ...(typeof sender.displayname === 'string' && { sender_display_name: sender.displayname }),
    ...nameOf(name, alias),
    ...(typeof alias.alias === 'string' && { room_alias: alias.alias }),
    // `membership` is of the first versions too.
    ...(event.type === 'm.room.member' && {
      user_is_target: event.stateKey === pusher.userId,
      membership: content.membership,
    }),
    devices: [{ ...device, tweaks: tweaks as JsonObject }],
  };
}

/** What to call the room: gateways look for a name first, and few of them know what an alias is. */
function nameOf({ name }: JsonObject, { alias }: JsonObject): JsonObject {
  if (typeof name === 'string' && name !== '') return { room_name: name };
  return typeof alias === 'string' ? { room_name: alias } : {};
}

/** The `notification` that changes the number on an app's badge and nothing else. Zero is said, or none would vanish. */
export function badgeNotification(pusher: Pusher, unread: number): JsonObject {
  return { ...countsOf(unread), devices: [deviceOf(pusher)] };
}

/** Whether this pusher is told how much is unread (MSC4076). */
export function wantsBadge(pusher: Pusher): boolean {
  return JSON.parse(pusher.data)['org.matrix.msc4076.disable_badge_count'] !== true;
}

function countsOf(unread: number | undefined): JsonObject {
  return unread === undefined ? {} : { counts: { unread } };
}

function deviceOf({ appId, pushkey, setAtMs, data }: Pusher) {
  const { url: _url, ...rest } = JSON.parse(data) as JsonObject;
  return { app_id: appId, pushkey, pushkey_ts: Math.floor(setAtMs / 1000), data: rest };
}

function formatOf(pusher: Pusher): unknown {
  return JSON.parse(pusher.data).format;
}

async function contentOf(
  db: Queryable,
  place: { roomId: string; type: string; stateKey: string },
): Promise<JsonObject> {
  const row = await getCurrentState(db, place);
  return row === undefined ? {} : JSON.parse(row.json).content;
}
