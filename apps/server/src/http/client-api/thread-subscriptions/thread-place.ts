import { MatrixError } from '@sotto/protocol';
import type { Requester } from '../../../services/accounts/requester.ts';
import type { ThreadPlace } from '../../../services/thread-subscriptions/index.ts';

/** Where the endpoints of a subscription are. */
export const subscriptionPath = '/unstable/io.element.msc4306/rooms/:roomId/thread/:threadId/subscription';

/** The thread that a path names. @throws MatrixError M_INVALID_PARAM for what is no event id */
export function threadPlace(
  { userId }: Requester,
  { roomId, threadId }: { roomId: string; threadId: string },
): ThreadPlace {
  if (!threadId.startsWith('$')) throw new MatrixError('M_INVALID_PARAM', 'A thread is named by the id of its root.');
  return { userId, roomId, threadId };
}
