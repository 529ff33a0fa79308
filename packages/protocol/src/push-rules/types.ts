import type { JsonValue } from '../canonical-json.ts';

/**
 * The kinds of push rules, in the order in which they are asked (client-server API, "Push Rules").
 * `postcontent` is MSC4306's, between `content` and `room`; nobody can add rules of it.
 */
export const pushRuleKinds = ['override', 'content', 'postcontent', 'room', 'sender', 'underride'] as const;
export type PushRuleKind = (typeof pushRuleKinds)[number];

/** `notify`, a tweak, or one of the historical actions that do nothing (`dont_notify`, `coalesce`). */
export type PushAction = string | { readonly set_tweak: string; readonly value?: JsonValue };

/** A condition; one of an unknown kind, or without what its kind needs, matches nothing. */
export type PushCondition = {
  readonly kind: string;
  readonly key?: string | undefined;
  readonly pattern?: string | undefined;
  readonly is?: string | undefined;
  readonly value?: JsonValue | undefined;
  readonly subscribed?: boolean | undefined;
};

/** A rule as clients get it. */
export type PushRule = {
  readonly rule_id: string;
  readonly default: boolean;
  readonly enabled: boolean;
  readonly actions: readonly PushAction[];
  /** Only in `override` and `underride`. */
  readonly conditions?: readonly PushCondition[];
  /** Only in `content`. */
  readonly pattern?: string;
};

/** All rules of a person: the content of `m.push_rules` under `global`. */
export type PushRuleset = { readonly [Kind in PushRuleKind]?: readonly PushRule[] };

/** What is kept of a person's rules: their own, and what they changed about the server's. */
export type StoredPushRules = {
  readonly own: { readonly [Kind in PushRuleKind]?: readonly PushRule[] };
  readonly changedDefaults: Readonly<Record<string, ChangedDefault>>;
  /**
   * Whether the rules of MSC4306 are theirs too: from the first thread that they followed on. Before that their clients
   * know nothing of following, and the rules would keep all threads from them.
   */
  readonly followsThreads?: true;
};

/** What a person changed about a rule of the server. */
export type ChangedDefault = { readonly enabled?: boolean; readonly actions?: readonly PushAction[] };

/** The rules of somebody who never changed any. */
export const noStoredPushRules: StoredPushRules = { own: {}, changedDefaults: {} };
