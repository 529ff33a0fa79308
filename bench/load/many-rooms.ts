import { createTestRoom, registerUser, type TestRoom, type TestServer, type TestUser } from '@sotto/testing';

/** Someone with the rooms of a large account: what a first sync of theirs tells is a few megabytes. */
export interface LargeAccount {
  /** The token of a new device of theirs. */
  newDevice(server: TestServer): Promise<string>;
  /** Somebody else in the `index`th room sends there. */
  send(server: TestServer, index: number): Promise<void>;
}

const membersEach = 3;
const eventsEach = 22;
const atOnce = 16;

/** So many rooms of a few members, each with encrypted messages, receipts of all members, and something unread. */
export async function makeLargeAccount(server: TestServer, roomCount: number): Promise<LargeAccount> {
  const reader = await registerUser(server, 'reader');
  const others: TestUser[] = [];
  for (let n = 0; n < 20; n++) others.push(await registerUser(server, `person${n}`));
  for (const [n, each] of [reader, ...others].entries()) {
    const path = `/v3/profile/${encodeURIComponent(each.userId)}`;
    await each.call('PUT', `${path}/displayname`, { displayname: `Person ${n}` });
    await each.call('PUT', `${path}/avatar_url`, { avatar_url: `mxc://localhost/${'a'.repeat(24)}${n}` });
  }
  const rooms: { room: TestRoom; sender: TestUser }[] = new Array(roomCount);
  await eachOf(roomCount, async (n) => {
    const members = Array.from({ length: membersEach - 1 }, (_, k) => others[(n + 7 * k) % others.length] as TestUser);
    rooms[n] = { room: await fillRoom(n, reader, members), sender: members[0] as TestUser };
  });
  let sent = 0;
  return {
    async newDevice({ api }) {
      const identifier = { type: 'm.id.user', user: reader.userId };
      const body = { type: 'm.login.password', identifier, password: reader.password };
      return (await api('POST', '/v3/login', { body })).body.access_token;
    },
    async send({ api }, index) {
      const { room, sender } = rooms[index % rooms.length] as (typeof rooms)[number];
      const path = room.at(`send/m.room.encrypted/again${sent++}`);
      await api('PUT', path, { body: message, token: sender.accessToken });
    },
  };
}

/** Like a word or two, encrypted. */
const message = { algorithm: 'm.megolm.v1.aes-sha2', session_id: 's'.repeat(43), ciphertext: 'c'.repeat(128) };

async function fillRoom(n: number, reader: TestUser, members: readonly TestUser[]): Promise<TestRoom> {
  const [creator, ...rest] = members as [TestUser, ...TestUser[]];
  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: message.algorithm } };
  const isNamed = n % 5 !== 0;
  const room = await createTestRoom(creator, {
    initial_state: [encryption],
    ...(isNamed && { name: `Room ${n}`, topic: `What room ${n} is about` }),
  });
  await room.join(reader, ...rest);
  const eventIds: string[] = [];
  for (let k = 0; k < eventsEach; k++) {
    eventIds.push(await room.say(members[k % members.length] as TestUser, message, 'm.room.encrypted'));
  }
  for (const [k, each] of [reader, ...members].entries()) {
    // The reader has not seen what was written last.
    const seen = eventIds.at(each === reader ? -1 - (n % 6) : -1 - k) as string;
    await each.call('POST', room.at(`receipt/m.read/${encodeURIComponent(seen)}`), {});
  }
  return room;
}

/** Does something for every number below `count`, several at once. */
async function eachOf(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
