import { readPushRuleKind } from '@sotto/protocol';
import Type from 'typebox';
import type { PushRules } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** PUT /pushrules/global/{kind}/{ruleId} (specification, "Push Rules: API"). The protocol checks the body by kind. */
export const putPushRule = (rules: PushRules) =>
  endpoint({
    method: 'PUT',
    path: '/v3/pushrules/global/:kind/:ruleId',
    auth: 'user',
    query: Type.Object({ before: OptionalText, after: OptionalText }),
    body: Type.Unknown(),
    async handle({ requester, params: { kind, ruleId }, query: { before, after }, body }) {
      await rules.put(requester.userId, { kind: readPushRuleKind(kind), ruleId, body, before, after });
      return {};
    },
  });
