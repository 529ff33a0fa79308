/**
 * The room directory: names that lead to rooms, and the list of published rooms (specification, "Room aliases",
 * "Published room directory"). Imports `store/`, `log/`, `room-rules/`, the memory of rooms, and from
 * `timeline/` who may what.
 */
import { type Aliases, type AliasParts, createAliases } from './aliases.ts';
import { createPublicRooms, type PublicRooms } from './public-rooms.ts';
import { createPublishing, type Publishing } from './publishing.ts';

export interface Directory {
  aliases: Aliases;
  publicRooms: PublicRooms;
  publishing: Publishing;
}

export function createDirectory(parts: AliasParts): Directory {
  return {
    aliases: createAliases(parts),
    publicRooms: createPublicRooms(parts.db),
    publishing: createPublishing(parts),
  };
}
