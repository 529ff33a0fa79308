import type { Migration } from '@sotto/sql';

/**
 * What tells whose keys a person must ask for again: `began_position` is where a membership got its present value (a
 * changed name moves `position` alone), `signature_changes` whom a person has signed, told to their own devices.
 */
export const deviceLists: Migration = {
  name: 'device-lists',
  sql: `
ALTER TABLE memberships ADD COLUMN began_position INTEGER NOT NULL DEFAULT 0;
UPDATE memberships SET began_position = position;
CREATE INDEX memberships_by_began_position ON memberships (began_position);
CREATE TABLE signature_changes (
  signer_user_id TEXT NOT NULL,
  target_user_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (signer_user_id, target_user_id)
);
CREATE INDEX signature_changes_by_position ON signature_changes (signer_user_id, position);
`,
};
