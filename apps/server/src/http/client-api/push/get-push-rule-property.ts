import { getPushRule, readPushRuleKind } from '@sotto/protocol';
import type { PushRules } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /pushrules/global/{kind}/{ruleId}/enabled, …/actions (specification, "Push Rules: API"). */
export const getPushRuleProperty = (rules: PushRules, property: 'enabled' | 'actions') =>
  endpoint({
    method: 'GET',
    path: `/v3/pushrules/global/:kind/:ruleId/${property}`,
    auth: 'guest',
    async handle({ requester, params: { kind, ruleId } }) {
      const rule = getPushRule(await rules.get(requester.userId), { kind: readPushRuleKind(kind), ruleId });
      return { [property]: rule[property] };
    },
  });
