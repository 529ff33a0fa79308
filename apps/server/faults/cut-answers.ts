import assert from 'node:assert/strict';
import { registerUser, startServer, type TestUser } from '@sotto/testing';
import { defineFault, upTo } from './fault.ts';
import { hangUp } from './hang-up.ts';

/** C4: most answers of sync are lost on their way, the server is killed now and then, and the reader asks again. */
export const cutAnswers = defineFault({
  name: 'cut-answers',
  sentence: 'C4: a sync answer that is cut off loses no to-device message, and keeps their order',
  small: { messages: 400, senders: 2, kills: 3 },
  full: { messages: 20_000, senders: 10, kills: 100 },
  async run(stage, { messages, senders, kills }) {
    const server = await startServer();
    stage.after(server.stop);
    const reader = await registerUser(server, 'reader');
    const people: TestUser[] = [];
    for (const index of upTo(senders)) people.push(await registerUser(server, `sender${index}`));
    const each = Math.floor(messages / senders);
    // Each keeps its own order, and its own transaction id over a kill.
    const sending = people.map(async (who) => {
      for (let n = 0; n < each; ) {
        const body = { messages: { [reader.userId]: { [reader.deviceId]: { n } } } };
        const answer = await who.api('PUT', `/v3/sendToDevice/m.test/t${n}`, { body }).catch(() => undefined);
        if (answer?.status === 200) n += 1;
      }
    });
    stage.after(async () => void (await Promise.allSettled(sending)));
    const received = new Map(people.map(({ userId }): [string, number[]] => [userId, []]));
    const count = () => [...received.values()].reduce((sum, numbers) => sum + numbers.length, 0);
    let [since, killed] = ['', 0];
    for (let turn = 1; count() < each * senders; turn++) {
      const path = `/_matrix/client/v3/sync?timeout=1000${since}`;
      const request = { method: 'GET', path, token: reader.accessToken };
      // Before the first byte, in the middle, or whole, by one who then forgets it.
      if (turn % 2 === 0) await hangUp(server.url, request, Math.floor(Math.random() * 4000));
      if (turn % 5 === 0) await reader.api('GET', path);
      if (count() >= ((killed + 1) * messages) / (kills + 1)) {
        killed += 1;
        await server.kill9();
        await server.restart();
      }
      const answer = await reader.call('GET', path);
      for (const { sender, content } of answer.to_device?.events ?? []) received.get(sender)?.push(content.n);
      since = `&since=${answer.next_batch}`;
      if (turn % 100 === 0) stage.say(`${turn} answers taken, ${count()} messages`);
    }
    await Promise.all(sending);
    for (const [sender, numbers] of received) assert.deepEqual(numbers, upTo(each), `the messages of ${sender}`);
    const last = await reader.call('GET', `/v3/sync?timeout=0${since}`);
    assert.deepEqual(last.to_device?.events ?? [], [], 'and then there is nothing more');
    return `${count()} messages, ${killed} kills`;
  },
});
