import type { Migration } from '@sotto/sql';

/**
 * The words of what is not encrypted, by position of the log. `secure-delete` takes words out of the index with their
 * event, instead of marking them as gone until some later merge.
 */
export const eventSearch: Migration = {
  name: 'event search',
  sql: `
CREATE VIRTUAL TABLE event_search USING fts5 (body, name, topic, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO event_search (event_search, rank) VALUES ('secure-delete', 1);
`,
};
