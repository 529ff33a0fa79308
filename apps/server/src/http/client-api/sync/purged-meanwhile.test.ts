import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createTestRoom, registerUser, startServer } from '@sotto/testing';

const [roomCount, saidInEach] = [80, 6];

test('a room that is purged while a first answer is sent is left out, and its neighbours come whole', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const admin = await registerUser(server, 'admin', { token: await server.firstRunToken() });
  const mira = await registerUser(server, 'mira');
  const rooms = await Promise.all(Array.from({ length: roomCount }, () => createTestRoom(mira)));
  // More than the operating system takes for who doesn't read.
  for (const room of rooms)
    await Promise.all(Array.from({ length: saidInEach }, () => room.say(mira, 'x'.repeat(60_000))));

  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  t.after(() => void socket.destroy());
  const begun = new Promise((resolve) => socket.once('readable', resolve));
  const asked = `Host: x\r\nConnection: close\r\nAuthorization: Bearer ${mira.accessToken}\r\n\r\n`;
  socket.write(`GET /_matrix/client/v3/sync HTTP/1.0\r\n${asked}`);
  await begun;
  const purged = new Set([rooms.at(-1)?.roomId ?? '', rooms.at(-3)?.roomId ?? '']);
  for (const roomId of purged)
    await admin.call('DELETE', `/_sotto/admin/v1/rooms/${encodeURIComponent(roomId)}`, { purge_after_ms: 0 });

  const { join } = JSON.parse((await text(socket)).split('\r\n\r\n')[1] ?? '').rooms;
  const told = rooms.map(({ roomId }) => roomId).filter((roomId) => join[roomId] !== undefined);
  assert.deepEqual(
    told,
    rooms.map(({ roomId }) => roomId).filter((roomId) => !purged.has(roomId)),
  );
  for (const roomId of told) assert.ok(join[roomId].timeline.events.length > saidInEach);
});
