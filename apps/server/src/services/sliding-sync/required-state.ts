import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import { listMembersAt, listStateAt, listStateChanges, listStateOfTypesAt } from '../../store/room-state.ts';
import type { KnownRoom } from './connections.ts';
import {
  isExpanded,
  isSelected,
  loadsLazily,
  type RoomConfig,
  selectedMembers,
  selectedTypes,
} from './state-selection.ts';

export interface RequiredStateRequest {
  roomId: string;
  /** The state is that just after this position. */
  at: number;
  config: RoomConfig;
  /** What the connection knows already; undefined when it is to have everything. */
  known: KnownRoom | undefined;
  timeline: { rows: readonly EventRow[]; isLimited: boolean };
}

export interface RequiredState {
  rows: EventRow[];
  /** Whose member events the connection has after this. */
  members: ReadonlySet<string>;
}

/** The state that a client asked for: all of it at first, then what changed, and what it asks for anew (MSC4186). */
export async function readRequiredState(db: Queryable, request: RequiredStateRequest): Promise<RequiredState> {
  const { roomId, at, config, known, timeline } = request;
  const { selections } = config;
  const changes = known === undefined ? [] : await listStateChanges(db, roomId, { since: known.upto, upto: at });
  const rows = new Map<number, EventRow>();
  const add = (found: readonly EventRow[]) => {
    for (const row of found) rows.set(row.position, row);
  };
  if (known === undefined) add(await selectState(db, request));
  else {
    add(changes.filter((row) => isSelected(selections, placeOf(row))));
    if (isExpanded(known.selections, selections))
      add((await selectState(db, request)).filter((row) => !isSelected(known.selections, placeOf(row))));
  }
  if (!loadsLazily(selections)) return { rows: [...rows.values()], members: new Set() };
  // Whoever lost sight of a part of the timeline forgets its members, and is told anew.
  const told = known === undefined || timeline.isLimited ? new Set<string>() : known.members;
  const changed = timeline.isLimited ? [] : changes.filter((row) => row.type === 'm.room.member');
  add(changed);
  const moved = timeline.rows.filter((row) => row.type === 'm.room.member').map((row) => row.stateKey ?? '');
  const senders = timeline.rows.map((row) => row.sender).filter((userId) => !told.has(userId));
  const wanted = new Set([...moved, ...senders]);
  add(await listMembersAt(db, roomId, { userIds: [...wanted], position: at }));
  return {
    rows: [...rows.values()],
    members: new Set([...told, ...wanted, ...changed.map((row) => row.stateKey ?? '')]),
  };
}

const placeOf = ({ type, stateKey }: EventRow) => ({ type, stateKey });

/** All state that is selected, without walking through the members of a large room in vain. */
async function selectState(db: Queryable, { roomId, at, config }: RequiredStateRequest): Promise<EventRow[]> {
  const { selections } = config;
  const types = selectedTypes(selections);
  const takesAllMembers = isSelected(selections, { type: 'm.room.member', stateKey: '' });
  if (types === undefined && takesAllMembers) {
    return (await listStateAt(db, roomId, at)).filter((row) => isSelected(selections, placeOf(row)));
  }
  const others = takesAllMembers ? types : types?.filter((type) => type !== 'm.room.member');
  const rows = await listStateOfTypesAt(db, roomId, { types: others, position: at });
  const members = takesAllMembers
    ? []
    : await listMembersAt(db, roomId, { userIds: [...new Set(selectedMembers(selections))], position: at });
  return [...rows, ...members].filter((row) => isSelected(selections, placeOf(row)));
}
