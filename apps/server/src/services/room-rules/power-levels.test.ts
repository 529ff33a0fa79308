import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { appliesRedaction, authoriseRedaction, mayRedact } from './may-redact.ts';
import { readPowerLevels } from './power-levels.ts';
import { alice, bob, carol, dave, fixtureRoom, type RoomOptions } from './room-fixture.ts';
import { findRoomVersion } from './room-versions.ts';

function levelsOf(options: RoomOptions) {
  const room = fixtureRoom(options);
  return readPowerLevels(room.version, room.state);
}

describe('readPowerLevels', () => {
  it('knows the defaults of a room without power levels', () => {
    for (const version of ['10', '11'] as const) assert.equal(levelsOf({ version }).of(alice), 100);
    const levels = levelsOf({});
    assert.equal(levels.of(alice), Number.POSITIVE_INFINITY);
    assert.equal(levels.of(bob), 0);
    assert.deepEqual(
      (['ban', 'kick', 'invite', 'redact'] as const).map((action) => levels.to(action)),
      [50, 50, 0, 50],
    );
    assert.equal(levels.toSend('m.room.topic', true), 50);
    assert.equal(levels.toSend('m.room.message', false), 0);
    assert.equal(levels.toNotify('room'), 50);
  });

  it('reads what is there', () => {
    const power = {
      users: { [bob]: 10 },
      users_default: 5,
      events: { a: 7 },
      events_default: 1,
      state_default: 2,
      invite: 3,
      notifications: { room: 20 },
    };
    for (const version of ['10', '11'] as const) assert.equal(levelsOf({ version, power }).of(alice), 5);
    const levels = levelsOf({ power });
    assert.equal(levels.of(alice), Number.POSITIVE_INFINITY);
    assert.equal(levels.of(bob), 10);
    assert.equal(levels.of(carol), 5);
    assert.equal(levels.toSend('a', true), 7);
    assert.equal(levels.toSend('b', true), 2);
    assert.equal(levels.toSend('b', false), 1);
    assert.equal(levels.to('invite'), 3);
    assert.equal(levels.toNotify('room'), 20);
  });

  it('takes additional creators for creators from version 12 on only', () => {
    const create = { additional_creators: [bob, 7] };
    assert.equal(levelsOf({ create }).of(bob), Number.POSITIVE_INFINITY);
    assert.equal(levelsOf({ create, version: '11' }).of(bob), 0);
  });
});

describe('redacting', () => {
  const levels = levelsOf({ version: '11', power: { users: { [carol]: 50 } } });
  const message = (sender: string) => ({ type: 'm.room.message', sender });

  it("one's own needs no level, others' the redact level", () => {
    assert.equal(mayRedact({ sender: bob, target: message(bob), levels }), true);
    assert.equal(mayRedact({ sender: bob, target: message(carol), levels }), false);
    assert.equal(mayRedact({ sender: carol, target: message(bob), levels }), true);
  });

  it('is refused in a sentence', () => {
    assert.doesNotThrow(() => authoriseRedaction({ sender: carol, target: message(bob), levels }));
    assert.throws(() => authoriseRedaction({ sender: bob, target: message(carol), levels }), {
      errcode: 'M_FORBIDDEN',
    });
  });

  it('spares what makes the room what it is, whatever the level', () => {
    for (const type of ['m.room.create', 'm.room.encryption', 'm.room.server_acl']) {
      const target = { type, sender: carol, state_key: '' };
      assert.throws(() => authoriseRedaction({ sender: carol, target, levels }), { errcode: 'M_FORBIDDEN' });
    }
    const lookalike = { type: 'm.room.encryption', sender: carol };
    assert.doesNotThrow(() => authoriseRedaction({ sender: carol, target: lookalike, levels }));
  });

  it('is applied when a server asks for its own people', () => {
    assert.equal(appliesRedaction({ sender: bob, target: message(carol), levels }), true);
    assert.equal(appliesRedaction({ sender: dave, target: message(carol), levels }), false);
    assert.equal(appliesRedaction({ sender: carol, target: message(dave), levels }), true);
  });
});

describe('findRoomVersion', () => {
  it('knows what it serves and nothing else', () => {
    assert.equal(findRoomVersion('12')?.roomIdIsCreateHash, true);
    for (const id of ['9', '13', 'constructor', '__proto__', 12, undefined])
      assert.equal(findRoomVersion(id), undefined);
  });
});
