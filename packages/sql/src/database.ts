/** What a `?` may stand for. Booleans are stored as 0 and 1, times as integer milliseconds, JSON as text. */
export type SqlValue = string | number | bigint | null | Uint8Array;

export type Row = Record<string, SqlValue>;

/**
 * Something that answers SQL. The text is the same for every engine: `?` parameters, TEXT, INTEGER (64 bit), BLOB,
 * RETURNING, ON CONFLICT DO UPDATE.
 */
export interface Queryable {
  /** The first row, or undefined. */
  get<R = Row>(sql: string, ...params: SqlValue[]): Promise<R | undefined>;
  all<R = Row>(sql: string, ...params: SqlValue[]): Promise<R[]>;
  /** Runs a statement; resolves with the number of rows that it changed. */
  run(sql: string, ...params: SqlValue[]): Promise<number>;
}

/** The one writing connection. Only the log's writer begins and commits on it. */
export interface Transaction extends Queryable {
  /** Whether what was begun still stands. SQLite undoes all of it by itself when the disk is full. */
  isOpen(): boolean;
  /** @throws StorageError at once, and not after a wait, when another process holds the database (`isLocked`) */
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Runs `work` in a savepoint: what it wrote is undone when it throws, and nothing else. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

export interface Database {
  /** Sees everything that is safely on disk and nothing beyond it, however far the writer has committed. */
  readonly durable: Queryable;
  readonly writer: Transaction;
  /**
   * Makes all that is committed survive a power loss, without stopping the event loop; then `durable` sees it.
   * Calls never overlap: the writer waits for one before it asks for the next.
   * @throws StorageError when the disk refuses; nothing committed since the last success may then be acknowledged.
   */
  sync(): Promise<void>;
  /**
   * After a sync that failed: gets all that is committed onto the disk by another way, since the operating system may
   * have dropped what it could not write and a later sync of the same file would not say so. It needs that nothing is pinned:
   * from the first try until one succeeds, `durable` sees all that is committed.
   * @throws StorageError while the disk still refuses
   */
  repair(): Promise<void>;
  /** Called after each sync: starts housekeeping beside the writes, and says whether some of it needs a pause. */
  wantsPause(): boolean;
  /** Housekeeping that needs a moment without writes (SQLite: the restart of a long WAL). All is synced before. */
  pause(): Promise<void>;
  close(): Promise<void>;
}
