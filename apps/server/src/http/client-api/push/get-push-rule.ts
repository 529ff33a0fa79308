import { getPushRule as findRule, readPushRuleKind } from '@sotto/protocol';
import type { PushRules } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /pushrules/global/{kind}/{ruleId} (specification, "Push Rules: API"). */
export const getPushRule = (rules: PushRules) =>
  endpoint({
    method: 'GET',
    path: '/v3/pushrules/global/:kind/:ruleId',
    auth: 'guest',
    async handle({ requester, params: { kind, ruleId } }) {
      return findRule(await rules.get(requester.userId), { kind: readPushRuleKind(kind), ruleId });
    },
  });
