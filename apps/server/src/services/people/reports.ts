import { fitsBytes, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { getEvent } from '../../store/events.ts';
import { getMembership } from '../../store/memberships.ts';
import { insertReport, type Report } from '../../store/reports.ts';
import { getRoom } from '../../store/rooms.ts';
import { getUser } from '../../store/users.ts';
import { isReadable, readHistory } from '../timeline/visibility.ts';

interface Complaint {
  reporter: string;
  reason: string;
  score?: number | undefined;
}

/** What people tell the operator (specification, "Reporting Content"). */
export interface Reports {
  /** @throws MatrixError M_NOT_FOUND, in the same words for an event that is not there and one that can't be read */
  event(complaint: Complaint, target: { roomId: string; eventId: string }): Promise<void>;
  /** One need not be in the room. @throws MatrixError M_NOT_FOUND */
  room(complaint: Complaint, roomId: string): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND */
  user(complaint: Complaint, userId: string): Promise<void>;
}

/** As much as an event may have. */
const maxReasonBytes = 65_536;

export function createReports(parts: { db: Queryable; log: LogWriter; now: () => number }): Reports {
  const { db, log, now } = parts;
  const keep = async (report: Omit<Report, 'createdAtMs'>) => {
    if (!fitsBytes(report.reason, maxReasonBytes)) throw new MatrixError('M_TOO_LARGE', 'The reason is too long.');
    await log.write((unit) => insertReport(unit, { ...report, createdAtMs: now() }));
  };
  return {
    async event({ reporter, reason, score }, { roomId, eventId }) {
      const isMember = (await getMembership(db, reporter, roomId))?.membership === 'join';
      const event = isMember ? await getEvent(db, eventId) : undefined;
      const isThere = event !== undefined && event.roomId === roomId;
      if (!isThere || !isReadable((await readHistory(db, reporter, roomId)).ranges, event.position))
        throw new MatrixError('M_NOT_FOUND', 'There is no such event here for you.');
      await keep({
        kind: 'event',
        reporter,
        roomId,
        eventId,
        userId: event.sender,
        reason,
        ...(score !== undefined && { score }),
      });
    },
    async room({ reporter, reason }, roomId) {
      if ((await getRoom(db, roomId)) === undefined)
        throw new MatrixError('M_NOT_FOUND', 'There is no such room here.');
      await keep({ kind: 'room', reporter, roomId, reason });
    },
    async user({ reporter, reason }, userId) {
      if ((await getUser(db, userId)) === undefined)
        throw new MatrixError('M_NOT_FOUND', 'There is no such person here.');
      await keep({ kind: 'user', reporter, userId, reason });
    },
  };
}
