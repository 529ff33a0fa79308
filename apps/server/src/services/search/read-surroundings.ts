import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import { listMembersAt } from '../../store/room-state.ts';
import type { RawJson } from '../raw-json.ts';
import { makeToken } from '../sync-token.ts';
import { openFilter } from '../timeline/event-filter.ts';
import { ignoring, readIgnoredUsers } from '../timeline/ignored-users.ts';
import { readPage } from '../timeline/read-page.ts';
import type { ShowEvents } from '../timeline/show-events.ts';
import type { OwnHistory } from '../timeline/visibility.ts';

/** How many events before and after a result are wanted, and whether names and pictures of their senders. */
export interface ContextOptions {
  beforeLimit: number;
  afterLimit: number;
  includeProfile: boolean;
}

/** What stands around a result. */
export interface Surroundings {
  start: string;
  end: string;
  events_before: RawJson[];
  events_after: RawJson[];
  profile_info?: Record<string, { displayname?: string; avatar_url?: string }>;
}

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
    const { roomId, position } = row;
    const filter = ignoring(openFilter, await readIgnoredUsers(db, viewer.userId));
    const around = { roomId, filter, ranges: history.ranges };
    const { beforeLimit, afterLimit, includeProfile } = options;
    const before = await readPage(db, { ...around, direction: 'b', start: position - 1, limit: beforeLimit });
    const after = await readPage(db, { ...around, direction: 'f', start: position, limit: afterLimit });
    const rows = [row, ...before.rows, ...after.rows];
    const [result, ...others] = await show.timeline(rows, viewer, history);
    const end = after.rows.at(-1)?.position ?? position;
    const surroundings: Surroundings = {
      start: makeToken((before.rows.at(-1)?.position ?? position) - 1),
      end: makeToken(end),
      events_before: others.slice(0, before.rows.length),
      events_after: others.slice(before.rows.length),
      ...(includeProfile && { profile_info: await profilesOf(rows, roomId, end) }),
    };
    return [result as RawJson, surroundings];
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
