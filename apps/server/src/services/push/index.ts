/**
 * Push notifications: people's rules, how much is unread by them, and the gateways that are told (specification,
 * "Push Notifications"). Nothing of it happens when an event is sent: counts are made when somebody asks, and pushes
 * by a follower of the log. Imports `store/`, `log/`, the bus, `outbound/`, `room-rules/`, the memory of
 * rooms, and how `timeline/` tells events.
 */
import type { Bus } from '@sotto/bus';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import type { Logging } from '../../logging.ts';
import { keepFact } from '../../store/server-facts.ts';
import { followLog } from '../follow-log.ts';
import { createSendJson } from '../outbound/index.ts';
import { createCountBadge } from './badge.ts';
import { createDeliveries } from './deliver-pushes.ts';
import { createListNotifications, type ListNotifications } from './list-notifications.ts';
import { forgetLocalSettings } from './local-settings.ts';
import { createReadPersonRules } from './person-rules.ts';
import { openPusherIndex } from './pusher-index.ts';
import { createPushers, type Pushers } from './pushers.ts';
import { createQueuePushes, pushPositionFact } from './queue-pushes.ts';
import { createEvaluateIn } from './room-evaluation.ts';
import { createPushRules, type PushRules } from './rules.ts';
import { createUnreadCounts, type UnreadCounts } from './unread-counts.ts';

export type { ListNotifications } from './list-notifications.ts';
export type { Pushers } from './pushers.ts';
export type { PushRules } from './rules.ts';
export type { CountUnread, RoomUnread, UnreadCount, UnreadCounts } from './unread-counts.ts';

export interface Push {
  rules: PushRules;
  unread: UnreadCounts;
  pushers: Pushers;
  listNotifications: ListNotifications;
  /** What goes with a device: its pushers, and the settings that silence it. */
  forgetDevice(unit: Unit, userId: string, deviceId: string): Promise<void>;
  /** Ends what is being sent; what was not told waits for the next start. */
  close(): Promise<void>;
}

export interface PushParts {
  db: Queryable;
  bus: Bus;
  log: LogWriter;
  /** Lines for the operator. */
  logging: Logging;
  now: () => number;
  newest: () => number;
  /** Whether gateways may be in private networks. */
  allowPrivateAddresses: boolean;
}

export async function openPush(parts: PushParts): Promise<Push> {
  const { db, bus, logging, newest, allowPrivateAddresses } = parts;
  const readPersonRules = createReadPersonRules(db);
  const evaluateIn = createEvaluateIn(parts);
  const unread = createUnreadCounts({ db, readPersonRules, evaluateIn });
  const index = await openPusherIndex(db);
  const pushers = createPushers({ ...parts, index });
  const send = createSendJson({ allowPrivateAddresses });
  const countBadge = createCountBadge({ db, unread, newest });
  const deliveries = createDeliveries({ ...parts, send, countBadge, remove: pushers.remove });
  index.onChange(deliveries.reset);
  const step = createQueuePushes({
    ...parts,
    index,
    readPersonRules,
    evaluateIn,
    onQueued: (keys) => keys.forEach(deliveries.kick),
    onRead(userIds) {
      for (const userId of userIds) void deliveries.updateBadge(userId);
    },
  });
  await deliveries.resume();
  // Written down from the first start on, so that a kill leaves no message behind that nobody looked at.
  const from = Number(await parts.log.write((unit) => keepFact(unit, pushPositionFact, String(newest()))));
  const follower = followLog({ bus, logging, newest, from, step });
  return {
    rules: createPushRules(parts),
    unread,
    pushers,
    listNotifications: createListNotifications({ db, readPersonRules, evaluateIn }),
    async forgetDevice(unit, userId, deviceId) {
      await pushers.forgetDevice(unit, userId, deviceId);
      await forgetLocalSettings(unit, userId, deviceId);
    },
    async close() {
      await follower.close();
      await deliveries.close();
      send.close();
    },
  };
}
