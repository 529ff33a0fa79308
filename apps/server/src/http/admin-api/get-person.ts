import type { AdminPeople } from '../../services/admin/people.ts';
import { endpoint } from '../endpoint.ts';
import { personAnswer } from './person-answer.ts';

/** GET /_sotto/admin/v1/people/{userId}: a person with their logins, addresses and how much they have stored. */
export const getPerson = (people: AdminPeople) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/admin/v1/people/:userId',
    auth: 'admin',
    async handle({ params }) {
      const { person, devices, emails, joinedRooms, media, accountDataBytes, keyBackupBytes } = await people.get(
        params.userId,
      );
      return {
        ...personAnswer(person),
        emails,
        joined_rooms: joinedRooms,
        media,
        account_data: { bytes: accountDataBytes },
        key_backup: { bytes: keyBackupBytes },
        devices: devices.map(({ deviceId, displayName, lastSeenAtMs }) => ({
          device_id: deviceId,
          display_name: displayName ?? undefined,
          last_seen_at: lastSeenAtMs,
        })),
      };
    },
  });
