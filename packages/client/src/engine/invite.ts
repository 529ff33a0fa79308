import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';

/**
 * Invites, and shares the keys of the history that the room lets newcomers read (MSC4268). The keys travel as a file: on
 * a server that takes none the invitation still goes out, and the newcomer reads from there on.
 */
export async function inviteWithHistory(client: MatrixClient, roomId: string, userId: string): Promise<void> {
  try {
    await client.invite(roomId, userId);
  } catch (error) {
    if (!(error instanceof MatrixError) || error.errcode !== 'M_UNRECOGNIZED') throw error;
    const path = `/rooms/${encodeURIComponent(roomId)}/invite`;
    await client.http.authedRequest(Method.Post, path, undefined, { user_id: userId });
  }
}
