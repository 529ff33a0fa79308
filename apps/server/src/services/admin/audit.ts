import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { type AuditEntry, insertAuditEntry, listAuditEntries } from '../../store/audit-log.ts';

/** A change as it is told to the audit log. `details` never hold a secret. */
export interface Change {
  actor: string | null;
  action: string;
  target: string;
  details?: Readonly<Record<string, string | number | boolean | null | undefined>>;
}

export interface Audit {
  /** Runs a unit of work and writes of it in the same commit: no change without an entry, no entry without a change. */
  write<T>(change: Change, work: (unit: Unit) => Promise<T>): Promise<T>;
  /** Adds an entry to a unit that runs. */
  record(unit: Unit, change: Change): Promise<void>;
  list(page: { before?: number | undefined; limit: number }): Promise<AuditEntry[]>;
}

export function createAudit({ db, log, now }: { db: Queryable; log: LogWriter; now: () => number }): Audit {
  async function record(unit: Unit, { actor, action, target, details = {} }: Change): Promise<void> {
    const position = unit.nextPosition();
    await insertAuditEntry(unit, { position, atMs: now(), actor, action, target, details: JSON.stringify(details) });
  }
  return {
    write: (change, work) =>
      log.write(async (unit) => {
        const result = await work(unit);
        await record(unit, change);
        return result;
      }),
    record,
    list: (page) => listAuditEntries(db, page),
  };
}
