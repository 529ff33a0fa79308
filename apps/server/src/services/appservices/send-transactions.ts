import type { Bus } from '@sotto/bus';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import type { Logging } from '../../logging.ts';
import {
  type AppserviceProgress,
  deleteToDeviceAt,
  getAppserviceProgress,
  type PendingTransaction,
  putAppserviceProgress,
} from '../../store/appservices.ts';
import { followLog } from '../follow-log.ts';
import type { RandomText } from '../random-text.ts';
import type { BuildTransaction } from './build-transaction.ts';
import type { CallAppservice } from './call-appservice.ts';
import type { Interest } from './interest.ts';
import type { Appservice } from './registry.ts';

/** Tells one application service all that is its affair: in order, one transaction after the other, until it takes it. */
export interface TransactionSender {
  /** It has shown that it is there: what waits is tried at once. */
  nudge(): void;
  close(): Promise<void>;
}

export interface TransactionSenderParts {
  db: Queryable;
  bus: Bus;
  log: LogWriter;
  logging: Logging;
  random: RandomText;
  newest: () => number;
  call: CallAppservice;
  appservice: Appservice;
  interest: Interest;
  build: BuildTransaction;
}

const answerMs = 60_000;
/** A restart of the other side takes moments, so the first waits are short; later ones grow to minutes. */
const firstWaitMs = 100;
const longestWaitMs = 300_000;
/** How far the log goes on before it is noted down that nothing was to be told. */
const positionsPerNote = 1_000;

/** Digits alone, as bridges know them from the reference server; random, so that none comes twice after a restore. */
const newTransactionId = (random: RandomText) => random(20).replace(/./g, (letter) => `${letter.charCodeAt(0) % 10}`);

export async function openTransactionSender(parts: TransactionSenderParts): Promise<TransactionSender> {
  const { db, bus, log, logging, random, newest, call, appservice, interest, build } = parts;
  const ending = new AbortController();
  let endWait: (() => void) | undefined;
  const begun = await begin();
  let notedAt = begun.position;

  /** One that was never told anything begins now: what happened before it was registered is not its affair. */
  async function begin(): Promise<AppserviceProgress> {
    const known = await getAppserviceProgress(db, appservice.id);
    const progress = known ?? { position: newest(), pending: undefined };
    if (known === undefined) await log.write((unit) => putAppserviceProgress(unit, appservice.id, progress));
    return progress;
  }

  async function note(position: number, pending?: PendingTransaction, taken: readonly number[] = []): Promise<void> {
    await log.write(async (unit) => {
      await putAppserviceProgress(unit, appservice.id, { position, pending });
      await deleteToDeviceAt(unit, taken);
    });
    notedAt = position;
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => endWait?.(), ms).unref();
      endWait = () => {
        clearTimeout(timer);
        endWait = undefined;
        resolve();
      };
    });
  }

  /** Repeats the very same transaction until it is taken; false when the server ends before. */
  async function deliver({ transactionId, body }: PendingTransaction): Promise<boolean> {
    const place = `/transactions/${transactionId}`;
    const request = { method: 'PUT', path: place, legacyPath: place, body, timeoutMs: answerMs } as const;
    for (let failures = 0; !ending.signal.aborted; failures++) {
      const answer = await call(appservice, { ...request, signal: ending.signal }).catch(() => undefined);
      if (answer !== undefined && answer.status >= 200 && answer.status < 300) return true;
      if (ending.signal.aborted) return false;
      if (failures === 5) {
        const status = answer?.status ?? 0;
        logging.warn('an application service does not take its transactions', { appservice: appservice.id, status });
      }
      await wait(Math.min(firstWaitMs * 2 ** Math.min(failures, 20), longestWaitMs));
    }
    return false;
  }

  async function step(range: { since: number; upto: number }): Promise<number> {
    const { reached, transaction } = await build(range).catch((error) => {
      interest.clear();
      throw error;
    });
    if (transaction === undefined) {
      if (reached - notedAt >= positionsPerNote) await note(reached);
      return reached;
    }
    const pending = { transactionId: newTransactionId(random), ...transaction };
    await note(reached, pending);
    if (await deliver(pending)) await note(reached, undefined, pending.toDevice);
    return reached;
  }

  async function resume(): Promise<void> {
    const { position, pending } = begun;
    if (pending !== undefined && (await deliver(pending))) await note(position, undefined, pending.toDevice);
  }

  const resumed = resume().catch((error: Error) =>
    logging.error('a transaction was taken but not noted', { appservice: appservice.id, error }),
  );
  const following = resumed.then(() => followLog({ bus, logging, newest, from: begun.position, step }));
  return {
    nudge: () => endWait?.(),
    async close() {
      ending.abort();
      endWait?.();
      await (await following).close();
    },
  };
}
