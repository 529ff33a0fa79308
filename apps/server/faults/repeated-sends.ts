import assert from 'node:assert/strict';
import { registerUser, startServer, type TestServer } from '@sotto/testing';
import { defineFault, upTo } from './fault.ts';
import { hangUp } from './hang-up.ts';
import { readRoom } from './writers.ts';

/** C2: each send goes out three times: its answer is lost, then it is answered, then again after a restart. */
export const repeatedSends = defineFault({
  name: 'repeated-sends',
  sentence: 'C2: a send that is repeated over lost answers and restarts is one event for each device, path and id',
  small: { devices: 3, rounds: 2, sends: 4 },
  full: { devices: 20, rounds: 40, sends: 12 },
  async run(stage, { devices, rounds, sends }) {
    const server = await startServer();
    stage.after(server.stop);
    const mira = await registerUser(server, 'mira');
    const tokens = [mira.accessToken, ...(await logIn(server, mira, devices - 1))];
    const { room_id: roomId } = await mira.call('POST', '/v3/createRoom', {});
    const known = new Map<string, string>();
    for (let round = 0; round < rounds; round++) {
      // Twice the same number of a device is one send; of another device, or under another path, it is another.
      const requests = tokens.flatMap((token, device) =>
        upTo(sends).map((index) => ({
          method: 'PUT',
          path: `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/r${round}t${index}`,
          token,
          body: { msgtype: 'm.text', body: `${round} ${device} ${index}` },
        })),
      );
      await Promise.all(requests.map((request) => hangUp(server.url, request)));
      const send = async ({ path, token, body }: (typeof requests)[number]) => {
        const { status, body: answer } = await server.api('PUT', path, { token, body });
        assert.equal(status, 200);
        const before = known.get(body.body);
        if (before !== undefined) assert.equal(answer.event_id, before, `${body.body} is the event that it was`);
        known.set(body.body, answer.event_id);
      };
      await Promise.all(requests.map(send));
      if (round % 2 === 0) await server.kill9();
      await server.restart();
      await Promise.all(requests.map(send));
      if (round % 10 === 9) stage.say(`${round + 1} rounds, ${known.size} sends`);
    }
    const stored = await readRoom(mira, roomId);
    assert.deepEqual(
      stored.map((event) => `${event.content.body} ${event.event_id}`).sort(),
      [...known].map(([text, eventId]) => `${text} ${eventId}`).sort(),
    );
    return `${known.size} sends, each three times, ${rounds} restarts`;
  },
});

async function logIn(server: TestServer, { userId, password }: { userId: string; password: string }, count: number) {
  const logins = upTo(count).map(async () => {
    const body = { type: 'm.login.password', user: userId, password };
    return (await server.api('POST', '/v3/login', { body })).body.access_token as string;
  });
  return Promise.all(logins);
}
