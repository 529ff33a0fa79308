import { roomVersions } from '../../services/rooms/room-versions.ts';
import { endpoint } from '../endpoint.ts';

/** GET /capabilities (specification, "Capabilities negotiation"). What is left for later says so here. */
export const getCapabilities = (defaultVersion: string) =>
  endpoint({
    method: 'GET',
    path: '/v3/capabilities',
    auth: 'guest',
    handle: async () => ({
      capabilities: {
        'm.change_password': { enabled: true },
        'm.room_versions': {
          default: defaultVersion,
          available: Object.fromEntries(Object.values(roomVersions).map(({ id, stability }) => [id, stability])),
        },
        'm.set_displayname': { enabled: true },
        'm.set_avatar_url': { enabled: true },
        'm.profile_fields': { enabled: true },
        'm.3pid_changes': { enabled: false },
        'm.get_login_token': { enabled: false },
      },
    }),
  });
