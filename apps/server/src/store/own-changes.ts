import type { Queryable } from '@sotto/sql';

interface Range {
  since: number;
  upto: number;
}

/** Whose messages to devices, account data, push rules and memberships changed in `(since, upto]`. */
export function listOwnChanges(db: Queryable, { since, upto }: Range): Promise<{ id: string; position: number }[]> {
  return db.all(
    `SELECT user_id AS id, position FROM to_device_messages WHERE position > ? AND position <= ?
     UNION ALL SELECT user_id, position FROM account_data WHERE position > ? AND position <= ?
     UNION ALL SELECT user_id, position FROM push_rules WHERE position > ? AND position <= ?
     UNION ALL SELECT user_id, position FROM memberships WHERE position > ? AND position <= ?`,
    ...[since, upto, since, upto, since, upto, since, upto],
  );
}

/** Where in `(since, upto]` anybody's keys, signatures or place in a room changed, under one name for all of it. */
export function listKeyChanges(db: Queryable, { since, upto }: Range): Promise<{ id: string; position: number }[]> {
  return db.all(
    `SELECT 'keys' AS id, position FROM device_list_changes WHERE position > ? AND position <= ?
     UNION ALL SELECT 'keys', position FROM signature_changes WHERE position > ? AND position <= ?
     UNION ALL SELECT 'keys', began_position FROM memberships WHERE began_position > ? AND began_position <= ?`,
    ...[since, upto, since, upto, since, upto],
  );
}
