/** A9 · messages between two sessions that were garbled on the way: what carries the keys of a room is begun anew. */
import assert from 'node:assert/strict';
import test, { after, before, describe, type TestContext } from 'node:test';
import { type HostileScript, type JsonBody, startServer, type TestServer, until } from '@sotto/testing';
import { endAll, naiveTalk, ourTalk } from '../../test/hostile.ts';
import { arrived, itemWhere, type TestPerson } from '../../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Garbles what sessions send each other while `isOn`. */
function garbling(): HostileScript & { isOn: boolean } {
  return {
    isOn: false,
    answer(path, body) {
      if (!this.isOn || !path.endsWith('/sync')) return;
      for (const event of body.to_device?.events ?? []) {
        for (const part of Object.values<JsonBody>(event.content?.ciphertext ?? {})) part.body = garbled(part.body);
      }
    },
  };
}

/** The same text with a piece turned around: of the right form, and not what was sealed. */
function garbled(text: string): string {
  const [from, to] = [Math.floor(text.length / 2), Math.floor(text.length * 0.75)];
  return text.slice(0, from) + [...text.slice(from, to)].reverse().join('') + text.slice(to);
}

/** The machine begins a session anew only where the one before is older than an hour. */
function anHourPasses(t: TestContext): void {
  const { now } = Date;
  t.mock.method(Date, 'now', () => now() + 2 * 60 * 60 * 1000);
}

/** Resolves once this person has taken in what another one's session sends next. */
async function hears({ wire }: TestPerson, from: TestPerson): Promise<void> {
  let heardAt: number | undefined;
  wire.bend = (path, body: JsonBody) => {
    const events: JsonBody[] = (path.endsWith('/sync') && body.to_device?.events) || [];
    const isHeard = events.some(({ sender, type }) => sender === from.userId && type === 'm.room.encrypted');
    if (isHeard) heardAt ??= wire.sent.length;
  };
  // The next poll begins once all of this one is taken in.
  await until(() => heardAt !== undefined && wire.sent.slice(heardAt).some((request) => request.includes('/sync?')));
}

describe('A9 · a room key is garbled on its way', () => {
  test('a naive client begins a new session and tells nobody: it reads nothing more', async (t) => {
    const script = garbling();
    const naive = await naiveTalk(server, 'ann', script);
    t.after(() => endAll(naive));
    const { plain, friend, roomId, proxy } = naive;
    const theirs = friend.session.room(roomId);
    await plain.client.sendMessage(roomId, { msgtype: 'm.text' as never, body: 'hello' });
    await arrived(theirs, 'hello');
    theirs.send('hi');
    const texts = () => plain.client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? [];
    await until(() => texts().some((event) => event.getContent().body === 'hi'));
    anHourPasses(t);
    script.isOn = true;
    await theirs.resetRoomKey();
    theirs.send('lost');
    const closed = () => texts().filter((event) => event.isDecryptionFailure()).length;
    await until(() => closed() === 1);
    script.isOn = false;
    await until(() => proxy.seen.filter(({ path }) => path.endsWith('/keys/claim')).length > 1);
    theirs.send('next');
    await until(() => closed() === 2);
    assert.equal(proxy.keyReceivers().length, 1);
  });

  test('Sotto tells the other side, and reads on', async (t) => {
    const script = garbling();
    const talk = await ourTalk(server, 'bob', script);
    t.after(() => endAll(talk));
    const { a, b } = talk;
    a.send('hello');
    await arrived(b, 'hello');
    b.send('hi');
    await arrived(a, 'hi');
    anHourPasses(t);
    await b.resetRoomKey();
    await readsOn(talk, script);
  });

  test('and so where it is the first message that the two exchange', async (t) => {
    const script = garbling();
    const talk = await ourTalk(server, 'cleo', script);
    t.after(() => endAll(talk));
    await readsOn(talk, script);
  });
});

/** The next message comes with a garbled key, and the one after is read. */
async function readsOn({ a, b, ours, friend }: Awaited<ReturnType<typeof ourTalk>>, script: { isOn: boolean }) {
  const heard = hears(friend, ours);
  script.isOn = true;
  b.send('lost');
  await itemWhere(a, (item) => item.kind === 'undecryptable');
  script.isOn = false;
  await heard;
  b.send('next');
  await arrived(a, 'next');
}
