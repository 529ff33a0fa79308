import type { AdminTokens } from '../../services/admin/registration-tokens.ts';
import { endpoint } from '../endpoint.ts';

/** GET /_sotto/admin/v1/registration-tokens: all tokens, those of invite links too. */
export const listRegistrationTokens = (tokens: AdminTokens) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/admin/v1/registration-tokens',
    auth: 'admin',
    async handle() {
      const all = await tokens.list();
      return {
        registration_tokens: all.map((each) => ({
          token: each.token,
          uses_allowed: each.usesAllowed,
          uses_completed: each.usesCompleted,
          expires_at: each.expiresAtMs,
          makes_admin: each.makesAdmin === 1,
          created_by: each.createdBy,
          created_at: each.createdAtMs,
          is_invite_link: each.isInvite === 1,
          room_id: each.roomId ?? undefined,
        })),
      };
    },
  });
