import { DatabaseSync } from 'node:sqlite';
import type { Queryable } from '../database.ts';
import { createConnection } from './connection.ts';

/** Two reading connections that take turns, so that readers always see a commit that is safely on disk. */
export interface Snapshots {
  readonly durable: Queryable;
  /** Pins what is committed now, unseen by readers. */
  prepare(): void;
  /** Lets readers see what `prepare` pinned. */
  publish(): void;
  /** Lets go of all pins for a moment, so that the WAL can restart. Readers then see the newest commit. */
  release(): void;
  close(): void;
}

/**
 * A WAL reader keeps seeing the commit at which its transaction began. As a disk sync starts the idle
 * connection begins a transaction (pinning what that sync will cover); when the sync has ended it becomes the one
 * that answers. Reading needs no lock, no wait and no comparison of positions.
 */
export function openSnapshots(path: string): Snapshots {
  const open = () => {
    const db = new DatabaseSync(path, { readOnly: true });
    db.exec('PRAGMA cache_size=-32768');
    const begin = db.prepare('BEGIN');
    const commit = db.prepare('COMMIT');
    // BEGIN alone pins nothing; the first read does.
    const firstRead = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1');
    const unpin = () => {
      if (db.isTransaction) commit.run();
    };
    const pin = () => {
      unpin();
      begin.run();
      firstRead.get();
    };
    return { db, pin, unpin, connection: createConnection(db) };
  };
  let active = open();
  let idle = open();
  return {
    durable: {
      get: (sql, ...params) => active.connection.get(sql, ...params),
      all: (sql, ...params) => active.connection.all(sql, ...params),
      run: () => Promise.reject(new Error('The durable snapshot is read-only: write through the log.')),
    },
    prepare: () => idle.pin(),
    publish() {
      [active, idle] = [idle, active];
      idle.unpin();
    },
    release() {
      active.unpin();
      idle.unpin();
    },
    close() {
      active.db.close();
      idle.db.close();
    },
  };
}
