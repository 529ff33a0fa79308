import type { Migration } from '@sotto/sql';

/**
 * How far each application service was told, and the transaction that it has not taken yet: it is repeated as it is.
 * `to_device` lists the positions of the to-device messages in it, which go once it is taken.
 */
export const appservices: Migration = {
  name: 'appservices',
  sql: `
CREATE TABLE appservices (
  appservice_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  transaction_id TEXT,
  body TEXT,
  to_device TEXT
);
`,
};
