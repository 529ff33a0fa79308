import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Queryable } from '@sotto/sql';
import { listFilesAfter } from '../../store/media.ts';
import { listJsonColumns, listWrongJson } from '../../store/stored-json.ts';
import { findDamagedEvents } from './damaged-events.ts';

export interface DamageSearch {
  db: Queryable;
  structure(): Promise<string[]>;
  /** Where the bytes of a hash are kept. */
  pathOf(sha256: string): string;
}

/** Everything that is not as it was written, a line each for the operator; none says what was written. */
export async function* findDamage({ db, structure, pathOf }: DamageSearch): AsyncGenerator<string> {
  yield* guarded('the database', async function* () {
    for (const line of await structure()) yield `database: ${line}`;
  });
  yield* guarded('events', () => findDamagedEvents(db));
  yield* guarded('stored JSON', () => findWrongJson(db));
  yield* guarded('files', () => findDamagedFiles(db, pathOf));
}

/** Damage can be where it stops the look: that is a finding, and the next part is looked at all the same. */
async function* guarded(what: string, look: () => AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* look();
  } catch (error) {
    yield `${what}: can't be read to the end (${(error as Error).message})`;
  }
}

async function* findWrongJson(db: Queryable): AsyncGenerator<string> {
  for (const column of await listJsonColumns(db)) {
    for (const rowId of await listWrongJson(db, column)) yield `${column.table}: row ${rowId} holds no JSON`;
  }
}

async function* findDamagedFiles(db: Queryable, pathOf: DamageSearch['pathOf']): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const hashes = await listFilesAfter(db, after, 500);
    for (const sha256 of hashes) {
      const found = await hashOf(pathOf(sha256)).catch(() => undefined);
      if (found === undefined) yield `media: the file ${sha256} is missing or can't be read`;
      else if (found !== sha256) yield `media: the file ${sha256} is not what was uploaded`;
    }
    const last = hashes.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
