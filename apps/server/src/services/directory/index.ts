/**
 * The room directory: names that lead to rooms, and the list of published rooms (specification, "Room aliases",
 * "Published room directory"). Imports `store/`, `log/`, `room-rules/`, the memory of rooms, and from
 * `timeline/` who may what.
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import type { RoomMemory } from '../room-memory.ts';
import type { AppendEvent } from '../timeline/append-event.ts';
import { type Aliases, type AliasParts, type CheckAlias, createAliases } from './aliases.ts';
import { createPublicRooms, type PublicRooms } from './public-rooms.ts';
import { createPublishing, type Publishing } from './publishing.ts';

export interface Directory {
  aliases: Aliases;
  publicRooms: PublicRooms;
  publishing: Publishing;
}

export interface DirectoryParts {
  db: Queryable;
  log: LogWriter;
  memory: RoomMemory;
  append: AppendEvent;
  serverName: string;
  checkAlias: CheckAlias;
  queryAlias: AliasParts['queryAlias'];
}

export function createDirectory(parts: DirectoryParts): Directory {
  return {
    aliases: createAliases(parts),
    publicRooms: createPublicRooms(parts.db),
    publishing: createPublishing(parts),
  };
}
