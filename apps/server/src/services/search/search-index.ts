import type { Bus } from '@sotto/bus';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import type { Logging } from '../../logging.ts';
import { hasSearchable, listSearchable, putSearchable } from '../../store/event-search.ts';
import { keepFact, putFact } from '../../store/server-facts.ts';
import { searchableText } from './searchable-text.ts';

/** The words of what is not encrypted, kept beside the log. */
export interface SearchIndex {
  /** Resolves once all up to this position of the log can be found. */
  reach(position: number): Promise<void>;
  close(): Promise<void>;
}

export interface SearchIndexParts {
  db: Queryable;
  log: LogWriter;
  bus: Bus;
  logging: Logging;
  newest: () => number;
}

/** The fact that says how far the log was read for the index; it changes with what is put there, in one unit of work. */
const positionFact = 'search_position';
/** Positions of the log that are read at once, so that other units get their turn. */
const positionsPerUnit = 500;
/** How far the index may stay behind while nobody searches. */
const mostBehind = 1_000;

/**
 * Follows the log lazily: sending never waits for the index and never writes to it. Whoever searches brings it up to
 * date first; while nobody does, it is brought along from time to time, many events at once, which costs a tenth of
 * putting them there one by one.
 */
export async function openSearchIndex({ db, log, bus, logging, newest }: SearchIndexParts): Promise<SearchIndex> {
  let reached = Number(await log.write((unit) => keepFact(unit, positionFact, '0')));
  let notedAt = reached;
  let running: Promise<void> | undefined;
  let isClosed = false;

  /**
   * Reads inside the unit: what is struck out before it runs is never put there. The fact may be ahead of `reached`:
   * what a failing disk refused can be there after all once it is mended.
   */
  async function take(unit: Unit, { after, upto }: { after: number; upto: number }): Promise<void> {
    const stored = Number(await keepFact(unit, positionFact, '0'));
    if (stored >= upto) return;
    for (const { position, json } of await listSearchable(unit, { after: Math.max(after, stored), upto }))
      await putSearchable(unit, position, searchableText(json));
    await putFact(unit, positionFact, String(upto));
  }

  async function step(): Promise<void> {
    const range = { after: reached, upto: Math.min(newest(), reached + positionsPerUnit) };
    // Nothing is written for encrypted events, but for a note from time to time.
    if ((await hasSearchable(db, range)) || range.upto - notedAt >= 10 * mostBehind) {
      await log.write((unit) => take(unit, range));
      notedAt = range.upto;
    }
    reached = range.upto;
  }

  async function run(): Promise<void> {
    while (!isClosed && reached < newest()) await step();
  }

  function catchUp(): Promise<void> {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  }

  const unsubscribe = bus.subscribe(({ position }) => {
    if (position - reached < mostBehind || running !== undefined) return;
    catchUp().catch((error: Error) => logging.error('the search index could not be brought up to date', { error }));
  });
  return {
    async reach(position) {
      while (!isClosed && reached < position) await catchUp();
    },
    async close() {
      isClosed = true;
      unsubscribe();
      await running?.catch(() => undefined);
    },
  };
}
