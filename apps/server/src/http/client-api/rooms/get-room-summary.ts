import type { ResolveRoom } from '../../../services/directory/aliases.ts';
import type { ReadSummary } from '../../../services/rooms/room-summary.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /room_summary/{roomIdOrAlias} (specification, "Room Summaries"). */
export const getRoomSummary = (readSummary: ReadSummary, resolve: ResolveRoom) =>
  endpoint({
    method: 'GET',
    path: '/v1/room_summary/:roomIdOrAlias',
    auth: 'optional',
    handle: async ({ requester, params: { roomIdOrAlias } }) =>
      readSummary(await resolve(roomIdOrAlias), requester?.userId),
  });

/** The same under the names that it had before it was specified (MSC3266), with two fields under theirs. */
export const getRoomSummaryUnstable = (readSummary: ReadSummary, resolve: ResolveRoom) =>
  endpoint({
    method: 'GET',
    path: '/unstable/im.nheko.summary/summary/:roomIdOrAlias',
    aliases: ['/unstable/im.nheko.summary/rooms/:roomIdOrAlias/summary'],
    auth: 'optional',
    async handle({ requester, params: { roomIdOrAlias } }) {
      const summary = await readSummary(await resolve(roomIdOrAlias), requester?.userId);
      return {
        ...summary,
        'im.nheko.summary.room_version': summary.room_version,
        'im.nheko.summary.encryption': summary.encryption,
      };
    },
  });
