import { readPushRuleKind } from '@sotto/protocol';
import type { PushRules } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';

/** DELETE /pushrules/global/{kind}/{ruleId} (specification, "Push Rules: API"). */
export const deletePushRule = (rules: PushRules) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/pushrules/global/:kind/:ruleId',
    auth: 'user',
    async handle({ requester, params: { kind, ruleId } }) {
      await rules.delete(requester.userId, { kind: readPushRuleKind(kind), ruleId });
      return {};
    },
  });
