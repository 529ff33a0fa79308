/** What goes between the page and a thread that works with keys (key-threads.ts, key-worker.ts). */
import type { KeyProgress } from '../../trust-types.ts';
import type { Problem } from '../../types.ts';
import type { ArrivedKey, KeyJobs } from './key-work.ts';

/** The store of this device's keys, and whose it is. The crypto module opens it a second time. */
export interface KeyStore {
  name: string;
  key: Uint8Array;
  userId: string;
  deviceId: string;
}

export type Question =
  | { open: KeyStore }
  | { [Job in keyof KeyJobs]: { id: number; job: Job; given: KeyJobs[Job]['given'] } }[keyof KeyJobs];

export type Answer =
  | { opened: boolean }
  | { arrived: readonly ArrivedKey[] }
  | { id: number; progress: KeyProgress }
  | { id: number; next: string | undefined }
  | { id: number; gives: unknown }
  | { id: number; problem: Problem };
