import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Typing } from '../../../services/typing/index.ts';
import { endpoint } from '../../endpoint.ts';

/** PUT /rooms/{roomId}/typing/{userId} (specification, "Typing Notifications"). */
export const setTyping = (typing: Typing) =>
  endpoint({
    method: 'PUT',
    path: '/v3/rooms/:roomId/typing/:userId',
    auth: 'guest',
    body: Type.Object({ typing: Type.Boolean(), timeout: Type.Optional(Type.Integer({ minimum: 0 })) }),
    async handle({ requester, params: { roomId, userId }, body }) {
      if (userId !== requester.userId)
        throw new MatrixError('M_FORBIDDEN', 'You can only tell that you type yourself.');
      await typing.set(userId, roomId, { isTyping: body.typing, timeoutMs: body.timeout ?? 30_000 });
      return {};
    },
  });
