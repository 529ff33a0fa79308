/** What the hostile suite shares: a naive client and Sotto's, each behind a server that lies to it. */
import {
  type HostileProxy,
  type HostileScript,
  type JsonBody,
  startHostileProxy,
  type TestServer,
  until,
} from '@sotto/testing';
import { newPerson, roomWhere, type TestPerson, talk } from './people.ts';
import { newPlainPerson, type PlainClient } from './plain-client.ts';

export const canary = 'canary-of-the-cage';

/** The same server, through a liar. */
export async function lyingServer(server: TestServer, script: HostileScript = {}) {
  const proxy = await startHostileProxy(server, script);
  // Not spread: the process id and others are getters.
  const behind: TestServer = Object.create(server, { url: { value: proxy.url } });
  return { proxy, behind };
}

export interface Naive {
  proxy: HostileProxy;
  plain: PlainClient;
  friend: TestPerson;
  roomId: string;
}

/** A plain SDK client behind the liar, in an encrypted room with a friend who is not lied to. */
export async function naiveTalk(server: TestServer, name: string, script: HostileScript = {}): Promise<Naive> {
  const { proxy, behind } = await lyingServer(server, script);
  const [plain, friend] = await Promise.all([newPlainPerson(behind, name), newPerson(server, `${name}friend`)]);
  const { room_id: roomId } = await plain.client.createRoom({
    invite: [friend.userId],
    initial_state: [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
  });
  await roomWhere(friend, (room) => room.roomId === roomId);
  await friend.session.room(roomId).accept();
  await until(() => plain.client.getRoom(roomId)?.getMember(friend.userId)?.membership === 'join');
  return { proxy, plain, friend, roomId };
}

/** Sotto's client behind the liar, in an encrypted room with a friend who is not lied to. */
export async function ourTalk(server: TestServer, name: string, script: HostileScript = {}) {
  const { proxy, behind } = await lyingServer(server, script);
  const [ours, friend] = await Promise.all([newPerson(behind, name), newPerson(server, `${name}friend`)]);
  return { proxy, ours, friend, ...(await talk(ours, friend)) };
}

/** Ends all that a scenario started. */
export async function endAll(parts: {
  proxy: HostileProxy;
  friend: TestPerson;
  plain?: PlainClient;
  ours?: TestPerson;
}): Promise<void> {
  parts.plain?.stop();
  await Promise.all([parts.friend.session.stop(), parts.ours?.session.stop()]);
  await parts.proxy.stop();
}

/** Whether the liar saw the canary in clear. */
export function sawCanary({ seen }: HostileProxy): boolean {
  return seen.some(({ path, body }) => path.includes(canary) || body.includes(canary));
}

/** Changes the events of every list that an answer of /sync has for joined rooms. */
export function bendSync(change: (events: JsonBody[], section: string) => JsonBody[]): HostileScript {
  return {
    answer(path, body) {
      if (!path.endsWith('/sync')) return;
      for (const room of Object.values<JsonBody>(body.rooms?.join ?? {})) {
        for (const section of ['state', 'timeline', 'state_after', 'org.matrix.msc4222.state_after']) {
          if (room[section]?.events) room[section].events = change(room[section].events, section);
        }
      }
    },
  };
}

/** Adds events to the next timeline that brings an encrypted message, once; state among them is told as state too. */
export function addOnce(make: (message: JsonBody) => JsonBody[]): HostileScript {
  let isDone = false;
  return {
    answer(path, body) {
      if (!path.endsWith('/sync')) return;
      for (const room of Object.values<JsonBody>(body.rooms?.join ?? {})) {
        const message = room.timeline?.events?.find(({ type }: JsonBody) => type === 'm.room.encrypted');
        if (isDone || !message) continue;
        isDone = true;
        const added = make(message);
        room.timeline.events.push(...added);
        const state = added.filter(({ state_key: key }) => key !== undefined);
        // Where the state after the timeline is asked for (MSC4222), the timeline changes none.
        for (const section of ['state_after', 'org.matrix.msc4222.state_after']) room[section]?.events?.push(...state);
      }
    },
  };
}

/** A request with somebody's own token, past their client. Resolves with the answer's body. */
export async function askAs(
  { storage, name }: TestPerson,
  server: TestServer,
  { method, path, body }: { method: string; path: string; body?: object },
): Promise<JsonBody> {
  const { accessToken } = JSON.parse(storage.get(`test-${name}:credentials`) ?? '');
  return (await server.api(method, `/v3${path}`, { token: accessToken, ...(body && { body }) })).body;
}
