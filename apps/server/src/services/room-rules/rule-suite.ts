/** Runs tables of the authorisation rules, each row in each room version. Imported by tests only. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authorise } from './authorise.ts';
import { type FixtureRoom, fixtureRoom, type RoomOptions } from './room-fixture.ts';
import type { EventToAuthorise } from './room-state.ts';
import type { RoomVersionId } from './room-versions.ts';

export type Row = {
  readonly name: string;
  readonly versions?: readonly RoomVersionId[];
  readonly room?: RoomOptions;
  readonly event: Partial<EventToAuthorise> & { readonly type: string };
  /** The reason for which the rules refuse; allowed without it. */
  readonly refused?: RegExp;
};

const stable: readonly RoomVersionId[] = ['10', '11', '12'];

/** What is special about a membership event, in one line of a table. */
export const member = (sender: string, state_key: string, content: EventToAuthorise['content']) => ({
  type: 'm.room.member',
  sender,
  state_key,
  content,
});
export const become = (userId: string, membership: string) => member(userId, userId, { membership });

function check(row: Row, version: RoomVersionId): void {
  const room: FixtureRoom = fixtureRoom({ ...row.room, version });
  const run = () => authorise({ version: room.version, event: room.event(row.event), authState: room.state });
  if (row.refused === undefined) assert.doesNotThrow(run);
  else assert.throws(run, { errcode: 'M_FORBIDDEN', status: 403, message: row.refused });
}

/** One test a row and version. */
export function suite(title: string, rows: readonly Row[], versions: readonly RoomVersionId[] = stable): void {
  describe(title, () => {
    for (const version of versions) {
      for (const row of rows) {
        if (row.versions !== undefined && !row.versions.includes(version)) continue;
        it(`v${version}: ${row.name}: ${row.refused === undefined ? 'allowed' : 'refused'}`, () => check(row, version));
      }
    }
  });
}
