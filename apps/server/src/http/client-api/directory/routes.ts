import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { deleteRoomAlias } from './delete-room-alias.ts';
import { getRoomAlias } from './get-room-alias.ts';
import { getRoomVisibility } from './get-room-visibility.ts';
import { listPublicRooms, type PublicRoomsSettings, searchPublicRooms } from './list-public-rooms.ts';
import { listRoomAliases } from './list-room-aliases.ts';
import { putRoomAlias } from './put-room-alias.ts';
import { deleteNetworkRoom, putNetworkRoomVisibility, putRoomVisibility } from './put-room-visibility.ts';

/** Names of rooms, and the list of published ones. */
export function directoryRoutes({ directory }: Services, settings: PublicRoomsSettings): Endpoint[] {
  const { aliases, publicRooms, publishing } = directory;
  return [
    getRoomAlias(aliases, settings.serverName),
    putRoomAlias(aliases),
    deleteRoomAlias(aliases),
    listRoomAliases(aliases),
    getRoomVisibility(publishing),
    putRoomVisibility(publishing),
    putNetworkRoomVisibility(publishing),
    deleteNetworkRoom(publishing),
    listPublicRooms(publicRooms, settings),
    searchPublicRooms(publicRooms, settings),
  ];
}
