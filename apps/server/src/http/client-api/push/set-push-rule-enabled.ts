import { readPushRuleKind } from '@sotto/protocol';
import type { PushRules } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject } from '../../schemas.ts';

/** PUT /pushrules/global/{kind}/{ruleId}/enabled (specification, "Push Rules: API"). */
export const setPushRuleEnabled = (rules: PushRules) =>
  endpoint({
    method: 'PUT',
    path: '/v3/pushrules/global/:kind/:ruleId/enabled',
    auth: 'user',
    body: AnyObject,
    async handle({ requester, params: { kind, ruleId }, body }) {
      await rules.setEnabled(requester.userId, { kind: readPushRuleKind(kind), ruleId }, body.enabled);
      return {};
    },
  });
