import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { deleteAccountData, deleteRoomAccountData } from './delete-account-data.ts';
import { getAccountData } from './get-account-data.ts';
import { getMutualRooms } from './get-mutual-rooms.ts';
import { getProfile } from './get-profile.ts';
import { getProfileField } from './get-profile-field.ts';
import { getRoomAccountData } from './get-room-account-data.ts';
import { getPresence, putPresence } from './presence-status.ts';
import { putAccountData } from './put-account-data.ts';
import { deleteProfileField, putProfileField } from './put-profile-field.ts';
import { putRoomAccountData } from './put-room-account-data.ts';
import { reportEvent, reportRoom, reportUser } from './report-content.ts';
import { deleteRoomTag, getRoomTags, putRoomTag } from './room-tags.ts';
import { searchUsers } from './search-users.ts';

/** What a person shows, keeps for themselves, and may know of others. */
export function personRoutes({ profiles, accountData, people, presence, push }: Services): Endpoint[] {
  return [
    getProfile(profiles),
    getProfileField(profiles),
    putProfileField(profiles),
    deleteProfileField(profiles),
    getAccountData(accountData, push.rules),
    putAccountData(accountData),
    deleteAccountData(accountData),
    getRoomAccountData(accountData),
    putRoomAccountData(accountData),
    deleteRoomAccountData(accountData),
    getRoomTags(accountData.tags),
    putRoomTag(accountData.tags),
    deleteRoomTag(accountData.tags),
    getPresence(presence),
    putPresence(presence),
    searchUsers(people.search),
    getMutualRooms(people.mutualRooms),
    reportEvent(people.reports),
    reportRoom(people.reports),
    reportUser(people.reports),
  ];
}
