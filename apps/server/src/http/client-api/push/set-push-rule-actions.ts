import { readPushRuleKind } from '@sotto/protocol';
import type { PushRules } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject } from '../../schemas.ts';

/** PUT /pushrules/global/{kind}/{ruleId}/actions (specification, "Push Rules: API"). */
export const setPushRuleActions = (rules: PushRules) =>
  endpoint({
    method: 'PUT',
    path: '/v3/pushrules/global/:kind/:ruleId/actions',
    auth: 'user',
    body: AnyObject,
    async handle({ requester, params: { kind, ruleId }, body }) {
      await rules.setActions(requester.userId, { kind: readPushRuleKind(kind), ruleId }, body.actions);
      return {};
    },
  });
