/** One place that can't be told of its end must not keep the word from the others. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ConnectionError, MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
import { memoryStorage } from '../../index.ts';
import { createUnfinished } from './unfinished.ts';

const refused = (status: number) => new MatrixError({ errcode: 'M_UNKNOWN' }, status);

for (const [what, error, isKept] of [
  ['a room that one has left', refused(403), false],
  ['a room that is gone', refused(404), false],
  ['a server that wants it slower', refused(429), true],
  ['a session that has to log in again', refused(401), true],
  ['a server that falters', refused(502), true],
  ['a network that is gone', new ConnectionError('gone'), true],
] as const) {
  test(`${what}: the next one is told, and the first is ${isKept ? 'kept' : 'dropped'}`, async () => {
    const storage = memoryStorage();
    const first = { id: '$a', userId: '@ann:s', roomId: '!room:s', deviceIds: ['*'] };
    storage.set('key', JSON.stringify([first, { id: 'b', userId: '@bob:s', deviceIds: ['PHONE'] }]));
    const told: string[] = [];
    const client = {
      makeTxnId: () => 'txn',
      http: { authedRequest: () => Promise.reject(error) },
      sendToDevice: async (_type: string, messages: Map<string, unknown>) => void told.push(...messages.keys()),
    };
    const options = { client: client as never, showPeople() {}, now: () => 0, turns: {} as never };
    await createUnfinished(options, storage, 'key').end();
    assert.deepEqual(told, ['@bob:s']);
    assert.deepEqual(JSON.parse(storage.get('key') ?? '[]'), isKept ? [first] : []);
  });
}
