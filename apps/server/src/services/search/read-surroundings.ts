import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import { listMembersAt } from '../../store/room-state.ts';
import type { RawJson } from '../raw-json.ts';
import { openFilter } from '../timeline/event-filter.ts';
import { type EventAround, readAround } from '../timeline/read-around.ts';
import type { ShowEvents } from '../timeline/show-events.ts';
import type { OwnHistory } from '../timeline/visibility.ts';

/** How many events before and after a result are wanted, and whether names and pictures of their senders. */
export interface ContextOptions {
  beforeLimit: number;
  afterLimit: number;
  includeProfile: boolean;
}

/** What stands around a result. */
export type Surroundings = EventAround['context'] & {
  profile_info?: Record<string, { displayname?: string; avatar_url?: string }>;
};

interface Found {
  row: EventRow;
  history: OwnHistory;
  viewer: { userId: string; deviceId: string };
  options: ContextOptions | undefined;
}

/** The text of a result, and what stands around it where that was asked for. */
export type ReadSurroundings = (found: Found) => Promise<[RawJson, Surroundings | undefined]>;

export function createReadSurroundings({ db, show }: { db: Queryable; show: ShowEvents }): ReadSurroundings {
  async function profilesOf(rows: readonly EventRow[], roomId: string, position: number) {
    const userIds = [...new Set(rows.map((row) => row.sender))];
    const members = await listMembersAt(db, roomId, { userIds, position });
    return Object.fromEntries(members.map((row) => [row.stateKey ?? '', profileIn(row.json)]));
  }

  return async ({ row, history, viewer, options }) => {
    if (options === undefined) return [(await show.timeline([row], viewer, history))[0] as RawJson, undefined];
    const { includeProfile, ...limits } = options;
    const around = await readAround({ db, show }, row, { viewer, history, filter: openFilter, ...limits });
    const { event, context, rows, end } = around;
    const surroundings: Surroundings = {
      ...context,
      ...(includeProfile && { profile_info: await profilesOf(rows, row.roomId, end) }),
    };
    return [event, surroundings];
  };
}

/** Name and picture as a member event says them, where they are text. */
function profileIn(json: string): { displayname?: string; avatar_url?: string } {
  const { displayname, avatar_url } = (JSON.parse(json) as { content: Record<string, unknown> }).content;
  return {
    ...(typeof displayname === 'string' && { displayname }),
    ...(typeof avatar_url === 'string' && { avatar_url }),
  };
}
