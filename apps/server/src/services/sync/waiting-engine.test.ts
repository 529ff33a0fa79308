import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Queryable, SqlValue } from '@sotto/sql';
import { type JsonBody, temporaryDatabase, temporaryFolder } from '@sotto/testing';
import { composeServices } from '../../../test/services-fixture.ts';
import { toJsonText } from '../../http/json-text.ts';
import { migrations } from '../../store/migrations/index.ts';
import type { Requester } from '../accounts/requester.ts';
import { createFilterReader, parseToken } from './index.ts';

/** The services on an engine that answers when it likes: `beforeRead` is awaited before each read of what is durable. */
async function composeWaiting(t: TestContext, beforeRead: () => Promise<void>) {
  const database = await temporaryDatabase(t, migrations);
  const { run, get, all } = database.durable;
  const durable: Queryable = {
    run,
    async get<R>(sql: string, ...params: SqlValue[]) {
      await beforeRead();
      return get<R>(sql, ...params);
    },
    async all<R>(sql: string, ...params: SqlValue[]) {
      await beforeRead();
      return all<R>(sql, ...params);
    },
  };
  const clock = { now: Date.now, monotonicMs: () => performance.now() };
  return composeServices(t, temporaryFolder(t), { ...clock, database: { ...database, durable } });
}

/** More reads than an answer makes. */
const reads = 30;

test('who leaves or enters while an answer is read misses nothing and gets nothing that is not theirs', async (t) => {
  let countdown = -1;
  let happen = async () => {};
  let happened: Promise<void> | undefined;
  const { services, register } = await composeWaiting(t, async () => {
    // Zero once: the reads that it makes itself are beyond.
    if (countdown-- !== 0) return;
    happened = happen();
    await happened;
  });
  const { membershipRequests: requests } = services.rooms;
  const enrol = async (username: string): Promise<Requester> => {
    const userId = await register(username, 'D');
    return { userId, deviceId: 'D', isGuest: false, isAdmin: false, tokenHash: '' };
  };
  const [mira, jon] = [await enrol('mira'), await enrol('jon')];
  const roomId = await services.rooms.create({ creator: mira.userId, preset: 'public_chat' });
  const filter = createFilterReader()('{}');
  let since: number | undefined;
  const sync = async (): Promise<JsonBody> => {
    const { signal } = new AbortController();
    const asked = { requester: jon, since, timeoutMs: 0, filter, fullState: false, stateKey: 'state', signal } as const;
    const answer = JSON.parse(toJsonText(await services.sync(asked)));
    since = parseToken(answer.next_batch, services.newest());
    return answer.rooms;
  };
  /** What two answers tell of the room, when something happens just before a read of the first. */
  const tellWhile = async (deed: () => Promise<void>, read: number) => {
    await services.sending.sendEvent({
      ...{ requester: mira, roomId, type: 'm.room.message', transactionId: `${deed === leave} ${read}` },
      content: { body: `said before ${read}` },
    });
    [happen, happened, countdown] = [deed, undefined, read];
    const answers = [await sync()];
    countdown = -1;
    // Another's read may have come first, or fewer reads than that were made.
    await (happened ?? deed());
    answers.push(await sync());
    return answers.flatMap(({ join, leave }) => [join?.[roomId], leave?.[roomId]]).filter((part) => part !== undefined);
  };
  const leave = () => requests.leave(jon.userId, roomId);
  const enter = () => requests.join(jon.userId, roomId);
  await enter();
  await sync();
  for (let read = 0; read < reads; read++) {
    const left: JsonBody[] = await tellWhile(leave, read);
    const said = left.flatMap((part) => part.timeline.events).map(({ content }) => content.body);
    assert.equal(said.filter((body) => body === `said before ${read}`).length, 1, `left before read ${read}`);
    const [first]: JsonBody[] = await tellWhile(enter, read);
    const types = [...first.state.events, ...first.timeline.events].map(({ type }) => type);
    assert.ok(types.includes('m.room.create'), `entered before read ${read}: the room comes whole`);
  }
});
