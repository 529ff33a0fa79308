/**
 * People as others find them: the user directory, rooms in common, and reports (specification, "User Directory",
 * "Mutual Rooms", "Reporting Content"). Imports `store/`, `log/` and what the timeline says may be read.
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { createMutualRooms, type MutualRooms } from './mutual-rooms.ts';
import { createReports, type Reports } from './reports.ts';
import { createSearchUsers, type SearchUsers } from './search-users.ts';

export interface People {
  search: SearchUsers;
  mutualRooms: MutualRooms;
  reports: Reports;
}

export function createPeople(parts: { db: Queryable; log: LogWriter; now: () => number }): People {
  const { db } = parts;
  return { search: createSearchUsers(db), mutualRooms: createMutualRooms(db), reports: createReports(parts) };
}
