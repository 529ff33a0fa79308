/**
 * Push notifications: people's rules and what follows from them (specification, "Push Notifications"). Imports
 * `store/`, `log/` and the protocol's rules.
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { createPushRules, type PushRules } from './rules.ts';

export type { PushRules } from './rules.ts';

export interface Push {
  rules: PushRules;
}

export function createPush(parts: { db: Queryable; log: LogWriter }): Push {
  return { rules: createPushRules(parts) };
}
