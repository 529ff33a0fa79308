import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Membership } from '@sotto/protocol';
import { openSqlite, type Transaction } from '@sotto/sql';
import { createDice, type Dice } from '@sotto/testing';
import { putDeviceListChange } from '../../../store/device-list-changes.ts';
import { insertEvent } from '../../../store/events.ts';
import { putMembership } from '../../../store/memberships.ts';
import { migrations } from '../../../store/migrations/index.ts';
import { putState } from '../../../store/room-state.ts';
import { deviceListChanges } from './device-lists.ts';

const people = ['@a', '@b', '@c', '@d'];
const rooms = ['!1', '!2', '!3'];
const memberships: Membership[] = ['join', 'join', 'join', 'invite', 'leave', 'leave', 'ban', 'knock'];

/** What is true after each position: who stands where, and when whose keys changed. */
interface Moment {
  standing: ReadonlyMap<string, Membership>;
  changed?: string;
}

/** Whether `other` gets keys of a room in which `person` is. */
function share(moment: Moment, person: string, other: string): boolean {
  return rooms.some((room) => {
    const theirs = moment.standing.get(`${other} ${room}`);
    return moment.standing.get(`${person} ${room}`) === 'join' && (theirs === 'join' || theirs === 'invite');
  });
}

async function write(db: Transaction, dice: Dice, length: number): Promise<Moment[]> {
  const history: Moment[] = [{ standing: new Map() }];
  for (let position = 1; position <= length; position++) {
    const before = history.at(-1) as Moment;
    const userId = dice(people);
    if (dice([true, false, false])) {
      await putDeviceListChange(db, userId, position);
      history.push({ ...before, changed: userId });
      continue;
    }
    const [roomId, membership] = [dice(rooms), dice(memberships)];
    const place = { roomId, type: 'm.room.member', stateKey: userId, position };
    const none = { unsigned: null, deviceId: null, transactionId: null, relType: null, relatesTo: null };
    const rest = { ...none, redactedBy: null, pdu: '{}', originServerTs: 0, depth: 1, sender: userId };
    await insertEvent(db, {
      ...place,
      ...rest,
      eventId: `$${position}`,
      json: JSON.stringify({ content: { membership } }),
    });
    await putState(db, place);
    await putMembership(db, { userId, roomId, membership, position });
    history.push({ standing: new Map([...before.standing, [`${userId} ${roomId}`, membership]]) });
  }
  return history;
}

test('device lists tell every change of whom one shares a room with, from any position, over random histories', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (let seed = 1; seed <= 25; seed++) {
    const database = await openSqlite({ path: join(folder, `${seed}.db`), migrations });
    t.after(() => database.close());
    const length = 60;
    const history = await write(database.writer, createDice(seed), length);
    const last = history[length] as Moment;
    for (const person of people) {
      for (let since = 0; since < length; since += 7) {
        const { changed, left } = await deviceListChanges(database.writer, person, { since, upto: length });
        const what = `seed ${seed}, ${person}, since ${since}`;
        for (const other of people) {
          if (other === person) continue;
          const [did, does] = [share(history[since] as Moment, person, other), share(last, person, other)];
          const isNewKey = history.slice(since + 1).some((moment) => moment.changed === other);
          if (does && (!did || isNewKey)) assert.ok(changed.includes(other), `${other} changed: ${what}`);
          if (!does) assert.ok(!changed.includes(other), `${other} is none of ours: ${what}`);
          if (did && !does) assert.ok(left.includes(other), `${other} left: ${what}`);
          if (does) assert.ok(!left.includes(other), `${other} is still here: ${what}`);
        }
        const isOwn = history.slice(since + 1).some((moment) => moment.changed === person);
        assert.equal(changed.includes(person), isOwn, `own keys: ${what}`);
        assert.ok(!left.includes(person), `never oneself: ${what}`);
      }
    }
  }
});
