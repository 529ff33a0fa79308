import assert from 'node:assert/strict';
import test from 'node:test';
import type { Answer, Question } from './key-messages.ts';
import { createKeyThreads } from './key-threads.ts';

const part = { part: new Blob(['{}']), key: new Uint8Array(32), version: '1' };

/** A thread that answers as `hear` says. */
function fakeThread(hear: (question: Question, answer: (answer: Answer) => void) => void) {
  const port = new EventTarget();
  const thread = {
    isOver: false,
    /** As it was when it came. */
    opened: undefined as Uint8Array | undefined,
    crash: () => port.dispatchEvent(new Event('error')),
    worker: Object.assign(port, {
      postMessage(question: Question) {
        const copy = structuredClone(question);
        if ('open' in copy) thread.opened = copy.open.key;
        queueMicrotask(() => hear(copy, (data) => port.dispatchEvent(new MessageEvent('message', { data }))));
      },
      terminate() {
        thread.isOver = true;
      },
    }) as unknown as Worker,
  };
  return thread;
}

function lend(
  thread: ReturnType<typeof fakeThread> | undefined,
  ended = new AbortController().signal,
  startThread = thread && (() => thread.worker),
) {
  const store = { name: 'store', key: new Uint8Array([1, 2, 3]), userId: '@ada:localhost', deviceId: 'ADA' };
  const arrived: string[] = [];
  const lendKeyWork = createKeyThreads({
    startThread,
    openStore: () => store,
    olm: () => ({}) as never,
    onArrived: (keys) => void arrived.push(...keys.map(({ sessionId }) => sessionId)),
    ended,
  });
  return { lendKeyWork, arrived, store };
}

test('a thread gets the store’s key, tells how far it is, and is gone when the work is done', async () => {
  const thread = fakeThread((question, answer) => {
    if ('open' in question) return answer({ opened: true });
    const { id } = question;
    answer({ id, next: 'b' });
    answer({ arrived: [{ roomId: '!room', sessionId: 'one' }] });
    answer({ id, progress: { done: 1, total: 2 } });
    answer({ id, gives: { imported: 1, failed: 1 } });
  });
  const { lendKeyWork, arrived, store } = lend(thread);
  const told: unknown[] = [];
  const taken = await lendKeyWork({ most: 1 }, ([work]) =>
    work.takePart(part, { onNext: (next) => told.push(next), onProgress: ({ done }) => told.push(done) }),
  );
  assert.deepEqual(taken, { imported: 1, failed: 1 });
  assert.deepEqual(told, ['b', 1]);
  assert.deepEqual(arrived, ['one']);
  assert.deepEqual(thread.opened, new Uint8Array([1, 2, 3]));
  assert.deepEqual(store.key, new Uint8Array(3), 'the page keeps no copy');
  assert.ok(thread.isOver);
});

test('where no thread can be had, or it can’t open the store, the page does the work', async () => {
  const cannot = fakeThread((question, answer) => 'open' in question && answer({ opened: false }));
  const broken = fakeThread(() => broken.crash());
  for (const thread of [undefined, cannot, broken]) {
    let nextPart: string | undefined = 'unread';
    const { lendKeyWork } = lend(thread);
    const given = { ...part, part: new Blob(['{"rooms":{}}']) };
    const taken = await lendKeyWork({ most: 1 }, ([work]) =>
      work.takePart(given, {
        onNext(next) {
          nextPart = next;
        },
      }),
    );
    assert.deepEqual(taken, { imported: 0, failed: 0 });
    assert.equal(nextPart, undefined);
    if (thread) assert.ok(thread.isOver);
  }
});

test('stopped by the person or by the end of the session, a thread is gone at once', async () => {
  for (const by of ['person', 'session'] as const) {
    const abort = { person: new AbortController(), session: new AbortController() };
    const thread = fakeThread((question, answer) => {
      if ('open' in question) answer({ opened: true });
      else abort[by].abort();
    });
    const { lendKeyWork } = lend(thread, abort.session.signal);
    const stopped = lendKeyWork({ most: 1, signal: abort.person.signal }, async ([work]) => {
      const first = await work.takePart(part, {}).catch((error: unknown) => error);
      assert.match(String(first), /cancelled/);
      assert.ok(thread.isOver);
      return work.takePart(part, {});
    });
    await assert.rejects(stopped, { message: 'cancelled' });
    await assert.rejects(
      lendKeyWork({ most: 1, signal: abort.person.signal }, async () => {
        throw new Error('lent after the end');
      }),
      { message: 'cancelled' },
    );
  }
});

test('a thread that breaks, and a problem that it tells, end what it was asked for', async () => {
  const breaking = fakeThread((question, answer) => ('open' in question ? answer({ opened: true }) : breaking.crash()));
  const refusing = fakeThread((question, answer) =>
    'open' in question ? answer({ opened: true }) : answer({ id: question.id, problem: { kind: 'wrong-key' } }),
  );
  const cases = [
    { thread: breaking, message: 'unknown' },
    { thread: refusing, message: 'wrong-key' },
  ];
  for (const { thread, message } of cases) {
    const given = { file: new Blob([]), passphrase: 'p' };
    await assert.rejects(
      lend(thread).lendKeyWork({ most: 1 }, ([work]) => work.importFile(given, {})),
      { message },
    );
    assert.ok(thread.isOver);
  }
});

test('what it was given to open a part with does not stay on the page', async () => {
  const thread = fakeThread((question, answer) =>
    answer(
      'open' in question
        ? { opened: true }
        : {
            id: question.id,
            gives: { imported: 'key' in question.given ? (question.given.key[0] ?? 0) : 0, failed: 0 },
          },
    ),
  );
  const key = new Uint8Array(32).fill(7);
  const { lendKeyWork } = lend(thread);
  const taken = await lendKeyWork({ most: 1 }, ([work]) => work.takePart({ ...part, key }, {}));
  assert.equal(taken.imported, 7, 'the thread had it');
  assert.deepEqual(key, new Uint8Array(32));
});

test('where a second thread cannot be started the first is ended, and the page does the work', async () => {
  const first = fakeThread((question, answer) => 'open' in question && answer({ opened: true }));
  let started = 0;
  const { lendKeyWork } = lend(first, undefined, () => {
    started += 1;
    if (started > 1) throw new Error('no more threads');
    return first.worker;
  });
  assert.equal(await lendKeyWork({ most: 2 }, async (works) => works.length), 1);
  assert.ok(first.isOver);
});
