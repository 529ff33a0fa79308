/**
 * Push notifications: people's rules and what follows from them (specification, "Push Notifications"). Imports
 * `store/`, `log/` and the protocol's rules.
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { createReadPersonRules } from './person-rules.ts';
import { createEvaluateIn } from './room-evaluation.ts';
import { createPushRules, type PushRules } from './rules.ts';
import { createUnreadCounts, type UnreadCounts } from './unread-counts.ts';

export type { PushRules } from './rules.ts';
export type { CountUnread, RoomUnread, UnreadCounts } from './unread-counts.ts';

export interface Push {
  rules: PushRules;
  unread: UnreadCounts;
}

export function createPush(parts: { db: Queryable; log: LogWriter; newest: () => number }): Push {
  const { db } = parts;
  const readPersonRules = createReadPersonRules(db);
  const evaluateIn = createEvaluateIn(parts);
  return { rules: createPushRules(parts), unread: createUnreadCounts({ db, readPersonRules, evaluateIn }) };
}
