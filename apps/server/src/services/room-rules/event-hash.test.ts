import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalJson, isEventId, isHashRoomId, type JsonObject, type UnhashedPdu } from '@sotto/protocol';
import fc from 'fast-check';
import { contentHash, eventIdOf, hashEvent, maxEventBytes, referenceHash, roomIdOfCreate } from './event-hash.ts';
import { type RoomVersionId, roomVersions } from './room-versions.ts';

const draft = (over: Partial<UnhashedPdu> = {}): UnhashedPdu => ({
  type: 'm.room.message',
  room_id: '!room:example.org',
  sender: '@alice:example.org',
  origin_server_ts: 1_700_000_000_000,
  content: { msgtype: 'm.text', body: 'hello' },
  depth: 7,
  prev_events: ['$a'],
  auth_events: ['$b'],
  ...over,
});

const ids = Object.keys(roomVersions) as RoomVersionId[];

describe('contentHash', () => {
  it('agrees with the examples of the specification, appendices, "Event Signing"', () => {
    const minimal = {
      room_id: '!x:domain',
      sender: '@a:domain',
      origin: 'domain',
      origin_server_ts: 1000000,
      signatures: {},
      hashes: {},
      type: 'X',
      content: {},
      prev_events: [],
      auth_events: [],
      depth: 3,
      unsigned: { age_ts: 1000000 },
    };
    assert.equal(contentHash(minimal), '5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos');
    const withBody = {
      content: { body: 'Here is the message content' },
      event_id: '$0:domain',
      origin: 'domain',
      origin_server_ts: 1000000,
      type: 'm.room.message',
      room_id: '!r:domain',
      sender: '@u:domain',
      signatures: {},
      unsigned: { age_ts: 1000000 },
    };
    assert.equal(contentHash(withBody), 'onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g');
  });
});

describe('hashEvent', () => {
  for (const id of ids) {
    it(`v${id}: makes an id that the event itself gives again`, () => {
      const version = roomVersions[id];
      const hashed = hashEvent(version, draft());
      assert.ok(isEventId(hashed.eventId));
      assert.equal(hashed.eventId.length, 44);
      assert.equal(eventIdOf(version, hashed.pdu), hashed.eventId);
      assert.equal(contentHash(hashed.pdu), hashed.pdu.hashes.sha256);
      assert.equal(hashed.roomId, '!room:example.org');
    });
  }

  it('takes the room id of version 12 from the create event', () => {
    const { room_id: _roomId, ...create } = draft({
      type: 'm.room.create',
      state_key: '',
      content: { room_version: '12' },
    });
    const hashed = hashEvent(roomVersions['12'], create);
    assert.equal(hashed.roomId, `!${hashed.eventId.slice(1)}`);
    assert.ok(isHashRoomId(hashed.roomId));
    assert.equal(roomIdOfCreate(roomVersions['12'], hashed.pdu), hashed.roomId);
    assert.equal('room_id' in hashed.pdu, false);
  });

  it('refuses an event that would be larger than 65,536 bytes, and takes one just below', () => {
    const ofBytes = (bytes: number) => draft({ content: { body: 'x'.repeat(bytes) } });
    assert.throws(() => hashEvent(roomVersions['12'], ofBytes(maxEventBytes)), { errcode: 'M_TOO_LARGE', status: 413 });
    const hashed = hashEvent(roomVersions['12'], ofBytes(maxEventBytes - 900));
    assert.ok(Buffer.byteLength(canonicalJson(hashed.pdu)) < maxEventBytes);
  });

  it('counts bytes, not characters', () => {
    const content = { body: '日'.repeat(22_000) };
    assert.throws(() => hashEvent(roomVersions['12'], draft({ content })), { errcode: 'M_TOO_LARGE' });
  });

  for (const key of ['type', 'state_key', 'sender', 'room_id'] as const) {
    it(`refuses a ${key} of more than 255 bytes`, () => {
      assert.throws(() => hashEvent(roomVersions['12'], draft({ [key]: 'é'.repeat(128) })), {
        errcode: 'M_TOO_LARGE',
        message: new RegExp(key),
      });
      assert.doesNotThrow(() => hashEvent(roomVersions['12'], draft({ [key]: 'e'.repeat(255) })));
    });
  }

  it('refuses what canonical JSON does not know', () => {
    assert.throws(() => hashEvent(roomVersions['12'], draft({ content: { a: 0.5 } })), { errcode: 'M_BAD_JSON' });
  });
});

describe('referenceHash', () => {
  const content = fc.dictionary(
    fc.string({ unit: 'binary' }),
    fc.oneof(fc.maxSafeInteger(), fc.string({ unit: 'binary' })),
  );
  const version = fc.constantFrom(...ids).map((id) => roomVersions[id]);

  it('does not see what a redaction takes away', () => {
    fc.assert(
      fc.property(version, content, content, (room, before, after) => {
        const { pdu } = hashEvent(room, draft({ content: before as JsonObject }));
        const changed = { ...pdu, content: after, unsigned: { age: 5 }, signatures: { x: { y: 'z' } }, extra: 1 };
        assert.equal(referenceHash(room, changed), referenceHash(room, pdu));
      }),
    );
  });

  it('sees every protected key', () => {
    const { pdu } = hashEvent(roomVersions['12'], draft({ state_key: '' }));
    const base = referenceHash(roomVersions['12'], pdu);
    const changes = {
      type: 'm.other',
      room_id: '!other:example.org',
      sender: '@bob:example.org',
      state_key: 'x',
      hashes: { sha256: 'other' },
      depth: 8,
      prev_events: [],
      auth_events: [],
      origin_server_ts: 1,
    };
    for (const [key, value] of Object.entries(changes)) {
      assert.notEqual(referenceHash(roomVersions['12'], { ...pdu, [key]: value }), base, key);
    }
  });

  it('changes with the content, through the content hash', () => {
    fc.assert(
      fc.property(version, content, content, (room, a, b) => {
        fc.pre(canonicalJson(a) !== canonicalJson(b));
        const idOf = (value: unknown) => hashEvent(room, draft({ content: value as JsonObject })).eventId;
        assert.notEqual(idOf(a), idOf(b));
      }),
    );
  });
});
