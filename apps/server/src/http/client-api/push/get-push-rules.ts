import { readPushRuleKind } from '@sotto/protocol';
import type { PushRules } from '../../../services/push/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /pushrules/ (specification, "Push Rules: API"). */
export const getPushRules = (rules: PushRules) =>
  endpoint({
    method: 'GET',
    path: '/v3/pushrules/',
    auth: 'guest',
    handle: async ({ requester }) => ({ global: await rules.get(requester.userId) }),
  });

/** GET /pushrules/global/ (specification, "Push Rules: API"). */
export const getPushRulesGlobal = (rules: PushRules) =>
  endpoint({
    method: 'GET',
    path: '/v3/pushrules/global/',
    auth: 'guest',
    handle: ({ requester }) => rules.get(requester.userId),
  });

/** GET /pushrules/global/{kind}/: the rules of one kind, as a list. Not in the specification; the reference server has it. */
export const getPushRulesOfKind = (rules: PushRules) =>
  endpoint({
    method: 'GET',
    path: '/v3/pushrules/global/:kind',
    auth: 'guest',
    handle: async ({ requester, params }) => (await rules.get(requester.userId))[readPushRuleKind(params.kind)] ?? [],
  });
