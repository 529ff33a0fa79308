import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { deletePushRule } from './delete-push-rule.ts';
import { getNotifications } from './get-notifications.ts';
import { getPushRule } from './get-push-rule.ts';
import { getPushRuleProperty } from './get-push-rule-property.ts';
import { getPushRules, getPushRulesGlobal, getPushRulesOfKind } from './get-push-rules.ts';
import { getPushers } from './get-pushers.ts';
import { putPushRule } from './put-push-rule.ts';
import { refusePushRulePaths } from './refuse-push-rule-path.ts';
import { setPushRuleActions } from './set-push-rule-actions.ts';
import { setPushRuleEnabled } from './set-push-rule-enabled.ts';
import { setPusher } from './set-pusher.ts';

/** Push notifications. */
export function pushRoutes({ push, newest }: Services): Endpoint[] {
  const { rules, pushers } = push;
  return [
    getPushRules(rules),
    getPushRulesGlobal(rules),
    getPushRulesOfKind(rules),
    getPushRule(rules),
    getPushRuleProperty(rules, 'enabled'),
    getPushRuleProperty(rules, 'actions'),
    putPushRule(rules),
    deletePushRule(rules),
    setPushRuleEnabled(rules),
    setPushRuleActions(rules),
    ...refusePushRulePaths(),
    getPushers(pushers),
    setPusher(pushers),
    getNotifications(push.listNotifications, newest),
  ];
}
