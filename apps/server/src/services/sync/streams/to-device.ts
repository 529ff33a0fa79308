import type { Queryable } from '@sotto/sql';
import { listToDeviceMessages } from '../../../store/to-device-messages.ts';
import { RawJson } from '../../raw-json.ts';

/** No answer carries more messages than this (specification, "Send-to-Device messaging"). */
const pageSize = 100;

/**
 * Messages to this device in `(since, upto]`, oldest first, at most a hundred. When there are more, `upto` of the
 * result is the position of the last one given, and the whole answer ends there: one token stands for everything.
 */
export async function toDevicePage(
  db: Queryable,
  device: { userId: string; deviceId: string },
  { limit = pageSize, ...range }: { since: number; upto: number; limit?: number },
): Promise<{ events: RawJson[]; upto: number }> {
  const most = Math.min(limit, pageSize);
  const found = await listToDeviceMessages(db, device, { ...range, limit: most + 1 });
  const page = found.slice(0, most);
  const last = page.at(-1);
  return {
    events: page.map(({ json }) => new RawJson(json)),
    upto: found.length > most && last !== undefined ? last.position : range.upto,
  };
}
