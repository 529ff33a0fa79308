import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { type EventRow, getEventAt } from '../../store/events.ts';
import { getMembership, listMembershipsForSync, type MembershipRow } from '../../store/memberships.ts';
import { listStateAt } from '../../store/room-state.ts';
import { getRoom } from '../../store/rooms.ts';
import type { Requester } from '../accounts/requester.ts';
import type { Presence } from '../presence/index.ts';
import { RawJson } from '../raw-json.ts';
import { inviteVerdict } from '../rooms/invite-permission.ts';
import { readFilter } from '../sync/filter.ts';
import { accountDataChanges, accountDataOf } from '../sync/streams/account-data.ts';
import { peopleOf, presenceEvent, presenceEvents } from '../sync/streams/presence.ts';
import { receiptsOfRooms } from '../sync/streams/receipts.ts';
import { makeToken } from '../sync-token.ts';
import { openFilter } from '../timeline/event-filter.ts';
import { readIgnoredUsers } from '../timeline/ignored-users.ts';
import { readPage } from '../timeline/read-page.ts';
import { readableHistory, readableStatePosition } from '../timeline/room-access.ts';
import type { ShowEvents } from '../timeline/show-events.ts';
import { inOldForm, presenceInOldForm } from './old-form.ts';

/** A room as it is for somebody now, or as it was when they left. */
export interface RoomSnapshot {
  room_id: string;
  membership?: Membership;
  visibility: 'private' | 'public';
  messages: { chunk: RawJson[]; start: string; end: string };
  state: RawJson[];
  account_data: RawJson[];
}

export interface Snapshots {
  /** All of a person's rooms, with the newest events of each (GET /initialSync). */
  all(requester: Requester, options: { limit: number; archived: boolean }): Promise<Record<string, unknown>>;
  /** One room, which need not be the person's own if everybody may read it. @throws MatrixError M_FORBIDDEN */
  room(
    requester: Requester,
    roomId: string,
    limit: number,
  ): Promise<RoomSnapshot & { presence: RawJson[]; receipts: RawJson[] }>;
}

export interface SnapshotParts {
  db: Queryable;
  newest: () => number;
  show: ShowEvents;
  presence: Presence;
}

const everything = readFilter({});

export function createSnapshots({ db, newest, show, presence }: SnapshotParts): Snapshots {
  async function snapshotOf(
    viewer: Requester,
    roomId: string,
    { limit, upto }: { limit: number; upto: number },
  ): Promise<RoomSnapshot> {
    const history = await readableHistory(db, viewer.userId, roomId);
    const end = Math.min(upto, await readableStatePosition(db, viewer.userId, roomId));
    const { ranges } = history;
    const page = await readPage(db, { roomId, direction: 'b', start: end, limit, filter: openFilter, ranges });
    const rows = page.rows.reverse();
    const ownData = await accountDataOf(db, viewer.userId, { roomIds: [roomId], filters: everything });
    return {
      room_id: roomId,
      visibility: (await getRoom(db, roomId))?.visibility ?? 'private',
      messages: {
        chunk: (await show.timeline(rows, viewer, history)).map(inOldForm),
        start: makeToken((rows[0]?.position ?? end + 1) - 1),
        end: makeToken(end),
      },
      state: show.state(await listStateAt(db, roomId, end)).map(inOldForm),
      account_data: ownData.get(roomId) ?? [],
    };
  }

  async function invitationOf(userId: string, row: MembershipRow): Promise<Record<string, unknown> | undefined> {
    const invite = (await getEventAt(db, row.position)) as EventRow;
    if ((await inviteVerdict(db, { userId, sender: invite.sender })) !== 'allow') return undefined;
    const { roomId: room_id, membership } = row;
    return { room_id, membership, inviter: invite.sender, invite: show.state([invite]).map(inOldForm)[0] };
  }

  async function receiptsIn(roomId: string, userId: string): Promise<RawJson[]> {
    const contents = (await receiptsOfRooms(db, [roomId], userId)).get(roomId) ?? [];
    return contents.map((content) => new RawJson(JSON.stringify({ type: 'm.receipt', room_id: roomId, content })));
  }

  return {
    async all(requester, { limit, archived }) {
      const { userId } = requester;
      const upto = newest();
      const rooms: unknown[] = [];
      const receipts: RawJson[] = [];
      for (const row of await listMembershipsForSync(db, userId, upto)) {
        const { roomId, membership } = row;
        if (membership === 'invite') {
          const invitation = await invitationOf(userId, row);
          if (invitation !== undefined) rooms.push(invitation);
        }
        const isArchived = archived && (membership === 'leave' || membership === 'ban');
        if (membership !== 'join' && !isArchived) continue;
        // Who left without ever having been in has nothing to be shown.
        const snapshot = await snapshotOf(requester, roomId, { limit, upto }).catch(() => undefined);
        if (snapshot === undefined) continue;
        rooms.push({ ...snapshot, membership });
        // Somebody may be in a thousand rooms: others get their turn in between.
        await nextTurn();
        if (membership === 'join') receipts.push(...(await receiptsIn(roomId, userId)));
      }
      const ignored = await readIgnoredUsers(db, userId);
      const range = { since: 0, upto };
      const wanted = { userId, isFirst: true, freshRoomIds: [], ignored, filter: everything.presence };
      const others = (await presenceEvents(db, presence, { range, ...wanted })).filter(
        ({ text }) => JSON.parse(text).sender !== userId,
      );
      const own = await presenceEvent(db, presence, userId);
      return {
        end: makeToken(upto),
        rooms,
        presence: [own, ...others].map(presenceInOldForm),
        receipts,
        account_data: (await accountDataChanges(db, userId, { ...range, isFirst: true, filters: everything })).global,
      };
    },
    async room(requester, roomId, limit) {
      const snapshot = await snapshotOf(requester, roomId, { limit, upto: newest() });
      const membership = (await getMembership(db, requester.userId, roomId))?.membership;
      const isThere = membership === 'join';
      const shown: RawJson[] = [];
      for (const userId of isThere ? await peopleOf(db, [roomId], presence) : [])
        shown.push(presenceInOldForm(await presenceEvent(db, presence, userId)));
      return {
        ...snapshot,
        ...(membership !== undefined && membership !== 'knock' && { membership }),
        presence: shown,
        receipts: isThere ? await receiptsIn(roomId, requester.userId) : [],
      };
    },
  };
}
