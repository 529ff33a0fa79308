import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, openServerWith, said, type TestUser } from '@sotto/testing';

const { mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve']);

const quote = encodeURIComponent;

for (const version of ['10', '11', '12']) {
  test(`a message that was struck out shows nothing but why, in version ${version}`, async () => {
    const room = await createTestRoom(mira, { room_version: version });
    await room.join(tom);
    const message = await room.say(tom, 'Oh dear');
    const { next_batch: since } = await tom.call('GET', '/v3/sync');
    const redaction = await room.redact(mira, message, 'Rude');
    const shown = await tom.call('GET', room.at(`event/${quote(message)}`));
    assert.deepEqual(shown.content, {});
    assert.equal(shown.unsigned.redacted_by, redaction);
    const because = shown.unsigned.redacted_because;
    assert.equal(because.event_id, redaction);
    assert.equal(because.room_id, room.roomId);
    assert.equal(because.sender, mira.userId);
    assert.equal(because.type, 'm.room.redaction');
    assert.deepEqual(because.content, { reason: 'Rude', redacts: message });
    assert.equal(because.redacts, message, 'where older clients look');
    const { timeline } = (await tom.call('GET', `/v3/sync?since=${since}`)).rooms.join[room.roomId];
    assert.deepEqual(
      timeline.events.map((event: { event_id: string; redacts: string }) => [event.event_id, event.redacts]),
      [[redaction, message]],
    );
    const synced = (await mira.call('GET', '/v3/sync')).rooms.join[room.roomId].timeline.events;
    const own = synced.find((event: { event_id: string }) => event.event_id === message);
    assert.equal(own.unsigned.redacted_because.event_id, redaction);
    assert.equal(own.unsigned.redacted_because.room_id, undefined, 'sync leaves room ids out');
  });
}

test('one may strike out what is one’s own, or anything with the level for it', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  const ofMira = await room.say(mira, 'Mine');
  const redact = (who: TestUser, eventId: string) =>
    who.api('PUT', room.at(`redact/${quote(eventId)}/1`), { body: {} });
  assert.deepEqual(said(await redact(tom, ofMira)), [403, 'M_FORBIDDEN']);
  assert.deepEqual(said(await redact(eve, ofMira)), [403, 'M_FORBIDDEN'], 'who is not in the room');
  assert.deepEqual(said(await redact(tom, '$nothing')), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await redact(eve, '$nothing')), [403, 'M_FORBIDDEN'], 'and learns nothing of it');
  const elsewhere = await (await createTestRoom(tom)).say(tom, 'Elsewhere');
  assert.deepEqual(said(await redact(tom, elsewhere)), [400, 'M_INVALID_PARAM']);
  const create = (await mira.call('GET', room.at('state'))).find(
    (event: { type: string }) => event.type === 'm.room.create',
  );
  assert.deepEqual(said(await redact(mira, create.event_id)), [403, 'M_FORBIDDEN'], 'not what the room stands on');
  assert.equal((await redact(mira, ofMira)).status, 200);
});

test('the same transaction strikes out once; a second redaction keeps the first reason', async () => {
  const room = await createTestRoom(mira);
  const message = await room.say(mira, 'Twice');
  const path = room.at(`redact/${quote(message)}/same`);
  const first = await mira.call('PUT', path, { reason: 'First' });
  assert.equal((await mira.call('PUT', path, { reason: 'Other' })).event_id, first.event_id);
  const second = await room.redact(mira, message, 'Second');
  assert.notEqual(second, first.event_id);
  const { unsigned } = await mira.call('GET', room.at(`event/${quote(message)}`));
  assert.equal(unsigned.redacted_because.content.reason, 'First');
});

test('a redaction can be sent like any event, and names its event', async () => {
  const room = await createTestRoom(mira);
  const message = await room.say(mira, 'Gone');
  const redaction = await room.say(mira, { redacts: message, reason: 'Typo' }, 'm.room.redaction');
  const { content, unsigned } = await mira.call('GET', room.at(`event/${quote(message)}`));
  assert.deepEqual([content, unsigned.redacted_by], [{}, redaction]);
  const path = room.at('send/m.room.redaction/none');
  assert.deepEqual(said(await mira.api('PUT', path, { body: { reason: 'No event' } })), [400, 'M_BAD_JSON']);
});

test('a redaction that is struck out loses its reason everywhere', async () => {
  for (const version of ['10', '12']) {
    const room = await createTestRoom(mira, { room_version: version });
    const message = await room.say(mira, 'Gone');
    const redaction = await room.redact(mira, message, 'An unkind reason');
    await room.redact(mira, redaction);
    assert.ok(!JSON.stringify(await mira.call('GET', room.at('messages?dir=b&limit=50'))).includes('unkind'));
    const { unsigned } = await mira.call('GET', room.at(`event/${quote(message)}`));
    assert.equal(unsigned.redacted_because.event_id, redaction);
  }
});

test('struck-out state stays in force with what is left of it', async () => {
  const room = await createTestRoom(mira);
  await room.join(tom);
  const first = await room.set(mira, 'm.room.topic', { topic: 'Spoiler one' });
  await room.set(mira, 'm.room.topic', { topic: 'Harmless' });
  await room.redact(mira, first);
  const events = (await mira.call('GET', room.at('messages?dir=b&limit=50'))).chunk;
  assert.ok(!JSON.stringify(events).includes('Spoiler one'), 'not as what came before either');
  const second = await room.set(mira, 'm.room.topic', { topic: 'Spoiler two' });
  await room.redact(mira, second);
  assert.deepEqual(await mira.call('GET', room.at('state/m.room.topic')), {});
  const stillIn = (await mira.call('GET', room.at('joined_members'))).joined;
  assert.ok(stillIn[tom.userId]);
  const member = (await mira.call('GET', room.at('state'))).find(
    (event: { state_key: string }) => event.state_key === tom.userId,
  );
  await room.redact(tom, member.event_id);
  assert.deepEqual(await mira.call('GET', room.at(`state/m.room.member/${quote(tom.userId)}`)), { membership: 'join' });
  await room.say(tom, 'I am still here');
});
