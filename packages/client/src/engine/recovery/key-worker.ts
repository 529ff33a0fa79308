/**
 * A thread of its own for work with many keys, so that the page only hears how far it is: a second crypto machine over the
 * store of this device, which does nothing but that. Ended by the page when the work is done.
 */
import { DeviceId, initAsync, OlmMachine, StoreHandle, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { problemIn } from '../../problems.ts';
import type { Answer, KeyStore, Question } from './key-messages.ts';
import { createKeyWork, type KeyWatch, type KeyWork } from './key-work.ts';
import { readInOne } from './one-read.ts';

/** More at a time than on the page: no screen waits for it. */
const chunkSize = 250;

const tell = (answer: Answer) => postMessage(answer);
let work: Promise<KeyWork> | undefined;

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  if ('open' in data) {
    work = open(data.open);
    work.then(
      () => tell({ opened: true }),
      () => tell({ opened: false }),
    );
  } else void answer(data);
});

async function open({ name, key, userId, deviceId }: KeyStore): Promise<KeyWork> {
  await initAsync();
  const handle = await StoreHandle.openWithKey(name, key);
  key.fill(0);
  // Without a logger it says nothing, and spends nothing on what it would say.
  const olm = await OlmMachine.initFromStore(new UserId(userId), new DeviceId(deviceId), handle);
  handle.free();
  return createKeyWork(olm, {
    chunkSize,
    onChunk: readInOne(IDBDatabase),
    onArrived: (arrived) => tell({ arrived }),
  });
}

async function answer({ id, job, given }: Exclude<Question, { open: KeyStore }>): Promise<void> {
  try {
    const does = (await work)?.[job] as ((given: object, watch: KeyWatch) => Promise<unknown>) | undefined;
    const gives = await does?.(given, {
      onProgress: (progress) => tell({ id, progress }),
      onNext: (next) => tell({ id, next }),
    });
    tell({ id, gives });
  } catch (error) {
    tell({ id, problem: problemIn(error) ?? { kind: 'unknown' } });
  }
}
