import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerUser, startServer } from '@sotto/testing';

/** C1 of the security list, small: the process is killed with sends under way. */
test('kill -9 in the middle of a hundred sends loses no acknowledged message and doubles none', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const mira = await registerUser(server, 'mira');
  const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', {});
  const room = `/v3/rooms/${encodeURIComponent(roomId)}`;
  const send = (index: number) =>
    mira.api('PUT', `${room}/send/m.room.message/txn${index}`, {
      body: { msgtype: 'm.text', body: `message ${index}` },
    });

  const acknowledged = new Map<number, string>();
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  const sends = numbers.map(async (index) => {
    const answer = await send(index).catch(() => undefined);
    if (answer?.status === 200) acknowledged.set(index, answer.body.event_id);
    if (acknowledged.size === 30) await server.kill9();
  });
  await Promise.all(sends);
  assert.ok(
    acknowledged.size >= 30 && acknowledged.size < 100,
    `${acknowledged.size} were acknowledged before the kill`,
  );

  await server.restart();
  const stored = async () => {
    const page = await mira.call('GET', `${room}/messages?dir=b&limit=500`);
    const messages = page.chunk.filter((event: { type: string }) => event.type === 'm.room.message');
    return new Map<string, string>(
      messages.map((event: { event_id: string; content: { body: string } }) => [event.event_id, event.content.body]),
    );
  };
  const kept = await stored();
  for (const [index, eventId] of acknowledged) assert.equal(kept.get(eventId), `message ${index}`);

  // What was not acknowledged is sent again under the same transaction id, and what was, too: nothing comes twice.
  for (const index of numbers) {
    const { body } = await send(index);
    if (acknowledged.has(index)) assert.equal(body.event_id, acknowledged.get(index));
  }
  assert.deepEqual([...(await stored()).values()].sort(), numbers.map((index) => `message ${index}`).sort());
});
