import type { NewLogin } from '../../../services/accounts/log-in.ts';

/** What a client gets to know of its new login; nothing of it where there is none. */
export function loginAnswer(userId: string, login: NewLogin | undefined, serverName: string) {
  return {
    user_id: userId,
    access_token: login?.accessToken,
    device_id: login?.deviceId,
    refresh_token: login?.refreshToken,
    expires_in_ms: login?.expiresInMs,
    home_server: serverName,
  };
}
