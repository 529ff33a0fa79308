import { longestDelayMs, mostWaiting } from '../../../services/delayed-events/delayed-events.ts';
import { roomVersions } from '../../../services/room-rules/room-versions.ts';
import { endpoint } from '../../endpoint.ts';

/** What an operator's choices make possible. */
export interface CapabilitySettings {
  defaultRoomVersion: string;
  /** Whether the server can send mail, so that addresses can be added. */
  sendsMail: boolean;
}

/** GET /capabilities (specification, "Capabilities negotiation"). What is left for later says so here. */
export const getCapabilities = ({ defaultRoomVersion, sendsMail }: CapabilitySettings) =>
  endpoint({
    method: 'GET',
    path: '/v3/capabilities',
    auth: 'guest',
    handle: async ({ requester: { isAdmin, isGuest } }) => ({
      capabilities: {
        'm.change_password': { enabled: !isGuest },
        'm.room_versions': {
          default: defaultRoomVersion,
          available: Object.fromEntries(Object.values(roomVersions).map(({ id, stability }) => [id, stability])),
        },
        'm.set_displayname': { enabled: true },
        'm.set_avatar_url': { enabled: !isGuest },
        'm.profile_fields': { enabled: !isGuest },
        'm.3pid_changes': { enabled: sendsMail && !isGuest },
        'm.get_login_token': { enabled: !isGuest },
        'org.matrix.msc4140.delayed_events': { max_delay_ms: longestDelayMs, max_scheduled: mostWaiting },
        'm.account_moderation': isAdmin ? { suspend: true, lock: true } : undefined,
      },
    }),
  });
