import { MatrixError } from '@sotto/protocol';

/** Where the next page of a search begins. */
export interface SearchPlace {
  /** The search sees what was written up to here, on all its pages. */
  upto: number;
  /** Position of the last event that was shown. */
  after: number;
  /** Its rank: by rank it goes on behind this place even if the event was struck out meanwhile. */
  rank: number;
  /** The group whose results are paged through; all, when it is left out. */
  group?: { key: GroupKey; value: string } | undefined;
}

export const groupKeys = ['room_id', 'sender'] as const;
export type GroupKey = (typeof groupKeys)[number];

export function makePageToken({ upto, after, rank, group }: SearchPlace): string {
  const parts = [upto, after, rank, ...(group === undefined ? [] : [group.key, group.value])];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws MatrixError M_INVALID_PARAM for what is no token of a search */
export function parsePageToken(token: string): SearchPlace {
  const refusal = new MatrixError('M_INVALID_PARAM', 'This is no next_batch of a search.');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw refusal;
  }
  if (!Array.isArray(parts)) throw refusal;
  const [upto, after, rank, key, value] = parts;
  if (!Number.isSafeInteger(upto) || !Number.isSafeInteger(after) || !Number.isFinite(rank)) throw refusal;
  if (key === undefined) return { upto, after, rank };
  if (!groupKeys.includes(key) || typeof value !== 'string') throw refusal;
  return { upto, after, rank, group: { key, value } };
}
